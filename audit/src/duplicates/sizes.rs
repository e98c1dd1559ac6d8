use crate::AuditError;
use crate::query::{Query, Relation};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::prelude::{ident, lit};
use malmoi_schemas::column;

/// Clusters larger than a power of two up to the next; documents without a duplicate have a bin of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeBin {
    /// Documents of the smallest cluster.
    pub from: u32,
    /// Documents of the largest cluster.
    pub to: u32,
    /// Clusters, of which each has one kept document.
    pub clusters: u64,
    /// Documents of all of them.
    pub documents: u64,
}

impl SizeBin {
    /// The empty bin with this number: bin 0 holds size 1, bin n the sizes above 2ⁿ⁻¹ up to 2ⁿ.
    fn numbered(number: u32) -> Self {
        let to = u64::from(u32::MAX).min(1 << number) as u32;
        Self { from: if number == 0 { 1 } else { (1 << (number - 1)) + 1 }, to, clusters: 0, documents: 0 }
    }

    fn number_of(size: u32) -> u32 {
        u32::BITS - size.saturating_sub(1).leading_zeros()
    }
}

/// Adds clusters of one size.
fn add(bins: &mut Vec<SizeBin>, size: u32, clusters: u64) {
    let number = SizeBin::number_of(size);
    while bins.len() as u32 <= number {
        bins.push(SizeBin::numbered(bins.len() as u32));
    }
    let bin = &mut bins[number as usize];
    bin.clusters += clusters;
    bin.documents += u64::from(size) * clusters;
}

/// The kept documents by what they stand for: as many rows as there are different sizes.
pub(super) fn of_stage(query: &Query<'_>, documents: Relation) -> Result<Vec<SizeBin>, AuditError> {
    let size = column::CLUSTER_SIZE;
    let counted = documents.map(|frame| frame.aggregate(vec![ident(size)], vec![count(lit(1)).alias(CLUSTERS)]))?;
    let mut bins = Vec::new();
    query.stream(counted, |rows| {
        for row in 0..rows.len() {
            add(&mut bins, rows.u32(size, row)?.unwrap_or(1), rows.count(CLUSTERS, row)?);
        }
        Ok(())
    })?;
    Ok(bins)
}

/// Name of the plan's column of counts.
const CLUSTERS: &str = "clusters";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bins_are_as_written_in_the_table() {
        let mut bins = Vec::new();
        add(&mut bins, 9, 1);
        let ranges: Vec<(u32, u32)> = bins.iter().map(|bin| (bin.from, bin.to)).collect();
        assert_eq!(ranges, [(1, 1), (2, 2), (3, 4), (5, 8), (9, 16)]);
    }

    proptest! {
        #[test]
        fn every_cluster_is_in_its_bin(sizes in prop::collection::vec(prop_oneof![1..40u32, 1..=u32::MAX], 1..60)) {
            let mut bins = Vec::new();
            sizes.iter().for_each(|&size| add(&mut bins, size, 1));
            for bin in &bins {
                let inside: Vec<u64> =
                    sizes.iter().filter(|&&size| bin.from <= size && size <= bin.to).map(|&size| size.into()).collect();
                prop_assert_eq!(bin.clusters, inside.len() as u64);
                prop_assert_eq!(bin.documents, inside.iter().sum::<u64>());
            }
            prop_assert_eq!(bins.iter().map(|bin| bin.clusters).sum::<u64>(), sizes.len() as u64);
        }
    }
}

use crate::AuditError;
use crate::lineage::Lineage;
use crate::query::{Query, Relation};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::prelude::{ident, lit};
use malmoi_schemas::{Stage, column};

/// How long the documents are.
#[derive(Debug, Clone, PartialEq)]
pub struct Lengths {
    /// The stage that kept these documents.
    pub stage: Stage,
    /// In characters.
    pub characters: Histogram,
    /// In eojeol.
    pub eojeol: Histogram,
}

/// A distribution of lengths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histogram {
    /// Bins from the shortest length to the longest, without a gap.
    pub bins: Vec<Bin>,
    /// All documents.
    pub documents: u64,
    /// Sum of all lengths.
    pub total: u64,
    /// Length that half of the documents do not exceed (nearest rank).
    pub median: u32,
    /// Length that 95 % of the documents do not exceed (nearest rank).
    pub percentile_95: u32,
    /// The longest document.
    pub longest: u32,
}

/// Documents of lengths from a power of two up to the next; zero has a bin of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// The shortest length in the bin.
    pub from: u32,
    /// The longest length in the bin.
    pub to: u32,
    /// Documents.
    pub documents: u64,
}

impl Bin {
    /// The empty bin with this number: bin 0 holds length 0, bin n the lengths of n binary digits.
    fn numbered(number: u32) -> Self {
        let end = u64::from(u32::MAX).min((1u64 << number) - 1) as u32;
        Self { from: if number == 0 { 0 } else { 1 << (number - 1) }, to: end, documents: 0 }
    }

    fn number_of(length: u32) -> u32 {
        u32::BITS - length.leading_zeros()
    }
}

impl Histogram {
    /// The mean length, or 0 without documents.
    pub fn mean(&self) -> f64 {
        if self.documents == 0 { 0.0 } else { self.total as f64 / self.documents as f64 }
    }

    /// Adds documents of one length. Lengths come in rising order, of `all` documents together.
    fn add(&mut self, length: u32, documents: u64, all: u64) {
        let number = Bin::number_of(length);
        let mut next = self.bins.last().map_or(number, |last| Bin::number_of(last.to) + 1);
        while next <= number {
            self.bins.push(Bin::numbered(next));
            next += 1;
        }
        if let Some(bin) = self.bins.last_mut() {
            bin.documents += documents;
        }
        let (before, after) = (self.documents, self.documents + documents);
        for (percent, place) in [(50, &mut self.median), (95, &mut self.percentile_95)] {
            let rank = (u128::from(all) * percent).div_ceil(100);
            if u128::from(before) < rank && rank <= u128::from(after) {
                *place = length;
            }
        }
        self.documents = after;
        self.total += u64::from(length) * documents;
        self.longest = length;
    }
}

/// Lengths of the last documents that stand before tokenising.
pub(super) fn of_run(query: &Query<'_>, lineage: &Lineage) -> Result<Option<Lengths>, AuditError> {
    for stage in [Stage::Dedup, Stage::Ingest] {
        let Some(published) = lineage.stage(stage) else { continue };
        let Some(documents) = query.documents(published)? else { continue };
        let all = published.manifest.counts.kept;
        return Ok(Some(Lengths {
            stage,
            characters: histogram(query, documents.clone(), column::CHARACTERS, all)?,
            eojeol: histogram(query, documents, column::EOJEOL, all)?,
        }));
    }
    Ok(None)
}

/// Sorted by length, so that one pass over as many rows as there are different lengths is enough.
fn histogram(query: &Query<'_>, documents: Relation, length: &str, all: u64) -> Result<Histogram, AuditError> {
    let counted = documents.map(|frame| {
        frame
            .aggregate(vec![ident(length)], vec![count(lit(1)).alias(DOCUMENTS)])?
            .sort(vec![ident(length).sort(true, false)])
    })?;
    let mut histogram = Histogram::default();
    query.stream(counted, |rows| {
        for row in 0..rows.len() {
            let length = rows.u32(length, row)?.unwrap_or_default();
            histogram.add(length, rows.count(DOCUMENTS, row)?, all);
        }
        Ok(())
    })?;
    Ok(histogram)
}

/// Name of the plan's column of counts.
const DOCUMENTS: &str = "documents";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(mut lengths: Vec<u32>) -> Histogram {
        lengths.sort_unstable();
        let mut histogram = Histogram::default();
        for same in lengths.chunk_by(|a, b| a == b) {
            histogram.add(same[0], same.len() as u64, lengths.len() as u64);
        }
        histogram
    }

    #[test]
    fn bins_are_powers_of_two_without_a_gap() {
        let bins = of(vec![0, 1, 9, 16]).bins;
        let expected = [(0, 0, 1), (1, 1, 1), (2, 3, 0), (4, 7, 0), (8, 15, 1), (16, 31, 1)];
        assert_eq!(bins, expected.map(|(from, to, documents)| Bin { from, to, documents }));
        assert_eq!(of(vec![u32::MAX]).bins[0].to, u32::MAX);
    }

    proptest! {
        #[test]
        fn every_document_is_in_its_bin(lengths in prop::collection::vec(prop_oneof![0..40u32, any::<u32>()], 1..80)) {
            let histogram = of(lengths.clone());
            for bin in &histogram.bins {
                let inside = lengths.iter().filter(|&&length| bin.from <= length && length <= bin.to).count();
                prop_assert_eq!(bin.documents, inside as u64);
            }
            prop_assert_eq!(histogram.bins.iter().map(|bin| bin.documents).sum::<u64>(), lengths.len() as u64);
            prop_assert_eq!(histogram.total, lengths.iter().map(|&length| u64::from(length)).sum::<u64>());
            let mut sorted = lengths;
            sorted.sort_unstable();
            prop_assert_eq!(histogram.median, sorted[sorted.len().div_ceil(2) - 1]);
            prop_assert_eq!(histogram.percentile_95, sorted[(sorted.len() * 95).div_ceil(100) - 1]);
            prop_assert_eq!(histogram.longest, sorted[sorted.len() - 1]);
        }
    }
}

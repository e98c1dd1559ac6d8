use crate::AuditError;
use crate::query::{Query, Relation};
use arrow::datatypes::DataType;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::prelude::{cast, ident, lit};
use malmoi_schemas::{Reason, column};

/// How similar near-duplicates are to the documents that were kept in their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Similarities {
    /// Documents by tenths: the first are of less than 0.1, the last of 0.9 or more.
    pub tenths: [u64; 10],
    /// Documents of which the ledger names no similarity.
    pub unknown: u64,
}

impl Similarities {
    /// All near-duplicates.
    pub fn documents(&self) -> u64 {
        self.tenths.iter().sum::<u64>() + self.unknown
    }
}

/// The near-duplicates by tenths of similarity, counted in the plan: there may be as many values as documents.
pub(super) fn of_stage(query: &Query<'_>, ledger: Relation) -> Result<Similarities, AuditError> {
    let tenth = cast(ident(column::SIMILARITY) * lit(10f32), DataType::UInt32).alias(TENTH);
    let counted = ledger.map(|frame| {
        frame
            .filter(ident(column::REASON).eq(lit(Reason::NearDuplicate.as_str())))?
            .select(vec![tenth])?
            .aggregate(vec![ident(TENTH)], vec![count(lit(1)).alias(DOCUMENTS)])
    })?;
    let mut found = Similarities::default();
    query.stream(counted, |rows| {
        for row in 0..rows.len() {
            let documents = rows.count(DOCUMENTS, row)?;
            match rows.u32(TENTH, row)? {
                // 1 has no tenth of its own.
                Some(tenth) => found.tenths[tenth.min(9) as usize] += documents,
                None => found.unknown += documents,
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Names of the plan's own columns.
const TENTH: &str = "tenth";
const DOCUMENTS: &str = "documents";

use crate::AuditError;
use crate::query::{Query, Relation};
use datafusion::common::JoinType;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::prelude::{ident, lit};
use malmoi_schemas::{Outcome, Reason, column};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Documents of one source that were removed in favour of documents of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePair {
    /// The source that lost documents.
    pub removed: String,
    /// The source of the documents that were kept in their place, maybe the same; `None` for documents that name none of
    /// the run.
    pub kept: Option<String>,
    /// Documents, by reason.
    pub documents: BTreeMap<Reason, u64>,
}

impl SourcePair {
    /// Documents, for whatever reason.
    pub fn total(&self) -> u64 {
        self.documents.values().sum()
    }
}

/// Every pair of sources, most documents first. Ids are joined, with nothing but names of sources beside them.
pub(super) fn of_stage(
    query: &Query<'_>,
    ledger: Relation,
    documents: Relation,
) -> Result<Vec<SourcePair>, AuditError> {
    // Only the few documents that stand for others are on this side.
    let survivors = documents
        .frame
        .filter(ident(column::CLUSTER_SIZE).gt(lit(1u32)))?
        .select(vec![ident(column::ID).alias(KEPT_ID), ident(column::SOURCE).alias(KEPT_SOURCE)])?;
    let by = [column::SOURCE, KEPT_SOURCE, column::OUTCOME, column::REASON].map(ident);
    let pairs = ledger.map(|frame| {
        frame
            .filter(ident(column::OUTCOME).eq(lit("removed")))?
            .select_columns(&[column::SOURCE, column::OUTCOME, column::REASON, column::SURVIVOR])?
            .join(survivors, JoinType::Left, &[column::SURVIVOR], &[KEPT_ID], None)?
            .aggregate(by.to_vec(), vec![count(lit(1)).alias(DOCUMENTS)])
    })?;
    let mut found: BTreeMap<(String, Option<String>), BTreeMap<Reason, u64>> = BTreeMap::new();
    query.stream(pairs, |rows| {
        for row in 0..rows.len() {
            let Outcome::Removed(reason) = rows.outcome(row)? else { continue };
            let kept = rows.text(KEPT_SOURCE, row)?.map(str::to_owned);
            let of_pair = found.entry((rows.name(column::SOURCE, row)?.to_owned(), kept)).or_default();
            *of_pair.entry(reason).or_default() += rows.count(DOCUMENTS, row)?;
        }
        Ok(())
    })?;
    let pairs = found.into_iter().map(|((removed, kept), documents)| SourcePair { removed, kept, documents });
    let mut pairs: Vec<SourcePair> = pairs.collect();
    pairs.sort_by_key(|pair| Reverse(pair.total()));
    Ok(pairs)
}

/// Names of the plan's own columns.
const KEPT_ID: &str = "kept_id";
const KEPT_SOURCE: &str = "kept_source";
const DOCUMENTS: &str = "documents";

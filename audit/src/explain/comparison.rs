//! How a document's text differs from that of its duplicate.

use super::DocumentExplanation;
use crate::AuditError;
use crate::differences::{Differences, Limits};
use crate::query::{Query, Relation};
use malmoi_schemas::{DocumentId, Outcome, Reason, Stage, column};
use std::collections::BTreeMap;

/// How a removed document differs from the one that was kept in its place, as ingest left both.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The two.
    pub pair: DuplicatePair,
    /// What differs.
    pub differences: Differences,
}

/// A removed document and its survivor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicatePair {
    /// The removed one.
    pub removed: DocumentId,
    /// The one that was kept in its place.
    pub kept: DocumentId,
}

impl DocumentExplanation {
    /// The document and its survivor, or the first that was removed for it. Exact duplicates have no words to compare.
    pub fn duplicate_pair(&self) -> Option<DuplicatePair> {
        let account = self.accounts.iter().find(|account| account.stage == Stage::Dedup)?;
        match (&account.survivor, account.outcome) {
            (Some(_), Outcome::Removed(Reason::ExactDuplicate)) => None,
            (Some(survivor), _) => Some(DuplicatePair { removed: self.id, kept: survivor.id }),
            (None, _) => {
                let mut members = account.stands_for.iter().flat_map(|members| &members.first);
                let member = members.find(|member| member.reason != Reason::ExactDuplicate)?;
                Some(DuplicatePair { removed: member.id, kept: self.id })
            }
        }
    }
}

/// Compares the first pair. One pair and no more: a URL may have as many documents as are explained, of any length.
pub(super) fn compare(
    query: &Query<'_>,
    read: Relation,
    documents: &mut [DocumentExplanation],
) -> Result<(), AuditError> {
    let found = documents.iter_mut().find_map(|document| Some((document.duplicate_pair()?, document)));
    let Some((pair, document)) = found else { return Ok(()) };
    let mut texts: BTreeMap<DocumentId, String> = BTreeMap::new();
    query.stream(read.of_ids(column::ID, [pair.removed, pair.kept], &[column::ID, column::TEXT])?, |rows| {
        for row in 0..rows.len() {
            texts.insert(rows.document(row)?, rows.name(column::TEXT, row)?.to_owned());
        }
        Ok(())
    })?;
    if let (Some(removed), Some(kept)) = (texts.get(&pair.removed), texts.get(&pair.kept)) {
        let differences = Differences::between(kept, removed, &Limits::default());
        document.comparison = Some(Comparison { pair, differences });
    }
    Ok(())
}

//! What a person knows documents by, for documents that another one's story names.

use crate::member::{Place, TextStart, printable};
use crate::query::{Query, Relation};
use crate::{AuditError, ClusterMember};
use malmoi_schemas::{DocumentId, Outcome, Reason, column};
use std::collections::BTreeMap;

/// Characters of a title or a text that stand for a document.
const HEADING: usize = 80;

/// What a person knows a document by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Where it was read.
    pub place: Place,
    /// Its address, if known.
    pub url: Option<String>,
    /// Its title, or the beginning of its text.
    pub heading: TextStart,
}

/// What a person knows some documents by.
pub(crate) fn known(
    query: &Query<'_>,
    documents: Relation,
    ids: &[DocumentId],
) -> Result<BTreeMap<DocumentId, Known>, AuditError> {
    let mut found = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let columns = [column::ID, column::SOURCE, column::FILE, column::RECORD, column::URL, column::TITLE, column::TEXT];
    query.stream(documents.of_ids(column::ID, ids.iter().copied(), &columns)?, |rows| {
        for row in 0..rows.len() {
            let title = rows.text(column::TITLE, row)?.filter(|title| !title.trim().is_empty());
            let heading = match title {
                Some(title) => title,
                None => rows.name(column::TEXT, row)?,
            };
            let known = Known {
                place: rows.place(row)?,
                url: rows.text(column::URL, row)?.map(printable),
                heading: TextStart::of(heading, HEADING),
            };
            found.insert(rows.document(row)?, known);
        }
        Ok(())
    })?;
    Ok(found)
}

/// The documents that were removed for one survivor.
#[derive(Default)]
pub(crate) struct Removed {
    pub(crate) exact: u64,
    pub(crate) near: u64,
    /// The first by place.
    pub(crate) members: Vec<ClusterMember>,
}

/// What the ledger of deduplication says of the documents removed for some survivors. Of each cluster, however large, only the
/// first `limit` members by place are held.
pub(crate) fn removed_for(
    query: &Query<'_>,
    ledger: Relation,
    survivors: &[DocumentId],
    limit: usize,
) -> Result<BTreeMap<DocumentId, Removed>, AuditError> {
    let mut found: BTreeMap<DocumentId, Removed> = BTreeMap::new();
    if survivors.is_empty() {
        return Ok(found);
    }
    let columns = [
        column::ID,
        column::SOURCE,
        column::FILE,
        column::RECORD,
        column::OUTCOME,
        column::REASON,
        column::SURVIVOR,
        column::SIMILARITY,
    ];
    query.stream(ledger.of_ids(column::SURVIVOR, survivors.iter().copied(), &columns)?, |rows| {
        for row in 0..rows.len() {
            let (Some(survivor), Outcome::Removed(reason)) = (rows.id(column::SURVIVOR, row)?, rows.outcome(row)?)
            else {
                continue;
            };
            let removed = found.entry(survivor).or_default();
            *(if reason == Reason::ExactDuplicate { &mut removed.exact } else { &mut removed.near }) += 1;
            let place = rows.place(row)?;
            let at = removed.members.partition_point(|member| member.place <= place);
            if at < limit {
                let (id, similarity) = (rows.document(row)?, rows.f32(column::SIMILARITY, row)?);
                removed.members.insert(at, ClusterMember { id, place, reason, similarity });
                removed.members.truncate(limit);
            }
        }
        Ok(())
    })?;
    Ok(found)
}

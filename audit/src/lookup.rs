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
    /// Its title, if known.
    pub title: Option<TextStart>,
    /// The beginning of its text, where texts were read.
    pub text: Option<TextStart>,
}

impl Known {
    /// Its title, or the beginning of its text; empty where it has no title and texts were not read.
    pub fn heading(&self) -> String {
        self.title.as_ref().or(self.text.as_ref()).map(TextStart::to_string).unwrap_or_default()
    }
}

/// What is read of documents that are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Narrow columns alone.
    Title,
    /// The text too, of which the beginning is held.
    Text,
}

/// What a person knows some documents by.
pub(crate) fn known(
    query: &Query<'_>,
    documents: Relation,
    ids: &[DocumentId],
    depth: Depth,
) -> Result<BTreeMap<DocumentId, Known>, AuditError> {
    let mut found = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let mut columns = vec![column::ID, column::SOURCE, column::FILE, column::RECORD, column::URL, column::TITLE];
    columns.extend((depth == Depth::Text).then_some(column::TEXT));
    query.stream(documents.of_ids(column::ID, ids.iter().copied(), &columns)?, |rows| {
        for row in 0..rows.len() {
            let title = rows.text(column::TITLE, row)?.filter(|title| !title.trim().is_empty());
            let text = match depth {
                Depth::Title => None,
                Depth::Text => Some(TextStart::of(rows.name(column::TEXT, row)?, HEADING)),
            };
            let known = Known {
                place: rows.place(row)?,
                url: rows.text(column::URL, row)?.map(printable),
                title: title.map(|title| TextStart::of(title, HEADING)),
                text,
            };
            found.insert(rows.document(row)?, known);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Adds what a person knows removed documents by. `documents` are those of the stage before: deduplication keeps no text of
/// what it removes.
pub(crate) fn introduce(
    query: &Query<'_>,
    documents: Relation,
    members: Vec<&mut ClusterMember>,
    depth: Depth,
) -> Result<(), AuditError> {
    let ids: Vec<DocumentId> = members.iter().map(|member| member.id).collect();
    let known = known(query, documents, &ids, depth)?;
    for member in members {
        member.known = known.get(&member.id).cloned();
    }
    Ok(())
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
                removed.members.insert(at, ClusterMember { id, place, reason, similarity, known: None });
                removed.members.truncate(limit);
            }
        }
        Ok(())
    })?;
    Ok(found)
}

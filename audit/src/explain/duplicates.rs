//! Adds to a document's story the documents that were removed for it, or with it for another.

use super::DocumentExplanation;
use crate::AuditError;
use crate::lookup::{self, Depth, Removed};
use crate::query::{Query, Relation};
use crate::stats::ClusterMember;
use malmoi_engine::Published;
use malmoi_schemas::{DocumentId, Stage};

/// Removed duplicates that a story names.
const MEMBERS: usize = 5;

/// Documents that were removed for one survivor.
#[derive(Debug, Clone, PartialEq)]
pub struct Members {
    /// How many they are.
    pub documents: u64,
    /// The first of them by place.
    pub first: Vec<ClusterMember>,
}

impl Members {
    /// All members of a cluster but one; `None` where nobody is left.
    fn of(removed: &Removed, without: Option<DocumentId>) -> Option<Self> {
        let documents = removed.exact + removed.near - u64::from(without.is_some());
        let others = removed.members.iter().filter(|member| Some(member.id) != without);
        let first: Vec<ClusterMember> = others.take(MEMBERS).cloned().collect();
        (documents > 0).then_some(Self { documents, first })
    }
}

/// Adds who was kept in a document's place and who else was removed for that one, or who was removed for it.
pub(super) fn tell(
    query: &Query<'_>,
    dedup: &Published,
    documents: &mut [DocumentExplanation],
) -> Result<(), AuditError> {
    let accounts = documents.iter().flat_map(|document| &document.accounts);
    let survivors: Vec<DocumentId> =
        accounts.filter_map(|account| account.survivor.as_ref().map(|survivor| survivor.id)).collect();
    let known = match query.documents(dedup)? {
        Some(kept) => lookup::known(query, kept, &survivors, Depth::Text)?,
        None => Default::default(),
    };
    let stand: Vec<DocumentId> = documents.iter().map(|document| document.id).chain(survivors).collect();
    let removed = match query.ledger(dedup)? {
        // One more than is told: a document is not told of itself.
        Some(ledger) => lookup::removed_for(query, ledger, &stand, MEMBERS + 1)?,
        None => Default::default(),
    };
    for document in documents {
        for account in document.accounts.iter_mut().filter(|account| account.stage == Stage::Dedup) {
            account.stands_for = removed.get(&document.id).and_then(|removed| Members::of(removed, None));
            if let Some(survivor) = &mut account.survivor {
                survivor.known = known.get(&survivor.id).cloned();
                survivor.others = removed.get(&survivor.id).and_then(|removed| Members::of(removed, Some(document.id)));
            }
        }
    }
    Ok(())
}

/// Adds the titles of the removed documents that stories name. `read` is what deduplication read.
pub(super) fn introduce(
    query: &Query<'_>,
    read: Relation,
    documents: &mut [DocumentExplanation],
) -> Result<(), AuditError> {
    let accounts = documents.iter_mut().flat_map(|document| &mut document.accounts);
    let told = accounts.flat_map(|account| {
        let others = account.survivor.as_mut().and_then(|survivor| survivor.others.as_mut());
        account.stands_for.iter_mut().chain(others)
    });
    let members: Vec<&mut ClusterMember> = told.flat_map(|members| &mut members.first).collect();
    lookup::introduce(query, read, members, Depth::Title)
}

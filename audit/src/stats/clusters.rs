use crate::AuditError;
use crate::lineage::Lineage;
use crate::lookup::{self, Depth, Known};
use crate::member::Place;
use crate::query::{Query, Relation};
use datafusion::prelude::{ident, lit};
use malmoi_schemas::{DocumentId, Reason, Stage, column};
use std::collections::BTreeMap;

/// Clusters that a report shows.
const CLUSTERS: usize = 10;

/// Removed documents that a cluster names.
const MEMBERS: usize = 3;

/// A document and those that were removed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The document that was kept.
    pub survivor: DocumentId,
    /// What a person knows it by.
    pub known: Known,
    /// Documents, the survivor included.
    pub size: u64,
    /// Documents removed as exact duplicates.
    pub exact: u64,
    /// Documents removed for another likeness: shingles, address, embedding.
    pub near: u64,
    /// The first removed documents by place.
    pub members: Vec<ClusterMember>,
}

/// A document that was removed for another.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterMember {
    /// The document.
    pub id: DocumentId,
    /// Where it was read.
    pub place: Place,
    /// Why it was removed.
    pub reason: Reason,
    /// Estimated similarity to the survivor, 0 to 1.
    pub similarity: Option<f32>,
    /// What a person knows it by, where that was looked up.
    pub known: Option<Known>,
}

/// The largest clusters of a run, by size, then by id of the survivor.
pub(crate) fn of_run(query: &Query<'_>, lineage: &Lineage) -> Result<Vec<Cluster>, AuditError> {
    let Some(published) = lineage.stage(Stage::Dedup) else { return Ok(Vec::new()) };
    let Some(documents) = query.documents(published)? else { return Ok(Vec::new()) };
    let largest = largest(query, documents.clone())?;
    let ids: Vec<DocumentId> = largest.iter().map(|&(id, _)| id).collect();
    let mut known = lookup::known(query, documents, &ids, Depth::Text)?;
    let mut removed = match query.ledger(published)? {
        Some(ledger) => lookup::removed_for(query, ledger, &ids, MEMBERS)?,
        None => BTreeMap::new(),
    };
    let cluster = |(id, size)| {
        let removed = removed.remove(&id).unwrap_or_default();
        Some(Cluster {
            survivor: id,
            known: known.remove(&id)?,
            size,
            exact: removed.exact,
            near: removed.near,
            members: removed.members,
        })
    };
    Ok(largest.into_iter().filter_map(cluster).collect())
}

/// Ids and sizes. Only narrow columns are sorted, and of them only the head is held.
fn largest(query: &Query<'_>, documents: Relation) -> Result<Vec<(DocumentId, u64)>, AuditError> {
    let largest = documents.map(|frame| {
        frame
            .filter(ident(column::CLUSTER_SIZE).gt(lit(1u32)))?
            .select_columns(&[column::ID, column::CLUSTER_SIZE])?
            .sort(vec![ident(column::CLUSTER_SIZE).sort(false, false), ident(column::ID).sort(true, false)])?
            .limit(0, Some(CLUSTERS))
    })?;
    let mut found = Vec::new();
    query.stream(largest, |rows| {
        for row in 0..rows.len() {
            found.push((rows.document(row)?, u64::from(rows.u32(column::CLUSTER_SIZE, row)?.unwrap_or(1))));
        }
        Ok(())
    })?;
    Ok(found)
}

//! How much of a corpus repeats the rest of it, and where from.

mod pairs;
mod similarities;
mod sizes;
mod text;

pub use pairs::SourcePair;
pub use similarities::Similarities;
pub use sizes::SizeBin;

use crate::lineage::Lineage;
use crate::lookup::{self, Depth};
use crate::query::Query;
use crate::stats::{Cluster, StageStatistics, clusters, volume};
use crate::{AuditError, ClusterMember};
use malmoi_engine::Session;
use malmoi_schemas::{Counts, Outcome, Reason, Stage};
use std::collections::BTreeMap;

/// What deduplication removed: by source, by pair of sources, by size of the cluster and by similarity.
///
/// The same published files give the same statistics, in the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateStatistics {
    /// What was read, kept and removed of each source.
    pub stage: StageStatistics,
    /// Which source lost documents to which, most documents first.
    pub pairs: Vec<SourcePair>,
    /// The kept documents by the size of their cluster, without a gap.
    pub sizes: Vec<SizeBin>,
    /// How similar near-duplicates are to their survivors.
    pub similarities: Similarities,
    /// The largest clusters, largest first, with the beginnings of texts.
    pub clusters: Vec<Cluster>,
}

impl DuplicateStatistics {
    /// Reads narrow columns of the ledger and the documents of deduplication in bounded memory, and text only of the
    /// documents that [`Self::clusters`] shows.
    ///
    /// # Errors
    ///
    /// [`AuditError::NotPublished`] for a run without deduplication of what ingest published last;
    /// [`AuditError::Unbalanced`] where rows and manifest disagree; otherwise what went wrong with the run's files.
    pub fn gather(session: &Session) -> Result<Self, AuditError> {
        let lineage = Lineage::of(session)?;
        let not_published = || AuditError::NotPublished { run: session.store().url().to_string(), stage: Stage::Dedup };
        let link = lineage.link(Stage::Dedup).ok_or_else(not_published)?;
        let query = Query::new(session)?;
        let (ledger, documents) = (query.ledger(&link.published)?, query.documents(&link.published)?);
        let (Some(ledger), Some(documents)) = (ledger, documents) else { return Err(not_published()) };
        let statistics = Self {
            stage: volume::of_stage(&query, link)?,
            pairs: pairs::of_stage(&query, ledger.clone(), documents.clone())?,
            sizes: sizes::of_stage(&query, documents)?,
            similarities: similarities::of_stage(&query, ledger)?,
            clusters: samples(&query, &lineage)?,
        };
        statistics.balance()?;
        Ok(statistics)
    }

    /// Holds what was counted against the manifest.
    fn balance(&self) -> Result<(), AuditError> {
        let manifest = &self.stage.manifest;
        for (source, counts) in &manifest.sources {
            let of_source = self.stage.volumes.get(source);
            let outcomes = of_source.into_iter().flatten().map(|(&outcome, volume)| (outcome, volume.documents));
            hold(source, outcomes, counts)?;
            // Only what is removed has a pair.
            let removed = self.pairs.iter().filter(|pair| pair.removed == *source).flat_map(|pair| &pair.documents);
            let removed = removed.map(|(&reason, &documents)| (Outcome::Removed(reason), documents));
            hold(source, removed.chain([(Outcome::Kept, counts.kept)]), counts)?;
        }
        let near = manifest.counts.removed.get(&Reason::NearDuplicate).copied().unwrap_or(0);
        let totals = [
            ("sources", self.stage.volumes.len() as u64, manifest.sources.len() as u64),
            ("documents with a cluster size", self.sizes.iter().map(|bin| bin.clusters).sum(), manifest.counts.kept),
            ("near-duplicates", self.similarities.documents(), near),
        ];
        totals.into_iter().try_for_each(|(what, found, expected)| equal(what.to_owned(), found, expected))
    }
}

/// Holds the outcomes of a source's documents against what the manifest counts of it.
fn hold(source: &str, outcomes: impl Iterator<Item = (Outcome, u64)>, expected: &Counts) -> Result<(), AuditError> {
    let mut found = Counts::default();
    outcomes.for_each(|(outcome, documents)| found.settle(outcome, documents));
    let words = |kind: &str| format!("{kind} documents of `{}`", crate::member::printable(source));
    equal(words("kept"), found.kept, expected.kept)?;
    for (mine, theirs) in [(&found.removed, &expected.removed), (&found.errored, &expected.errored)] {
        for &reason in mine.keys().chain(theirs.keys()) {
            let of = |counts: &BTreeMap<Reason, u64>| counts.get(&reason).copied().unwrap_or(0);
            equal(words(reason.as_str()), of(mine), of(theirs))?;
        }
    }
    Ok(())
}

fn equal(what: String, found: u64, expected: u64) -> Result<(), AuditError> {
    if found == expected { Ok(()) } else { Err(AuditError::Unbalanced { what, stage: Stage::Dedup, found, expected }) }
}

/// The largest clusters, with what a person knows their members by.
fn samples(query: &Query<'_>, lineage: &Lineage) -> Result<Vec<Cluster>, AuditError> {
    let mut clusters = clusters::of_run(query, lineage)?;
    let read = lineage.stage(Stage::Ingest).map(|ingest| query.documents(ingest)).transpose()?.flatten();
    if let Some(read) = read {
        let members: Vec<&mut ClusterMember> = clusters.iter_mut().flat_map(|cluster| &mut cluster.members).collect();
        lookup::introduce(query, read, members, Depth::Text)?;
    }
    Ok(clusters)
}

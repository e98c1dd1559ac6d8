//! Statistics of a corpus, from what its stages published.

pub(crate) mod clusters;
mod funnel;
mod lengths;
pub(crate) mod volume;

pub use clusters::{Cluster, ClusterMember};
pub use funnel::{Funnel, Loss, Step};
pub use lengths::{Bin, Histogram, Lengths};
pub use volume::{StageStatistics, Volume};

use crate::AuditError;
use crate::lineage::Lineage;
use crate::query::Query;
use malmoi_engine::Session;
use malmoi_schemas::{Details, Stage, TokenizeDetails, TrainDetails};

/// What is in a run's corpus and what was taken out of it.
///
/// A run of which only some stages are published has the statistics of those. The same published files give the same
/// statistics, in the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// The stages, in order, each made from the one before.
    pub stages: Vec<StageStatistics>,
    /// Published stages that were made from an earlier version of the stage before. They are not counted anywhere.
    pub outdated: Vec<Stage>,
    /// Lengths of the documents that deduplication kept, or ingest where there is no deduplication yet.
    pub lengths: Option<Lengths>,
    /// The largest duplicate clusters, largest first.
    pub clusters: Vec<Cluster>,
}

impl Statistics {
    /// Reads the ledgers and the narrow columns of the documents of a run, in bounded memory.
    ///
    /// # Errors
    ///
    /// [`AuditError::NothingPublished`] for a run without any stage; otherwise what went wrong with its files.
    pub fn gather(session: &Session) -> Result<Self, AuditError> {
        let lineage = Lineage::of(session)?;
        let query = Query::new(session)?;
        let stages = lineage.current().map(|link| volume::of_stage(&query, link)).collect::<Result<_, _>>()?;
        Ok(Self {
            stages,
            outdated: lineage.outdated(),
            lengths: lengths::of_run(&query, &lineage)?,
            clusters: clusters::of_run(&query, &lineage)?,
        })
    }

    /// One of the stages.
    pub fn stage(&self, stage: Stage) -> Option<&StageStatistics> {
        self.stages.iter().find(|of| of.stage() == stage)
    }

    /// The last stage that keeps documents: where the corpus stands.
    pub fn last(&self) -> Option<&StageStatistics> {
        self.stages.iter().rfind(|of| of.stage() != Stage::Train)
    }

    /// What tokenising found, if it is published.
    pub fn tokenized(&self) -> Option<&TokenizeDetails> {
        match &self.stage(Stage::Tokenize)?.manifest.details {
            Details::Tokenize(details) => Some(details),
            _ => None,
        }
    }

    /// What training came to, if it is published.
    pub fn trained(&self) -> Option<&TrainDetails> {
        match &self.stage(Stage::Train)?.manifest.details {
            Details::Train(details) => Some(details),
            _ => None,
        }
    }

    /// Names of all sources, sorted.
    pub fn sources(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.stages.iter().flat_map(|stage| stage.manifest.sources.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// How the corpus narrowed from what was read to what was trained on.
    pub fn funnel(&self) -> Funnel {
        Funnel::of(self)
    }
}

//! What is in a corpus, what was removed and why: statistics, reports and explanations of a run.
//!
//! Everything is read from what the stages published, and from nothing else: manifests for counts, ledgers and narrow
//! columns of documents for the rest. [`Statistics`] looks at the whole corpus, [`Status`] at the stages and what they
//! cost, [`DuplicateStatistics`] at what deduplication removed, and [`Explanation`] at one document. Each prints as a text;
//! [`html`] makes a page of the statistics.

mod differences;
mod duplicates;
mod error;
mod explain;
mod lineage;
mod lookup;
mod member;
mod query;
mod report;
mod rows;
mod stats;
mod status;

pub use differences::{Counts, Differences, Gap, Hunk, Limits, Page, Side};
pub use duplicates::{DuplicateStatistics, Similarities, SizeBin, SourcePair};
pub use error::AuditError;
pub use explain::{
    Account, Comparison, DocumentExplanation, DuplicatePair, Explanation, ExplanationText, Measures, Members, Survivor,
    TokenSet, explain,
};
pub use lookup::Known;
pub use member::{Place, TextStart};
pub use report::html;
pub use stats::{
    Bin, Cluster, ClusterMember, Funnel, Histogram, Lengths, Loss, StageStatistics, Statistics, Step, Volume,
};
pub use status::{SetStatus, StageStatus, Status};

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use malmoi_engine::EngineError;
use malmoi_schemas::{ByteSize, DigestError};

/// Why deduplication could not be done.
#[derive(Debug, thiserror::Error)]
pub enum DedupError {
    /// Files, plans, threads, or a stop that was asked for.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A recipe without canonical bytes.
    #[error("cannot name this version of dedup: {0}")]
    Recipe(#[from] DigestError),
    /// Columns that do not make a batch: a defect of the stage, never of the data.
    #[error("cannot assemble rows of `{path}`: {error}")]
    Rows {
        /// The part that was read.
        path: String,
        /// Arrow's own words.
        error: ArrowError,
    },
    /// A part without a column that its format promises.
    #[error("`{path}` has no column `{column}` of the expected type: run the stage that wrote it again")]
    Column {
        /// Path inside the run folder.
        path: String,
        /// The column.
        column: &'static str,
    },
    /// A document of a source that has no place in the order of priority.
    #[error("`{path}` holds a document of source `{name}`, which the recipe does not name: run ingest again")]
    UnknownSource {
        /// Path inside the run folder.
        path: String,
        /// The source.
        name: String,
    },
    /// More candidates than tasks can be numbered.
    #[error("there are more candidate pairs than can be compared: raise `threshold`, or give more `rows`")]
    TooManyPairs,
    /// Clusters that do not fit in memory.
    #[error(
        "clustering {documents} duplicates takes {needed} of memory, the limit is {limit}: raise `memory` in [engine]"
    )]
    TooManyDuplicates {
        /// Documents that have a duplicate.
        documents: u64,
        /// Memory that clustering them takes.
        needed: ByteSize,
        /// The session's limit.
        limit: ByteSize,
    },
}

impl From<DataFusionError> for DedupError {
    fn from(error: DataFusionError) -> Self {
        Self::Engine(error.into())
    }
}

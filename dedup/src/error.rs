use crate::decontaminate::ReadError;
use crate::lines::TooManyLines;
use crate::semantic::SemanticConfigError;
use crate::substring::SubstringError;
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
    /// A part of the format of documents without one of its columns.
    #[error("`{path}` has no column `{column}`: run the stage that wrote it again")]
    Format {
        /// Path inside the run folder.
        path: String,
        /// The column.
        column: String,
    },
    /// A document of a source that has no place in the order of priority.
    #[error("`{path}` holds a document of source `{name}`, which the recipe does not name: run ingest again")]
    UnknownSource {
        /// Path inside the run folder.
        path: String,
        /// The source.
        name: String,
    },
    /// An earlier run that this one cannot be compared with.
    #[error("earlier run `{run}` {what}")]
    Earlier {
        /// As the recipe names it.
        run: String,
        /// Why not, and what to do.
        what: String,
    },
    /// A path of an evaluation set that leads nowhere.
    #[error("evaluation set `{set}`: `{pattern}` {what}")]
    EvaluationPath {
        /// The set.
        set: String,
        /// The path or pattern in the recipe.
        pattern: String,
        /// What is wrong with it.
        what: String,
    },
    /// A file of an evaluation set that cannot be opened.
    #[error("cannot read `{path}`: {source}")]
    EvaluationFile {
        /// The file.
        path: String,
        /// The system's own words.
        source: std::io::Error,
    },
    /// A file of an evaluation set that does not hold items.
    #[error("cannot read evaluation items from `{path}`: {error}")]
    EvaluationItems {
        /// The file.
        path: String,
        /// What is wrong with it.
        error: ReadError,
    },
    /// More evaluation sets or items than can be numbered.
    #[error("there are more evaluation sets or items than can be told apart")]
    TooManyItems,
    /// More repeated lines than can be told apart.
    #[error(transparent)]
    Lines(#[from] TooManyLines),
    /// Repeated lines that do not fit in memory.
    #[error(
        "repeated lines take {needed} of memory, a quarter of the limit is {limit}: raise `min_site_documents` or `memory`"
    )]
    RepeatedLines {
        /// Memory that they take.
        needed: ByteSize,
        /// What is granted.
        limit: ByteSize,
    },
    /// More candidates than tasks can be numbered.
    #[error("there are more candidate pairs than can be compared: raise `threshold`, or give more `rows`")]
    TooManyPairs,
    /// A search for documents near in meaning that cannot be set up.
    #[error("cannot look for documents near in meaning: {0}")]
    Semantic(#[from] SemanticConfigError),
    /// Hyperplanes that do not fit in memory.
    #[error(
        "hyperplanes for embeddings of {dimension} numbers take {needed} of memory, a quarter of the limit is {limit}: lower `bits` or raise `memory`"
    )]
    Hyperplanes {
        /// Numbers of most embeddings.
        dimension: usize,
        /// Memory that they take.
        needed: ByteSize,
        /// What is granted.
        limit: ByteSize,
    },
    /// Spans that cannot be compared.
    #[error("cannot look for repeated spans: {0}")]
    Substring(#[from] SubstringError),
    /// Texts that must be compared together and do not fit in memory.
    #[error(
        "looking for repeated spans in long documents takes {needed} of memory, the limit is {limit}: raise `memory` in [engine]"
    )]
    Repeats {
        /// Memory that comparing two of them takes.
        needed: ByteSize,
        /// The session's limit.
        limit: ByteSize,
    },
    /// Clusters with documents of earlier runs that do not fit in memory.
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

use datafusion::error::DataFusionError;
use malmoi_schemas::{FormatError, ManifestError};
use parquet::errors::ParquetError;

/// Why the engine could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A run folder that cannot be used at all.
    #[error("cannot use `{location}` as a run folder: {reason}")]
    Location {
        /// The path or URL as given.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A run folder that is to be looked at and does not exist.
    #[error("there is no run folder `{location}`; give the folder of a run, its s3:// URL or its recipe")]
    NoRun {
        /// The folder.
        location: String,
    },
    /// Another process works in the run folder.
    #[error("another malmoi process is working in `{run}`; wait for it or stop it")]
    Busy {
        /// The run folder.
        run: String,
    },
    /// Reading or writing a stored object failed.
    #[error("cannot {action} `{path}`: {source}")]
    Store {
        /// `read`, `write`, `list`, `delete`.
        action: &'static str,
        /// Path inside the run folder, or the URL of an input object.
        path: String,
        /// The store's own words.
        source: object_store::Error,
    },
    /// A local file operation failed.
    #[error("cannot {action} `{path}`: {source}")]
    Io {
        /// `open`, `sync`, `remove`, ...
        action: &'static str,
        /// The file.
        path: String,
        /// The operating system's own words.
        source: std::io::Error,
    },
    /// A Parquet file that cannot be read or written.
    #[error("`{path}` is not a readable Parquet file or cannot be written: {source}")]
    Parquet {
        /// Path inside the run folder.
        path: String,
        /// The Parquet library's own words.
        source: ParquetError,
    },
    /// A file of another format or version.
    #[error("cannot read `{path}`: {source}")]
    Format {
        /// Path inside the run folder.
        path: String,
        /// What was found.
        source: FormatError,
    },
    /// A manifest or unit report that cannot be trusted.
    #[error("cannot read `{path}`: {source}")]
    Manifest {
        /// Path inside the run folder.
        path: String,
        /// What is wrong.
        source: ManifestError,
    },
    /// A file that is not what was written.
    #[error("`{path}` is damaged: {what}; run `malmoi run` with the recipe again, and what wrote it is done again")]
    Damaged {
        /// Path inside the run folder.
        path: String,
        /// What differs.
        what: String,
    },
    /// Counts that break the law of conservation: a defect of the stage, never of the data.
    #[error("{stage} does not balance and was not published: {what}; run the same command again, and it starts anew")]
    Unbalanced {
        /// The stage.
        stage: malmoi_schemas::Stage,
        /// The two sides.
        what: String,
    },
    /// A relational plan needs more memory than its share of the limit and cannot spill.
    #[error("a plan needs more memory than it may use; raise `engine.memory` or lower `engine.threads` ({0})")]
    Memory(Box<DataFusionError>),
    /// A relational plan could not spill.
    #[error("cannot spill into the spill folder; name another with `engine.spill` or `--spill` ({0})")]
    Spill(Box<DataFusionError>),
    /// A relational plan failed.
    #[error("a plan failed: {0}")]
    Plan(Box<DataFusionError>),
    /// The worker threads or the asynchronous runtime could not be started.
    #[error("cannot start worker threads: {0}")]
    Threads(std::io::Error),
    /// A stop was asked for; finished units are kept.
    #[error("interrupted; finished work is kept, run the same command to go on")]
    Interrupted,
}

impl From<DataFusionError> for EngineError {
    fn from(source: DataFusionError) -> Self {
        match source.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::Memory(Box::new(source)),
            DataFusionError::IoError(_) => Self::Spill(Box::new(source)),
            _ => Self::Plan(Box::new(source)),
        }
    }
}

impl EngineError {
    /// Wraps a JSON error as that of the stored file `path`.
    pub(crate) fn not_json(path: &str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Manifest { path: path.to_owned(), source: ManifestError::Syntax(source) }
    }

    /// Whether the error says that an object is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Store { source: object_store::Error::NotFound { .. }, .. })
    }
}

use malmoi_engine::EngineError;
use std::io;
use std::path::PathBuf;

/// Why ingest stopped. What is wrong with a single record never ends up here: it is counted and written to the ledger.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The engine could not do its part.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Two `[[source]]` tables with one name.
    #[error("two sources are called `{name}`; give each a name of its own")]
    DuplicateSource {
        /// The name.
        name: String,
    },
    /// No `[[source]]` table at all.
    #[error("the recipe names no [[source]]")]
    NoSource,
    /// A path pattern that cannot be understood.
    #[error("source `{name}`: `{pattern}` is not a pattern: {reason}")]
    Pattern {
        /// Name of the source.
        name: String,
        /// The pattern as written.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A path or pattern without a file.
    #[error("source `{name}`: `{pattern}` matches no file in `{}`", .base.display())]
    NoMatch {
        /// Name of the source.
        name: String,
        /// The pattern as written.
        pattern: String,
        /// The folder that relative patterns start from.
        base: PathBuf,
    },
    /// A path that names a folder.
    #[error("source `{name}`: `{pattern}` is a folder; name its files, for example `{pattern}/*`")]
    Folder {
        /// Name of the source.
        name: String,
        /// The path as written.
        pattern: String,
    },
    /// Two files that would share their document ids.
    #[error("source `{name}`: `{}` and `{}` are both `{file}` inside the source; make two sources of them", .first.display(), .second.display())]
    NameClash {
        /// Name of the source.
        name: String,
        /// The name inside the source that both have.
        file: String,
        /// The one file.
        first: PathBuf,
        /// The other file.
        second: PathBuf,
    },
    /// A source's rules contradict those of `[ingest.rules]`.
    #[error("source `{name}`: {error}")]
    Rules {
        /// Name of the source.
        name: String,
        /// The contradiction.
        error: crate::config::SettingError,
    },
    /// The operating system would not let a file be read. A damaged file is another matter: it is counted and passed over.
    #[error("cannot read `{}`: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's own words.
        source: io::Error,
    },
    /// Rows that Arrow would not take: a defect of this crate.
    #[error("cannot build rows: {0}")]
    Rows(#[from] arrow::error::ArrowError),
    /// Settings without a canonical form: a defect of this crate.
    #[error("cannot digest the recipe: {0}")]
    Digest(#[from] malmoi_schemas::DigestError),
}

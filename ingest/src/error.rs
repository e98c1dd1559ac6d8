use malmoi_engine::EngineError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Whose a path in the recipe is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// The source of this name.
    Source(String),
    /// The setting at this place of the recipe.
    Setting(&'static str),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(name) => write!(f, "source `{name}`"),
            Self::Setting(setting) => write!(f, "`{setting}`"),
        }
    }
}

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
    #[error("{owner}: `{pattern}` is not a pattern: {reason}")]
    Pattern {
        /// Whose pattern it is.
        owner: Owner,
        /// The pattern as written.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A path or pattern without a file.
    #[error("{owner}: `{pattern}` matches no file in `{}`", .base.display())]
    NoMatch {
        /// Whose pattern it is.
        owner: Owner,
        /// The pattern as written.
        pattern: String,
        /// The folder that relative patterns start from.
        base: PathBuf,
    },
    /// A path that names a folder.
    #[error("{owner}: `{pattern}` is a folder; name its files, for example `{pattern}/*`")]
    Folder {
        /// Whose path it is.
        owner: Owner,
        /// The path as written.
        pattern: String,
    },
    /// Two files that would share their document ids.
    #[error("{owner}: `{first}` and `{second}` are both `{file}` inside the source; make two sources of them")]
    NameClash {
        /// Whose files they are.
        owner: Owner,
        /// The name inside the source that both have.
        file: String,
        /// The one file.
        first: String,
        /// The other file.
        second: String,
    },
    /// A preview was asked of a source that the recipe does not have.
    #[error("the recipe has no source `{name}`")]
    UnknownSource {
        /// The name.
        name: String,
    },
    /// A list that cannot be read.
    #[error(transparent)]
    List(#[from] crate::lists::ListError),
    /// A model that cannot be read.
    #[error(transparent)]
    Model(#[from] crate::models::ModelError),
    /// Several files where one model is wanted.
    #[error("`{setting}` names `{first}` and `{second}`; one model is wanted")]
    OneModel {
        /// The setting.
        setting: &'static str,
        /// One file.
        first: String,
        /// Another.
        second: String,
    },
    /// A language model without the language.
    #[error(
        "the model `{model}` has no label `__label__{label}`; set `ingest.models.language_label` to one that it has"
    )]
    NoLabel {
        /// The model's path or URL.
        model: String,
        /// The label that was wanted.
        label: String,
    },
    /// A source's rules contradict those of `[ingest.rules]`.
    #[error("source `{name}`: {error}")]
    Rules {
        /// Name of the source.
        name: String,
        /// The contradiction.
        error: crate::config::SettingError,
    },
    /// The operating system or the object store would not let a file be read. A damaged file is another matter: it is counted and passed over.
    #[error("cannot read `{place}`: {source}")]
    Read {
        /// The file's path or URL.
        place: String,
        /// The operating system's or the store's own words.
        source: io::Error,
    },
    /// Rows that Arrow would not take: a defect of this crate.
    #[error("cannot build rows: {0}")]
    Rows(#[from] arrow::error::ArrowError),
    /// Settings without a canonical form: a defect of this crate.
    #[error("cannot digest the recipe: {0}")]
    Digest(#[from] malmoi_schemas::DigestError),
}

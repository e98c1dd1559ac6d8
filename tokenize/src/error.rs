use arrow::error::ArrowError;
use malmoi_engine::EngineError;
use malmoi_schemas::DigestError;

/// Why documents could not be turned into token shards.
#[derive(Debug, thiserror::Error)]
pub enum TokenizeError {
    /// Reading, writing or committing failed, or a stop was asked for.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There is nothing to learn from.
    #[error(
        "deduplication kept no document, so there is no text to learn a vocabulary from; see `malmoi status` for what was removed and why"
    )]
    NoDocuments,
    /// The tokeniser library refused a vocabulary or a text.
    #[error("cannot {action}: {reason}")]
    Tokenizer {
        /// What was tried, as "load the vocabulary".
        action: &'static str,
        /// The library's own words.
        reason: String,
    },
    /// A vocabulary that is not one of ours.
    #[error("the vocabulary has no `{token}` token: it was not written by malmoi's tokenize stage")]
    MissingToken {
        /// The token.
        token: &'static str,
    },
    /// A part without a column, or with a column of another type, that its format promises.
    #[error("`{path}` has no usable column `{column}`; run the stage that wrote it again")]
    Column {
        /// Path inside the run folder.
        path: String,
        /// The column's name.
        column: &'static str,
    },
    /// Rows could not be put together into a table.
    #[error("cannot assemble rows: {0}")]
    Arrow(#[from] ArrowError),
    /// The recipe's numbers have no canonical form.
    #[error("cannot name the recipe: {0}")]
    Recipe(#[from] DigestError),
    /// Facts of a finished unit that this build does not understand.
    #[error(
        "the report of unit `{unit}` cannot be read: {source}; remove the unfinished version's folder and run again"
    )]
    Facts {
        /// The unit.
        unit: String,
        /// The JSON library's own words.
        source: serde_json::Error,
    },
    /// The shards do not hold what was encoded: a defect of this stage, never of the data.
    #[error("the shards hold {found} documents or tokens where {expected} were encoded; nothing was published")]
    Lost {
        /// Encoded.
        expected: u64,
        /// Found in the shards.
        found: u64,
    },
    /// Worker threads could not be started.
    #[error("cannot start worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl TokenizeError {
    /// Wraps an error of the tokeniser library, which has no type.
    pub(crate) fn library(action: &'static str) -> impl Fn(tokenizers::Error) -> Self {
        move |error| Self::Tokenizer { action, reason: error.to_string() }
    }
}

use datafusion::error::DataFusionError;
use malmoi_engine::EngineError;

/// Why a run could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Files, plans, or a stop that was asked for.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A run folder in which no stage was finished.
    #[error("no stage is published in `{run}`: check the folder, or run `malmoi run RECIPE` first")]
    NothingPublished {
        /// The run folder.
        run: String,
    },
    /// A run without the stage that was asked about.
    #[error("`{run}` has no {stage} of what stands published before it: run `malmoi {stage} RECIPE` first")]
    NotPublished {
        /// The run folder.
        run: String,
        /// The stage.
        stage: malmoi_schemas::Stage,
    },
    /// Files that say something else than the manifest that was published with them.
    #[error("the files of {stage} hold {found} {what}, the manifest says {expected}: run the stage again")]
    Unbalanced {
        /// What was counted, in the plural.
        what: String,
        /// The stage.
        stage: malmoi_schemas::Stage,
        /// How many the files hold.
        found: u64,
        /// How many there must be.
        expected: u64,
    },
    /// A document that no ledger knows.
    #[error("no document has the {what} `{key}`; searched {searched}")]
    NotFound {
        /// `id` or `URL`.
        what: &'static str,
        /// What was asked for.
        key: String,
        /// The ledgers, with how many records they hold.
        searched: String,
    },
    /// Rows without a column that their format promises.
    #[error("the {set} of {stage} have no column `{column}` of the expected type: run the stage again")]
    Column {
        /// The files' set.
        set: &'static str,
        /// The stage that wrote them.
        stage: malmoi_schemas::Stage,
        /// The column.
        column: String,
    },
    /// A ledger row with an outcome, a reason or an id that this build does not know.
    #[error("the {set} of {stage} hold `{found}`, which this build of malmoi does not know: run the stage again")]
    Value {
        /// The files' set.
        set: &'static str,
        /// The stage that wrote them.
        stage: malmoi_schemas::Stage,
        /// What was found.
        found: String,
    },
}

impl From<DataFusionError> for AuditError {
    fn from(error: DataFusionError) -> Self {
        Self::Engine(error.into())
    }
}

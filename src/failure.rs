//! Every way a command can fail, in one place with its exit code.

use malmoi_audit::AuditError;
use malmoi_dedup::DedupError;
use malmoi_engine::EngineError;
use malmoi_ingest::IngestError;
use malmoi_ingest::models::LearnError;
use malmoi_schemas::Stage;
use malmoi_tokenize::TokenizeError;
use malmoi_train::TrainError;
use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

const UNEXPECTED: u8 = 1;
const WRONG_RECIPE: u8 = 2;
const INPUT: u8 = 3;
const STORAGE: u8 = 4;
const UNBALANCED: u8 = 5;
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The recipe file cannot be read.
    #[error("cannot read the recipe `{}`: {source}", .path.display())]
    RecipeFile { path: PathBuf, source: io::Error },
    /// The recipe is wrong at a place that the message points at.
    #[error("{0}")]
    Recipe(String),
    /// A stage was asked for whose input is not there.
    #[error("{wanted} needs a finished {missing} in `{run}`; run `malmoi {missing}` with the same recipe first")]
    NoInput { wanted: Stage, missing: Stage, run: String },
    /// A stage was asked for whose input was made from another recipe or input.
    #[error(
        "{stale} in `{run}` was made from another recipe or input; run `malmoi {stale}` with this recipe before {wanted}"
    )]
    OtherInput { wanted: Stage, stale: Stage, run: String },
    /// `malmoi train` with a recipe that trains nothing.
    #[error("the recipe `{}` has no [train] table", .0.display())]
    NoTraining(PathBuf),
    /// A run without a finished training.
    #[error("`{0}` has no trained model; run `malmoi train` with its recipe first")]
    NoModel(String),
    /// A file that the user asked for cannot be written.
    #[error("cannot write `{}`: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    /// Standard output is gone.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    /// Signals cannot be caught.
    #[error("cannot catch Ctrl-C: {0}")]
    Signals(io::Error),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Ingest(IngestError),
    /// A model could not be learnt.
    #[error("could not learn: {0}")]
    Learn(LearnError),
    #[error(transparent)]
    Dedup(DedupError),
    #[error(transparent)]
    Tokenize(TokenizeError),
    #[error(transparent)]
    Train(TrainError),
    #[error(transparent)]
    Audit(AuditError),
}

impl Failure {
    /// What the user reads.
    pub(crate) fn message(&self) -> String {
        let hint = if is_storage_full(self) {
            "\nthe disk is full: make room and run the same command again; finished work is kept"
        } else {
            ""
        };
        format!("error: {self}{hint}")
    }

    /// The exit code that `--help` documents.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::RecipeFile { .. } | Self::Recipe(_) | Self::NoTraining(_) => WRONG_RECIPE,
            Self::NoInput { .. } | Self::OtherInput { .. } | Self::NoModel(_) => INPUT,
            Self::Write { .. } | Self::Output(_) => STORAGE,
            Self::Ingest(
                IngestError::NoSource
                | IngestError::UnknownSource { .. }
                | IngestError::NoLabel { .. }
                | IngestError::OneModel { .. },
            ) => WRONG_RECIPE,
            Self::Ingest(
                IngestError::Read { .. } | IngestError::NoMatch { .. } | IngestError::List(_) | IngestError::Model(_),
            )
            | Self::Learn(_) => INPUT,
            Self::Dedup(DedupError::EvaluationPath { .. } | DedupError::Earlier { .. }) => WRONG_RECIPE,
            Self::Dedup(DedupError::EvaluationFile { .. } | DedupError::EvaluationItems { .. }) => INPUT,
            Self::Tokenize(TokenizeError::NoDocuments) => INPUT,
            Self::Train(TrainError::Interrupted { .. }) => INTERRUPTED,
            Self::Train(TrainError::File { .. } | TrainError::Damaged { .. }) => STORAGE,
            Self::Train(TrainError::Data(_)) => INPUT,
            Self::Train(TrainError::Memory { .. } | TrainError::Options(_)) => WRONG_RECIPE,
            Self::Audit(
                AuditError::NotFound { .. } | AuditError::NothingPublished { .. } | AuditError::NotPublished { .. },
            ) => INPUT,
            Self::Audit(AuditError::Unbalanced { .. }) => STORAGE,
            _ => self.engine().map_or(UNEXPECTED, engine_code),
        })
    }

    /// The engine's error, whichever stage it passed through.
    fn engine(&self) -> Option<&EngineError> {
        match self {
            Self::Engine(error)
            | Self::Ingest(IngestError::Engine(error))
            | Self::Dedup(DedupError::Engine(error))
            | Self::Tokenize(TokenizeError::Engine(error))
            | Self::Audit(AuditError::Engine(error)) => Some(error),
            _ => None,
        }
    }
}

fn engine_code(error: &EngineError) -> u8 {
    match error {
        EngineError::Location { .. } | EngineError::Memory(_) => WRONG_RECIPE,
        EngineError::NoRun { .. } => INPUT,
        EngineError::Interrupted => INTERRUPTED,
        EngineError::Unbalanced { .. } => UNBALANCED,
        EngineError::Plan(_) | EngineError::Threads(_) => UNEXPECTED,
        EngineError::Busy { .. }
        | EngineError::Spill(_)
        | EngineError::Store { .. }
        | EngineError::Io { .. }
        | EngineError::Parquet { .. }
        | EngineError::Format { .. }
        | EngineError::Manifest { .. }
        | EngineError::Damaged { .. } => STORAGE,
    }
}

/// Whether a full disk is at the bottom of an error.
fn is_storage_full(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::StorageFull) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_found_at_the_bottom_and_gets_a_hint() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let engine = EngineError::Io { action: "write", path: "a".to_owned(), source: full() };
        let train = TrainError::File { action: "write", path: "b".to_owned(), source: full() };
        for failure in [Failure::Engine(engine), Failure::Train(train)] {
            assert!(failure.message().contains("the disk is full"), "{}", failure.message());
        }
        let other = EngineError::Io { action: "write", path: "a".to_owned(), source: io::ErrorKind::NotFound.into() };
        assert!(!Failure::Engine(other).message().contains("the disk is full"));
    }
}

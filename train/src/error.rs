use crate::ConfigError;
use malmoi_schemas::{Digest, FormatError};
use std::io;

/// Why training, or generating from what was trained, stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A file could not be read, written, listed or deleted.
    #[error("could not {action} `{path}`: {source}")]
    File {
        /// What was tried: `read`, `write`, `list`, `delete`.
        action: &'static str,
        /// The file.
        path: String,
        /// What the storage said.
        source: io::Error,
    },
    /// A file is not the one that its manifest names.
    #[error(
        "`{path}` is damaged: its BLAKE3 is {found}, the manifest says {expected}: run the stage that wrote it again"
    )]
    Damaged {
        /// The file.
        path: String,
        /// Digest in the manifest.
        expected: Digest,
        /// Digest of the bytes that were read.
        found: Digest,
    },
    /// A token shard of another format.
    #[error("`{path}`: {source}")]
    Format {
        /// The file.
        path: String,
        /// What was expected.
        source: FormatError,
    },
    /// A file whose content contradicts its format or its manifest.
    #[error("`{path}`: {message}")]
    Content {
        /// The file.
        path: String,
        /// What is wrong and what was expected.
        message: String,
    },
    /// The input manifest or its data cannot be trained on.
    #[error("{0}")]
    Data(String),
    /// The checkpoints in the output folder belong to another run.
    #[error("the checkpoints in `{path}` belong to another run ({differences}): delete the folder to start again")]
    OtherRun {
        /// The folder of the checkpoints.
        path: String,
        /// Each value that differs, as it was and as it is.
        differences: String,
    },
    /// The loss or the gradient stopped being a number.
    #[error("the {quantity} of step {step} is {value}: lower `train.optimizer.learning_rate` or raise `warm_up_steps`")]
    NotFinite {
        /// `loss` or `gradient norm`.
        quantity: &'static str,
        /// Step, from 1.
        step: u64,
        /// `NaN` or `inf`.
        value: f64,
    },
    /// The model and its training would not fit into the memory they are given.
    #[error(
        "training needs about {} MiB of memory, the limit is {} MiB: lower `train.micro_batch`, `train.model.context`, \
         `train.model.width` or `train.model.layers`, or raise the limit",
        .needed.div_ceil(1 << 20),
        .limit >> 20
    )]
    Memory {
        /// Estimated bytes.
        needed: u64,
        /// Bytes that it may have.
        limit: u64,
    },
    /// A text cannot be continued in this way.
    #[error("the options of the text are wrong: {0}")]
    Options(#[from] ConfigError),
    /// Stopped on request, with a checkpoint at this step.
    #[error("training stopped after step {step}; run the same command to go on from there")]
    Interrupted {
        /// Steps that are in the checkpoint.
        step: u64,
    },
    /// A tensor operation failed.
    #[error("a tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// The thread pool could not be started.
    #[error("could not start the threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl TrainError {
    /// For `map_err` on the storage's errors.
    pub(crate) fn file(action: &'static str, path: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { action, path: path.to_owned(), source }
    }

    /// For a file whose content is not what it should be.
    pub(crate) fn content(path: &str, message: impl ToString) -> Self {
        Self::Content { path: path.to_owned(), message: message.to_string() }
    }
}

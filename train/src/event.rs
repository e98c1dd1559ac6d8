/// What happens while training, for a person or a program to show.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainEvent {
    /// Sent once, before the first step.
    Started {
        /// Trainable parameters.
        parameters: u64,
        /// Floating-point operations per trained token, forward and backward: 6N + 12·L·d·T.
        flops_per_token: u64,
        /// Tokens in one step.
        tokens_per_step: u64,
        /// Steps of the whole run.
        steps: u64,
        /// Rows of the context's length in one pass over the shards.
        samples_per_epoch: u64,
        /// Steps already taken, if a checkpoint was found.
        resumed_from: Option<u64>,
    },
    /// A checkpoint was found damaged and passed over.
    CheckpointIgnored {
        /// Step of the checkpoint.
        step: u64,
        /// What was wrong with it.
        message: String,
    },
    /// An optimiser step was taken.
    Step {
        /// This step, from 1.
        step: u64,
        /// Steps of the whole run.
        steps: u64,
        /// Mean loss over the step's tokens, in nats per token.
        loss: f64,
        /// Learning rate of the step.
        learning_rate: f64,
        /// Global norm of the gradient before clipping.
        gradient_norm: f64,
        /// Tokens trained on per second in this step.
        tokens_per_second: f64,
        /// Floating-point operations per second in this step; over the device's peak it is the MFU.
        flops_per_second: f64,
        /// Estimate for the steps that remain, from this process's steps so far, evaluations included.
        seconds_left: f64,
    },
    /// The held-out loss was measured.
    Evaluated {
        /// Steps taken before.
        step: u64,
        /// Mean loss in nats per token.
        loss: f64,
        /// Tokens over which it is the mean.
        tokens: u64,
    },
    /// A checkpoint was published.
    Checkpointed {
        /// Steps in the checkpoint.
        step: u64,
        /// Folder of the checkpoint.
        path: String,
    },
    /// The finished model wrote a text.
    Sampled {
        /// Prompt and continuation.
        text: String,
    },
}

/// Who watches the training and may stop it.
pub trait TrainObserver: Send + Sync {
    /// Called at each event, on the training thread: it should return soon.
    fn event(&self, event: &TrainEvent);

    /// Asked before each step, and before each token of the text at the end: `true` makes [`crate::train`] return
    /// [`crate::TrainError::Interrupted`] with all steps taken in a checkpoint.
    fn cancelled(&self) -> bool {
        false
    }
}

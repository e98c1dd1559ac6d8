//! One line per stage, for logs and pipes.

use super::numbers::{duration, embeddings_line, grouped, stage_line};
use super::{Progress, say};
use malmoi_engine::{Event, EventSink};
use malmoi_schemas::SemanticDetails;
use malmoi_train::TrainEvent;

/// Lines that a training of any length writes about its steps.
const STEP_LINES: u64 = 10;

/// Writes to standard error, as all progress.
pub(super) struct Lines;

impl EventSink for Lines {
    fn emit(&self, event: Event<'_>) {
        if let Some(line) = stage_line(&event) {
            say(&line);
        }
    }
}

impl Progress for Lines {
    fn training(&self, event: &TrainEvent) {
        if let Some(line) = training_line(event) {
            say(&line);
        }
    }

    fn embeddings(&self, found: &SemanticDetails) {
        say(&embeddings_line(found));
    }

    fn finish(&self, run: &str) {
        say(&finish_line(run));
    }
}

/// The last line of a run.
pub(super) fn finish_line(run: &str) -> String {
    format!("done; the run lies in {run} (malmoi status, audit, explain and generate read it)")
}

/// A line for each event of a training, but for most of its steps.
pub(super) fn training_line(event: &TrainEvent) -> Option<String> {
    match event {
        TrainEvent::Step { step, steps, loss, learning_rate, tokens_per_second, seconds_left, .. } => {
            let every = (steps / STEP_LINES).max(1);
            (step.is_multiple_of(every) || *step == 1).then(|| {
                format!(
                    "train     step {step}/{steps}  loss {loss:.4}  learning rate {learning_rate:.1e}  {} tokens/s  {} left",
                    grouped(*tokens_per_second as u64),
                    duration(*seconds_left)
                )
            })
        }
        other => milestone(other),
    }
}

/// A line for what happens in a training besides its steps.
pub(super) fn milestone(event: &TrainEvent) -> Option<String> {
    Some(match event {
        TrainEvent::Started { parameters, flops_per_token, tokens_per_step, steps, resumed_from, .. } => {
            let from = resumed_from.map(|step| format!(", going on after step {step}")).unwrap_or_default();
            format!(
                "train     {} parameters, {:.1} MFLOP per token, {} tokens per step, {steps} steps{from}",
                grouped(*parameters),
                *flops_per_token as f64 / 1e6,
                grouped(*tokens_per_step)
            )
        }
        TrainEvent::CheckpointIgnored { step, message } => {
            format!("train     the checkpoint of step {step} is passed over: {message}")
        }
        TrainEvent::Evaluated { step, loss, tokens } => {
            format!("train     step {step}: held-out loss {loss:.4} over {} tokens", grouped(*tokens))
        }
        TrainEvent::Sampled { text } => format!("train     the model writes: {}", text.replace('\n', " ")),
        TrainEvent::Checkpointed { .. } | TrainEvent::Step { .. } => return None,
    })
}

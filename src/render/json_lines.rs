//! One JSON object per event, for programs that watch a run.

use super::{Progress, say};
use malmoi_engine::{Event, EventSink};
use malmoi_schemas::{Counts, SemanticDetails};
use malmoi_train::TrainEvent;
use serde_json::{Value, json};

/// Writes to standard error, as all progress.
pub(super) struct JsonLines;

impl EventSink for JsonLines {
    fn emit(&self, event: Event<'_>) {
        say(&engine_event(&event).to_string());
    }
}

impl Progress for JsonLines {
    fn training(&self, event: &TrainEvent) {
        say(&train_event(event).to_string());
    }

    fn embeddings(&self, found: &SemanticDetails) {
        say(&json!({ "event": "embeddings", "found": found }).to_string());
    }

    fn finish(&self, run: &str) {
        say(&json!({ "event": "finished", "run": run }).to_string());
    }
}

fn engine_event(event: &Event<'_>) -> Value {
    match event {
        Event::StageSkipped { stage, version, counts } => {
            json!({ "event": "stage-skipped", "stage": stage, "version": version, "counts": counts_json(counts) })
        }
        Event::StageDamaged { stage, path } => json!({ "event": "stage-damaged", "stage": stage, "path": path }),
        Event::StageStarted { stage, version, finished_units } => {
            json!({ "event": "stage-started", "stage": stage, "version": version, "finished_units": finished_units })
        }
        Event::PhaseStarted { stage, phase, total_bytes } => {
            json!({ "event": "phase-started", "stage": stage, "phase": phase, "total_bytes": total_bytes })
        }
        Event::UnitFinished { stage, phase, bytes, records, reused } => json!({
            "event": "unit-finished", "stage": stage, "phase": phase,
            "bytes": bytes, "records": records, "reused": reused,
        }),
        Event::PhaseFinished { stage, phase } => json!({ "event": "phase-finished", "stage": stage, "phase": phase }),
        Event::StagePublished { stage, version, counts, files, bytes, seconds } => json!({
            "event": "stage-published", "stage": stage, "version": version,
            "counts": counts_json(counts), "files": files, "bytes": bytes, "seconds": seconds,
        }),
    }
}

fn counts_json(counts: &Counts) -> Value {
    json!({ "read": counts.read, "kept": counts.kept, "removed": counts.removed, "errored": counts.errored })
}

fn train_event(event: &TrainEvent) -> Value {
    match event {
        TrainEvent::Started {
            parameters,
            flops_per_token,
            tokens_per_step,
            steps,
            samples_per_epoch,
            resumed_from,
        } => {
            json!({
                "event": "training-started", "parameters": parameters, "flops_per_token": flops_per_token,
                "tokens_per_step": tokens_per_step, "steps": steps,
                "samples_per_epoch": samples_per_epoch, "resumed_from": resumed_from,
            })
        }
        TrainEvent::CheckpointIgnored { step, message } => {
            json!({ "event": "checkpoint-ignored", "step": step, "message": message })
        }
        TrainEvent::Step {
            step,
            steps,
            loss,
            learning_rate,
            gradient_norm,
            tokens_per_second,
            flops_per_second,
            seconds_left,
        } => json!({
            "event": "step", "step": step, "steps": steps, "loss": loss, "learning_rate": learning_rate,
            "gradient_norm": gradient_norm, "tokens_per_second": tokens_per_second,
            "flops_per_second": flops_per_second, "seconds_left": seconds_left,
        }),
        TrainEvent::Evaluated { step, loss, tokens } => {
            json!({ "event": "evaluated", "step": step, "held_out_loss": loss, "tokens": tokens })
        }
        TrainEvent::Checkpointed { step, path } => json!({ "event": "checkpointed", "step": step, "path": path }),
        TrainEvent::Sampled { text } => json!({ "event": "sampled", "text": text }),
    }
}

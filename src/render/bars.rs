//! Bars on a terminal: one for the phase or training in work, a line above them for each finished stage.

use super::lines::{finish_line, milestone};
use super::numbers::{embeddings_line, stage_line};
use super::{Progress, say};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use malmoi_engine::{Event, EventSink};
use malmoi_schemas::SemanticDetails;
use malmoi_train::TrainEvent;
use std::sync::Mutex;
use std::time::Duration;

const BYTES: &str = "{prefix:<9} {msg:<12} [{bar:30}] {bytes:>10} of {total_bytes} {bytes_per_sec:>12}, {eta} left";
const UNITS: &str = "{prefix:<9} {msg:<12} {spinner} {pos} units, {elapsed}";
const STEPS: &str = "{prefix:<9} [{bar:30}] step {pos}/{len}, {msg}, {eta} left";

/// How often a bar without news is drawn again.
const TICK: Duration = Duration::from_millis(200);

/// At most one bar is shown at a time: stages and phases follow one another.
pub(super) struct Bars {
    current: Mutex<Current>,
}

struct Current {
    bar: ProgressBar,
    /// Whether the bar counts bytes; otherwise units.
    bytes: bool,
}

impl Bars {
    pub(super) fn new() -> Self {
        Self { current: Mutex::new(Current { bar: ProgressBar::hidden(), bytes: false }) }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn show(&self, bar: ProgressBar, template: &str, prefix: &str, bytes: bool) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━━─"));
        }
        bar.set_prefix(prefix.to_owned());
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(TICK);
        let mut current = self.current();
        current.bar.finish_and_clear();
        *current = Current { bar, bytes };
    }

    fn say(&self, line: &str) {
        self.current().bar.suspend(|| say(line));
    }
}

/// A bar that is not drawn yet: drawn before it has its style, it would flash in another one.
fn unseen(length: Option<u64>) -> ProgressBar {
    ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden())
}

impl EventSink for Bars {
    fn emit(&self, event: Event<'_>) {
        match &event {
            Event::PhaseStarted { stage, phase, total_bytes } => {
                let bar = unseen(*total_bytes);
                bar.set_message(*phase);
                let template = if total_bytes.is_some() { BYTES } else { UNITS };
                self.show(bar, template, stage.as_str(), total_bytes.is_some());
            }
            Event::UnitFinished { bytes, .. } => {
                let current = self.current();
                current.bar.inc(if current.bytes { *bytes } else { 1 });
            }
            Event::PhaseFinished { .. } | Event::StagePublished { .. } => self.current().bar.finish_and_clear(),
            _ => {}
        }
        if let Some(line) = stage_line(&event) {
            self.say(&line);
        }
    }
}

impl Progress for Bars {
    fn training(&self, event: &TrainEvent) {
        if let Some(line) = milestone(event) {
            self.say(&line);
        }
        match event {
            TrainEvent::Started { steps, resumed_from, .. } => {
                let bar = unseen(Some(*steps)).with_position(resumed_from.unwrap_or(0));
                self.show(bar, STEPS, "train", false);
            }
            TrainEvent::Step { step, loss, tokens_per_second, .. } => {
                let current = self.current();
                current.bar.set_position(*step);
                current.bar.set_message(format!("loss {loss:.4}, {tokens_per_second:.0} tokens/s"));
            }
            TrainEvent::Sampled { .. } => self.current().bar.finish_and_clear(),
            _ => {}
        }
    }

    fn embeddings(&self, found: &SemanticDetails) {
        self.say(&embeddings_line(found));
    }

    fn finish(&self, run: &str) {
        self.say(&finish_line(run));
    }
}

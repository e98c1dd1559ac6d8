//! Progress for people and programs, made from the events of the engine and the trainer.

mod bars;
mod json_lines;
mod lines;
mod numbers;
mod plan;
mod preview;

pub(crate) use plan::PlanText;
pub(crate) use preview::PreviewText;

use crate::cli::ProgressStyle;
use malmoi_engine::{EventSink, Silent};
use malmoi_schemas::SemanticDetails;
use malmoi_train::TrainEvent;
use std::io::{IsTerminal, Write};
use std::sync::Arc;

/// Who shows what happens. Everything goes to standard error; standard output is for results.
pub(crate) trait Progress: EventSink {
    /// Takes the trainer's news.
    fn training(&self, event: &TrainEvent);

    /// Says what deduplication found by embeddings, and how many documents had no usable one.
    fn embeddings(&self, found: &SemanticDetails);

    /// Says where the run lies once all of it is done.
    fn finish(&self, run: &str);
}

/// Writes a line to standard error. That nobody reads it is no reason to stop working.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether results are coloured: on a terminal, unless `NO_COLOR` holds something (no-color.org).
pub(crate) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The display that the user asked for. Bars need a terminal; elsewhere there is a line for each stage.
pub(crate) fn progress(style: ProgressStyle) -> Arc<dyn Progress> {
    match style {
        ProgressStyle::Bar if std::io::stderr().is_terminal() => Arc::new(bars::Bars::new()),
        ProgressStyle::Bar => Arc::new(lines::Lines),
        ProgressStyle::Json => Arc::new(json_lines::JsonLines),
        ProgressStyle::Silent => Arc::new(Silent),
    }
}

impl Progress for Silent {
    fn training(&self, _event: &TrainEvent) {}

    fn embeddings(&self, _found: &SemanticDetails) {}

    fn finish(&self, _run: &str) {}
}

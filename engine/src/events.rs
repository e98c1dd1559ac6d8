use malmoi_schemas::{Counts, Stage};

/// Something that happened, told to whoever renders it. The engine prints nothing itself.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// The stage was published before from the same inputs and recipe; nothing is done.
    StageSkipped {
        /// The stage.
        stage: Stage,
        /// The version that stands.
        version: &'a str,
        /// Its counts.
        counts: &'a Counts,
    },
    /// A published version lost files or they changed size; the stage runs again.
    StageDamaged {
        /// The stage.
        stage: Stage,
        /// The first file that is not as the manifest says.
        path: &'a str,
    },
    /// Work on a stage begins.
    StageStarted {
        /// The stage.
        stage: Stage,
        /// The version it will publish.
        version: &'a str,
        /// Units that an earlier process finished and that are not repeated.
        finished_units: usize,
    },
    /// A phase of a stage begins.
    PhaseStarted {
        /// The stage.
        stage: Stage,
        /// The phase.
        phase: &'static str,
        /// Input of the whole phase in bytes, if known.
        total_bytes: Option<u64>,
    },
    /// A unit was finished, now or by an earlier process.
    UnitFinished {
        /// The stage.
        stage: Stage,
        /// The phase.
        phase: &'static str,
        /// Input bytes of the unit.
        bytes: u64,
        /// Records that the unit settled.
        records: u64,
        /// Done by an earlier process.
        reused: bool,
    },
    /// All units of a phase are finished.
    PhaseFinished {
        /// The stage.
        stage: Stage,
        /// The phase.
        phase: &'static str,
    },
    /// The stage was published.
    StagePublished {
        /// The stage.
        stage: Stage,
        /// The version.
        version: &'a str,
        /// Its counts.
        counts: &'a Counts,
        /// Files published.
        files: usize,
        /// Their size in bytes.
        bytes: u64,
        /// Wall time of this process's part of the stage.
        seconds: f64,
    },
}

/// Where events go. Called from worker threads.
pub trait EventSink: Send + Sync {
    /// Takes one event; must be quick.
    fn emit(&self, event: Event<'_>);
}

/// Drops every event.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl EventSink for Silent {
    fn emit(&self, _event: Event<'_>) {}
}

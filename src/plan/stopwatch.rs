use malmoi_engine::{Event, EventSink};
use malmoi_schemas::Stage;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long each phase of each stage took.
#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    phases: Mutex<BTreeMap<(Stage, &'static str), Lap>>,
}

#[derive(Debug)]
enum Lap {
    Since(Instant),
    Took(Duration),
}

impl EventSink for Stopwatch {
    fn emit(&self, event: Event<'_>) {
        let mut phases = self.phases.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::PhaseStarted { stage, phase, .. } => {
                phases.insert((stage, phase), Lap::Since(Instant::now()));
            }
            Event::PhaseFinished { stage, phase } => {
                if let Some(lap @ &mut Lap::Since(started)) = phases.get_mut(&(stage, phase)) {
                    *lap = Lap::Took(started.elapsed());
                }
            }
            _ => {}
        }
    }
}

impl Stopwatch {
    /// Wall seconds of a phase; 0 if it did not run to its end.
    pub(super) fn seconds(&self, stage: Stage, phase: &str) -> f64 {
        self.sum(|of, name| of == stage && name == phase)
    }

    /// Wall seconds of all phases of a stage.
    pub(super) fn seconds_of(&self, stage: Stage) -> f64 {
        self.sum(|of, _| of == stage)
    }

    fn sum(&self, wanted: impl Fn(Stage, &str) -> bool) -> f64 {
        let phases = self.phases.lock().unwrap_or_else(PoisonError::into_inner);
        let laps = phases.iter().filter(|((stage, phase), _)| wanted(*stage, phase));
        laps.map(|(_, lap)| if let Lap::Took(time) = lap { time.as_secs_f64() } else { 0.0 }).sum()
    }
}

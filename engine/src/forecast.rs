//! What units will write, from what units of a pilot wrote: a run over a sample of the input.

use crate::{EngineError, Session, StageWork, UnitReport};
use malmoi_schemas::FileSet;
use serde::Serialize;
use std::collections::BTreeMap;

/// Files of one set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SetForecast {
    /// Their rows.
    pub rows: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// What one phase of a stage will write.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhaseForecast {
    /// The phase.
    pub phase: String,
    /// Its files by what they hold.
    pub sets: BTreeMap<FileSet, SetForecast>,
    /// How many times the pilot's work the run's is.
    pub factor: f64,
}

impl PhaseForecast {
    /// Adds up files of a phase, each as many times as its unit stands for.
    pub fn of(phase: &str, reports: &[UnitReport], times: impl Fn(&UnitReport) -> f64) -> Self {
        let mut sums: BTreeMap<FileSet, (f64, f64)> = BTreeMap::new();
        let (mut measured, mut foreseen) = (0.0, 0.0);
        for report in reports {
            let times = times(report);
            for file in &report.files {
                let (rows, bytes) = sums.entry(file.set).or_default();
                *rows += file.rows as f64 * times;
                *bytes += file.bytes as f64 * times;
                measured += file.bytes as f64;
                foreseen += file.bytes as f64 * times;
            }
        }
        let sets = sums
            .into_iter()
            .map(|(set, (rows, bytes))| (set, SetForecast { rows: rows.round() as u64, bytes: bytes.round() as u64 }));
        let factor = if measured > 0.0 { foreseen / measured } else { 1.0 };
        Self { phase: phase.to_owned(), sets: sets.collect(), factor }
    }

    /// Bytes of files that only the stage itself reads.
    pub fn scratch_bytes(&self) -> u64 {
        self.sets.get(&FileSet::Scratch).map_or(0, |set| set.bytes)
    }

    /// Bytes of files that will be published.
    pub fn published_bytes(&self) -> u64 {
        self.sets.iter().filter(|(set, _)| **set != FileSet::Scratch).map(|(_, set)| set.bytes).sum()
    }
}

impl UnitReport {
    /// Whether the report is of work that was not split: see [`StageWork::once`].
    pub fn is_whole(&self) -> bool {
        self.unit == crate::work::WHOLE
    }
}

impl StageWork<'_> {
    /// The reports of all units that were finished, by phase, in the order of their names.
    pub fn stored_reports(&self) -> Result<BTreeMap<String, Vec<UnitReport>>, EngineError> {
        let store = Session::store(self.session());
        let folder = format!("{}/units/", self.folder());
        let mut reports: BTreeMap<String, Vec<UnitReport>> = BTreeMap::new();
        for (path, _) in store.list(&folder)? {
            let Some((phase, _)) = path.strip_prefix(&folder).and_then(|rest| rest.split_once('/')) else { continue };
            let report = serde_json::from_slice(&store.get(&path)?).map_err(EngineError::not_json(&path))?;
            reports.entry(phase.to_owned()).or_default().push(report);
        }
        Ok(reports)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use malmoi_schemas::{Digest, FileEntry};

    fn report(unit: &str, set: FileSet, rows: u64, bytes: u64) -> UnitReport {
        let file = FileEntry {
            set,
            path: unit.to_owned(),
            rows,
            bytes,
            blake3: Digest::of(unit.as_bytes()),
            row_groups: Vec::new(),
        };
        UnitReport { unit: unit.to_owned(), files: vec![file], counts: BTreeMap::new(), facts: serde_json::Value::Null }
    }

    #[test]
    fn each_unit_counts_as_often_as_it_stands_for() {
        let reports = [
            report("00000-00000", FileSet::Scratch, 10, 100),
            report("00001-00000", FileSet::Scratch, 4, 50),
            report("all", FileSet::Ledger, 2, 7),
        ];
        let forecast = PhaseForecast::of("sign", &reports, |report| if report.is_whole() { 1.0 } else { 2.5 });
        assert_eq!(forecast.sets[&FileSet::Scratch], SetForecast { rows: 35, bytes: 375 });
        assert_eq!((forecast.scratch_bytes(), forecast.published_bytes()), (375, 7));
        assert!((forecast.factor - 382.0 / 157.0).abs() < 1e-9);
        assert_eq!(PhaseForecast::of("none", &[], |_| 3.0).factor, 1.0);
    }
}

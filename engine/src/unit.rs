use crate::{EngineError, PartWriter, Session};
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use malmoi_schemas::{Counts, Digest, FileEntry, FileSet, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A piece of map work: a pure function from its input and the recipe to files and counts.
///
/// It must write the same bytes whenever and wherever it runs.
pub trait Unit: Send {
    /// The stage's error.
    type Error: std::error::Error + From<EngineError> + Send;

    /// A name that is unique in the phase and the same in every run, of ASCII letters, digits and `-`, such as `00003`.
    fn name(&self) -> String;

    /// Size of the input in bytes, for progress.
    fn input_bytes(&self) -> u64;

    /// Does the work.
    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), Self::Error>;
}

/// What a finished unit left behind. Once this is stored, the unit is not done again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitReport {
    /// The unit's name.
    pub unit: String,
    /// Files written, in order of creation.
    pub files: Vec<FileEntry>,
    /// Outcomes by source.
    pub counts: BTreeMap<String, Counts>,
    /// Whatever small facts the stage wants to find again.
    pub facts: serde_json::Value,
}

impl UnitReport {
    /// Records settled, over all sources.
    pub fn records(&self) -> u64 {
        self.counts.values().map(|counts| counts.read).sum()
    }

    /// The files of one set.
    pub fn files_of(&self, set: FileSet) -> impl Iterator<Item = &FileEntry> {
        self.files.iter().filter(move |file| file.set == set)
    }
}

/// Runs a unit into a version's folder and stores its report, by which the unit counts as finished.
pub(crate) fn run<U: Unit>(
    session: &Session,
    folder: &str,
    phase: &'static str,
    unit: U,
) -> Result<UnitReport, U::Error> {
    let name = unit.name();
    let path = format!("{folder}/units/{phase}/{name}.json");
    let mut output = UnitOutput::new(session, folder, phase, name);
    unit.run(&mut output)?;
    let report = output.into_report();
    let json = serde_json::to_vec(&report).map_err(EngineError::not_json(&path))?;
    session.store().put(&path, Bytes::from(json))?;
    Ok(report)
}

/// Where a unit writes and counts.
pub struct UnitOutput<'a> {
    session: &'a Session,
    folder: &'a str,
    phase: &'static str,
    report: UnitReport,
}

impl<'a> UnitOutput<'a> {
    /// Output of the unit `unit` of `phase` into the version's folder.
    pub fn new(session: &'a Session, folder: &'a str, phase: &'static str, unit: String) -> Self {
        let report = UnitReport { unit, files: Vec::new(), counts: BTreeMap::new(), facts: serde_json::Value::Null };
        Self { session, folder, phase, report }
    }

    /// The session the unit runs in.
    pub fn session(&self) -> &'a Session {
        self.session
    }

    /// Starts the unit's part of a set: `<set>/<unit>.parquet`, or `scratch/<phase>-<unit>.parquet`.
    pub fn create(&mut self, set: FileSet, schema: SchemaRef) -> Result<PartWriter, EngineError> {
        if set == FileSet::Scratch {
            return self.create_named(set, self.phase, schema);
        }
        let path = format!("{}/{}.parquet", set.as_str(), self.report.unit);
        PartWriter::create(self.session.store(), self.folder, set, path, schema)
    }

    /// Starts one of several parts that the unit adds to a set: `<set>/<name>-<unit>.parquet`.
    pub fn create_named(&mut self, set: FileSet, name: &str, schema: SchemaRef) -> Result<PartWriter, EngineError> {
        let path = format!("{}/{name}-{}.parquet", set.as_str(), self.report.unit);
        PartWriter::create(self.session.store(), self.folder, set, path, schema)
    }

    /// Closes a part and puts it into the report.
    pub fn finish(&mut self, part: PartWriter) -> Result<(), EngineError> {
        self.report.files.push(part.finish()?);
        Ok(())
    }

    /// Writes a whole small file, `<set>/<name>`.
    pub fn put(&mut self, set: FileSet, name: &str, bytes: Bytes) -> Result<(), EngineError> {
        let path = format!("{}/{name}", set.as_str());
        let entry = FileEntry {
            set,
            rows: 0,
            bytes: bytes.len() as u64,
            blake3: Digest::of(&bytes),
            row_groups: Vec::new(),
            path,
        };
        self.session.store().put(&format!("{}/{}", self.folder, entry.path), bytes)?;
        self.report.files.push(entry);
        Ok(())
    }

    /// Counts one record as read and settled.
    pub fn count(&mut self, source: &str, outcome: Outcome) {
        if let Some(counts) = self.report.counts.get_mut(source) {
            counts.add(outcome);
        } else {
            self.report.counts.entry(source.to_owned()).or_default().add(outcome);
        }
    }

    /// Remembers small facts in the report.
    pub fn set_facts(&mut self, facts: impl Serialize) -> Result<(), EngineError> {
        let path = format!("{}/units/{}/{}.json", self.folder, self.phase, self.report.unit);
        self.report.facts = serde_json::to_value(facts).map_err(EngineError::not_json(&path))?;
        Ok(())
    }

    /// [`EngineError::Interrupted`] once a stop was asked for.
    pub fn check_cancelled(&self) -> Result<(), EngineError> {
        self.session.cancel().check()
    }

    /// The report of everything that was finished and counted.
    pub fn into_report(self) -> UnitReport {
        self.report
    }
}

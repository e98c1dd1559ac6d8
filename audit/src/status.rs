//! The stages of a run: what they kept, what they wrote and what they cost.

use crate::AuditError;
use crate::lineage::{Lineage, Link};
use crate::report::{Align, Table, seconds, share, thousands};
use malmoi_engine::{Session, Timing};
use malmoi_schemas::{ByteSize, Counts, Details, FileSet, Manifest, Stage};
use std::collections::BTreeMap;
use std::fmt;

/// Digits of a version that tell it from its siblings in a table.
const VERSION: usize = 8;

/// The stages of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The published stages, in order.
    pub stages: Vec<StageStatus>,
}

/// A published stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageStatus {
    /// What was published.
    pub manifest: Manifest,
    /// Made from an earlier version of the stage before: running the recipe again would make it again.
    pub outdated: bool,
    /// Its files by what they hold.
    pub sets: BTreeMap<FileSet, SetStatus>,
    /// What it cost, if that was recorded.
    pub timing: Option<Timing>,
}

/// Files of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SetStatus {
    /// Files.
    pub files: u64,
    /// Their rows.
    pub rows: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Status {
    /// Reads the manifests of a run.
    ///
    /// # Errors
    ///
    /// [`AuditError::NothingPublished`] for a run without any stage; otherwise what went wrong with its files.
    pub fn gather(session: &Session) -> Result<Self, AuditError> {
        let lineage = Lineage::of(session)?;
        let stages = lineage.links.into_iter().map(|link| StageStatus::of(session, link));
        Ok(Self { stages: stages.collect::<Result<_, _>>()? })
    }

    fn overview(&self) -> Table {
        let mut table = Table::new(&[
            ("stage", Align::Left),
            ("version", Align::Left),
            ("files", Align::Right),
            ("size", Align::Right),
            ("time", Align::Right),
            ("MB/s", Align::Right),
            ("peak memory", Align::Right),
            ("", Align::Left),
        ]);
        for stage in Stage::ALL {
            match self.stages.iter().find(|status| status.manifest.stage == stage) {
                Some(status) => table.row(status.overview()),
                None => table.row([stage.as_str(), "not published"]),
            }
        }
        table
    }
}

impl StageStatus {
    fn of(session: &Session, link: Link) -> Result<Self, AuditError> {
        let timing = session.timing(&link.published)?;
        let manifest = link.published.manifest;
        let mut sets: BTreeMap<FileSet, SetStatus> = BTreeMap::new();
        for file in &manifest.files {
            let set = sets.entry(file.set).or_default();
            set.files += 1;
            set.rows += file.rows;
            set.bytes += file.bytes;
        }
        Ok(Self { manifest, outdated: link.outdated, sets, timing })
    }

    /// Megabytes (10^6 bytes) of input that units of the publishing process worked through per second, if it worked through any.
    pub fn megabytes_per_second(&self) -> Option<f64> {
        let timing = self.timing.filter(|timing| timing.input_bytes > 0 && timing.wall_seconds > 0.0)?;
        Some(timing.input_bytes as f64 / 1e6 / timing.wall_seconds)
    }

    fn overview(&self) -> Vec<String> {
        let (files, bytes) =
            self.sets.values().fold((0, 0), |(files, bytes), set| (files + set.files, bytes + set.bytes));
        let unknown = || "-".to_owned();
        let resumed = self.timing.is_some_and(|timing| timing.resumed);
        let remark = match (self.outdated, resumed) {
            (true, _) => "out of date: the stage before was made anew",
            (false, true) => "resumed: time and speed are of the last process",
            (false, false) => "",
        };
        vec![
            self.manifest.stage.to_string(),
            self.manifest.version.chars().take(VERSION).collect(),
            thousands(files),
            ByteSize(bytes).to_string(),
            self.timing.map_or_else(unknown, |timing| seconds(timing.wall_seconds)),
            self.megabytes_per_second().map_or_else(unknown, |speed| format!("{speed:.1}")),
            self.timing
                .and_then(|timing| timing.peak_memory_bytes)
                .map_or_else(unknown, |bytes| ByteSize(bytes).to_string()),
            remark.to_owned(),
        ]
    }

    /// The law of conservation with this stage's numbers, or what a stage says that keeps no ledger.
    pub fn balance(&self) -> String {
        if let Details::Train(details) = &self.manifest.details {
            return format!("trained on {} documents", thousands(details.documents));
        }
        let counts = &self.manifest.counts;
        let verdict = if counts.is_balanced() { "balances" } else { "does not balance" };
        let Counts { read, kept, .. } = counts;
        let [read, kept, removed, errored] =
            [*read, *kept, counts.removed_total(), counts.errored_total()].map(thousands);
        format!("{verdict}: {read} read = {kept} kept + {removed} removed + {errored} errored")
    }

    fn reasons(&self) -> Table {
        let counts = &self.manifest.counts;
        let mut table = Table::bare(&[Align::Left, Align::Left, Align::Right, Align::Right]);
        for (outcome, reasons) in [("errored", &counts.errored), ("removed", &counts.removed)] {
            for (reason, &documents) in reasons {
                table.row([
                    outcome.to_owned(),
                    reason.to_string(),
                    thousands(documents),
                    share(documents, counts.read),
                ]);
            }
        }
        table
    }

    fn files(&self) -> Table {
        let mut table = Table::bare(&[Align::Left, Align::Right, Align::Right, Align::Right]);
        for (set, SetStatus { files, rows, bytes }) in &self.sets {
            let rows = if *rows > 0 { format!("{} rows", thousands(*rows)) } else { String::new() };
            let noun = if *files == 1 { "file " } else { "files" };
            table.row([
                set.as_str().to_owned(),
                format!("{} {noun}", thousands(*files)),
                ByteSize(*bytes).to_string(),
                rows,
            ]);
        }
        table
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.overview())?;
        for status in &self.stages {
            let reasons = status.reasons().to_string();
            let gap = if reasons.is_empty() { "" } else { "\n" };
            write!(f, "\n{}: {}\n{reasons}{gap}{}", status.manifest.stage, status.balance(), status.files())?;
        }
        Ok(())
    }
}

mod buckets;
mod pilot;

pub use pilot::{Pilot, pilot};

use crate::clean::{Cleaned, Cleaner};
use crate::config::{IngestConfig, SettingError};
use crate::equipment::{Equipment, EquipmentFiles};
use crate::error::IngestError;
use crate::input::{InputFile, Resolver, fingerprint};
use crate::judge::Rules;
use crate::preview::{self, PreviewRequest, SourcePreview};
use crate::read::THREAD_ROOM;
use crate::rows::{DocumentRows, LedgerRows, Place};
use crate::source::SourceConfig;
use crate::split::{Split, SplitSource, Splits};
use malmoi_engine::{Begin, PartWriter, Phase, Published, Session, StageRequest, Unit, UnitOutput};
use malmoi_schemas::{ByteSize, Details, Digest, DocumentId, FileSet, Outcome, Stage};
use serde::Serialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Raised by one whenever a change of this crate changes what it writes for the same recipe and input.
const REVISION: u32 = 6;

/// Rows are handed to the Parquet writer when their text reaches this size, or at this many ledger rows.
const BATCH_BYTES: usize = 4 << 20;
const BATCH_ROWS: usize = 8192;

/// What the extractor's trees and the Parquet writers take at most besides the records themselves.
const UNIT_OVERHEAD: u64 = 256 << 20;

/// A published ingest.
#[derive(Debug, Clone)]
pub struct Ingested {
    /// The published version.
    pub published: Published,
    /// Whether it had been published before, by an earlier run over the same input with the same recipe.
    pub skipped: bool,
}

/// Reads the sources and publishes `documents`, `removed` and `ledger`.
///
/// Relative paths in `sources` start from `base`. Nothing is done when a version for the same recipe and the same file
/// contents stands published.
///
/// A unit is a [`Split`]. Its text takes a small multiple of `split` bytes of memory, and a record, decoded and taken
/// apart, a small multiple of `max_record`.
pub fn run(
    session: &Session,
    sources: &[SourceConfig],
    config: &IngestConfig,
    base: &Path,
) -> Result<Ingested, IngestError> {
    let rules = check(sources, config)?;
    let buckets = |bucket: &str| buckets::open(session, bucket);
    let resolver = Resolver { base, buckets: &buckets };
    let equipment = EquipmentFiles::find(config, &resolver)?;
    let files = files_of(sources, &resolver)?;
    let all: Vec<_> = files.iter().cloned().chain(equipment.named()).collect();
    let request = StageRequest {
        stage: Stage::Ingest,
        revision: REVISION,
        recipe: recipe_digest(sources, config)?,
        inputs: fingerprint(&all, session.threads())?,
    };
    let work = match session.begin(&request)? {
        Begin::Finished(published) => return Ok(Ingested { published: *published, skipped: true }),
        Begin::Work(work) => work,
    };
    let equipment = Equipment::read(config, &equipment)?;
    let bytes = files.iter().flat_map(|(_, files)| files).map(|file| file.bytes).sum();
    let phase = clean_phase(sources, config, Some(bytes));
    let reports = work.map(phase, units(sources, config, &rules, &equipment, files, session.spill_folder()))?;
    let published = work.commit(reports, Details::Ingest)?;
    Ok(Ingested { published, skipped: false })
}

/// The files of every source by its name, in the order of the recipe.
fn files_of(sources: &[SourceConfig], resolver: &Resolver<'_>) -> Result<Vec<(String, Vec<InputFile>)>, IngestError> {
    let files = sources
        .iter()
        .map(|source| Ok((source.name.as_str().to_owned(), source.resolve(resolver.base, resolver.buckets)?)));
    files.collect()
}

/// The phase of ingest, and what a unit of it holds.
fn clean_phase(sources: &[SourceConfig], config: &IngestConfig, total_bytes: Option<u64>) -> Phase {
    // One reader is at work at a time, but whose unit it works for is not known.
    let room = if sources.iter().any(|source| source.thread.is_some()) { THREAD_ROOM } else { 0 };
    Phase {
        name: "clean",
        unit_memory: ByteSize(3 * config.split.bytes() + 6 * config.max_record.bytes() as u64 + UNIT_OVERHEAD + room),
        total_bytes,
    }
}

/// Cleans a sample of every source, or of the one that is asked for, without a run.
///
/// # Errors
///
/// [`IngestError::UnknownSource`] for a name that no source has; otherwise as [`run`].
pub fn preview(
    session: &Session,
    sources: &[SourceConfig],
    config: &IngestConfig,
    base: &Path,
    request: &PreviewRequest<'_>,
) -> Result<Vec<SourcePreview>, IngestError> {
    let rules = check(sources, config)?;
    let buckets = |bucket: &str| buckets::open(session, bucket);
    let resolver = Resolver { base, buckets: &buckets };
    let sources: Vec<_> = sources.iter().zip(rules).collect();
    preview::preview(&sources, config, &resolver, request)
}

/// The digest that the manifest records of the stage's part of the recipe.
///
/// # Errors
///
/// [`IngestError::Digest`] if the recipe has no canonical form.
pub fn recipe_digest(sources: &[SourceConfig], config: &IngestConfig) -> Result<Digest, IngestError> {
    Ok(Digest::of_canonical(&(sources, config))?)
}

/// Checks what no single table of the recipe shows, and gives each source its rules.
fn check(sources: &[SourceConfig], config: &IngestConfig) -> Result<Vec<Rules>, IngestError> {
    if sources.is_empty() {
        return Err(IngestError::NoSource);
    }
    let mut names = HashSet::new();
    let rules = sources.iter().map(|source| {
        let name = || source.name.as_str().to_owned();
        if !names.insert(source.name.as_str()) {
            return Err(IngestError::DuplicateSource { name: name() });
        }
        let rules = config.rules_of(source);
        rules.map_err(|error: SettingError| IngestError::Rules { name: name(), error })
    });
    rules.collect()
}

fn units<'a>(
    sources: &'a [SourceConfig],
    config: &'a IngestConfig,
    rules: &'a [Rules],
    equipment: &'a Equipment,
    files: Vec<(String, Vec<InputFile>)>,
    scratch: PathBuf,
) -> impl Iterator<Item = Result<CleanSplit<'a>, IngestError>> + Send {
    let inputs = sources.iter().zip(files).map(|(source, (_, files))| SplitSource { config: source.clone(), files });
    let splits = Splits::new(inputs.collect(), config.split.bytes(), config.max_record.bytes(), scratch);
    splits.map(move |split| {
        let split = split?;
        let source = split.source;
        Ok(CleanSplit { split, source: &sources[source], rules: &rules[source], equipment, config })
    })
}

/// The unit of ingest.
struct CleanSplit<'a> {
    split: Split,
    source: &'a SourceConfig,
    rules: &'a Rules,
    equipment: &'a Equipment,
    config: &'a IngestConfig,
}

/// Sizes that the unit's report remembers.
#[derive(Default, Serialize)]
struct Sizes {
    /// Bytes of the files as stored.
    stored_bytes: u64,
    /// Bytes of the records, decompressed.
    raw_bytes: u64,
    /// Bytes of the kept text in UTF-8.
    text_bytes: u64,
}

impl Unit for CleanSplit<'_> {
    type Error = IngestError;

    fn name(&self) -> String {
        self.split.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.split.stored_bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), IngestError> {
        let mut cleaner = Cleaner::new(self.source, self.rules.clone(), self.equipment);
        let mut parts = Parts::create(output, self.config.keep_removed)?;
        let mut sizes = Sizes { stored_bytes: self.split.stored_bytes, ..Sizes::default() };
        let source = self.source.name.as_str();
        for (file, record) in self.split.records {
            output.check_cancelled()?;
            sizes.raw_bytes += record.bytes();
            let (record, offset, payload) = (record.ordinal, record.offset, record.payload);
            let cleaned = cleaner.clean(payload);
            let place = Place { id: DocumentId::of_place(source, &file, record), source, file: &file, record, offset };
            output.count(source, cleaned.outcome);
            if let (Outcome::Kept, Some(document)) = (cleaned.outcome, &cleaned.document) {
                sizes.text_bytes += document.text.len() as u64;
            }
            parts.push(&place, &cleaned)?;
        }
        parts.finish(output)?;
        output.set_facts(&sizes)?;
        Ok(())
    }
}

/// The three parts that a unit writes.
struct Parts {
    documents: (DocumentRows, PartWriter),
    removed: Option<(DocumentRows, PartWriter)>,
    ledger: (LedgerRows, PartWriter),
}

impl Parts {
    fn create(output: &mut UnitOutput<'_>, keep_removed: bool) -> Result<Self, IngestError> {
        let mut documents = |set| -> Result<_, IngestError> {
            let rows = DocumentRows::new();
            let part = output.create(set, rows.schema())?;
            Ok((rows, part))
        };
        let kept = documents(FileSet::Documents)?;
        let removed = if keep_removed { Some(documents(FileSet::Removed)?) } else { None };
        let ledger = LedgerRows::new();
        let part = output.create(FileSet::Ledger, ledger.schema())?;
        Ok(Self { documents: kept, removed, ledger: (ledger, part) })
    }

    fn push(&mut self, place: &Place<'_>, cleaned: &Cleaned) -> Result<(), IngestError> {
        let (ledger, part) = &mut self.ledger;
        ledger.push(place, cleaned)?;
        if ledger.rows() >= BATCH_ROWS {
            part.write(&ledger.finish()?)?;
        }
        let target = match cleaned.outcome {
            Outcome::Kept => Some(&mut self.documents),
            Outcome::Removed(_) => self.removed.as_mut(),
            Outcome::Errored(_) => None,
        };
        if let (Some((rows, part)), Some(document)) = (target, &cleaned.document) {
            rows.push(place, cleaned.url.as_deref(), document)?;
            if rows.bytes() >= BATCH_BYTES {
                part.write(&rows.finish()?)?;
            }
        }
        Ok(())
    }

    fn finish(self, output: &mut UnitOutput<'_>) -> Result<(), IngestError> {
        for (mut rows, mut part) in [Some(self.documents), self.removed].into_iter().flatten() {
            part.write(&rows.finish()?)?;
            output.finish(part)?;
        }
        let (mut rows, mut part) = self.ledger;
        part.write(&rows.finish()?)?;
        output.finish(part)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;

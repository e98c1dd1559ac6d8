//! A sample of the sources in which duplicates are as frequent as in the whole: what a plan of a run is made from.
//!
//! A sample of records drawn one by one hides duplicates: of two copies it seldom holds both. Here records are chosen by
//! their contents (see [`content_hash`]), so that copies, and most near copies, are chosen together or not at all, as in
//! Gibbons, "Distinct sampling" (VLDB 2001), with the hash of Broder (1997) in place of a hash of the value. What is found
//! in the sample then grows with the corpus as one over the sample's share, duplicates included.

mod content;
mod held;

pub use content::content_hash;

use crate::error::IngestError;
use crate::input::InputFile;
use crate::read::{RawRecord, RecordReader};
use crate::source::{Format, SourceConfig};
use crate::split::Split;
use held::{Held, Place};
use malmoi_schemas::{ByteSize, DocumentId};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Files of a source from which on some are read whole and the others not at all.
const MANY_FILES: usize = 64;

/// How much of the sources is looked at.
#[derive(Debug, Clone, Copy)]
pub struct PilotRequest {
    /// Raw bytes of records that are cleaned.
    pub sample: ByteSize,
    /// Bytes, as stored, of the files that are read to choose from.
    pub look: ByteSize,
    /// Another seed, another sample.
    pub seed: u64,
}

/// What was seen of one source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourcePilot {
    /// Name of the source.
    pub name: String,
    /// Its files.
    pub files: u64,
    /// Their size as stored.
    pub stored_bytes: u64,
    /// How much of that was read.
    pub read_bytes: u64,
    /// Records in what was read.
    pub records: u64,
    /// Their size, decompressed.
    pub raw_bytes: u64,
    /// Records of the sample.
    pub sample_records: u64,
    /// Their size, decompressed.
    pub sample_bytes: u64,
    /// Documents that were kept of the sample.
    pub kept: u64,
    /// Bytes of their text in UTF-8.
    pub text_bytes: u64,
}

impl SourcePilot {
    /// The whole source over what was read of it; 1 where all was read.
    fn unread(&self) -> f64 {
        ratio(self.stored_bytes, self.read_bytes)
    }

    /// Records of the whole source for each record of the sample.
    pub fn record_factor(&self) -> f64 {
        self.unread() * ratio(self.records, self.sample_records)
    }

    /// Raw bytes of the whole source for each byte of the sample.
    pub fn byte_factor(&self) -> f64 {
        self.unread() * ratio(self.raw_bytes, self.sample_bytes)
    }

    /// Raw bytes of the whole source.
    pub fn whole_bytes(&self) -> f64 {
        self.unread() * self.raw_bytes as f64
    }
}

fn ratio(whole: u64, part: u64) -> f64 {
    if part == 0 { 1.0 } else { whole as f64 / part as f64 }
}

/// The records of a sample, and what was seen of each source on the way.
pub(crate) struct Choice {
    pub(crate) sources: Vec<SourcePilot>,
    records: Vec<(Place, RawRecord)>,
}

impl Choice {
    /// Reads the files of all sources, or the same share of each where they are more than is to be read, on `threads`
    /// threads, as long as `check` has nothing against it.
    pub(crate) fn of(
        sources: &[SourceConfig],
        files: &[(String, Vec<InputFile>)],
        limit: usize,
        scratch: &Path,
        request: &PilotRequest,
        threads: usize,
        check: &(dyn Fn() -> Result<(), IngestError> + Sync),
    ) -> Result<Self, IngestError> {
        let stored: u64 = files.iter().flat_map(|(_, files)| files).map(|file| file.bytes).sum();
        let share = (request.look.0 as f64 / stored.max(1) as f64).min(1.0);
        let seen = sources.iter().zip(files).map(|(source, (name, files))| {
            let stored_bytes = files.iter().map(|file| file.bytes).sum();
            debug_assert_eq!(source.name.as_str(), name);
            SourcePilot { name: name.clone(), files: files.len() as u64, stored_bytes, ..SourcePilot::default() }
        });
        let state = Mutex::new((seen.collect::<Vec<_>>(), Held::new(request.sample.0)));
        let queue = Mutex::new(reading(sources, files, share).into_iter());
        let work = || -> Result<(), IngestError> {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(reading) = next else { return Ok(()) };
                reading.read(limit, scratch, request.seed, &state, check)?;
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        let (mut sources, held) = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let records = held.into_records();
        for (place, record) in &records {
            sources[place.source].sample_records += 1;
            sources[place.source].sample_bytes += record.bytes();
        }
        Ok(Self { sources, records })
    }

    /// The sample in splits of about `split` bytes, as the run would cut it. The source's ordinal begins the name.
    pub(crate) fn into_splits(self, split: u64) -> Vec<Split> {
        let mut splits: Vec<Split> = Vec::new();
        let mut memory = 0;
        for (place, record) in self.records {
            let same_source = splits.last().is_some_and(|last| last.source == place.source);
            if !same_source || memory >= split {
                let number = if same_source { splits.iter().filter(|s| s.source == place.source).count() } else { 0 };
                let name = format!("{:05}-{number:05}", place.source);
                splits.push(Split { name, source: place.source, records: Vec::new(), stored_bytes: 0 });
                memory = 0;
            }
            memory += record.memory();
            if let Some(last) = splits.last_mut() {
                last.records.push((place.name, record));
            }
        }
        splits
    }
}

/// A file, or the beginning of one, that is read.
struct Reading<'a> {
    config: &'a SourceConfig,
    source: usize,
    ordinal: usize,
    file: &'a InputFile,
    /// Bytes as stored after which reading stops.
    until: u64,
}

fn reading<'a>(sources: &'a [SourceConfig], files: &'a [(String, Vec<InputFile>)], share: f64) -> Vec<Reading<'a>> {
    let mut reading = Vec::new();
    for (source, (config, (_, files))) in sources.iter().zip(files).enumerate() {
        let whole = files.len() >= MANY_FILES || matches!(config.format, Format::Text | Format::Html);
        for (ordinal, file) in files.iter().enumerate() {
            // Every so many files one, all over the source.
            let chosen = ((ordinal + 1) as f64 * share).floor() > (ordinal as f64 * share).floor() || ordinal == 0;
            let until = if whole { file.bytes } else { (file.bytes as f64 * share).ceil() as u64 };
            if !whole || chosen {
                reading.push(Reading { config, source, ordinal, file, until });
            }
        }
    }
    reading
}

impl Reading<'_> {
    fn read(
        &self,
        limit: usize,
        scratch: &Path,
        seed: u64,
        state: &Mutex<(Vec<SourcePilot>, Held)>,
        check: &(dyn Fn() -> Result<(), IngestError> + Sync),
    ) -> Result<(), IngestError> {
        let mut reader = RecordReader::new(self.config, self.file.open()?, limit, scratch);
        let name: Arc<str> = Arc::from(self.file.name.as_str());
        let (mut records, mut raw_bytes) = (0, 0);
        // At the end of a file the reader need not have asked for its last bytes.
        let mut read_bytes = self.file.bytes;
        loop {
            check()?;
            let record = reader
                .next_record()
                .map_err(|source| IngestError::Read { place: self.file.place.to_string(), source })?;
            let Some(record) = record else { break };
            (records, raw_bytes) = (records + 1, raw_bytes + record.bytes());
            let hash = content_hash(&record.payload, seed).unwrap_or_else(|| {
                let id = DocumentId::of_place(self.config.name.as_str(), &name, record.ordinal);
                content::seeded(&id.0, seed)
            });
            let place = Place { source: self.source, file: self.ordinal, name: Arc::clone(&name) };
            state.lock().unwrap_or_else(PoisonError::into_inner).1.offer(hash, place, record);
            if self.until < self.file.bytes && reader.stored_bytes() >= self.until {
                read_bytes = reader.stored_bytes();
                break;
            }
        }
        let seen = &mut state.lock().unwrap_or_else(PoisonError::into_inner).0[self.source];
        seen.records += records;
        seen.raw_bytes += raw_bytes;
        seen.read_bytes += read_bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests;

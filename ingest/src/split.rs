//! Files cut into units of work.

use crate::error::IngestError;
use crate::input::InputFile;
use crate::read::{RawRecord, RecordReader};
use crate::source::SourceConfig;
use std::path::PathBuf;
use std::sync::Arc;

/// A run of consecutive records of one source, about as many bytes as the recipe's split size: one unit of work.
///
/// Where splits begin depends on the files and the split size alone. A split may take in several small files, so that
/// a folder of a million pages does not become a million parts.
#[derive(Debug)]
pub struct Split {
    /// Ordinal of the file (over all sources) that the split begins in, and of the split among those that begin there.
    pub name: String,
    /// Ordinal of the source.
    pub source: usize,
    /// Records with the name of their file inside the source.
    pub records: Vec<(Arc<str>, RawRecord)>,
    /// Bytes of the files as stored that were worked through for this split.
    pub stored_bytes: u64,
}

/// The files of one source, as [`Splits`] reads them.
#[derive(Debug, Clone)]
pub struct SplitSource {
    /// How they are read.
    pub config: SourceConfig,
    /// The files, in order.
    pub files: Vec<InputFile>,
}

/// Reads sources file by file, one open at a time, and deals out splits.
pub struct Splits {
    sources: Vec<SplitSource>,
    split: u64,
    limit: usize,
    scratch: PathBuf,
    source: usize,
    file: usize,
    /// Ordinal of the open or next file over all sources.
    file_ordinal: usize,
    /// Splits that began in the open file.
    begun: usize,
    open: Option<OpenFile>,
    failed: bool,
}

/// A record with the name of its file inside the source.
type NamedRecord = (Arc<str>, RawRecord);

struct OpenFile {
    name: Arc<str>,
    reader: RecordReader,
    reported: u64,
}

impl Splits {
    /// Splits of about `split` bytes; records longer than `limit` bytes are passed over. Files that need sorting are
    /// sorted in the folder `scratch`.
    pub fn new(sources: Vec<SplitSource>, split: u64, limit: usize, scratch: PathBuf) -> Self {
        Self {
            sources,
            split,
            limit,
            scratch,
            source: 0,
            file: 0,
            file_ordinal: 0,
            begun: 0,
            open: None,
            failed: false,
        }
    }

    fn next_split(&mut self) -> Result<Option<Split>, IngestError> {
        let mut records = Vec::new();
        let (mut memory, mut stored_bytes) = (0, 0);
        let mut place = (0, 0);
        while memory < self.split && self.enter_source(records.is_empty()) {
            let (record, stored) = self.next_of_file()?;
            stored_bytes += stored;
            let Some((file, record)) = record else {
                self.leave_file();
                continue;
            };
            if records.is_empty() {
                place = (self.file_ordinal, self.begun);
                self.begun += 1;
            }
            memory += record.memory();
            records.push((file, record));
        }
        if records.is_empty() {
            return Ok(None);
        }
        let name = format!("{:05}-{:05}", place.0, place.1);
        Ok(Some(Split { name, source: self.source, records, stored_bytes }))
    }

    /// Whether a file is left to read. Goes on to the next source only if it `may`: a split is of one source.
    fn enter_source(&mut self, may: bool) -> bool {
        while let Some(source) = self.sources.get(self.source) {
            if self.file < source.files.len() {
                return true;
            }
            if !may {
                return false;
            }
            self.source += 1;
            self.file = 0;
        }
        false
    }

    /// The next record of the current file, which is opened if need be, and how far the reader has moved in the file as
    /// stored.
    fn next_of_file(&mut self) -> Result<(Option<NamedRecord>, u64), IngestError> {
        let source = &self.sources[self.source];
        let file = &source.files[self.file];
        let open = match &mut self.open {
            Some(open) => open,
            none => {
                self.begun = 0;
                let reader = RecordReader::new(&source.config, file.open()?, self.limit, &self.scratch);
                none.insert(OpenFile { name: Arc::from(file.name.as_str()), reader, reported: 0 })
            }
        };
        let record = open
            .reader
            .next_record()
            .map_err(|error| IngestError::Read { place: file.place.to_string(), source: error })?;
        let stored = open.reader.stored_bytes().max(open.reported);
        let moved = stored - open.reported;
        open.reported = stored;
        Ok((record.map(|record| (Arc::clone(&open.name), record)), moved))
    }

    fn leave_file(&mut self) {
        self.open = None;
        self.file += 1;
        self.file_ordinal += 1;
    }
}

impl Iterator for Splits {
    type Item = Result<Split, IngestError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.next_split().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Place;
    use crate::source::Format;

    /// Records without a block, of which only the address takes memory.
    #[test]
    fn addresses_fill_a_split_and_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requests.warc");
        let address = "a".repeat(60_000);
        let record = format!(
            "WARC/1.1\r\nWARC-Type: request\r\nWARC-Target-URI: http://{address}\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
        );
        let records = 100;
        std::fs::write(&path, record.repeat(records)).unwrap();
        let file = InputFile { name: "requests.warc".to_owned(), place: Place::Local(path), bytes: 0 };
        let source = SplitSource { config: SourceConfig::of(Format::Warc), files: vec![file] };
        let split = 64 << 10;
        let splits: Vec<_> =
            Splits::new(vec![source], split, 1 << 20, std::env::temp_dir()).map(Result::unwrap).collect();
        assert_eq!(splits.iter().map(|split| split.records.len()).sum::<usize>(), records);
        for Split { records, .. } in &splits {
            let held = records.iter().map(|(_, record)| match &record.payload {
                crate::read::Payload::Settled(settled) => settled.url.as_ref().map_or(0, String::capacity),
                other => panic!("{other:?}"),
            });
            assert!(held.sum::<usize>() <= split as usize + (9 << 10));
        }
    }
}

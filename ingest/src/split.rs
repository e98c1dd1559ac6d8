//! Files cut into units of work.

use crate::error::IngestError;
use crate::input::InputFile;
use crate::read::{RawRecord, RecordReader};
use crate::source::Format;
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
    /// What the files hold.
    pub format: Format,
    /// The files, in order.
    pub files: Vec<InputFile>,
}

/// Reads sources file by file, one open at a time, and deals out splits.
pub struct Splits {
    sources: Vec<SplitSource>,
    split: u64,
    limit: usize,
    source: usize,
    file: usize,
    /// Ordinal of the open or next file over all sources.
    file_ordinal: usize,
    /// Splits that began in the open file.
    begun: usize,
    open: Option<OpenFile>,
    failed: bool,
}

struct OpenFile {
    name: Arc<str>,
    reader: RecordReader,
    reported: u64,
}

impl Splits {
    /// Splits of about `split` bytes; records longer than `limit` bytes are passed over.
    pub fn new(sources: Vec<SplitSource>, split: u64, limit: usize) -> Self {
        Self { sources, split, limit, source: 0, file: 0, file_ordinal: 0, begun: 0, open: None, failed: false }
    }

    fn next_split(&mut self) -> Result<Option<Split>, IngestError> {
        let mut records = Vec::new();
        let mut place = (0, 0);
        let (mut bytes, mut stored_bytes) = (0, 0);
        while let Some(source) = self.sources.get(self.source) {
            let Some(file) = source.files.get(self.file) else {
                if !records.is_empty() {
                    break;
                }
                self.source += 1;
                self.file = 0;
                continue;
            };
            let open = match &mut self.open {
                Some(open) => open,
                none => {
                    self.begun = 0;
                    let reader = RecordReader::new(source.format, file.open()?, self.limit);
                    none.insert(OpenFile { name: Arc::from(file.name.as_str()), reader, reported: 0 })
                }
            };
            let record = open
                .reader
                .next_record()
                .map_err(|error| IngestError::Read { path: file.path.clone(), source: error })?;
            let stored = open.reader.stored_bytes();
            stored_bytes += stored - open.reported.min(stored);
            open.reported = open.reported.max(stored);
            let Some(record) = record else {
                self.open = None;
                self.file += 1;
                self.file_ordinal += 1;
                continue;
            };
            if records.is_empty() {
                place = (self.file_ordinal, self.begun);
                self.begun += 1;
            }
            bytes += record.bytes() + PER_RECORD;
            records.push((Arc::clone(&open.name), record));
            if bytes >= self.split {
                break;
            }
        }
        if records.is_empty() {
            return Ok(None);
        }
        let name = format!("{:05}-{:05}", place.0, place.1);
        Ok(Some(Split { name, source: self.source, records, stored_bytes }))
    }
}

/// What a record costs besides its bytes: without it, a file of empty records would fit into one split.
const PER_RECORD: u64 = size_of::<RawRecord>() as u64;

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

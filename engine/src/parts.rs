use crate::{EngineError, ObjectWriter, Store};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use bytes::{Buf, Bytes};
use malmoi_schemas::{Digest, FileEntry, FileSet, FormatId, RowGroupEntry, check_format};
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::statistics::Statistics;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

/// Encoded bytes after which a row group ends: what a writer holds in memory, and what a reader must fetch at once.
const ROW_GROUP_BYTES: usize = 32 << 20;

/// Bytes of a batch that a reader returns, about: what it holds in memory however long documents are.
const READ_BATCH_BYTES: usize = 8 << 20;

/// Rows of a batch, however short documents are.
const READ_BATCH_ROWS: std::ops::RangeInclusive<usize> = 8..=4096;

/// Bytes fetched at once where a remote object is read without a known end (page headers).
const REMOTE_WINDOW: u64 = 1 << 20;

/// Writes one Parquet part of a unit. Nobody sees it before [`crate::UnitOutput::finish`].
pub struct PartWriter {
    writer: ArrowWriter<ObjectWriter>,
    set: FileSet,
    /// Relative to the version's folder.
    path: String,
    rows: u64,
    rows_in_group: u64,
    row_groups: Vec<RowGroupEntry>,
}

impl PartWriter {
    pub(crate) fn create(
        store: &Store,
        folder: &str,
        set: FileSet,
        path: String,
        schema: SchemaRef,
    ) -> Result<Self, EngineError> {
        let full = format!("{folder}/{path}");
        let level = if matches!(set, FileSet::Scratch | FileSet::Signatures) { 1 } else { 3 };
        let parquet = |source| EngineError::Parquet { path: full.clone(), source };
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(level).map_err(parquet)?))
            .set_max_row_group_row_count(None)
            .set_created_by("malmoi".to_owned())
            .build();
        let writer = ArrowWriter::try_new(store.writer(&full), schema, Some(properties)).map_err(parquet)?;
        Ok(Self { writer, set, path, rows: 0, rows_in_group: 0, row_groups: Vec::new() })
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds rows. Row groups end by size, but for those of token shards: see [`PartWriter::end_row_group_of`].
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        self.writer.write(batch).map_err(|source| self.failed(source))?;
        self.rows += batch.num_rows() as u64;
        self.rows_in_group += batch.num_rows() as u64;
        let ends_by_size = !matches!(self.set, FileSet::Tokens | FileSet::HeldOut);
        if ends_by_size && self.writer.in_progress_size() >= ROW_GROUP_BYTES {
            self.end_row_group()?;
        }
        Ok(())
    }

    /// Ends the row group here. A row group without rows is not written.
    pub fn end_row_group(&mut self) -> Result<(), EngineError> {
        self.rows_in_group = 0;
        self.writer.flush().map_err(|source| self.failed(source))
    }

    /// Ends the row group of a token shard here and records how many tokens it holds.
    pub fn end_row_group_of(&mut self, tokens: u64) -> Result<(), EngineError> {
        let documents = self.rows_in_group;
        if documents > 0 {
            self.row_groups.push(RowGroupEntry { documents, tokens });
        }
        self.end_row_group()
    }

    fn failed(&self, source: ParquetError) -> EngineError {
        EngineError::Parquet { path: self.path.clone(), source }
    }

    pub(crate) fn finish(self) -> Result<FileEntry, EngineError> {
        let Self { writer, set, path, rows, row_groups, .. } = self;
        let failed = |source| EngineError::Parquet { path: path.clone(), source };
        let object = writer.into_inner().map_err(failed)?;
        let (bytes, hash) = object.finish()?;
        Ok(FileEntry { set, path, rows, bytes, blake3: Digest::from(hash), row_groups })
    }
}

/// A row group of a part, by which one can tell whether it must be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowGroup {
    /// Rows.
    pub rows: u64,
    /// The values of the column that was asked for lie in here; all values, where the file does not say.
    pub values: RangeInclusive<u64>,
}

/// Reads the rows of one part, a batch at a time. See [`crate::Session::read_part`].
pub struct PartReader {
    batches: ParquetRecordBatchReader,
    path: String,
}

impl PartReader {
    pub(crate) fn open(
        store: &Store,
        path: &str,
        format: Option<FormatId>,
        columns: Option<&[&str]>,
        row_groups: Option<Vec<usize>>,
    ) -> Result<Self, EngineError> {
        let failed = |source| EngineError::Parquet { path: path.to_owned(), source };
        let mut builder = ParquetRecordBatchReaderBuilder::try_new(PartSource::open(store, path)?).map_err(failed)?;
        if let Some(format) = format {
            check_format(builder.schema(), format)
                .map_err(|source| EngineError::Format { path: path.to_owned(), source })?;
        }
        if let Some(columns) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        if let Some(row_groups) = row_groups {
            builder = builder.with_row_groups(row_groups);
        }
        let rows = batch_rows(builder.metadata());
        let batches = builder.with_batch_size(rows).build().map_err(failed)?;
        Ok(Self { batches, path: path.to_owned() })
    }

    /// What the footer of a part says of its row groups, with the range of a column of 64-bit numbers.
    pub(crate) fn row_groups(store: &Store, path: &str, column: Option<&str>) -> Result<Vec<RowGroup>, EngineError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(PartSource::open(store, path)?)
            .map_err(|source| EngineError::Parquet { path: path.to_owned(), source })?;
        let at = column.and_then(|name| builder.schema().index_of(name).ok());
        let groups = builder.metadata().row_groups().iter().map(|group| {
            let statistics = at.and_then(|at| group.columns().get(at)).and_then(ColumnChunkMetaData::statistics);
            let range = match statistics {
                Some(Statistics::Int64(values)) => values.min_opt().zip(values.max_opt()),
                _ => None,
            };
            let (least, greatest) =
                range.map_or((0, u64::MAX), |(least, most)| (least.cast_unsigned(), most.cast_unsigned()));
            RowGroup { rows: u64::try_from(group.num_rows()).unwrap_or(0), values: least..=greatest }
        });
        Ok(groups.collect())
    }

    /// Rows of a part according to its footer.
    pub(crate) fn count_rows(store: &Store, path: &str) -> Result<u64, EngineError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(PartSource::open(store, path)?)
            .map_err(|source| EngineError::Parquet { path: path.to_owned(), source })?;
        Ok(u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0))
    }
}

/// Rows that make a batch of [`READ_BATCH_BYTES`] in the row group with the longest rows.
fn batch_rows(metadata: &ParquetMetaData) -> usize {
    let longest = metadata.row_groups().iter().map(|group| group.total_byte_size() / group.num_rows().max(1)).max();
    let longest = longest.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0).max(1);
    (READ_BATCH_BYTES / longest).clamp(*READ_BATCH_ROWS.start(), *READ_BATCH_ROWS.end())
}

impl Iterator for PartReader {
    type Item = Result<RecordBatch, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batches.next()?;
        Some(batch.map_err(|e| EngineError::Parquet { path: self.path.clone(), source: ParquetError::from(e) }))
    }
}

/// Where a part's bytes come from: an open local file, or ranges of a remote object.
enum PartSource {
    File(File),
    Remote { store: Store, path: String, bytes: u64 },
}

impl PartSource {
    fn open(store: &Store, path: &str) -> Result<Self, EngineError> {
        if let Some(local) = store.local_path(path) {
            let opened = File::open(&local);
            return opened.map(Self::File).map_err(|source| EngineError::Io {
                action: "open",
                path: local.display().to_string(),
                source,
            });
        }
        let bytes = store
            .size(path)?
            .ok_or_else(|| EngineError::Damaged { path: path.to_owned(), what: "the object is gone".to_owned() })?;
        Ok(Self::Remote { store: store.clone(), path: path.to_owned(), bytes })
    }

    fn remote(store: &Store, path: &str, start: u64, end: u64) -> parquet::errors::Result<Bytes> {
        store.get_range(path, start..end).map_err(|e| ParquetError::External(Box::new(e)))
    }
}

impl Length for PartSource {
    fn len(&self) -> u64 {
        match self {
            Self::File(file) => Length::len(file),
            Self::Remote { bytes, .. } => *bytes,
        }
    }
}

impl ChunkReader for PartSource {
    type T = Box<dyn Read + Send>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        match self {
            Self::File(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(start))?;
                Ok(Box::new(BufReader::new(file)))
            }
            Self::Remote { store, path, bytes } => {
                let end = (start + REMOTE_WINDOW).min(*bytes);
                let head = Self::remote(store, path, start, end)?;
                let rest = RemoteTail { store: store.clone(), path: path.clone(), at: end, end: *bytes };
                Ok(Box::new(head.reader().chain(rest)))
            }
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        match self {
            Self::File(file) => ChunkReader::get_bytes(file, start, length),
            Self::Remote { store, path, .. } => Self::remote(store, path, start, start + length as u64),
        }
    }
}

/// The part of a remote object behind the first window, fetched as it is read.
struct RemoteTail {
    store: Store,
    path: String,
    at: u64,
    end: u64,
}

impl Read for RemoteTail {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let until = self.end.min(self.at + buffer.len() as u64);
        if until == self.at {
            return Ok(0);
        }
        let bytes = self.store.get_range(&self.path, self.at..until).map_err(std::io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at = until;
        Ok(bytes.len())
    }
}

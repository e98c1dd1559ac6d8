use super::RowGroupPlace;
use crate::{Files, TrainError};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, UInt16Type, UInt32Type};
use bytes::{Buf, Bytes};
use malmoi_schemas::{Digest, DocumentId, FileEntry, TOKENS, TokenizeDetails, check_format, column};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use std::collections::VecDeque;
use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

/// Tokens of decoded row groups kept at most, 4 bytes each; the one in use is kept whatever its size.
pub(crate) const CACHED_TOKENS: usize = 16 << 20;
/// Footers kept at most, some kilobytes each.
const CACHED_FOOTERS: usize = 256;

/// The documents of one row group as a stream, each followed by the end of text.
#[derive(Debug)]
pub(super) struct RowGroup {
    pub(super) ids: Vec<DocumentId>,
    pub(super) stream: Vec<u32>,
    /// Where each document begins in the stream.
    starts: Vec<usize>,
}

impl RowGroup {
    /// The document that owns a position of the stream.
    pub(super) fn document_at(&self, position: usize) -> usize {
        self.starts.partition_point(|&start| start <= position).saturating_sub(1)
    }

    /// Where a document and its end of text lie in the stream.
    pub(super) fn span(&self, document: usize) -> Range<usize> {
        self.starts[document]..self.starts.get(document + 1).copied().unwrap_or(self.stream.len())
    }

    /// Documents that begin before a position of the stream.
    pub(super) fn documents_before(&self, position: u64) -> u64 {
        self.starts.partition_point(|&start| (start as u64) < position) as u64
    }
}

/// The files of one set of shards: each verified when first opened, then read by row group.
pub(super) struct Shards<'a> {
    files: &'a dyn Files,
    folder: String,
    entries: Vec<FileEntry>,
    verified: Vec<bool>,
    footers: VecDeque<(usize, ArrowReaderMetadata)>,
    row_groups: VecDeque<(usize, Arc<RowGroup>)>,
    vocabulary: u32,
    end_of_text: u32,
}

impl<'a> Shards<'a> {
    pub(super) fn new(files: &'a dyn Files, folder: &str, entries: Vec<FileEntry>, details: &TokenizeDetails) -> Self {
        Self {
            files,
            folder: folder.trim_end_matches('/').to_owned(),
            verified: vec![false; entries.len()],
            entries,
            footers: VecDeque::new(),
            row_groups: VecDeque::new(),
            vocabulary: details.vocabulary,
            end_of_text: details.end_of_text,
        }
    }

    /// The row group with this number in the index.
    pub(super) fn row_group(&mut self, number: usize, place: &RowGroupPlace) -> Result<Arc<RowGroup>, TrainError> {
        if let Some(at) = self.row_groups.iter().position(|&(cached, _)| cached == number) {
            return Ok(Arc::clone(&self.row_groups[at].1));
        }
        let row_group = Arc::new(self.read(place)?);
        self.row_groups.push_back((number, Arc::clone(&row_group)));
        let mut cached: usize = self.row_groups.iter().map(|(_, row_group)| row_group.stream.len()).sum();
        while cached > CACHED_TOKENS && self.row_groups.len() > 1 {
            cached -= self.row_groups.pop_front().map_or(0, |(_, row_group)| row_group.stream.len());
        }
        Ok(row_group)
    }

    fn read(&mut self, place: &RowGroupPlace) -> Result<RowGroup, TrainError> {
        let entry = &self.entries[place.file];
        let (path, length) = (format!("{}/{}", self.folder, entry.path), entry.bytes);
        let footer = self.footer(place.file, &path)?;
        if place.row_group >= footer.metadata().num_row_groups() {
            let message = format!("the manifest lists row group {}, the file ends before it", place.row_group);
            return Err(TrainError::content(&path, message));
        }
        let wrong = |error: &dyn Display| TrainError::content(&path, error);
        let mask = ProjectionMask::columns(footer.parquet_schema(), [column::ID, column::TOKENS]);
        let columns = footer.metadata().row_group(place.row_group).columns().iter();
        let ranges = columns.enumerate().filter(|&(leaf, _)| mask.leaf_included(leaf)).map(|(_, c)| c.byte_range());
        let (start, end) = ranges.fold((length, 0), |(start, end), (at, bytes)| (start.min(at), end.max(at + bytes)));
        let part = Part::read(self.files, &path, length, start.min(end)..end)?;
        let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(part, footer)
            .with_projection(mask)
            .with_row_groups(vec![place.row_group])
            .with_batch_size(ROWS_PER_BATCH)
            .build()
            .map_err(|error| wrong(&error))?;
        let mut builder = Builder::new(place, self.vocabulary, self.end_of_text);
        for batch in batches {
            batch.map_err(|error| error.to_string()).and_then(|batch| builder.push(&batch)).map_err(|e| wrong(&e))?;
        }
        builder.finish(place).map_err(|error| wrong(&error))
    }

    /// The footer of a file, whose digest is compared with the manifest's before anything in it is believed.
    fn footer(&mut self, file: usize, path: &str) -> Result<ArrowReaderMetadata, TrainError> {
        if let Some((_, footer)) = self.footers.iter().find(|(cached, _)| *cached == file) {
            return Ok(footer.clone());
        }
        let entry = &self.entries[file];
        if !self.verified[file] {
            let bytes = self.files.read(path).map_err(TrainError::file("read", path))?;
            let found = Digest::of(&bytes);
            if found != entry.blake3 {
                return Err(TrainError::Damaged { path: path.to_owned(), expected: entry.blake3, found });
            }
            self.verified[file] = true;
        }
        let footer = read_footer(self.files, path, entry.bytes)?;
        check_format(footer.schema(), TOKENS).map_err(|source| TrainError::Format { path: path.to_owned(), source })?;
        if self.footers.len() == CACHED_FOOTERS {
            self.footers.pop_front();
        }
        self.footers.push_back((file, footer.clone()));
        Ok(footer)
    }
}

/// Reads a footer in two small ranges: its length, then itself.
fn read_footer(files: &dyn Files, path: &str, length: u64) -> Result<ArrowReaderMetadata, TrainError> {
    let short = || TrainError::content(path, "the file is too short for Parquet");
    let tail_start = length.checked_sub(TAIL).ok_or_else(short)?;
    let mut tail = files.read_range(path, tail_start..length).map_err(TrainError::file("read", path))?;
    let start = tail_start.checked_sub(u64::from(tail.get_u32_le())).ok_or_else(short)?;
    let part = Part::read(files, path, length, start..length)?;
    ArrowReaderMetadata::load(&part, ArrowReaderOptions::new()).map_err(|error| TrainError::content(path, error))
}

/// Bytes after a Parquet footer: its length and the magic word.
const TAIL: u64 = 8;

/// Documents decoded at once.
const ROWS_PER_BATCH: usize = 1024;

/// Collects a row group's documents, checking each against the manifest and the vocabulary.
struct Builder {
    row_group: RowGroup,
    vocabulary: u32,
    end_of_text: u32,
}

impl Builder {
    fn new(place: &RowGroupPlace, vocabulary: u32, end_of_text: u32) -> Self {
        // The manifest's numbers are believed only up to the cache's size; a vector grows if there is more.
        let stream = Vec::with_capacity((place.stream() as usize).min(CACHED_TOKENS));
        Self { row_group: RowGroup { ids: Vec::new(), stream, starts: Vec::new() }, vocabulary, end_of_text }
    }

    fn push(&mut self, batch: &RecordBatch) -> Result<(), String> {
        let missing = |name: &str| format!("column `{name}` is missing or of another type");
        let ids = batch.column_by_name(column::ID).and_then(|c| c.as_fixed_size_binary_opt());
        let ids = ids.ok_or_else(|| missing(column::ID))?;
        let lists = batch.column_by_name(column::TOKENS).and_then(|c| c.as_list_opt::<i32>());
        let lists = lists.ok_or_else(|| missing(column::TOKENS))?;
        for row in 0..batch.num_rows() {
            let id = DocumentId::from_slice(ids.value(row)).ok_or_else(|| missing(column::ID))?;
            self.row_group.ids.push(id);
            self.row_group.starts.push(self.row_group.stream.len());
            let tokens = lists.value(row);
            match tokens.data_type() {
                DataType::UInt16 => self.extend(id, tokens.as_primitive::<UInt16Type>().values())?,
                DataType::UInt32 => self.extend(id, tokens.as_primitive::<UInt32Type>().values())?,
                _ => return Err(missing(column::TOKENS)),
            }
            self.row_group.stream.push(self.end_of_text);
        }
        Ok(())
    }

    fn extend<T: Copy + Into<u32>>(&mut self, id: DocumentId, tokens: &[T]) -> Result<(), String> {
        let start = self.row_group.stream.len();
        self.row_group.stream.extend(tokens.iter().map(|&token| token.into()));
        match self.row_group.stream[start..].iter().find(|&&token| token >= self.vocabulary) {
            Some(token) => Err(format!(
                "document {id} holds token {token}, the vocabulary of the manifest has only {} entries",
                self.vocabulary
            )),
            None => Ok(()),
        }
    }

    fn finish(self, place: &RowGroupPlace) -> Result<RowGroup, String> {
        let documents = self.row_group.ids.len() as u64;
        let tokens = self.row_group.stream.len() as u64 - documents;
        if (documents, tokens) != (place.documents, place.tokens) {
            return Err(format!(
                "row group {} holds {documents} documents and {tokens} tokens, the manifest says {} and {}",
                place.row_group, place.documents, place.tokens
            ));
        }
        Ok(self.row_group)
    }
}

/// Some bytes of a file, at their place in it, for the Parquet reader.
struct Part {
    bytes: Bytes,
    start: u64,
    length: u64,
}

impl Part {
    fn read(files: &dyn Files, path: &str, length: u64, range: Range<u64>) -> Result<Self, TrainError> {
        let start = range.start;
        let bytes = files.read_range(path, range).map_err(TrainError::file("read", path))?;
        Ok(Self { bytes, start, length })
    }

    fn slice(&self, start: u64, length: Option<usize>) -> Result<Bytes, ParquetError> {
        let outside = || ParquetError::EOF(format!("byte {start} is outside of the row group"));
        let from = start.checked_sub(self.start).and_then(|from| usize::try_from(from).ok()).ok_or_else(outside)?;
        let to = length.map_or(Some(self.bytes.len()), |length| from.checked_add(length)).ok_or_else(outside)?;
        if from > to || to > self.bytes.len() {
            return Err(outside());
        }
        Ok(self.bytes.slice(from..to))
    }
}

impl Length for Part {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Part {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.slice(start, None)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.slice(start, Some(length))
    }
}

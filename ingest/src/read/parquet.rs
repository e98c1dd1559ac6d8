mod chunks;
mod column;
mod list;
mod mapping;

use super::{FieldRecord, Payload, RawRecord};
use crate::input::Input;
use crate::source::Fields;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use chunks::Chunks;
use column::Column;
use malmoi_schemas::Reason;
use mapping::{Mapping, Role};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The rows of a Parquet file, of which only the mapped columns are read.
///
/// The ordinal of a record is the row's number in the file, its offset is where the row group's mapped columns begin. Held
/// at once are the footer and one page of each mapped column with its dictionary, whatever the size of a row group. A row
/// group that breaks in the middle gives the rows before the break; each row behind it, as the footer counts them, is given
/// as errored.
pub struct ParquetRows {
    chunks: Arc<Chunks>,
    fields: Fields,
    limit: usize,
    table: Option<Table>,
    ordinal: u64,
    group: usize,
    open: Option<OpenGroup>,
    /// Stored bytes of the row groups that are done.
    passed: u64,
    done: bool,
}

/// What the footer says.
struct Table {
    metadata: ParquetMetaData,
    mapping: Mapping,
}

/// The row group that is being read.
struct OpenGroup {
    offset: u64,
    stored: u64,
    rows: u64,
    /// Rows that were given.
    given: u64,
    content: Content,
}

enum Content {
    Columns(Vec<(Role, Column)>),
    /// Nothing more of the group can be had.
    Lost(Reason, String),
}

/// Largest footer that is read, in bytes. It grows with columns times row groups and is mostly under a megabyte.
const MAX_FOOTER: u32 = 64 << 20;

impl ParquetRows {
    /// Reads rows of which the mapped text has at most `limit` bytes; longer ones are passed over and counted.
    pub fn new(input: Box<dyn Input>, fields: Fields, limit: usize) -> Self {
        let chunks = Arc::new(Chunks::new(input, limit));
        Self { chunks, fields, limit, table: None, ordinal: 0, group: 0, open: None, passed: 0, done: false }
    }

    /// Bytes of the file that have been worked through, about: rows of a group count alike.
    pub fn stored_bytes(&self) -> u64 {
        let part = self
            .open
            .as_ref()
            .map_or(0, |open| (u128::from(open.stored) * u128::from(open.given) / u128::from(open.rows.max(1))) as u64);
        self.passed.saturating_add(part)
    }

    /// The next row. See [`super::RecordReader::next_record`]. A column of vectors that holds none is an error, too.
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        while !self.done {
            if self.table.is_none() {
                match self.guarded(|rows| Table::read(&rows.chunks, &rows.fields))? {
                    Ok(table) => {
                        if let Some(misfit) = &table.mapping.misfit {
                            self.done = true;
                            return Err(io::Error::new(io::ErrorKind::InvalidData, misfit.clone()));
                        }
                        self.table = Some(table);
                    }
                    Err(why) => {
                        self.done = true;
                        return Ok(Some(RawRecord::errored(0, 0, Reason::UnreadableFile, why)));
                    }
                }
            }
            if self.open.is_none() && !self.open_group()? {
                self.done = true;
                break;
            }
            if let Some(record) = self.next_of_group()? {
                return Ok(Some(record));
            }
            self.passed = self.passed.saturating_add(self.open.take().map_or(0, |open| open.stored));
            self.group += 1;
        }
        Ok(None)
    }

    /// Runs a step of the Parquet library, which trusts some numbers of a file so far as to panic over them. The outer
    /// error is the operating system's, the inner one says in words what is wrong with the file.
    fn guarded<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T, ParquetError>) -> io::Result<Result<T, String>> {
        let result = catch_unwind(AssertUnwindSafe(|| step(self)));
        if let Some(error) = self.chunks.take_failure() {
            return Err(error);
        }
        Ok(match result {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(bounded(&error.to_string())),
            Err(_) => Err("the Parquet library failed on this file".to_owned()),
        })
    }

    /// Opens the next row group. Says whether there is one.
    fn open_group(&mut self) -> io::Result<bool> {
        let Some(table) = &self.table else { return Ok(false) };
        let Some(group) = table.metadata.row_groups().get(self.group) else { return Ok(false) };
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        let stored = group.columns().iter().map(|column| u64::try_from(column.compressed_size()).unwrap_or(0));
        let mut open = OpenGroup {
            offset: table.mapping.offset(group),
            stored: stored.fold(0, u64::saturating_add),
            rows,
            given: 0,
            content: Content::Columns(Vec::new()),
        };
        open.content = match &table.mapping.fault {
            Some(fault) => Content::Lost(Reason::MissingField, fault.clone()),
            None => match self.guarded(Self::columns_of_group)? {
                Ok(columns) => Content::Columns(columns),
                Err(why) => Content::Lost(Reason::UnreadableFile, why),
            },
        };
        self.open = Some(open);
        Ok(true)
    }

    fn columns_of_group(&mut self) -> Result<Vec<(Role, Column)>, ParquetError> {
        let Some(Table { metadata, mapping }) = &self.table else { return Ok(Vec::new()) };
        let group: &RowGroupMetaData = metadata.row_group(self.group);
        let schema = metadata.file_metadata().schema_descr();
        let open = |&(role, at): &(Role, usize)| {
            let open = if role == Role::Embedding { Column::open_lists } else { Column::open };
            Ok((role, open(&self.chunks, group.column(at), schema.column(at), group.num_rows())?))
        };
        mapping.columns.iter().map(open).collect()
    }

    fn next_of_group(&mut self) -> io::Result<Option<RawRecord>> {
        let Some(mut open) = self.open.take() else { return Ok(None) };
        let record = if open.given == open.rows {
            None
        } else {
            if let Content::Columns(columns) = &mut open.content {
                let limit = self.limit;
                match self.guarded(|_| read_row(columns, limit))? {
                    Ok(row) => {
                        let (ordinal, offset) = (self.ordinal, open.offset);
                        self.ordinal += 1;
                        open.given += 1;
                        self.open = Some(open);
                        return Ok(Some(match row {
                            Row::Read(fields) => RawRecord { ordinal, offset, payload: Payload::Fields(fields) },
                            Row::TooLong(bytes) => RawRecord::too_long(ordinal, offset, bytes, limit),
                        }));
                    }
                    Err(why) => open.content = Content::Lost(Reason::UnreadableFile, why),
                }
            }
            Some(self.lose(&mut open))
        };
        self.open = Some(open);
        Ok(record)
    }

    /// The record of a row that is lost. Rows are told one by one, as long as the file can be believed to have so many: a
    /// row of text takes a byte. More are told as one.
    fn lose(&mut self, open: &mut OpenGroup) -> RawRecord {
        let Content::Lost(reason, why) = &open.content else {
            return RawRecord::errored(self.ordinal, open.offset, Reason::UnreadableFile, String::new());
        };
        let left = open.rows - open.given;
        let one = left <= self.chunks.file_bytes() || open.given > 0 && open.rows <= self.chunks.file_bytes();
        let place = format!("row {} of row group {}", open.given, self.group);
        let (rows, detail) = match one {
            true => (1, format!("{place}: {why}")),
            false => (left, format!("{place} and the {} behind it that the footer claims: {why}", left - 1)),
        };
        let record = RawRecord::errored(self.ordinal, open.offset, *reason, detail);
        open.given += rows;
        self.ordinal = self.ordinal.saturating_add(rows);
        record
    }
}

impl Table {
    fn read(chunks: &Arc<Chunks>, fields: &Fields) -> Result<Self, ParquetError> {
        chunks.check_footer(MAX_FOOTER)?;
        let metadata = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Skip)
            .parse_and_finish(chunks.as_ref())?;
        if let Some(group) = metadata.row_groups().iter().find(|group| group.num_rows() < 0) {
            return Err(ParquetError::General(format!("a row group claims {} rows", group.num_rows())));
        }
        let mapping = Mapping::new(fields, metadata.file_metadata().schema_descr());
        Ok(Self { metadata, mapping })
    }
}

#[expect(clippy::large_enum_variant, reason = "nearly all are read, and each is passed on at once")]
enum Row {
    Read(FieldRecord),
    TooLong(u64),
}

fn read_row(columns: &mut [(Role, Column)], limit: usize) -> Result<Row, ParquetError> {
    let mut record = FieldRecord::default();
    let (mut bytes, mut too_long) = (0, false);
    for (role, column) in columns {
        // Every column moves on by one row, also when the row is refused.
        let cell = column.next()?;
        bytes += cell.bytes();
        too_long |= bytes > limit as u64;
        if !too_long {
            role.put(cell, &mut record);
        }
    }
    Ok(if too_long { Row::TooLong(bytes) } else { Row::Read(record) })
}

/// An error of the library as one short line: some quote the file's bytes.
fn bounded(message: &str) -> String {
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

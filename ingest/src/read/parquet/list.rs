//! Columns of lists of floating-point numbers: the vectors of documents.

use super::chunks::Chunks;
use crate::source::FieldPath;
use arrow::datatypes::{ArrowPrimitiveType, Float16Type};
use parquet::basic::{LogicalType, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{DataType, DoubleType, FixedLenByteArrayType, FloatType};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, SchemaDescriptor};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers in the pages that one row may be spread over: two bytes of levels and up to eight of a number each. Run lengths
/// let a page of a few bytes claim four thousand million of them.
const MAX_PAGE_NUMBERS: u64 = 1 << 24;

/// Levels of names below a list's own: the repeated group and its element.
const LIST_LEVELS: usize = 2;

/// The leaf column of the list that a path names, or why there is none.
pub(super) fn find(path: &FieldPath, schema: &SchemaDescriptor) -> Result<usize, String> {
    let name = String::from(path.clone());
    let (pointer, dotted) = super::mapping::names(path);
    let below = |parts: &[String]| -> Vec<usize> {
        let leaves = schema.columns().iter().enumerate();
        leaves.filter(|(_, column)| column.path().parts().starts_with(parts)).map(|(at, _)| at).collect()
    };
    let mut found = (below(&pointer), pointer.len());
    if found.0.is_empty() && path.below().is_empty() {
        found = (below(&dotted), dotted.len());
    }
    let refuse = |found: String| {
        let expected = "a list of 32-bit floating-point numbers (or of 16 or 64 bits)";
        Err(format!("column `{name}` of `fields.embedding`: expected {expected}, found {found}"))
    };
    match (found.0.as_slice(), found.1) {
        ([], _) => {
            let there = schema.columns().iter().take(20).map(|column| format!("`{}`", column.path().string()));
            refuse(format!("no such column; the columns are {}", there.collect::<Vec<_>>().join(", ")))
        }
        (&[only], depth) => {
            let column = schema.column(only);
            let levels = column.path().parts().len() - depth;
            match column.max_rep_level() {
                1 if levels <= LIST_LEVELS && is_number(&column) => Ok(only),
                1 if levels <= LIST_LEVELS => refuse(format!("a list of {}", type_of(&column))),
                0 if levels == 0 => refuse(type_of(&column)),
                0 => refuse("a struct".to_owned()),
                _ => refuse("a list of lists or of structs".to_owned()),
            }
        }
        _ => refuse("a struct, a map or a list of structs".to_owned()),
    }
}

fn is_number(column: &ColumnDescriptor) -> bool {
    match column.physical_type() {
        Type::FLOAT | Type::DOUBLE => true,
        Type::FIXED_LEN_BYTE_ARRAY => matches!(column.logical_type_ref(), Some(LogicalType::Float16)),
        _ => false,
    }
}

fn type_of(column: &ColumnDescriptor) -> String {
    match column.logical_type_ref() {
        Some(logical) => format!("{} ({logical:?})", column.physical_type()),
        None => column.physical_type().to_string(),
    }
}

/// Reads a column of lists row by row.
pub(super) struct Lists {
    reader: Numbers,
    /// Numbers that the pages of one row may still hold.
    room: Arc<AtomicU64>,
    /// Definition level from which there is an element, and that of a number.
    element: i16,
    number: i16,
    definition: Vec<i16>,
    repetition: Vec<i16>,
}

enum Numbers {
    Half(ColumnReaderImpl<FixedLenByteArrayType>),
    Single(ColumnReaderImpl<FloatType>),
    Double(ColumnReaderImpl<DoubleType>),
}

impl Lists {
    pub(super) fn open(
        chunks: &Arc<Chunks>,
        chunk: &ColumnChunkMetaData,
        column: ColumnDescPtr,
        rows: i64,
    ) -> Result<Self, ParquetError> {
        let rows = usize::try_from(rows).unwrap_or(0);
        let room = Arc::new(AtomicU64::new(0));
        let pages = SerializedPageReader::new(Arc::clone(chunks), chunk, rows, None)?;
        let pages = Box::new(BoundedPages { pages, ahead: None, room: Arc::clone(&room) });
        let (element, number) = (column.repeated_ancestor_def_level(), column.max_def_level());
        let reader = match get_column_reader(column, pages) {
            ColumnReader::FixedLenByteArrayColumnReader(reader) => Numbers::Half(reader),
            ColumnReader::FloatColumnReader(reader) => Numbers::Single(reader),
            ColumnReader::DoubleColumnReader(reader) => Numbers::Double(reader),
            _ => return Err(ParquetError::General("a list of another type than its schema says".to_owned())),
        };
        Ok(Self { reader, room, element, number, definition: Vec::new(), repetition: Vec::new() })
    }

    /// The next list. An element that is missing is not a number.
    pub(super) fn next(&mut self) -> Result<Option<Vec<f32>>, ParquetError> {
        self.room.store(MAX_PAGE_NUMBERS, Ordering::Relaxed);
        self.definition.clear();
        self.repetition.clear();
        let levels = (&mut self.definition, &mut self.repetition);
        let numbers = match &mut self.reader {
            Numbers::Half(reader) => read(reader, levels, |value| half(value.data()))?,
            Numbers::Single(reader) => read(reader, levels, |&value| value)?,
            Numbers::Double(reader) => read(reader, levels, |&value| value as f32)?,
        };
        if let &[level] = self.definition.as_slice()
            && level < self.element
        {
            // One level below an element the list is there and empty.
            return Ok((level + 1 == self.element).then(Vec::new));
        }
        if numbers.len() == self.definition.len() {
            return Ok(Some(numbers));
        }
        let mut numbers = numbers.into_iter();
        let of_level = |&level: &i16| if level == self.number { numbers.next() } else { None }.unwrap_or(f32::NAN);
        Ok(Some(self.definition.iter().map(of_level).collect()))
    }
}

/// The values of the next row.
fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    (definition, repetition): (&mut Vec<i16>, &mut Vec<i16>),
    number: impl Fn(&T::T) -> f32,
) -> Result<Vec<f32>, ParquetError> {
    let mut values = Vec::new();
    match reader.read_records(1, Some(definition), Some(repetition), &mut values)? {
        (0, ..) => Err(ParquetError::General("a column has fewer rows than the footer says".to_owned())),
        _ => Ok(values.iter().map(number).collect()),
    }
}

fn half(bytes: &[u8]) -> f32 {
    match bytes {
        &[low, high] => <Float16Type as ArrowPrimitiveType>::Native::from_le_bytes([low, high]).to_f32(),
        _ => f32::NAN,
    }
}

/// Pages until a row has had its share, read one ahead: a row may go on in the next page, and to peek at its header would
/// leave the library's reader behind it, where [`Chunks`] expects a header.
struct BoundedPages {
    pages: SerializedPageReader<Chunks>,
    ahead: Option<Result<Page, ParquetError>>,
    room: Arc<AtomicU64>,
}

impl PageReader for BoundedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        let page = match self.ahead.take() {
            Some(page) => Some(page?),
            None => self.pages.get_next_page()?,
        };
        let numbers = page.as_ref().map_or(0, |page| u64::from(page.num_values()));
        let left = self.room.load(Ordering::Relaxed).checked_sub(numbers);
        let left = left.ok_or_else(|| {
            ParquetError::General(format!("the pages of one row claim more than {MAX_PAGE_NUMBERS} numbers"))
        })?;
        self.room.store(left, Ordering::Relaxed);
        Ok(page)
    }

    /// Whether the page that was given ends a row: the last does, and one before a page of the second version, which begins
    /// a row. Damage to the next page is told when that is wanted; rows before it are whole.
    fn at_record_boundary(&mut self) -> Result<bool, ParquetError> {
        if self.ahead.is_none() {
            self.ahead = self.pages.get_next_page().transpose();
        }
        Ok(matches!(self.ahead, None | Some(Ok(Page::DataPageV2 { .. }))))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        Err(ParquetError::NYI("lists are read page after page".to_owned()))
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        Err(ParquetError::NYI("lists are read page after page".to_owned()))
    }
}

impl Iterator for BoundedPages {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

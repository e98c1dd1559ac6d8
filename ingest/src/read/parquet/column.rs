use super::chunks::Chunks;
use super::list::Lists;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
    Int96Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};
use std::sync::Arc;

/// One value as text, as the bytes that should be text, or as a list of numbers.
pub(super) enum Cell {
    Null,
    Text(String),
    /// Part of the page that it was read from.
    Bytes(ByteArray),
    Numbers(Vec<f32>),
}

impl Cell {
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Null => 0,
            Self::Text(text) => text.len() as u64,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Numbers(numbers) => size_of_val(numbers.as_slice()) as u64,
        }
    }
}

/// How the numbers of a column are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Plain,
    Unsigned,
    Uuid,
    /// Days since 1970.
    Date,
    /// So many to the second, since 1970.
    Timestamp(i64),
    /// A number with decimals, or anything else that is not shown.
    Other,
}

fn meaning(column: &ColumnDescriptor) -> Meaning {
    let per_second = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    };
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Timestamp(stamp)), _) => Meaning::Timestamp(per_second(&stamp.unit)),
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Meaning::Date,
        (Some(LogicalType::Uuid), _) => Meaning::Uuid,
        (Some(LogicalType::Integer(int)), _) if !int.is_signed => Meaning::Unsigned,
        (None, ConvertedType::TIMESTAMP_MILLIS) => Meaning::Timestamp(1_000),
        (None, ConvertedType::TIMESTAMP_MICROS) => Meaning::Timestamp(1_000_000),
        (None, ConvertedType::UINT_32 | ConvertedType::UINT_64) => Meaning::Unsigned,
        (None, ConvertedType::DECIMAL | ConvertedType::INTERVAL | ConvertedType::BSON) => Meaning::Other,
        (Some(LogicalType::Decimal(_) | LogicalType::Time(_) | LogicalType::Float16 | LogicalType::Bson), _) => {
            Meaning::Other
        }
        _ => Meaning::Plain,
    }
}

/// Whether the values of a column can be shown as text.
pub(super) fn is_text(column: &ColumnDescriptor) -> bool {
    meaning(column) != Meaning::Other
}

/// A mapped column of one row group.
pub(super) struct Column {
    meaning: Meaning,
    reader: Values,
}

enum Values {
    Bool(Typed<BoolType>),
    Int32(Typed<Int32Type>),
    Int64(Typed<Int64Type>),
    Int96(Typed<Int96Type>),
    Float(Typed<FloatType>),
    Double(Typed<DoubleType>),
    Bytes(Typed<ByteArrayType>),
    Fixed(Typed<FixedLenByteArrayType>),
    Lists(Lists),
}

/// A column reader with buffers for one value.
struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    levels: Vec<i16>,
    values: Vec<T::T>,
}

impl<T: DataType> Typed<T> {
    fn new(reader: ColumnReaderImpl<T>) -> Self {
        Self { reader, levels: Vec::new(), values: Vec::new() }
    }

    /// The next value. One at a time: the library fills a batch across pages, and each page may be large.
    fn next(&mut self) -> Result<Option<T::T>, ParquetError> {
        self.levels.clear();
        self.values.clear();
        match self.reader.read_records(1, Some(&mut self.levels), None, &mut self.values)? {
            (0, ..) => Err(ParquetError::General("a column has fewer values than the footer says".to_owned())),
            _ => Ok(self.values.pop()),
        }
    }
}

impl Column {
    pub(super) fn open(
        chunks: &Arc<Chunks>,
        chunk: &ColumnChunkMetaData,
        column: ColumnDescPtr,
        rows: i64,
    ) -> Result<Self, ParquetError> {
        if column.physical_type() != chunk.column_type() {
            return Err(ParquetError::General("a column is of another type than its schema says".to_owned()));
        }
        let meaning = meaning(&column);
        let pages = SerializedPageReader::new(Arc::clone(chunks), chunk, usize::try_from(rows).unwrap_or(0), None)?;
        let reader = match get_column_reader(column, Box::new(pages)) {
            ColumnReader::BoolColumnReader(reader) => Values::Bool(Typed::new(reader)),
            ColumnReader::Int32ColumnReader(reader) => Values::Int32(Typed::new(reader)),
            ColumnReader::Int64ColumnReader(reader) => Values::Int64(Typed::new(reader)),
            ColumnReader::Int96ColumnReader(reader) => Values::Int96(Typed::new(reader)),
            ColumnReader::FloatColumnReader(reader) => Values::Float(Typed::new(reader)),
            ColumnReader::DoubleColumnReader(reader) => Values::Double(Typed::new(reader)),
            ColumnReader::ByteArrayColumnReader(reader) => Values::Bytes(Typed::new(reader)),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => Values::Fixed(Typed::new(reader)),
        };
        Ok(Self { meaning, reader })
    }

    /// Opens a column of lists of numbers: see [`super::list::find`].
    pub(super) fn open_lists(
        chunks: &Arc<Chunks>,
        chunk: &ColumnChunkMetaData,
        column: ColumnDescPtr,
        rows: i64,
    ) -> Result<Self, ParquetError> {
        if column.physical_type() != chunk.column_type() {
            return Err(ParquetError::General("a column is of another type than its schema says".to_owned()));
        }
        Ok(Self { meaning: Meaning::Plain, reader: Values::Lists(Lists::open(chunks, chunk, column, rows)?) })
    }

    /// The next value.
    pub(super) fn next(&mut self) -> Result<Cell, ParquetError> {
        let meaning = self.meaning;
        let text = match &mut self.reader {
            Values::Bool(values) => values.next()?.map(|value| value.to_string()),
            Values::Int32(values) => values.next()?.map(|value| match meaning {
                Meaning::Date => date(i64::from(value)),
                Meaning::Unsigned => (value as u32).to_string(),
                _ => value.to_string(),
            }),
            Values::Int64(values) => values.next()?.map(|value| match meaning {
                Meaning::Timestamp(per_second) => timestamp(value, per_second),
                Meaning::Unsigned => (value as u64).to_string(),
                _ => value.to_string(),
            }),
            Values::Int96(values) => values.next()?.map(|value| timestamp(value.to_seconds(), 1)),
            Values::Float(values) => values.next()?.map(|value| value.to_string()),
            Values::Double(values) => values.next()?.map(|value| value.to_string()),
            Values::Lists(lists) => return Ok(lists.next()?.map_or(Cell::Null, Cell::Numbers)),
            Values::Bytes(values) => return Ok(values.next()?.map_or(Cell::Null, Cell::Bytes)),
            Values::Fixed(values) => match values.next()? {
                Some(value) if meaning == Meaning::Uuid => Some(uuid(value.data())),
                value => return Ok(value.map_or(Cell::Null, |value| Cell::Bytes(value.into()))),
            },
        };
        Ok(text.map_or(Cell::Null, Cell::Text))
    }
}

/// A day counted from 1970 in ISO 8601, by Howard Hinnant's `civil_from_days`.
fn date(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A moment in ISO 8601, to the second.
fn timestamp(value: i64, per_second: i64) -> String {
    let seconds = value.div_euclid(per_second);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    format!("{}T{:02}:{:02}:{:02}Z", date(days), of_day / 3600, of_day / 60 % 60, of_day % 60)
}

fn uuid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_iso_8601() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(timestamp(1_709_251_199_999, 1_000), "2024-02-29T23:59:59Z");
        assert_eq!(timestamp(-1, 1_000_000), "1969-12-31T23:59:59Z");
        date(i64::from(i32::MIN));
        timestamp(i64::MIN, 1_000);
    }
}

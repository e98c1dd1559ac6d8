//! Columns of lists of numbers, as other writers lay them out.

use super::*;
use crate::source::Fields;
use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::{WriterProperties, WriterVersion};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use arrow::array::{
    Array, ArrayRef, FixedSizeListBuilder, Float16Array, Float32Array, Float32Builder, Float64Array, Int32Array,
    LargeListArray, ListArray, ListBuilder, RecordBatch, StringArray, StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field, Float16Type, Schema};
use std::sync::Arc;

fn texts(rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("{row}번째 글"))))
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn reader(bytes: Vec<u8>, fields: &str, limit: usize) -> RecordReader {
    let fields: Fields = serde_json::from_str(fields).unwrap();
    let source = SourceConfig { fields, ..SourceConfig::of(Format::Parquet) };
    RecordReader::new(&source, Box::new(Cursor::new(bytes)), limit, Path::new("."))
}

fn read(bytes: Vec<u8>, limit: usize) -> Vec<RawRecord> {
    let mut reader = reader(bytes, r#"{"embedding": "vector"}"#, limit);
    std::iter::from_fn(|| reader.next_record().unwrap()).collect()
}

/// Vectors of the records, with NaN as a number that is equal to itself.
fn vectors(records: &[RawRecord]) -> Vec<Option<Vec<String>>> {
    let words = |numbers: &Vec<f32>| numbers.iter().map(|number| number.to_string()).collect();
    let of = |record: &RawRecord| match &record.payload {
        Payload::Fields(fields) => {
            assert_eq!(fields.text, Some(format!("{}번째 글", record.ordinal)));
            fields.embedding.as_ref().map(words)
        }
        other => panic!("{other:?}"),
    };
    records.iter().map(of).collect()
}

fn list(values: ArrayRef, lengths: &[usize], missing: &[usize]) -> ListArray {
    let item = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    let valid: Vec<bool> = (0..lengths.len()).map(|row| !missing.contains(&row)).collect();
    ListArray::try_new(item, OffsetBuffer::from_lengths(lengths.iter().copied()), values, Some(valid.into())).unwrap()
}

#[test]
fn lists_of_every_width_are_read() {
    type Half = <Float16Type as ArrowPrimitiveType>::Native;
    let numbers = [0.5f32, -2.0, 1.25, 3.0];
    let expected = [Some(vec!["0.5", "-2"]), None, Some(vec![]), Some(vec!["1.25", "3"])];
    let expected = expected.map(|row| row.map(|row| row.iter().map(|&word| word.to_owned()).collect::<Vec<_>>()));
    let values: [ArrayRef; 3] = [
        Arc::new(Float32Array::from_iter_values(numbers)),
        Arc::new(Float64Array::from_iter_values(numbers.map(f64::from))),
        Arc::new(Float16Array::from_iter_values(numbers.map(Half::from_f32))),
    ];
    for values in values {
        let lists = list(Arc::clone(&values), &[2, 0, 0, 2], &[1]);
        let records = read(parquet(vec![("text", texts(4)), ("vector", Arc::new(lists))]), LIMIT);
        assert_eq!(vectors(&records), expected, "{:?}", values.data_type());
        let item = Arc::new(Field::new_list_field(values.data_type().clone(), false));
        let large = LargeListArray::try_new(item, OffsetBuffer::from_lengths([2, 2]), values, None).unwrap();
        let records = read(parquet(vec![("text", texts(2)), ("vector", Arc::new(large))]), LIMIT);
        assert_eq!(vectors(&records), [expected[0].clone(), expected[3].clone()]);
    }
    let mut fixed = FixedSizeListBuilder::new(Float32Builder::new(), 2);
    for pair in numbers.chunks(2) {
        fixed.values().append_slice(pair);
        fixed.append(true);
    }
    let records = read(parquet(vec![("text", texts(2)), ("vector", Arc::new(fixed.finish()))]), LIMIT);
    assert_eq!(vectors(&records), [expected[0].clone(), expected[3].clone()]);
}

#[test]
fn a_missing_or_infinite_number_is_carried() {
    let values = Float32Array::from(vec![Some(1.0), None, Some(f32::INFINITY), Some(f32::NAN), None]);
    let records =
        read(parquet(vec![("text", texts(2)), ("vector", Arc::new(list(Arc::new(values), &[3, 2], &[])))]), LIMIT);
    assert_eq!(format!("{:?}", vectors(&records)), r#"[Some(["1", "NaN", "inf"]), Some(["NaN", "NaN"])]"#);
}

/// Pages of both versions, far smaller than the column, so that lists end and begin in them.
#[test]
fn many_rows_and_long_vectors_come_in_order() {
    let mut lists = ListBuilder::new(Float32Builder::new());
    for row in 0..3000u32 {
        (0..row % 97).for_each(|at| lists.values().append_value((row * 100 + at) as f32));
        lists.append(row % 5 != 0);
    }
    let batch = RecordBatch::try_from_iter([("text", texts(3000)), ("vector", Arc::new(lists.finish()) as ArrayRef)]);
    let batch = batch.unwrap();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let properties = WriterProperties::builder().set_writer_version(version).set_data_page_size_limit(4096);
        let properties = properties.set_write_batch_size(64).set_dictionary_enabled(false).build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        let records = read(writer.into_inner().unwrap(), LIMIT);
        assert_eq!(records.len(), 3000);
        for (row, vector) in vectors(&records).into_iter().enumerate() {
            let expected = (row % 5 != 0).then(|| (0..row % 97).map(|at| (row * 100 + at).to_string()).collect());
            assert_eq!(vector, expected, "row {row}");
        }
    }
}

/// Rows whose vectors lie in pages before the damaged one are whole, the others are told one by one.
#[test]
fn damage_costs_the_rows_behind_it() {
    let values: ArrayRef = Arc::new(Float32Array::from_iter_values((0..30_000).map(|n| n as f32)));
    let lists: ArrayRef = Arc::new(list(values, &[10; 3000], &[]));
    let batch = RecordBatch::try_from_iter([("text", texts(3000)), ("vector", lists)]).unwrap();
    let zstd = ::parquet::basic::Compression::ZSTD(Default::default());
    let properties = WriterProperties::builder().set_data_page_size_limit(4096).set_write_batch_size(64);
    let properties = properties.set_dictionary_enabled(false).set_compression(zstd).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    let mut bytes = writer.into_inner().unwrap();
    let footer = SerializedFileReader::new(bytes::Bytes::from(bytes.clone())).unwrap();
    let (start, length) = footer.metadata().row_group(0).column(1).byte_range();
    let middle = (start + length / 2) as usize;
    // More than a page, so that a header is hit: numbers that are only wrong are no damage that can be seen.
    bytes[middle..middle + 6000].fill(0xff);
    let records = read(bytes, LIMIT);
    let reasons = reasons(&records);
    let whole = reasons.iter().take_while(|&&reason| reason == "read").count();
    assert!((200..2900).contains(&whole), "{whole}");
    assert_eq!(reasons[whole..], vec!["unreadable-file"; 3000 - whole]);
    for (row, vector) in vectors(&records[..whole]).into_iter().enumerate() {
        assert_eq!(vector, Some((0..10).map(|at| (row * 10 + at).to_string()).collect()), "row {row}");
    }
}

#[test]
fn a_vector_counts_against_the_longest_record() {
    let values: ArrayRef = Arc::new(Float32Array::from(vec![1.0; 1010]));
    let records = read(parquet(vec![("text", texts(2)), ("vector", Arc::new(list(values, &[10, 1000], &[])))]), 1000);
    assert_eq!(reasons(&records), ["read", "record-too-long"]);
    assert!(records[0].memory() >= 40);
}

/// A run length makes a page of a few bytes claim as many numbers as it likes.
#[test]
fn a_row_that_claims_too_many_numbers_is_refused() {
    let item = Field::new_list_field(DataType::Float32, true);
    let schema = Arc::new(Schema::new(vec![
        Field::new("text", DataType::Utf8, false),
        Field::new("vector", DataType::List(Arc::new(item)), false),
    ]));
    let numbers = (1 << 24) + 1;
    let values: ArrayRef = Arc::new(Float32Array::new(vec![0.0; numbers].into(), None));
    let lists = Arc::new(list(values, &[numbers], &[]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![texts(1), lists]).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    let bytes = writer.into_inner().unwrap();
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    let records = read(bytes, 1 << 30);
    let Payload::Settled(settled) = &records[0].payload else { panic!("{records:?}") };
    assert!(settled.detail.contains("the pages of one row claim more than"), "{}", settled.detail);
}

#[test]
fn a_column_of_another_type_is_told_with_what_was_expected() {
    let ints: ArrayRef = Arc::new(Int32Array::from(vec![1, 2]));
    let number: ArrayRef = Arc::new(Float32Array::from(vec![1.0, 2.0]));
    let nested = list(Arc::new(list(Arc::clone(&number), &[1, 1], &[])), &[1, 1], &[]);
    let field = |name: &str| Arc::new(Field::new(name, DataType::Float32, true));
    let structure = StructArray::from(vec![(field("x"), Arc::clone(&number)), (field("y"), Arc::clone(&number))]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("text", texts(2)),
        ("ints", Arc::new(list(ints, &[1, 1], &[]))),
        ("number", number),
        ("nested", Arc::new(nested)),
        ("structure", Arc::new(structure)),
    ];
    let bytes = parquet(columns);
    let error = |name: &str| {
        let mut reader = reader(bytes.clone(), &format!(r#"{{"embedding": "{name}"}}"#), LIMIT);
        let error = reader.next_record().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        assert_eq!(reader.next_record().unwrap(), None);
        error.to_string()
    };
    let errors = ["text", "ints", "number", "nested", "structure", "vektor"].map(error);
    insta::assert_snapshot!(errors.join("\n"), @r"
    column `text` of `fields.embedding`: expected a list of 32-bit floating-point numbers (or of 16 or 64 bits), found BYTE_ARRAY (String)
    column `ints` of `fields.embedding`: expected a list of 32-bit floating-point numbers (or of 16 or 64 bits), found a list of INT32
    column `number` of `fields.embedding`: expected a list of 32-bit floating-point numbers (or of 16 or 64 bits), found FLOAT
    column `nested` of `fields.embedding`: expected a list of 32-bit floating-point numbers (or of 16 or 64 bits), found a list of lists or of structs
    column `structure` of `fields.embedding`: expected a list of 32-bit floating-point numbers (or of 16 or 64 bits), found a struct, a map or a list of structs
    column `vektor` of `fields.embedding`: expected a list of 32-bit floating-point numbers (or of 16 or 64 bits), found no such column; the columns are `text`, `ints.list.item`, `number`, `nested.list.item.list.item`, `structure.x`, `structure.y`
    ");
}

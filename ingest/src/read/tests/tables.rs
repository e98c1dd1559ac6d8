use super::*;
use crate::source::Fields;
use ::parquet::basic::Compression;
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::ByteArray;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use std::sync::Arc;

const SCHEMA: &str = "message pages {
    required int64 id;
    optional binary text (UTF8);
    optional group meta { optional binary url (UTF8); }
    optional int32 day (DATE);
    optional binary author.name (UTF8);
}";

fn texts(rows: usize) -> Vec<Option<String>> {
    (0..rows)
        .map(|n| (n % 7 != 3).then(|| format!("{n}번째 글입니다. {}", "조금 더 적습니다. ".repeat(n % 20))))
        .collect()
}

/// A file with a row group for each of `groups`.
fn table(groups: &[Vec<Option<String>>], compression: Compression) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = WriterProperties::builder().set_compression(compression).set_data_page_row_count_limit(50);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    let mut first = 0;
    for texts in groups {
        let mut group = writer.next_row_group().unwrap();
        let rows = first..first + texts.len() as i64;
        let levels = vec![1i16; texts.len()];
        let names: Vec<ByteArray> = rows.clone().map(|n| format!("https://example.kr/{n}").as_str().into()).collect();
        for at in 0..5 {
            let mut column = group.next_column().unwrap().unwrap();
            match (at, column.untyped()) {
                (0, ColumnWriter::Int64ColumnWriter(id)) => {
                    id.write_batch(&rows.clone().collect::<Vec<_>>(), None, None).unwrap();
                }
                (1, ColumnWriter::ByteArrayColumnWriter(text)) => {
                    let levels: Vec<i16> = texts.iter().map(|text| i16::from(text.is_some())).collect();
                    let values: Vec<ByteArray> = texts.iter().flatten().map(|text| text.as_str().into()).collect();
                    text.write_batch(&values, Some(&levels), None).unwrap();
                }
                (2, ColumnWriter::ByteArrayColumnWriter(url)) => {
                    url.write_batch(&names, Some(&vec![2; texts.len()]), None).unwrap();
                }
                (3, ColumnWriter::Int32ColumnWriter(day)) => {
                    day.write_batch(&vec![19_782; texts.len()], Some(&levels), None).unwrap();
                }
                (_, ColumnWriter::ByteArrayColumnWriter(author)) => {
                    author.write_batch(&vec!["글쓴이".into(); texts.len()], Some(&levels), None).unwrap();
                }
                _ => panic!("another column"),
            }
            column.close().unwrap();
        }
        group.close().unwrap();
        first = rows.end;
    }
    writer.into_inner().unwrap()
}

fn fields(json: &str) -> Fields {
    serde_json::from_str(json).unwrap()
}

fn mapped() -> Fields {
    fields(r#"{"url": "/meta/url", "date": "day", "group": "author.name"}"#)
}

fn rows_of(bytes: Vec<u8>, fields: Fields, limit: usize) -> RecordReader {
    let source = SourceConfig { fields, ..SourceConfig::of(Format::Parquet) };
    RecordReader::new(&source, Box::new(Cursor::new(bytes)), limit, Path::new("."))
}

fn read(bytes: Vec<u8>, fields: Fields, limit: usize) -> Vec<RawRecord> {
    let mut reader = rows_of(bytes, fields, limit);
    std::iter::from_fn(|| reader.next_record().unwrap()).collect()
}

fn details(records: &[RawRecord]) -> Vec<&str> {
    let detail = |record| match record {
        &RawRecord { payload: Payload::Settled(Settled { ref detail, .. }), .. } => detail.as_str(),
        _ => "read",
    };
    records.iter().map(detail).collect()
}

#[test]
fn rows_are_read_in_every_compression() {
    let texts = texts(300);
    let groups = [texts[..120].to_vec(), texts[120..].to_vec()];
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        Compression::GZIP(Default::default()),
        Compression::BROTLI(Default::default()),
        Compression::ZSTD(Default::default()),
    ];
    for codec in codecs {
        let records = read(table(&groups, codec), mapped(), LIMIT);
        assert_eq!(records.len(), 300, "{codec}");
        for (at, record) in records.iter().enumerate() {
            let expected = FieldRecord {
                id: Some(at.to_string()),
                group: Some("글쓴이".to_owned()),
                text: texts[at].clone(),
                url: Some(format!("https://example.kr/{at}")),
                date: Some("2024-02-29".to_owned()),
                ..FieldRecord::default()
            };
            assert_eq!(record.ordinal, at as u64);
            assert_eq!(record.payload, Payload::Fields(expected), "{codec}");
        }
        assert!(records[0].offset < records[299].offset);
    }
}

#[test]
fn names_with_dots_reach_into_structs_too() {
    let rows = read(table(&[texts(1)], Compression::SNAPPY), fields(r#"{"url": "meta.url"}"#), LIMIT);
    assert!(matches!(&rows[0].payload, Payload::Fields(FieldRecord { url: Some(_), group: None, date: None, .. })));
}

#[test]
fn a_file_without_the_text_loses_every_row_in_words() {
    for (mapping, wanted) in [(r#"{"text": "본문"}"#, "`본문`"), (r#"{"html": "meta"}"#, "`meta`")] {
        let records = read(table(&[texts(3)], Compression::SNAPPY), fields(mapping), LIMIT);
        assert_eq!(reasons(&records), ["missing-field"; 3]);
        let columns = "the columns are `id`, `text`, `meta.url`, `day`, `author.name`";
        assert_eq!(details(&records)[2], format!("row 2 of row group 0: no text column {wanted}; {columns}"));
    }
}

#[test]
fn damage_costs_the_rows_of_one_group_and_each_is_counted() {
    let texts = texts(300);
    let groups: Vec<_> = texts.chunks(100).map(<[_]>::to_vec).collect();
    let whole = table(&groups, Compression::ZSTD(Default::default()));
    let offset = read(whole.clone(), mapped(), LIMIT)[100].offset as usize;
    let mut broken = whole.clone();
    // The second page of the second group's texts.
    broken[offset + 1000..offset + 1040].fill(0xff);
    let records = read(broken, mapped(), LIMIT);
    assert_eq!(records.len(), 300);
    assert!(records.iter().enumerate().all(|(at, record)| record.ordinal == at as u64));
    let lost: Vec<_> = reasons(&records).iter().map(|&reason| reason != "read").collect();
    assert!(lost[..100].iter().chain(&lost[200..]).all(|lost| !lost));
    assert!(lost[199] && lost[100..200].is_sorted(), "{lost:?}");
}

#[test]
fn a_file_that_is_cut_is_told_once() {
    let whole = table(&[texts(100)], Compression::SNAPPY);
    for bytes in [&whole[..whole.len() - 1], &whole[..50], b"", b"PAR1", b"{}"] {
        let records = read(bytes.to_vec(), mapped(), LIMIT);
        assert_eq!(details(&records), ["Parquet error: no Parquet footer: the file is cut off or of another format"]);
        assert_eq!(reasons(&records), ["unreadable-file"]);
    }
    let mut encrypted = whole;
    let end = encrypted.len();
    encrypted[end - 1] = b'E';
    assert_eq!(
        details(&read(encrypted, mapped(), LIMIT)),
        ["Parquet error: the footer is encrypted, which is not read"]
    );
}

#[test]
fn long_rows_are_passed_over_and_huge_pages_refused() {
    let long = |bytes: usize| Some("x".repeat(bytes));
    let few = texts(2);
    let groups = [vec![few[0].clone(), long(5000), few[1].clone()], vec![long(65 << 20)], few.clone()];
    let records = read(table(&groups, Compression::SNAPPY), mapped(), 4096);
    assert_eq!(reasons(&records), ["read", "record-too-long", "read", "unreadable-file", "read", "read"]);
    assert!(details(&records)[3].contains("67108864 are allowed"), "{}", details(&records)[3]);
}

#[test]
fn other_charsets_are_decoded() {
    let schema = Arc::new(parse_message_type("message m { required binary text; required binary page; }").unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for bytes in [&b"plain"[..], b"<meta charset=euc-kr><p>\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4</p>"] {
        let mut column = group.next_column().unwrap().unwrap();
        let ColumnWriter::ByteArrayColumnWriter(values) = column.untyped() else { panic!("another column") };
        values.write_batch(&[ByteArray::from(bytes.to_vec())], None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    let records = read(writer.into_inner().unwrap(), fields(r#"{"html": "page"}"#), LIMIT);
    let Payload::Fields(record) = &records[0].payload else { panic!("{records:?}") };
    assert_eq!(record.html.as_deref(), Some("<meta charset=euc-kr><p>안녕하세요</p>"));
    assert_eq!((record.charset, record.replaced), ("EUC-KR", 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_never_panic_and_never_run_on(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = table(&[texts(60), texts(60)], Compression::SNAPPY);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let most = bytes.len() * 2 + 100;
        let mut reader = rows_of(bytes, mapped(), LIMIT);
        let (mut records, mut next) = (0, 0);
        while let Some(record) = reader.next_record().unwrap() {
            prop_assert!(record.ordinal >= next);
            next = record.ordinal + 1;
            records += 1;
            prop_assert!(records <= most);
        }
        prop_assert!(records > 0);
    }
}

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::{Cursor, Write};

const LIMIT: usize = 1 << 20;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

/// Every codec with members.
const CODECS: [(&str, Pack); 4] = [("gzip", gzip), ("zstd", zstd), ("bzip2", bzip2), ("xz", xz)];

fn read_all(format: Format, bytes: Vec<u8>, limit: usize) -> Vec<RawRecord> {
    let mut reader = RecordReader::new(&SourceConfig::of(format), Box::new(Cursor::new(bytes)), limit, Path::new("."));
    std::iter::from_fn(|| reader.next_record().unwrap()).collect()
}

fn reasons(records: &[RawRecord]) -> Vec<&'static str> {
    let word = |record: &RawRecord| match &record.payload {
        Payload::Settled(settled) => settled.outcome.reason().map_or("kept", Reason::as_str),
        _ => "read",
    };
    records.iter().map(word).collect()
}

fn lines(count: usize) -> String {
    (0..count).map(|n| format!("{{\"text\": \"{n}번째 줄입니다. 조금 더 길게 써 둡니다.\"}}\n")).collect()
}

mod compressed {
    use super::*;

    #[test]
    fn every_packing_gives_the_same_records() {
        let text = lines(5000);
        let (half, rest) = text.split_at(text.find("{\"text\": \"2500").unwrap());
        let plain = read_all(Format::Jsonl, text.clone().into_bytes(), LIMIT);
        assert_eq!(plain.len(), 5000);
        let packings = [
            gzip(text.as_bytes()),
            [gzip(half.as_bytes()), gzip(b""), gzip(rest.as_bytes())].concat(),
            [gzip(text.as_bytes()), vec![0; 600]].concat(),
            zstd(text.as_bytes()),
            [zstd(half.as_bytes()), vec![0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3], zstd(rest.as_bytes())].concat(),
        ];
        for packing in packings {
            assert_eq!(read_all(Format::Jsonl, packing, LIMIT), plain);
        }
        for (name, pack) in CODECS {
            let whole = pack(text.as_bytes());
            let members = [pack(half.as_bytes()), pack(b""), pack(rest.as_bytes())].concat();
            assert_eq!(read_all(Format::Jsonl, whole, LIMIT), plain, "{name}");
            assert_eq!(read_all(Format::Jsonl, members, LIMIT), plain, "{name}");
        }
        // Padding of xz streams comes in fours.
        let padded = [xz(half.as_bytes()), vec![0; 8], xz(rest.as_bytes()), vec![0; 4]].concat();
        assert_eq!(read_all(Format::Jsonl, padded, LIMIT), plain);
    }

    #[test]
    fn what_is_packed_otherwise_is_refused_by_name() {
        let files: [(&[u8], &str); 3] = [
            (b"PK\x03\x04 and more", "a zip archive is not read, at byte 0 of the file as stored"),
            (&[0x04, 0x22, 0x4d, 0x18, 0x60], "an LZ4 file is not read, at byte 0 of the file as stored"),
            (b"PAR1....", "a Parquet file in a source of another format is not read, at byte 0 of the file as stored"),
        ];
        for (bytes, what) in files {
            for format in [Format::Jsonl, Format::Text, Format::Warc] {
                let records = read_all(format, bytes.to_vec(), LIMIT);
                let Payload::Settled(settled) = &records[0].payload else { panic!("{records:?}") };
                assert_eq!((records.len(), settled.detail.as_str()), (1, what));
            }
        }
    }

    #[test]
    fn a_window_above_the_bound_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(28).unwrap();
        encoder.write_all(lines(10).as_bytes()).unwrap();
        let records = read_all(Format::Jsonl, encoder.finish().unwrap(), LIMIT);
        assert_eq!(reasons(&records), ["unreadable-file"]);
        // A preset beyond all of xz's own, with a dictionary of half a gigabyte.
        let mut options = liblzma::stream::LzmaOptions::new_preset(0).unwrap();
        options.dict_size(512 << 20);
        let mut filters = liblzma::stream::Filters::new();
        filters.lzma2(&options);
        let stream = liblzma::stream::Stream::new_stream_encoder(&filters, liblzma::stream::Check::Crc32).unwrap();
        let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
        encoder.write_all(lines(10).as_bytes()).unwrap();
        let records = read_all(Format::Jsonl, encoder.finish().unwrap(), LIMIT);
        let Payload::Settled(settled) = &records[0].payload else { panic!("{records:?}") };
        assert!(settled.detail.starts_with("the xz stream wants more than 160 MiB of memory"), "{}", settled.detail);
    }

    #[test]
    fn a_gzip_header_may_carry_names_and_extras() {
        let header =
            [&[0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7][..], b"name\0comment\0", &[1, 2]].concat();
        let packed = [&header, &gzip(lines(3).as_bytes())[10..]].concat();
        assert_eq!(read_all(Format::Jsonl, packed, LIMIT).len(), 3);
    }

    #[test]
    fn what_came_before_the_break_is_kept() {
        // Bzip2 gives nothing of a block before its end, and has blocks of 900,000 bytes.
        for (what, pack) in CODECS {
            let packed = pack(lines(40_000).as_bytes());
            let cut = read_all(Format::Jsonl, packed[..packed.len() / 2].to_vec(), LIMIT);
            let (last, before) = cut.split_last().unwrap();
            assert!(before.len() > 1000, "{what}: {}", before.len());
            assert_eq!(before, &read_all(Format::Jsonl, lines(before.len()).into_bytes(), LIMIT));
            assert_eq!(reasons(&cut[before.len()..]), ["unreadable-file"], "{last:?}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_told_behind_the_records() {
        let mut packed = gzip(lines(10).as_bytes());
        let at = packed.len() - 8;
        packed[at] ^= 1;
        let records = read_all(Format::Jsonl, packed, LIMIT);
        assert_eq!(records.len(), 11);
        assert_eq!(reasons(&records[10..]), ["unreadable-file"]);
    }

    #[test]
    fn lines_go_on_with_the_next_member() {
        for (name, pack) in CODECS {
            let mut broken = pack(lines(50).as_bytes());
            let end = broken.len();
            broken[end / 2] ^= 0xff;
            let records = read_all(
                Format::Jsonl,
                [pack(lines(30).as_bytes()), broken, pack(lines(20).as_bytes())].concat(),
                LIMIT,
            );
            let reasons = reasons(&records);
            assert_eq!(reasons.iter().filter(|&&reason| reason == "unreadable-file").count(), 1, "{name}");
            assert!(
                reasons[..30].iter().chain(&reasons[reasons.len() - 20..]).all(|&reason| reason == "read"),
                "{name}"
            );
            let last = &records[records.len() - 20..];
            for (record, line) in last.iter().zip(lines(20).lines()) {
                assert_eq!(record.payload, Payload::Json(line.as_bytes().to_vec()), "{name}");
            }
        }
    }

    #[test]
    fn a_disk_error_is_no_record() {
        struct Failing;
        impl std::io::Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        impl std::io::Seek for Failing {
            fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
                Ok(0)
            }
        }
        for format in [Format::Jsonl, Format::Text, Format::Html, Format::Warc] {
            assert!(
                RecordReader::new(&SourceConfig::of(format), Box::new(Failing), LIMIT, Path::new("."))
                    .next_record()
                    .is_err()
            );
        }
    }
}

mod json_lines {
    use super::*;

    #[test]
    fn the_ordinal_is_the_line() {
        let records = read_all(Format::Jsonl, b"{}\r\n\n  \n{\"text\": 1}".to_vec(), LIMIT);
        let places: Vec<_> = records.iter().map(|r| (r.ordinal, r.offset)).collect();
        assert_eq!(places, [(0, 0), (3, 8)]);
    }

    #[test]
    fn utf16_is_told_once_for_the_whole_file() {
        for bom in ["", "\u{feff}"] {
            let text = format!("{bom}{}", lines(300));
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for bytes in [gzip(&little), little, big] {
                let records = read_all(Format::Jsonl, bytes, LIMIT);
                assert_eq!(reasons(&records), ["unreadable-file"]);
                let Payload::Settled(settled) = &records[0].payload else { panic!("{records:?}") };
                assert_eq!(settled.detail, "UTF-16 JSON lines are not read; convert the file to UTF-8");
            }
        }
    }

    #[test]
    fn a_line_without_end_is_passed_over() {
        let long = format!("{{\"text\": \"{}\"}}\n{}", "가".repeat(LIMIT), lines(2));
        let records = read_all(Format::Jsonl, gzip(long.as_bytes()), LIMIT);
        assert_eq!(reasons(&records), ["record-too-long", "read", "read"]);
        let endless = read_all(Format::Jsonl, vec![b'x'; LIMIT + 1], LIMIT);
        assert_eq!(reasons(&endless), ["record-too-long"]);
        let fits = read_all(Format::Jsonl, vec![b'x'; LIMIT], LIMIT);
        assert_eq!(reasons(&fits), ["read"]);
    }
}

mod whole_files {
    use super::*;

    #[test]
    fn one_file_is_one_record() {
        let page = "<p>안녕하세요</p>".as_bytes().to_vec();
        assert_eq!(read_all(Format::Html, gzip(&page), LIMIT)[0].payload, Payload::Html(page));
        assert_eq!(reasons(&read_all(Format::Text, vec![b'a'; LIMIT + 1], LIMIT)), ["record-too-long"]);
        assert_eq!(reasons(&read_all(Format::Text, vec![], LIMIT)), ["read"]);
    }

    #[test]
    fn half_a_file_is_a_record_and_its_damage_another() {
        let text = lines(20_000).into_bytes();
        let packed = gzip(&text);
        let records = read_all(Format::Text, packed[..packed.len() / 2].to_vec(), 16 << 20);
        assert_eq!(reasons(&records), ["read", "unreadable-file"]);
        assert!(matches!(&records[0].payload, Payload::Text(half) if text.starts_with(half) && half.len() > 10_000));
    }
}

mod archives;
mod memory;
mod messages;
mod tables;
mod vectors;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic_or_run_forever(bytes in prop::collection::vec(any::<u8>(), 0..400), format in 0..4usize) {
        let format = [Format::Jsonl, Format::Text, Format::Html, Format::Warc][format];
        let count = bytes.len() + 2;
        let mut reader = RecordReader::new(&SourceConfig::of(format), Box::new(Cursor::new(bytes)), 64, Path::new("."));
        let mut records = 0;
        while reader.next_record().unwrap().is_some() {
            records += 1;
            prop_assert!(records <= count);
        }
    }

    #[test]
    fn damaged_streams_end_and_offsets_never_go_back(codec in 0..4usize, flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let pack = CODECS[codec].1;
        let mut bytes: Vec<u8> = (0..4).flat_map(|n| pack(lines(n * 20).as_bytes())).collect();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let size = bytes.len() as u64;
        let mut stream = Stream::new(Box::new(Cursor::new(bytes)));
        let (mut offset, mut damages) = (0, 0);
        loop {
            match stream.fill() {
                Ok([]) => break,
                Ok(more) => {
                    let used = more.len().div_ceil(2);
                    stream.consume(used);
                }
                Err(StreamError::Disk(error)) => panic!("{error}"),
                Err(StreamError::Damaged(damage)) => {
                    damages += 1;
                    prop_assert!(damage.at <= size && damages <= size);
                    if !stream.search_member().unwrap() {
                        break;
                    }
                }
            }
            prop_assert!(stream.offset() >= offset && stream.stored_bytes() <= size);
            offset = stream.offset();
        }
    }

    #[test]
    fn offsets_grow_and_ordinals_are_never_repeated(text in "(\\{\\}|[a-z가-힣]{0,30}|\n){0,20}") {
        let records = read_all(Format::Jsonl, text.into_bytes(), 40);
        for pair in records.windows(2) {
            prop_assert!(pair[0].ordinal < pair[1].ordinal && pair[0].offset < pair[1].offset);
        }
    }
}

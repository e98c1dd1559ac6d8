use super::*;
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, UInt32Type, UInt64Type};
use malmoi_engine::{Cancel, EngineConfig, Silent};
use malmoi_schemas::{Counts, DOCUMENTS, LEDGER, Reason, column};
use std::fs;
use std::io::Write;
use std::sync::Arc;

fn story(n: usize) -> String {
    let places = ["시장", "강가", "도서관", "버스 정류장", "운동장"];
    format!(
        "{n}번째 이야기는 {}에서 시작된다. 아침부터 비가 내렸고 사람들은 처마 밑에 모여 섰다.\n우산 {n}개가 나란히 펼쳐졌다가 하나씩 골목으로 사라졌다.",
        places[n % places.len()]
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// JSON lines with faults, a folder of small pages in two charsets, and a small archive.
fn corpus(base: &Path) -> Vec<SourceConfig> {
    fs::create_dir_all(base.join("pages")).unwrap();
    let mut lines = String::new();
    for n in 0..400 {
        lines += &match n % 100 {
            7 => "{\"text\": \"너무 짧다\"}\n".to_owned(),
            8 => "{\"text\": \n".to_owned(),
            9 => "{\"url\": \"https://example.kr/empty\"}\n".to_owned(),
            _ => format!("{}\n", serde_json::json!({"text": story(n), "url": format!("https://example.kr/{n}")})),
        };
    }
    fs::write(base.join("lines.jsonl.gz"), gzip(lines.as_bytes())).unwrap();
    for n in 0..30 {
        let page = format!("<html><head><title>글 {n}</title></head><body><p>{}</p></body></html>", story(n));
        let bytes = if n % 2 == 0 { page.into_bytes() } else { encoding_rs::EUC_KR.encode(&page).0.into_owned() };
        fs::write(base.join("pages").join(format!("{n:02}.html")), bytes).unwrap();
    }
    let archive: Vec<u8> = (0..10)
        .flat_map(|n| {
            let block = format!("HTTP/1.1 {} OK\r\nContent-Type: text/html\r\n\r\n<p>{}</p>", 200 + n % 5 * 101, story(n));
            let length = block.len();
            gzip(format!("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.kr/w{n}\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n").as_bytes())
        })
        .collect();
    fs::write(base.join("crawl.warc.gz"), archive).unwrap();
    serde_json::from_value(serde_json::json!([
        {"name": "lines", "paths": "lines.jsonl.gz", "format": "jsonl", "rules": {"min_characters": 20}},
        {"name": "pages", "paths": ["pages/*.html"], "format": "html"},
        {"name": "crawl", "paths": ["crawl.warc.gz"], "format": "warc"},
    ]))
    .unwrap()
}

fn small_splits() -> IngestConfig {
    serde_json::from_value(serde_json::json!({"split": "4 KiB"})).unwrap()
}

fn session(folder: &Path, threads: usize) -> Session {
    let config = EngineConfig { threads: threads.try_into().ok(), ..EngineConfig::default() };
    Session::open(folder.to_str().unwrap(), &config, Arc::new(Silent), Cancel::default()).unwrap()
}

fn rows(session: &Session, published: &Published, set: FileSet) -> Vec<RecordBatch> {
    let format = if set == FileSet::Ledger { LEDGER } else { DOCUMENTS };
    let parts = published.manifest.files_of(set);
    parts.flat_map(|file| session.read_part(&published.path(file), format, None).unwrap().map(Result::unwrap)).collect()
}

fn strings<'a>(batch: &'a RecordBatch, name: &str) -> impl Iterator<Item = Option<&'a str>> {
    batch.column_by_name(name).unwrap().as_string::<i32>().iter()
}

#[test]
fn every_record_ends_in_one_place() {
    let base = tempfile::tempdir().unwrap();
    let sources = corpus(base.path());
    let session = session(&base.path().join("run"), 2);
    let ingested = run(&session, &sources, &small_splits(), base.path()).unwrap();
    assert!(!ingested.skipped);
    let manifest = &ingested.published.manifest;

    let counts = |source: &str| manifest.sources[source].clone();
    let mut expected = Counts::default();
    (0..388).for_each(|_| expected.add(Outcome::Kept));
    for reason in [Reason::BadJson, Reason::MissingField] {
        (0..4).for_each(|_| expected.add(Outcome::Errored(reason)));
    }
    (0..4).for_each(|_| expected.add(Outcome::Removed(Reason::TooShort)));
    assert_eq!(counts("lines"), expected);
    assert_eq!((counts("pages").read, counts("pages").kept), (30, 30));
    assert_eq!((counts("crawl").kept, counts("crawl").removed[&Reason::HttpStatus]), (2, 8));

    let documents = rows(&session, &ingested.published, FileSet::Documents);
    let mut ids = HashSet::new();
    for batch in &documents {
        for row in 0..batch.num_rows() {
            let number = |name| batch.column_by_name(name).unwrap().as_primitive::<UInt32Type>().value(row);
            let signals = batch.column_by_name(column::SIGNALS).unwrap().as_struct();
            let share = |name| signals.column_by_name(name).unwrap().as_primitive::<Float32Type>().value(row);
            let text = |name| batch.column_by_name(name).unwrap().as_string::<i32>().value(row).to_owned();
            let record = batch.column_by_name(column::RECORD).unwrap().as_primitive::<UInt64Type>().value(row);
            let id = batch.column_by_name(column::ID).unwrap().as_fixed_size_binary().value(row);
            assert_eq!(id, DocumentId::of_place(&text(column::SOURCE), &text(column::FILE), record).0);
            assert!(ids.insert(id.to_vec()));
            assert_eq!(number(column::CHARACTERS) as usize, text(column::TEXT).chars().count());
            assert_eq!(number(column::CLUSTER_SIZE), 1);
            assert!(share("hangul_share") > 0.5);
        }
    }
    assert_eq!(ids.len() as u64, manifest.counts.kept);
    let ledger = rows(&session, &ingested.published, FileSet::Ledger);
    assert_eq!(ledger.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, manifest.counts.read);
    let details: HashSet<String> =
        ledger.iter().flat_map(|b| strings(b, column::DETAIL).flatten()).map(str::to_owned).collect();
    assert!(details.contains("5 characters, at least 20 wanted"), "{details:?}");
    let removed = rows(&session, &ingested.published, FileSet::Removed);
    assert!(removed.iter().flat_map(|batch| strings(batch, column::TEXT)).all(|text| text == Some("너무 짧다")));
}

#[test]
fn threads_leave_no_trace() {
    let base = tempfile::tempdir().unwrap();
    let sources = corpus(base.path());
    let manifest = |threads: usize| {
        let session = session(&base.path().join(format!("run-{threads}")), threads);
        run(&session, &sources, &small_splits(), base.path()).unwrap().published.manifest
    };
    let one = manifest(1);
    assert!(one.files_of(FileSet::Ledger).count() > 20, "too few units to tell");
    assert_eq!(one, manifest(2));
    assert_eq!(one, manifest(7));
}

#[test]
fn the_same_again_is_skipped_and_a_change_is_not() {
    let base = tempfile::tempdir().unwrap();
    let sources = corpus(base.path());
    let session = session(&base.path().join("run"), 2);
    let ingest = |config: &IngestConfig| run(&session, &sources, config, base.path()).unwrap();
    let first = ingest(&small_splits());
    let again = ingest(&small_splits());
    assert!(again.skipped);
    assert_eq!(first.published, again.published);

    let stricter = serde_json::from_value(serde_json::json!({"split": "4 KiB", "rules": {"min_hangul_share": 0.9}}));
    let stricter = ingest(&stricter.unwrap());
    assert!(!stricter.skipped);
    assert_ne!(first.published.manifest.version, stricter.published.manifest.version);

    fs::write(base.path().join("pages/00.html"), "<p>바뀐 글</p>").unwrap();
    let changed = ingest(&small_splits());
    assert!(!changed.skipped);
    assert_eq!(changed.published.manifest.sources["pages"].kept, 29);
}

#[test]
fn flipped_bytes_cost_what_they_hit() {
    let base = tempfile::tempdir().unwrap();
    let sources = corpus(base.path());
    let mut lines = fs::read(base.path().join("lines.jsonl.gz")).unwrap();
    let at = lines.len() * 2 / 3;
    lines[at] ^= 0x55;
    fs::write(base.path().join("lines.jsonl.gz"), lines).unwrap();
    let mut archive = fs::read(base.path().join("crawl.warc.gz")).unwrap();
    let at = archive.len() / 2;
    archive[at] ^= 0x55;
    fs::write(base.path().join("crawl.warc.gz"), archive).unwrap();

    let session = session(&base.path().join("run"), 2);
    let published = run(&session, &sources, &small_splits(), base.path()).unwrap().published;
    let lines = &published.manifest.sources["lines"];
    assert!(lines.kept > 200, "{lines:?}");
    assert_eq!(lines.errored.get(&Reason::UnreadableFile), Some(&1), "{lines:?}");
    let crawl = &published.manifest.sources["crawl"];
    assert_eq!(crawl.read, 10, "{crawl:?}");
    assert_eq!(crawl.errored_total(), 1, "{crawl:?}");
    let ledger = rows(&session, &published, FileSet::Ledger);
    let broken: Vec<_> = ledger
        .iter()
        .flat_map(|batch| strings(batch, column::REASON).zip(strings(batch, column::DETAIL)))
        .filter(|(reason, _)| *reason == Some(Reason::UnreadableFile.as_str()))
        .collect();
    assert!(broken.iter().all(|(_, detail)| detail.is_some_and(|detail| detail.contains("at byte"))), "{broken:?}");
}

#[test]
fn recipes_that_contradict_themselves_are_refused() {
    let base = tempfile::tempdir().unwrap();
    let session = session(&base.path().join("run"), 1);
    let mut sources = corpus(base.path());
    let refused = |sources: &[SourceConfig]| run(&session, sources, &small_splits(), base.path()).unwrap_err();
    assert!(matches!(refused(&[]), IngestError::NoSource));
    assert!(matches!(refused(&[sources[0].clone(), sources[0].clone()]), IngestError::DuplicateSource { .. }));
    sources[0].rules = serde_json::from_str(r#"{"max_characters": 1}"#).unwrap();
    assert!(matches!(refused(&sources), IngestError::Rules { .. }));
}

#[test]
fn small_files_share_a_unit_and_large_ones_are_split() {
    let base = tempfile::tempdir().unwrap();
    let sources = corpus(base.path());
    let session = session(&base.path().join("run"), 1);
    let published = run(&session, &sources, &small_splits(), base.path()).unwrap().published;
    let parts: Vec<_> = published.manifest.files_of(FileSet::Ledger).map(|file| file.path.clone()).collect();
    assert!(parts.contains(&"ledger/00000-00003.parquet".to_owned()), "{parts:?}");
    let pages = parts.iter().filter(|path| path.ends_with("-00000.parquet")).count();
    assert!(pages < 15, "{parts:?}");
}

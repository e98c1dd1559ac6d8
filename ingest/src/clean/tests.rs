use super::*;
use crate::config::IngestConfig;
use crate::read::{ArchiveKind, ArchiveRecord, Settled};
use crate::source::Format;
use malmoi_schemas::Reason;

const TEXT: &str = "장날이면 할머니는 첫차를 타고 읍내로 나가셨다. 돌아오는 길에는 늘 뻥튀기 한 봉지가 들려 있었고, 나는 정류장에서 그 봉지를 기다렸다.";

fn equipment() -> Equipment {
    Equipment { limit: 1 << 20, ..Equipment::of_config(&IngestConfig::default()).unwrap() }
}

fn clean(payload: Payload) -> Cleaned {
    Cleaner::new(&SourceConfig::of(Format::Jsonl), Rules::default(), &equipment()).clean(payload)
}

fn response(head: &str, body: &[u8]) -> Cleaned {
    let block = [b"HTTP/1.1 ", head.as_bytes(), b"\r\n\r\n", body].concat();
    clean(Payload::Archived(ArchiveRecord {
        kind: ArchiveKind::Response,
        url: Some("https://example.kr/".to_owned()),
        date: Some("2024-03-01T09:00:00Z".to_owned()),
        content_type: Some("application/http; msgtype=response".to_owned()),
        block,
    }))
}

fn text(cleaned: &Cleaned) -> &str {
    cleaned.document.as_ref().map_or("", |document| &document.text)
}

#[test]
fn a_line_becomes_a_document() {
    let line = serde_json::json!({"text": TEXT, "title": "장날\n이야기", "url": "https://example.kr/1"}).to_string();
    let cleaned = clean(Payload::Json(line.into_bytes()));
    assert_eq!(cleaned.outcome, Outcome::Kept);
    assert_eq!(text(&cleaned), TEXT);
    let document = cleaned.document.unwrap();
    assert_eq!(document.title.as_deref(), Some("장날 이야기"));
    assert_eq!(document.signals.characters as usize, TEXT.chars().count());
}

#[test]
fn bad_bytes_in_a_line_cost_no_document() {
    let mut line = serde_json::json!({"text": TEXT}).to_string().into_bytes();
    line.insert(40, 0xff);
    let cleaned = clean(Payload::Json(line));
    assert_eq!((cleaned.outcome, cleaned.document.unwrap().replaced), (Outcome::Kept, 3));
    let legacy = encoding_rs::EUC_KR.encode(&serde_json::json!({"text": TEXT}).to_string()).0.into_owned();
    let cleaned = clean(Payload::Json(legacy));
    assert_eq!((text(&cleaned), cleaned.document.as_ref().unwrap().charset), (TEXT, "EUC-KR"));
}

#[test]
fn records_without_text_are_told_why() {
    let outcome = |line: &str| clean(Payload::Json(line.as_bytes().to_vec()));
    let bad = outcome("{\"text\": ");
    assert_eq!(bad.outcome, Outcome::Errored(Reason::BadJson));
    let missing = outcome("{\"url\": \"https://example.kr/2\"}");
    assert_eq!(missing.outcome, Outcome::Errored(Reason::MissingField));
    assert_eq!(missing.url.as_deref(), Some("https://example.kr/2"));
    assert_eq!(missing.detail.as_deref(), Some("no text in `text`"));
    assert_eq!(outcome("{\"text\": \" \\u200b\"}").outcome, Outcome::Removed(Reason::Empty));
    assert_eq!(outcome("{\"text\": \"짧다\"}").outcome, Outcome::Removed(Reason::TooShort));
}

#[test]
fn a_response_is_read_by_its_type() {
    let page = format!("<html><body><p>{TEXT}</p></body></html>");
    let kept = response("200 OK\r\nContent-Type: text/html; charset=\"euc-kr\"", &encoding_rs::EUC_KR.encode(&page).0);
    assert_eq!((kept.outcome, text(&kept)), (Outcome::Kept, TEXT));
    assert_eq!(kept.document.unwrap().date.as_deref(), Some("2024-03-01T09:00:00Z"));
    assert_eq!(text(&response("200 OK", page.as_bytes())), TEXT);
    assert_eq!(text(&response("200 OK\r\nContent-Type: text/plain", TEXT.as_bytes())), TEXT);
    assert_eq!(text(&response("200 OK\r\nContent-Type: text/plain", page.as_bytes())), TEXT);
    let outcomes = [
        ("200 OK\r\nContent-Type: image/png", Outcome::Removed(Reason::NotText)),
        ("404 Not Found\r\nContent-Type: text/html", Outcome::Removed(Reason::HttpStatus)),
        ("200 OK\r\nContent-Encoding: compress", Outcome::Errored(Reason::UnsupportedCoding)),
        ("200 OK\r\nContent-Encoding: gzip", Outcome::Errored(Reason::BadRecord)),
        ("200 OK", Outcome::Removed(Reason::NotText)),
    ];
    for (head, outcome) in outcomes {
        assert_eq!(response(head, b"\x00\x01\x02").outcome, outcome, "{head}");
    }
}

#[test]
fn a_bomb_in_a_body_is_errored() {
    let equipment = Equipment { limit: 1000, ..equipment() };
    let mut cleaner = Cleaner::new(&SourceConfig::of(Format::Warc), Rules::default(), &equipment);
    let block = [&b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"[..], &gzip(&[b'a'; 100_000])].concat();
    let record = ArchiveRecord { kind: ArchiveKind::Response, url: None, date: None, content_type: None, block };
    assert_eq!(cleaner.clean(Payload::Archived(record)).outcome, Outcome::Errored(Reason::RecordTooLong));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_the_reader_settled_stays_settled() {
    let outcome = Outcome::Errored(Reason::TruncatedRecord);
    let settled = Settled { outcome, detail: "3 of 9 bytes are there".to_owned(), url: None };
    let cleaned = clean(Payload::Settled(settled));
    assert_eq!((cleaned.outcome, cleaned.document), (outcome, None));
}

/// dps deletes U+1100–11FF; datatrove, cc_net and RedPajama leave decomposed text apart.
#[test]
fn hangul_is_never_broken() {
    use unicode_normalization::UnicodeNormalization;
    let decomposed: String = TEXT.nfd().collect();
    assert_eq!(text(&clean(Payload::Text(decomposed.into_bytes()))), TEXT);
    let old = format!("나랏말ᄊᆞ미 듕귁에 달아 — {TEXT} 감사합니다ㅋㅋㅋ 大韓");
    assert_eq!(text(&clean(Payload::Text(old.clone().into_bytes()))), old);
}

/// `explain URL` looks for one spelling, whatever became of the record.
#[test]
fn addresses_are_written_alike_whatever_becomes_of_the_record() {
    let cleaned = |text: &str, url: &str| {
        clean(Payload::Json(serde_json::json!({"text": text, "url": url}).to_string().into_bytes())).url
    };
    let settled = |url: &str| {
        let outcome = Outcome::Errored(Reason::TruncatedRecord);
        clean(Payload::Settled(Settled { outcome, detail: String::new(), url: Some(url.to_owned()) })).url
    };
    for url in [" https://example.kr/a\n b\u{200b} ", "https://example.kr/\u{1112}\u{1161}\u{11ab}"] {
        let kept = cleaned(TEXT, url);
        assert_eq!(settled(url), kept);
        assert_ne!(kept.as_deref(), Some(url));
        let missing = serde_json::json!({"url": url}).to_string().into_bytes();
        assert_eq!(clean(Payload::Json(missing)).url, kept);
    }
    let endless = format!("https://example.kr/{}", "가".repeat(100_000));
    assert_eq!(cleaned(TEXT, &endless).map(|url| url.len() <= 8 << 10), Some(true));
}

/// Peers drop a page for one bad byte, or keep it when nothing but bad bytes is left of it.
#[test]
fn bad_bytes_cost_the_page_only_when_they_are_most_of_it() {
    let mut bytes = TEXT.as_bytes().to_vec();
    bytes.insert(30, 0xff);
    assert_eq!(clean(Payload::Text(bytes)).outcome, Outcome::Kept);
    let broken = TEXT.replace(|c: char| c.is_whitespace() || c == '다', "\u{fffd}\u{fffd}");
    let cleaned = clean(Payload::Text(broken.into_bytes()));
    assert_eq!(cleaned.outcome, Outcome::Removed(Reason::Undecodable));
    assert!(cleaned.detail.unwrap().contains("% replacement characters"));
}

#[test]
fn a_compressed_body_that_is_not_read_is_told_by_its_coding() {
    let cleaned = response("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: compress", b"\x1f\x9d\x90");
    assert_eq!(cleaned.outcome, Outcome::Errored(Reason::UnsupportedCoding));
    assert_eq!(
        cleaned.detail.as_deref(),
        Some("the content coding `compress` is not supported; gzip, deflate, br and zstd are")
    );
}

use super::*;

fn record(kind: &str, url: &str, block: &str) -> String {
    let length = block.len();
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-01T09:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
    )
}

fn page(n: usize) -> String {
    let text = "긴 글이 이어집니다. ".repeat(20 + n);
    record("response", &format!("https://example.kr/{n}"), &format!("HTTP/1.1 200 OK\r\n\r\n<p>{n}: {text}</p>"))
}

fn read(bytes: impl Into<Vec<u8>>) -> Vec<RawRecord> {
    read_all(Format::Warc, bytes.into(), LIMIT)
}

fn urls(records: &[RawRecord]) -> Vec<String> {
    let url = |record: &RawRecord| match &record.payload {
        Payload::Archived(ArchiveRecord { url, .. }) | Payload::Settled(Settled { url, .. }) => url.clone(),
        _ => None,
    };
    records.iter().map(|record| url(record).unwrap_or_default().replace("https://example.kr/", "")).collect()
}

fn by_member(records: &[String]) -> Vec<u8> {
    records.iter().flat_map(|record| gzip(record.as_bytes())).collect()
}

#[test]
fn plain_and_packed_archives_are_the_same() {
    let records: Vec<_> = (0..20).map(page).collect();
    let plain = read(records.concat());
    assert_eq!(plain.len(), 20);
    assert_eq!(reasons(&plain), ["read"; 20]);
    for packed in [by_member(&records), gzip(records.concat().as_bytes()), zstd(records.concat().as_bytes())] {
        assert_eq!(read(packed), plain);
    }
    // Members that end anywhere, as parallel compressors make them.
    let members: Vec<u8> = records.concat().as_bytes().chunks(777).flat_map(gzip).collect();
    assert_eq!(read(members), plain);
}

#[test]
fn heads_are_read_leniently() {
    let block = "HTTP/1.0 200\n\nok";
    let loose = format!(
        "\n\nWARC/0.18\nwarc-type:response\nWARC-Target-URI: <https://example.kr/가\n 나>\ncontent-length : {}\n\n{block}\n",
        block.len()
    );
    let records = read(loose + &page(1));
    assert_eq!(urls(&records), ["가 나", "1"]);
    assert_eq!(reasons(&records), ["read", "read"]);
}

#[test]
fn other_records_are_counted_as_no_documents() {
    let records =
        read(record("warcinfo", "x", "software: x") + &record("request", "x", "GET /") + &record("", "x", "?"));
    assert_eq!(reasons(&records), ["not-a-document"; 3]);
}

#[test]
fn a_wrong_length_costs_one_record() {
    let wrong = |length: &str| {
        let page = page(1);
        let at = page.find("Content-Length: ").unwrap() + "Content-Length: ".len();
        let end = at + page[at..].find('\r').unwrap();
        [&page[..at], length, &page[end..]].concat()
    };
    for length in ["10", "1500", "900000", "99999999999", "18446744073709551616", "-1", "", "viel"] {
        let records = [page(0), wrong(length), page(2), page(3)];
        let plain = read(records.concat());
        assert_eq!(reasons(&plain)[0], "read", "{length}");
        assert_eq!(urls(&plain), ["0", "1", "2", "3"], "{length}");
        assert_eq!(plain.len() - reasons(&plain).iter().filter(|&&r| r == "read").count(), 1, "{length}");
        let packed = read(by_member(&records));
        assert_eq!(urls(&packed), ["0", "1", "2", "3"], "{length}");
        assert_ne!(reasons(&packed)[1], "read", "{length}");
    }
}

#[test]
fn a_broken_member_costs_one_record() {
    let members: Vec<Vec<u8>> = (0..6).map(|n| gzip(page(n).as_bytes())).collect();
    for at in [0, 1, 2, 3, 12, 40, members[2].len() - 7, members[2].len() - 2] {
        let mut broken = members.clone();
        broken[2][at] ^= 0xff;
        let records = read(broken.concat());
        let lost: Vec<_> = reasons(&records).into_iter().enumerate().filter(|(_, r)| *r != "read").collect();
        assert_eq!(lost.len(), 1, "byte {at}: {lost:?}");
        assert_eq!(lost[0].0, 2, "byte {at}: {lost:?}");
        assert_eq!(records.len(), 6, "byte {at}");
    }
}

#[test]
fn a_cut_archive_gives_all_but_the_last() {
    let records: Vec<_> = (0..3).map(page).collect();
    let plain = records.concat();
    let cut = read(plain[..plain.len() - 100].trim_end_matches(|c: char| !c.is_ascii()).to_owned());
    assert_eq!(reasons(&cut), ["read", "read", "truncated-record"]);
    let mut packed = by_member(&records);
    packed.truncate(packed.len() - 20);
    assert_eq!(reasons(&read(packed)), ["read", "read", "unreadable-file"]);
}

#[test]
fn a_block_above_the_limit_is_passed_over() {
    let long = record("response", "https://example.kr/long", &"x".repeat(LIMIT + 1));
    let archive = [page(0), long, page(1)];
    for bytes in [archive.concat().into_bytes(), by_member(&archive), gzip(archive.concat().as_bytes())] {
        let records = read(bytes);
        assert_eq!(reasons(&records), ["read", "record-too-long", "read"]);
        assert_eq!(urls(&records), ["0", "long", "1"]);
    }
}

#[test]
fn rubbish_between_records_is_one_errored_record() {
    let records = read(format!("{}이것은 기록이 아니다\r\n\r\n{}", page(0), page(1)));
    assert_eq!(reasons(&records), ["bad-record", "read"]);
    assert_eq!(reasons(&read("PK\u{3}\u{4} zip")), ["bad-record"]);
    assert_eq!(
        reasons(&read(format!("WARC/1.0\r\nX: {}\r\n\r\n{}", "x".repeat(LIMIT), page(1)))),
        ["bad-record", "read"]
    );
}

#[test]
fn many_lies_about_length_do_not_cost_the_square() {
    // Each of 20,000 short records claims to be almost a megabyte long: 20 GB if every claim were read again.
    let lie = "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 1000000\r\n\r\nx\r\n\r\n".repeat(20_000);
    let started = std::time::Instant::now();
    assert!(!read(gzip(lie.as_bytes())).is_empty());
    assert!(started.elapsed().as_secs() < 60);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_flipped_byte_costs_few_records(at in any::<prop::sample::Index>(), bit in 0..8u8, packed in any::<bool>()) {
        let records: Vec<_> = (0..8).map(page).collect();
        let mut bytes = if packed { by_member(&records) } else { records.concat().into_bytes() };
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let found = read(bytes);
        let good = reasons(&found).iter().filter(|&&reason| reason == "read").count();
        prop_assert!(good >= 6, "{good} of 8 after byte {at}");
    }
}

/// Records that `grep -c '^WARC/'` finds in samples without damage, from the test data of archive libraries.
#[test]
fn samples_of_archive_libraries_are_read() {
    let data = std::env::var("MALMOI_DATA").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let folder = std::path::Path::new(&data).join("web/warc_samples");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no {}; set MALMOI_DATA", folder.display());
        return;
    };
    let mut table: Vec<String> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let records = read_all(Format::Warc, std::fs::read(&path).unwrap(), 16 << 20);
            let mut counts = std::collections::BTreeMap::<_, usize>::new();
            reasons(&records).into_iter().for_each(|reason| *counts.entry(reason).or_default() += 1);
            format!("{} {counts:?}", path.file_name().unwrap().to_string_lossy())
        })
        .collect();
    table.sort();
    insta::assert_snapshot!(table.join("\n"));
}

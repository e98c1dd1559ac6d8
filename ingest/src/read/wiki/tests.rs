use super::*;
use crate::read::{FieldRecord, Payload};
use malmoi_schemas::Outcome;
use proptest::prelude::*;
use std::fmt::Write;

const LIMIT: usize = 1 << 20;

const HEAD: &str = r#"<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="ko">
  <siteinfo>
    <sitename>가람백과</sitename>
    <base>https://ko.example.org/wiki/%EB%8C%80%EB%AC%B8</base>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">토론</namespace>
      <namespace key="10" case="first-letter">틀</namespace>
    </namespaces>
  </siteinfo>
"#;

fn page(title: &str, more: &str, text: &str) -> String {
    let revision = "<contributor><username>누리</username><id>7</id></contributor><model>wikitext</model>";
    format!(
        "  <page>\n    <title>{title}</title>\n    <ns>0</ns>\n    <id>12</id>\n{more}    <revision>\n      <id>99</id>\n      \
         <timestamp>2024-02-29T13:05:00Z</timestamp>\n      {revision}\n      <text bytes=\"9\" xml:space=\"preserve\">{text}</text>\n    \
         </revision>\n  </page>\n"
    )
}

fn dump(pages: &[String]) -> String {
    format!("{HEAD}{}</mediawiki>\n", pages.concat())
}

fn read_stream(stream: Stream, limit: usize) -> Vec<RawRecord> {
    let mut reader = WikiReader::new(stream, limit, BTreeSet::from([0]));
    std::iter::from_fn(|| reader.next_record().unwrap()).collect()
}

fn read(xml: &str, limit: usize) -> Vec<RawRecord> {
    let records = read_stream(stream(xml.as_bytes(), 1 << 17), limit);
    for chunk in [1, 7, 64] {
        assert_eq!(read_stream(stream(xml.as_bytes(), chunk), limit), records, "in pieces of {chunk} bytes");
    }
    records
}

fn fields(record: &RawRecord) -> &FieldRecord {
    match &record.payload {
        Payload::Wikitext(fields) => fields,
        other => panic!("{other:?}"),
    }
}

/// One line for each record: what it is and where.
fn told(records: &[RawRecord]) -> String {
    let mut lines = String::new();
    for record in records {
        let _ = match &record.payload {
            Payload::Wikitext(fields) => writeln!(lines, "{} read {:?}", record.ordinal, fields.title.as_deref()),
            Payload::Settled(settled) => {
                let reason = settled.outcome.reason().map_or("", Reason::as_str);
                writeln!(lines, "{} {} {reason}: {}", record.ordinal, settled.outcome.as_str(), settled.detail)
            }
            other => panic!("{other:?}"),
        };
    }
    lines
}

#[test]
fn a_page_and_what_it_says_of_itself() {
    let text = "'''가람 &amp; 누리'''&lt;ref&gt;주&lt;/ref&gt; &amp;nbsp;&#44032;&quot; &bogus; & 끝";
    let xml = dump(&[page("가람 &amp; 누리/옛 이름?", "", text)]);
    let records = read(&xml, LIMIT);
    let record = fields(&records[0]);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].offset, xml.find("<page>").unwrap() as u64);
    assert_eq!(record.title.as_deref(), Some("가람 & 누리/옛 이름?"));
    assert_eq!(record.id.as_deref(), Some("12"));
    assert_eq!(record.date.as_deref(), Some("2024-02-29T13:05:00Z"));
    assert_eq!(record.text.as_deref(), Some("'''가람 & 누리'''<ref>주</ref> &nbsp;가\" &bogus; & 끝"));
    let url = "https://ko.example.org/wiki/%EA%B0%80%EB%9E%8C_%26_%EB%88%84%EB%A6%AC/%EC%98%9B_%EC%9D%B4%EB%A6%84%3F";
    assert_eq!(record.url.as_deref(), Some(url));
}

#[test]
fn what_is_no_document_is_settled_with_its_reason() {
    let hidden = |with: &str| page("나", "", "x").replace("<text bytes=\"9\" xml:space=\"preserve\">x</text>", with);
    let pages = [
        page("토론:가", "", "말").replace("<ns>0</ns>", "<ns>1</ns>"),
        page("틀:가", "", "말").replace("    <ns>0</ns>\n", ""),
        page("가", "    <redirect title=\"가람 &amp; 누리\" />\n", "#넘겨주기 [[x]]"),
        page("가", "", "#REDIRECT [[나]]"),
        page("가.js", "", "var x").replace("wikitext", "javascript"),
        hidden("<text bytes=\"9\" deleted=\"deleted\" />"),
        hidden("<text bytes=\"9\" id=\"3\" />"),
        hidden("<text bytes=\"0\" />"),
        page("가", "", "말").replace("<revision>", "<rev>"),
        page("가", "", "<b>말</b>"),
        "<page/><page></page>\n".to_owned(),
    ];
    insta::assert_snapshot!(told(&read(&dump(&pages), LIMIT)), @r#"
    0 removed not-a-document: a page of namespace 1 (토론)
    1 removed not-a-document: a page of namespace 10 (틀)
    2 removed not-a-document: a redirect to 가람 & 누리
    3 removed not-a-document: a redirect to 나
    4 removed not-text: a page of content model javascript
    5 removed not-a-document: the text was hidden by the wiki
    6 errored missing-field: the dump does not hold the page's text
    7 read Some("나")
    8 errored bad-record: the XML of the page is broken: ill-formed document: expected `</rev>`, but `</revision>` was found
    9 read Some("가")
    10 errored missing-field: the dump does not hold the page's text
    "#);
}

#[test]
fn the_last_revision_counts() {
    let old = "<revision><id>1</id><timestamp>2001-01-01T00:00:00Z</timestamp><text>옛 글</text></revision>";
    let records = read(&dump(&[page("가", old, "새 글")]), LIMIT);
    assert_eq!(fields(&records[0]).text.as_deref(), Some("새 글"));
    assert_eq!(fields(&records[0]).date.as_deref(), Some("2024-02-29T13:05:00Z"));
}

#[test]
fn a_long_page_is_passed_over_and_not_held() {
    let xml = dump(&[page("가", "", "말"), page("긴 글", "", &"가나 &gt; 다".repeat(5000)), page("나", "", "말")]);
    insta::assert_snapshot!(told(&read(&xml, 2000)), @r#"
    0 read Some("가")
    1 errored record-too-long: 75318 bytes, 2000 are allowed
    2 read Some("나")
    "#);
    let one = page("가", "", "말");
    let length = one.trim().len();
    assert!(told(&read(&dump(std::slice::from_ref(&one)), length)).starts_with("0 read"));
    assert!(told(&read(&dump(&[one]), length - 1)).starts_with("0 errored record-too-long"));
}

#[test]
fn every_complete_page_of_a_cut_dump_is_read() {
    let pages: Vec<String> = (0..20).map(|n| page(&format!("문서 {n}"), "", "말이 있다.")).collect();
    let xml = dump(&pages);
    let whole = read_stream(stream(xml.as_bytes(), 4096), LIMIT);
    for cut in (0..xml.len()).step_by(13) {
        let records = read_stream(stream(&xml.as_bytes()[..cut], 4096), LIMIT);
        let complete = xml[..xml.floor_char_boundary(cut)].matches("</page>").count();
        assert_eq!(records[..complete], whole[..complete]);
        let last = &records[complete..];
        match last {
            [] => assert!(cut == 0 || xml.as_bytes()[..cut].trim_ascii_end().ends_with(b"</mediawiki>"), "{cut}"),
            [last] => assert!(matches!(&last.payload, Payload::Settled(s) if matches!(s.outcome, Outcome::Errored(_)))),
            more => panic!("{more:?}"),
        }
    }
    insta::assert_snapshot!(told(&read(&xml[..HEAD.len() + 40], LIMIT)), @r#"
    0 errored truncated-record: the file ends inside the page that begins at byte 461
    "#);
    insta::assert_snapshot!(told(&read(&xml[..HEAD.len()], LIMIT)), @r#"
    0 errored truncated-record: the file ends before `</mediawiki>`
    "#);
    insta::assert_snapshot!(told(&read("<html><p>아님</p>", LIMIT)), @r#"
    0 errored unreadable-file: no MediaWiki dump: neither `<mediawiki>` nor `<page>` is in it
    "#);
    assert_eq!(read(" \n", LIMIT), []);
    assert_eq!(read(&pages.concat(), LIMIT).len(), 20, "pages without a frame are no broken dump");
}

#[test]
fn a_page_without_end_costs_itself() {
    let pages = [page("가", "", "말"), page("나", "", "말").replace("  </page>\n", ""), page("다", "", "말")];
    insta::assert_snapshot!(told(&read(&dump(&pages), LIMIT)), @r#"
    0 read Some("가")
    1 errored truncated-record: another page begins inside the page that begins at byte 781
    2 read Some("다")
    "#);
}

#[test]
fn an_entity_that_would_swell_stays_as_it_is() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n";
    let records = read(&format!("{bomb}{}", dump(&[page("가", "", "&b;&b;")])), LIMIT);
    assert_eq!(fields(&records[0]).text.as_deref(), Some("&b;&b;"));
}

#[test]
fn bad_bytes_are_counted_and_cost_no_page() {
    let mut xml = dump(&[page("가", "", "말 X 말")]).into_bytes();
    let at = memchr::memchr(b'X', &xml).unwrap();
    xml[at] = 0xff;
    let records = read_stream(stream(&xml, 4096), LIMIT);
    let record = fields(&records[0]);
    assert_eq!((record.text.as_deref(), record.replaced), (Some("말 \u{fffd} 말"), 1));
}

#[test]
fn the_canonical_form_reads_back() {
    let config: WikiConfig = serde_json::from_str(r#"{"namespaces": [4, 0], "markup": {"tables": "drop"}}"#).unwrap();
    let written = serde_json::to_string(&config).unwrap();
    assert_eq!(written, r#"{"namespaces":[0,4],"markup":{"tables":"drop"}}"#);
    assert_eq!(serde_json::from_str::<WikiConfig>(&written).unwrap(), config);
    assert_eq!(serde_json::from_str::<WikiConfig>("{}").unwrap(), WikiConfig::default());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic_or_run_forever(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<mediawiki>", "</mediawiki>", "<page>", "</page>", "<page ", ">", "<", "<siteinfo>", "</siteinfo>", "<base>a/b</base>",
            "<title>", "</title>", "<revision>", "</revision>", "<text>", "</text>", "<text/>", "말", "&amp;", "&", "<!--", "-->",
            "<![CDATA[", "]]>", "<?x", "\n", "<ns>0</ns>", "<namespace key=\"1\">", "\"", "='",
        ]), 0..40),
        limit in 0..200usize,
    ) {
        let xml = pieces.concat();
        let records = read(&xml, limit);
        prop_assert!(records.len() <= pieces.len() + 1);
        for (ordinal, record) in records.iter().enumerate() {
            prop_assert_eq!(record.ordinal, ordinal as u64);
        }
    }
}

fn stream(bytes: &[u8], chunk: usize) -> Stream {
    /// A file that gives a few bytes at a time.
    struct Pieces(std::io::Cursor<Vec<u8>>, usize);
    impl std::io::Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }
    impl std::io::Seek for Pieces {
        fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    Stream::new(Box::new(Pieces(std::io::Cursor::new(bytes.to_vec()), chunk)))
}

use super::*;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::io::Write;

fn block(list: &str) -> UrlLists {
    UrlLists::read([(ListKind::Block, "block".to_owned(), list.as_bytes())]).unwrap()
}

fn line(lists: &UrlLists, url: &str) -> Option<u32> {
    lists.verdict(url).filter(|verdict| verdict.kind == ListKind::Block).map(|verdict| verdict.line)
}

#[test]
fn a_domain_covers_its_hosts_at_label_borders() {
    let lists = block("# sites\nexample.kr\r\n*.spam.co.kr  # all\nother.kr/\n.test\n\n192.0.2.7\n");
    for url in [
        "http://example.kr",
        "https://www.EXAMPLE.kr:8443/a?b#c",
        "example.kr/path",
        "//a.b.example.kr.",
        "http://user:pass@example.kr:80/",
        "http://user@evil@example.kr",
        "http://example.kr\\@ok.kr",
    ] {
        assert_eq!(line(&lists, url), Some(2), "{url}");
    }
    assert_eq!(line(&lists, "http://spam.co.kr"), Some(3));
    assert_eq!(line(&lists, "ftp://other.kr/x"), Some(4));
    assert_eq!(line(&lists, "http://any.test/x"), Some(5));
    assert_eq!(line(&lists, "http://192.0.2.7/"), Some(7));
    for url in [
        "http://notexample.kr",
        "http://example.kr.com",
        "http://co.kr",
        "http://ok.kr/?u=http://example.kr",
        "http://example.kr@ok.kr",
        "",
        "http://",
        "말 모이",
        "http://1.192.0.2.7/",
    ] {
        assert_eq!(line(&lists, url), None, "{url}");
    }
}

#[test]
fn international_names_are_the_same_in_both_spellings() {
    let lists = block("도박사이트.한국\nxn--220b31d95hq8o.xn--3e0b707e\n");
    assert_eq!(line(&lists, "https://www.도박사이트.한국/가입"), Some(1));
    assert_eq!(line(&lists, &format!("https://{}/", idna::domain_to_ascii("도박사이트.한국").unwrap())), Some(1));
    let unicode = idna::domain_to_unicode("xn--220b31d95hq8o.xn--3e0b707e").0;
    assert_eq!(line(&lists, &format!("http://{unicode}")), Some(2));
}

#[test]
fn addresses_cover_what_lies_below() {
    let lists = block("https://blog.example.kr/spammer/\nwww.example.kr/board?id=7\n");
    for url in [
        "http://blog.example.kr/spammer",
        "https://blog.example.kr/spammer/123?x",
        "http://www.blog.example.kr/spammer?p=1",
    ] {
        assert_eq!(line(&lists, url), Some(1), "{url}");
    }
    assert_eq!(line(&lists, "http://example.kr/board?id=7"), Some(2));
    for url in [
        "http://blog.example.kr/",
        "http://blog.example.kr/spammer2",
        "http://example.kr/board?id=70",
        "http://x.example.kr/spammer",
    ] {
        assert_eq!(line(&lists, url), None, "{url}");
    }
}

#[test]
fn hosts_files_are_read() {
    let lists = block(
        "127.0.0.1 localhost\n::1 localhost ip6-localhost\nfe80::1%lo0 localhost\n0.0.0.0 0.0.0.0\n0.0.0.0 ads.example.kr track.example.kr # two\n",
    );
    assert_eq!(line(&lists, "http://track.example.kr/"), Some(5));
    assert_eq!(line(&lists, "http://localhost/"), None);
    assert_eq!((lists.summaries()[0].rules, lists.summaries()[0].local), (2, 5));
}

#[test]
fn adblock_rules_about_sites_count_and_others_are_counted() {
    let list = "[Adblock Plus 2.0]\n! 목록\n||example.kr^\n@@||good.example.kr^\n||cdn.kr/ads/\n||ads.kr^$third-party\n||all.kr^$all,important\n\
        example.com##.banner\n/banner[0-9]+/\n||half.kr\n||wild*.kr^\n-ad-banner.\nplain.kr\n##.ad\n|http://x.kr\n";
    let lists = block(list);
    assert_eq!(line(&lists, "http://www.example.kr/a"), Some(3));
    let good = lists.verdict("http://good.example.kr/a").unwrap();
    assert_eq!((good.kind, good.line), (ListKind::Allow, 4));
    assert_eq!(line(&lists, "http://cdn.kr/ads/1.html"), Some(5));
    assert_eq!(line(&lists, "http://cdn.kr/news"), None);
    assert_eq!(line(&lists, "http://all.kr/"), Some(7));
    assert_eq!(line(&lists, "http://plain.kr/"), Some(13));
    for url in ["http://ads.kr", "http://half.kr", "http://example.com"] {
        assert_eq!(line(&lists, url), None, "{url}");
    }
    let summary = &lists.summaries()[0];
    assert_eq!((summary.rules, summary.exceptions, summary.cosmetic, summary.unsupported), (5, 1, 2, 6));
}

#[test]
fn allow_lists_go_first_and_gzip_is_seen() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all("blog.kr\nexample.kr\n".as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let lists = [
        (ListKind::Block, "block.gz".to_owned(), gzip.as_slice()),
        (ListKind::Allow, "allow".to_owned(), b"mine.blog.kr".as_slice()),
    ];
    let lists = UrlLists::read(lists).unwrap();
    assert_eq!(
        lists.verdict("http://a.blog.kr"),
        Some(ListVerdict { kind: ListKind::Block, list: "block.gz", line: 1 })
    );
    assert_eq!(
        lists.verdict("http://mine.blog.kr/x"),
        Some(ListVerdict { kind: ListKind::Allow, list: "allow", line: 1 })
    );
    assert_eq!(lists.verdict("http://none.kr/x"), None);
    let cut = UrlLists::read([(ListKind::Block, "cut.gz".to_owned(), &gzip[..gzip.len() - 9])]).unwrap_err();
    assert!(cut.to_string().starts_with("cannot read list `cut.gz`: "), "{cut}");
}

#[test]
fn broken_lines_are_named() {
    for text in ["말 모이", "kr", "0.0.0.0 a b/c", "http://", "exa mple.kr", "a..b", "<html>"] {
        let error =
            UrlLists::read([(ListKind::Block, "hosts".to_owned(), format!("ok.kr\n\n{text}").as_bytes())]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("list `hosts`, line 3: expected a host, an address or a line of a hosts file, found `{text}`")
        );
    }
    let long = "a".repeat(1 << 20);
    let error = UrlLists::read([(ListKind::Block, "hosts".to_owned(), long.as_bytes())]).unwrap_err();
    assert!(error.to_string().contains("line 1: expected a line of at most 64 KiB"), "{error}");
}

proptest! {
    #[test]
    fn nothing_panics(list in "([a-z가나.|@^!#$/*: ]{0,12}\n){0,5}", url in "(https?://)?[a-z가나.@:/?#\\[\\]\\\\]{0,30}") {
        if let Ok(lists) = UrlLists::read([(ListKind::Block, "list".to_owned(), list.as_bytes())]) {
            lists.verdict(&url);
        }
    }

    #[test]
    fn a_listed_host_is_found_under_any_prefix(host in "[a-z]{1,8}(\\.[a-z]{1,8}){1,3}", prefix in "([a-z]{1,4}\\.){0,3}", path in "(/[a-z]{0,5}){0,3}") {
        let lists = block(&host);
        prop_assert_eq!(line(&lists, &format!("https://{prefix}{host}{path}")), Some(1));
        let glued = format!("https://x{host}{path}");
        prop_assert_eq!(line(&lists, &glued), None);
    }
}

use super::*;
use proptest::prelude::*;

fn canonical(url: &str) -> Option<String> {
    UrlCanonicalizer::default().canonical(url).map(|url| url.to_string())
}

fn site(url: &str) -> String {
    UrlCanonicalizer::default().canonical(url).unwrap().site().to_owned()
}

/// All of a line name one page, different lines different ones.
const PAGES: &[&[&str]] = &[
    &[
        "http://example.kr/글?b=2&a=1",
        "HTTPS://www.Example.KR:443/%EA%B8%80/?a=1&b=2#댓글",
        "http://user:pass@example.kr.:80//%ea%b8%80?&a=1&b=2&utm_source=x&fbclid=1",
        " //m.example.kr/./x/../글?a=1&b=2 ",
        "https://mobile.example.kr/글?a=1&b=2&NaPm=ct%3D1&n_query=말모이",
        "https://example.kr\\글;jsessionid=0A1B?PHPSESSID=1&a=1&b=2",
    ],
    &["http://example.kr/%B1%DB?a=1&b=2"],
    &["http://example.kr:8080/글?a=1&b=2"],
    &["http://example.kr", "https://www.example.kr/", "http://m.example.kr/?utm_medium=rss", "http://example.kr/#top"],
    &["http://mobile.example.kr/", "https://mobile.example.kr"],
    &["http://example.kr/?a", "http://example.kr?a="],
    &["http://example.kr/?a=1&a=2"],
    &["http://example.kr/?a=2&a=1"],
    &["http://한국.kr/", "http://xn--3e0b707e.kr", "http://XN--3E0B707E.kr/", "http://www.%ED%95%9C%EA%B5%AD.kr/"],
    &["http://m.com/a"],
    &["http://www.co.kr/a"],
    &["http://m.tistory.com/1"],
    &["http://malmoi.tistory.com/1", "https://malmoi.tistory.com/m/1?category=12"],
    &[
        "https://ko.wikipedia.org/wiki/한글_(문자)",
        "https://ko.m.wikipedia.org/wiki/%ED%95%9C%EA%B8%80_%28%EB%AC%B8%EC%9E%90%29",
    ],
    &[
        "https://blog.naver.com/malmoi/220012345678",
        "http://m.blog.naver.com/malmoi/220012345678?view=img_1",
        "https://blog.naver.com/PostView.naver?blogId=malmoi&logNo=220012345678&redirect=Dlog&widgetTypeCall=true",
        "http://m.blog.naver.com/PostView.nhn?logNo=220012345678&blogId=malmoi#c",
        "http://blog.naver.com/malmoi?Redirect=Log&logNo=220012345678",
    ],
    &["https://blog.naver.com/malmoi"],
    &["https://blog.naver.com/PostList.naver?blogId=malmoi"],
    &[
        "https://n.news.naver.com/article/001/0012345678",
        "https://n.news.naver.com/mnews/article/001/0012345678?sid=102",
        "https://news.naver.com/main/read.naver?mode=LSD&mid=shm&sid1=102&oid=001&aid=0012345678",
        "http://m.news.naver.com/read.nhn?aid=0012345678&oid=001",
    ],
    &["https://n.news.naver.com/article/comment/001/0012345678"],
    &["https://n.news.naver.com/article/002/0012345678"],
    &[
        "https://v.daum.net/v/20240101120000123",
        "http://news.v.daum.net/v/20240101120000123?f=m",
        "https://v.media.daum.net/v/20240101120000123",
    ],
    &["http://cafe.daum.net/malmoi/AbCd/12", "http://m.cafe.daum.net/malmoi/AbCd/12"],
    &[
        "http://paper.example.kr/news/articleView.html?idxno=7",
        "http://paper.example.kr/news/articleViewAmp.html?idxno=7",
    ],
    &["http://example.kr/tag/amp"],
    &["http://example.kr/news/120045", "http://amp.example.kr/news/120045/amp/?amp=1"],
    &["http://app.example.kr/#!/글/3", "https://app.example.kr#!/%EA%B8%80/3"],
    &["http://app.example.kr/#/글/4"],
    &["http://app.example.kr", "http://app.example.kr/#/", "http://app.example.kr/#:~:text=가/나"],
    &["http://example.kr/list//3"],
    &["http://example.kr/list/3"],
    &["http://[2001:DB8::1]/", "http://[2001:db8:0::1]:80"],
    &["http://8.8.8.8/"],
];

#[test]
fn addresses_of_one_page_are_equal_and_of_two_are_not() {
    let mut seen = std::collections::HashMap::new();
    for (page, addresses) in PAGES.iter().enumerate() {
        for address in *addresses {
            let found = canonical(address).unwrap_or_else(|| panic!("{address} names nothing"));
            assert_eq!(found, canonical(addresses[0]).unwrap(), "{address}");
            assert_eq!(*seen.entry(found).or_insert(page), page, "{address} is taken for another page");
        }
    }
}

#[test]
fn canonical_forms_stay_the_same() {
    let of = |url| canonical(url).unwrap();
    insta::assert_snapshot!(of(PAGES[0][1]), @"//example.kr/%EA%B8%80?a=1&b=2");
    insta::assert_snapshot!(of("http://blog.naver.com/PostView.nhn?blogId=malmoi&logNo=7"), @"//blog.naver.com/malmoi/7");
    insta::assert_snapshot!(of("https://말모이.한국:8443/가 나"), @"//xn--pz2bmpe12a.xn--3e0b707e:8443/%EA%B0%80%20%EB%82%98");
    let mut urls = UrlCanonicalizer::default();
    let hash = urls.canonical("https://example.kr/a").unwrap().hash();
    insta::assert_snapshot!(format!("{hash:032x}"), @"f709da1d8847995f07ea4d895db6d61d");
}

#[test]
fn what_names_no_public_page_has_no_canonical_form() {
    for url in [
        "",
        "말 모이",
        "example.kr/a",
        "ftp://example.kr/a",
        "http:example.kr",
        "http://",
        "http:///a",
        "http://localhost/a",
        "http://printer.local/a",
        "http://wiki/a",
        "http://127.0.0.1/a",
        "http://192.168.0.7/a",
        "http://[::1]/a",
        "http://1.2.3/a",
        "http://300.1.1.1/a",
        "http://a..kr/",
        "http://가 나.kr/",
        "http://example.kr:99999/",
        "http://example.kr:8o/",
        "http://%B1%DB.kr/",
        "http://xn--a.kr/",
        "mailto:hong@example.kr",
    ] {
        assert_eq!(canonical(url), None, "{url}");
    }
    let longest = format!("http://example.kr/{}", "a".repeat(MAX_BYTES - 18));
    assert!(canonical(&longest).is_some());
    assert_eq!(canonical(&(longest + "a")), None);
    assert_eq!(canonical(&"http://".repeat(1 << 20)), None);
    assert_eq!(canonical(&format!("http://example.kr/{}", "가".repeat(MAX_BYTES / 9))), None, "escaped it is too long");
}

#[test]
fn a_site_is_a_host_or_a_person_on_one() {
    for (url, expected) in [
        ("https://www.Example.kr:8080/a/b", "example.kr:8080"),
        ("https://m.blog.naver.com/malmoi/22?x", "blog.naver.com/malmoi"),
        ("https://blog.naver.com/malmoi", "blog.naver.com/malmoi"),
        ("https://blog.naver.com/PostList.naver?blogId=malmoi", "blog.naver.com"),
        ("https://blog.naver.com/?a/b", "blog.naver.com"),
        ("https://cafe.naver.com/malmoi/22", "cafe.naver.com/malmoi"),
        ("https://cafe.naver.com/ca-fe/cafes/1/articles/2", "cafe.naver.com"),
        ("https://brunch.co.kr/%40malmoi/3", "brunch.co.kr/@malmoi"),
        ("https://brunch.co.kr/magazine/malmoi", "brunch.co.kr"),
        ("https://malmoi.tistory.com/m/3", "malmoi.tistory.com"),
    ] {
        assert_eq!(site(url), expected, "{url}");
    }
}

/// Addresses out of the pieces that rules look for.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "http://",
        "https://",
        "//",
        "/",
        "\\",
        "?",
        "#",
        "#!",
        "&",
        "=",
        ";",
        ":",
        "@",
        ".",
        "..",
        "%",
        "%2e",
        "%2F",
        "%41",
        "%2",
        "%%3",
        "+",
        " ",
        "\t",
        "[",
        "]",
        "www.",
        "m.",
        "mobile.",
        "amp.",
        "amp",
        "/amp",
        "12345",
        "a",
        "B",
        "한",
        "글.한국",
        "kr",
        ".kr",
        "co.kr",
        "xn--",
        "xn--3e0b707e",
        "tistory.com",
        "blog.naver.com",
        "n.news.naver.com",
        "v.daum.net",
        "/v/",
        "article",
        "001",
        "0012345678",
        "20240101120000123",
        "read.naver",
        "oid=001",
        "aid=0012345678",
        "PostView.naver",
        "blogId=a",
        "logNo=1",
        "Redirect=",
        ";jsessionid=",
        "(S(lit3py55t21z5v55vlm25s55))",
        "utm_a=1",
        "ref=naver",
        ":80",
        ":443",
        ":~:",
        "articleViewAmp.html",
        "wikipedia.org",
        "ko.m.",
        "8.8.8.8",
        "\u{200b}",
        "。",
    ]);
    let start = prop::sample::select(vec![
        "http://a.kr",
        "https://www.a.kr/",
        "//m.a.kr/",
        "http://m.blog.naver.com/",
        "http://a.tistory.com/m/",
        "http://news.naver.com/",
        "http://",
        "",
    ]);
    (start, prop::collection::vec(pieces, 0..14)).prop_map(|(start, pieces)| start.to_owned() + &pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_canonical_form_is_its_own(url in hostile()) {
        if let Some(once) = canonical(&url) {
            prop_assert!(once.is_ascii() && once.starts_with("//"), "{}", once);
            prop_assert_eq!(canonical(&once), Some(once.clone()));
            prop_assert!(once[2..].starts_with(&site(&once)));
        }
    }

    #[test]
    fn nothing_panics(url in "\\PC{0,60}|https?://\\PC{0,60}", again in hostile()) {
        let mut urls = UrlCanonicalizer::default();
        let fresh = canonical(&again);
        urls.canonical(&url);
        prop_assert_eq!(urls.canonical(&again).map(|url| url.to_string()), fresh, "a reused buffer remembers");
    }

    #[test]
    fn neither_the_order_of_parameters_nor_the_case_of_the_host_matters(
        host in "[a-z가-힣]{1,8}\\.(kr|com|한국)",
        path in "(/[a-z가-힣%.]{0,5}){0,3}",
        (names, shuffled) in prop::collection::hash_map("[a-z가_]{1,6}", "[a-z0-9=가]{0,3}", 0..8).prop_flat_map(|parameters| {
            let all: Vec<_> = parameters.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            (Just(all.clone()), Just(all).prop_shuffle())
        }),
    ) {
        let ordered = canonical(&format!("http://{host}{path}?{}", names.join("&")));
        prop_assert!(ordered.is_some());
        prop_assert_eq!(canonical(&format!("https://{}{path}?{}", host.to_uppercase(), shuffled.join("&"))), ordered);
    }

    #[test]
    fn different_paths_and_queries_stay_different(a in "/[a-z0-9가-힣]{1,6}", b in "/[a-z0-9가-힣]{1,6}", mark in "[/?]") {
        let url = |page: &str| canonical(&format!("http://example.kr/view{mark}{page}"));
        prop_assert_eq!(url(&a) == url(&b), a == b);
    }
}

/// The pages of the sample are all different, and so must be their canonical addresses.
#[test]
fn no_two_real_pages_are_taken_for_one() {
    let data =
        std::env::var("MALMOI_DATA").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let path = format!("{data}/web/manifest.jsonl");
    let Ok(manifest) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no {path}; set MALMOI_DATA to the folder with the sample");
        return;
    };
    let mut pages = std::collections::HashMap::new();
    for line in manifest.lines() {
        let page: serde_json::Value = serde_json::from_str(line).unwrap();
        let url = page["url"].as_str().unwrap().to_owned();
        let found = canonical(&url).unwrap_or_else(|| panic!("{url} names nothing"));
        if let Some(other) = pages.insert(found, url.clone()) {
            assert_eq!(other, url);
        }
    }
    assert!(pages.len() > 1000);
}

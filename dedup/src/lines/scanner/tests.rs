use super::*;
use crate::lines::LineCounts;
use crate::spans::cut;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn config(unit: Unit, min_characters: u32) -> LinesConfig {
    LinesConfig { unit, min_characters: min_characters.try_into().unwrap(), ..LinesConfig::default() }
}

fn found<'a>(config: &LinesConfig, text: &'a str) -> Vec<&'a str> {
    let mut found = Vec::new();
    LineScanner::new(config).for_each(text, |range, _| found.push(&text[range]));
    found
}

const PAGE: &str = "  오늘의 소식\n본문은 여기에 있다.\n\n대표 홍길동\n전화 없음  \n \n끝";

#[test]
fn units() {
    assert_eq!(found(&config(Unit::Line, 5), PAGE), ["오늘의 소식", "본문은 여기에 있다.", "대표 홍길동"]);
    assert_eq!(
        found(&config(Unit::Paragraph, 1), PAGE),
        ["오늘의 소식\n본문은 여기에 있다.", "대표 홍길동\n전화 없음", "끝"]
    );
    assert_eq!(
        found(&config(Unit::Both, 6), PAGE),
        ["본문은 여기에 있다.", "오늘의 소식\n본문은 여기에 있다.", "대표 홍길동\n전화 없음"]
    );
}

#[test]
fn length_is_in_letters_and_digits() {
    assert_eq!(found(&config(Unit::Line, 5), "가나다라\n가나  다 a1\n|----|----|\n제1조. (가)"), ["가나  다 a1"]);
    assert_eq!(found(&config(Unit::Line, 4), "제1조. (가)\n《가》 – 나!"), ["제1조. (가)"]);
}

#[test]
fn headings_and_code_are_not_looked_at() {
    assert_eq!(found(&config(Unit::Line, 1), "## 관련 링크\n#봄나들이\n본문"), ["#봄나들이", "본문"]);
    assert_eq!(found(&config(Unit::Both, 5), "## 관련 링크\n하나"), ["## 관련 링크\n하나"]);
    let code = "앞 문단\n```rust\nlet 값 = 1;\n\nlet 둘 = 2;\n```\n뒤 문단\n```한 줄 코드```\n끝 문단";
    assert_eq!(found(&config(Unit::Line, 1), code), ["앞 문단", "뒤 문단", "```한 줄 코드```", "끝 문단"]);
    assert_eq!(found(&config(Unit::Paragraph, 1), code), ["앞 문단", "뒤 문단\n```한 줄 코드```\n끝 문단"]);
}

#[test]
fn keys_are_those_of_the_words() {
    let mut scanner = LineScanner::new(&config(Unit::Both, 1));
    let expected = vec![xxh3_64("로그인 회원가입".as_bytes())];
    assert_eq!(scanner.distinct_keys("로그인 회원가입\n\n\t로그인\u{a0} 회원가입 \n\n로그인 회원가입"), expected);
    let mut scanner = LineScanner::new(&config(Unit::Paragraph, 1));
    assert_eq!(scanner.distinct_keys("로그인\n회원가입"), expected);
}

/// Counts as the stage's plan does, and cuts.
fn clean(config: &LinesConfig, pages: &[(u64, String)]) -> Vec<String> {
    let mut scanner = LineScanner::new(config);
    let (mut of_site, mut over_all, mut sizes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (site, text) in pages {
        *sizes.entry(*site).or_insert(0) += 1;
        for &key in scanner.distinct_keys(text) {
            *of_site.entry((*site, key)).or_insert(0) += 1;
            *over_all.entry(key).or_insert(0) += 1;
        }
    }
    let (mut sites, mut corpus) = (Vec::new(), Vec::new());
    for (&(site, key), &documents_of_site) in &of_site {
        let counts = LineCounts { documents_of_site, pages_of_site: sizes[&site], documents_over_all: over_all[&key] };
        match config.verdict(counts) {
            Some(Scope::Site) => sites.push((site, key)),
            Some(Scope::Corpus) => corpus.push(key),
            None => {}
        }
    }
    let repeated = RepeatedLines::new(sites, corpus).unwrap();
    let left = |(site, text): &(u64, String)| {
        let mut left = String::new();
        cut(text, &scanner.spans(text, *site, &repeated, |_, _, _| {}), &mut left);
        left
    };
    pages.iter().map(left).collect()
}

#[test]
fn furniture_goes_and_content_stays() {
    let page = |number: u64| {
        let content = format!("{number}번째 글입니다. 오늘은 시장에 다녀왔습니다.");
        let text = format!(
            "홈\n사이트의 모든 글 보기와 검색과 로그인\n\n{content}\n\n저작권자 (주)가나다라, 무단 전재와 재배포 금지\n대표 홍길동\n전화 없음"
        );
        (1, text)
    };
    let mut pages: Vec<_> = (0..12).map(page).collect();
    pages.push((2, "저작권자 (주)가나다라, 무단 전재와 재배포 금지".to_owned()));
    let left = clean(&LinesConfig::default(), &pages);
    insta::assert_snapshot!(left[3], @"3번째 글입니다. 오늘은 시장에 다녀왔습니다.");
    assert_eq!(left[12], pages[12].1, "another site keeps its only such line");
}

proptest! {
    /// A line stays exactly where too few documents have it; the sharing of lines among documents is all that matters.
    #[test]
    fn a_line_is_cut_if_and_only_if_enough_documents_have_it(
        pages in prop::collection::vec((0u64..3, prop::collection::vec(0u8..6, 0..6)), 0..40),
        min_site in 2u32..5,
        percent in 0u32..60,
        min_all in prop::option::of(2u32..8),
    ) {
        let config = LinesConfig {
            min_site_documents: min_site.try_into().unwrap(),
            min_site_percent: percent.try_into().unwrap(),
            min_documents: min_all.map(|least| least.try_into().unwrap()),
            ..config(Unit::Line, 1)
        };
        let texts: Vec<(u64, String)> = pages.iter().map(|(site, lines)| {
            (*site, lines.iter().map(|line| format!("줄 {line}")).collect::<Vec<_>>().join("\n"))
        }).collect();
        let holders = |line: u8, of: Option<u64>| {
            pages.iter().filter(|(site, lines)| of.is_none_or(|of| of == *site) && lines.contains(&line)).count()
        };
        for ((site, lines), left) in pages.iter().zip(clean(&config, &texts)) {
            let stays = |line: &&u8| {
                let (here, everywhere) = (holders(**line, Some(*site)), holders(**line, None));
                let size = pages.iter().filter(|(other, _)| other == site).count();
                let of_site = here >= min_site as usize && here * 100 >= size * percent as usize;
                !of_site && min_all.is_none_or(|least| everywhere < least as usize)
            };
            let expected: Vec<String> = lines.iter().filter(stays).map(|line| format!("줄 {line}")).collect();
            prop_assert_eq!(left, expected.join("\n"));
        }
    }

    #[test]
    fn a_document_counts_each_key_once(text in "[가나 \n]{0,60}") {
        let mut scanner = LineScanner::new(&config(Unit::Both, 1));
        let mut all = std::collections::BTreeSet::new();
        scanner.for_each(&text, |range, key| {
            assert_eq!(text[range.clone()].trim(), &text[range]);
            all.insert(key);
        });
        let all: Vec<u64> = all.into_iter().collect();
        prop_assert_eq!(scanner.distinct_keys(&text), all.as_slice());
        let doubled = format!("{text}\n\n{text}");
        prop_assert_eq!(scanner.distinct_keys(&doubled), all);
    }
}

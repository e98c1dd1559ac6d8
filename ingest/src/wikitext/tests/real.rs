//! Real articles, marked up by us and turned back: what comes out must be what went in.

use super::*;
use std::path::PathBuf;

/// Longest running text that is read.
const ARTICLES: usize = 4000;

/// Plain lines of real articles, without characters that mean something in markup; nothing without the data.
fn articles() -> Vec<Vec<String>> {
    let folder = std::env::var_os("MALMOI_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let Ok(packed) = std::fs::read(folder.join("text/kowiki.jsonl.zst")) else {
        println!("SKIPPED: no text/kowiki.jsonl.zst below {}; set MALMOI_DATA", folder.display());
        return Vec::new();
    };
    let lines = String::from_utf8(zstd::decode_all(packed.as_slice()).unwrap()).unwrap();
    let special = "[]{}|<>=*#:;'&_~-!()$";
    let plain = |line: &&str| {
        let odd = |c: char| special.contains(c) || c.is_whitespace() && c != ' ';
        !line.is_empty() && line.trim() == *line && !line.contains("  ") && !line.contains(odd)
    };
    let article = |line: &str| {
        let text = serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
        text.lines().filter(plain).map(str::to_owned).collect::<Vec<_>>()
    };
    lines.lines().map(article).filter(|lines| lines.len() >= 3).take(ARTICLES).collect()
}

/// A generator of choices (a linear congruence with the constants of Knuth's MMIX).
struct Choice(u64);

impl Choice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// One eojeol with markup that shows it and nothing else.
fn marked(word: &str, choice: &mut Choice) -> String {
    match choice.below(200) {
        0..16 => format!("[[{word}]]"),
        16..24 => format!("[[{word} (말)|{word}]]"),
        24..28 => format!("{word}<ref name=\"주\">{{{{웹 인용|url=https://example.kr/?가=나|제목={word}}}}}</ref>"),
        28..30 => format!("'''{word}'''"),
        30..32 => format!("''{word}''"),
        32..34 => format!("{{{{lang|ko|{word}}}}}"),
        34..36 => format!("<span style=\"x\">{word}</span>"),
        36..38 => format!("{word}<!-- 말 [[{word} -->"),
        38 => format!("[https://example.kr {word}]"),
        39 => format!("{word}{{{{출처|날짜={{{{오늘}}}}}}}}"),
        40 => format!("{word}({{{{llang|en|}}}}, {{{{음성|a.ogg}}}})"),
        41 => format!("{word} {{{{출처}}}}"),
        _ => word.to_owned(),
    }
}

fn page(lines: &[String], choice: &mut Choice) -> String {
    let between = [
        "",
        "[[파일:a.jpg|섬네일|[[말]] 설명]]\n",
        "{{정보상자\n|이름=값\n|둘={{셋|넷}}\n}}\n",
        "[[분류:말]]\n",
        "<gallery>\n가.jpg|나\n</gallery>\n",
    ];
    let mut page = String::new();
    for line in lines {
        let words: Vec<String> = line.split(' ').map(|word| marked(word, choice)).collect();
        page.push_str(&words.join(" "));
        page.push_str("\n\n");
        page.push_str(between[choice.below(between.len() as u64) as usize]);
    }
    page.push_str("== 각주 ==\n{{각주}}\n== 같이 보기 ==\n* [[말]]\n");
    page
}

#[test]
fn marked_up_articles_come_back_as_they_were() {
    let mut choice = Choice(7);
    let mut converter = Wikitext::default();
    for lines in articles() {
        let markup = page(&lines, &mut choice);
        assert_eq!(converter.text(&markup), lines.join("\n\n"), "{markup}");
    }
}

#[test]
#[ignore = "measures speed: run it in release and alone"]
fn speed() {
    let mut choice = Choice(7);
    let pages: Vec<String> = articles().iter().map(|lines| page(lines, &mut choice)).collect();
    let bytes: usize = pages.iter().map(String::len).sum();
    let mut converter = Wikitext::default();
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let text: usize = pages.iter().map(|page| converter.text(page).len()).sum();
        let rate = bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
        println!("{} pages, {bytes} bytes of markup, {text} of text: {rate:.0} MB/s", pages.len());
    }
}

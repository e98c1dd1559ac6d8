//! Real text, clean and damaged on purpose: what comes back, in numbers. `docs/ingest/decoding.md` has the command.

use super::super::{Charset, decode, repair_mojibake};
use super::codes::{iso_2022_kr, johab};
use encoding_rs::{EUC_KR, GBK, SHIFT_JIS, UTF_8, WINDOWS_1252};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

const CORPORA: [&str; 12] = [
    "court_precedents",
    "dialog_and_short",
    "kowiki",
    "msdocs_powershell",
    "msdocs_sql_2020",
    "msdocs_visualstudio_2021",
    "naver_movie_reviews",
    "news_comments",
    "novels_wikisource",
    "parallel_news_ko",
    "statute_revisions_sample",
    "statutes_current",
];

fn texts(corpus: &str) -> Option<impl Iterator<Item = String>> {
    let data = std::env::var("MALMOI_DATA").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let path = PathBuf::from(data).join(format!("text/{corpus}.jsonl.zst"));
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: no {}; set MALMOI_DATA", path.display());
        return None;
    };
    let lines = BufReader::new(zstd::Decoder::new(file).unwrap()).lines();
    Some(lines.map(|line| {
        let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        record["text"].as_str().unwrap().to_owned()
    }))
}

#[test]
#[ignore = "reads all corpora, some half a gigabyte"]
fn clean_text_of_all_corpora_is_left_alone() {
    for corpus in CORPORA {
        for text in texts(corpus).into_iter().flatten() {
            assert_eq!(repair_mojibake(&text), None, "{corpus}");
            let decoded = decode(text.clone().into_bytes(), None);
            assert_eq!((decoded.charset, decoded.replaced), ("UTF-8", 0), "{corpus}");
            assert!(decoded.text == text, "{corpus}");
        }
    }
}

type Encode = fn(&str) -> Vec<u8>;
type Damage<'a> = &'a dyn Fn(&str) -> String;

/// Pieces of up to `longest` characters, half of which are Hangul or more.
fn pieces(longest: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    for corpus in ["naver_movie_reviews", "kowiki", "novels_wikisource"] {
        let texts =
            texts(corpus).into_iter().flatten().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        let cut = texts.map(|text| text.chars().take(longest).collect::<String>().trim().to_owned());
        let is_fit = |text: &String| {
            let hangul = text.chars().filter(|c| ('가'..='힣').contains(c)).count();
            let sound = text.chars().all(|c| c.is_ascii() || ('가'..='힣').contains(&c));
            sound && hangul * 2 >= text.chars().count() && hangul >= 4
        };
        pieces.extend(cut.filter(is_fit).take(5000));
    }
    pieces
}

#[test]
#[ignore = "reads corpora and prints a table"]
fn labels_and_mojibake_in_numbers() {
    let labels: Vec<_> =
        [UTF_8, EUC_KR, WINDOWS_1252, SHIFT_JIS, GBK].into_iter().map(Charset::Web).map(Some).collect();
    for longest in [9, 19, 50, 500] {
        let pieces = pieces(longest);
        let forms: [(_, Encode); 4] = [
            ("UTF-8", |text| text.as_bytes().to_vec()),
            ("EUC-KR", |text| EUC_KR.encode(text).0.into_owned()),
            ("Johab", johab),
            ("ISO-2022-KR", iso_2022_kr),
        ];
        for (charset, encode) in forms {
            let share = |label: &Option<Charset>| {
                let right = pieces.iter().filter(|text| decode(encode(text), *label).text.trim() == *text).count();
                right as f64 * 100.0 / pieces.len().max(1) as f64
            };
            let shares: Vec<String> =
                [None].iter().chain(&labels).map(|label| format!("{:.2}", share(label))).collect();
            eprintln!("up to {longest} characters, {charset}, {} pieces: {} %", pieces.len(), shares.join(" "));
        }
        let latin1 = |bytes: &[u8]| bytes.iter().map(|&byte| char::from(byte)).collect::<String>();
        let broken: [(_, Damage<'_>); 3] = [
            ("UTF-8 as Latin-1", &|text| latin1(text.as_bytes())),
            ("the same twice", &|text| latin1(latin1(text.as_bytes()).as_bytes())),
            ("EUC-KR as Latin-1", &|text| latin1(&EUC_KR.encode(text).0)),
        ];
        for (name, damage) in broken {
            let repaired: Vec<_> = pieces.iter().map(|text| (text, repair_mojibake(&damage(text)))).collect();
            let right =
                repaired.iter().filter(|(text, found)| found.as_ref().is_some_and(|found| found.0 == **text)).count();
            let wrong =
                repaired.iter().filter(|(text, found)| found.as_ref().is_some_and(|found| found.0 != **text)).count();
            eprintln!(
                "up to {longest} characters, {name}: {right} of {} restored, {wrong} to something else",
                pieces.len()
            );
            assert!(wrong == 0 && right * 100 >= pieces.len() * 95, "{name}");
        }
    }
}

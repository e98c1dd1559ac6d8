//! What is found in real text, counted and, on request, shown with its surroundings. Run by hand:
//! `cargo test --release -p malmoi-ingest redact::tests::real -- --ignored --nocapture`.

use super::*;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const CORPORA: &[&str] = &[
    "court_precedents",
    "statutes_current",
    "kowiki",
    "news_comments",
    "naver_movie_reviews",
    "msdocs_sql_2020",
    "msdocs_powershell",
    "novels_wikisource",
    "parallel_news_ko",
    "dialog_and_short",
];

fn folder() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    std::env::var_os("MALMOI_DATA").map_or_else(|| default.into(), PathBuf::from).join("text")
}

fn texts(name: &str) -> Option<Vec<String>> {
    let file = std::fs::File::open(folder().join(format!("{name}.jsonl.zst"))).ok()?;
    let lines = BufReader::new(zstd::Decoder::new(file).ok()?).lines();
    let text = |line: String| {
        serde_json::from_str::<serde_json::Value>(&line).unwrap()["text"].as_str().unwrap_or("").to_owned()
    };
    Some(lines.map(|line| text(line.unwrap())).collect())
}

fn context(text: &str, start: usize, end: usize) -> String {
    let before: Vec<char> = text[..start].chars().rev().take(24).collect();
    let after: String = text[end..].chars().take(16).collect();
    format!("{}⟦{}⟧{after}", before.iter().rev().collect::<String>(), &text[start..end]).replace('\n', "⏎")
}

/// Set `MALMOI_SHOW` to a kind's name, or `all`, to see findings; `MALMOI_CORPUS` to look at one corpus.
#[test]
#[ignore = "needs the shared data, and minutes without optimisation"]
fn findings_per_megabyte() {
    let show = std::env::var("MALMOI_SHOW").unwrap_or_default();
    let only = std::env::var("MALMOI_CORPUS").ok();
    for name in CORPORA.iter().filter(|name| only.as_deref().is_none_or(|only| only == **name)) {
        let Some(texts) = texts(name) else {
            eprintln!("skipped: no {name} in {}", folder().display());
            continue;
        };
        let mut counts = [[0usize; 2]; Kind::ALL.len()];
        let (mut redactor, mut scanner) = (redactor(Policy::Mask), Scanner::new());
        let (mut bytes, mut time) = (0, Duration::ZERO);
        for text in &texts {
            bytes += text.len();
            let begin = Instant::now();
            let redacted = redactor.redact(text);
            time += begin.elapsed();
            let mut candidates = Vec::new();
            if !redacted.findings.is_empty() {
                scanner.scan(text, &mut candidates);
            }
            for candidate in candidates {
                counts[candidate.kind.index()][candidate.confidence as usize] += 1;
                if show == "all" || show == candidate.kind.as_str() {
                    println!(
                        "{name} {} {}: {}",
                        candidate.kind,
                        candidate.confidence.as_str(),
                        context(text, candidate.start, candidate.end)
                    );
                }
            }
        }
        let megabytes = bytes as f64 / 1e6;
        println!("{name}: {megabytes:.1} MB, {:.0} MB/s", megabytes / time.as_secs_f64());
        for kind in Kind::ALL {
            let [likely, checked] = counts[kind.index()];
            if likely + checked > 0 {
                println!(
                    "  {:18} {likely:6} likely {checked:6} checked {:8.3} per MB",
                    kind.as_str(),
                    (likely + checked) as f64 / megabytes
                );
            }
        }
    }
}

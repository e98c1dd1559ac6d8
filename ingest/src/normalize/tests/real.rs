//! On real text, where it is there (`MALMOI_DATA`).

use super::*;
use std::io::Read;

/// The documents in the first 32 MiB of a file.
fn documents(file: &str) -> Option<Vec<String>> {
    let data = std::env::var("MALMOI_DATA").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let path = std::path::Path::new(&data).join("text").join(file);
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("SKIPPED: no {}; set MALMOI_DATA", path.display());
        return None;
    };
    let mut lines = Vec::new();
    zstd::Decoder::new(file).unwrap().take(32 << 20).read_to_end(&mut lines).unwrap();
    let lines = String::from_utf8_lossy(&lines);
    let text = |line: &str| Some(serde_json::from_str::<serde_json::Value>(line).ok()?["text"].as_str()?.to_owned());
    Some(lines.lines().filter_map(text).collect())
}

#[test]
fn real_text_keeps_its_syllables_and_its_form() {
    for file in [
        "court_precedents.jsonl.zst",
        "news_comments.jsonl.zst",
        "msdocs_sql_2020.jsonl.zst",
        "novels_wikisource.jsonl.zst",
    ] {
        let normalizer = Normalizer::default();
        for text in documents(file).unwrap_or_default() {
            let once = normalizer.normalize(&text);
            assert!(normalizer.normalize(&once.text).changes.is_empty());
            if once.changes.get(Change::Entity) == 0 {
                let composed: String = text.chars().filter(|c| !matches!(classify(*c), Class::Drop(_))).nfc().collect();
                assert_eq!(syllables(&once.text), syllables(&composed));
            }
        }
    }
}

/// The figures of `docs/ingest/normalising.md`: run it with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn measure() {
    for file in [
        "court_precedents",
        "statutes_current",
        "kowiki",
        "naver_movie_reviews",
        "news_comments",
        "msdocs_sql_2020",
        "novels_wikisource",
        "parallel_news_ko",
        "dialog_and_short",
    ] {
        let normalizer = Normalizer::default();
        let texts = documents(&format!("{file}.jsonl.zst")).unwrap_or_default();
        let bytes: usize = texts.iter().map(String::len).sum();
        let start = std::time::Instant::now();
        let all: Vec<Changes> = texts.iter().map(|text| normalizer.normalize(text).changes).collect();
        let rate = bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
        println!("{file}: {} documents, {:.1} MB, {rate:.0} MB/s", all.len(), bytes as f64 / 1e6);
        for change in Change::ALL {
            let changed = all.iter().filter(|changes| changes.get(change) > 0).count();
            let count: u64 = all.iter().map(|changes| u64::from(changes.get(change))).sum();
            if changed > 0 {
                println!("  {change}: {:.2} % of documents, {count} times", 100.0 * changed as f64 / all.len() as f64);
            }
        }
    }
}

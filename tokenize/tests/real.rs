//! Learning and encoding on real Korean text, where it is there (`MALMOI_DATA`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use malmoi_tokenize::{Encoder, TokenizeConfig, Vocabulary, WordCounts};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Bytes to learn from and to measure on, from each file.
const LEARN: usize = 700_000;
const MEASURE: usize = 100_000;
const FILES: [&str; 6] =
    ["court_precedents", "kowiki", "naver_movie_reviews", "news_comments", "novels_wikisource", "msdocs_sql_2020"];
/// A sixth of the vocabulary that Qwen 3 has.
const VOCABULARY: u32 = 24_576;

fn data() -> Option<PathBuf> {
    let given = std::env::var_os("MALMOI_DATA").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let found = folder.join("text").is_dir();
    if !found {
        eprintln!("SKIPPED: no real data at {}; set MALMOI_DATA", folder.display());
    }
    found.then_some(folder)
}

/// The texts of a file until they have `bytes` bytes, then those of as many bytes as `more` says.
fn texts(path: &Path, bytes: usize, more: usize) -> (Vec<String>, Vec<String>) {
    let file = zstd::Decoder::new(std::fs::File::open(path).unwrap()).unwrap();
    let (mut first, mut second, mut size) = (Vec::new(), Vec::new(), 0);
    for line in BufReader::new(file).lines() {
        let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = record["text"].as_str().unwrap();
        if size >= bytes + more {
            break;
        }
        let part = if size < bytes { &mut first } else { &mut second };
        size += text.len();
        part.push(text.to_owned());
    }
    (first, second)
}

#[test]
fn a_vocabulary_of_real_text_needs_fewer_tokens_than_that_of_a_large_model() {
    let Some(data) = data() else { return };
    let config = TokenizeConfig { vocabulary: VOCABULARY.try_into().unwrap(), ..TokenizeConfig::default() };
    let mut words = WordCounts::new(config.digits).unwrap();
    let (mut unseen, mut bytes) = (Vec::new(), 0);
    let start = Instant::now();
    for file in FILES {
        let (learn, measure) = texts(&data.join(format!("text/{file}.jsonl.zst")), LEARN, MEASURE);
        learn.iter().for_each(|text| words.add(text).unwrap());
        bytes += learn.iter().map(String::len).sum::<usize>();
        unseen.extend(measure);
    }
    let counted = start.elapsed();
    let vocabulary = Vocabulary::learn(words, &config, || Ok(())).unwrap();
    eprintln!("counted {bytes} bytes in {counted:.1?}, learned in {:.1?}", start.elapsed() - counted);

    if let Some(path) = std::env::var_os("MALMOI_WRITE_VOCABULARY") {
        std::fs::write(path, vocabulary.to_json().unwrap()).unwrap();
    }
    let ours = bytes_per_token("ours", &Encoder::new(vocabulary), &unseen);
    let qwen = std::fs::read(data.join("tokenizers/qwen3/tokenizer.json")).unwrap();
    let theirs = bytes_per_token("qwen3", &Encoder::new(Vocabulary::from_json(&qwen).unwrap()), &unseen);
    assert!(ours > 1.2 * theirs, "{ours} bytes per token, Qwen 3 has {theirs}");
}

fn bytes_per_token(name: &str, encoder: &Encoder, texts: &[String]) -> f64 {
    let (start, mut tokens) = (Instant::now(), 0);
    let bytes = texts.iter().map(String::len).sum::<usize>() as f64;
    for text in texts {
        let mut ids = Vec::new();
        tokens += encoder.encode(text, &mut ids).unwrap();
        if name == "ours" {
            assert_eq!(&encoder.decode(&ids).unwrap(), text);
        }
    }
    let rate = bytes / 1e6 / start.elapsed().as_secs_f64();
    eprintln!("{name}: {:.3} bytes per token, {rate:.2} MB/s in one thread", bytes / tokens as f64);
    bytes / tokens as f64
}

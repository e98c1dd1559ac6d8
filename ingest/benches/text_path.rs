//! The whole text path, decode to judge with redaction, in MB of UTF-8 text per CPU second of one thread, and beside it
//! the FineWeb-2 Korean filters of datatrove on a sample of the same texts.
//!
//! `MALMOI_DATA` names the data; `MALMOI_PEERS_PYTHON` a Python that has datatrove. Without the data nothing is measured,
//! without the peer no ratio is printed.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark reports on standard output and may stop")]

use malmoi_engine::Resources;
use malmoi_ingest::clean::Cleaner;
use malmoi_ingest::equipment::Equipment;
use malmoi_ingest::read::{Payload, RecordReader};
use malmoi_ingest::source::{Fields, Format};
use malmoi_ingest::{IngestConfig, Preset, SourceConfig, json};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Text taken from the beginning of each file.
const BYTES_OF_EACH: usize = 24 << 20;

/// Text of the peer's sample: the peer does some 20 KB a second.
const PEER_BYTES: usize = 1 << 19;

const FILES: [&str; 8] = [
    "court_precedents",
    "statutes_current",
    "kowiki",
    "msdocs_sql_2020",
    "naver_movie_reviews",
    "news_comments",
    "novels_wikisource",
    "parallel_news_ko",
];

fn main() {
    let data = std::env::var_os("MALMOI_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    if !data.join("text").is_dir() {
        println!("skipped: no data in `{}`; set MALMOI_DATA", data.display());
        return;
    }
    let (mut texts, mut total, mut seconds) = (Vec::new(), 0, 0.0);
    for preset in [Preset::KoreanWeb, Preset::Fineweb2Ko] {
        println!("preset {preset:?}");
        (texts, total, seconds) = (Vec::new(), 0, 0.0);
        for name in FILES {
            let found = texts_of(&data.join("text").join(format!("{name}.jsonl.zst")));
            let (bytes, took) = clean_all(preset, &found);
            println!("  {name:<22} {:>8.1} MB  {:>7.1} MB/s", bytes as f64 / 1e6, bytes as f64 / 1e6 / took);
            (total, seconds) = (total + bytes, seconds + took);
            texts.push(found);
        }
        println!("  {:<22} {:>8.1} MB  {:>7.1} MB/s", "all", total as f64 / 1e6, total as f64 / 1e6 / seconds);
    }
    let ours = total as f64 / seconds;
    match peer_rate(&texts) {
        Some(peer) => println!("datatrove: {:.4} MB/s; ratio {:.0}", peer / 1e6, ours / peer),
        None => println!("skipped the peer: set MALMOI_PEERS_PYTHON to a Python that has datatrove"),
    }
}

fn texts_of(path: &Path) -> Vec<String> {
    let mut reader = RecordReader::new(
        &SourceConfig::of(Format::Jsonl),
        Box::new(File::open(path).unwrap()),
        64 << 20,
        &std::env::temp_dir(),
    );
    let (mut texts, mut bytes) = (Vec::new(), 0);
    while let Some(record) = reader.next_record().unwrap() {
        let Payload::Json(line) = record.payload else { continue };
        let line = String::from_utf8(line).unwrap();
        let text = json::parse_line(&line, &Fields::default()).unwrap().text.unwrap_or_default();
        bytes += text.len();
        texts.push(text);
        if bytes > BYTES_OF_EACH {
            break;
        }
    }
    texts
}

/// Bytes of text and CPU seconds.
fn clean_all(preset: Preset, texts: &[String]) -> (usize, f64) {
    let config: IngestConfig = serde_json::from_value(serde_json::json!({ "preset": preset })).unwrap();
    let equipment = Equipment::of_config(&config).unwrap();
    let source = SourceConfig::of(Format::Text);
    let mut cleaner = Cleaner::new(&source, config.rules_of(&source).unwrap(), &equipment);
    let payloads: Vec<_> = texts.iter().map(|text| Payload::Text(text.clone().into_bytes())).collect();
    let watch = Resources::start();
    for payload in payloads {
        std::hint::black_box(cleaner.clean(payload));
    }
    let timing = watch.timing(0, false);
    (texts.iter().map(String::len).sum(), timing.cpu_seconds.unwrap_or(timing.wall_seconds))
}

/// Bytes per CPU second of the peer on the first texts of every file.
fn peer_rate(files: &[Vec<String>]) -> Option<f64> {
    let python = std::env::var_os("MALMOI_PEERS_PYTHON")?;
    let sample = std::env::temp_dir().join(format!("malmoi-text-path-{}.jsonl", std::process::id()));
    let mut lines = String::new();
    for texts in files {
        let mut bytes = 0;
        for text in texts.iter().take_while(|text| {
            bytes += text.len();
            bytes <= PEER_BYTES / files.len()
        }) {
            lines.push_str(&serde_json::json!({ "text": text }).to_string());
            lines.push('\n');
        }
    }
    std::fs::write(&sample, lines).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/datatrove_filters.py");
    let output = Command::new(python).arg(script).arg(&sample).output().ok()?;
    std::fs::remove_file(&sample).unwrap();
    let printed = String::from_utf8(output.stdout).ok()?;
    let mut numbers = printed.split_whitespace().rev().filter_map(|word| word.parse::<f64>().ok());
    let (seconds, bytes) = (numbers.next()?, numbers.next()?);
    Some(bytes / seconds)
}

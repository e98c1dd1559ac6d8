//! Shows what ingest makes of a file, without an engine: `look jsonl|text|html|warc FILE [EVERY]`.
//!
//! Prints counts by outcome, then every EVERY-th record with its outcome and the beginning of its text.

use malmoi_ingest::clean::Cleaner;
use malmoi_ingest::config::{IngestConfig, Rules};
use malmoi_ingest::read::RecordReader;
use malmoi_ingest::source::{Fields, Format};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(format), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: look jsonl|text|html|warc FILE [EVERY]".into());
    };
    let format: Format = serde_json::from_value(format.into())?;
    let every: Option<u64> = arguments.next().map(|every| every.parse()).transpose()?;
    let limit = IngestConfig::default().max_record.bytes();
    let mut reader = RecordReader::new(format, Box::new(std::fs::File::open(&path)?), limit);
    let mut cleaner = Cleaner::new(Fields::default(), Rules::default(), limit);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let (mut reading, mut cleaning, mut raw, mut text) = (Duration::ZERO, Duration::ZERO, 0, 0);
    let mut out = io::stdout().lock();
    loop {
        let started = Instant::now();
        let Some(record) = reader.next_record()? else { break };
        reading += started.elapsed();
        raw += record.bytes();
        let (ordinal, offset) = (record.ordinal, record.offset);
        let started = Instant::now();
        let cleaned = cleaner.clean(record.payload);
        let took = started.elapsed();
        cleaning += took;
        if took > Duration::from_secs(1) {
            writeln!(out, "slow: record {ordinal} took {took:?}: {:?}", cleaned.url)?;
        }
        let word = cleaned.outcome.reason().map_or("kept", |reason| reason.as_str());
        *counts.entry(word.to_owned()).or_default() += 1;
        text += cleaned.document.as_ref().map_or(0, |document| document.text.len());
        if every.is_some_and(|every| ordinal % every == 0) {
            let url = cleaned.url.as_deref().unwrap_or("");
            writeln!(
                out,
                "\n=== record {ordinal} at {offset}, {word} {} {url}",
                cleaned.detail.as_deref().unwrap_or("")
            )?;
            if let Some(document) = cleaned.document {
                let start: String = document.text.chars().take(2000).collect();
                writeln!(out, "[{}, {} replaced, title {:?}]", document.charset, document.replaced, document.title)?;
                writeln!(out, "{:?}\n{start}", document.measures)?;
            }
        }
    }
    writeln!(out, "{counts:?}")?;
    let speed = |time: Duration| raw as f64 / 1e6 / time.as_secs_f64();
    writeln!(out, "{raw} bytes read at {:.1} MB/s, cleaned to {text} at {:.1} MB/s", speed(reading), speed(cleaning))?;
    Ok(())
}

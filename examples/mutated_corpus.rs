//! Writes a corpus of any size made from real text, to measure `malmoi plan`, `ingest` and `dedup` on.
//!
//! ```sh
//! MALMOI_DATA=/path/to/data cargo run --release --example mutated_corpus -- FOLDER GIGABYTES [SEED]
//! ```
//!
//! Reads the JSON lines below `MALMOI_DATA/text` and writes `FOLDER/part-00000.jsonl.zst` and so on until the texts come
//! to so many gigabytes (10^9 bytes). Of a hundred documents [`EXACT`] are copies of a real document, [`NEAR`] are copies
//! with words changed, left out or put in, at a rate between 0.2 and 20 % that is drawn for each, and the rest is put
//! together from sentences of unrelated documents, one word in four replaced, so that no shingle of five words survives.
//! Real documents do not become more as the corpus grows: their copies do.

#![allow(clippy::unwrap_used, reason = "a tool for measurements fails by panicking")]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

/// Copies among a hundred documents.
const EXACT: u64 = 5;

/// Changed copies among a hundred documents.
const NEAR: u64 = 20;

/// Bytes of text in a file.
const FILE_BYTES: u64 = 256 << 20;

/// Shorter texts, such as redirects, are left out.
const MIN_CHARACTERS: usize = 20;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// The real texts, and where their sentences lie.
struct Real {
    texts: Vec<String>,
    /// Text and byte range of each sentence.
    sentences: Vec<(u32, u32, u32)>,
}

impl Real {
    fn read(folder: &Path) -> Self {
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let mut texts = Vec::new();
        for file in files {
            let reader = zstd::stream::read::Decoder::new(std::fs::File::open(file).unwrap()).unwrap();
            for line in BufReader::new(reader).lines() {
                let document: Value = serde_json::from_str(&line.unwrap()).unwrap();
                let text = document["text"].as_str().unwrap_or_default();
                if text.chars().nth(MIN_CHARACTERS).is_some() {
                    texts.push(text.to_owned());
                }
            }
        }
        let sentences = (0u32..).zip(&texts).flat_map(|(at, text)| sentences_of(at, text)).collect();
        Self { texts, sentences }
    }

    fn sentence(&self, random: &mut Random) -> &str {
        let &(text, start, end) = random.of(&self.sentences);
        &self.texts[text as usize][start as usize..end as usize]
    }

    fn word(&self, random: &mut Random) -> &str {
        let sentence = self.sentence(random);
        let skipped = random.below(sentence.split(' ').count());
        sentence.split(' ').nth(skipped).unwrap_or("말")
    }

    /// As long as a real document drawn at random, of sentences from anywhere.
    fn fresh(&self, random: &mut Random) -> String {
        let length = random.of(&self.texts).len();
        let mut text = String::with_capacity(length + 256);
        while text.len() < length {
            for (place, word) in self.sentence(random).split(' ').enumerate() {
                text.push_str(if place % 4 == 3 { self.word(random) } else { word });
                text.push(' ');
            }
            text.push(if random.below(4) == 0 { '\n' } else { ' ' });
        }
        text
    }

    /// A real document with words changed.
    fn near(&self, random: &mut Random) -> String {
        let rate = 0.002 * 100f64.powf(random.share());
        let original = random.of(&self.texts);
        let mut text = String::with_capacity(original.len() + original.len() / 8);
        for word in original.split_inclusive([' ', '\n']) {
            if random.share() >= rate {
                text.push_str(word);
                continue;
            }
            match random.below(3) {
                0 => {}
                1 => text.extend([self.word(random), " "]),
                _ => text.extend([word, self.word(random), " "]),
            }
        }
        text
    }
}

fn sentences_of(text: u32, content: &str) -> Vec<(u32, u32, u32)> {
    let mut start = 0;
    let mut found = Vec::new();
    for piece in content.split_inclusive(['.', '\n']) {
        let end = start + piece.len();
        let trimmed = piece.trim();
        if trimmed.contains(' ') {
            let from = start + (piece.len() - piece.trim_start().len());
            found.push((text, from as u32, (from + trimmed.len()) as u32));
        }
        start = end;
    }
    found
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, gigabytes, seed @ ..] = arguments.as_slice() else {
        eprintln!("usage: mutated_corpus FOLDER GIGABYTES [SEED]");
        std::process::exit(2);
    };
    let data = std::env::var("MALMOI_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let wanted = (gigabytes.parse::<f64>().unwrap() * 1e9) as u64;
    let mut random = Random(seed.first().map_or(0, |seed| seed.parse().unwrap()));
    let real = Real::read(&Path::new(&data).join("text"));
    std::fs::create_dir_all(folder).unwrap();
    let (mut bytes, mut documents) = (0, 0u64);
    let mut kinds = [0u64; 3];
    for file in 0.. {
        if bytes >= wanted {
            break;
        }
        let path = Path::new(folder).join(format!("part-{file:05}.jsonl.zst"));
        let mut out = zstd::stream::write::Encoder::new(std::fs::File::create(path).unwrap(), 1).unwrap();
        let until = wanted.min(bytes + FILE_BYTES);
        while bytes < until {
            let draw = random.next() % 100;
            let (kind, text) = match draw {
                0..EXACT => (0, random.of(&real.texts).clone()),
                _ if draw < EXACT + NEAR => (1, real.near(&mut random)),
                _ => (2, real.fresh(&mut random)),
            };
            kinds[kind] += 1;
            bytes += text.len() as u64;
            writeln!(out, "{}", json!({ "id": documents, "text": text })).unwrap();
            documents += 1;
        }
        out.finish().unwrap();
    }
    println!("{bytes} bytes of text, {documents} documents: {} exact, {} near, {} fresh", kinds[0], kinds[1], kinds[2]);
}

//! The vocabulary that the learner makes from a text of our own, and its ids, against Hugging Face `tokenizers`.
//!
//! `reference/encode.py` made `ids.json`. `MALMOI_WRITE_REFERENCE=1 cargo test -p malmoi-tokenize --test reference` writes
//! `tokenizer.json` again after a change that is meant to change it; run `encode.py` after it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use malmoi_tokenize::{Encoder, TokenizeConfig, Vocabulary, WordCounts};
use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("cannot read {name}: {e}"))
}

fn learn() -> Vec<u8> {
    let config = TokenizeConfig { vocabulary: 640.try_into().unwrap(), ..TokenizeConfig::default() };
    let mut words = WordCounts::new(config.digits).unwrap();
    read("corpus.txt").lines().for_each(|line| words.add(line).unwrap());
    Vocabulary::learn(words, &config, || Ok(())).unwrap().to_json().unwrap()
}

#[test]
fn the_learner_makes_the_stored_vocabulary() {
    let learned = learn();
    if std::env::var_os("MALMOI_WRITE_REFERENCE").is_some() {
        std::fs::write(path("tokenizer.json"), &learned).unwrap();
    }
    assert!(learned == read("tokenizer.json").into_bytes(), "the learned vocabulary is not the stored one");
}

#[test]
fn ids_are_those_of_hugging_face_tokenizers() {
    let encoder = Encoder::new(Vocabulary::from_json(read("tokenizer.json").as_bytes()).unwrap());
    let expected: Vec<Vec<u32>> = serde_json::from_str(&read("ids.json")).unwrap();
    let sentences = read("sentences.txt");
    assert_eq!(sentences.lines().count(), expected.len());
    for (sentence, expected) in sentences.lines().zip(expected) {
        let mut ids = Vec::new();
        encoder.encode(sentence, &mut ids).unwrap();
        assert_eq!(ids, expected, "{sentence}");
        assert_eq!(encoder.decode(&ids).unwrap(), sentence);
    }
}

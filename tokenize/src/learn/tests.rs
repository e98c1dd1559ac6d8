use super::*;
use crate::{TokenizeConfig, TokenizeError, Vocabulary};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::{AddedToken, Tokenizer};

const CORPUS: &str = include_str!("../../tests/reference/corpus.txt");

fn config(vocabulary: u32, min_frequency: u64) -> TokenizeConfig {
    TokenizeConfig {
        vocabulary: vocabulary.try_into().unwrap(),
        min_frequency: min_frequency.try_into().unwrap(),
        ..TokenizeConfig::default()
    }
}

fn count<'a>(lines: impl IntoIterator<Item = &'a str>) -> WordCounts {
    let mut words = WordCounts::new(Digits::Single).unwrap();
    lines.into_iter().for_each(|line| words.add(line).unwrap());
    words
}

fn learn(words: WordCounts, config: &TokenizeConfig) -> String {
    String::from_utf8(Vocabulary::learn(words, config, || Ok(())).unwrap().to_json().unwrap()).unwrap()
}

/// The same vocabulary by the trainer of the `tokenizers` crate.
fn learn_by_library(config: &TokenizeConfig) -> String {
    let bytes = ByteLevel::new(false, true, false);
    let mut tokenizer = Tokenizer::new(BPE::default());
    tokenizer
        .with_pre_tokenizer(Some(Sequence::new(vec![
            PreTokenizerWrapper::Split(splitter(config.digits).unwrap()),
            PreTokenizerWrapper::ByteLevel(bytes),
        ])))
        .with_decoder(Some(bytes));
    let trainer = BpeTrainer::builder()
        .vocab_size(config.vocabulary.get() as usize)
        .min_frequency(config.min_frequency.get())
        .special_tokens(vec![AddedToken::from(crate::END_OF_TEXT, true)])
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .show_progress(false)
        .build();
    let mut trainer = tokenizers::models::TrainerWrapper::from(trainer);
    tokenizer.train(&mut trainer, CORPUS.lines()).unwrap();
    tokenizer.to_string(true).unwrap() + "\n"
}

#[test]
fn the_vocabulary_is_that_of_the_librarys_trainer() {
    for config in [config(257, 2), config(300, 2), config(500, 2), config(100_000, 3)] {
        assert!(learn(count(CORPUS.lines()), &config) == learn_by_library(&config), "{config:?}");
    }
}

#[test]
fn the_order_and_the_division_of_the_text_do_not_matter() {
    let config = config(500, 2);
    let expected = learn(count(CORPUS.lines()), &config);
    assert_eq!(learn(count(CORPUS.lines().rev()), &config), expected);
    let parts = CORPUS.lines().map(|line| count([line]));
    assert_eq!(learn(parts.reduce(WordCounts::merge).unwrap(), &config), expected);
}

#[test]
fn a_long_word_is_not_learned_from() {
    let long = "가".repeat(LONGEST_WORD / 3 + 1);
    assert!(count([long.as_str()]).into_sorted().is_empty());
    assert_eq!(count([&long[..LONGEST_WORD / 3 * 3]]).into_sorted().len(), 1);
}

#[test]
fn learning_can_be_stopped() {
    let stopped = Vocabulary::learn(count(CORPUS.lines()), &config(500, 2), || Err(TokenizeError::NoDocuments));
    assert!(matches!(stopped, Err(TokenizeError::NoDocuments)));
}

/// Byte pair encoding as its definition says: counts everything again before every merge.
fn naive(words: &[(Box<str>, u64)], alphabet: &[u8; 256], target: usize, min_frequency: u64) -> Merges {
    let mut symbols: Vec<Vec<u8>> = alphabet.iter().map(|&byte| vec![byte]).collect();
    let id = |byte: u8| alphabet.iter().position(|&b| b == byte).unwrap() as u32;
    let mut divided: Vec<(Vec<u32>, u64)> = words.iter().map(|(w, n)| (w.bytes().map(id).collect(), *n)).collect();
    let mut pairs: Vec<merges::Pair> = Vec::new();
    while symbols.len() < target {
        let mut counts = BTreeMap::new();
        for (word, count) in &divided {
            word.windows(2).for_each(|pair| *counts.entry((pair[0], pair[1])).or_insert(0) += count);
        }
        let Some((&pair, &count)) = counts.iter().max_by_key(|&(&pair, &count)| (count, std::cmp::Reverse(pair)))
        else {
            break;
        };
        if count < min_frequency {
            break;
        }
        let bytes = [symbols[pair.0 as usize].clone(), symbols[pair.1 as usize].clone()].concat();
        let symbol = symbols.iter().position(|known| *known == bytes).unwrap_or(symbols.len()) as u32;
        if symbol as usize == symbols.len() {
            symbols.push(bytes);
        }
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
        for (word, _) in &mut divided {
            let mut at = 0;
            while at + 1 < word.len() {
                if (word[at], word[at + 1]) == pair {
                    word.splice(at..at + 2, [symbol]);
                }
                at += 1;
            }
        }
    }
    Merges { symbols, pairs }
}

proptest! {
    #[test]
    fn merges_are_those_of_the_definition(
        words in prop::collection::btree_map("[ab가]{1,14}", 1u64..6, 1..12), target in 256usize..300, least in 1u64..4,
    ) {
        let words: Vec<(Box<str>, u64)> = words.into_iter().map(|(w, n)| (w.into_boxed_str(), n)).collect();
        let alphabet: [u8; 256] = std::array::from_fn(|byte| 255 - byte as u8);
        let learned = learn_merges(&words, &alphabet, target, least, || Ok::<_, ()>(())).unwrap();
        prop_assert_eq!(learned, naive(&words, &alphabet, target, least));
    }
}

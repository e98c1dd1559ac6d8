//! Learning a vocabulary: different pre-tokens of the sample are counted, then merged.

mod merges;
#[cfg(test)]
mod tests;

pub(crate) use merges::{Merges, learn_merges};

use crate::TokenizeError;
use crate::config::Digits;
use crate::encode::pieces;
use crate::vocabulary::splitter;
use std::collections::HashMap;
use tokenizers::pre_tokenizers::split::Split;
use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer};

/// Bytes of the longest pre-token that is learned from. Longer ones are encoded data and rules of dashes: they teach no
/// word, and every merge would walk through all of them.
const LONGEST_WORD: usize = 1024;

/// How often each pre-token occurs in a text.
///
/// Counts of parts of a text add up to those of the whole in any order: see [`WordCounts::merge`].
pub struct WordCounts {
    split: Split,
    counts: HashMap<Box<str>, u64>,
}

impl WordCounts {
    /// No text yet.
    pub fn new(digits: Digits) -> Result<Self, TokenizeError> {
        Ok(Self { split: splitter(digits)?, counts: HashMap::new() })
    }

    /// Counts the pre-tokens of a document.
    pub fn add(&mut self, text: &str) -> Result<(), TokenizeError> {
        let failed = TokenizeError::library("divide a text into pre-tokens");
        for piece in pieces(text) {
            let mut splits = PreTokenizedString::from(piece);
            self.split.pre_tokenize(&mut splits).map_err(&failed)?;
            for (word, _, _) in splits.get_splits(OffsetReferential::Original, OffsetType::None) {
                match self.counts.get_mut(word) {
                    Some(count) => *count += 1,
                    None if word.len() <= LONGEST_WORD => drop(self.counts.insert(word.into(), 1)),
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// Adds the counts of another part of the text.
    #[must_use]
    pub fn merge(mut self, mut other: Self) -> Self {
        if self.counts.len() < other.counts.len() {
            std::mem::swap(&mut self, &mut other);
        }
        for (word, count) in other.counts {
            *self.counts.entry(word).or_default() += count;
        }
        self
    }

    /// Different pre-tokens and their counts, in the order of their bytes.
    pub(crate) fn into_sorted(self) -> Vec<(Box<str>, u64)> {
        let mut words: Vec<_> = self.counts.into_iter().collect();
        words.sort_unstable();
        words
    }
}

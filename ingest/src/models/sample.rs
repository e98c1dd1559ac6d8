//! A bounded sample of different texts that does not depend on the order in which they come.

use super::Windows;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The texts with the smallest keyed hashes, as many as fit in a number of bytes. Equal texts are one; iteration is in
/// order of the hash, which is a fixed shuffle.
#[derive(Debug)]
pub(super) struct Sample {
    seed: u64,
    limit: usize,
    window: usize,
    bytes: usize,
    /// Hashes from here on no longer fit.
    bound: u64,
    texts: BTreeMap<u64, String>,
}

impl Sample {
    /// A sample of at most `limit` bytes that keeps three windows of `window` characters of a long text.
    pub(super) fn new(seed: u64, limit: usize, window: usize) -> Self {
        Self { seed, limit, window, bytes: 0, bound: u64::MAX, texts: BTreeMap::new() }
    }

    pub(super) fn offer(&mut self, text: &str) {
        let text = text.trim();
        let key = xxh3_64_with_seed(text.as_bytes(), self.seed);
        if text.is_empty() || key >= self.bound || self.texts.contains_key(&key) {
            return;
        }
        let kept = Windows::of(text, self.window).iter().collect::<Vec<_>>().join("\n");
        self.bytes += kept.len();
        self.texts.insert(key, kept);
        while self.bytes > self.limit {
            let Some((key, text)) = self.texts.pop_last() else { break };
            self.bytes -= text.len();
            self.bound = key;
        }
    }

    pub(super) fn texts(&self) -> &BTreeMap<u64, String> {
        &self.texts
    }

    pub(super) fn remove(&mut self, key: u64) {
        if let Some(text) = self.texts.remove(&key) {
            self.bytes -= text.len();
        }
    }
}

/// SplitMix64 (Steele et al. 2014): enough for shuffles, and the same everywhere.
#[derive(Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Fisher and Yates.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn neither_order_nor_repetition_matters(texts in prop::collection::vec("[가-깋 ]{0,12}", 0..40), seed: u64, limit in 0usize..300) {
            let draw = |order: &[String]| {
                let mut sample = Sample::new(seed, limit, 100);
                order.iter().for_each(|text| sample.offer(text));
                sample.texts().clone()
            };
            let mut other = texts.clone();
            Random(seed).shuffle(&mut other);
            other.extend_from_slice(&texts);
            prop_assert_eq!(draw(&texts), draw(&other));
            prop_assert!(draw(&texts).values().map(String::len).sum::<usize>() <= limit);
        }
    }
}

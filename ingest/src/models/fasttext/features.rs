//! Which rows of the input matrix a text adds up, as fastText's dictionary finds them.

use super::LABEL_PREFIX;
use super::index::{BucketIndex, WordIndex};

const END_OF_LINE: &[u8] = b"</s>";

/// Words, character n-grams and word n-grams of a model.
#[derive(Debug)]
pub(super) struct Features {
    pub(super) words: WordIndex,
    /// The row after the last word.
    pub(super) first_bucket: usize,
    pub(super) buckets: Divisor,
    /// Set for a model whose rare n-grams were cut away.
    pub(super) pruned: Option<BucketIndex>,
    pub(super) word_ngrams: usize,
    /// Characters of the shortest character n-gram.
    pub(super) shortest: usize,
    /// Characters of the longest; 0 for a model without character n-grams.
    pub(super) longest: usize,
}

impl Features {
    /// Calls `add` with each row of a line that consists of `parts`, in fastText's own order.
    pub(super) fn each<'t>(
        &self,
        parts: impl IntoIterator<Item = &'t str>,
        word: &mut Vec<u8>,
        hashes: &mut Vec<i32>,
        mut add: impl FnMut(usize),
    ) {
        hashes.clear();
        for part in parts {
            for token in part.as_bytes().split(|&byte| is_separator(byte)).filter(|token| !token.is_empty()) {
                // Labels in a text are no features. They are told by their prefix alone: a label is never a word here.
                if token.starts_with(LABEL_PREFIX.as_bytes()) {
                    continue;
                }
                self.token(token, word, hashes, &mut add);
                if token == END_OF_LINE {
                    // A line ends here for fastText, whoever wrote it.
                    return self.word_ngrams(hashes, &mut add);
                }
            }
        }
        self.token(END_OF_LINE, word, hashes, &mut add);
        self.word_ngrams(hashes, &mut add);
    }

    fn token(&self, token: &[u8], word: &mut Vec<u8>, hashes: &mut Vec<i32>, add: &mut impl FnMut(usize)) {
        if let Some(number) = self.words.find(token) {
            add(number);
        }
        if self.longest > 0 && token != END_OF_LINE {
            word.clear();
            word.push(b'<');
            word.extend_from_slice(token);
            word.push(b'>');
            self.character_ngrams(word, add);
        }
        if self.word_ngrams > 1 {
            hashes.push(hash(token) as i32);
        }
    }

    fn character_ngrams(&self, word: &[u8], add: &mut impl FnMut(usize)) {
        for start in (0..word.len()).filter(|&start| !is_continuation(word[start])) {
            let (mut state, mut at) = (FNV_OFFSET, start);
            for length in 1..=self.longest {
                let Some(&byte) = word.get(at) else { break };
                state = fnv(state, byte);
                at += 1;
                while let Some(&byte) = word.get(at).filter(|&&byte| is_continuation(byte)) {
                    state = fnv(state, byte);
                    at += 1;
                }
                let only_a_mark = length == 1 && (start == 0 || at == word.len());
                if length >= self.shortest && !only_a_mark {
                    self.bucket(self.buckets.remainder(state), add);
                }
            }
        }
    }

    fn word_ngrams(&self, hashes: &[i32], add: &mut impl FnMut(usize)) {
        if self.word_ngrams < 2 {
            return;
        }
        for (at, &first) in hashes.iter().enumerate() {
            // fastText widens its signed hashes: the sign extends.
            let mut state = i64::from(first) as u64;
            for &next in hashes[at + 1..].iter().take(self.word_ngrams - 1) {
                state = state.wrapping_mul(116_049_371).wrapping_add(i64::from(next) as u64);
                self.bucket((state % u64::from(self.buckets.get())) as u32, add);
            }
        }
    }

    #[inline]
    fn bucket(&self, bucket: u32, add: &mut impl FnMut(usize)) {
        match &self.pruned {
            None => add(self.first_bucket + bucket as usize),
            Some(left) => {
                if let Some(row) = left.row(bucket) {
                    add(self.first_bucket + row as usize);
                }
            }
        }
    }
}

/// A divisor that stays the same: the remainder takes two multiplications (Lemire, Kaser and Kurz 2019).
#[derive(Debug, Clone, Copy)]
pub(super) struct Divisor {
    divisor: u32,
    inverse: u64,
}

impl Divisor {
    /// Zero counts as one.
    pub(super) fn new(divisor: u32) -> Self {
        let divisor = divisor.max(1);
        Self { divisor, inverse: (u64::MAX / u64::from(divisor)).wrapping_add(1) }
    }

    pub(super) fn get(self) -> u32 {
        self.divisor
    }

    #[inline]
    fn remainder(self, dividend: u32) -> u32 {
        let fraction = self.inverse.wrapping_mul(dividend.into());
        ((u128::from(fraction) * u128::from(self.divisor)) >> 64) as u32
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0x0b | 0x0c | 0)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

const FNV_OFFSET: u32 = 2_166_136_261;

/// FNV-1a over signed bytes, as fastText has it: a byte above 127 also flips the upper bits.
#[inline]
fn fnv(state: u32, byte: u8) -> u32 {
    (state ^ (byte as i8 as u32)).wrapping_mul(16_777_619)
}

fn hash(token: &[u8]) -> u32 {
    token.iter().fold(FNV_OFFSET, |state, &byte| fnv(state, byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn remainders_are_exact(dividend: u32, divisor: u32, small in 0u32..100) {
            for divisor in [divisor.max(1), small.max(1), 1 << (small % 32), u32::MAX] {
                prop_assert_eq!(Divisor::new(divisor).remainder(dividend), dividend % divisor);
            }
        }
    }
}

use crate::eojeol::Eojeol;
use serde::{Deserialize, Serialize};

mod token;

/// What a shingle is made of, and of how many.
///
/// `shingles = { eojeol = 5 }` in a recipe. Spacing varies in Korean (할 수 있다, 할수 있다): shingles of characters and of
/// letters do not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShingleUnit {
    /// Runs of non-space characters.
    Eojeol(crate::Bounded<1, 64>),
    /// Characters, whitespace left out.
    Characters(crate::Bounded<1, 64>),
    /// Letters and digits: characters without punctuation and symbols, full-width forms of ASCII as ASCII, ASCII in
    /// lower case.
    Letters(crate::Bounded<1, 64>),
}

impl ShingleUnit {
    /// Units per shingle.
    pub fn size(self) -> usize {
        match self {
            Self::Eojeol(size) | Self::Characters(size) | Self::Letters(size) => size.get(),
        }
    }
}

/// Base of the polynomial that joins the tokens of a shingle: 2⁶⁴ over the golden ratio, odd.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Shingles (n-grams) of documents, as 32-bit hashes.
///
/// Each eojeol or character becomes one 64-bit token; a shingle's hash is a polynomial over its tokens that rolls from one
/// to the next, so the cost follows the text and not the size of the shingle, and nothing is allocated per shingle.
#[derive(Debug)]
pub struct Shingles {
    unit: ShingleUnit,
    /// [`BASE`] to the power of the size: what a token weighs when it has left the window.
    leaving: u64,
    /// Odd.
    factor: u64,
    tokens: Vec<u64>,
    hashes: Vec<u32>,
}

impl Shingles {
    /// Shingles of the given unit. Another `seed` gives other hashes.
    pub fn new(unit: ShingleUnit, seed: u64) -> Self {
        let leaving = (0..unit.size()).fold(1u64, |power, _| power.wrapping_mul(BASE));
        Self { unit, leaving, factor: mix(seed) | 1, tokens: Vec::new(), hashes: Vec::new() }
    }

    /// What they are made of.
    pub fn unit(&self) -> ShingleUnit {
        self.unit
    }

    /// Hashes of all shingles of a text in order, repeated ones included. A text of fewer units than a shingle has is one shingle.
    pub fn of(&mut self, text: &Eojeol) -> &[u32] {
        self.tokens.clear();
        self.hashes.clear();
        match self.unit {
            ShingleUnit::Eojeol(_) => token::eojeol(text, &mut self.tokens),
            ShingleUnit::Characters(_) => token::characters(text.folded(), &mut self.tokens),
            ShingleUnit::Letters(_) => token::letters(text.folded(), &mut self.tokens),
        }
        let (leaving, factor) = (self.leaving, self.factor);
        let (first, rest) = self.tokens.split_at(self.tokens.len().min(self.unit.size()));
        let mut window = first.iter().fold(0u64, |window, &token| window.wrapping_mul(BASE).wrapping_add(token));
        self.hashes.push(finish(window, factor));
        self.hashes.extend(rest.iter().zip(&self.tokens).map(|(&enters, &leaves)| {
            let change = enters.wrapping_sub(leaves.wrapping_mul(leaving));
            window = window.wrapping_mul(BASE).wrapping_add(change);
            finish(window, factor)
        }));
        &self.hashes
    }
}

/// The upper half of a product. One multiplication does, for tokens are well mixed and a difference of windows is as random
/// as they are. Thirty-two bits suffice: even among the hundreds of thousands of shingles of the longest documents,
/// collisions by chance move the similarity by less than one in ten thousand.
#[inline(always)]
fn finish(window: u64, factor: u64) -> u32 {
    ((window ^ window >> 32).wrapping_mul(factor) >> 32) as u32
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests;

use crate::eojeol::Eojeol;
use xxhash_rust::xxh3::xxh3_64;

/// Base of the polynomial that joins the hashes of a shingle's eojeol: 2⁶⁴ over the golden ratio, odd.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Shingles (n-grams of eojeol) of documents, as 32-bit hashes.
///
/// Each eojeol is hashed once; a shingle's hash is a polynomial over its eojeol hashes that rolls from one to the next, so
/// the cost follows the text and not the size of the shingle, and nothing is allocated per shingle.
#[derive(Debug)]
pub struct Shingles {
    size: usize,
    /// [`BASE`] to the power of `size`: what an eojeol weighs when it has left the window.
    leaving: u64,
    seed: u64,
    eojeol: Vec<u64>,
    hashes: Vec<u32>,
}

impl Shingles {
    /// Shingles of `size` eojeol, at least one. Another `seed` gives other hashes.
    pub fn new(size: usize, seed: u64) -> Self {
        let size = size.max(1);
        let leaving = (0..size).fold(1u64, |power, _| power.wrapping_mul(BASE));
        Self { size, leaving, seed: mix(seed), eojeol: Vec::new(), hashes: Vec::new() }
    }

    /// Eojeol per shingle.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Hashes of all shingles of a text in order, repeated ones included. A text of fewer eojeol than a shingle has is one shingle.
    pub fn of(&mut self, text: &Eojeol) -> &[u32] {
        self.eojeol.clear();
        self.hashes.clear();
        self.eojeol.extend(text.iter().map(|eojeol| xxh3_64(eojeol.as_bytes())));
        let mut window = 0u64;
        for (at, &entering) in self.eojeol.iter().enumerate() {
            window = window.wrapping_mul(BASE).wrapping_add(entering);
            if at >= self.size {
                window = window.wrapping_sub(self.eojeol[at - self.size].wrapping_mul(self.leaving));
            }
            if at + 1 >= self.size {
                self.hashes.push(finish(window, self.seed));
            }
        }
        if self.hashes.is_empty() {
            self.hashes.push(finish(window, self.seed));
        }
        &self.hashes
    }
}

/// The upper half of the mixed window. Thirty-two bits suffice: even among the hundreds of thousands of shingles of the
/// longest documents, collisions by chance move the similarity by less than one in ten thousand.
fn finish(window: u64, seed: u64) -> u32 {
    (mix(window ^ seed) >> 32) as u32
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn shingles(size: usize, text: &str) -> Vec<u32> {
        let mut eojeol = Eojeol::default();
        eojeol.cut(text);
        Shingles::new(size, 1).of(&eojeol).to_vec()
    }

    #[test]
    fn a_short_text_is_one_shingle() {
        assert_eq!(shingles(5, "짧은 글").len(), 1);
        assert_eq!(shingles(5, "").len(), 1);
        assert_ne!(shingles(5, "짧은 글"), shingles(5, "글 짧은"));
        assert_eq!(shingles(5, "하나 둘 셋 넷 다섯").len(), 1);
        assert_eq!(shingles(5, "하나 둘 셋 넷 다섯 여섯").len(), 2);
    }

    #[test]
    fn another_seed_gives_other_hashes() {
        let mut eojeol = Eojeol::default();
        eojeol.cut("하나 둘 셋");
        assert_ne!(Shingles::new(2, 1).of(&eojeol), Shingles::new(2, 2).of(&eojeol));
    }

    proptest! {
        /// The rolling hash sees exactly the windows: equal where the eojeol are equal, different where they differ.
        #[test]
        fn hashes_are_equal_where_windows_are(size in 1usize..7, text in "[가나]{1,2}( [가나]{1,2}){0,40}") {
            let eojeol: Vec<&str> = text.split(' ').collect();
            let hashes = shingles(size, &text);
            let windows: Vec<&[&str]> =
                if eojeol.len() < size { vec![&eojeol] } else { eojeol.windows(size).collect() };
            prop_assert_eq!(hashes.len(), windows.len());
            let mut of_window = HashMap::new();
            let mut of_hash = HashMap::new();
            for (&hash, window) in hashes.iter().zip(windows) {
                prop_assert_eq!(*of_window.entry(window).or_insert(hash), hash);
                prop_assert_eq!(*of_hash.entry(hash).or_insert(window), window);
            }
        }
    }
}

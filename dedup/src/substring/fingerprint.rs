use super::error::SubstringError;
use super::runs::{characters, shortest_runs};
use crate::Eojeol;
use crate::shingle::mix;
use std::collections::VecDeque;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// Base of the polynomial that joins the hashes of eojeol: 2⁶⁴ over the golden ratio, odd.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sample of a text that every document sharing a run with it samples too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Of some consecutive eojeol.
    pub hash: u64,
    /// The stretch to compare with those of equal hashes: every run that can be shared on account of this hash, to its
    /// end.
    pub stretch: Range<u32>,
}

/// Picks fingerprints of documents by winnowing (Schleimer, Wilkerson and Aiken, 2003), with lengths in characters.
///
/// Guarantee: if two documents have a run of `min_characters` in common, then for each shortest such run there is a
/// fingerprint in either document, of equal hashes, whose stretches hold that run and what follows it in common for less
/// than another run. So it is enough to compare, for each hash that several documents have, their stretches.
///
/// A shingle begins at every eojeol and is as short as half of `min_characters` allows; of the shingles inside a shortest
/// run of `min_characters`, the one of the smallest hash is picked. Equal hashes of unequal text cost time only.
#[derive(Debug)]
pub struct Fingerprints {
    min_characters: usize,
    /// Powers of [`BASE`], as many as the longest shingle needs.
    powers: Vec<u64>,
    characters: Vec<u32>,
    /// The polynomial of all eojeol before each.
    prefix: Vec<u64>,
    /// Ends of the shortest runs and of the shingles from each eojeol.
    runs: Vec<u32>,
    shingles: Vec<u32>,
    hashes: Vec<u64>,
    /// Shingles that are or may become the smallest of the run at hand, in order of both place and hash.
    candidates: VecDeque<usize>,
    found: Vec<Fingerprint>,
}

impl Fingerprints {
    /// Fingerprints for runs of `min_characters`, two at least.
    pub fn new(min_characters: usize) -> Self {
        let min_characters = min_characters.max(2);
        // Every eojeol but the last takes two characters at least, with the space after it.
        let longest = min_characters / 4 + 1;
        let powers =
            std::iter::successors(Some(1u64), |power| Some(power.wrapping_mul(BASE))).take(longest + 1).collect();
        Self {
            min_characters,
            powers,
            characters: Vec::new(),
            prefix: Vec::new(),
            runs: Vec::new(),
            shingles: Vec::new(),
            hashes: Vec::new(),
            candidates: VecDeque::new(),
            found: Vec::new(),
        }
    }

    /// Fingerprints of a text in order of place. A text shorter than a run has none.
    ///
    /// # Errors
    /// A text of more eojeol than 32 bits can number.
    pub fn of(&mut self, text: &Eojeol) -> Result<&[Fingerprint], SubstringError> {
        if u32::try_from(text.len()).is_err() {
            return Err(SubstringError::TooLong { limit: u32::MAX });
        }
        self.hash(text);
        self.found.clear();
        self.candidates.clear();
        let mut entering = 0;
        let mut picked = None;
        for (start, &end) in self.runs.iter().enumerate() {
            while self.shingles.get(entering).is_some_and(|&shingle| shingle <= end) {
                while self.candidates.back().is_some_and(|&last| self.hashes[last] > self.hashes[entering]) {
                    self.candidates.pop_back();
                }
                self.candidates.push_back(entering);
                entering += 1;
            }
            while self.candidates.front().is_some_and(|&first| first < start) {
                self.candidates.pop_front();
            }
            if self.candidates.front() != picked.as_ref() {
                // Of equal hashes the last serves longest: a text of one word over and over has few fingerprints.
                while self.candidates.len() > 1 && self.hashes[self.candidates[0]] == self.hashes[self.candidates[1]] {
                    self.candidates.pop_front();
                }
                picked = self.candidates.front().copied();
                self.found.extend(picked.map(|shingle| self.fingerprint(shingle, text.len())));
            }
        }
        Ok(&self.found)
    }

    fn hash(&mut self, text: &Eojeol) {
        self.characters.clear();
        self.prefix.clear();
        self.hashes.clear();
        let mut before = 0u64;
        for eojeol in text.iter() {
            self.characters.push(characters(eojeol));
            self.prefix.push(before);
            before = before.wrapping_mul(BASE).wrapping_add(xxh3_64(eojeol));
        }
        self.prefix.push(before);
        shortest_runs(&self.characters, self.min_characters, &mut self.runs);
        shortest_runs(&self.characters, self.min_characters / 2, &mut self.shingles);
        for (start, &end) in self.shingles.iter().enumerate() {
            let end = end as usize;
            let leaving = self.prefix[start].wrapping_mul(self.powers[end - start]);
            self.hashes.push(mix(self.prefix[end].wrapping_sub(leaving)));
        }
    }

    /// Holds all shortest runs around the shingle, and on to where the next run of the last of them is long enough.
    fn fingerprint(&self, shingle: usize, eojeol: usize) -> Fingerprint {
        let start = self.runs.partition_point(|&end| end < self.shingles[shingle]);
        let end = self.runs.get(shingle + 1).copied().unwrap_or(eojeol as u32);
        Fingerprint { hash: self.hashes[shingle], stretch: start as u32..end }
    }
}

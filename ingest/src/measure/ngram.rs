//! Top and repeated n-grams (Rae et al. 2021, table A1), as datatrove computes them for FineWeb-2, over numbered tokens.

use super::numbering::Numbering;

/// A text as numbers of its tokens.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// The token at each position, as a number.
    pub(super) ids: Vec<u32>,
    /// How often each token occurs.
    pub(super) counts: Vec<u32>,
    /// Characters of all tokens before each position, and of all tokens at the end.
    ends: Vec<u32>,
    /// Characters of all tokens.
    total: u32,
}

impl Tokens {
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.counts.clear();
        self.ends.clear();
        self.ends.push(0);
        self.total = 0;
    }

    /// Adds one token.
    #[inline]
    pub(super) fn push(&mut self, id: u32, characters: u32) {
        self.ids.push(id);
        if self.counts.len() <= id as usize {
            self.counts.resize(id as usize + 1, 0);
        }
        self.counts[id as usize] += 1;
        self.total += characters;
        self.ends.push(self.total);
    }

    fn between(&self, start: usize, end: usize) -> u32 {
        self.ends[end] - self.ends[start]
    }
}

/// Shares of all characters.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct NgramShares {
    /// In the most frequent run of 2, 3 and 4 tokens.
    pub(super) top: [f32; 3],
    /// In runs of 5 to 10 tokens that occurred before.
    pub(super) repeated: [f32; 6],
}

/// Marks a position whose run occurs nowhere else.
const UNIQUE: u32 = u32::MAX;

/// Counts n-grams from short to long. A run can only repeat where the runs one token shorter at the same and at the next
/// position do, so that each length looks at fewer positions than the one before; keys are pairs of numbers, so that no
/// two runs are ever confused.
#[derive(Debug, Default)]
pub(super) struct Ngrams {
    numbering: Numbering,
    /// The number of the run at each position, or [`UNIQUE`].
    run: Vec<u32>,
    /// Positions whose run occurs more than once, ascending.
    active: Vec<u32>,
    candidates: Vec<u32>,
    counts: Vec<u32>,
    first: Vec<u32>,
    seen: Vec<bool>,
}

impl Ngrams {
    /// Measures a text of so many characters.
    pub(super) fn measure(&mut self, tokens: &Tokens, characters: u32) -> NgramShares {
        let mut shares = NgramShares::default();
        let share =
            |part: u64| if characters == 0 { 0.0 } else { (part as f64 / f64::from(characters)).min(1.0) as f32 };
        self.begin(tokens);
        for length in 2..=10 {
            self.lengthen();
            if length <= 4 {
                shares.top[length - 2] = share(self.top(tokens, length));
            } else if self.active.is_empty() {
                break;
            } else {
                shares.repeated[length - 5] = share(self.repeated(tokens, length));
            }
        }
        shares
    }

    fn begin(&mut self, tokens: &Tokens) {
        let repeats = |id: u32| tokens.counts[id as usize] > 1;
        self.run.clear();
        self.run.extend(tokens.ids.iter().map(|&id| if repeats(id) { id } else { UNIQUE }));
        self.active.clear();
        let positions = (0u32..).zip(&self.run).filter(|&(_, &run)| run != UNIQUE);
        self.active.extend(positions.map(|(position, _)| position));
    }

    /// From runs of one length to runs one token longer.
    fn lengthen(&mut self) {
        self.numbering.restart(self.active.len());
        self.candidates.clear();
        self.counts.clear();
        self.first.clear();
        for &position in &self.active {
            let here = self.run[position as usize];
            let next = self.run.get(position as usize + 1).copied().unwrap_or(UNIQUE);
            if next == UNIQUE {
                self.candidates.push(UNIQUE);
                continue;
            }
            let found = self.numbering.number(u64::from(here) << 32 | u64::from(next));
            if found.new {
                self.counts.push(1);
                self.first.push(position);
            } else {
                self.counts[found.number as usize] += 1;
            }
            self.candidates.push(found.number);
        }
        self.keep_repeating();
    }

    fn keep_repeating(&mut self) {
        let mut kept = 0;
        for index in 0..self.active.len() {
            let (position, run) = (self.active[index], self.candidates[index]);
            let repeats = run != UNIQUE && self.counts[run as usize] > 1;
            self.run[position as usize] = if repeats { run } else { UNIQUE };
            self.active[kept] = position;
            kept += usize::from(repeats);
        }
        self.active.truncate(kept);
    }

    /// Characters in the most frequent run, the earliest of several, spaces between its tokens counted: of a text in which
    /// no run repeats, those of the first.
    fn top(&self, tokens: &Tokens, length: usize) -> u64 {
        let mut best = (1, 0);
        for (&count, &first) in self.counts.iter().zip(&self.first) {
            if count > best.0 {
                best = (count, first as usize);
            }
        }
        let (count, first) = best;
        if first + length > tokens.ids.len() {
            return 0;
        }
        u64::from(count) * (u64::from(tokens.between(first, first + length)) + length as u64 - 1)
    }

    /// Characters in runs that were seen before, each skipped whole once it is counted.
    fn repeated(&mut self, tokens: &Tokens, length: usize) -> u64 {
        self.seen.clear();
        self.seen.resize(self.counts.len(), false);
        let (mut characters, mut next) = (0, 0);
        for &position in &self.active {
            let position = position as usize;
            if position < next {
                continue;
            }
            let seen = &mut self.seen[self.run[position] as usize];
            if *seen {
                characters += u64::from(tokens.between(position, position + length));
                next = position + length;
            }
            *seen = true;
        }
        characters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{HashMap, HashSet};

    fn tokens(words: &[&str]) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.clear();
        let mut known = HashMap::new();
        for &word in words {
            let next = known.len() as u32;
            tokens.push(*known.entry(word).or_insert(next), word.chars().count() as u32);
        }
        tokens
    }

    fn top_by_the_book(words: &[&str], n: usize) -> usize {
        let mut counts: Vec<(&[&str], usize)> = Vec::new();
        for gram in words.windows(n) {
            match counts.iter_mut().find(|(known, _)| *known == gram) {
                Some((_, count)) => *count += 1,
                None => counts.push((gram, 1)),
            }
        }
        let most = counts.iter().map(|(_, count)| *count).max();
        let top = counts.iter().find(|(_, count)| Some(*count) == most);
        top.map_or(0, |(gram, count)| gram.join(" ").chars().count() * count)
    }

    fn repeated_by_the_book(words: &[&str], n: usize) -> usize {
        let (mut seen, mut characters, mut at) = (HashSet::new(), 0, 0);
        while at + n <= words.len() {
            if seen.insert(&words[at..at + n]) {
                at += 1;
            } else {
                characters += words[at..at + n].concat().chars().count();
                at += n;
            }
        }
        characters
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(words in prop::collection::vec(prop::sample::select(vec!["나는", "책을", "읽었다", "또", "오늘"]), 0..120)) {
            let characters = 1000;
            let mut ngrams = Ngrams::default();
            let shares = ngrams.measure(&tokens(&words), characters);
            let share = |part: usize| (part as f64 / f64::from(characters)).min(1.0) as f32;
            for n in 2..=4 {
                prop_assert_eq!(shares.top[n - 2], share(top_by_the_book(&words, n)), "top {}", n);
            }
            for n in 5..=10 {
                prop_assert_eq!(shares.repeated[n - 5], share(repeated_by_the_book(&words, n)), "repeated {}", n);
            }
        }
    }

    #[test]
    fn a_refrain_is_counted_from_its_second_time_on() {
        let refrain = ["달아", "달아", "밝은", "달아", "이태백이"];
        let song = [refrain, refrain, refrain].concat();
        let tokens = tokens(&song);
        let shares = Ngrams::default().measure(&tokens, tokens.total);
        assert_eq!(shares.repeated[0], 2.0 / 3.0);
    }
}

//! Top and repeated n-grams (Rae et al. 2021, table A1), as datatrove computes them for FineWeb-2, over numbered tokens.

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

/// Runs that occur more than once.
#[derive(Debug, Default)]
struct Runs {
    /// Where they begin: the places of one run stand together, in ascending order.
    positions: Vec<u32>,
    /// Where the places of each run end in `positions`.
    ends: Vec<u32>,
}

impl Runs {
    /// Replaces the runs by others, with at most so many places together.
    fn collect(&mut self, most: usize, fill: impl FnOnce(&mut Collected<'_>)) {
        // One place and one end more, to write to in vain.
        self.positions.resize(most + 1, 0);
        self.ends.resize(most + 1, 0);
        let mut runs = Collected { positions: &mut self.positions, ends: &mut self.ends, places: 0, runs: 0 };
        fill(&mut runs);
        let (places, runs) = (runs.places, runs.runs);
        self.positions.truncate(places);
        self.ends.truncate(runs);
    }

    /// The places of each run.
    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.positions[start as usize..end as usize])
    }
}

/// Runs while they are collected. Whether a run repeats is hard to foretell, so that each is written and one that does not
/// repeat is written over by the next.
struct Collected<'a> {
    positions: &'a mut [u32],
    ends: &'a mut [u32],
    /// Places and runs that stay.
    places: usize,
    runs: usize,
}

impl Collected<'_> {
    /// A run of two places, if it repeats.
    #[inline]
    fn pair(&mut self, pair: [u32; 2], repeats: bool) {
        self.positions[self.places..self.places + 2].copy_from_slice(&pair);
        self.close(2, repeats);
    }

    /// The run that begins where the last one ended has so many places, if it repeats.
    #[inline]
    fn close(&mut self, places: u32, repeats: bool) {
        let end = self.places as u32 + if repeats { places } else { 0 };
        self.ends[self.runs] = end;
        self.places = end as usize;
        self.runs += usize::from(repeats);
    }

    /// Puts places in order of their runs; `counts` become cursors.
    #[inline]
    fn sort(&mut self, counts: &mut [u32], places: impl Iterator<Item = (u32, u32)>) {
        let scrap = self.positions.len() as u32 - 1;
        for count in &mut *counts {
            let (places, start) = (*count, self.places as u32);
            *count = if places > 1 { start } else { scrap };
            self.close(places, places > 1);
        }
        for (position, number) in places {
            let cursor = &mut counts[number as usize];
            self.positions[*cursor as usize] = position;
            *cursor += 1;
        }
    }
}

/// Counts n-grams from short to long. The places of a run are split by the token that follows: no two runs are ever
/// confused, nothing is hashed, and each length looks only at the places that the one before left.
#[derive(Debug, Default)]
pub(super) struct Ngrams {
    runs: Runs,
    longer: Runs,
    splitter: Splitter,
    order: Order,
}

impl Ngrams {
    /// Measures a text of so many characters.
    pub(super) fn measure(&mut self, tokens: &Tokens, characters: u32) -> NgramShares {
        let mut shares = NgramShares::default();
        let share =
            |part: u64| if characters == 0 { 0.0 } else { (part as f64 / f64::from(characters)).min(1.0) as f32 };
        self.splitter.single_tokens(tokens, &mut self.runs);
        for length in 2..=10 {
            self.lengthen(tokens, length);
            if length <= 4 {
                shares.top[length - 2] = share(self.top(tokens, length));
            } else if self.runs.ends.is_empty() {
                break;
            } else {
                shares.repeated[length - 5] = share(self.order.repeated(&self.runs, tokens, length));
            }
        }
        shares
    }

    /// From runs one token shorter to runs of this length.
    fn lengthen(&mut self, tokens: &Tokens, length: usize) {
        // The token that makes a run longer, by where the run begins; the last run of a text has none.
        let next = tokens.ids.get(length - 1..).unwrap_or_default();
        self.splitter.restart(tokens.counts.len());
        self.longer.collect(self.runs.positions.len(), |longer| {
            for places in self.runs.iter() {
                match *places {
                    // Most runs of natural text.
                    [a, b] => {
                        let token = next.get(b as usize);
                        longer.pair([a, b], token.is_some() && token == next.get(a as usize));
                    }
                    _ => self.splitter.split(places, next, longer),
                }
            }
        });
        std::mem::swap(&mut self.runs, &mut self.longer);
    }

    /// Characters in the most frequent run, the earliest of several, spaces between its tokens counted: of a text in which
    /// no run repeats, those of the first.
    fn top(&self, tokens: &Tokens, length: usize) -> u64 {
        let (mut most, mut first) = (1, 0);
        for places in self.runs.iter() {
            if places.len() > most || (places.len() == most && places[0] < first) {
                (most, first) = (places.len(), places[0]);
            }
        }
        let first = first as usize;
        if first + length > tokens.ids.len() {
            return 0;
        }
        most as u64 * (u64::from(tokens.between(first, first + length)) + length as u64 - 1)
    }
}

/// Splits the places of runs by token.
#[derive(Debug, Default)]
struct Splitter {
    /// By token: one more than the number of the run that it made last.
    latest: Vec<u32>,
    /// Runs that were made so far.
    known: u32,
    /// By number of a run among those that are being made: its places, and then where the next of them goes.
    counts: Vec<u32>,
    /// The number of the run at each place that is being split.
    numbers: Vec<u32>,
}

impl Splitter {
    /// Makes ready for runs of another length over so many different tokens.
    fn restart(&mut self, distinct: usize) {
        self.latest.clear();
        self.latest.resize(distinct, 0);
        self.known = 0;
    }

    /// Tokens that occur more than once, as runs of one.
    fn single_tokens(&mut self, tokens: &Tokens, runs: &mut Runs) {
        self.counts.clear();
        self.counts.extend(&tokens.counts);
        let places = (0u32..).zip(tokens.ids.iter().copied());
        runs.collect(tokens.ids.len(), |runs| runs.sort(&mut self.counts, places));
    }

    /// Splits the places of one run by the token that follows, and keeps those of runs that still repeat.
    fn split(&mut self, places: &[u32], next: &[u32], longer: &mut Collected<'_>) {
        // Only the last place can be the end of the text.
        let ends = places.last().is_some_and(|&last| last as usize >= next.len());
        let places = &places[..places.len() - usize::from(ends)];
        self.counts.clear();
        self.counts.resize(places.len(), 0);
        self.numbers.resize(places.len(), 0);
        let mut runs = self.known;
        for (&position, number) in places.iter().zip(&mut self.numbers) {
            let latest = &mut self.latest[next[position as usize] as usize];
            let new = *latest <= self.known;
            runs += u32::from(new);
            *latest = if new { runs } else { *latest };
            *number = *latest - self.known - 1;
            self.counts[*number as usize] += 1;
        }
        let found = (runs - self.known) as usize;
        self.known = runs;
        if found < places.len() {
            longer.sort(&mut self.counts[..found], places.iter().copied().zip(self.numbers.iter().copied()));
        }
    }
}

/// Marks a position whose run occurs nowhere else.
const UNIQUE: u32 = u32::MAX;

/// Runs in the order of the text.
#[derive(Debug, Default)]
struct Order {
    /// The number of the run at each position, or [`UNIQUE`].
    run: Vec<u32>,
    /// Positions with a run, ascending.
    active: Vec<u32>,
    seen: Vec<bool>,
}

impl Order {
    /// Characters in runs that were seen before, each skipped whole once it is counted. Lengths are asked for in ascending
    /// order, 5 first.
    fn repeated(&mut self, runs: &Runs, tokens: &Tokens, length: usize) -> u64 {
        self.lay_out(runs, tokens.ids.len(), length == 5);
        self.seen.clear();
        self.seen.resize(runs.ends.len(), false);
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

    fn lay_out(&mut self, runs: &Runs, positions: usize, first: bool) {
        if first {
            self.run.clear();
            self.run.resize(positions, UNIQUE);
        } else {
            self.active.iter().for_each(|&position| self.run[position as usize] = UNIQUE);
        }
        for (number, places) in (0u32..).zip(runs.iter()) {
            places.iter().for_each(|&position| self.run[position as usize] = number);
        }
        if first {
            let found = (0u32..).zip(&self.run).filter(|&(_, &run)| run != UNIQUE);
            self.active.clear();
            self.active.extend(found.map(|(position, _)| position));
        } else {
            self.active.retain(|&position| self.run[position as usize] != UNIQUE);
        }
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
        fn agrees_with_the_definition(texts in prop::collection::vec(text(), 1..4)) {
            let mut ngrams = Ngrams::default();
            for words in texts {
                agrees(&mut ngrams, &words)?;
            }
        }
    }

    /// Verses, some of which come again.
    fn text() -> impl Strategy<Value = Vec<&'static str>> {
        let word =
            prop::sample::select(vec!["나는", "책을", "읽었다", "또", "오늘", "밤", "별이", "바람에", "스치운다"]);
        let verses = prop::collection::vec(prop::collection::vec(word, 1..14), 1..4);
        verses.prop_flat_map(|verses| {
            let order = prop::collection::vec(0..verses.len(), 0..20);
            order.prop_map(move |order| order.iter().flat_map(|&verse| verses[verse].clone()).collect())
        })
    }

    fn agrees(ngrams: &mut Ngrams, words: &[&str]) -> Result<(), TestCaseError> {
        let characters = 1000;
        let shares = ngrams.measure(&tokens(words), characters);
        let share = |part: usize| (part as f64 / f64::from(characters)).min(1.0) as f32;
        for n in 2..=4 {
            prop_assert_eq!(shares.top[n - 2], share(top_by_the_book(words, n)), "top {}", n);
        }
        for n in 5..=10 {
            prop_assert_eq!(shares.repeated[n - 5], share(repeated_by_the_book(words, n)), "repeated {}", n);
        }
        Ok(())
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

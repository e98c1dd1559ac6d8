use super::Gap;
use super::align::{Kind, Stretch, Stretches, align};
use super::spacing;
use super::words::{Word, cut};
use std::collections::HashMap;
use std::ops::Range;

/// One part in so many of the shorter text must stand on lines that are alike for lines to be followed.
const FEW: usize = 4;

/// Two texts as words, and the words as numbers: equal numbers are equal words.
pub(super) struct Pair<'a> {
    pub(super) removed: Vec<Word<'a>>,
    pub(super) kept: Vec<Word<'a>>,
    removed_numbers: Vec<u32>,
    kept_numbers: Vec<u32>,
}

impl<'a> Pair<'a> {
    pub(super) fn new(kept: &'a str, removed: &'a str) -> Self {
        let (removed, kept) = (cut(removed), cut(kept));
        let mut numbers: HashMap<&str, u32> = HashMap::with_capacity(removed.len());
        let mut number = |words: &[Word<'a>]| -> Vec<u32> {
            let of = words.iter().map(|word| {
                let next = numbers.len() as u32;
                *numbers.entry(word.text).or_insert(next)
            });
            of.collect()
        };
        let (removed_numbers, kept_numbers) = (number(&removed), number(&kept));
        Self { removed, kept, removed_numbers, kept_numbers }
    }

    /// Stretches of words that make up both texts: lines first, then the words of changed lines, then their characters.
    pub(super) fn align(&self) -> Vec<Stretch> {
        let (removed_lines, kept_lines) = (lines(&self.removed), lines(&self.kept));
        let [removed, kept] = number_lines([(&self.removed, &removed_lines), (&self.kept, &kept_lines)]);
        let stretches = align(&removed, &kept);
        let mut done = Stretches::default();
        let alike = stretches.iter().filter(|stretch| stretch.kind == Kind::Alike);
        let words: usize = alike.map(|stretch| words_of(&kept_lines, &stretch.kept, self.kept.len()).len()).sum();
        // Where little more than short lines is alike, the texts are broken into lines otherwise, and these would mislead.
        if words * FEW < self.removed.len().min(self.kept.len()) {
            self.align_words(0..self.removed.len(), 0..self.kept.len(), &mut done);
            return done.0;
        }
        for stretch in stretches {
            let removed = words_of(&removed_lines, &stretch.removed, self.removed.len());
            let kept = words_of(&kept_lines, &stretch.kept, self.kept.len());
            match stretch.kind {
                Kind::Changed => self.align_words(removed, kept, &mut done),
                // The same characters: maybe other words.
                _ => spacing::split(self, removed, kept, &mut done),
            }
        }
        done.0
    }

    fn align_words(&self, removed: Range<usize>, kept: Range<usize>, done: &mut Stretches) {
        let shift = |range: &Range<usize>, by: usize| range.start + by..range.end + by;
        for stretch in align(&self.removed_numbers[removed.clone()], &self.kept_numbers[kept.clone()]) {
            let (removed, kept) = (shift(&stretch.removed, removed.start), shift(&stretch.kept, kept.start));
            match stretch.kind {
                Kind::Changed => spacing::refine(self, removed, kept, done),
                kind => done.push(kind, removed, kept),
            }
        }
    }
}

/// Where lines begin.
fn lines(words: &[Word<'_>]) -> Vec<usize> {
    words.iter().enumerate().filter(|(_, word)| word.gap == Gap::Line).map(|(at, _)| at).collect()
}

/// The words of a range of lines.
fn words_of(lines: &[usize], range: &Range<usize>, words: usize) -> Range<usize> {
    let start = |line: usize| lines.get(line).copied().unwrap_or(words);
    start(range.start)..start(range.end)
}

/// Lines as numbers: equal numbers are lines of the same characters, however they are spaced.
fn number_lines(sides: [(&[Word<'_>], &[usize]); 2]) -> [Vec<u32>; 2] {
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut line = String::new();
    sides.map(|(words, lines)| {
        let ends = lines.iter().skip(1).copied().chain([words.len()]);
        let of = lines.iter().zip(ends).map(|(&start, end)| {
            line.clear();
            line.extend(words[start..end].iter().map(|word| word.text));
            match numbers.get(&line) {
                Some(&number) => number,
                None => {
                    let number = numbers.len() as u32;
                    numbers.insert(line.clone(), number);
                    number
                }
            }
        });
        of.collect()
    })
}

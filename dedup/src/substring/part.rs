use super::earlier::{Earlier, earlier};
use super::error::SubstringError;
use super::runs::{characters, shortest_runs};
use super::spans::{Repeat, push, union};
use super::suffixes::Suffixes;
use std::collections::HashMap;

/// A document, or a stretch of whole eojeol of one.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Names the document and ranks it: of two that share a span, the one of the smaller key keeps it.
    pub key: u64,
    /// How many eojeol of the document come before this text.
    pub first: u32,
    /// The text.
    pub text: &'a str,
}

/// What each document of a part repeats of documents of smaller keys: for every key with any, in order of keys, its spans
/// in order, disjoint and not touching. The order of the documents does not matter, and stretches of one document may
/// overlap.
///
/// Memory besides the texts is 28 bytes per eojeol and the table of distinct ones; time is linear in both.
///
/// # Errors
/// A part too large to be numbered, or to be sorted in memory.
pub fn repeats(part: &[Document<'_>], min_characters: usize) -> Result<Vec<(u64, Vec<Repeat>)>, SubstringError> {
    let mut joined = Joined::of(part, min_characters)?;
    let suffixes = Suffixes::of(&mut joined.eojeol)?;
    let document = |at: usize| &part[joined.document[at] as usize];
    let found = earlier(&suffixes, &joined.shortest, |at| document(at).key);
    Ok(union(joined.spans(part, &found, |at| document(at).key)))
}

/// What a document repeats of itself, at a smaller place: of a run that repeats itself at once, one period stays.
///
/// Depends on no other document, so it is found apart, and joined to what [`repeats`] finds by [`union`].
///
/// # Errors
/// A document too large to be numbered, or to be sorted in memory.
pub fn repeats_within(document: Document<'_>, min_characters: usize) -> Result<Vec<Repeat>, SubstringError> {
    let part = [document];
    let mut joined = Joined::of(&part, min_characters)?;
    let suffixes = Suffixes::of(&mut joined.eojeol)?;
    let found = earlier(&suffixes, &joined.shortest, |at| at as u64);
    let spans = joined.spans(&part, &found, |_| document.key);
    Ok(spans.into_iter().flat_map(|(_, spans)| spans).collect())
}

/// The texts of a part as one sequence of numbers: equal eojeol have equal numbers, and a number of its own ends each text,
/// so that no match goes past an end.
struct Joined {
    eojeol: Vec<i32>,
    /// How many eojeol the shortest run of the required length has from each place; [`NO_RUN`] where the text ends first.
    shortest: Vec<u32>,
    /// The document of each place.
    document: Vec<u32>,
}

/// Longer than any match.
const NO_RUN: u32 = u32::MAX;

/// Most places of a part, and so most numbers: libsais takes no text with the greatest number in it.
const LIMIT: u32 = i32::MAX as u32 - 1;

impl Joined {
    fn of(part: &[Document<'_>], min_characters: usize) -> Result<Self, SubstringError> {
        let mut joined = Self { eojeol: Vec::new(), shortest: Vec::new(), document: Vec::new() };
        // Seeded at random, against texts made to collide. The numbers themselves do not show in the outcome.
        let mut numbers: HashMap<&str, i32> = HashMap::new();
        let (mut lengths, mut ends) = (Vec::new(), Vec::new());
        for (at, document) in part.iter().enumerate() {
            lengths.clear();
            for eojeol in document.text.split_whitespace() {
                // Numbers given so far: one per distinct eojeol and one per text that has ended.
                let next = (numbers.len() + at) as i32;
                joined.push(*numbers.entry(eojeol).or_insert(next))?;
                lengths.push(characters(eojeol.as_bytes()));
            }
            joined.push((numbers.len() + at) as i32)?;
            shortest_runs(&lengths, min_characters, &mut ends);
            joined.shortest.extend(ends.iter().zip(0..).map(|(end, start)| end - start));
            joined.shortest.resize(joined.eojeol.len(), NO_RUN);
            joined.document.resize(joined.eojeol.len(), at as u32);
        }
        Ok(joined)
    }

    fn push(&mut self, number: i32) -> Result<(), SubstringError> {
        if self.eojeol.len() >= LIMIT as usize {
            return Err(SubstringError::TooLong { limit: LIMIT });
        }
        self.eojeol.push(number);
        Ok(())
    }

    /// Spans by key, in any order of keys; `key` is the key of the document at a place.
    fn spans(&self, part: &[Document<'_>], found: &Earlier, key: impl Fn(usize) -> u64) -> Vec<(u64, Vec<Repeat>)> {
        let mut spans: Vec<(u64, Vec<Repeat>)> = Vec::new();
        let mut start = 0;
        for of_one in self.document.chunk_by(|a, b| a == b) {
            let document = &part[of_one[0] as usize];
            let mut repeats = Vec::new();
            for (at, index) in (start..start + of_one.len()).zip(document.first..) {
                if found.longest[at] > 0 {
                    let of = key(found.first[at] as usize);
                    push(&mut repeats, Repeat { eojeol: index..index.saturating_add(found.longest[at]), of });
                }
            }
            start += of_one.len();
            if !repeats.is_empty() {
                spans.push((document.key, repeats));
            }
        }
        spans
    }
}

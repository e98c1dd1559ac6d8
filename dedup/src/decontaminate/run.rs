use std::collections::HashMap;
use std::ops::Range;

/// A longest stretch of significant characters that a document and a passage have in common, compared character by
/// character: a hash only says where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// First character in the document.
    pub(super) document: usize,
    /// First character in the passage.
    pub(super) passage: usize,
    /// Characters.
    pub(super) length: usize,
}

impl Run {
    /// Grows a seed of `length` characters both ways; nothing where the characters differ after all.
    pub(super) fn grow(document: &[u32], at: usize, passage: &[u32], from: usize, length: usize) -> Option<Self> {
        if document.get(at..at + length)? != passage.get(from..from + length)? {
            return None;
        }
        let same = |(a, b): &(&u32, &u32)| a == b;
        let before = document[..at].iter().rev().zip(passage[..from].iter().rev()).take_while(same).count();
        let after = document[at + length..].iter().zip(&passage[from + length..]).take_while(same).count();
        Some(Self { document: at - before, passage: from - before, length: before + length + after })
    }

    /// The characters in the document.
    pub(super) fn in_document(self) -> Range<usize> {
        self.document..self.document + self.length
    }
}

/// The last run of each passage, so that the many seeds of a run grow it once.
#[derive(Debug, Default)]
pub(super) struct Grown(HashMap<u32, Run>);

impl Grown {
    /// Forgets the last document.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether the seed lies in the last run of its passage.
    pub(super) fn covers(&self, passage: u32, at: usize, from: usize) -> bool {
        self.0
            .get(&passage)
            .is_some_and(|run| run.in_document().contains(&at) && at - run.document + run.passage == from)
    }

    /// Remembers a run.
    pub(super) fn insert(&mut self, passage: u32, run: Run) {
        self.0.insert(passage, run);
    }
}

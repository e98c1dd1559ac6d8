//! What a removed document says otherwise than the one that was kept in its place.
//!
//! The texts are aligned line by line, changed lines eojeol by eojeol, and changed eojeol character by character to tell
//! what is spaced otherwise from what reads otherwise. Only what differs is kept as text, with a few eojeol around it: a
//! law of 800,000 characters and its revision come out as a page.

mod align;
mod hunks;
mod pair;
mod render;
mod spacing;
mod words;

pub use render::Page;

use pair::Pair;

/// Which document a text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Both.
    Both,
    /// The removed one alone.
    Removed,
    /// The kept one alone.
    Kept,
}

/// What stands between two words. Runs of white space are one gap, as they are where duplicates are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Nothing.
    None,
    /// White space without a line break.
    Space,
    /// White space with a line break.
    Line,
}

/// A part of an alignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hunk {
    /// Words.
    Text {
        /// Where they stand.
        side: Side,
        /// What stands before them.
        gap: Gap,
        /// The words with a space or a line feed between them, safe to print.
        text: String,
    },
    /// A place where nothing but the spacing differs.
    Spacing {
        /// The gap of the removed document.
        removed: Gap,
        /// The gap of the kept one.
        kept: Gap,
    },
    /// Words that are left out.
    Elided {
        /// Where they stand.
        side: Side,
        /// What stands before them.
        gap: Gap,
        /// How many eojeol they are.
        eojeol: u64,
        /// How many whole lines they are; 0 if they are part of one.
        lines: u64,
    },
}

impl Hunk {
    fn is_change(&self) -> bool {
        match self {
            Self::Text { side, .. } | Self::Elided { side, .. } => *side != Side::Both,
            Self::Spacing { .. } => true,
        }
    }
}

/// How much of an alignment is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Eojeol around a change, and of its own line only.
    pub context: usize,
    /// Eojeol of one removed or added stretch.
    pub stretch: usize,
    /// Changes. Words and those that replace them are one.
    pub changes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { context: 12, stretch: 40, changes: 60 }
    }
}

/// How many eojeol are the same, and how many are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Eojeol that stand in both documents, in the same order.
    pub alike: u64,
    /// Eojeol of the removed document that the kept one spaces otherwise.
    pub respaced_removed: u64,
    /// Eojeol of the kept document that the removed one spaces otherwise.
    pub respaced_kept: u64,
    /// Other eojeol of the removed document.
    pub removed: u64,
    /// Other eojeol of the kept document.
    pub kept: u64,
    /// Places where nothing but the spacing differs, line breaks included.
    pub spacing: u64,
}

impl Counts {
    /// Eojeol of both documents that the other one has too, however it spaces them, and eojeol of both documents.
    pub fn alike_of(&self) -> (u64, u64) {
        let alike = 2 * self.alike + self.respaced_removed + self.respaced_kept;
        (alike, alike + self.removed + self.kept)
    }

    /// Share of the eojeol of both documents that are alike (Dice's coefficient), 0 to 1; 1 for two empty ones.
    pub fn share_alike(&self) -> f64 {
        match self.alike_of() {
            (_, 0) => 1.0,
            (alike, all) => alike as f64 / all as f64,
        }
    }
}

/// How a removed document differs from the one that was kept in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differences {
    /// Over the whole documents, whatever is listed.
    pub counts: Counts,
    /// The alignment in order.
    pub hunks: Vec<Hunk>,
    /// Further changes that are not listed.
    pub more: u64,
}

impl Differences {
    /// Aligns two texts.
    ///
    /// Always the same for the same texts, and in bounded time: long stretches without a landmark are aligned block by
    /// block, and what has moved from one block to another counts as different.
    pub fn between(kept: &str, removed: &str, limits: &Limits) -> Self {
        let pair = Pair::new(kept, removed);
        hunks::list(&pair, &pair.align(), limits)
    }
}

#[cfg(test)]
mod tests;

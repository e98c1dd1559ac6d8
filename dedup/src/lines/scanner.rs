use super::fold::fold;
use super::{LinesConfig, RepeatedLines, Scope, Unit};
use crate::spans::Spans;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// The number of a site: 64-bit XXH3 of its host name, or of whatever else its documents have in common.
pub fn site_hash(site: &str) -> u64 {
    xxh3_64(site.as_bytes())
}

/// Cuts texts into lines and paragraphs and hashes them. Buffers are reused from document to document.
#[derive(Debug)]
pub struct LineScanner {
    unit: Unit,
    min_characters: usize,
    fold_digits: bool,
    folded: String,
    paragraph: Paragraph,
    keys: Vec<u64>,
}

impl LineScanner {
    /// A scanner that looks at the lines that `config` says.
    pub fn new(config: &LinesConfig) -> Self {
        Self {
            unit: config.unit,
            min_characters: config.min_characters.get(),
            fold_digits: config.fold_digits,
            folded: String::new(),
            paragraph: Paragraph::default(),
            keys: Vec::new(),
        }
    }

    /// Calls `found` with the place and the key of every line that is looked at, in order of their ends.
    ///
    /// Not looked at are lines of too few letters and digits, Markdown headings outside a repeated paragraph, and code
    /// between Markdown fences. A place has no whitespace at its ends. A key is 64-bit XXH3 of the line with whitespace
    /// folded: a paragraph has the key of a line of the same words. Ten billion different lines make about three
    /// collisions, which matter only where one of the two repeats.
    pub fn for_each(&mut self, text: &str, mut found: impl FnMut(Range<usize>, u64)) {
        let (mut next, mut code) = (0, false);
        self.paragraph.clear();
        for whole in text.split('\n') {
            let start = next + (whole.len() - whole.trim_start().len());
            let line = whole.trim();
            next += whole.len() + 1;
            let fence = is_code_fence(line);
            if line.is_empty() || code || fence {
                self.end_paragraph(text, &mut found);
                code ^= fence;
                continue;
            }
            let range = start..start + line.len();
            let folded = fold(line, self.fold_digits, &mut self.folded);
            if self.unit != Unit::Paragraph && !is_heading(line) && is_long(line, self.min_characters) {
                found(range.clone(), xxh3_64(folded.as_bytes()));
            }
            if self.unit != Unit::Line {
                self.paragraph.add(range, folded);
            }
        }
        self.end_paragraph(text, &mut found);
    }

    /// The keys that a document counts for, sorted: each of its lines once, however often it repeats them.
    pub fn distinct_keys(&mut self, text: &str) -> &[u64] {
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        self.for_each(text, |_, key| keys.push(key));
        keys.sort_unstable();
        keys.dedup();
        self.keys = keys;
        &self.keys
    }

    /// What is to be cut from a text of `site`. `found` is told of every repeated line: its place, its key, and where it repeats.
    pub fn spans(
        &mut self,
        text: &str,
        site: u64,
        repeated: &RepeatedLines,
        mut found: impl FnMut(Range<usize>, u64, Scope),
    ) -> Spans {
        let mut ranges = Vec::new();
        if !repeated.is_empty() {
            self.for_each(text, |range, key| {
                if let Some(scope) = repeated.scope(site, key) {
                    found(range.clone(), key, scope);
                    ranges.push(range);
                }
            });
        }
        Spans::merging(ranges)
    }

    fn end_paragraph(&mut self, text: &str, found: &mut impl FnMut(Range<usize>, u64)) {
        let Paragraph { range, lines, folded } = &self.paragraph;
        // A paragraph of one line has been found as that line.
        let least = if self.unit == Unit::Both { 2 } else { 1 };
        if *lines >= least && is_long(&text[range.clone()], self.min_characters) {
            found(range.clone(), xxh3_64(folded.as_bytes()));
        }
        self.paragraph.clear();
    }
}

/// Lines without a blank one between them.
#[derive(Debug, Default)]
struct Paragraph {
    range: Range<usize>,
    lines: usize,
    /// Its folded lines with a space between them: to fold the paragraph once more was measured to
    /// take as long as the rest of the pass.
    folded: String,
}

impl Paragraph {
    fn add(&mut self, line: Range<usize>, folded: &str) {
        if self.lines == 0 {
            self.range = line;
        } else {
            self.range.end = line.end;
            self.folded.push(' ');
        }
        self.folded.push_str(folded);
        self.lines += 1;
    }

    fn clear(&mut self) {
        self.lines = 0;
        self.folded.clear();
    }
}

/// Whether a line has enough letters and digits. Dashes, bars and dots do not count: a rule or the frame of a table is
/// furniture of the text, not of the site.
fn is_long(line: &str, min_characters: usize) -> bool {
    // A character has a byte at least, and counting ends where there are enough.
    line.len() >= min_characters && line.chars().filter(|&c| is_letter_or_digit(c)).nth(min_characters - 1).is_some()
}

/// [`char::is_alphanumeric`] without its tables for Hangul syllables, of which most lines are. The tables made
/// counting cost more than everything else together.
fn is_letter_or_digit(character: char) -> bool {
    matches!(character, '가'..='힣') || character.is_alphanumeric()
}

/// Whether a line begins or ends a block of code in Markdown: three backticks, and none behind them (CommonMark, 4.5).
fn is_code_fence(line: &str) -> bool {
    line.strip_prefix("```").is_some_and(|rest| !rest.trim_start_matches('`').contains('`'))
}

/// A heading of Markdown names what follows it: on its own it is not cut, however often it repeats.
fn is_heading(line: &str) -> bool {
    line.trim_start_matches('#').starts_with(' ') && line.starts_with('#')
}

#[cfg(test)]
mod tests;

//! Differences as lines for a terminal.

use super::{Counts, Differences, Gap, Hunk, Side};
use crate::report::{share, thousands};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cells below which a page is not made narrower: an eojeol, its marks and something around it.
const NARROWEST: usize = 20;

/// What differences are shown on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Whether what was removed is red, what was kept green and what both have dim; otherwise the first two stand in
    /// `[-…-]` and `{+…+}`.
    pub colour: bool,
    /// Cells of a line. Hangul and Hanja take two.
    pub width: usize,
}

impl Differences {
    /// Lines without line breaks: a summary, then the alignment. Each line closes what it opens and stands on its own.
    pub fn render(&self, page: &Page) -> Vec<String> {
        let mut writer = Writer::new(page);
        writer.write(NO_MARKS, Gap::Line, &self.counts.summary());
        writer.end_line();
        if !self.hunks.is_empty() {
            writer.lines.push(String::new());
        }
        for hunk in &self.hunks {
            writer.hunk(hunk);
        }
        if self.more > 0 {
            let noun = if self.more == 1 { "change" } else { "changes" };
            writer.write(NO_MARKS, Gap::Line, &format!("and {} more {noun}", thousands(self.more)));
        }
        writer.end_line();
        writer.lines
    }
}

impl Counts {
    fn summary(&self) -> String {
        let (alike, all) = self.alike_of();
        let mut summary = format!("{} of the eojeol of both are alike", share(alike, all));
        for (count, what) in [(self.removed, "only in the removed document"), (self.kept, "only in the kept one")] {
            if count > 0 {
                summary.push_str(&format!(", {} {what}", thousands(count)));
            }
        }
        if self.spacing > 0 {
            let noun = if self.spacing == 1 { "place" } else { "places" };
            summary.push_str(&format!(", {} {noun} spaced otherwise", thousands(self.spacing)));
        }
        summary
    }
}

/// What stands before and behind words of one kind on each line.
type Marks = (&'static str, &'static str);

const NO_MARKS: Marks = ("", "");

struct Writer {
    colour: bool,
    width: usize,
    lines: Vec<String>,
    line: String,
    /// Cells of the line so far.
    cells: usize,
    /// What closes the marks that are open.
    open: Option<&'static str>,
}

impl Writer {
    fn new(page: &Page) -> Self {
        let width = page.width.max(NARROWEST);
        Self { colour: page.colour, width, lines: Vec::new(), line: String::new(), cells: 0, open: None }
    }

    fn hunk(&mut self, hunk: &Hunk) {
        match hunk {
            Hunk::Text { side, gap, text } => self.write(self.marks(*side), *gap, text),
            Hunk::Spacing { removed, kept } => {
                self.gap(Side::Removed, *removed);
                self.gap(Side::Kept, *kept);
                if *kept == Gap::Line {
                    self.end_line();
                }
            }
            Hunk::Elided { side, gap, eojeol, lines } => {
                let (count, noun) = if *lines > 0 { (*lines, "line") } else { (*eojeol, "eojeol") };
                let plural = if *lines > 1 { "s" } else { "" };
                let alike = if *side == Side::Both { " alike" } else { "" };
                let note = format!("… {} {noun}{plural}{alike} …", thousands(count));
                self.word(self.marks(*side), *gap, &note);
                self.close();
            }
        }
    }

    /// Writes a gap that the other side has not.
    fn gap(&mut self, side: Side, gap: Gap) {
        match gap {
            Gap::None => {}
            Gap::Space => self.write(self.marks(side), Gap::None, "␣"),
            Gap::Line => self.write(self.marks(side), Gap::None, "⏎"),
        }
    }

    fn write(&mut self, marks: Marks, gap: Gap, text: &str) {
        let mut gap = gap;
        for line in text.split('\n') {
            for word in line.split(' ') {
                self.word(marks, gap, word);
                gap = Gap::Space;
            }
            gap = Gap::Line;
        }
        self.close();
    }

    /// Writes a word on this line if it has room, and else on the next; one that no line has room for, on several.
    fn word(&mut self, marks: Marks, gap: Gap, word: &str) {
        let of_marks = if self.colour { 0 } else { marks.0.len() + marks.1.len() };
        let space = usize::from(gap == Gap::Space && self.cells > 0);
        let needed = space + word.width() + if self.open.is_some() { 0 } else { of_marks };
        if gap == Gap::Line || self.cells + needed > self.width {
            self.end_line();
        } else if space == 1 {
            self.line.push(' ');
            self.cells += 1;
        }
        for (number, piece) in pieces(word, self.width - of_marks).into_iter().enumerate() {
            if number > 0 {
                self.end_line();
            }
            if self.open.is_none() {
                self.line.push_str(marks.0);
                self.cells += of_marks;
                self.open = Some(marks.1);
            }
            self.line.push_str(piece);
            self.cells += piece.width();
        }
    }

    fn close(&mut self) {
        if let Some(off) = self.open.take() {
            self.line.push_str(off);
        }
    }

    fn end_line(&mut self) {
        self.close();
        if self.cells > 0 {
            self.lines.push(std::mem::take(&mut self.line));
            self.cells = 0;
        }
    }

    fn marks(&self, side: Side) -> Marks {
        match (self.colour, side) {
            (false, Side::Both) => NO_MARKS,
            (false, Side::Removed) => ("[-", "-]"),
            (false, Side::Kept) => ("{+", "+}"),
            (true, Side::Both) => ("\u{1b}[2m", "\u{1b}[0m"),
            (true, Side::Removed) => ("\u{1b}[31m", "\u{1b}[0m"),
            (true, Side::Kept) => ("\u{1b}[32m", "\u{1b}[0m"),
        }
    }
}

/// A word, or what fits a line each of one that does not.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let (mut pieces, mut start, mut cells) = (Vec::new(), 0, 0);
    for (at, c) in word.char_indices() {
        let of_character = c.width().unwrap_or(0);
        if cells + of_character > width {
            pieces.push(&word[start..at]);
            (start, cells) = (at, 0);
        }
        cells += of_character;
    }
    pieces.push(&word[start..]);
    pieces
}

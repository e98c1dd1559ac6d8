//! Tables: `{|` … `|}`. A row becomes a line, a cell that is empty leaves nothing.

use super::Tables;
use super::frames::Bracket;
use super::marks::{CELL, DROPPED, is_mark};
use super::scan::Scanner;

/// Where the rows of an open table stand in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    row: usize,
    cell: usize,
    /// Whether a `|` would end the attributes of the cell.
    attributes: bool,
    /// Whether the line began with `!`, so that `!!` parts its cells.
    header: bool,
    /// Whether the row is the table's caption, which no cell may join.
    caption: bool,
}

impl Scanner<'_> {
    /// `{|`, whose line holds attributes.
    pub(super) fn open_table(&mut self, indent: usize) {
        self.at += indent;
        self.skip_line();
        let start = self.out.len();
        let grid = Grid { row: start, cell: start, attributes: false, header: false, caption: false };
        if !self.frames.push(Bracket::Table(grid), start) {
            self.frames.passed_tables += 1;
        }
    }

    /// A line that begins with `|` in a table. `second` is the byte after it.
    pub(super) fn table_line(&mut self, second: Option<u8>) {
        match second {
            Some(b'}') => {
                self.at += 2;
                if self.frames.passed_tables > 0 {
                    self.frames.passed_tables -= 1;
                } else {
                    self.close_table();
                }
            }
            Some(b'-') => {
                self.skip_line();
                self.next_row();
            }
            Some(b'+') => {
                self.at += 2;
                self.next_row();
                self.next_cell(false);
                if let Some(grid) = self.frames.grid() {
                    grid.caption = true;
                }
            }
            _ => {
                self.at += 1;
                self.next_cell(false);
            }
        }
    }

    /// A line that begins with `!` while a table is open.
    pub(super) fn header_line(&mut self) {
        self.close_links_in_table();
        if self.frames.grid().is_some() {
            self.at += 1;
            self.next_cell(true);
        }
    }

    /// A `|` in a cell: the end of its attributes, or with a second one the next cell.
    pub(super) fn pipe_in_table(&mut self) {
        let double = self.byte(1) == Some(b'|');
        let Some(grid) = self.frames.grid() else { return };
        if double {
            let header = grid.header;
            self.at += 2;
            self.next_cell(header);
        } else if grid.attributes {
            grid.attributes = false;
            let cell = grid.cell;
            self.out.truncate(cell);
            self.at += 1;
            self.at += self.count(b' ');
        } else {
            self.copy(1);
        }
    }

    /// `!!` parts header cells.
    pub(super) fn exclamation(&mut self) {
        let header = self.frames.grid().is_some_and(|grid| grid.header);
        if header && self.byte(1) == Some(b'!') {
            self.at += 2;
            self.next_cell(true);
        } else {
            let run = self.count(b'!');
            self.copy(run);
        }
    }

    /// Writes an open row out as one line.
    pub(super) fn end_row(&mut self, grid: Grid) {
        self.end_cell(grid);
        if self.out.len() > grid.row {
            self.out.push('\n');
        }
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
    }

    fn close_table(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.frames.forget_pipes(&frame);
        if let Bracket::Table(grid) = frame.bracket {
            self.end_row(grid);
        }
        if self.config.tables == Tables::Drop {
            self.out.truncate(frame.start);
            self.out.push(DROPPED);
        }
    }

    fn next_row(&mut self) {
        let Some(&mut grid) = self.frames.grid() else { return };
        self.end_row(grid);
        let end = self.out.len();
        if let Some(grid) = self.frames.grid() {
            *grid = Grid { row: end, cell: end, attributes: false, header: false, caption: false };
        }
    }

    fn next_cell(&mut self, header: bool) {
        if self.frames.grid().is_some_and(|grid| grid.caption) {
            self.next_row();
        }
        let Some(&mut grid) = self.frames.grid() else { return };
        self.end_cell(grid);
        self.out.push(CELL);
        let end = self.out.len();
        if let Some(grid) = self.frames.grid() {
            *grid = Grid { row: grid.row, cell: end, attributes: true, header, caption: grid.caption };
        }
        self.at += self.count(b' ');
    }

    /// Puts the text of the open cell on one line; a cell without text goes with the mark before it.
    fn end_cell(&mut self, grid: Grid) {
        let text = &self.out[grid.cell..];
        let end = text.trim_end_matches(|c: char| c.is_whitespace()).len();
        let empty = text.bytes().all(|byte| is_mark(byte) || byte.is_ascii_whitespace());
        if empty {
            let mark = if grid.cell > grid.row { CELL.len_utf8() } else { 0 };
            return self.out.truncate(grid.cell - mark);
        }
        self.out.truncate(grid.cell + end);
        if self.out[grid.cell..].contains(['\n', super::marks::ITEM, CELL]) {
            let line = one_line(&self.out[grid.cell..]);
            self.out.truncate(grid.cell);
            self.out.push_str(&line);
        }
    }
}

/// The text of a cell on one line: lists and tables in it become words with spaces between.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | CELL if line.is_empty() || line.ends_with(' ') => {}
            '\n' | CELL => line.push(' '),
            super::marks::ITEM | super::marks::VERBATIM => {}
            _ => line.push(c),
        }
    }
    line
}

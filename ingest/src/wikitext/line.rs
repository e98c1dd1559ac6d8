//! What a line can begin with: headings, list items, rules, and the parts of tables.

use super::frames::Bracket;
use super::marks::{BROKEN, HEADING, ITEM};
use super::scan::Scanner;

/// Deepest heading of the markup.
const MAX_LEVEL: usize = 6;

impl Scanner<'_> {
    /// Ends a line of the markup.
    pub(super) fn newline(&mut self) {
        self.heading_end = None;
        while self.frames.top() == Some(Bracket::External) {
            self.dissolve();
        }
        self.out.push('\n');
    }

    /// Reads what the line begins with, up to its text.
    pub(super) fn begin_line(&mut self) {
        let indent = self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        let (first, second) = (self.byte(indent), self.byte(indent + 1));
        match first {
            None | Some(b'\n') => {
                self.at += indent;
                self.dissolve_links();
            }
            Some(b'=') if indent == 0 => self.heading(),
            Some(b'{') if second == Some(b'|') => self.open_table(indent),
            Some(b'|') => {
                self.at += indent;
                self.line_of_table(second);
            }
            Some(b'!') if self.frames.in_table() => {
                self.at += indent;
                self.header_line();
            }
            Some(b'*' | b'#' | b':' | b';') if indent == 0 => self.list_item(),
            Some(b'-') if indent == 0 && self.count(b'-') >= 4 => {
                let rule = self.count(b'-');
                self.at += rule;
                self.out.push('\n');
            }
            Some(_) => self.at += indent,
        }
    }

    /// `== 제목 ==`. A heading ends every table and link that stands open, so that one left open costs its section only.
    fn heading(&mut self) {
        let open = self.count(b'=');
        let rest = self.rest();
        let line = &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())];
        let title = without_comments(line);
        let close = title.bytes().rev().take_while(|&byte| byte == b'=').count();
        let level = open.min(close).min(MAX_LEVEL);
        if level == 0 || open + close >= title.len() {
            return;
        }
        while matches!(self.frames.top(), Some(Bracket::Table(_) | Bracket::Link | Bracket::External)) {
            self.dissolve();
        }
        self.frames.passed_links = 0;
        self.frames.passed_tables = 0;
        self.heading_end = Some(self.at + title.len() - close);
        self.at += open;
        self.out.push(HEADING);
        self.out.push(char::from(b'0' + level as u8));
    }

    /// `*`, `#`, `:` and `;` of any depth. Items become lines with a hyphen; indents and terms are plain lines.
    fn list_item(&mut self) {
        let marks = self.rest().bytes().take_while(|byte| matches!(byte, b'*' | b'#' | b':' | b';')).count();
        let last = self.byte(marks - 1);
        let indent = self.rest()[marks..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if self.byte(marks + indent) == Some(b'{') && self.byte(marks + indent + 1) == Some(b'|') {
            return self.open_table(marks + indent);
        }
        self.at += marks + indent;
        if matches!(last, Some(b'*' | b'#')) {
            self.out.push(ITEM);
        }
    }

    /// A line that begins with `|`: part of a table, an argument of a template, or a remainder of either.
    fn line_of_table(&mut self, second: Option<u8>) {
        if !self.frames.in_template() || self.frames.in_table() {
            self.close_links_in_table();
        }
        if self.frames.grid().is_some() {
            return self.table_line(second);
        }
        if second == Some(b'}') && self.frames.passed_tables > 0 {
            self.frames.passed_tables -= 1;
            self.at += 2;
        } else if self.frames.is_empty() {
            self.out.push(BROKEN);
        }
    }

    /// Gives up links that a cell left open, if the next bracket out is a table.
    pub(super) fn close_links_in_table(&mut self) {
        if self.frames.table_below_links() {
            self.dissolve_links();
        }
    }
}

/// A heading's line without the comments and spaces behind it.
fn without_comments(line: &str) -> &str {
    let mut line = line.trim_end();
    while line.ends_with("-->") {
        let Some(start) = line.rfind("<!--") else { break };
        line = line[..start].trim_end();
    }
    line
}

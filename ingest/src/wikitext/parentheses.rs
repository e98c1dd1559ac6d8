//! What is left around dropped parts of a line: spaces, and brackets that held nothing else.

use super::marks::DROPPED;

/// Brackets inside brackets that are watched; deeper ones stay as they are.
const MAX_DEPTH: usize = 8;

/// Longest content of brackets, in bytes, that is taken apart. Articles have a name and its translations in them.
const MAX_CONTENT: usize = 2000;

/// Cleans lines, reusing its memory.
#[derive(Debug, Default)]
pub(super) struct Cleaner {
    open: Vec<Open>,
    /// Brackets open beyond [`MAX_DEPTH`].
    deeper: usize,
}

#[derive(Debug)]
struct Open {
    /// Place of the bracket in the output.
    at: usize,
    /// Whether something was dropped between it and the other.
    dropped: bool,
}

impl Cleaner {
    /// Appends `line` to `out` without its marks. Only brackets and spaces beside something dropped change.
    pub(super) fn clean(&mut self, line: &str, out: &mut String) {
        let start = out.len();
        self.open.clear();
        self.deeper = 0;
        // At the start of a line as behind a dropped part, a space parts nothing.
        let mut gap = true;
        for c in line.chars() {
            match c {
                DROPPED => {
                    gap = true;
                    self.mark_dropped();
                    continue;
                }
                ' ' if gap && (out.len() == start || out.ends_with([' ', '('])) => continue,
                ',' | '.' | ')' | '?' | '!' if gap && out.len() > start => trim_spaces(out, start),
                _ => {}
            }
            match c {
                '(' | '（' if self.open.len() < MAX_DEPTH => self.open.push(Open { at: out.len(), dropped: false }),
                '(' | '（' => self.deeper += 1,
                ')' | '）' if self.deeper > 0 => self.deeper -= 1,
                ')' | '）' if self.close(out, start) => {
                    gap = true;
                    continue;
                }
                _ => {}
            }
            gap = false;
            out.push(c);
        }
        trim_spaces(out, start);
    }

    fn mark_dropped(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.dropped = true;
        }
    }

    /// Cleans what the closing bracket ends. Says whether nothing was left, so that both brackets went.
    fn close(&mut self, out: &mut String, start: usize) -> bool {
        let Some(Open { at, dropped: true }) = self.open.pop() else { return false };
        let inside = at + out[at..].chars().next().map_or(0, char::len_utf8);
        if out.len() - inside > MAX_CONTENT {
            return false;
        }
        let kept = without_empty_items(&out[inside..]);
        if kept.is_empty() {
            out.truncate(at);
            trim_spaces_but_one(out, start);
            self.mark_dropped();
            return true;
        }
        out.truncate(inside);
        out.push_str(&kept);
        false
    }
}

fn trim_spaces(out: &mut String, start: usize) {
    while out.len() > start && out.ends_with(' ') {
        out.pop();
    }
}

fn trim_spaces_but_one(out: &mut String, start: usize) {
    let spaced = out.len() > start && out.ends_with(' ');
    trim_spaces(out, start);
    if spaced && out.len() > start {
        out.push(' ');
    }
}

/// The items between commas and semicolons that have a letter or a digit and are not a label alone, as `영어:` is.
fn without_empty_items(content: &str) -> String {
    let mut kept = String::with_capacity(content.len());
    let mut rest = content;
    while !rest.is_empty() {
        let end = separator(rest);
        let (item, after) = rest.split_at(end.unwrap_or(rest.len()));
        let item = item.trim();
        if item.chars().any(char::is_alphanumeric) && !item.ends_with(':') {
            kept.push_str(item);
            if let Some(mark) = after.chars().next() {
                kept.push(mark);
                kept.push(' ');
            }
        }
        rest = after.get(1..).unwrap_or_default();
    }
    let end = kept.trim_end_matches([',', ';', ' ']).len();
    kept.truncate(end);
    kept
}

/// The first comma or semicolon that is not inside a number.
fn separator(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).find(|&at| match bytes[at] {
        b';' => true,
        b',' => !(digit(at.checked_sub(1)) && digit(Some(at + 1))),
        _ => false,
    })
}

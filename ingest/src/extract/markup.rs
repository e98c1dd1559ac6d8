//! A quick look at markup before it becomes a tree.
//!
//! An HTML parser must take any bytes, and some make trees far larger than themselves: unclosed formatting elements are
//! opened again in every paragraph that follows, and each opening tag walks the elements that are still open. A page of
//! one megabyte can so ask for gigabytes or minutes.

mod elements;

use super::ExtractError;
use elements::{BLOCKS, BREAKOUT, FORMATTING, HTML_IN_MATH, HTML_IN_SVG, NOT_NESTING, RAW, SCOPES};

/// Elements inside one another that a page may have. Browsers stop at 512 (WebKit, Blink).
pub(super) const MAX_DEPTH: usize = 512;

/// Elements that a page may have. A tree takes about 300 bytes for each, and the extractor keeps up to three trees.
pub(super) const MAX_ELEMENTS: usize = 300_000;

/// Attributes that one tag may have. The tokenizer compares each with all before it.
pub(super) const MAX_ATTRIBUTES: usize = 1_000;

/// Estimates depth and size of the tree that a page makes, and refuses what is out of bounds.
pub(super) fn check(page: &str) -> Result<(), ExtractError> {
    let bytes = page.as_bytes();
    let mut tree = Tree::default();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        at += found + 1;
        let rest = &bytes[at..];
        let closing = rest.first() == Some(&b'/');
        let name = tag_name(&rest[usize::from(closing)..]);
        if name.is_empty() {
            at += end_of_comment(rest);
            continue;
        }
        let tag = usize::from(closing) + name.len();
        let attributes = Attributes::of(&rest[tag..]);
        at += tag + attributes.length;
        if attributes.count > MAX_ATTRIBUTES {
            return Err(ExtractError::TooManyAttributes(MAX_ATTRIBUTES));
        }
        if closing {
            tree.close(name);
        } else if tree.open(name, attributes.self_closed) {
            at += end_of_raw(&bytes[at..], name);
        }
        tree.check()?;
    }
    Ok(())
}

/// What is open, and how much was opened.
#[derive(Default)]
struct Tree<'p> {
    open: Vec<&'p [u8]>,
    formatting: usize,
    /// Place of the innermost `svg` or `math` in `open`.
    foreign: Option<usize>,
    elements: usize,
}

impl<'p> Tree<'p> {
    /// Says whether the element's content is not markup.
    fn open(&mut self, name: &'p [u8], self_closed: bool) -> bool {
        if let Some(root) = self.foreign.filter(|&root| !self.is_html_again(root)) {
            if !is_one_of(BREAKOUT, name) {
                self.push(name);
                self.open.truncate(self.open.len() - usize::from(self_closed));
                self.count_open();
                return false;
            }
            self.open.truncate(root);
            self.count_open();
        }
        if is_one_of(NOT_NESTING, name) {
            self.elements += 1 + self.formatting;
            return false;
        }
        self.push(name);
        let is_raw = is_one_of(RAW, name);
        if is_raw {
            self.open.pop();
        }
        is_raw
    }

    fn push(&mut self, name: &'p [u8]) {
        self.elements += 1 + self.formatting;
        if is_one_of(&[b"svg", b"math"], name) {
            self.foreign = Some(self.open.len());
        }
        self.open.push(name);
        self.formatting += usize::from(is_one_of(FORMATTING, name));
    }

    /// Closing an element closes what is open inside it, but an end tag does not reach out of every element that it
    /// stands in. How far up to look is bounded by [`MAX_DEPTH`].
    fn close(&mut self, name: &[u8]) {
        let Some(depth) = self.open.iter().rposition(|other| name.eq_ignore_ascii_case(other)) else { return };
        let inside = &self.open[depth + 1..];
        let is_held = if name.eq_ignore_ascii_case(b"table") {
            false
        } else if is_one_of(BLOCKS, name) {
            inside.iter().any(|other| is_one_of(SCOPES, other))
        } else {
            inside.iter().any(|other| is_one_of(BLOCKS, other) || is_one_of(SCOPES, other))
        };
        if !is_held {
            self.open.truncate(depth);
        } else if is_one_of(FORMATTING, name) {
            // It ends, and the blocks inside it stay open (13.2.6.4.7, the adoption agency).
            self.open.remove(depth);
        }
        self.count_open();
    }

    fn count_open(&mut self) {
        self.formatting = self.open.iter().filter(|name| is_one_of(FORMATTING, name)).count();
        self.foreign = self.open.iter().rposition(|name| is_one_of(&[b"svg", b"math"], name));
    }

    /// Whether an element inside the `svg` or `math` at `root` holds HTML.
    fn is_html_again(&self, root: usize) -> bool {
        let holders: &[&[u8]] = if self.open[root].eq_ignore_ascii_case(b"svg") { HTML_IN_SVG } else { HTML_IN_MATH };
        self.open[root..].iter().any(|name| is_one_of(holders, name))
    }

    fn check(&self) -> Result<(), ExtractError> {
        if self.open.len() > MAX_DEPTH {
            return Err(ExtractError::TooDeep(MAX_DEPTH));
        }
        if self.elements > MAX_ELEMENTS {
            return Err(ExtractError::TooLarge(MAX_ELEMENTS));
        }
        Ok(())
    }
}

fn is_one_of(names: &[&[u8]], name: &[u8]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// The rest of a tag behind its name (HTML Standard, 13.2.5.32 to 13.2.5.40).
struct Attributes {
    /// Bytes up to and with the `>`.
    length: usize,
    count: usize,
    self_closed: bool,
}

impl Attributes {
    fn of(rest: &[u8]) -> Self {
        let mut attributes = Self { length: 0, count: 0, self_closed: false };
        let mut at = 0;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'>' => {
                    at += 1;
                    break;
                }
                b'/' => {
                    attributes.self_closed = rest.get(at + 1) == Some(&b'>');
                    at += 1;
                }
                _ if byte.is_ascii_whitespace() => at += 1,
                _ => {
                    attributes.count += 1;
                    at = end_of_attribute(rest, at);
                }
            }
        }
        attributes.length = at;
        attributes
    }
}

fn end_of_attribute(rest: &[u8], start: usize) -> usize {
    let until = |from: usize, ends: fn(u8) -> bool| {
        rest[from..].iter().position(|&byte| ends(byte)).map_or(rest.len(), |length| from + length)
    };
    // A name may begin with an equals sign.
    let name = until(start + 1, |byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'='));
    let equals = until(name, |byte| !byte.is_ascii_whitespace());
    if rest.get(equals) != Some(&b'=') {
        return name;
    }
    let value = until(equals + 1, |byte| !byte.is_ascii_whitespace());
    match rest.get(value) {
        Some(&quote @ (b'"' | b'\'')) => {
            memchr::memchr(quote, &rest[value + 1..]).map_or(rest.len(), |length| value + length + 2)
        }
        _ => until(value, |byte| byte.is_ascii_whitespace() || byte == b'>'),
    }
}

/// Bytes to pass over after a `<` that begins no element: a comment, a declaration, or only a character.
fn end_of_comment(rest: &[u8]) -> usize {
    if rest.starts_with(b"!--") {
        let ends = |&end: &usize| rest[..end].ends_with(b"--") || end >= 6 && rest[..end].ends_with(b"--!");
        return memchr::memchr_iter(b'>', rest).find(ends).map_or(rest.len(), |end| end + 1);
    }
    match rest.first() {
        Some(b'!' | b'?' | b'/') => memchr::memchr(b'>', rest).map_or(rest.len(), |end| end + 1),
        _ => 0,
    }
}

fn tag_name(bytes: &[u8]) -> &[u8] {
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) {
        return &[];
    }
    let end = bytes.iter().take(64).position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
    &bytes[..end.unwrap_or(bytes.len().min(64))]
}

/// Bytes up to the end tag of an element whose content is not markup.
fn end_of_raw(rest: &[u8], name: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&rest[at..], b"</") {
        at += found;
        let tag = &rest[at + 2..];
        let is_end = |next: &u8| next.is_ascii_whitespace() || matches!(next, b'/' | b'>');
        if tag.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name))
            && tag.get(name.len()).is_some_and(is_end)
        {
            return at;
        }
        at += 2;
    }
    rest.len()
}

#[cfg(test)]
mod tests;

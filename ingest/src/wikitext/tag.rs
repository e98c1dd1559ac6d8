//! Comments and HTML-like tags.

use super::Formulas;
use super::marks::{DROPPED, VERBATIM};
use super::scan::Scanner;
use memchr::{memchr, memchr2, memmem};
use quick_xml::escape::resolve_html5_entity;

/// Longest tag name, with room to spare.
const MAX_NAME: usize = 18;

/// What a tag does to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// The element goes with its content.
    Drop,
    /// A note: it goes with its content, and leaves no gap to clean.
    Note,
    /// TeX.
    Formula,
    /// Source code, line by line.
    Code,
    /// Its content is no markup.
    Plain,
    /// The content stays, on lines of its own.
    Block,
    /// The content stays.
    Inline,
    /// A line end.
    Break,
    /// Small digits above the line.
    Superscript,
    /// The reading of a character, shown in brackets.
    Reading,
}

/// Elements whose content is searched for its end without reading it as markup.
const RAW: [(&str, Effect); 30] = [
    ("categorytree", Effect::Drop),
    ("ce", Effect::Formula),
    ("chem", Effect::Formula),
    ("choose", Effect::Drop),
    ("gallery", Effect::Drop),
    ("graph", Effect::Drop),
    ("hiero", Effect::Drop),
    ("imagemap", Effect::Drop),
    ("includeonly", Effect::Drop),
    ("indicator", Effect::Drop),
    ("inputbox", Effect::Drop),
    ("mapframe", Effect::Drop),
    ("maplink", Effect::Drop),
    ("math", Effect::Formula),
    ("nowiki", Effect::Plain),
    ("pre", Effect::Code),
    ("ref", Effect::Note),
    ("references", Effect::Drop),
    ("rp", Effect::Note),
    ("score", Effect::Drop),
    ("script", Effect::Drop),
    ("section", Effect::Note),
    ("source", Effect::Code),
    ("style", Effect::Drop),
    ("syntaxhighlight", Effect::Code),
    ("templatedata", Effect::Drop),
    ("templatestyles", Effect::Note),
    ("timeline", Effect::Drop),
    ("video", Effect::Drop),
    ("audio", Effect::Drop),
];

const BLOCKS: [&str; 25] = [
    "blockquote",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "poem",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

const INLINE: [&str; 39] = [
    "abbr",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "mark",
    "noinclude",
    "onlyinclude",
    "q",
    "rb",
    "rtc",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "time",
    "translate",
    "tt",
    "tvar",
    "u",
    "var",
    "wbr",
    "languages",
];

/// Which elements are known to have no end behind the place where they were last looked for. Without it, a page of
/// opening tags would be searched to its end for each.
#[derive(Debug, Default)]
pub(super) struct Closers {
    missing: [bool; RAW.len()],
}

/// A tag as it stands in the source.
struct Tag {
    effect: Effect,
    /// Place in [`RAW`].
    raw: Option<usize>,
    closes: bool,
    /// Whether it is an element by itself: `<ref name="가" />`.
    whole: bool,
    bytes: usize,
}

impl<'s> Scanner<'s> {
    pub(super) fn angle(&mut self) {
        if self.rest().starts_with("<!--") {
            return self.comment();
        }
        let Some(tag) = read_tag(self.rest()) else { return self.copy(1) };
        let after = self.at + tag.bytes;
        if let Some(raw) = tag.raw {
            if tag.closes || tag.whole {
                self.at = after;
                return;
            }
            match self.find_end(raw, tag.effect, after) {
                Some((content, end)) => {
                    self.at = end;
                    self.element(tag.effect, content);
                }
                None => self.at = after,
            }
            return;
        }
        self.at = after;
        match tag.effect {
            Effect::Break if self.frames.is_empty() => self.out.push('\n'),
            Effect::Break => self.out.push(' '),
            Effect::Block if !self.out.ends_with('\n') => self.out.push('\n'),
            Effect::Superscript if !tag.closes => self.superscript(),
            Effect::Reading => self.out.push(if tag.closes { ')' } else { '(' }),
            _ => {}
        }
    }

    /// A comment that has a line to itself goes with the line.
    fn comment(&mut self) {
        let rest = self.rest();
        let end = memmem::find(rest.as_bytes(), b"-->").map_or(rest.len(), |end| end + 3);
        let line_start = self.out.is_empty() || self.out.ends_with('\n');
        self.at += end;
        if line_start && self.byte(0) == Some(b'\n') {
            self.at += 1;
            self.begin_line();
        } else if line_start {
            self.begin_line();
        }
    }

    /// The content of a raw element that opened before `from`, and where its end tag ends. A note without an end has no
    /// content and takes the rest of its line.
    fn find_end(&mut self, raw: usize, effect: Effect, from: usize) -> Option<(&'s str, usize)> {
        let (name, source) = (RAW[raw].0, self.source);
        let rest_of_line = |until: usize| {
            let end = memchr(b'\n', &source.as_bytes()[from..until]);
            Some((&source[from..from], end.map_or(until, |end| from + end)))
        };
        if self.closers.missing[raw] {
            return if effect == Effect::Note { rest_of_line(source.len()) } else { None };
        }
        let bytes = source.as_bytes();
        let mut at = from;
        while let Some(found) = memchr(b'<', &bytes[at..]) {
            let open = at + found;
            at = open + 1;
            let closing = bytes.get(at) == Some(&b'/');
            let start = at + usize::from(closing);
            let same =
                bytes.get(start..start + name.len()).is_some_and(|other| other.eq_ignore_ascii_case(name.as_bytes()))
                    && !bytes.get(start + name.len()).is_some_and(u8::is_ascii_alphanumeric);
            if same && closing {
                // An end tag without its `>` must not take the lines behind it.
                let end = memchr2(b'>', b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
                let end = end + usize::from(bytes.get(end) == Some(&b'>'));
                return Some((&source[from..open], end));
            }
            // A note inside a note: the first was never closed.
            if same && effect == Effect::Note {
                return rest_of_line(open);
            }
        }
        self.closers.missing[raw] = true;
        if effect == Effect::Note { rest_of_line(source.len()) } else { None }
    }

    fn element(&mut self, effect: Effect, content: &str) {
        match effect {
            Effect::Formula => self.formula(content),
            Effect::Code => self.code(content),
            Effect::Plain => push_plain(self.out, content),
            Effect::Drop => self.out.push(DROPPED),
            _ => {}
        }
    }

    fn formula(&mut self, tex: &str) {
        let words: Vec<&str> = tex.split_whitespace().collect();
        if self.config.formulas == Formulas::Drop || words.is_empty() {
            return self.out.push(DROPPED);
        }
        self.out.push('$');
        push_plain(self.out, &words.join(" "));
        self.out.push('$');
    }

    fn code(&mut self, code: &str) {
        for line in code.trim_matches('\n').lines() {
            if !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push('\n');
            }
            self.out.push(VERBATIM);
            push_plain(self.out, line.trim_end());
            self.out.push('\n');
        }
        // What follows on the same line is no code.
        if self.byte(0) == Some(b'\n') {
            self.at += 1;
            self.begin_line();
        }
    }

    /// Digits keep their place as superscript characters: `10<sup>3</sup>` is not 103.
    fn superscript(&mut self) {
        let rest = self.rest();
        let Some(digits) = rest.find("</sup>").filter(|&end| end <= 12) else { return };
        let raised: Option<String> = rest[..digits].chars().map(raised).collect();
        if let Some(raised) = raised {
            self.out.push_str(&raised);
            self.at += digits;
        }
    }
}

fn raised(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32(c as u32 - '4' as u32 + '⁴' as u32)?,
        '+' => '⁺',
        '-' | '−' | '–' => '⁻',
        'n' => 'ⁿ',
        _ => return None,
    })
}

/// Text that is no markup, with its entities resolved.
fn push_plain(out: &mut String, text: &str) {
    let clean = |out: &mut String, text: &str| out.extend(text.chars().filter(|&c| c >= ' ' || c == '\n' || c == '\t'));
    match quick_xml::escape::unescape_with(text, resolve_html5_entity) {
        Ok(text) => clean(out, &text),
        Err(_) => clean(out, text),
    }
}

/// The tag that `text` begins with, if it is one of those that wiki pages use. Others, as in `a <b` or `<stdio.h>`, are text.
fn read_tag(text: &str) -> Option<Tag> {
    let bytes = text.as_bytes();
    let closes = bytes.get(1) == Some(&b'/');
    let start = 1 + usize::from(closes);
    let length = bytes[start..].iter().take(MAX_NAME).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let mut name = [0; MAX_NAME];
    name[..length].copy_from_slice(&bytes[start..start + length]);
    name.make_ascii_lowercase();
    let name = std::str::from_utf8(&name[..length]).ok()?;
    let (effect, raw) = effect_of(name)?;
    // Up to the next `<` only: a tag left open must not search the page for its end.
    let end = memchr2(b'<', b'>', &bytes[start + length..]).map(|end| start + length + end)?;
    if bytes[end] != b'>' {
        return None;
    }
    Some(Tag { effect, raw, closes, whole: bytes[end - 1] == b'/', bytes: end + 1 })
}

fn effect_of(name: &str) -> Option<(Effect, Option<usize>)> {
    let plain = |effect| Some((effect, None));
    match name {
        "" => None,
        "br" => plain(Effect::Break),
        "sup" => plain(Effect::Superscript),
        "rt" => plain(Effect::Reading),
        _ if INLINE.contains(&name) => plain(Effect::Inline),
        _ if BLOCKS.contains(&name) => plain(Effect::Block),
        _ => RAW.iter().position(|(raw, _)| *raw == name).map(|at| (RAW[at].1, Some(at))),
    }
}

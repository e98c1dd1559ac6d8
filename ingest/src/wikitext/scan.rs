//! The pass over the markup: plain runs are copied, and each special byte goes to the rule that knows it.

use super::WikitextConfig;
use super::frames::{Bracket, Frames};
use super::marks::{BROKEN, DROPPED};
use super::tag::Closers;
use super::templates::{self, Arguments};
use quick_xml::escape::resolve_html5_entity;
use std::borrow::Cow;

/// Longest entity with its `&` and `;`. The longest name of HTML 5 has 31 letters.
const MAX_ENTITY: usize = 33;

/// Longest name between two `__`.
const MAX_SWITCH: usize = 48;

/// Bytes at which a plain run ends.
const SPECIAL: [bool; 256] = special();

const fn special() -> [bool; 256] {
    let mut table = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = true;
        control += 1;
    }
    table[b'\t' as usize] = false;
    let bytes = b"{}[]|!'<&_=";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

/// Namespaces whose links show no text, in Korean and English: files and categories.
const SILENT_NAMESPACES: [&str; 6] = ["파일", "그림", "분류", "file", "image", "category"];

/// Wikis whose two-letter prefix is no language.
const NOT_LANGUAGES: [&str; 2] = ["mw", "wp"];

pub(super) struct Scanner<'s> {
    pub(super) source: &'s str,
    pub(super) at: usize,
    pub(super) config: WikitextConfig,
    pub(super) frames: &'s mut Frames,
    pub(super) out: &'s mut String,
    pub(super) closers: Closers,
    /// Where the `=` that end the open heading begin.
    pub(super) heading_end: Option<usize>,
}

impl<'s> Scanner<'s> {
    pub(super) fn new(source: &'s str, config: WikitextConfig, frames: &'s mut Frames, out: &'s mut String) -> Self {
        Self { source, at: 0, config, frames, out, closers: Closers::default(), heading_end: None }
    }

    pub(super) fn run(mut self) {
        self.begin_line();
        loop {
            let rest = self.rest();
            let plain = rest.bytes().position(|byte| SPECIAL[byte as usize]).unwrap_or(rest.len());
            self.at += plain;
            // Where markup stood between two spaces, one is enough.
            let run = &rest[..plain];
            self.out.push_str(if self.out.ends_with(' ') { run.trim_start_matches(' ') } else { run });
            match self.byte(0) {
                None => break,
                Some(b'\n') => {
                    self.at += 1;
                    self.newline();
                    self.begin_line();
                }
                Some(b'{') => self.open_braces(),
                Some(b'}') => self.close_braces(),
                Some(b'[') => self.open_square(),
                Some(b']') => self.close_square(),
                Some(b'|') => self.pipe(),
                Some(b'!') => self.exclamation(),
                Some(b'\'') => self.apostrophes(),
                Some(b'<') => self.angle(),
                Some(b'&') => self.entity(),
                Some(b'_') => self.underscore(),
                Some(b'=') => self.equals(),
                Some(_) => self.at += 1,
            }
        }
        while self.frames.top().is_some() {
            self.dissolve();
        }
    }

    pub(super) fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + ahead).copied()
    }

    /// How often `byte` stands here in a row.
    pub(super) fn count(&self, byte: u8) -> usize {
        self.rest().bytes().take_while(|&other| other == byte).count()
    }

    /// Copies `bytes` of ASCII, or of a run that ends at a character boundary, as they are.
    pub(super) fn copy(&mut self, bytes: usize) {
        let text = &self.rest()[..bytes];
        self.out.push_str(text);
        self.at += bytes;
    }

    /// Gives up the innermost bracket: what it holds is text.
    pub(super) fn dissolve(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.frames.forget_pipes(&frame);
        if let Bracket::Table(grid) = frame.bracket {
            self.end_row(grid);
        }
    }

    /// Gives up links that stand open inside the innermost template or table.
    pub(super) fn dissolve_links(&mut self) {
        while matches!(self.frames.top(), Some(Bracket::Link | Bracket::External)) {
            self.dissolve();
        }
        self.frames.passed_links = 0;
    }

    fn open_braces(&mut self) {
        let mut braces = self.count(b'{');
        if braces == 1 {
            return self.copy(1);
        }
        self.at += braces;
        while braces > 1 {
            // An odd brace makes the innermost a parameter, as in `{{틀|{{{1}}}}}`.
            let (bracket, width) = if braces == 3 { (Bracket::Parameter, 3) } else { (Bracket::Template, 2) };
            if self.frames.push(bracket, self.out.len()) {
                self.out.push(BROKEN);
            } else {
                self.frames.passed_templates += braces / 2;
                return;
            }
            braces -= width;
        }
    }

    fn close_braces(&mut self) {
        let mut braces = self.count(b'}');
        self.at += braces;
        let passed = self.frames.passed_templates.min(braces / 2);
        self.frames.passed_templates -= passed;
        braces -= 2 * passed;
        while braces > 1 && self.frames.in_template() {
            while !matches!(self.frames.top(), Some(Bracket::Template | Bracket::Parameter)) {
                self.dissolve();
            }
            let parameter = self.frames.top() == Some(Bracket::Parameter);
            braces -= if parameter && braces > 2 { 3 } else { 2 };
            self.close_template();
        }
        // Two and more that close nothing are the remains of a template.
        if braces == 1 {
            self.out.push('}');
        }
    }

    fn close_template(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let kept = match frame.bracket {
            Bracket::Template => {
                let pipes = &self.frames.pipes[frame.pipes..];
                let inside = &self.out[frame.start + BROKEN.len_utf8()..];
                templates::text(&Arguments::new(inside, frame.start, pipes)).map(Cow::into_owned)
            }
            _ => None,
        };
        self.frames.forget_pipes(&frame);
        self.out.truncate(frame.start);
        match kept {
            Some(text) => self.out.push_str(&text),
            None => self.out.push(DROPPED),
        }
    }

    fn open_square(&mut self) {
        let squares = self.count(b'[');
        if squares == 1 {
            return self.open_external();
        }
        if squares % 2 == 1 {
            self.out.push('[');
        }
        self.at += squares;
        for opened in 0..squares / 2 {
            if !self.frames.push(Bracket::Link, self.out.len()) {
                self.frames.passed_links += squares / 2 - opened;
                return;
            }
        }
    }

    /// `[https://… 글]`: the address goes, the text stays.
    fn open_external(&mut self) {
        let inside = &self.rest()[1..];
        let schemes = ["http://", "https://", "//", "ftp://", "mailto:", "news:", "irc://", "tel:"];
        let addressed = schemes.iter().any(|scheme| inside.starts_with(scheme));
        if !addressed || !self.frames.push(Bracket::External, self.out.len()) {
            return self.copy(1);
        }
        let end = |byte: u8| byte <= b' ' || matches!(byte, b']' | b'[' | b'<' | b'>' | b'"' | b'{' | b'}');
        let address = inside.bytes().position(end).unwrap_or(inside.len());
        self.at += 1 + address;
        self.at += self.count(b' ');
    }

    fn close_square(&mut self) {
        if self.frames.top() == Some(Bracket::External) {
            self.at += 1;
            let Some(frame) = self.frames.pop() else { return };
            self.frames.forget_pipes(&frame);
            if self.out[frame.start..].trim().is_empty() {
                self.out.truncate(frame.start);
                self.out.push(DROPPED);
            }
        } else if self.byte(1) != Some(b']') {
            self.copy(1);
        } else if self.frames.passed_links > 0 {
            self.frames.passed_links -= 1;
            self.at += 2;
        } else if self.frames.top() == Some(Bracket::Link) {
            self.at += 2;
            self.close_link();
        } else {
            self.copy(2);
        }
    }

    /// `[[문서|글]]` leaves what is shown.
    fn close_link(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let first = self.frames.pipes.get(frame.pipes).copied();
        self.frames.forget_pipes(&frame);
        let target = self.out[frame.start..first.unwrap_or(self.out.len())].trim();
        if is_silent(target) {
            self.out.truncate(frame.start);
            self.out.push(DROPPED);
            return;
        }
        let colon = usize::from(target.starts_with([':', '#']));
        let shown = first.map(|pipe| pipe + 1).filter(|&text| !self.out[text..].trim().is_empty());
        match (shown, first) {
            (Some(text), _) => drop(self.out.drain(frame.start..text)),
            (None, pipe) => {
                self.out.truncate(pipe.unwrap_or(self.out.len()));
                self.out.drain(frame.start..frame.start + colon);
            }
        }
    }

    fn pipe(&mut self) {
        match self.frames.top() {
            Some(Bracket::Template | Bracket::Parameter | Bracket::Link) => {
                self.frames.pipes.push(self.out.len());
                self.copy(1);
            }
            Some(Bracket::Table(_)) => self.pipe_in_table(),
            Some(Bracket::External) | None => self.copy(1),
        }
    }

    /// Bold and italics: two, three or five apostrophes. More are text.
    fn apostrophes(&mut self) {
        let count = self.count(b'\'');
        let text = match count {
            1 => 1,
            2 | 3 | 5 => 0,
            4 => 1,
            more => more - 5,
        };
        self.at += count - text;
        self.copy(text);
    }

    fn entity(&mut self) {
        let rest = self.rest().as_bytes();
        let end = rest[..rest.len().min(MAX_ENTITY)].iter().position(|&byte| byte == b';');
        let Some(end) = end else { return self.copy(1) };
        let Some(name) = self.rest().get(1..end) else { return self.copy(1) };
        if let Some(number) = name.strip_prefix('#') {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            let Ok(code) = code else { return self.copy(1) };
            self.at += end + 1;
            self.push_resolved(char::from_u32(code).unwrap_or('\u{fffd}'));
        } else if let Some(text) = resolve_html5_entity(name) {
            self.at += end + 1;
            text.chars().for_each(|c| self.push_resolved(c));
        } else {
            self.copy(1);
        }
    }

    fn push_resolved(&mut self, c: char) {
        match c {
            '\u{a0}' | '\t' | '\n' => self.out.push(' '),
            '\0'..'\u{20}' => {}
            _ => self.out.push(c),
        }
    }

    /// Switches such as `__목차숨김__` and `__NOTOC__`; `__init__` is none.
    fn underscore(&mut self) {
        let rest = self.rest();
        let run = self.count(b'_');
        let switch = rest.strip_prefix("__").and_then(|inside| {
            let window = &inside[..inside.floor_char_boundary(MAX_SWITCH)];
            let end = window.find('_').filter(|&end| end > 0 && window[end..].starts_with("__"))?;
            let allowed = |c: char| c.is_ascii_uppercase() || ('가'..='힣').contains(&c);
            window[..end].chars().all(allowed).then_some(end + 4)
        });
        match switch.filter(|_| run == 2) {
            Some(bytes) => self.at += bytes,
            None => self.copy(run),
        }
    }

    fn equals(&mut self) {
        let run = self.count(b'=');
        if self.heading_end == Some(self.at) { self.at += run } else { self.copy(run) }
    }
}

/// Whether a link shows nothing: a file, a category, or the same page in another language.
fn is_silent(target: &str) -> bool {
    let Some((prefix, _)) = target.split_once(':') else { return false };
    let prefix = prefix.trim();
    if SILENT_NAMESPACES.iter().any(|silent| prefix.eq_ignore_ascii_case(silent)) {
        return true;
    }
    let language = prefix.split('-').next().unwrap_or(prefix);
    (2..=3).contains(&language.len())
        && prefix.len() <= 12
        && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        && !NOT_LANGUAGES.contains(&prefix)
}

//! The attributes of one tag, as far as the extractor reads them.

use super::MAX_ATTRIBUTES;
use super::hint::Hints;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Attributes that are read. All others are passed over without being kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// `class`, `id`, `role`: names that give hints.
    Naming,
    ItemProperty,
    Style,
    Hidden,
    Href,
    DateTime,
    Key,
    Content,
    Kind,
    Language,
    Other,
}

impl Name {
    fn of(name: &[u8]) -> Self {
        match name {
            b"class" | b"id" | b"role" => Self::Naming,
            b"itemprop" => Self::ItemProperty,
            b"style" => Self::Style,
            b"hidden" => Self::Hidden,
            b"href" => Self::Href,
            b"datetime" => Self::DateTime,
            b"property" | b"name" => Self::Key,
            b"content" => Self::Content,
            b"type" => Self::Kind,
            b"lang" => Self::Language,
            _ => Self::Other,
        }
    }
}

/// Longest attribute value that is kept. Titles and dates are shorter.
const LONGEST_VALUE: usize = 4096;
/// Longest attribute name that is told apart from others.
const LONGEST_NAME: usize = 16;

/// The attributes of the tag that is being read.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    name: Vec<u8>,
    current: Option<Name>,
    /// Attributes of this tag so far.
    count: usize,
    /// Whether any tag since [`Attributes::allow`] had too many.
    too_many: Arc<AtomicBool>,
    /// Names of classes and ids, each behind a space.
    naming: Vec<u8>,
    style: Vec<u8>,
    hidden: bool,
    /// Whether the element is a link.
    pub(super) is_link: bool,
    /// The value of `datetime`.
    pub(super) date_time: Vec<u8>,
    /// The name of a `meta` or the `itemprop` of any element.
    pub(super) key: Vec<u8>,
    /// The content of a `meta`.
    pub(super) content: Vec<u8>,
    /// The type of a script.
    pub(super) kind: Vec<u8>,
    /// The language of the element.
    pub(super) language: Vec<u8>,
}

impl Attributes {
    pub(super) fn clear(&mut self) {
        let Self { name, current, naming, style, hidden, is_link, date_time, key, content, kind, language, .. } = self;
        for value in [name, naming, style, date_time, key, content, kind, language] {
            value.clear();
        }
        (*current, *hidden, *is_link) = (None, false, false);
        self.count = 0;
    }

    /// Makes ready for another page.
    pub(super) fn allow(&mut self) {
        self.clear();
        self.too_many.store(false, Ordering::Relaxed);
    }

    /// Becomes true with the attribute that is one too many.
    pub(super) fn too_many(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.too_many)
    }

    pub(super) fn are_too_many(&self) -> bool {
        self.too_many.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&mut self) {
        self.count += 1;
        if self.count > MAX_ATTRIBUTES {
            self.too_many.store(true, Ordering::Relaxed);
        }
        self.finish_name();
        self.name.clear();
        self.current = None;
    }

    pub(super) fn push_name(&mut self, part: &[u8]) {
        let room = LONGEST_NAME.saturating_sub(self.name.len());
        self.name.extend_from_slice(&part[..part.len().min(room)]);
    }

    pub(super) fn begin_value(&mut self) {
        self.finish_name();
    }

    /// An attribute without a value is known only when the next one begins.
    pub(super) fn finish_name(&mut self) {
        if self.current.is_some() || self.name.is_empty() {
            return;
        }
        let name = Name::of(&self.name);
        match name {
            Name::Hidden => self.hidden = true,
            Name::Href => self.is_link = true,
            Name::Naming => self.naming.push(b' '),
            _ => {}
        }
        self.current = Some(name);
    }

    pub(super) fn push_value(&mut self, part: &[u8]) {
        let value = match self.current {
            Some(Name::Naming) => &mut self.naming,
            Some(Name::Style) => &mut self.style,
            Some(Name::DateTime) => &mut self.date_time,
            Some(Name::Key | Name::ItemProperty) => &mut self.key,
            Some(Name::Content) => &mut self.content,
            Some(Name::Kind) => &mut self.kind,
            Some(Name::Language) => &mut self.language,
            Some(Name::Hidden | Name::Href | Name::Other) | None => return,
        };
        let room = LONGEST_VALUE.saturating_sub(value.len());
        value.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// What the names say, and whether the element is shown at all. A `hidden` inside a line is a choice that a script
    /// makes ("Command" or "Ctrl"), and counts as shown.
    pub(super) fn hints(&self, is_block: bool) -> Hints {
        let mut hints = if self.naming.len() > 2 { Hints::of(&self.naming) } else { Hints::default() };
        if self.key.eq_ignore_ascii_case(b"articleBody") {
            hints = hints.with(Hints::BODY);
        }
        if self.hidden && is_block || !self.style.is_empty() && is_invisible(&self.style) {
            hints = hints.with(Hints::HIDDEN);
        }
        hints
    }
}

/// Whether a `style` hides its element.
fn is_invisible(style: &[u8]) -> bool {
    let mut squashed = [0; 256];
    let mut length = 0;
    for byte in style.iter().filter(|byte| !byte.is_ascii_whitespace()).take(squashed.len()) {
        squashed[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let style = &squashed[..length];
    memchr::memmem::find(style, b"display:none").is_some()
        || memchr::memmem::find(style, b"visibility:hidden").is_some()
}

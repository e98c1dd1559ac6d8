//! One `<page>` of a dump.

use super::site::Site;
use crate::read::{FieldRecord, Payload, Settled, bounded_url};
use crate::wikitext::redirect_target;
use malmoi_schemas::{Outcome, Reason};
use memchr::memchr;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Longest text that is quoted in a detail, in characters.
const MAX_QUOTED: usize = 80;

/// What a page says of itself. Of several revisions the last one counts: dumps give them from old to new.
#[derive(Debug, Default)]
struct Page<'x> {
    title: Option<String>,
    namespace: Option<i64>,
    id: Option<String>,
    redirect: Option<String>,
    date: Option<String>,
    model: Option<String>,
    text: Text<'x>,
}

#[derive(Debug, Default)]
enum Text<'x> {
    /// No revision, or one without `<text>`.
    #[default]
    Missing,
    /// The dump tells how long the text is but does not hold it.
    Elsewhere,
    /// Hidden by the wiki.
    Deleted,
    There(Cow<'x, str>),
}

/// Reads the inside of `<page>`.
pub(super) fn read_page(bytes: &[u8], site: &Site, namespaces: &BTreeSet<i64>) -> Payload {
    let (xml, replaced) = decode(bytes);
    let page = match Page::read(&xml) {
        Ok(page) => page,
        Err(error) => {
            let detail = format!("the XML of the page is broken: {error}");
            return settled(Outcome::Errored(Reason::BadRecord), detail, None);
        }
    };
    page.payload(site, namespaces, replaced)
}

/// The bytes as text, and how many malformed sequences were replaced.
fn decode(bytes: &[u8]) -> (Cow<'_, str>, u32) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), 0),
        Err(_) => {
            let replaced = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            (String::from_utf8_lossy(bytes), u32::try_from(replaced).unwrap_or(u32::MAX))
        }
    }
}

fn settled(outcome: Outcome, detail: String, url: Option<String>) -> Payload {
    Payload::Settled(Settled { outcome, detail, url })
}

impl<'x> Page<'x> {
    fn read(xml: &'x str) -> quick_xml::Result<Self> {
        let mut page = Self::default();
        let mut reader = Reader::from_str(xml);
        reader.config_mut().allow_dangling_amp = true;
        // Names of the elements that are open: only those at their place count, since a contributor has an `<id>`, too.
        let mut open: Vec<Vec<u8>> = Vec::new();
        loop {
            match reader.read_event()? {
                Event::Start(start) => {
                    let in_revision = matches!(&open[..], [revision] if revision == b"revision");
                    let name = start.name();
                    if is_wanted(name.as_ref(), open.is_empty(), in_revision) {
                        let span = reader.read_to_end(name)?;
                        page.take(name.as_ref(), unescape(&xml[span.start as usize..span.end as usize]));
                    } else {
                        open.push(name.as_ref().to_vec());
                    }
                }
                Event::Empty(start) => match (start.name().as_ref(), open.len()) {
                    (b"redirect", 0) => page.redirect = attribute(&start, "title").or(Some(String::new())),
                    (b"text", 1) => page.text = Text::of_empty(&start),
                    _ => {}
                },
                Event::End(_) => drop(open.pop()),
                Event::Eof => return Ok(page),
                _ => {}
            }
        }
    }

    /// Takes the text of an element that [`is_wanted`].
    fn take(&mut self, name: &[u8], text: Cow<'x, str>) {
        match name {
            b"title" => self.title = Some(text.into_owned()),
            b"ns" => self.namespace = text.trim().parse().ok(),
            b"id" => self.id = Some(text.into_owned()),
            b"timestamp" => self.date = Some(text.into_owned()),
            b"model" => self.model = Some(text.into_owned()),
            _ => self.text = Text::There(text),
        }
    }

    fn payload(self, site: &Site, namespaces: &BTreeSet<i64>, replaced: u32) -> Payload {
        let url = self.title.as_deref().and_then(|title| site.url(title));
        let url = url.map(|url| bounded_url(&url).to_owned());
        let not_a_document = |detail, url| settled(Outcome::Removed(Reason::NotADocument), detail, url);
        let namespace = self.namespace.unwrap_or_else(|| site.namespace_of(self.title.as_deref().unwrap_or_default()));
        if !namespaces.contains(&namespace) {
            let name = site.namespace_name(namespace);
            let named = if name.is_empty() { String::new() } else { format!(" ({})", quoted(name)) };
            return not_a_document(format!("a page of namespace {namespace}{named}"), url);
        }
        if let Some(model) = self.model.as_deref().filter(|model| *model != "wikitext") {
            let detail = format!("a page of content model {}", quoted(model));
            return settled(Outcome::Removed(Reason::NotText), detail, url);
        }
        let text = match self.text {
            Text::There(text) => text,
            Text::Deleted => return not_a_document("the text was hidden by the wiki".to_owned(), url),
            Text::Elsewhere | Text::Missing => {
                let detail = "the dump does not hold the page's text".to_owned();
                return settled(Outcome::Errored(Reason::MissingField), detail, url);
            }
        };
        if let Some(target) = self.redirect.as_deref().or_else(|| redirect_target(&text)) {
            return not_a_document(format!("a redirect to {}", quoted(target)), url);
        }
        let (id, title, date) = (self.id, self.title, self.date);
        Payload::Wikitext(FieldRecord {
            id,
            title,
            date,
            url,
            text: Some(text.into_owned()),
            replaced,
            ..FieldRecord::default()
        })
    }
}

/// Whether an element of that name, at its place, is read up to its end: all that are hold nothing but text.
fn is_wanted(name: &[u8], in_page: bool, in_revision: bool) -> bool {
    match name {
        b"title" | b"ns" | b"id" => in_page,
        b"timestamp" | b"model" | b"text" => in_revision,
        _ => false,
    }
}

impl Text<'_> {
    fn of_empty(start: &BytesStart<'_>) -> Self {
        if attribute(start, "deleted").is_some() {
            return Self::Deleted;
        }
        match attribute(start, "bytes") {
            Some(bytes) if bytes != "0" => Self::Elsewhere,
            _ => Self::There(Cow::Borrowed("")),
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start.try_get_attribute(name).ok().flatten()?;
    Some(unescape(&String::from_utf8_lossy(&attribute.value)).into_owned())
}

fn quoted(text: &str) -> String {
    text.chars().take(MAX_QUOTED).collect()
}

/// The text of an element.
pub(super) fn plain<'t>(text: &'t BytesText<'_>) -> Cow<'t, str> {
    match std::str::from_utf8(text) {
        Ok(text) => unescape(text),
        Err(_) => Cow::Owned(unescape(&String::from_utf8_lossy(text)).into_owned()),
    }
}

/// Resolves the five entities of XML and character references. Others stay as they stand: dumps define none, so an
/// entity that swells cannot be made.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut plain = String::with_capacity(text.len());
    plain.push_str(&text[..first]);
    let mut rest = &text[first..];
    while !rest.is_empty() {
        let (resolved, used) = reference(rest);
        plain.push_str(resolved.as_ref());
        rest = &rest[used..];
        let next = memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        plain.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(plain)
}

/// What the reference that `text` begins with stands for, and its length.
fn reference(text: &str) -> (Cow<'_, str>, usize) {
    let window = &text.as_bytes()[1..text.len().min(12)];
    let name = memchr(b';', window).and_then(|end| text.get(1..=end));
    let resolved = name.and_then(|name| match name.strip_prefix('#') {
        None => resolve_predefined_entity(name).map(Cow::Borrowed),
        Some(number) => {
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).map(|c| Cow::Owned(c.to_string()))
        }
    });
    match (resolved, name) {
        (Some(resolved), Some(name)) => (resolved, name.len() + 2),
        _ => (Cow::Borrowed("&"), 1),
    }
}

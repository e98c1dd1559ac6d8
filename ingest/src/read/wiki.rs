//! MediaWiki XML dumps (`pages-articles.xml`, export formats 0.3 to 0.11).

mod page;
mod site;

use super::{Damage, RawRecord, Stream, StreamError};
use crate::wikitext::WikitextConfig;
use malmoi_schemas::Reason;
use page::read_page;
use serde::{Deserialize, Serialize};
use site::Site;
use std::collections::BTreeSet;
use std::io;

/// Longest `<siteinfo>`. Real ones have under 20 KiB.
const MAX_SITE: usize = 1 << 20;

/// Longest tag that is told from text by its end. The root of real dumps has 250 bytes.
const MAX_TAG: usize = 512;

/// The `[source.wiki]` table of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WikiConfig {
    /// Numbers of the namespaces whose pages are documents. The main one is 0, talk pages are odd.
    pub namespaces: BTreeSet<i64>,
    /// How markup becomes text.
    pub markup: WikitextConfig,
}

impl WikiConfig {
    /// Whether nothing was chosen.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for WikiConfig {
    fn default() -> Self {
        Self { namespaces: BTreeSet::from([0]), markup: WikitextConfig::default() }
    }
}

/// The pages of a dump, one record each.
///
/// Pages are cut out by their tags before the XML is parsed, so that a page that is too long is never held, a broken one
/// costs itself, and the reader is at home again at the next one. `<` is always escaped in the text of a page.
///
/// The text of a record is markup: it is for [`crate::wikitext::Wikitext`] to turn into text, where work is shared out.
pub struct WikiReader {
    stream: Stream,
    limit: usize,
    namespaces: BTreeSet<i64>,
    ordinal: u64,
    site: Site,
    element: Element,
    /// What was read of the open element, at most its limit and one tag.
    bytes: Vec<u8>,
    /// Length of the open element.
    length: u64,
    /// The last bytes that were read, to tell a tag by.
    tail: Vec<u8>,
    seen: Seen,
    done: bool,
}

/// What the reader is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    None,
    Site,
    /// A page, and its offset.
    Page(u64),
}

/// What the file has shown of a dump's frame.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    bytes: bool,
    root: bool,
    end: bool,
    page: bool,
}

/// Tags that the reader acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Root,
    RootEnd,
    Site,
    SiteEnd,
    Page,
    PageEnd,
}

/// How a stretch of bytes ended.
enum Stretch {
    /// With `>`, which may be that of a tag.
    Tag(Option<Tag>),
    End,
    Damaged(Damage),
}

impl WikiReader {
    /// Reads pages of at most `limit` bytes of XML; longer ones are passed over without being held. Pages outside
    /// `namespaces` are settled.
    pub fn new(stream: Stream, limit: usize, namespaces: BTreeSet<i64>) -> Self {
        Self {
            stream,
            limit,
            namespaces,
            ordinal: 0,
            site: Site::default(),
            element: Element::None,
            bytes: Vec::new(),
            length: 0,
            tail: Vec::new(),
            seen: Seen::default(),
            done: false,
        }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The next page. See [`super::RecordReader::next_record`].
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        while !self.done {
            let record = match self.stretch()? {
                Stretch::Tag(None) => None,
                Stretch::Tag(Some(tag)) => self.act_on(tag),
                Stretch::End => {
                    self.done = true;
                    self.at_the_end()
                }
                Stretch::Damaged(damage) => {
                    self.done = !self.stream.search_member()?;
                    self.damaged(&damage)
                }
            };
            if let Some(record) = record {
                self.ordinal += 1;
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    fn act_on(&mut self, tag: Tag) -> Option<RawRecord> {
        match tag {
            Tag::Root => self.seen.root = true,
            Tag::RootEnd => self.seen.end = true,
            Tag::Site => self.open(Element::Site),
            Tag::SiteEnd => {
                if self.element == Element::Site && self.length <= MAX_SITE as u64 {
                    self.site = Site::read(&String::from_utf8_lossy(&self.bytes));
                }
                self.open(Element::None);
            }
            Tag::Page => {
                self.seen.page = true;
                let cut = self.cut_page("another page begins inside the page");
                let start = self.stream.offset() - self.tag_length();
                self.open(Element::Page(start));
                return cut;
            }
            Tag::PageEnd => {
                if let Element::Page(offset) = self.element {
                    let record = self.page(offset);
                    self.open(Element::None);
                    return Some(record);
                }
            }
        }
        None
    }

    fn open(&mut self, element: Element) {
        self.element = element;
        self.bytes.clear();
        self.length = 0;
    }

    fn page(&mut self, offset: u64) -> RawRecord {
        let length = self.length + Tag::PAGE_START;
        if length > self.limit as u64 {
            return RawRecord::too_long(self.ordinal, offset, length, self.limit);
        }
        let inside = &self.bytes[..self.bytes.len().saturating_sub(self.tag_length() as usize)];
        RawRecord { ordinal: self.ordinal, offset, payload: read_page(inside, &self.site, &self.namespaces) }
    }

    /// Settles a page that is open but has no end.
    fn cut_page(&mut self, what: &str) -> Option<RawRecord> {
        let Element::Page(offset) = std::mem::replace(&mut self.element, Element::None) else { return None };
        let detail = format!("{what} that begins at byte {offset}");
        Some(RawRecord::errored(self.ordinal, offset, Reason::TruncatedRecord, detail))
    }

    fn at_the_end(&mut self) -> Option<RawRecord> {
        let offset = self.stream.offset();
        let errored = |reason, detail: &str| Some(RawRecord::errored(self.ordinal, offset, reason, detail.to_owned()));
        match self.seen {
            Seen { bytes: false, .. } => None,
            Seen { root: false, page: false, .. } => {
                errored(Reason::UnreadableFile, "no MediaWiki dump: neither `<mediawiki>` nor `<page>` is in it")
            }
            Seen { root: true, end: false, .. } if !matches!(self.element, Element::Page(_)) => {
                errored(Reason::TruncatedRecord, "the file ends before `</mediawiki>`")
            }
            _ => self.cut_page("the file ends inside the page"),
        }
    }

    fn damaged(&mut self, damage: &Damage) -> Option<RawRecord> {
        let offset = match std::mem::replace(&mut self.element, Element::None) {
            Element::Page(offset) => offset,
            _ => self.stream.offset(),
        };
        self.tail.clear();
        // A member found behind the damage brings no end of the root that was lost.
        self.seen.end = true;
        Some(RawRecord::damaged(self.ordinal, offset, damage))
    }

    /// Reads up to the next `>`, keeping what belongs to the open element while it is within its limit.
    fn stretch(&mut self) -> io::Result<Stretch> {
        let limit = match self.element {
            Element::None => 0,
            Element::Site => MAX_SITE,
            Element::Page(_) => self.limit,
        };
        loop {
            let bytes = match self.stream.fill() {
                Ok([]) => return Ok(Stretch::End),
                Ok(bytes) => bytes,
                Err(StreamError::Disk(error)) => return Err(error),
                Err(StreamError::Damaged(damage)) => return Ok(Stretch::Damaged(damage)),
            };
            let end = memchr::memchr(b'>', bytes);
            let part = &bytes[..end.map_or(bytes.len(), |end| end + 1)];
            self.seen.bytes |= !part.trim_ascii().is_empty();
            self.length += part.len() as u64;
            if self.length <= limit as u64 {
                self.bytes.extend_from_slice(part);
            } else if self.bytes.capacity() > 0 {
                self.bytes = Vec::new();
            }
            if part.len() >= MAX_TAG {
                self.tail.clear();
            }
            self.tail.extend_from_slice(&part[part.len().saturating_sub(MAX_TAG)..]);
            let surplus = self.tail.len().saturating_sub(MAX_TAG);
            self.tail.drain(..surplus);
            let used = part.len();
            self.stream.consume(used);
            if end.is_some() {
                return Ok(Stretch::Tag(Tag::at_the_end_of(&self.tail)));
            }
        }
    }

    /// Length of the tag that was just read.
    fn tag_length(&self) -> u64 {
        memchr::memrchr(b'<', &self.tail).map_or(0, |start| self.tail.len() - start) as u64
    }
}

impl Tag {
    /// Length of `<page>`, which is read before its element is open.
    const PAGE_START: u64 = "<page>".len() as u64;

    fn at_the_end_of(bytes: &[u8]) -> Option<Self> {
        let tag = &bytes[memchr::memrchr(b'<', bytes)? + 1..];
        let end = tag.iter().position(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'>'))?;
        match &tag[..end] {
            b"mediawiki" => Some(Self::Root),
            b"/mediawiki" => Some(Self::RootEnd),
            b"siteinfo" => Some(Self::Site),
            b"/siteinfo" => Some(Self::SiteEnd),
            b"page" => Some(Self::Page),
            b"/page" => Some(Self::PageEnd),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;

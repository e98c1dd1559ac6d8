//! From files to records: lazily, in bounded memory, and without ever losing one silently.
//!
//! A reader gives every record it meets, in order, exactly once. One that cannot be read is given as
//! [`Payload::Settled`] with its cause, so that it is counted like any other.

mod compress;
mod http;
mod jsonl;
mod parquet;
mod threads;
mod warc;
mod whole;
mod wiki;

pub use compress::{Stream, StreamError};
pub use http::{HttpError, HttpResponse, decode_content, parse_response};
pub use jsonl::JsonLines;
pub use parquet::ParquetRows;
pub(crate) use threads::ROOM as THREAD_ROOM;
pub use threads::ThreadReader;
pub use warc::WarcReader;
pub use whole::WholeFile;
pub use wiki::{WikiConfig, WikiReader};

use crate::input::Input;
use crate::source::{Format, SourceConfig};
use malmoi_schemas::{Outcome, Reason};
use std::fmt;
use std::io;
use std::path::Path;

/// One record of an input file, as its bytes stand there.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRecord {
    /// Place in the file, from 0: the line of JSON lines, the record of an archive.
    pub ordinal: u64,
    /// Byte offset in the decompressed file.
    pub offset: u64,
    /// What was read.
    pub payload: Payload,
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// A line that should be a JSON object.
    Json(Vec<u8>),
    /// Plain text in some charset.
    Text(Vec<u8>),
    /// An HTML page in some charset.
    Html(Vec<u8>),
    /// A record of a web archive.
    Archived(ArchiveRecord),
    /// Fields that the format gives as text already: a row of Parquet, an article of a dump, a thread of messages.
    Fields(FieldRecord),
    /// The same of a page whose text is MediaWiki markup.
    Wikitext(FieldRecord),
    /// What the reader could already decide.
    Settled(Settled),
}

/// The fields of a record, as text. What a record does not have is `None`; a record with neither `text` nor `html` is
/// counted as errored by whoever cleans it.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRecord {
    /// The user's own name for the record, kept beside malmoi's.
    pub id: Option<String>,
    /// Whose the record is: records of one author, law or conversation share it.
    pub group: Option<String>,
    /// Plain text. Goes before `html` in a record that has both.
    pub text: Option<String>,
    /// An HTML page, whose main text is to be extracted.
    pub html: Option<String>,
    /// The address of the document.
    pub url: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its date as the source writes it.
    pub date: Option<String>,
    /// Its vector.
    pub embedding: Option<Vec<f32>>,
    /// The charset that the text was in when it was read.
    pub charset: &'static str,
    /// Malformed sequences of `text` or `html`, each of which became one U+FFFD.
    pub replaced: u32,
    /// Messages that the text was put together from, if it is a conversation.
    pub messages: Option<u32>,
    /// How many, in words, and which part of its conversation it is.
    pub thread: Option<String>,
}

impl Default for FieldRecord {
    fn default() -> Self {
        let (id, group, text, html, url, title, date, embedding) = Default::default();
        let (charset, replaced, messages, thread) = ("UTF-8", 0, None, None);
        Self { id, group, text, html, url, title, date, embedding, charset, replaced, messages, thread }
    }
}

/// A record whose fate the reader knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Removed or errored, and why.
    pub outcome: Outcome,
    /// The reason in words.
    pub detail: String,
    /// The address, as far as it was read.
    pub url: Option<String>,
}

/// A record of a web archive that may hold a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveRecord {
    /// Whether the block is an HTTP message or the document itself.
    pub kind: ArchiveKind,
    /// `WARC-Target-URI`.
    pub url: Option<String>,
    /// `WARC-Date`.
    pub date: Option<String>,
    /// `Content-Type` of the block.
    pub content_type: Option<String>,
    /// The block.
    pub block: Vec<u8>,
}

/// What the block of an archive record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveKind {
    /// An HTTP message: head, then body.
    Response,
    /// The document itself (`resource` and `conversion` records).
    Resource,
}

impl RawRecord {
    /// Bytes of the record's content, without what the reader knows about it.
    pub fn bytes(&self) -> u64 {
        let bytes = match &self.payload {
            Payload::Json(bytes) | Payload::Text(bytes) | Payload::Html(bytes) => bytes.len(),
            Payload::Archived(record) => record.block.len(),
            Payload::Fields(record) | Payload::Wikitext(record) => {
                [&record.text, &record.html].into_iter().flatten().map(String::len).sum()
            }
            Payload::Settled(settled) => settled.detail.len(),
        };
        bytes as u64
    }

    /// Bytes that the record takes in memory. Addresses count too: archives hold requests and refusals in plenty that
    /// are nothing but an address.
    pub fn memory(&self) -> u64 {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let around = match &self.payload {
            Payload::Json(_) | Payload::Text(_) | Payload::Html(_) => 0,
            Payload::Archived(record) => length(&record.url) + length(&record.date) + length(&record.content_type),
            Payload::Fields(record) | Payload::Wikitext(record) => {
                let FieldRecord { id, group, url, title, date, embedding, .. } = record;
                let embedding = embedding.as_ref().map_or(0, |numbers| size_of_val(numbers.as_slice()));
                [id, group, url, title, date].into_iter().map(length).sum::<usize>() + embedding
            }
            Payload::Settled(settled) => length(&settled.url),
        };
        self.bytes() + (around + size_of::<Self>()) as u64
    }

    fn errored(ordinal: u64, offset: u64, reason: Reason, detail: String) -> Self {
        let outcome = Outcome::Errored(reason);
        Self { ordinal, offset, payload: Payload::Settled(Settled { outcome, detail, url: None }) }
    }

    fn too_long(ordinal: u64, offset: u64, bytes: u64, limit: usize) -> Self {
        let detail = format!("{bytes} bytes, {limit} are allowed");
        Self::errored(ordinal, offset, Reason::RecordTooLong, detail)
    }

    fn damaged(ordinal: u64, offset: u64, damage: &Damage) -> Self {
        Self::errored(ordinal, offset, Reason::UnreadableFile, damage.to_string())
    }
}

/// Longest address that is kept, in bytes: what servers commonly take (RFC 9110, 4.1, recommends 8,000 octets).
const MAX_URL: usize = 8 << 10;

/// The part of an address that is kept. Data URLs and traps for crawlers can be as long as a document.
pub(crate) fn bounded_url(url: &str) -> &str {
    &url[..url.floor_char_boundary(MAX_URL)]
}

/// Where and how a compressed stream is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Byte offset in the file as it is stored.
    pub at: u64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {} of the file as stored", self.what, self.at)
    }
}

/// The records of one file, whatever its format.
pub enum RecordReader {
    /// See [`JsonLines`].
    Jsonl(JsonLines),
    /// See [`WholeFile`].
    Whole(WholeFile),
    /// See [`WarcReader`].
    Warc(WarcReader),
    /// See [`ParquetRows`].
    Parquet(Box<ParquetRows>),
    /// See [`WikiReader`].
    Wiki(Box<WikiReader>),
    /// See [`ThreadReader`].
    Threads(Box<ThreadReader>),
}

impl RecordReader {
    /// Reads the records of one file of a source; one longer than `limit` bytes is passed over and counted.
    /// Conversations that do not fit in memory are sorted in files without a name in the folder `scratch`.
    pub fn new(source: &SourceConfig, input: Box<dyn Input>, limit: usize, scratch: &Path) -> Self {
        let stream = |input| Stream::new(input);
        match (source.format, &source.thread) {
            (Format::Jsonl, Some(thread)) => {
                let lines = JsonLines::new(stream(input), limit);
                Self::Threads(Box::new(ThreadReader::new(lines, source.fields.clone(), thread.clone(), scratch)))
            }
            (Format::Jsonl, None) => Self::Jsonl(JsonLines::new(stream(input), limit)),
            (Format::Text, _) => Self::Whole(WholeFile::text(stream(input), limit)),
            (Format::Html, _) => Self::Whole(WholeFile::html(stream(input), limit)),
            (Format::Warc, _) => Self::Warc(WarcReader::new(stream(input), limit)),
            (Format::Parquet, _) => Self::Parquet(Box::new(ParquetRows::new(input, source.fields.clone(), limit))),
            (Format::Wiki, _) => {
                Self::Wiki(Box::new(WikiReader::new(stream(input), limit, source.wiki.namespaces.clone())))
            }
        }
    }

    /// The next record, or `None` at the end. The error is the operating system's; broken content is a record.
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        match self {
            Self::Jsonl(lines) => lines.next_record(),
            Self::Whole(file) => file.next_record(),
            Self::Warc(archive) => archive.next_record(),
            Self::Parquet(rows) => rows.next_record(),
            Self::Wiki(pages) => pages.next_record(),
            Self::Threads(threads) => threads.next_record(),
        }
    }

    /// Bytes of the file as stored that have been worked through.
    pub fn stored_bytes(&self) -> u64 {
        match self {
            Self::Jsonl(lines) => lines.stream().stored_bytes(),
            Self::Whole(file) => file.stream().stored_bytes(),
            Self::Warc(archive) => archive.stream().stored_bytes(),
            Self::Parquet(rows) => rows.stored_bytes(),
            Self::Wiki(pages) => pages.stream().stored_bytes(),
            Self::Threads(threads) => threads.stored_bytes(),
        }
    }
}

#[cfg(test)]
mod tests;

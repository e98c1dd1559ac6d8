//! From files to records: lazily, in bounded memory, and without ever losing one silently.
//!
//! A reader gives every record it meets, in order, exactly once. One that cannot be read is given as
//! [`Payload::Settled`] with its cause, so that it is counted like any other.

mod compress;
mod http;
mod jsonl;
mod warc;
mod whole;

pub use compress::{Stream, StreamError};
pub use http::{HttpError, HttpResponse, decode_content, parse_response};
pub use jsonl::JsonLines;
pub use warc::WarcReader;
pub use whole::WholeFile;

use crate::input::Input;
use crate::source::Format;
use malmoi_schemas::{Outcome, Reason};
use std::fmt;
use std::io;

/// One record of an input file, as its bytes stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Place in the file, from 0: the line of JSON lines, the record of an archive.
    pub ordinal: u64,
    /// Byte offset in the decompressed file.
    pub offset: u64,
    /// What was read.
    pub payload: Payload,
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// A line that should be a JSON object.
    Json(Vec<u8>),
    /// Plain text in some charset.
    Text(Vec<u8>),
    /// An HTML page in some charset.
    Html(Vec<u8>),
    /// A record of a web archive.
    Archived(ArchiveRecord),
    /// What the reader could already decide.
    Settled(Settled),
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
}

impl RecordReader {
    /// Reads the records of `input`; one longer than `limit` bytes is passed over and counted.
    pub fn new(format: Format, input: Box<dyn Input>, limit: usize) -> Self {
        let stream = Stream::new(input);
        match format {
            Format::Jsonl => Self::Jsonl(JsonLines::new(stream, limit)),
            Format::Text => Self::Whole(WholeFile::text(stream, limit)),
            Format::Html => Self::Whole(WholeFile::html(stream, limit)),
            Format::Warc => Self::Warc(WarcReader::new(stream, limit)),
        }
    }

    /// The next record, or `None` at the end. The error is the operating system's; broken content is a record.
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        match self {
            Self::Jsonl(lines) => lines.next_record(),
            Self::Whole(file) => file.next_record(),
            Self::Warc(archive) => archive.next_record(),
        }
    }

    /// Bytes of the file as stored that have been worked through.
    pub fn stored_bytes(&self) -> u64 {
        match self {
            Self::Jsonl(lines) => lines.stream().stored_bytes(),
            Self::Whole(file) => file.stream().stored_bytes(),
            Self::Warc(archive) => archive.stream().stored_bytes(),
        }
    }
}

#[cfg(test)]
mod tests;

mod bzip2;
mod dictionary;
mod gzip;
mod stored;
mod xz;
mod zstd;

use super::Damage;
use crate::input::Input;
use std::io;
use stored::Stored;

const PLAIN_BUFFER: usize = 128 << 10;

/// Compressed bytes of one file that may be worked through a second time in search of what follows damage. Without a
/// bound, a hostile file of beginnings that all fail late would cost its size squared.
const SEARCH_BUDGET: u64 = 4 << 30;

/// Why bytes could not be had.
#[derive(Debug)]
pub enum StreamError {
    /// The operating system refused: work stops.
    Disk(io::Error),
    /// The compressed stream is broken: what was read before is good, the rest is lost or must be searched.
    Damaged(Damage),
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// What a step of decompression gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Bytes, the first of which is the first of a member.
    Begun,
    /// Bytes.
    Went,
    /// Nothing: the file is at its end.
    Ended,
}

/// How a file is packed.
enum Codec {
    Plain,
    Gzip(Box<gzip::Gzip>),
    Zstd(zstd::Zstd),
    Bzip2(bzip2::Bzip2),
    Xz(xz::Xz),
    /// Something known that is not read, and what it is.
    Foreign(&'static str),
}

/// The decompressed bytes of a file: plain, gzip, zstd, bzip2 or xz, each in any number of members.
///
/// Which one is told from the first bytes. A member is what the format calls a member (gzip), a frame (zstd) or a stream
/// (bzip2, xz): a part that decompresses by itself. Memory does not grow with the file.
pub struct Stream {
    stored: Stored,
    codec: Option<Codec>,
    buffer: Vec<u8>,
    at: usize,
    /// Decompressed offset of the end of the buffer.
    end: u64,
    /// Whether the buffer's first byte is the first of a member.
    member_start: bool,
    /// What is wrong behind the bytes in the buffer.
    pending: Option<Damage>,
    /// Damage that was told; nothing comes before it is searched past.
    broken: Option<Damage>,
    /// Stored bytes that were gone back over after damage.
    searched: u64,
}

impl Stream {
    /// A stream over a whole file.
    pub fn new(input: Box<dyn Input>) -> Self {
        Self {
            stored: Stored::new(input),
            codec: None,
            buffer: Vec::new(),
            at: 0,
            end: 0,
            member_start: false,
            pending: None,
            broken: None,
            searched: 0,
        }
    }

    /// Offset of the next byte in the decompressed file.
    pub fn offset(&self) -> u64 {
        self.end - (self.buffer.len() - self.at) as u64
    }

    /// Bytes of the file as stored that have been worked through.
    pub fn stored_bytes(&self) -> u64 {
        self.stored.position()
    }

    /// Whether the next byte is the first of a member.
    pub fn at_member_start(&self) -> bool {
        self.member_start && self.at == 0
    }

    /// Where the current member begins in the file as stored; `None` in files that are not packed.
    pub fn member(&self) -> Option<u64> {
        match self.codec.as_ref()? {
            Codec::Plain | Codec::Foreign(_) => None,
            Codec::Gzip(gzip) => Some(gzip.member),
            Codec::Zstd(zstd) => Some(zstd.member),
            Codec::Bzip2(bzip2) => Some(bzip2.member),
            Codec::Xz(xz) => Some(xz.member),
        }
    }

    /// The damage that the stream stopped at.
    pub fn damage(&self) -> Option<Damage> {
        self.broken.clone()
    }

    /// The next bytes; empty at the end. Damage is told again until it is searched past.
    pub fn fill(&mut self) -> Result<&[u8], StreamError> {
        if self.at == self.buffer.len() {
            if let Some(damage) = &self.broken {
                return Err(StreamError::Damaged(damage.clone()));
            }
            self.buffer.clear();
            self.at = 0;
            self.member_start = false;
            let result = if self.pending.is_none() { self.decompress() } else { Ok(Step::Ended) };
            self.end += self.buffer.len() as u64;
            match result {
                Err(StreamError::Damaged(damage)) => self.pending = Some(damage),
                Err(error) => return Err(error),
                Ok(step) => self.member_start = step == Step::Begun,
            }
            // What came out before the damage is given out before it is told.
            if let Some(damage) = self.pending.take_if(|_| self.buffer.is_empty()) {
                self.broken = Some(damage.clone());
                return Err(StreamError::Damaged(damage));
            }
        }
        Ok(&self.buffer[self.at..])
    }

    /// Marks bytes of [`Stream::fill`] as used.
    pub fn consume(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.buffer.len());
    }

    /// Goes back (or on) to an offset if the file is stored as it is; otherwise does nothing and says so.
    pub fn seek_plain(&mut self, offset: u64) -> io::Result<bool> {
        if !matches!(self.codec, Some(Codec::Plain)) {
            return Ok(false);
        }
        self.stored.seek(offset)?;
        self.forget_buffer();
        self.end = offset;
        Ok(true)
    }

    /// After damage: goes on with the next thing that looks like the beginning of a member. Says whether there is one.
    pub fn search_member(&mut self) -> io::Result<bool> {
        let (Some(member), Some(codec)) = (self.member(), &mut self.codec) else { return Ok(false) };
        // The decompressor may have run on into the next member before it noticed, so look from the broken one's start.
        self.searched = self.searched.saturating_add(self.stored.position().saturating_sub(member));
        let from = if self.searched > SEARCH_BUDGET { self.stored.position() } else { member + 1 };
        self.stored.seek(from)?;
        let found = match codec {
            Codec::Plain | Codec::Foreign(_) => false,
            Codec::Gzip(gzip) => self.stored.find(gzip::SIGNATURE, gzip::is_header)? && gzip.restart(&self.stored),
            Codec::Zstd(zstd) => self.stored.find(zstd::SIGNATURE, zstd::is_header)? && zstd.restart(&self.stored)?,
            Codec::Bzip2(bzip2) => self.stored.find(bzip2::SIGNATURE, bzip2::is_header)? && bzip2.restart(&self.stored),
            Codec::Xz(xz) => self.stored.find(xz::SIGNATURE, |_| true)? && xz.restart(&self.stored),
        };
        if found {
            self.forget_buffer();
        }
        Ok(found)
    }

    fn forget_buffer(&mut self) {
        // Bytes that were decompressed and are not wanted leave no gap in the offsets.
        self.end = self.offset();
        self.buffer.clear();
        self.at = 0;
        self.member_start = false;
        self.pending = None;
        self.broken = None;
    }

    fn decompress(&mut self) -> Result<Step, StreamError> {
        let codec = match &mut self.codec {
            Some(codec) => codec,
            none => none.insert(detect(&mut self.stored)?),
        };
        let (stored, out) = (&mut self.stored, &mut self.buffer);
        match codec {
            Codec::Plain => stored.take(out),
            Codec::Gzip(gzip) => gzip.decompress(stored, out),
            Codec::Zstd(zstd) => zstd.decompress(stored, out),
            Codec::Bzip2(bzip2) => bzip2.decompress(stored, out),
            Codec::Xz(xz) => xz.decompress(stored, out),
            Codec::Foreign(what) => damaged(stored, format!("{what} is not read")),
        }
    }

    /// Memory that is held, in bytes, but for what the libraries hold for themselves.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.buffer.capacity() + self.stored.held()
    }
}

fn detect(stored: &mut Stored) -> Result<Codec, StreamError> {
    let magic = stored.peek(16)?;
    Ok(if magic.starts_with(gzip::SIGNATURE) {
        Codec::Gzip(Box::default())
    } else if magic.starts_with(zstd::SIGNATURE) || zstd::is_skippable(magic) {
        Codec::Zstd(zstd::Zstd::new(stored)?)
    } else if magic.starts_with(bzip2::SIGNATURE) && bzip2::is_header(magic) {
        Codec::Bzip2(bzip2::Bzip2::new())
    } else if magic.starts_with(xz::SIGNATURE) {
        Codec::Xz(xz::Xz::new()?)
    } else {
        foreign(magic).map_or(Codec::Plain, Codec::Foreign)
    })
}

/// Formats that are told by their first bytes and not read, so that they are refused by name and not as broken records.
fn foreign(magic: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 6] = [
        (&[0x04, 0x22, 0x4d, 0x18], "an LZ4 file"),
        (&[0x02, 0x21, 0x4c, 0x18], "an LZ4 file"),
        (b"PK\x03\x04", "a zip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\xff\x06\x00\x00sNaPpY", "a Snappy file"),
        (b"PAR1", "a Parquet file in a source of another format"),
    ];
    known.into_iter().find_map(|(start, what)| magic.starts_with(start).then_some(what))
}

fn damaged<T>(stored: &Stored, what: impl Into<String>) -> Result<T, StreamError> {
    Err(StreamError::Damaged(Damage { at: stored.position(), what: what.into() }))
}

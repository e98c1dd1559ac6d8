use super::Damage;
use crate::input::Input;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::io::{self, SeekFrom};
use zstd::stream::raw::Operation;

const STORED_BUFFER: usize = 128 << 10;
const PLAIN_BUFFER: usize = 128 << 10;

const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Largest zstd window that is accepted, as a power of two: what the format's specification asks every decoder to
/// support and more, and a bound on the memory that a hostile frame can ask for.
const ZSTD_WINDOW_LOG: u32 = 27;

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

/// A file as stored, with a known position.
struct Stored {
    input: Box<dyn Input>,
    buffer: Vec<u8>,
    at: usize,
    /// Offset in the file of the end of the buffer.
    end: u64,
}

impl Stored {
    fn position(&self) -> u64 {
        self.end - (self.buffer.len() - self.at) as u64
    }

    /// At least `least` bytes from here on, or all that are left.
    fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.at < least {
            self.buffer.drain(..self.at);
            self.at = 0;
            let old = self.buffer.len();
            self.buffer.resize(STORED_BUFFER.max(old + least), 0);
            let read = loop {
                match self.input.read(&mut self.buffer[old..]) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            self.buffer.truncate(old + *read.as_ref().unwrap_or(&0));
            self.end += read.as_ref().map_or(0, |&n| n as u64);
            if read? == 0 {
                break;
            }
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, bytes: usize) {
        self.at += bytes;
    }

    fn seek(&mut self, position: u64) -> io::Result<()> {
        self.buffer.clear();
        self.at = 0;
        self.end = self.input.seek(SeekFrom::Start(position))?;
        Ok(())
    }
}

enum Codec {
    Plain,
    Gzip(Box<Gzip>),
    Zstd(Zstd),
}

struct Zstd {
    decoder: zstd::stream::raw::Decoder<'static>,
    frame_open: bool,
}

struct Gzip {
    inflate: Decompress,
    crc: Crc,
    /// Where the member begins in the file as stored.
    member: u64,
    inside: bool,
}

/// The decompressed bytes of a file: plain, gzip (any number of members) or zstd (any number of frames).
///
/// Which one is told from the first bytes. Memory does not grow with the file.
pub struct Stream {
    stored: Stored,
    codec: Option<Codec>,
    buffer: Vec<u8>,
    at: usize,
    /// Decompressed offset of the end of the buffer.
    end: u64,
    /// Whether the buffer's first byte is the first of a gzip member.
    member_start: bool,
    /// What is wrong behind the bytes in the buffer.
    pending: Option<Damage>,
    /// Damage that was told; nothing comes before it is searched past.
    broken: Option<Damage>,
}

impl Stream {
    /// A stream over a whole file.
    pub fn new(input: Box<dyn Input>) -> Self {
        let stored = Stored { input, buffer: Vec::new(), at: 0, end: 0 };
        Self {
            stored,
            codec: None,
            buffer: Vec::new(),
            at: 0,
            end: 0,
            member_start: false,
            pending: None,
            broken: None,
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

    /// Whether the next byte is the first of a gzip member.
    pub fn at_member_start(&self) -> bool {
        self.member_start && self.at == 0
    }

    /// Where the current gzip member begins in the file as stored; 0 in other files.
    pub fn member(&self) -> u64 {
        if let Some(Codec::Gzip(gzip)) = &self.codec { gzip.member } else { 0 }
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
            let result = if self.pending.is_none() { self.decompress() } else { Ok(()) };
            self.end += self.buffer.len() as u64;
            match result {
                Err(StreamError::Damaged(damage)) => self.pending = Some(damage),
                other => other?,
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
        self.buffer.clear();
        self.at = 0;
        self.end = offset;
        self.pending = None;
        self.broken = None;
        Ok(true)
    }

    /// After damage: goes on with the next thing that looks like a gzip member. Says whether there is one.
    pub fn search_member(&mut self) -> io::Result<bool> {
        let Some(Codec::Gzip(gzip)) = &mut self.codec else { return Ok(false) };
        // The inflater may have run on into the next member before it noticed, so look from the broken one's start.
        self.stored.seek(gzip.member + 1)?;
        loop {
            let bytes = self.stored.peek(4)?;
            if bytes.len() < 4 {
                return Ok(false);
            }
            let found = memchr::memmem::find(bytes, &GZIP_MAGIC);
            // The reserved flags must be zero (RFC 1952, 2.3.1), which halves chance matches three times.
            if let Some(at) = found.filter(|at| bytes.get(at + 3).is_some_and(|flags| flags & 0xe0 == 0)) {
                self.stored.consume(at);
                gzip.member = self.stored.position();
                gzip.inside = false;
                self.buffer.clear();
                self.at = 0;
                self.pending = None;
                self.broken = None;
                return Ok(true);
            }
            let skip = found.map_or(bytes.len() - 3, |at| if at + 3 < bytes.len() { at + 1 } else { at });
            self.stored.consume(skip.max(1));
        }
    }

    fn decompress(&mut self) -> Result<(), StreamError> {
        let codec = match &mut self.codec {
            Some(codec) => codec,
            none => none.insert(detect(self.stored.peek(4)?)?),
        };
        match codec {
            Codec::Plain => {
                let bytes = self.stored.peek(1)?;
                self.buffer.extend_from_slice(bytes);
                let used = bytes.len();
                self.stored.consume(used);
                Ok(())
            }
            Codec::Gzip(gzip) => gzip.decompress(&mut self.stored, &mut self.buffer, &mut self.member_start),
            Codec::Zstd(zstd) => zstd.decompress(&mut self.stored, &mut self.buffer),
        }
    }
}

fn detect(magic: &[u8]) -> io::Result<Codec> {
    // A zstd file may begin with a skippable frame: 0x184D2A50 to 0x184D2A5F, little-endian (RFC 8878, 3.1.2).
    let skippable = matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18]);
    if magic.starts_with(&GZIP_MAGIC) {
        let inflate = Decompress::new(false);
        return Ok(Codec::Gzip(Box::new(Gzip { inflate, crc: Crc::new(), member: 0, inside: false })));
    }
    if magic.starts_with(&ZSTD_MAGIC) || skippable {
        let mut decoder = zstd::stream::raw::Decoder::new()?;
        decoder.set_parameter(zstd::zstd_safe::DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
        return Ok(Codec::Zstd(Zstd { decoder, frame_open: false }));
    }
    Ok(Codec::Plain)
}

fn damaged<T>(stored: &Stored, what: impl Into<String>) -> Result<T, StreamError> {
    Err(StreamError::Damaged(Damage { at: stored.position(), what: what.into() }))
}

impl Gzip {
    /// Fills `out`. Nothing is written only at the end of the file.
    fn decompress(
        &mut self,
        stored: &mut Stored,
        out: &mut Vec<u8>,
        member_start: &mut bool,
    ) -> Result<(), StreamError> {
        out.reserve(PLAIN_BUFFER);
        while out.is_empty() {
            if !self.inside {
                if !self.begin_member(stored)? {
                    return Ok(());
                }
                *member_start = true;
            }
            let input = stored.peek(1)?;
            if input.is_empty() {
                return damaged(stored, "the file ends inside a gzip member");
            }
            let before = self.inflate.total_in();
            let result = self.inflate.decompress_vec(input, out, FlushDecompress::None);
            stored.consume((self.inflate.total_in() - before) as usize);
            self.crc.update(out);
            match result {
                Ok(Status::StreamEnd) => {
                    self.inside = false;
                    self.check_trailer(stored)?;
                }
                Ok(_) => {}
                Err(_) => return damaged(stored, "the gzip stream is broken"),
            }
        }
        Ok(())
    }

    /// Reads a member's header (RFC 1952, 2.3), or finds the end of the file.
    fn begin_member(&mut self, stored: &mut Stored) -> Result<bool, StreamError> {
        // Some writers pad with zeros, and gzip(1) passes over them.
        loop {
            let bytes = stored.peek(1)?;
            let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
            let (all, none) = (zeros == bytes.len(), bytes.is_empty());
            stored.consume(zeros);
            if none {
                return Ok(false);
            }
            if !all {
                break;
            }
        }
        self.member = stored.position();
        let Some(&[_, _, _, flags]) = stored.peek(10)?.first_chunk::<4>().filter(|head| head.starts_with(&GZIP_MAGIC))
        else {
            return damaged(stored, "what follows a gzip member is not gzip");
        };
        if stored.peek(10)?.len() < 10 {
            return damaged(stored, "the file ends inside a gzip header");
        }
        stored.consume(10);
        if flags & 4 != 0 {
            let extra = stored.peek(2)?.first_chunk::<2>().map_or(0, |len| 2 + usize::from(u16::from_le_bytes(*len)));
            let there = stored.peek(extra)?.len();
            stored.consume(extra.min(there));
        }
        for text in [8, 16] {
            if flags & text != 0 {
                skip_text(stored)?;
            }
        }
        if flags & 2 != 0 {
            let there = stored.peek(2)?.len();
            stored.consume(there.min(2));
        }
        self.inflate.reset(false);
        self.crc.reset();
        self.inside = true;
        Ok(true)
    }

    fn check_trailer(&self, stored: &mut Stored) -> Result<(), StreamError> {
        let Some(&[a, b, c, d, e, f, g, h]) = stored.peek(8)?.first_chunk::<8>() else {
            return damaged(stored, "the file ends inside a gzip trailer");
        };
        let right = u32::from_le_bytes([a, b, c, d]) == self.crc.sum()
            && u32::from_le_bytes([e, f, g, h]) == self.inflate.total_out() as u32;
        if !right {
            return damaged(stored, "a gzip member's checksum is wrong");
        }
        stored.consume(8);
        Ok(())
    }
}

/// Passes over a zero-terminated name or comment in a gzip header.
fn skip_text(stored: &mut Stored) -> Result<(), StreamError> {
    loop {
        let bytes = stored.peek(1)?;
        let (end, len) = (memchr::memchr(0, bytes), bytes.len());
        stored.consume(end.map_or(len, |at| at + 1));
        if end.is_some() {
            return Ok(());
        }
        if len == 0 {
            return damaged(stored, "the file ends inside a gzip header");
        }
    }
}

impl Zstd {
    /// Fills `out`. Nothing is written only at the end of the file.
    fn decompress(&mut self, stored: &mut Stored, out: &mut Vec<u8>) -> Result<(), StreamError> {
        out.resize(PLAIN_BUFFER, 0);
        loop {
            let input = stored.peek(1)?;
            let ended = input.is_empty();
            let status = match self.decoder.run_on_buffers(input, out) {
                Ok(status) => status,
                Err(error) => {
                    out.clear();
                    return damaged(stored, format!("the zstd stream is broken ({error})"));
                }
            };
            stored.consume(status.bytes_read);
            if status.bytes_read + status.bytes_written > 0 {
                self.frame_open = status.remaining > 0;
            }
            if status.bytes_written > 0 || ended {
                out.truncate(status.bytes_written);
                let cut = ended && status.bytes_written == 0 && self.frame_open;
                return if cut { damaged(stored, "the file ends inside a zstd frame") } else { Ok(()) };
            }
        }
    }
}

//! Gzip (RFC 1952) over raw deflate: the library's own member reader tells nobody where a member begins.

use super::{PLAIN_BUFFER, Step, StreamError, damaged, stored::Stored};
use flate2::{Crc, Decompress, FlushDecompress, Status};

pub(super) const SIGNATURE: &[u8] = &[0x1f, 0x8b, 8];

/// Whether the reserved flags are zero (2.3.1), which halves chance matches three times.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    bytes.get(3).is_some_and(|flags| flags & 0xe0 == 0)
}

pub(super) struct Gzip {
    inflate: Decompress,
    crc: Crc,
    /// Where the member begins in the file as stored.
    pub(super) member: u64,
    inside: bool,
}

impl Default for Gzip {
    fn default() -> Self {
        Self { inflate: Decompress::new(false), crc: Crc::new(), member: 0, inside: false }
    }
}

impl Gzip {
    /// Begins a member where the file stands.
    pub(super) fn restart(&mut self, stored: &Stored) -> bool {
        self.member = stored.position();
        self.inside = false;
        true
    }

    /// Fills `out`. Nothing is written only at the end of the file.
    pub(super) fn decompress(&mut self, stored: &mut Stored, out: &mut Vec<u8>) -> Result<Step, StreamError> {
        out.reserve(PLAIN_BUFFER);
        let mut step = Step::Went;
        while out.is_empty() {
            if !self.inside {
                if !self.begin_member(stored)? {
                    return Ok(Step::Ended);
                }
                step = Step::Begun;
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
        Ok(step)
    }

    /// Reads a member's header (2.3), or finds the end of the file.
    fn begin_member(&mut self, stored: &mut Stored) -> Result<bool, StreamError> {
        if !stored.skip_padding()? {
            return Ok(false);
        }
        self.member = stored.position();
        let Some(&[_, _, _, flags]) = stored.peek(10)?.first_chunk::<4>().filter(|head| head.starts_with(SIGNATURE))
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

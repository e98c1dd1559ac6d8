//! Zstandard (RFC 8878): frames and skippable frames, one after the other.

use super::{PLAIN_BUFFER, Step, StreamError, damaged, dictionary, stored::Stored};
use std::io;
use zstd::stream::raw::{Decoder, Operation};

pub(super) const SIGNATURE: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Largest window that is accepted, as a power of two: what the format's specification asks every decoder to
/// support and more, and a bound on the memory that a hostile frame can ask for.
const WINDOW_LOG: u32 = 27;

/// Whether the reserved bit of the frame header is zero (3.1.1.1.1).
pub(super) fn is_header(bytes: &[u8]) -> bool {
    bytes.get(4).is_some_and(|descriptor| descriptor & 0x08 == 0)
}

/// Whether a skippable frame begins here: 0x184D2A50 to 0x184D2A5F, little-endian (3.1.2).
pub(super) fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// A decoder with bounded memory. Frames that name no dictionary are read with or without one.
pub(super) fn decoder(dictionary: &[u8]) -> io::Result<Decoder<'static>> {
    let mut decoder = Decoder::with_dictionary(dictionary)?;
    decoder.set_parameter(zstd::zstd_safe::DParameter::WindowLogMax(WINDOW_LOG))?;
    Ok(decoder)
}

pub(super) struct Zstd {
    decoder: Decoder<'static>,
    frame_open: bool,
    /// Where the frame begins in the file as stored.
    pub(super) member: u64,
}

impl Zstd {
    /// A decoder for the file that `stored` stands at the beginning of.
    pub(super) fn new(stored: &mut Stored) -> io::Result<Self> {
        let dictionary = dictionary::read(stored)?.unwrap_or_default();
        Ok(Self { decoder: decoder(&dictionary)?, frame_open: false, member: 0 })
    }

    /// Begins a frame where the file stands.
    pub(super) fn restart(&mut self, stored: &Stored) -> io::Result<bool> {
        self.decoder.reinit()?;
        self.member = stored.position();
        self.frame_open = false;
        Ok(true)
    }

    /// Fills `out`. Nothing is written only at the end of the file.
    pub(super) fn decompress(&mut self, stored: &mut Stored, out: &mut Vec<u8>) -> Result<Step, StreamError> {
        out.resize(PLAIN_BUFFER, 0);
        let mut step = Step::Went;
        loop {
            let position = stored.position();
            let input = stored.peek(1)?;
            let ended = input.is_empty();
            if !self.frame_open && !ended {
                (self.member, step) = (position, Step::Begun);
            }
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
                return match (ended && out.is_empty(), self.frame_open) {
                    (true, true) => damaged(stored, "the file ends inside a zstd frame"),
                    (true, false) => Ok(Step::Ended),
                    _ => Ok(step),
                };
            }
        }
    }
}

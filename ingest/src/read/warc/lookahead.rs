use super::super::{Stream, StreamError};
use std::io;

/// A stream of which bytes can be put back.
pub(super) struct Lookahead {
    pub(super) stream: Stream,
    /// Bytes taken out of the stream too early, to be read before it.
    again: Vec<u8>,
    at: usize,
}

impl Lookahead {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, again: Vec::new(), at: 0 }
    }

    /// Whether the next byte comes from the stream and not from what was put back.
    pub(super) fn is_direct(&self) -> bool {
        self.at == self.again.len()
    }

    /// Offset of the next byte in the decompressed file.
    pub(super) fn offset(&self) -> u64 {
        self.stream.offset() - (self.again.len() - self.at) as u64
    }

    pub(super) fn fill(&mut self) -> Result<&[u8], StreamError> {
        if self.is_direct() { self.stream.fill() } else { Ok(&self.again[self.at..]) }
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        if self.is_direct() {
            self.stream.consume(bytes);
        } else {
            self.at += bytes;
        }
    }

    /// At least `least` bytes from here on, or all that are left.
    pub(super) fn peek(&mut self, least: usize) -> Result<&[u8], StreamError> {
        let have = self.fill()?.len();
        if have == 0 || have >= least {
            return self.fill();
        }
        let mut bytes = Vec::new();
        while bytes.len() < least {
            let more = match self.fill() {
                Ok(more) => more.to_vec(),
                // Told again when the bytes before it are used up.
                Err(StreamError::Damaged(_)) => break,
                Err(error) => return Err(error),
            };
            if more.is_empty() {
                break;
            }
            self.consume(more.len());
            bytes.extend(more);
        }
        self.again = bytes;
        self.at = 0;
        Ok(&self.again)
    }

    /// Goes back to `start`, behind which the stream gave at least `bytes`. Stays where it is if nothing leads back.
    pub(super) fn go_back(&mut self, start: u64, bytes: Vec<u8>) -> io::Result<()> {
        if self.stream.seek_plain(start)? {
            self.again.clear();
        } else if !bytes.is_empty() {
            let rest = std::mem::replace(&mut self.again, bytes);
            self.again.extend_from_slice(&rest[self.at..]);
        } else {
            return Ok(());
        }
        self.at = 0;
        Ok(())
    }
}

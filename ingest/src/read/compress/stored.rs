use super::{Step, StreamError};
use crate::input::Input;
use std::io::{self, SeekFrom};

const STORED_BUFFER: usize = 128 << 10;

/// A file as stored, with a known position.
pub(super) struct Stored {
    input: Box<dyn Input>,
    buffer: Vec<u8>,
    at: usize,
    /// Offset in the file of the end of the buffer.
    end: u64,
}

impl Stored {
    pub(super) fn new(input: Box<dyn Input>) -> Self {
        Self { input, buffer: Vec::new(), at: 0, end: 0 }
    }

    pub(super) fn position(&self) -> u64 {
        self.end - (self.buffer.len() - self.at) as u64
    }

    /// At least `least` bytes from here on, or all that are left.
    pub(super) fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
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

    pub(super) fn consume(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub(super) fn seek(&mut self, position: u64) -> io::Result<()> {
        self.buffer.clear();
        self.at = 0;
        self.end = self.input.seek(SeekFrom::Start(position))?;
        Ok(())
    }

    /// Moves bytes as they are.
    pub(super) fn take(&mut self, out: &mut Vec<u8>) -> Result<Step, StreamError> {
        let bytes = self.peek(1)?;
        out.extend_from_slice(bytes);
        let used = bytes.len();
        self.consume(used);
        Ok(if used == 0 { Step::Ended } else { Step::Went })
    }

    /// Passes over zeros: some writers pad with them, and xz(1) and gzip(1) allow it. Says whether anything follows.
    pub(super) fn skip_padding(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.peek(1)?;
            let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
            let (all, none) = (zeros == bytes.len(), bytes.is_empty());
            self.consume(zeros);
            if none || !all {
                return Ok(!none);
            }
        }
    }

    /// Goes on to the next place where `signature` stands and `accepts` says yes to what begins there. `accepts` sees
    /// [`HEADER`] bytes, fewer at the end of the file.
    pub(super) fn find(&mut self, signature: &[u8], accepts: fn(&[u8]) -> bool) -> io::Result<bool> {
        let finder = memchr::memmem::Finder::new(signature);
        loop {
            let bytes = self.peek(HEADER)?;
            match finder.find(bytes) {
                Some(at) if at + HEADER > bytes.len() && at > 0 => self.consume(at),
                Some(at) if accepts(&bytes[at..]) => {
                    self.consume(at);
                    return Ok(true);
                }
                Some(at) => self.consume(at + 1),
                None if bytes.len() < HEADER => return Ok(false),
                None => {
                    let skip = bytes.len() - (signature.len() - 1);
                    self.consume(skip);
                }
            }
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.buffer.capacity()
    }
}

/// Bytes that tell a member's beginning from chance.
pub(super) const HEADER: usize = 12;

//! Reads model files as what they are: bytes from somebody else.

use super::ModelError;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use xxhash_rust::xxh3::Xxh3;

/// A reader that knows where it stands and never reserves more memory than the file has bytes to fill it.
pub(super) struct Untrusted<R: Read> {
    source: BufReader<R>,
    name: String,
    at: u64,
    digest: Option<Box<Xxh3>>,
}

impl<R: Read> Untrusted<R> {
    /// `name` is how messages call the file.
    pub(super) fn new(source: R, name: &str) -> Self {
        Self { source: BufReader::with_capacity(1 << 16, source), name: name.to_owned(), at: 0, digest: None }
    }

    /// The same, with a checksum of what [`array`](Self::array) and [`words`](Self::words) and their like pass over.
    pub(super) fn digesting(source: R, name: &str) -> Self {
        Self { digest: Some(Box::new(Xxh3::new())), ..Self::new(source, name) }
    }

    /// XXH3-64 of what was read so far; 0 if nobody asked for a checksum.
    pub(super) fn digest(&self) -> u64 {
        self.digest.as_ref().map_or(0, |digest| digest.digest())
    }

    /// The error for something that stands where it cannot be.
    pub(super) fn invalid(&self, reason: impl Into<String>) -> ModelError {
        ModelError::Invalid { name: self.name.clone(), at: self.at, reason: reason.into() }
    }

    /// A count that must lie between 0 and `limit`.
    pub(super) fn count(&self, value: i64, limit: usize, what: &'static str) -> Result<usize, ModelError> {
        usize::try_from(value)
            .ok()
            .filter(|&value| value <= limit)
            .ok_or_else(|| self.invalid(format!("{what} is {value}, expected 0 to {limit}")))
    }

    pub(super) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], ModelError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what)?;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self, what: &'static str) -> Result<u8, ModelError> {
        Ok(self.array::<1>(what)?[0])
    }

    pub(super) fn flag(&mut self, what: &'static str) -> Result<bool, ModelError> {
        match self.byte(what)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.invalid(format!("{what} is {other}, expected 0 or 1"))),
        }
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    pub(super) fn i32(&mut self, what: &'static str) -> Result<i32, ModelError> {
        Ok(i32::from_le_bytes(self.array(what)?))
    }

    pub(super) fn i64(&mut self, what: &'static str) -> Result<i64, ModelError> {
        Ok(i64::from_le_bytes(self.array(what)?))
    }

    /// `length` bytes.
    pub(super) fn bytes(&mut self, length: usize, what: &'static str) -> Result<Vec<u8>, ModelError> {
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(length as u64).read_to_end(&mut bytes);
        self.at += bytes.len() as u64;
        read.map_err(|source| self.failed(source, what))?;
        if bytes.len() < length { Err(self.truncated(what)) } else { Ok(bytes) }
    }

    /// `count` 32-bit floats, all of them finite.
    pub(super) fn floats(&mut self, count: usize, what: &'static str) -> Result<Vec<f32>, ModelError> {
        let mut floats = Vec::new();
        let mut chunk = [0; 1 << 12];
        while floats.len() < count {
            let part = &mut chunk[..4 * (count - floats.len()).min(1 << 10)];
            self.fill(part, what)?;
            floats.extend(part.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])));
        }
        if floats.iter().all(|value| value.is_finite()) {
            Ok(floats)
        } else {
            Err(self.invalid(format!("{what} holds a number that is not finite")))
        }
    }

    /// `count` unsigned 64-bit numbers.
    pub(super) fn words(&mut self, count: usize, what: &'static str) -> Result<Vec<u64>, ModelError> {
        let mut words = Vec::new();
        let mut chunk = [0; 1 << 13];
        while words.len() < count {
            let part = &mut chunk[..8 * (count - words.len()).min(1 << 10)];
            self.fill(part, what)?;
            words.extend(
                part.chunks_exact(8).map(|b| u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])),
            );
        }
        Ok(words)
    }

    /// Appends the bytes before the next zero byte to `into` and passes over the zero.
    pub(super) fn until_zero(&mut self, into: &mut Vec<u8>, limit: u64, what: &'static str) -> Result<(), ModelError> {
        let read = self.source.by_ref().take(limit + 1).read_until(0, into);
        self.at += read.map_err(|source| self.failed(source, what))? as u64;
        match into.pop() {
            Some(0) => Ok(()),
            _ => Err(self.invalid(format!("{what} does not end within {limit} bytes"))),
        }
    }

    /// Succeeds only at the end of the file.
    pub(super) fn end(&mut self) -> Result<(), ModelError> {
        match self.source.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => Err(self.invalid("bytes after the end of the model")),
            Err(source) => Err(self.failed(source, "the end")),
        }
    }

    fn fill(&mut self, bytes: &mut [u8], what: &'static str) -> Result<(), ModelError> {
        match self.source.read_exact(bytes) {
            Ok(()) => {
                self.at += bytes.len() as u64;
                if let Some(digest) = &mut self.digest {
                    digest.update(bytes);
                }
                Ok(())
            }
            Err(source) if source.kind() == ErrorKind::UnexpectedEof => Err(self.truncated(what)),
            Err(source) => Err(self.failed(source, what)),
        }
    }

    fn truncated(&self, what: &'static str) -> ModelError {
        ModelError::Truncated { name: self.name.clone(), at: self.at, what }
    }

    fn failed(&self, source: std::io::Error, what: &'static str) -> ModelError {
        ModelError::Read { name: self.name.clone(), what, source }
    }
}

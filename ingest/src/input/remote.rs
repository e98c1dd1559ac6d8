use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

/// A bucket of objects, as far as reading input asks. Calls block.
pub trait Remote: fmt::Debug + Send + Sync {
    /// All objects below a folder, sorted by key; the empty folder is the whole bucket.
    fn list(&self, folder: &str) -> io::Result<Vec<RemoteObject>>;
    /// One object, or `None` if there is none.
    fn find(&self, key: &str) -> io::Result<Option<RemoteObject>>;
    /// The bytes of a range that lies inside the object.
    fn read(&self, object: &RemoteObject, range: Range<u64>) -> io::Result<Vec<u8>>;
}

/// What a listing says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteObject {
    /// The whole key.
    pub key: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The server's tag of the contents (RFC 9110, 8.8.3), if it gives one.
    pub entity_tag: Option<String>,
}

/// Bytes asked for at a time: enough that the way there and back does not count, little enough for a small machine.
const CHUNK: u64 = 8 << 20;

/// An object as a file: it holds one chunk in memory, whatever the object's size.
pub(super) struct RemoteReader {
    bucket: Arc<dyn Remote>,
    object: RemoteObject,
    at: u64,
    chunk: Vec<u8>,
    chunk_start: u64,
}

impl RemoteReader {
    pub(super) fn new(bucket: Arc<dyn Remote>, object: RemoteObject) -> Self {
        Self { bucket, object, at: 0, chunk: Vec::new(), chunk_start: 0 }
    }

    /// The part of the chunk from the position on; empty at the end of the object.
    fn ahead(&mut self) -> io::Result<&[u8]> {
        let held = self.chunk_start..self.chunk_start + self.chunk.len() as u64;
        if !held.contains(&self.at) && self.at < self.object.bytes {
            let range = self.at..self.object.bytes.min(self.at + CHUNK);
            let chunk = self.bucket.read(&self.object, range.clone())?;
            if chunk.len() as u64 != range.end - range.start {
                let what = format!("asked for bytes {}..{} and got {}", range.start, range.end, chunk.len());
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
            }
            (self.chunk, self.chunk_start) = (chunk, range.start);
        }
        let offset = usize::try_from(self.at.saturating_sub(self.chunk_start)).unwrap_or(usize::MAX);
        Ok(self.chunk.get(offset..).unwrap_or_default())
    }
}

impl Read for RemoteReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.ahead()?;
        let bytes = ahead.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&ahead[..bytes]);
        self.at += bytes as u64;
        Ok(bytes)
    }
}

impl Seek for RemoteReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.object.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a position before the start of the object");
        self.at = position.ok_or_else(before)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A bucket with one object, of which no more than a few bytes come at once where the test wants so.
    #[derive(Debug)]
    struct Held(Vec<u8>);

    impl Remote for Held {
        fn list(&self, _: &str) -> io::Result<Vec<RemoteObject>> {
            Ok(Vec::new())
        }

        fn find(&self, _: &str) -> io::Result<Option<RemoteObject>> {
            Ok(None)
        }

        fn read(&self, _: &RemoteObject, range: Range<u64>) -> io::Result<Vec<u8>> {
            let inside = |at: u64| self.0.len().min(at as usize);
            Ok(self.0[inside(range.start)..inside(range.end)].to_vec())
        }
    }

    fn reader(bytes: &[u8], claimed: u64) -> RemoteReader {
        let object = RemoteObject { key: "k".to_owned(), bytes: claimed, entity_tag: None };
        RemoteReader::new(Arc::new(Held(bytes.to_vec())), object)
    }

    #[test]
    fn an_object_that_is_shorter_than_listed_is_an_error() {
        let mut out = Vec::new();
        assert!(reader(b"123", 4).read_to_end(&mut out).is_err());
    }

    #[test]
    fn chunks_join() {
        let bytes: Vec<u8> = (0..CHUNK + 100).map(|at| (at % 251) as u8).collect();
        let mut out = Vec::new();
        reader(&bytes, bytes.len() as u64).read_to_end(&mut out).unwrap();
        assert!(out == bytes);
    }

    proptest! {
        #[test]
        fn it_reads_as_a_cursor_does(bytes in prop::collection::vec(any::<u8>(), 0..64), steps in prop::collection::vec((0u8..4, -20i64..80), 0..20)) {
            let mut ours = reader(&bytes, bytes.len() as u64);
            let mut theirs = io::Cursor::new(&bytes);
            for (kind, by) in steps {
                let seek = match kind {
                    0 => SeekFrom::Start(by.unsigned_abs()),
                    1 => SeekFrom::Current(by),
                    2 => SeekFrom::End(by),
                    _ => {
                        let (mut mine, mut other) = ([0; 7], [0; 7]);
                        prop_assert_eq!(ours.read(&mut mine).unwrap(), theirs.read(&mut other).unwrap());
                        prop_assert_eq!(mine, other);
                        continue;
                    }
                };
                prop_assert_eq!(ours.seek(seek).ok(), theirs.seek(seek).ok());
            }
        }
    }
}

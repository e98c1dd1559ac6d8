use crate::input::Input;
use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use std::io::{self, BufRead, BufReader, Read, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file in pieces, as the Parquet library wants it, with a bound on the size of a piece.
pub(super) struct Chunks {
    file: Arc<Mutex<File>>,
    bytes: u64,
    max_page: u64,
}

struct File {
    input: Box<dyn Input>,
    /// What the operating system refused, to be told apart from what is wrong with the content.
    failure: Option<io::Error>,
}

/// Bytes behind which a page header is not looked at in one go.
const HEADER_BUFFER: usize = 4 << 10;

/// Bytes of the footer's length and the closing magic word.
const TAIL: u64 = 8;

impl Chunks {
    /// Pages are refused above sixteen times the longest record: writers fill a page by count of rows, not by bytes.
    pub(super) fn new(input: Box<dyn Input>, limit: usize) -> Self {
        let max_page = (limit as u64).saturating_mul(16).clamp(64 << 20, 1 << 30);
        let mut file = File { input, failure: None };
        let bytes = file.input.seek(SeekFrom::End(0)).unwrap_or_else(|error| {
            file.failure = Some(error);
            0
        });
        Self { file: Arc::new(Mutex::new(file)), bytes, max_page }
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn take_failure(&self) -> Option<io::Error> {
        lock(&self.file).failure.take()
    }

    /// Refuses a file without a footer and one whose footer is above `limit` bytes.
    pub(super) fn check_footer(&self, limit: u32) -> Result<(), ParquetError> {
        let tail = self.get_bytes(self.bytes.saturating_sub(TAIL), TAIL as usize);
        match tail.as_deref() {
            Ok([_, _, _, _, b'P', b'A', b'R', b'E']) => wrong("the footer is encrypted, which is not read".to_owned()),
            Ok([a, b, c, d, b'P', b'A', b'R', b'1']) if u32::from_le_bytes([*a, *b, *c, *d]) <= limit => Ok(()),
            Ok([a, b, c, d, b'P', b'A', b'R', b'1']) => {
                let length = u32::from_le_bytes([*a, *b, *c, *d]);
                wrong(format!("a footer of {length} bytes, {limit} are allowed"))
            }
            _ => wrong("no Parquet footer: the file is cut off or of another format".to_owned()),
        }
    }

    fn check_page(&self, sizes: PageSizes) -> Result<(), ParquetError> {
        let largest = sizes.packed.max(sizes.unpacked);
        if largest > self.max_page {
            return wrong(format!("a page of {largest} bytes, {} are allowed", self.max_page));
        }
        Ok(())
    }
}

fn lock(file: &Mutex<File>) -> MutexGuard<'_, File> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wrong<T>(what: String) -> Result<T, ParquetError> {
    Err(ParquetError::General(what))
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<From>;

    /// The library comes here for page headers, and for the very end of the file.
    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let mut reader = BufReader::with_capacity(HEADER_BUFFER, From { file: Arc::clone(&self.file), at: start });
        if start < self.bytes.saturating_sub(TAIL) {
            match PageSizes::of_header(reader.fill_buf()?) {
                Some(sizes) => self.check_page(sizes)?,
                None => return wrong(format!("no page header at byte {start}")),
            }
        }
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.bytes) {
            return wrong(format!("{length} bytes at byte {start} are behind the end of the file"));
        }
        if length as u64 > self.max_page {
            return wrong(format!("a piece of {length} bytes, {} are allowed", self.max_page));
        }
        let mut bytes = vec![0; length];
        From { file: Arc::clone(&self.file), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// The file from a position on, which other readers do not move.
pub(super) struct From {
    file: Arc<Mutex<File>>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = lock(&self.file);
        let result = file.input.seek(SeekFrom::Start(self.at)).and_then(|_| file.input.read(buffer));
        match result {
            Ok(read) => {
                self.at += read as u64;
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let told = io::Error::from(error.kind());
                file.failure = Some(error);
                Err(told)
            }
        }
    }
}

/// The sizes that a page header begins with, in bytes.
struct PageSizes {
    unpacked: u64,
    packed: u64,
}

impl PageSizes {
    /// Reads fields 1 to 3 of a `PageHeader` in Thrift's compact protocol, which every writer puts first and in order. The
    /// library would reserve memory for whatever they say.
    fn of_header(mut bytes: &[u8]) -> Option<Self> {
        let mut next = || {
            let (&kind, rest) = bytes.split_first()?;
            // One on from the field before, type i32.
            let (value, used) = zigzag(rest).filter(|_| kind == 0x15)?;
            bytes = &rest[used..];
            Some(value)
        };
        let (_, unpacked, packed) = (next()?, next()?, next()?);
        Some(Self { unpacked: u64::try_from(unpacked).ok()?, packed: u64::try_from(packed).ok()? })
    }
}

/// A variable-length integer with its sign in the lowest bit, and its length.
fn zigzag(bytes: &[u8]) -> Option<(i64, usize)> {
    let mut value = 0u64;
    for (at, &byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(((value >> 1) as i64 ^ -((value & 1) as i64), at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_nothing_else_is_taken_for_them() {
        let sizes = |bytes: &[u8]| PageSizes::of_header(bytes).map(|sizes| (sizes.unpacked, sizes.packed));
        assert_eq!(sizes(&[0x15, 0, 0x15, 0x80, 0x02, 0x15, 0x64, 0x2c]), Some((128, 50)));
        for wrong in [&[][..], &[0x15], &[0x15, 0, 0x15, 1, 0x15, 2], &[0x15, 0, 0x05, 4, 0x15, 2], &[0xff; 20]] {
            assert_eq!(sizes(wrong), None, "{wrong:?}");
        }
    }
}

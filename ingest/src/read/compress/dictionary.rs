//! The dictionary frame of zstd web archives (IIPC, "Zstandard Compression for WARC Files 1.0"): a skippable frame at the
//! beginning of the file holds the dictionary of all its records, as it is or as a zstd frame of its own.

use super::{stored::Stored, zstd};
use ::zstd::stream::raw::Operation;
use std::io;

const SKIPPABLE: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];
const DICTIONARY: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];

/// Largest dictionary that is taken. Those in use have about a megabyte.
const LIMIT: usize = 32 << 20;

/// The dictionary that the file begins with, if it does. The file stays where it is: to a decoder the frame is nothing.
pub(super) fn read(stored: &mut Stored) -> io::Result<Option<Vec<u8>>> {
    let Some(&[a, b, c, d, e, f, g, h]) = stored.peek(8)?.first_chunk::<8>() else { return Ok(None) };
    let length = u32::from_le_bytes([e, f, g, h]) as usize;
    if [a, b, c, d] != SKIPPABLE || length > LIMIT {
        return Ok(None);
    }
    let bytes = stored.peek(8 + length)?;
    let Some(content) = bytes.get(8..8 + length) else { return Ok(None) };
    let dictionary = if content.starts_with(zstd::SIGNATURE) { unpack(content)? } else { Some(content.to_vec()) };
    Ok(dictionary.filter(|dictionary| dictionary.starts_with(&DICTIONARY)))
}

fn unpack(mut content: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut decoder = zstd::decoder(&[])?;
    let mut dictionary = Vec::new();
    let mut buffer = vec![0; super::PLAIN_BUFFER];
    loop {
        let Ok(status) = decoder.run_on_buffers(content, &mut buffer) else { return Ok(None) };
        content = &content[status.bytes_read..];
        dictionary.extend_from_slice(&buffer[..status.bytes_written]);
        if status.remaining == 0 {
            return Ok(Some(dictionary));
        }
        if dictionary.len() > LIMIT || status.bytes_read + status.bytes_written == 0 {
            return Ok(None);
        }
    }
}

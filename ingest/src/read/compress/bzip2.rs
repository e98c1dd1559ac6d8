//! Bzip2: streams one after the other, as parallel compressors and dumps with an index write them.

use super::{PLAIN_BUFFER, Step, StreamError, damaged, stored::Stored};
use ::bzip2::{Decompress, Status};

pub(super) const SIGNATURE: &[u8] = b"BZh";

/// Whether a level and the first block, or the end of an empty stream, follow.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    let block = |rest: &[u8]| {
        rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
            || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
    };
    matches!(bytes, [_, _, _, b'1'..=b'9', rest @ ..] if block(rest))
}

pub(super) struct Bzip2 {
    /// The open stream.
    stream: Option<Decompress>,
    /// Where the stream begins in the file as stored.
    pub(super) member: u64,
}

impl Bzip2 {
    pub(super) fn new() -> Self {
        Self { stream: None, member: 0 }
    }

    /// Begins a stream where the file stands.
    pub(super) fn restart(&mut self, stored: &Stored) -> bool {
        self.member = stored.position();
        self.stream = None;
        true
    }

    /// Fills `out`. Nothing is written only at the end of the file.
    pub(super) fn decompress(&mut self, stored: &mut Stored, out: &mut Vec<u8>) -> Result<Step, StreamError> {
        out.reserve(PLAIN_BUFFER);
        let mut begun = false;
        while out.is_empty() {
            let stream = match &mut self.stream {
                Some(stream) => stream,
                none => {
                    if !stored.skip_padding()? {
                        return Ok(Step::Ended);
                    }
                    self.member = stored.position();
                    if !stored.peek(SIGNATURE.len())?.starts_with(SIGNATURE) {
                        return damaged(stored, "what follows a bzip2 stream is not bzip2");
                    }
                    none.insert(Decompress::new(false))
                }
            };
            begun |= stream.total_out() == 0;
            let input = stored.peek(1)?;
            if input.is_empty() {
                return damaged(stored, "the file ends inside a bzip2 stream");
            }
            let before = stream.total_in();
            let result = stream.decompress_vec(input, out);
            let used = stream.total_in() - before;
            stored.consume(used as usize);
            match result {
                Ok(Status::StreamEnd) => self.stream = None,
                Ok(Status::MemNeeded) => return damaged(stored, "there is no memory for a bzip2 block"),
                Ok(_) if used == 0 && out.is_empty() => return damaged(stored, "the bzip2 stream does not go on"),
                Ok(_) => {}
                Err(_) => return damaged(stored, "the bzip2 stream is broken"),
            }
        }
        Ok(if begun { Step::Begun } else { Step::Went })
    }
}

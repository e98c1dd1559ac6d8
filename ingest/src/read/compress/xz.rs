//! Xz: streams one after the other, with or without padding between them.

use super::{PLAIN_BUFFER, Step, StreamError, damaged, stored::Stored};
use liblzma::stream::{Action, Error, Status, Stream as Decoder};
use std::io;

pub(super) const SIGNATURE: &[u8] = b"\xfd7zXZ\0";

/// Most memory that a stream may ask for, in bytes: enough for every preset of xz(1), of which the largest takes 65 MiB.
const MEMORY: u64 = 160 << 20;

pub(super) struct Xz {
    decoder: Decoder,
    inside: bool,
    /// Where the stream begins in the file as stored.
    pub(super) member: u64,
}

fn decoder() -> io::Result<Decoder> {
    Decoder::new_stream_decoder(MEMORY, 0).map_err(io::Error::from)
}

impl Xz {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { decoder: decoder()?, inside: false, member: 0 })
    }

    /// Begins a stream where the file stands.
    pub(super) fn restart(&mut self, stored: &Stored) -> bool {
        self.member = stored.position();
        self.inside = false;
        true
    }

    /// Fills `out`. Nothing is written only at the end of the file.
    pub(super) fn decompress(&mut self, stored: &mut Stored, out: &mut Vec<u8>) -> Result<Step, StreamError> {
        out.reserve(PLAIN_BUFFER);
        let mut begun = false;
        while out.is_empty() {
            if !self.inside {
                if !stored.skip_padding()? {
                    return Ok(Step::Ended);
                }
                self.member = stored.position();
                if !stored.peek(SIGNATURE.len())?.starts_with(SIGNATURE) {
                    return damaged(stored, "what follows an xz stream is not xz");
                }
                self.decoder = decoder()?;
                self.inside = true;
            }
            begun |= self.decoder.total_out() == 0;
            let input = stored.peek(1)?;
            let ended = input.is_empty();
            let before = self.decoder.total_in();
            let result = self.decoder.process_vec(input, out, Action::Run);
            stored.consume((self.decoder.total_in() - before) as usize);
            match result {
                Ok(Status::StreamEnd) => self.inside = false,
                Ok(_) if ended && out.is_empty() => return damaged(stored, "the file ends inside an xz stream"),
                Ok(_) => {}
                Err(error) => return damaged(stored, reason(error)),
            }
        }
        Ok(if begun { Step::Begun } else { Step::Went })
    }
}

fn reason(error: Error) -> String {
    match error {
        Error::MemLimit => format!("the xz stream wants more than {} MiB of memory", MEMORY >> 20),
        Error::Options | Error::UnsupportedCheck => "the xz stream uses a filter that is not read".to_owned(),
        _ => "the xz stream is broken".to_owned(),
    }
}

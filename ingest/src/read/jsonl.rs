use super::{Damage, Payload, RawRecord, Stream, StreamError};
use malmoi_schemas::Reason;
use std::io;

/// The lines of a file. Empty lines are no records, but count in the ordinal, which is the line's number from 0.
pub struct JsonLines {
    stream: Stream,
    limit: usize,
    line: u64,
    damage: Option<Damage>,
    done: bool,
}

impl JsonLines {
    /// Reads lines of at most `limit` bytes; longer ones are passed over without being held.
    pub fn new(stream: Stream, limit: usize) -> Self {
        Self { stream, limit, line: 0, damage: None, done: false }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The next line. See [`super::RecordReader::next_record`].
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        if self.stream.offset() == 0 && self.begins_in_utf16()? {
            self.done = true;
            let detail = "UTF-16 JSON lines are not read; convert the file to UTF-8".to_owned();
            return Ok(Some(RawRecord::errored(0, 0, Reason::UnreadableFile, detail)));
        }
        while !self.done {
            let (offset, ordinal) = (self.stream.offset(), self.line);
            let mut bytes = Vec::new();
            let length = self.read_line(&mut bytes)?;
            self.line += 1;
            if length > self.limit as u64 {
                return Ok(Some(RawRecord::too_long(ordinal, offset, length, self.limit)));
            }
            if self.damage.is_some() && !bytes.is_empty() && !is_whole(&bytes) {
                // A line that the damage cut is part of what was lost.
                bytes.clear();
                self.line -= 1;
            }
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(RawRecord { ordinal, offset, payload: Payload::Json(bytes) }));
            }
        }
        let Some(damage) = self.damage.take() else { return Ok(None) };
        let record = RawRecord::damaged(self.line, self.stream.offset(), &damage);
        self.line += 1;
        self.done = !self.resume()?;
        Ok(Some(record))
    }

    /// Goes on behind damage with the next member that begins like an object. Members that were cut anywhere begin
    /// inside a line, and what looks like a member by chance begins with anything: both are part of what was lost.
    fn resume(&mut self) -> io::Result<bool> {
        while self.stream.search_member()? {
            match self.stream.fill() {
                Ok(bytes) if bytes.trim_ascii_start().starts_with(b"{") => return Ok(true),
                Err(StreamError::Disk(error)) => return Err(error),
                Ok(_) | Err(StreamError::Damaged(_)) => {}
            }
        }
        Ok(false)
    }

    /// Whether the file begins with the byte order mark of UTF-16, or with a brace of two bytes. Cut at the byte of a line
    /// end, such a file would fall into pieces that are no lines.
    fn begins_in_utf16(&mut self) -> io::Result<bool> {
        match self.stream.fill() {
            Ok(bytes) => {
                Ok(!self.done && matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{', 0, ..] | [0, b'{', ..]))
            }
            Err(StreamError::Disk(error)) => Err(error),
            // Told again where lines are read.
            Err(StreamError::Damaged(_)) => Ok(false),
        }
    }

    /// Reads up to the end of the line or of what can be read. Returns its length, which may exceed what it keeps.
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<u64> {
        let mut length = 0;
        loop {
            let more = match self.stream.fill() {
                Ok(more) => more,
                Err(StreamError::Disk(error)) => return Err(error),
                Err(StreamError::Damaged(damage)) => {
                    self.damage = Some(damage);
                    self.done = true;
                    return Ok(length);
                }
            };
            let end = memchr::memchr(b'\n', more);
            let part = &more[..end.unwrap_or(more.len())];
            length += part.len() as u64;
            if length <= self.limit as u64 {
                line.extend_from_slice(part);
            } else {
                *line = Vec::new();
            }
            let used = end.map_or(part.len(), |at| at + 1);
            if used == 0 {
                self.done = true;
            }
            self.stream.consume(used);
            if used == 0 || end.is_some() {
                return Ok(length);
            }
        }
    }
}

/// Whether a line without a line end can be a whole object.
fn is_whole(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b"}")
}

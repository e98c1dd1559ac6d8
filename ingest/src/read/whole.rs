use super::{Payload, RawRecord, Stream, StreamError};
use std::io;

/// A file that is one record.
pub struct WholeFile {
    stream: Stream,
    limit: usize,
    wrap: fn(Vec<u8>) -> Payload,
    state: State,
}

enum State {
    Unread,
    /// The record was given although the file broke off behind it; that is still to be told.
    Damaged(Box<RawRecord>),
    Done,
}

impl WholeFile {
    /// A document of plain text.
    pub fn text(stream: Stream, limit: usize) -> Self {
        Self { stream, limit, wrap: Payload::Text, state: State::Unread }
    }

    /// An HTML page.
    pub fn html(stream: Stream, limit: usize) -> Self {
        Self { stream, limit, wrap: Payload::Html, state: State::Unread }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The file's one record, and one more if it could not be read to its end. See [`super::RecordReader::next_record`].
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Unread => self.read().map(Some),
            State::Damaged(record) => Ok(Some(*record)),
            State::Done => Ok(None),
        }
    }

    fn read(&mut self) -> io::Result<RawRecord> {
        let mut bytes = Vec::new();
        loop {
            match self.stream.fill() {
                Ok([]) => break,
                Ok(more) if bytes.len() + more.len() > self.limit => {
                    // The rest stays unread: how long it is would cost the whole file.
                    let detail = format!("more than {} bytes, which is the limit", self.limit);
                    return Ok(RawRecord::errored(0, 0, malmoi_schemas::Reason::RecordTooLong, detail));
                }
                Ok(more) => {
                    bytes.extend_from_slice(more);
                    let used = more.len();
                    self.stream.consume(used);
                }
                Err(StreamError::Disk(error)) => return Err(error),
                Err(StreamError::Damaged(damage)) if bytes.is_empty() => return Ok(RawRecord::damaged(0, 0, &damage)),
                Err(StreamError::Damaged(damage)) => {
                    self.state = State::Damaged(Box::new(RawRecord::damaged(1, bytes.len() as u64, &damage)));
                    break;
                }
            }
        }
        Ok(RawRecord { ordinal: 0, offset: 0, payload: (self.wrap)(bytes) })
    }
}

//! Conversations out of JSON lines: see [`crate::thread`].

use super::{FieldRecord, JsonLines, Payload, RawRecord};
use crate::decode::decode;
use crate::source::Fields;
use crate::thread::{Grouper, MessageError, Records, ThreadConfig, read_message};
use malmoi_schemas::Reason;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of messages that are held in memory. A constant and not a part of the memory limit, since the documents of a
/// thread that is larger depend on it.
pub(crate) const ROOM: u64 = 128 << 20;

/// Makes a scratch file without a name, which is gone when the process is.
type Scratch = Box<dyn FnMut() -> io::Result<File> + Send>;

/// Reads all messages of a file, then gives its conversations. What is no message is given as it is met.
pub struct ThreadReader {
    lines: JsonLines,
    fields: Fields,
    config: ThreadConfig,
    state: State,
}

enum State {
    Gathering(Grouper<File, Scratch>),
    Giving(Records<File, Scratch>),
    Failed,
}

impl ThreadReader {
    /// Groups the messages of `lines`. Text, title, address and date are where `fields` says; scratch files are made in
    /// the folder `scratch` when messages do not fit in memory.
    pub fn new(lines: JsonLines, fields: Fields, config: ThreadConfig, scratch: &Path) -> Self {
        let folder: PathBuf = scratch.to_owned();
        let scratch: Scratch = Box::new(move || tempfile::tempfile_in(&folder));
        let state = State::Gathering(Grouper::new(config.clone(), ROOM, scratch));
        Self { lines, fields, config, state }
    }

    /// The next conversation or settled line. See [`super::RecordReader::next_record`].
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        while let State::Gathering(grouper) = &mut self.state {
            match self.lines.next_record()? {
                Some(RawRecord { ordinal, offset, payload: Payload::Json(line) }) => {
                    let line = decode(line, None);
                    match read_message(&line.text, &self.fields, &self.config, (ordinal, offset)) {
                        Ok(mut message) => {
                            message.replaced = line.replaced;
                            grouper.push(message)?;
                        }
                        Err(error) => return Ok(Some(refused(ordinal, offset, &error))),
                    }
                }
                Some(settled) => return Ok(Some(settled)),
                None => {
                    if let State::Gathering(grouper) = std::mem::replace(&mut self.state, State::Failed) {
                        self.state = State::Giving(grouper.into_records()?);
                    }
                }
            }
        }
        let State::Giving(records) = &mut self.state else { return Ok(None) };
        Ok(records.next_record()?.map(|record| {
            let messages = Some(u32::try_from(record.messages).unwrap_or(u32::MAX));
            let thread = Some(record.detail());
            let payload = Payload::Fields(FieldRecord { messages, thread, ..record.fields });
            RawRecord { ordinal: record.ordinal, offset: record.offset, payload }
        }))
    }

    /// Bytes of the file as stored that have been worked through.
    pub fn stored_bytes(&self) -> u64 {
        self.lines.stream().stored_bytes()
    }
}

fn refused(ordinal: u64, offset: u64, error: &MessageError) -> RawRecord {
    let reason = match error {
        MessageError::Json(_) => Reason::BadJson,
        MessageError::NoKey(_) | MessageError::NoText => Reason::MissingField,
    };
    RawRecord::errored(ordinal, offset, reason, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{RecordReader, Settled};
    use crate::source::SourceConfig;
    use malmoi_schemas::Outcome;
    use std::io::Cursor;

    #[test]
    fn messages_meet_and_what_is_none_is_counted_by_itself() {
        let source: SourceConfig = serde_json::from_str(
            r#"{"name": "chat", "paths": "chat.jsonl", "format": "jsonl",
                "thread": {"key": "room", "order": "at", "speaker": "who"}}"#,
        )
        .unwrap();
        let lines = concat!(
            r#"{"room": "1", "at": 2, "who": "가람", "text": "네, 내일 보내 드릴게요."}"#,
            "\n",
            r#"{"room": "2", "at": 1, "who": "누리", "text": "문의드립니다."}"#,
            "\n",
            r#"{"room": "1", "at": 1, "who": "나래", "text": "배송은 언제 되나요?"}"#,
            "\n",
            "broken\n",
            r#"{"at": 1, "text": "방이 없는 말"}"#,
            "\n",
        );
        let input = Box::new(Cursor::new(lines.as_bytes().to_vec()));
        let mut reader = RecordReader::new(&source, input, 1 << 20, Path::new("."));
        let mut records = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            records.push(match record.payload {
                Payload::Fields(FieldRecord { text, messages, .. }) => (record.ordinal, text.unwrap(), messages),
                Payload::Settled(Settled { outcome: Outcome::Errored(reason), .. }) => {
                    (record.ordinal, reason.to_string(), None)
                }
                other => panic!("{other:?}"),
            });
        }
        let expected = [
            (3, "bad-json".to_owned(), None),
            (4, "missing-field".to_owned(), None),
            (1, "A: 문의드립니다.".to_owned(), Some(1)),
            (2, "A: 배송은 언제 되나요?\nB: 네, 내일 보내 드릴게요.".to_owned(), Some(2)),
        ];
        assert_eq!(records, expected);
    }
}

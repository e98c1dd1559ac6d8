mod head;
mod lookahead;

use super::{ArchiveKind, ArchiveRecord, Damage, Payload, RawRecord, Settled, Stream, StreamError};
use head::{Head, Kind};
use lookahead::Lookahead;
use malmoi_schemas::{Outcome, Reason};
use std::io;

/// Longest head of a record. Real ones have under 2 KiB.
const MAX_HEAD: usize = 64 << 10;

/// Longest line of an ARC file that is looked at as the head of a record in search of one.
const ARC_LINE: usize = 4 << 10;

/// Bytes by which a block may be longer than its length says and still be taken, if a record follows right behind it.
/// Writers that count characters, or forget a byte, fall short by so little.
const SLACK: usize = 64;

/// Bytes of one file that may be read a second time in search of records that a wrong length swallowed. Without a bound
/// a hostile file of short records that each claim to be long would cost its size squared.
const REREAD_BUDGET: u64 = 4 << 30;

/// The records of a web archive: WARC (ISO 28500) or ARC.
///
/// A record counts as read only if another one, or the end, follows where its length says. After a broken record the
/// reader looks for the next one: by member, or by a line that begins like a record.
pub struct WarcReader {
    input: Lookahead,
    limit: usize,
    ordinal: u64,
    /// Whether a line of an ARC head was met.
    arc: bool,
    /// Whether line ends stood where they were last passed over.
    blank: bool,
    reread: u64,
    /// Damage met behind a record that was whole.
    damage: Option<Damage>,
    done: bool,
}

/// What stopped a record from being read.
enum Stop {
    Disk(io::Error),
    Broken { reason: Reason, detail: String },
}

impl From<StreamError> for Stop {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Disk(error) => Self::Disk(error),
            StreamError::Damaged(damage) => damage.into(),
        }
    }
}

impl From<Damage> for Stop {
    fn from(damage: Damage) -> Self {
        Self::Broken { reason: Reason::UnreadableFile, detail: damage.to_string() }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

fn broken<T>(reason: Reason, detail: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Broken { reason, detail: detail.into() })
}

impl WarcReader {
    /// Reads records whose block has at most `limit` bytes; longer ones are passed over without being held.
    pub fn new(stream: Stream, limit: usize) -> Self {
        Self {
            input: Lookahead::new(stream),
            limit,
            ordinal: 0,
            arc: false,
            blank: false,
            reread: 0,
            damage: None,
            done: false,
        }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.input.stream
    }

    /// The next record. See [`super::RecordReader::next_record`].
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        if self.done {
            return Ok(None);
        }
        let mut head = Head::default();
        let (mut offset, mut member) = (self.input.offset(), None);
        let result = match self.damage.take() {
            Some(damage) => Err(damage.into()),
            None => self.skip_blank_lines().and_then(|()| {
                offset = self.input.offset();
                let ended = self.input.fill()?.is_empty();
                member = self.input.stream.member().filter(|_| self.input.is_direct());
                if ended { Ok(None) } else { self.read_record(&mut head).map(Some) }
            }),
        };
        let payload = match result {
            Ok(None) => return Ok(None),
            Ok(Some(payload)) => payload,
            Err(Stop::Disk(error)) => return Err(error),
            Err(Stop::Broken { reason, detail }) => {
                self.search()?;
                let detail = match member {
                    Some(member) => {
                        format!("{detail}; the record's member begins at byte {member} of the file as stored")
                    }
                    None => detail,
                };
                Payload::Settled(Settled { outcome: Outcome::Errored(reason), detail, url: head.url })
            }
        };
        let ordinal = self.ordinal;
        self.ordinal += 1;
        Ok(Some(RawRecord { ordinal, offset, payload }))
    }

    fn read_record(&mut self, head: &mut Head) -> Result<Payload, Stop> {
        *head = self.read_head()?;
        let Some(length) = head.length else {
            return broken(Reason::BadRecord, "no length that is a number");
        };
        let block = self.read_block(length)?;
        let settled = |outcome, detail| Payload::Settled(Settled { outcome, detail, url: head.url.clone() });
        let kind = match &head.kind {
            Some(Kind::Response) => ArchiveKind::Response,
            Some(Kind::Document) => ArchiveKind::Resource,
            Some(Kind::Arc) if block.as_ref().is_some_and(|block| block.starts_with(b"HTTP/")) => {
                // The type of the body, which the message names too, and not of the message.
                head.content_type = None;
                ArchiveKind::Response
            }
            Some(Kind::Arc) => ArchiveKind::Resource,
            other => {
                let other = if let Some(Kind::Other(word)) = other { word } else { "unknown" };
                return Ok(settled(Outcome::Removed(Reason::NotADocument), format!("a record of type {other}")));
            }
        };
        if let Some((reason, detail)) = head.fault() {
            return Ok(settled(Outcome::Errored(reason), detail.to_owned()));
        }
        let Some(block) = block else {
            let detail = format!("{length} bytes, {} are allowed", self.limit);
            return Ok(settled(Outcome::Errored(Reason::RecordTooLong), detail));
        };
        Ok(Payload::Archived(ArchiveRecord {
            kind,
            url: head.url.take(),
            date: head.date.take(),
            content_type: head.content_type.take(),
            block,
        }))
    }

    fn read_head(&mut self) -> Result<Head, Stop> {
        let mut room = MAX_HEAD;
        let version = self.read_line(&mut room)?;
        if !version.strip_prefix("WARC/").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            if let Some(head) = Head::of_arc_line(&version) {
                self.arc = true;
                return Ok(head);
            }
            return broken(Reason::BadRecord, "no archive record where one should begin");
        }
        let mut lines: Vec<String> = Vec::new();
        loop {
            let line = self.read_line(&mut room)?;
            match lines.last_mut() {
                _ if line.is_empty() => break,
                // A folded value (RFC 9112, 5.2).
                Some(last) if line.starts_with([' ', '\t']) => {
                    last.push(' ');
                    last.push_str(line.trim());
                }
                _ => lines.push(line),
            }
        }
        let mut head = Head::default();
        for (name, value) in lines.iter().filter_map(|line| line.split_once(':')) {
            head.set(name.trim(), value.trim());
        }
        Ok(head)
    }

    /// One line of the head without its end, taking its length off `room`.
    fn read_line(&mut self, room: &mut usize) -> Result<String, Stop> {
        let mut line = Vec::new();
        loop {
            let bytes = self.input.fill()?;
            let end = memchr::memchr(b'\n', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if part.is_empty() && end.is_none() && line.is_empty() {
                return broken(Reason::TruncatedRecord, "the file ends inside a record's head");
            }
            if part.len() > *room {
                return broken(Reason::BadRecord, format!("a head of more than {MAX_HEAD} bytes"));
            }
            *room -= part.len();
            line.extend_from_slice(part);
            let used = end.map_or(part.len(), |at| at + 1);
            self.input.consume(used);
            if end.is_some() || used == 0 {
                let end = line.iter().rposition(|&byte| byte != b'\r').map_or(0, |at| at + 1);
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
        }
    }

    /// Reads a block and checks that a record or the end follows it. Blocks above the limit are not kept.
    fn read_block(&mut self, length: u64) -> Result<Option<Vec<u8>>, Stop> {
        let start = self.input.offset();
        let kept = length <= self.limit as u64;
        // The length is hostile until the bytes are there, so it is no reason to allocate.
        let mut block = Vec::with_capacity(if kept { length.min(1 << 20) as usize } else { 0 });
        let mut left = length;
        while left > 0 {
            let cut = self.at_new_member()?;
            let bytes = self.input.fill()?;
            if bytes.is_empty() || cut {
                if !cut {
                    self.go_back(start, block, length - left)?;
                }
                return broken(Reason::TruncatedRecord, format!("{} of {length} bytes are there", length - left));
            }
            let part = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if kept {
                block.extend_from_slice(&bytes[..part]);
            }
            self.input.consume(part);
            left -= part as u64;
        }
        if self.is_followed()? || self.runs_on(&mut block)? {
            return Ok(kept.then_some(block));
        }
        self.go_back(start, block, length)?;
        broken(
            Reason::BadRecord,
            format!("nothing that is a record follows after {length} bytes, where its length says"),
        )
    }

    /// Whether line ends and then a record or the end of the file follow. Some writers add line ends or leave them out.
    fn is_followed(&mut self) -> Result<bool, Stop> {
        let member = self.input.stream.member();
        let next = self.skip_blank_lines().and_then(|()| Ok(self.starts_record()?));
        match next {
            // The record's own member was whole: whatever is wrong belongs to what comes next.
            Err(Stop::Broken { .. }) | Ok(_) if self.input.stream.member() != member => {
                self.damage = self.input.stream.damage().filter(|_| self.input.is_direct());
                Ok(true)
            }
            Err(stop) => Err(stop),
            Ok(true) => Ok(true),
            Ok(false) => Ok(self.input.fill()?.is_empty()),
        }
    }

    /// Whether the block goes on for a few bytes and a record follows then. Adds them to it.
    fn runs_on(&mut self, block: &mut Vec<u8>) -> Result<bool, Stop> {
        let (limit, blank) = (self.limit, self.blank);
        let bytes = self.input.peek(SLACK)?;
        let Some(at) = memchr::memmem::find(&bytes[..SLACK.min(bytes.len())], b"\nWARC/") else { return Ok(false) };
        let rest = bytes[..at].trim_ascii_end();
        // Behind a line end it would be rubbish between records and none of the block.
        if block.len().saturating_add(rest.len()) > limit || blank {
            return Ok(false);
        }
        block.extend_from_slice(rest);
        self.input.consume(at + 1);
        Ok(true)
    }

    /// Whether a record begins here. For ARC the whole line must look like a head: it has no magic word.
    fn starts_record(&mut self) -> Result<bool, StreamError> {
        // No more is looked at than it takes: what is looked at beyond a member's end hides where the next one begins.
        const MAGIC: &[u8] = b"WARC/";
        let bytes = self.input.fill()?;
        let there = bytes.len().min(MAGIC.len());
        if bytes[..there] == MAGIC[..there] && self.input.peek(MAGIC.len())?.starts_with(MAGIC) {
            return Ok(true);
        }
        if !self.arc {
            return Ok(false);
        }
        let is_head = |line: &[u8]| {
            let line = std::str::from_utf8(line.trim_ascii_end()).ok().filter(|line| line.len() <= ARC_LINE);
            line.is_some_and(|line| Head::of_arc_line(line).is_some())
        };
        let bytes = self.input.fill()?;
        if let Some(end) = memchr::memchr(b'\n', bytes) {
            return Ok(is_head(&bytes[..end]));
        }
        let bytes = self.input.peek(ARC_LINE)?;
        Ok(is_head(bytes.split(|&byte| byte == b'\n').next().unwrap_or_default()))
    }

    fn skip_blank_lines(&mut self) -> Result<(), Stop> {
        self.blank = false;
        loop {
            let bytes = self.input.fill()?;
            let blank = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            if blank == 0 {
                return Ok(());
            }
            self.blank = true;
            self.input.consume(blank);
        }
    }

    /// Makes the bytes of a block whose length was wrong readable again, so that the records in it are found.
    fn go_back(&mut self, start: u64, block: Vec<u8>, length: u64) -> io::Result<()> {
        self.reread = self.reread.saturating_add(length);
        if self.reread > REREAD_BUDGET {
            return Ok(());
        }
        self.input.go_back(start, block)
    }

    /// Goes on to where the next record seems to begin, or to the end of what can be read.
    fn search(&mut self) -> io::Result<()> {
        let mut line_start = true;
        loop {
            let found = self.at_new_member().and_then(|at| Ok(at || line_start && self.starts_record()?));
            match found {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(StreamError::Disk(error)) => return Err(error),
                Err(StreamError::Damaged(_)) => {}
            }
            if self.input.stream.damage().is_some() && self.input.is_direct() {
                if !self.input.stream.search_member()? {
                    self.done = true;
                    return Ok(());
                }
                line_start = true;
                continue;
            }
            let bytes = match self.input.fill() {
                Ok([]) => return Ok(()),
                Ok(bytes) => bytes,
                Err(StreamError::Disk(error)) => return Err(error),
                Err(StreamError::Damaged(_)) => continue,
            };
            let end = memchr::memchr(b'\n', bytes);
            let used = end.map_or(bytes.len(), |at| at + 1);
            line_start = end.is_some();
            self.input.consume(used);
        }
    }

    /// Whether a member that holds a record begins here.
    fn at_new_member(&mut self) -> Result<bool, StreamError> {
        self.input.fill()?;
        Ok(self.input.is_direct() && self.input.stream.at_member_start() && self.starts_record()?)
    }
}

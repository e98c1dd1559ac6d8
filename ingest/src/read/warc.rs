use super::{ArchiveKind, ArchiveRecord, Damage, Payload, RawRecord, Settled, Stream, StreamError, bounded_url};
use malmoi_schemas::{Outcome, Reason};
use std::io;

/// Longest head of a record. Real ones have under 2 KiB.
const MAX_HEAD: usize = 64 << 10;

/// Bytes of one file that may be read a second time in search of records that a wrong length swallowed. Without a bound
/// a hostile file of short records that each claim to be long would cost its size squared.
const REREAD_BUDGET: u64 = 4 << 30;

/// The records of a web archive (ISO 28500).
///
/// A record counts as read only if another one, or the end, follows where its length says. After a broken record the
/// reader looks for the next one: by gzip member, or by a line that begins like a record.
pub struct WarcReader {
    stream: Stream,
    limit: usize,
    ordinal: u64,
    /// Bytes taken out of the stream too early, to be read before it.
    again: Vec<u8>,
    again_at: usize,
    reread: u64,
    /// Damage met behind a record that was whole.
    damage: Option<Damage>,
    done: bool,
}

/// The parts of a record's head that matter here.
#[derive(Debug, Default)]
struct Head {
    kind: Option<String>,
    length: Option<u64>,
    url: Option<String>,
    date: Option<String>,
    content_type: Option<String>,
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
        Self { stream, limit, ordinal: 0, again: Vec::new(), again_at: 0, reread: 0, damage: None, done: false }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The next record. See [`super::RecordReader::next_record`].
    pub fn next_record(&mut self) -> io::Result<Option<RawRecord>> {
        if self.done {
            return Ok(None);
        }
        let mut head = Head::default();
        let mut offset = self.offset();
        let result = match self.damage.take() {
            Some(damage) => Err(damage.into()),
            None => self.skip_blank_lines().and_then(|()| {
                offset = self.offset();
                if self.fill()?.is_empty() { Ok(None) } else { self.read_record(&mut head).map(Some) }
            }),
        };
        let payload = match result {
            Ok(None) => return Ok(None),
            Ok(Some(payload)) => payload,
            Err(Stop::Disk(error)) => return Err(error),
            Err(Stop::Broken { reason, detail }) => {
                self.search()?;
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
            return broken(Reason::BadRecord, "no Content-Length that is a number");
        };
        let block = self.read_block(length)?;
        let settled = |outcome, detail| Payload::Settled(Settled { outcome, detail, url: head.url.clone() });
        let kind = match head.kind.as_deref() {
            Some("response") => ArchiveKind::Response,
            Some("resource" | "conversion") => ArchiveKind::Resource,
            other => {
                let other: String = other.unwrap_or("unknown").chars().take(40).collect();
                return Ok(settled(Outcome::Removed(Reason::NotADocument), format!("a record of type {other}")));
            }
        };
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
            let bytes = self.fill()?;
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
            self.consume(used);
            if end.is_some() || used == 0 {
                let end = line.iter().rposition(|&byte| byte != b'\r').map_or(0, |at| at + 1);
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
        }
    }

    /// Reads a block and checks that a record or the end follows it. Blocks above the limit are not kept.
    fn read_block(&mut self, length: u64) -> Result<Option<Vec<u8>>, Stop> {
        let start = self.offset();
        let kept = length <= self.limit as u64;
        // The length is hostile until the bytes are there, so it is no reason to allocate.
        let mut block = Vec::with_capacity(if kept { length.min(1 << 20) as usize } else { 0 });
        let mut left = length;
        while left > 0 {
            let cut = self.at_new_member()?;
            let bytes = self.fill()?;
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
            self.consume(part);
            left -= part as u64;
        }
        if self.is_followed()? {
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
        let member = self.stream.member();
        let next = self.skip_blank_lines().and_then(|()| Ok(self.peek(5)?.first_chunk::<5>().copied()));
        match next {
            // The record's own gzip member was whole: whatever is wrong belongs to what comes next.
            Err(Stop::Broken { .. }) | Ok(_) if self.stream.member() != member => {
                self.damage = self.stream.damage().filter(|_| self.again_at == self.again.len());
                Ok(true)
            }
            Err(stop) => Err(stop),
            Ok(Some(magic)) => Ok(&magic == b"WARC/"),
            Ok(None) => Ok(self.fill()?.is_empty()),
        }
    }

    fn skip_blank_lines(&mut self) -> Result<(), Stop> {
        loop {
            let bytes = self.fill()?;
            let blank = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            if blank == 0 {
                return Ok(());
            }
            self.consume(blank);
        }
    }

    /// Makes the bytes of a block whose length was wrong readable again, so that the records in it are found.
    fn go_back(&mut self, start: u64, block: Vec<u8>, length: u64) -> io::Result<()> {
        self.reread = self.reread.saturating_add(length);
        if self.reread > REREAD_BUDGET {
            return Ok(());
        }
        if self.stream.seek_plain(start)? {
            self.again.clear();
        } else if !block.is_empty() {
            let rest = std::mem::replace(&mut self.again, block);
            self.again.extend_from_slice(&rest[self.again_at..]);
        } else {
            return Ok(());
        }
        self.again_at = 0;
        Ok(())
    }

    /// Goes on to where the next record seems to begin, or to the end of what can be read.
    fn search(&mut self) -> io::Result<()> {
        let mut line_start = true;
        loop {
            let found = self.at_new_member().and_then(|at| Ok(at || line_start && self.peek(6)?.starts_with(b"WARC/")));
            match found {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(StreamError::Disk(error)) => return Err(error),
                Err(StreamError::Damaged(_)) => {}
            }
            if self.stream.damage().is_some() && self.again_at == self.again.len() {
                if !self.stream.search_member()? {
                    self.done = true;
                    return Ok(());
                }
                line_start = true;
                continue;
            }
            let bytes = match self.fill() {
                Ok([]) => return Ok(()),
                Ok(bytes) => bytes,
                Err(StreamError::Disk(error)) => return Err(error),
                Err(StreamError::Damaged(_)) => continue,
            };
            let end = memchr::memchr(b'\n', bytes);
            let used = end.map_or(bytes.len(), |at| at + 1);
            line_start = end.is_some();
            self.consume(used);
        }
    }

    fn offset(&self) -> u64 {
        self.stream.offset() - (self.again.len() - self.again_at) as u64
    }

    fn fill(&mut self) -> Result<&[u8], StreamError> {
        if self.again_at < self.again.len() { Ok(&self.again[self.again_at..]) } else { self.stream.fill() }
    }

    fn consume(&mut self, bytes: usize) {
        if self.again_at < self.again.len() {
            self.again_at += bytes;
        } else {
            self.stream.consume(bytes);
        }
    }

    /// Whether a gzip member that holds a record begins here.
    fn at_new_member(&mut self) -> Result<bool, StreamError> {
        let begins = self.fill()?.starts_with(b"WARC/");
        Ok(begins && self.again_at == self.again.len() && self.stream.at_member_start())
    }

    /// At least `least` bytes from here on, or all that are left.
    fn peek(&mut self, least: usize) -> Result<&[u8], StreamError> {
        let have = self.fill()?.len();
        if have == 0 || have >= least {
            return self.fill();
        }
        let mut bytes = Vec::new();
        while bytes.len() < least {
            let more = match self.fill() {
                Ok(more) => more.to_vec(),
                // Told again when the bytes before it are used up.
                Err(StreamError::Damaged(_)) => break,
                Err(error) => return Err(error),
            };
            if more.is_empty() {
                break;
            }
            self.consume(more.len());
            bytes.extend(more);
        }
        self.again = bytes;
        self.again_at = 0;
        Ok(&self.again)
    }
}

impl Head {
    fn set(&mut self, name: &str, value: &str) {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        if name.eq_ignore_ascii_case("WARC-Type") {
            self.kind = text().map(|kind| kind.to_ascii_lowercase());
        } else if name.eq_ignore_ascii_case("Content-Length") {
            self.length = value.parse().ok();
        } else if name.eq_ignore_ascii_case("WARC-Target-URI") {
            // Wget 1.14 writes the grammar's angle brackets.
            let bare = value.strip_prefix('<').and_then(|url| url.strip_suffix('>'));
            self.url = Some(bounded_url(bare.unwrap_or(value)).to_owned()).filter(|url| !url.is_empty());
        } else if name.eq_ignore_ascii_case("WARC-Date") {
            self.date = text();
        } else if name.eq_ignore_ascii_case("Content-Type") {
            self.content_type = text();
        }
    }
}

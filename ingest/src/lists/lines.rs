use flate2::read::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Read};

/// Longest line of a list in bytes: longer ones are no addresses, words or rules.
const MAX_LINE: u64 = 64 << 10;

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The operating system, or the decompressor, would not give more.
    #[error("cannot read list `{list}`: {source}")]
    Read {
        /// Name of the list.
        list: String,
        /// The cause in the system's own words.
        source: io::Error,
    },
    /// A line that is not what such a list holds.
    #[error("list `{list}`, line {line}: expected {expected}, found `{found}`")]
    Line {
        /// Name of the list.
        list: String,
        /// Number of the line, from 1.
        line: u32,
        /// What should stand there.
        expected: &'static str,
        /// The beginning of what stands there.
        found: String,
    },
    /// More than can be counted.
    #[error("list `{list}` has more than {} lines", u32::MAX)]
    TooMany {
        /// Name of the list.
        list: String,
    },
    /// Words that no automaton can be built from.
    #[error("cannot match the words of list `{list}`: {reason}")]
    Automaton {
        /// Name of the list.
        list: String,
        /// What the builder says.
        reason: String,
    },
}

impl ListError {
    pub(super) fn line(list: &str, line: u32, expected: &'static str, found: &str) -> Self {
        let found = found.chars().take(80).collect();
        Self::Line { list: list.to_owned(), line, expected, found }
    }
}

/// Calls `each` with every line of a list, plain or gzip'd, without line ends and outer blanks, and its number.
pub(super) fn for_each_line(
    list: &str,
    input: impl Read,
    mut each: impl FnMut(u32, &str) -> Result<(), ListError>,
) -> Result<(), ListError> {
    let failed = |source| ListError::Read { list: list.to_owned(), source };
    let mut input = BufReader::new(input);
    let gzip = input.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]);
    let mut input: BufReader<Either<_>> = if gzip {
        BufReader::new(Either::Gzip(Box::new(MultiGzDecoder::new(input))))
    } else {
        BufReader::new(Either::Plain(input))
    };
    let mut line = Vec::new();
    let mut number = 0u32;
    loop {
        line.clear();
        if input.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(());
        }
        number = number.checked_add(1).ok_or_else(|| ListError::TooMany { list: list.to_owned() })?;
        let text = match std::str::from_utf8(&line) {
            Ok(text) if line.len() as u64 <= MAX_LINE => text,
            Ok(text) => return Err(ListError::line(list, number, "a line of at most 64 KiB", text)),
            Err(_) => return Err(ListError::line(list, number, "UTF-8", &String::from_utf8_lossy(&line))),
        };
        each(number, text.strip_prefix('\u{feff}').unwrap_or(text).trim_matches(['\r', '\n', ' ']))?;
    }
}

/// A list as it lies there or gzip'd.
enum Either<R: BufRead> {
    Plain(R),
    Gzip(Box<MultiGzDecoder<R>>),
}

impl<R: BufRead> Read for Either<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(buffer),
            Self::Gzip(input) => input.read(buffer),
        }
    }
}

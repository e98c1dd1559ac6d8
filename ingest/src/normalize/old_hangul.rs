use std::collections::BTreeMap;
use std::io::BufRead;

/// Old Hangul syllables and letters in Hanyang's private-use codes (U+E0BC to U+EFFF and U+F100 to U+F8FF), as word
/// processors wrote them before Unicode 5.2, and the conjoining jamo that they stand for.
///
/// Malmoi ships no such table: those that are published are under licences of their own. One is read from text with
/// lines such as `U+EBD4 => U+110A U+119E`, with `#` comments.
#[derive(Debug, Clone, Default)]
pub struct OldHangulTable(BTreeMap<char, String>);

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OldHangulTableError {
    /// The operating system would not let it be read.
    #[error("cannot read `{name}`: {source}")]
    Read {
        /// Name of the file.
        name: String,
        /// The operating system's own words.
        source: std::io::Error,
    },
    /// A line that is no mapping.
    #[error(
        "`{name}`, line {line}: expected a private-use code and one to six Hangul letters, such as `U+EBD4 => U+110A U+119E`"
    )]
    Line {
        /// Name of the file.
        name: String,
        /// Number of the line, from 1.
        line: usize,
    },
}

/// Most letters of one syllable: three places, each spelt as one or two letters.
const MAX_JAMO: usize = 6;

impl OldHangulTable {
    /// Reads a table; `name` is what errors call it.
    pub fn read(input: impl BufRead, name: &str) -> Result<Self, OldHangulTableError> {
        let mut table = BTreeMap::new();
        for (index, line) in input.lines().enumerate() {
            let line = line.map_err(|source| OldHangulTableError::Read { name: name.to_owned(), source })?;
            let mapping = line.split('#').next().unwrap_or_default().trim();
            if mapping.is_empty() {
                continue;
            }
            let (private, jamo) =
                parse(mapping).ok_or_else(|| OldHangulTableError::Line { name: name.to_owned(), line: index + 1 })?;
            table.insert(private, jamo);
        }
        Ok(Self(table))
    }

    /// The jamo that a private character stands for.
    pub fn get(&self, c: char) -> Option<&str> {
        self.0.get(&c).map(String::as_str)
    }
}

fn parse(mapping: &str) -> Option<(char, String)> {
    let (private, jamo) = mapping.split_once("=>")?;
    let private = code(private)?;
    let jamo = jamo.split_whitespace().map(code).collect::<Option<String>>()?;
    let hangul = jamo.chars().all(|c| super::class::is_hangul(c) || matches!(c, 'ㄱ'..='ㆎ') && c != '\u{3164}');
    (is_hanyang(private) && hangul && (1..=MAX_JAMO).contains(&jamo.chars().count())).then_some((private, jamo))
}

fn code(text: &str) -> Option<char> {
    let text = text.trim();
    let digits = text.strip_prefix("U+").or_else(|| text.strip_prefix("0x")).unwrap_or(text);
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}

/// Whether a character lies in the blocks that Hanyang's codes use.
pub(super) fn is_hanyang(c: char) -> bool {
    matches!(c, '\u{e0bc}'..='\u{efff}' | '\u{f100}'..='\u{f8ff}')
}

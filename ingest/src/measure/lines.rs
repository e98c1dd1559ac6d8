//! Lines and paragraphs: how they begin, how they end, and which of them come again.

use super::character::ends_sentence;
use super::numbering::Numbering;
use super::words::{Word, Words};
use xxhash_rust::xxh3::xxh3_64;

/// The longest line that counts as short, in characters (FineWeb).
const SHORT_LINE: u32 = 30;

/// Counts over the lines of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LineCounts {
    pub(super) lines: u32,
    pub(super) characters: u32,
    pub(super) repeated: u32,
    pub(super) repeated_characters: u32,
    pub(super) paragraphs: u32,
    pub(super) repeated_paragraphs: u32,
    pub(super) repeated_paragraph_characters: u32,
    pub(super) punctuated: u32,
    pub(super) short: u32,
    pub(super) bulleted: u32,
    pub(super) ellipses: u32,
    pub(super) code_characters: u32,
    /// Spaces other than line ends.
    pub(super) spaces: u32,
}

/// Walks the lines of a text.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Numbering,
    paragraphs: Numbering,
    /// The last eojeol of each line that is not blank, as its number.
    pub(super) last: Vec<u32>,
}

/// A paragraph as far as it was read.
#[derive(Default)]
struct Paragraph {
    hash: u64,
    characters: u32,
}

/// One line.
struct Line {
    /// From its first visible byte to its last.
    start: usize,
    end: usize,
    spaces: u32,
    leading_spaces: u32,
    /// Spaces between its first and its last eojeol.
    inner_spaces: u32,
    /// Characters that are no spaces.
    visible: u32,
    /// Characters in words that look like code.
    code: u32,
}

impl Lines {
    /// Splits a text into lines and eojeol, which go to `words`.
    pub(super) fn read(&mut self, text: &str, words: &mut Words) -> LineCounts {
        let line_ends = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        self.lines.restart(line_ends.min(1 << 20));
        self.paragraphs.restart(line_ends.min(1 << 20) / 4);
        self.last.clear();
        words.restart(text.len());
        let mut counts = LineCounts::default();
        let mut paragraph = Paragraph::default();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            let line = split(text, start, end, words);
            counts.spaces += line.spaces;
            if line.visible == 0 {
                self.close(&mut paragraph, &mut counts);
            } else {
                self.count(&text[line.start..line.end], &line, words, &mut counts, &mut paragraph);
            }
            start = end + 1;
        }
        self.close(&mut paragraph, &mut counts);
        counts
    }

    fn count(&mut self, trimmed: &str, line: &Line, words: &Words, counts: &mut LineCounts, paragraph: &mut Paragraph) {
        let length = line.visible + line.inner_spaces;
        counts.lines += 1;
        counts.characters += length;
        counts.short += u32::from(length <= SHORT_LINE);
        counts.bulleted += u32::from(trimmed.starts_with(is_bullet) || trimmed.starts_with("* "));
        let ellipsis = trimmed.ends_with("...") || trimmed.ends_with('…');
        counts.ellipses += u32::from(ellipsis);
        counts.punctuated += u32::from(trimmed.ends_with(ends_sentence));
        self.last.extend(words.tokens.ids.last());
        if line.code * 2 > line.visible {
            counts.code_characters += line.visible;
        }
        // 64 bits: two of a million different lines collide once in 37 million documents.
        let hash = xxh3_64(trimmed.as_bytes());
        if !self.lines.number(hash).new {
            counts.repeated += 1;
            counts.repeated_characters += length;
        }
        paragraph.hash = (paragraph.hash ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        paragraph.characters += length;
    }

    fn close(&mut self, paragraph: &mut Paragraph, counts: &mut LineCounts) {
        if paragraph.characters == 0 {
            return;
        }
        counts.paragraphs += 1;
        if !self.paragraphs.number(paragraph.hash).new {
            counts.repeated_paragraphs += 1;
            counts.repeated_paragraph_characters += paragraph.characters;
        }
        *paragraph = Paragraph::default();
    }
}

fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '-' | '·' | 'ㆍ' | '∙' | '▪' | '■' | '□' | '●' | '○' | '◦' | '▶' | '▷' | '►' | '※' | '–')
}

/// Splits one line into eojeol.
fn split(text: &str, start: usize, end: usize, words: &mut Words) -> Line {
    let bytes = text.as_bytes();
    let mut line = Line { start: end, end: start, spaces: 0, leading_spaces: 0, inner_spaces: 0, visible: 0, code: 0 };
    let mut at = start;
    while at < end {
        let space = space_width(bytes, at);
        if space > 0 {
            line.spaces += 1;
            at += space;
        } else {
            let stop = word_end(bytes, at + 1);
            line.add(words.push(text, at, stop), at, stop);
            at = stop;
        }
    }
    line
}

/// Where the eojeol ends that goes on here: at a space or at the end of the text.
#[inline]
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = next_maybe_space(bytes, at);
        if at >= bytes.len() || space_width(bytes, at) > 0 {
            return at;
        }
        at += 1;
    }
}

/// The first byte from here that a space may begin with.
#[inline]
fn next_maybe_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = maybe_spaces(u64::from_le_bytes(eight));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| maybe_spaces(u64::from(byte) | NO_SPACES) == 0).count()
}

const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const NO_SPACES: u64 = 0x8080_8080_8080_8000;

/// The upper bit of each of eight bytes that a space may begin with: ASCII up to the blank, C2, and E0 to E3. None of
/// these begins a Hangul syllable. Eight at once, since words have about as many.
#[inline]
fn maybe_spaces(bytes: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Each byte without its upper bit stays below 128, so that no sum carries into the next byte.
    let above_blank = (bytes & LOW_BITS) + EACH * (0x7f - b' ' as u64);
    let not_c2 = bytes ^ (EACH * 0xc2);
    let not_c2 = ((not_c2 & LOW_BITS) + LOW_BITS) | not_c2;
    let not_e0 = (bytes ^ (EACH * 0xe0)) & (EACH * 0xfc);
    let not_e0 = ((not_e0 & LOW_BITS) + LOW_BITS) | not_e0;
    !((above_blank | bytes) & not_c2 & not_e0) & !LOW_BITS
}

impl Line {
    fn add(&mut self, word: Word, start: usize, end: usize) {
        if self.visible == 0 {
            self.start = start;
            self.leading_spaces = self.spaces;
        }
        self.end = end;
        self.inner_spaces = self.spaces - self.leading_spaces;
        self.visible += word.characters;
        if word.traits.code() {
            self.code += word.characters;
        }
    }
}

/// Bytes of the space that begins here, 0 where none does.
#[inline]
fn space_width(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r' => 1,
        0xc2 => 2 * usize::from(matches!(bytes.get(at + 1), Some(0x85 | 0xa0))),
        0xe1..=0xe3 => match bytes.get(at..at + 3) {
            Some(&[0xe1, 0x9a, 0x80] | &[0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf]) => 3,
            Some(&[0xe2, 0x81, 0x9f] | &[0xe3, 0x80, 0x80]) => 3,
            _ => 0,
        },
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (LineCounts, Words, Vec<u32>) {
        let (mut lines, mut words) = (Lines::default(), Words::default());
        let counts = lines.read(text, &mut words);
        (counts, words, lines.last)
    }

    #[test]
    fn spaces_are_what_unicode_says() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let expected = if c.is_whitespace() { c.len_utf8() } else { 0 };
            assert_eq!(space_width(text.as_bytes(), 0), expected, "{c:?}");
        }
    }

    #[test]
    fn every_byte_that_begins_a_space_is_looked_at() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_whitespace()) {
            let first = c.to_string().as_bytes()[0];
            for place in 0..8 {
                let mut bytes = [b'x'; 8];
                bytes[place] = first;
                assert_eq!(maybe_spaces(u64::from_le_bytes(bytes)), 0x80 << (8 * place), "{c:?}");
            }
        }
        for byte in (0x21..=0xff).filter(|byte| !matches!(byte, 0xc2 | 0xe0..=0xe3)) {
            assert_eq!(maybe_spaces(u64::from_le_bytes([byte; 8])), 0, "{byte:x}");
        }
    }

    #[test]
    fn a_paragraph_that_comes_again_is_counted_once_more() {
        let (counts, ..) = read("봄이 왔다.\n꽃이 폈다.\n\n봄이 왔다.\n꽃이 졌다.\n\n봄이 왔다.\n꽃이 폈다.");
        assert_eq!((counts.lines, counts.repeated), (6, 3));
        assert_eq!((counts.paragraphs, counts.repeated_paragraphs, counts.repeated_paragraph_characters), (3, 1, 12));
    }

    #[test]
    fn line_ends_and_beginnings() {
        let (counts, words, last) = read("- 우유\n· 달걀 두 판\n다 샀나?\n글쎄...\nif (x == 0) { return; }\n");
        assert_eq!((counts.lines, counts.bulleted, counts.punctuated, counts.ellipses), (5, 2, 2, 1));
        assert_eq!(counts.code_characters, 17);
        let ends: Vec<_> = last.iter().map(|&id| words.distinct[id as usize].characters).collect();
        assert_eq!(ends, [2, 1, 3, 5, 1]);
    }

    proptest! {
        #[test]
        fn splits_as_the_standard_library_does(text in "[가-힣a-z. \\n\u{3000}\u{a0}\u{2003}ㅋ漢😀]{0,80}") {
            let (counts, words, _) = read(&text);
            let found: Vec<_> = words.tokens.ids.iter().map(|&id| words.distinct[id as usize].of(&text)).collect();
            prop_assert_eq!(found, text.split_whitespace().collect::<Vec<_>>());
            let spaces = text.chars().filter(|&c| c.is_whitespace() && c != '\n').count();
            prop_assert_eq!(counts.spaces as usize, spaces);
            prop_assert_eq!(counts.lines as usize, text.split('\n').filter(|line| !line.trim().is_empty()).count());
        }
    }
}

use super::class::{Class, classify};
use super::layout::{Layout, RunKind};
use memchr::memchr;

/// What a byte of UTF-8 can begin, as far as the quick pass must know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Plain,
    /// A mark of which runs are shortened.
    Mark,
    LineEnd,
    Ampersand,
    /// A syllable or a Hanja of three bytes, whatever follows.
    Three,
    /// Three bytes from U+A000: syllables from U+AC00, many scripts before.
    FirstSyllables,
    /// Three bytes from U+D000: syllables up to U+D7A3, rare jamo after.
    LastSyllables,
    /// Three bytes from U+3000: letters such as ㅋ, and others.
    Letters,
    Look,
}

static BYTES: [Byte; 256] = {
    let mut table = [Byte::Look; 256];
    let mut b = b' ';
    while b <= b'~' {
        table[b as usize] = Byte::Plain;
        b += 1;
    }
    let marks = super::layout::ASCII_MARKS;
    let mut index = 0;
    while index < marks.len() {
        table[marks[index] as usize] = Byte::Mark;
        index += 1;
    }
    table[b'\t' as usize] = Byte::Plain;
    table[b'\n' as usize] = Byte::LineEnd;
    table[b'&' as usize] = Byte::Ampersand;
    let mut b = 0xe4;
    while b <= 0xec {
        table[b] = Byte::Three;
        b += 1;
    }
    table[0xe3] = Byte::Letters;
    table[0xea] = Byte::FirstSyllables;
    table[0xed] = Byte::LastSyllables;
    table
};

fn is_letter(rest: &[u8]) -> bool {
    match rest {
        [0xe3, 0x84, last, ..] => *last >= 0xb1,
        [0xe3, 0x85, last, ..] => *last != 0xa4,
        [0xe3, 0x86, last, ..] => *last <= 0x8e,
        _ => false,
    }
}

/// Bytes that are looked at together, before they are looked at one by one.
pub(super) const BLOCK: usize = 32;

/// Whether no byte of a block begins a character that needs a look. Without branches, so that it becomes vector code.
#[inline]
fn is_plain(block: &[u8], nexts: &[u8]) -> bool {
    let mut odd = false;
    for (&b, &next) in block.iter().zip(nexts) {
        odd |= (b < b' ') & (b != b'\n') & (b != b'\t');
        odd |= (b == 0x7f) | ((b >= 0xc0) & !(0xe4..=0xed).contains(&b));
        odd |= ((b == 0xea) & (next < 0xb0)) | ((b == 0xed) & (next >= 0x9e));
    }
    !odd
}

/// Whether a plain block has no `&`, no mark twice and no blank before a line end either.
#[inline]
fn is_calm(block: &[u8], nexts: &[u8]) -> bool {
    let mut odd = false;
    for (&b, &next) in block.iter().zip(nexts) {
        odd |= (b == b'&') | ((b == next) & (b != b' ') & (b < 0x80));
        odd |= (next == b'\n') & ((b == b' ') | (b == b'\t'));
    }
    !odd && is_plain(block, nexts)
}

/// Skips the blocks from `at` that pass a test, and the rest of a character that the last of them may end in.
#[inline]
pub(super) fn skip_blocks(bytes: &[u8], mut at: usize, passes: impl Fn(&[u8], &[u8]) -> bool) -> usize {
    while let Some(window) = bytes.get(at..at + BLOCK + 1)
        && passes(&window[..BLOCK], &window[1..])
    {
        at += BLOCK;
    }
    while bytes.get(at).is_some_and(|b| b & 0xc0 == 0x80) {
        at += 1;
    }
    at
}

/// The first position from `at` that is none of: ASCII without controls, syllables, unified Hanja, compatibility jamo.
#[inline]
pub(super) fn skip_plain(bytes: &[u8], mut at: usize) -> usize {
    at = skip_blocks(bytes, at, is_plain);
    let mut block_end = at + BLOCK;
    while let Some(&b) = bytes.get(at) {
        at += match BYTES[b as usize] {
            Byte::Plain | Byte::Mark | Byte::LineEnd | Byte::Ampersand => 1,
            Byte::Three => 3,
            Byte::FirstSyllables if bytes[at + 1] >= 0xb0 => 3,
            Byte::LastSyllables if bytes[at + 1] < 0x9e => 3,
            Byte::Letters if is_letter(&bytes[at..]) => 3,
            Byte::FirstSyllables | Byte::LastSyllables | Byte::Letters | Byte::Look => return at,
        };
        if at > block_end {
            at = skip_blocks(bytes, at, is_plain);
            block_end = at + BLOCK;
        }
    }
    at
}

/// What a text needs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Survey {
    /// Where the first character stands that is to be changed or removed by itself.
    pub(super) characters: Option<usize>,
    /// Whether a character is there that NFC may concern.
    pub(super) compose: bool,
    /// Whether something like a character reference is there.
    pub(super) entities: bool,
    /// Whether runs, spaces at line ends or blank lines may be there that are too many.
    pub(super) layout: bool,
}

/// One pass without allocation that proves what need not be done: most text needs nothing. It ends at the first
/// character that has to change, since the text will be copied from there.
pub(super) fn survey(text: &str, fold_width: bool, layout: &Layout) -> Survey {
    let bytes = text.as_bytes();
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n');
    let mut found = Survey { layout: text.starts_with(blank) || text.ends_with(blank), ..Survey::default() };
    let mut at = 0;
    // A line end that begins the next block belongs to the blank before it, and is still looked at here.
    let mut block_end = None;
    loop {
        if block_end.is_none_or(|end| at > end) {
            at = skip_blocks(bytes, at, is_calm);
            block_end = Some(at + BLOCK);
        }
        let Some(&b) = bytes.get(at) else { return found };
        match BYTES[b as usize] {
            Byte::Plain => at += 1,
            Byte::Three => at += 3,
            Byte::FirstSyllables if bytes[at + 1] >= 0xb0 => at += 3,
            Byte::LastSyllables if bytes[at + 1] < 0x9e => at += 3,
            Byte::Mark => {
                found.layout |= layout.begins_long_run(RunKind::Mark, &bytes[at..], 1);
                at += 1;
            }
            Byte::LineEnd => {
                found.layout |= layout.is_untidy_line_end(bytes, at);
                at += 1;
            }
            Byte::Ampersand => {
                found.entities |= memchr(b';', &bytes[at..bytes.len().min(at + super::entities::MAX_LENGTH)]).is_some();
                at += 1;
            }
            Byte::Letters if is_letter(&bytes[at..]) => {
                found.layout |= layout.begins_long_run(RunKind::Letter, &bytes[at..], 3);
                at += 3;
            }
            Byte::FirstSyllables | Byte::LastSyllables | Byte::Letters | Byte::Look => {
                let Some(c) = text[at..].chars().next() else { return found };
                match classify(c) {
                    Class::Keep => found.layout |= layout.begins_long_mark_run(c, &bytes[at..]),
                    Class::Compose => found.compose = true,
                    Class::Wide if !fold_width => {}
                    _ => {
                        found.characters.get_or_insert(at);
                        return found;
                    }
                }
                at += c.len_utf8();
            }
        }
    }
}

//! Text that was once decoded in the wrong charset and encoded again.
//!
//! A line is repaired only where that can be proven: all of it goes back to bytes without loss, the bytes are sound in the
//! charset that they should have been read in, and what they say there is Korean. A line with one clean Hangul syllable,
//! or one lost byte, is left as it is.

use super::Repair;
use super::double_byte::{EUC_KR_CODE, euc_kr_character};
use super::prior::Evidence;
use encoding_rs::{EUC_KR, Encoding};
use memchr::memchr;
use std::sync::LazyLock;

/// A line as it was meant.
struct Meant {
    text: String,
    how: Repair,
    evidence: Evidence,
}

/// Bits that one character is worth for being valid at all: Latin letters seldom stand so that they make UTF-8, and Hanja,
/// of which CP949 has nearly nothing else in such places, do somewhat more often.
const VALID_FROM_LATIN1: i64 = 8;
const VALID_FROM_CP949: i64 = 2;

impl Meant {
    /// Whether the line alone is proof.
    fn is_proof(&self) -> bool {
        let Evidence { hangul, bits, .. } = self.evidence;
        let wide = self.evidence.wide as i64;
        match self.how {
            Repair::EucKrAsLatin1 => {
                let is_dense = bits >= 2 * wide || hangul >= 4 && bits >= wide;
                hangul >= 2 && bits >= 10 && is_dense
            }
            Repair::Utf8AsLatin1 | Repair::Utf8AsLatin1Twice => hangul >= 1 && bits + VALID_FROM_LATIN1 * wide >= 16,
            _ => hangul >= 2 && bits + VALID_FROM_CP949 * wide >= 10,
        }
    }

    /// Whether the line is good enough beside others that are proof: a lone syllable, a quotation mark, a word in Hanja.
    fn fits(&self, proven: Repair) -> bool {
        let is_sure = matches!(self.how, Repair::Utf8AsLatin1 | Repair::Utf8AsLatin1Twice);
        self.how == proven && (is_sure || self.evidence.bits >= -6)
    }
}

/// The text as it was meant, and what had happened to it; `None` if nothing is proven.
///
/// Clean Korean text costs two looks at its bytes: text that was UTF-8 or EUC-KR and was read as Latin-1 has letters of
/// U+00C0 and above, which begin with the byte C3 and which Korean text has not; text that was UTF-8 and was read as CP949 has
/// Hanja where its words begin.
pub fn repair_mojibake(text: &str) -> Option<(String, Repair)> {
    let bytes = text.as_bytes();
    let by_latin1 = memchr(0xc3, bytes).and_then(|_| repair_lines(text, meant_by_latin1));
    by_latin1.or_else(|| has_hanja(bytes).then(|| repair_lines(text, meant_by_cp949)).flatten())
}

/// Whether some character begins with a byte that Hanja begin with, be they unified or compatibility ideographs.
fn has_hanja(bytes: &[u8]) -> bool {
    let may_begin_hanja = |byte: u8| byte.wrapping_sub(0xe4) <= 5 || byte == 0xef;
    // Bytes of flags, without a branch, become vector instructions; a block at a time leaves early.
    let is_among = |block: &[u8]| block.iter().fold(0, |found, &byte| found | u8::from(may_begin_hanja(byte))) > 0;
    bytes.chunks(1024).any(is_among)
}

fn repair_lines(text: &str, meant: fn(&str) -> Option<Meant>) -> Option<(String, Repair)> {
    let lines = || text.split_inclusive('\n');
    let proven = lines().filter_map(meant).find(Meant::is_proof)?.how;
    let mut repaired = String::with_capacity(text.len());
    for line in lines() {
        match meant(line).filter(|meant| meant.is_proof() || meant.fits(proven)) {
            Some(meant) => repaired.push_str(&meant.text),
            None => repaired.push_str(line),
        }
    }
    Some((repaired, proven))
}

fn meant_by_latin1(line: &str) -> Option<Meant> {
    if line.is_ascii() {
        return None;
    }
    let bytes = latin1_bytes(line)?;
    if let Ok(once) = str::from_utf8(&bytes) {
        let once = Meant { text: once.to_owned(), how: Repair::Utf8AsLatin1, evidence: Evidence::of(once) };
        let twice = latin1_bytes(&once.text).and_then(|bytes| String::from_utf8(bytes).ok());
        return Some(match twice.filter(|twice| *twice != once.text) {
            Some(text) => Meant { evidence: Evidence::of(&text), text, how: Repair::Utf8AsLatin1Twice },
            None => once,
        });
    }
    let (text, replaced) = EUC_KR_CODE.decode(&bytes);
    (replaced == 0).then(|| Meant { evidence: Evidence::of(&text), text, how: Repair::EucKrAsLatin1 })
}

/// What Windows-1252 has between 80 and 9F; the other bytes there stand for the control characters of Latin-1.
const WINDOWS_1252: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// The bytes that Latin-1 or Windows-1252 read the text from; `None` if it has a character that neither has.
fn latin1_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        bytes.push(match u8::try_from(c) {
            Ok(byte) => byte,
            Err(_) => WINDOWS_1252.iter().find(|(letter, _)| *letter == c)?.1,
        });
    }
    Some(bytes)
}

/// Hanja that CP949 makes of the first two bytes of a Hangul syllable or of Hanja in UTF-8. Other first bytes lose the
/// second one.
static FIRST_HANJA: LazyLock<Vec<char>> = LazyLock::new(|| {
    let pairs = (0xe4..=0xed).flat_map(|lead| (0xa1..=0xbf).map(move |trail| (lead, trail)));
    let mut hanja: Vec<char> = pairs.filter_map(|(lead, trail)| euc_kr_character(lead, trail)).collect();
    hanja.sort_unstable();
    hanja
});

fn meant_by_cp949(line: &str) -> Option<Meant> {
    let first = line[Encoding::ascii_valid_up_to(line.as_bytes())..].chars().next()?;
    FIRST_HANJA.binary_search(&first).ok()?;
    let once = read_cp949_as_utf8(line)?;
    Some(match read_cp949_as_utf8(&once).filter(|twice| *twice != once) {
        Some(text) => Meant { evidence: Evidence::of(&text), text, how: Repair::Utf8AsCp949Twice },
        None => Meant { evidence: Evidence::of(&once), text: once, how: Repair::Utf8AsCp949 },
    })
}

fn read_cp949_as_utf8(text: &str) -> Option<String> {
    let (bytes, _, has_loss) = EUC_KR.encode(text);
    if has_loss { None } else { String::from_utf8(bytes.into_owned()).ok() }
}

//! From text to the 64-bit tokens that shingles are made of.

use crate::eojeol::Eojeol;
use xxhash_rust::xxh3::xxh3_64;

/// Longest eojeol that is hashed by [`short_hash`]: five syllables and a punctuation mark.
const SHORT: usize = size_of::<u128>();

/// One token for each eojeol.
pub(super) fn eojeol(text: &Eojeol, tokens: &mut Vec<u64>) {
    let folded = text.folded();
    tokens.extend(text.spans().map(|(start, end)| match folded[start..].first_chunk::<SHORT>() {
        Some(chunk) if end - start <= SHORT => short_hash(chunk, end - start),
        _ => hash(&folded[start..end]),
    }));
}

/// The same without reading on behind the eojeol: for long ones, and for those at the end of the text.
#[cold]
fn hash(eojeol: &[u8]) -> u64 {
    if eojeol.len() > SHORT {
        return xxh3_64(eojeol);
    }
    let mut chunk = [0; SHORT];
    chunk[..eojeol.len()].copy_from_slice(eojeol);
    short_hash(&chunk, eojeol.len())
}

/// Hash of the first `length` bytes, 1 to [`SHORT`]; the others do not matter.
///
/// A folded multiplication of the halves, as in wyhash (Wang Yi, 2019). With XXH3 shingling took twice as long.
#[inline(always)]
fn short_hash(chunk: &[u8; SHORT], length: usize) -> u64 {
    let beyond = 8 * (SHORT - length) as u32;
    let bytes = u128::from_le_bytes(*chunk) << beyond;
    let low = bytes as u64 ^ 0xa076_1d64_78bd_642f ^ length as u64;
    let high = (bytes >> 64) as u64 ^ 0xe703_7ed1_a0b4_28db;
    let product = u128::from(low) * u128::from(high);
    spread(product as u64 ^ (product >> 64) as u64)
}

/// One token for each character but spaces.
pub(super) fn characters(folded: &[u8], tokens: &mut Vec<u64>) {
    each_character(folded, |character| {
        if character != u32::from(b' ') {
            tokens.push(spread(u64::from(character)));
        }
    });
}

/// One token for each letter or digit, width and case folded.
pub(super) fn letters(folded: &[u8], tokens: &mut Vec<u64>) {
    each_character(folded, |character| {
        if let Some(letter) = letter(character) {
            tokens.push(spread(u64::from(letter)));
        }
    });
}

/// The character with width and ASCII case folded, or `None` for punctuation, symbols and spaces.
#[inline(always)]
fn letter(character: u32) -> Option<u32> {
    match character {
        0xac00..=0xd7a3 => Some(character),
        0..0x80 => ascii_letter(character),
        0xff01..=0xff5e => ascii_letter(character - 0xfee0),
        // Unicode calls it a letter, and everybody else a middle dot: 기획ㆍ재정.
        0x318d => None,
        _ => char::from_u32(character).is_some_and(char::is_alphanumeric).then_some(character),
    }
}

#[inline(always)]
fn ascii_letter(character: u32) -> Option<u32> {
    let byte = character as u8;
    byte.is_ascii_alphanumeric().then_some(u32::from(byte.to_ascii_lowercase()))
}

/// Calls `take` with each character of a UTF-8 text. `folded` has come from a `str`; of anything else it makes nonsense, but
/// of every byte only once.
#[inline(always)]
fn each_character(folded: &[u8], mut take: impl FnMut(u32)) {
    let low = |byte: u8| u32::from(byte & 0x3f);
    let mut rest = folded;
    while let Some((&first, after)) = rest.split_first() {
        let lead = u32::from(first);
        (rest, _) = match *after {
            [second, third, ref after @ ..] if lead & 0xf0 == 0xe0 => {
                (after, take((lead & 0xf) << 12 | low(second) << 6 | low(third)))
            }
            _ if lead < 0x80 => (after, take(lead)),
            [second, ref after @ ..] if lead < 0xe0 => (after, take((lead & 0x1f) << 6 | low(second))),
            [second, third, fourth, ref after @ ..] => {
                (after, take((lead & 7) << 18 | low(second) << 12 | low(third) << 6 | low(fourth)))
            }
            _ => (after, ()),
        };
    }
}

/// Makes a small or structured number a token. Without it windows of alike characters would differ by sums of few powers
/// of the base.
#[inline(always)]
fn spread(x: u64) -> u64 {
    let x = x.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ x >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letters_of(text: &str) -> String {
        let mut found = String::new();
        each_character(text.as_bytes(), |c| found.extend(letter(c).and_then(char::from_u32)));
        found
    }

    #[test]
    fn letters_have_one_width_and_case_and_no_punctuation() {
        let found = letters_of("「전기통신사업법」 제３조ㆍ제4조(ＡＢＣ, Abc) 大韓民國…");
        assert_eq!(found, "전기통신사업법제3조제4조abcabc大韓民國");
        assert_eq!(letters_of("ㅋㅋ ㅠㅠ! ☎ 02-123"), "ㅋㅋㅠㅠ02123");
    }

    /// Eojeol of every length, in the middle and at the end of a text, have one hash each.
    #[test]
    fn the_place_of_an_eojeol_does_not_change_its_hash() {
        let (mut middle, mut end) = (Eojeol::default(), Eojeol::default());
        for length in 1..40 {
            let eojeol_text: String = "가나a다b라마바사c아자차카d타파하".chars().cycle().take(length).collect();
            middle.cut(&format!("{eojeol_text} {}", "뒤".repeat(40)));
            end.cut(&format!("앞 {eojeol_text}"));
            let (mut left, mut right) = (Vec::new(), Vec::new());
            eojeol(&middle, &mut left);
            eojeol(&end, &mut right);
            assert_eq!(left[0], right[1], "{eojeol_text}");
        }
    }

    proptest! {
        #[test]
        fn characters_are_decoded(text in any::<String>()) {
            let mut found = Vec::new();
            each_character(text.as_bytes(), |character| found.push(character));
            prop_assert_eq!(found, text.chars().map(u32::from).collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut count = 0;
            each_character(&bytes, |_| count += 1);
            prop_assert!(count <= bytes.len());
        }

        #[test]
        fn short_hashes_differ_where_bytes_do(left in "[가-깋a\0]{1,5}", right in "[가-깋a\0]{1,5}") {
            prop_assert_eq!(hash(left.as_bytes()) == hash(right.as_bytes()), left == right);
        }
    }
}

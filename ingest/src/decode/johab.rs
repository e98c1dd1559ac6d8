//! The combining code of KS X 1001:1992, annex 3.

use super::double_byte::euc_kr_character;
use encoding_rs::Encoding;

/// A letter's place among the five-bit codes: a filler, a place in the order of syllable composition, or none.
const NONE: u8 = 0xff;
const FILLER: u8 = 0xfe;

const INITIALS: [u8; 32] = letters(&[(1, 1, FILLER), (2, 20, 0)]);
const VOWELS: [u8; 32] = letters(&[(2, 2, FILLER), (3, 7, 0), (10, 15, 5), (18, 23, 11), (26, 29, 17)]);
const FINALS: [u8; 32] = letters(&[(1, 1, FILLER), (2, 17, 1), (19, 29, 17)]);

/// Letters of each kind, alone, as Hangul compatibility jamo.
const INITIAL_JAMO: [char; 19] =
    ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];
const FINAL_JAMO: [char; 28] = [
    '\u{3164}', 'ㄱ', 'ㄲ', 'ㄳ', 'ㄴ', 'ㄵ', 'ㄶ', 'ㄷ', 'ㄹ', 'ㄺ', 'ㄻ', 'ㄼ', 'ㄽ', 'ㄾ', 'ㄿ', 'ㅀ', 'ㅁ', 'ㅂ',
    'ㅄ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ',
];
const FIRST_VOWEL_JAMO: u32 = 'ㅏ' as u32;

const fn letters(ranges: &[(usize, usize, u8)]) -> [u8; 32] {
    let mut codes = [NONE; 32];
    let mut range = 0;
    while range < ranges.len() {
        let (first, last, value) = ranges[range];
        let mut code = first;
        while code <= last {
            codes[code] = value + (code - first) as u8;
            code += 1;
        }
        range += 1;
    }
    codes
}

/// The character of a pair.
pub(super) fn character(lead: u8, trail: u8) -> Option<char> {
    match lead {
        0x84..=0xd3 => hangul(u16::from_be_bytes([lead, trail])),
        0xd9..=0xde | 0xe0..=0xf9 => of_ks_x_1001(lead, trail),
        _ => None,
    }
}

/// A syllable, or a letter alone; letters that do not make a syllable together are no character.
fn hangul(code: u16) -> Option<char> {
    let part = |shift: u16| usize::from(code >> shift & 31);
    let (initial, vowel, last) = (INITIALS[part(10)], VOWELS[part(5)], FINALS[part(0)]);
    match (initial, vowel, last) {
        (NONE, ..) | (_, NONE, _) | (.., NONE) => None,
        (FILLER, FILLER, FILLER) => Some('\u{3000}'),
        (initial, FILLER, FILLER) => Some(INITIAL_JAMO[usize::from(initial)]),
        (FILLER, vowel, FILLER) => char::from_u32(FIRST_VOWEL_JAMO + u32::from(vowel)),
        (FILLER, FILLER, last) => Some(FINAL_JAMO[usize::from(last)]),
        (FILLER, ..) | (_, FILLER, _) => None,
        (initial, vowel, last) => {
            let last = if last == FILLER { 0 } else { last };
            char::from_u32(0xac00 + (u32::from(initial) * 21 + u32::from(vowel)) * 28 + u32::from(last))
        }
    }
}

/// Symbols and Hanja stand in the order of KS X 1001, two of its rows of 94 under each lead byte.
fn of_ks_x_1001(lead: u8, trail: u8) -> Option<char> {
    let cell = match trail {
        0x31..=0x7e => trail - 0x31,
        0x91..=0xfe => trail - 0x43,
        _ => return None,
    };
    // The row of letters is left out: the combinations have them.
    if lead == 0xda && (0xa1..=0xd3).contains(&trail) {
        return None;
    }
    let pair_of_rows = if lead < 0xe0 { 2 * (lead - 0xd9) } else { 2 * (lead - 0xe0) + 0x29 };
    let (row, cell) = if cell < 94 { (pair_of_rows, cell) } else { (pair_of_rows + 1, cell - 94) };
    euc_kr_character(0xa1 + row, 0xa1 + cell)
}

/// Appends the text of bytes without a fault; `false` at the first fault.
pub(super) fn decode_sound(bytes: &[u8], text: &mut String) -> bool {
    let mut rest = bytes;
    loop {
        let ascii = Encoding::ascii_valid_up_to(rest);
        text.push_str(std::str::from_utf8(&rest[..ascii]).unwrap_or_default());
        rest = &rest[ascii..];
        match *rest {
            [] => return true,
            [lead, trail, ..] => match character(lead, trail) {
                Some(c) => text.push(c),
                None => return false,
            },
            [_] => return false,
        }
        rest = &rest[2..];
    }
}

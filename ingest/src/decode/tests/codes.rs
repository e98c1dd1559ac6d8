//! Every code of the Korean charsets, against Python's codecs and the standards' definitions.

use super::super::double_byte::{DoubleByte, EUC_KR_CODE, JOHAB_CODE, Pair};
use super::super::{Charset, decode, iso_2022_kr};
use encoding_rs::EUC_KR;

/// Digests of Python's codecs, by charset and lead byte. `tests/reference/charsets.py` writes them and explains them.
const REFERENCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/charsets.txt"));

fn digest(characters: impl Iterator<Item = Option<char>>) -> u64 {
    let codes = characters.flat_map(|c| c.map_or(u32::MAX, u32::from).to_le_bytes());
    codes.fold(0xcbf2_9ce4_8422_2325, |value, byte| (value ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn character(code: &DoubleByte, lead: u8, trail: u8) -> Option<char> {
    match code.pair(lead, trail) {
        Pair::Character(c) => Some(c),
        _ => None,
    }
}

fn seven_bits(lead: u8, trail: u8) -> Option<char> {
    let (text, replaced) = iso_2022_kr::decode(&[b"\x1b$)C\x0e", &[lead, trail][..], b"\x0f"].concat());
    let mut characters = text.chars();
    let c = characters.next().filter(|_| replaced == 0 && (0x21..=0x7e).contains(&trail));
    if characters.next().is_some() { None } else { c }
}

#[test]
fn every_code_is_read_as_python_reads_it() {
    let mut checked = 0;
    for line in REFERENCE.lines() {
        let [codec, lead, expected] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let lead = u8::from_str_radix(lead, 16).unwrap();
        let found = digest((0..=255).map(|trail| match codec {
            "cp949" => character(&EUC_KR_CODE, lead, trail),
            "johab" => character(&JOHAB_CODE, lead, trail),
            _ => seven_bits(lead, trail),
        }));
        assert_eq!(format!("{found:016x}"), expected, "{codec} {lead:02x}");
        checked += 1;
    }
    assert_eq!(checked, 126 + 126 + 94);
}

/// CP949 gives the syllables that KS X 1001 lacks the codes that are left, in their order: Microsoft's definition.
#[test]
fn the_8822_syllables_of_cp949_are_where_its_definition_puts_them() {
    let is_in_ks_x_1001 =
        |c: char| (0xb0..=0xc8).any(|lead| (0xa1..=0xfe).any(|trail| character(&EUC_KR_CODE, lead, trail) == Some(c)));
    let mut others = ('가'..='힣').filter(|&c| !is_in_ks_x_1001(c));
    let low_trails = || (b'A'..=b'Z').chain(b'a'..=b'z');
    let mut extended = 0;
    for lead in 0x81..=0xc6 {
        let last = if lead <= 0xa0 { 0xfe } else { 0xa0 };
        for trail in low_trails().chain(0x81..=last) {
            let Some(expected) = others.next() else {
                assert_eq!((lead, trail), (0xc6, b'S'));
                assert_eq!(extended, 8822);
                return;
            };
            assert_eq!(character(&EUC_KR_CODE, lead, trail), Some(expected), "{lead:02x}{trail:02x}");
            extended += 1;
        }
    }
    panic!("more syllables than codes");
}

/// The five-bit codes of the letters, in the order of the standard's table.
pub(in super::super) fn johab(text: &str) -> Vec<u8> {
    let finals: Vec<u16> = (1..=17).chain(19..=29).collect();
    let vowels: Vec<u16> = (3..=7).chain(10..=15).chain(18..=23).chain(26..=29).collect();
    let mut bytes = Vec::new();
    for c in text.chars() {
        match c {
            '가'..='힣' => {
                let at = c as usize - 0xac00;
                let code = 0x8000 + (at / 588 + 2) as u16 * 1024 + vowels[at / 28 % 21] * 32 + finals[at % 28];
                bytes.extend(code.to_be_bytes());
            }
            c => bytes.push(u8::try_from(c).unwrap()),
        }
    }
    bytes
}

pub(in super::super) fn iso_2022_kr(text: &str) -> Vec<u8> {
    let mut bytes = b"\x1b$)C\n".to_vec();
    let mut is_korean = false;
    for c in text.chars() {
        if c.is_ascii() == is_korean {
            is_korean = !is_korean;
            bytes.push(if is_korean { 0x0e } else { 0x0f });
        }
        bytes.extend(EUC_KR.encode(c.encode_utf8(&mut [0; 4])).0.iter().map(|byte| byte & 0x7f));
    }
    if is_korean {
        bytes.push(0x0f);
    }
    bytes
}

#[test]
fn all_syllables_come_back_from_every_charset() {
    let all: String = ('가'..='힣').collect();
    assert_eq!(all.chars().count(), 11_172);
    assert_eq!(EUC_KR_CODE.decode(&EUC_KR.encode(&all).0), (all.clone(), 0));
    assert_eq!(JOHAB_CODE.decode(&johab(&all)), (all.clone(), 0));
    let decoded = decode(all.clone().into_bytes(), Some(Charset::EUC_KR));
    assert_eq!((decoded.text, decoded.charset), (all, "UTF-8"));
}

#[test]
fn letters_of_johab_that_stand_alone_are_compatibility_jamo() {
    // ㄱ and ㅎ as initials, ㅏ as a vowel, ㄳ as a final, then a filler of all three.
    let (text, replaced) = JOHAB_CODE.decode(&[0x88, 0x41, 0xd0, 0x41, 0x84, 0x61, 0x84, 0x44, 0x84, 0x41]);
    assert_eq!((text.as_str(), replaced), ("ㄱㅎㅏㄳ\u{3000}", 0));
    // An initial and a final without a vowel between them are no syllable.
    assert_eq!(JOHAB_CODE.decode(&[0x88, 0x42]).1, 1);
    // Hanja and symbols.
    assert_eq!(JOHAB_CODE.decode(b"\xe0\x31\xd9\x31").0, "伽\u{3000}");
}

#[test]
fn syllables_spelled_in_eight_bytes_are_composed() {
    let spell = |letters: &str| EUC_KR.encode(&format!("\u{3164}{letters}")).0.into_owned();
    let spelled = [b"A ".to_vec(), spell("ㄸㅗㅁ"), spell("ㅂㅏ\u{3164}"), spell("ㄱ"), b"!".to_vec()].concat();
    let bytes = [EUC_KR.encode("우리는 그것을 이렇게 썼다. ").0.as_ref(), &spelled].concat();
    let decoded = decode(bytes, None);
    assert_eq!(decoded.text, "우리는 그것을 이렇게 썼다. A 똠바\u{3164}ㄱ!");
    assert_eq!((decoded.charset, decoded.replaced), ("EUC-KR", 0));
}

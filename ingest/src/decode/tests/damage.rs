//! A bad byte costs one character, and nothing beside it.

use super::super::double_byte::{EUC_KR_CODE, JOHAB_CODE};
use super::super::{Charset, Repair, decode};
use super::codes::{iso_2022_kr, johab};
use super::{TEXT, euc_kr, read};
use proptest::prelude::*;

/// datatrove drops the whole page, uncounted.
#[test]
fn a_bad_byte_costs_one_replacement_character() {
    let mut utf8 = TEXT.as_bytes().to_vec();
    utf8[3] = 0xff;
    let (text, charset, replaced) = read(&utf8, None);
    assert_eq!((charset, replaced), ("UTF-8", 3));
    assert!(text.ends_with("새가 울었다."));

    let mut utf8 = TEXT.as_bytes().to_vec();
    utf8.insert(10, 0xff);
    assert_eq!(read(&utf8, None), (TEXT.replacen("은 ", "은 \u{fffd}", 1), "UTF-8", 1));

    let mut legacy = euc_kr(TEXT);
    let at = legacy.iter().position(|&b| b == b' ').unwrap();
    legacy.insert(at, 0xff);
    assert_eq!(read(&legacy, None), (TEXT.replacen(' ', "\u{fffd} ", 1), "EUC-KR", 1));
}

/// A stray byte that could begin a pair does not shift the pairs after it, as it does in browsers.
#[test]
fn a_stray_lead_byte_eats_nothing() {
    for (code, bytes) in
        [(&EUC_KR_CODE, euc_kr("아버지가 방에 들어가신다")), (&JOHAB_CODE, johab("아버지가 방에 들어가신다"))]
    {
        for at in [0, 2, 4, 6, 9, 11] {
            let mut damaged = bytes.clone();
            damaged.insert(at, 0xfd);
            let (text, replaced) = code.decode(&damaged);
            assert_eq!(text.replace('\u{fffd}', ""), "아버지가 방에 들어가신다", "{at}");
            assert_eq!(replaced, 1, "{at}");
        }
    }
    // A pair that was cut in two.
    let mut cut = euc_kr("가나다 라마바");
    cut.remove(1);
    assert_eq!(EUC_KR_CODE.decode(&cut), ("\u{fffd}나다 라마바".to_owned(), 1));
    // The user's rows have no character; the pair is one.
    assert_eq!(EUC_KR_CODE.decode(b"\xb0\xa1\xc9\xa1\xb0\xa1"), ("가\u{fffd}가".to_owned(), 1));
}

#[test]
fn a_sequence_that_means_nothing_is_one_fault() {
    // Overlong, a lone surrogate, past the end of Unicode, a form of six bytes, a cut character, a stray byte.
    let faults: [&[u8]; 7] = [
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xfc\x80\x80\x80\x80\xaf",
        b"\xea\xb0",
        b"\x80",
    ];
    for fault in faults {
        let bytes = ["가나다라마바사 ".as_bytes(), fault, "아자차카타파하".as_bytes()].concat();
        let expected = "가나다라마바사 \u{fffd}아자차카타파하".to_owned();
        assert_eq!(read(&bytes, None), (expected, "UTF-8", 1), "{fault:x?}");
    }
}

#[test]
fn surrogate_pairs_in_utf8_are_one_character() {
    let bytes = ["웃는 얼굴 ".as_bytes(), b"\xed\xa0\xbd\xed\xb8\x80", " 을 보냈다".as_bytes()].concat();
    let decoded = decode(bytes, None);
    assert_eq!(decoded.text, "웃는 얼굴 😀 을 보냈다");
    assert_eq!((decoded.replaced, decoded.repaired), (0, Some(Repair::SurrogatePairs)));
}

#[test]
fn seven_bits_lose_one_character_to_a_bad_byte() {
    let mut bytes = iso_2022_kr("우리말 사전을 펴냈다.\n둘째 줄이다.");
    let text = decode(bytes.clone(), None);
    assert_eq!((text.text.trim_start(), text.charset), ("우리말 사전을 펴냈다.\n둘째 줄이다.", "ISO-2022-KR"));
    let at = bytes.iter().position(|&byte| byte == 0x0f).unwrap();
    bytes.insert(at, b'0');
    let (text, charset, replaced) = read_as(&bytes, Charset::Iso2022Kr);
    assert_eq!(
        (text.trim_start(), charset, replaced),
        ("우리말\u{fffd} 사전을 펴냈다.\n둘째 줄이다.", "ISO-2022-KR", 1)
    );
}

fn read_as(bytes: &[u8], declared: Charset) -> (String, &'static str, u32) {
    let decoded = decode(bytes.to_vec(), Some(declared));
    (decoded.text, decoded.charset, decoded.replaced)
}

proptest! {
    #[test]
    fn ascii_survives_whatever_stands_beside_it(junk in prop::collection::vec(0x80..=0xffu8, 1..40), at in 0..40usize) {
        for code in [&EUC_KR_CODE, &JOHAB_CODE] {
            let mut bytes = junk.clone();
            bytes.splice(at.min(junk.len())..at.min(junk.len()), *b" 12 ");
            let (text, replaced) = code.decode(&bytes);
            prop_assert!(text.contains(" 12 "));
            prop_assert_eq!(text.matches('\u{fffd}').count(), replaced as usize);
        }
    }

    #[test]
    fn a_lost_byte_costs_one_character(text in "[가-깋]{0}(오늘|날씨|바다|사람|우리|나라|이야기){6}", at in 0..12usize) {
        let mut bytes = euc_kr(&text);
        bytes.remove(at);
        let (found, replaced) = EUC_KR_CODE.decode(&bytes);
        prop_assert_eq!(replaced, 1);
        prop_assert_eq!(found.chars().count(), text.chars().count());
    }
}

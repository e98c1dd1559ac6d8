//! Significant characters: what remains of a text without spacing, punctuation, case and width.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// What a character of the Basic Multilingual Plane folds to: itself or another, [`NOTHING`], or [`SEVERAL`].
static FOLDED: LazyLock<Box<[u16]>> = LazyLock::new(|| (0..=u16::MAX).map(fold_unit).collect());

/// What the characters marked [`SEVERAL`] fold to: composing and folding one anew takes microseconds, and a text may be made
/// of them.
static EXPANDED: LazyLock<BTreeMap<char, Box<[u32]>>> = LazyLock::new(|| {
    let several = (0u32..).zip(&**FOLDED).filter(|&(_, &unit)| unit == SEVERAL);
    several
        .filter_map(|(code, _)| char::from_u32(code))
        .map(|c| (c, fold_character(c).map(u32::from).collect()))
        .collect()
});

const NOTHING: u16 = 0;
/// A noncharacter, which no fold gives.
const SEVERAL: u16 = u16::MAX;

/// The Hangul syllables fold to themselves: most of the text, spared the table.
const SYLLABLES: Range<u32> = 0xac00..0xd7a4;

/// Appends the significant characters of `text`.
///
/// A character is folded by NFKC (full and half width, circled and compatibility forms), then to lower case; letters,
/// digits, Hangul and Hanja stay, all else is dropped. Composed Hangul stays composed: texts are NFC.
pub(super) fn fold(text: &str, into: &mut Vec<u32>) {
    let folded = &**FOLDED;
    for character in text.chars() {
        let code = character as u32;
        if SYLLABLES.contains(&code) {
            into.push(code);
            continue;
        }
        match folded.get(code as usize) {
            Some(&NOTHING) => {}
            Some(&SEVERAL) => into.extend(EXPANDED.get(&character).into_iter().flatten()),
            Some(&unit) => into.push(u32::from(unit)),
            None => into.extend(fold_character(character).map(u32::from)),
        }
    }
}

/// Bytes of `text` where the `places`-th significant characters stand, for ascending `places`.
///
/// A second pass instead of a map: eight bytes per character would be written for every document and read for the few
/// with findings.
pub(super) fn locate(text: &str, places: &[usize]) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(places.len());
    let mut wanted = places.iter().copied().peekable();
    let mut passed = 0;
    for (at, character) in text.char_indices() {
        if wanted.peek().is_none() {
            break;
        }
        passed += width(character);
        while wanted.next_if(|&place| place < passed).is_some() {
            found.push(at..at + character.len_utf8());
        }
    }
    found
}

/// Significant characters that a character folds to.
fn width(character: char) -> usize {
    match FOLDED.get(character as usize) {
        Some(&NOTHING) => 0,
        Some(&SEVERAL) => EXPANDED.get(&character).map_or(0, |folded| folded.len()),
        Some(_) => 1,
        None => fold_character(character).count(),
    }
}

fn fold_unit(unit: u16) -> u16 {
    let Some(character) = char::from_u32(u32::from(unit)) else { return NOTHING };
    let mut folded = fold_character(character);
    match (folded.next(), folded.next()) {
        (None, _) => NOTHING,
        (Some(one), None) => u16::try_from(u32::from(one)).unwrap_or(SEVERAL),
        (Some(_), Some(_)) => SEVERAL,
    }
}

fn fold_character(character: char) -> impl Iterator<Item = char> {
    std::iter::once(character).nfkc().flat_map(char::to_lowercase).filter(|&c| c.is_alphanumeric() && !is_filler(c))
}

/// The Hangul fillers: letters by property, blank to the eye.
fn is_filler(character: char) -> bool {
    matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        let mut codes = Vec::new();
        fold(text, &mut codes);
        codes.into_iter().filter_map(char::from_u32).collect()
    }

    #[test]
    fn spacing_punctuation_width_and_case_do_not_count() {
        assert_eq!(folded("「세종대왕」은, 1443년에 ＫＯＲＥＡ…"), folded("세종대왕은 １４４３년에 korea"));
        assert_eq!(folded("㈜말모이 ㎏ ① ﾡ\u{3164}"), folded("주 말모이 KG 1 ㄱ"));
        assert_eq!(folded("訓民正音 \u{20000}"), "訓民正音\u{20000}");
        assert_eq!(folded(" \n…·\u{200b}\u{302e}"), "");
    }

    proptest! {
        #[test]
        fn every_significant_character_is_located(text in "(\\PC|[가-힣ㄱ-ㅎＡ-Ｚ㈀-㉿①-⑳ﷺ\u{20000}-\u{20010} \n]){0,60}") {
            let mut codes = Vec::new();
            fold(&text, &mut codes);
            let places: Vec<usize> = (0..codes.len()).collect();
            let located = locate(&text, &places);
            prop_assert_eq!(located.len(), codes.len());
            for (range, code) in located.iter().zip(&codes) {
                prop_assert!(folded(&text[range.clone()]).contains(char::from_u32(*code).unwrap()));
            }
        }
    }
}

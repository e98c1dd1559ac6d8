//! Text in one form: NFC, plain spaces, plain line ends, nothing invisible.

use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Most blank lines in a row; more say nothing.
const MAX_BLANK_LINES: usize = 2;

/// Brings text into the form that every later stage counts on:
///
/// - NFC (Unicode Standard Annex 15): conjoining jamo are composed into syllables as far as there are syllables; old
///   Hangul, Hanja and compatibility jamo stay. Never NFKC, which would turn `ㅋㅋ` into something else;
/// - lines end in `\n`, without spaces before it, at most two of them blank in a row, none at either end;
/// - every space character is a plain space (tabs stay), the invisible Hangul fillers U+3164 and U+FFA0 too;
/// - no control characters, no zero-width and direction marks, no noncharacters. The joiner U+200D stays inside emoji.
///
/// Idempotent. No Hangul syllable is lost or changed.
pub fn normalize(text: &str) -> Cow<'_, str> {
    if is_normal(text) {
        return Cow::Borrowed(text);
    }
    let clean = clean(text);
    if is_nfc_quick(clean.chars()) == IsNormalized::Yes { Cow::Owned(clean) } else { Cow::Owned(clean.nfc().collect()) }
}

/// What becomes of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Keep,
    /// Kept, but NFC may change it or combine it with a neighbour.
    Compose,
    Space,
    LineEnd,
    CarriageReturn,
    Joiner,
    Drop,
}

#[inline]
fn classify(c: char) -> Class {
    match c {
        ' '..='~' | '\t' | '가'..='힣' | '一'..='\u{9fff}' | 'ㄱ'..='ㆎ' if c != '\u{3164}' => Class::Keep,
        '\n' => Class::LineEnd,
        _ => classify_rare(c),
    }
}

#[inline(never)]
fn classify_rare(c: char) -> Class {
    match c {
        '\r' => Class::CarriageReturn,
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::LineEnd,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Class::Space,
        '\u{3164}' | '\u{ffa0}' => Class::Space,
        '\u{200d}' => Class::Joiner,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Class::Drop,
        // Soft hyphen, zero-width and direction marks, invisible operators, byte order mark, interlinear marks.
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' => Class::Drop,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => Class::Drop,
        '\u{fdd0}'..='\u{fdef}' => Class::Drop,
        _ if c as u32 & 0xfffe == 0xfffe => Class::Drop,
        // Nothing below U+0300 changes under NFC by itself, nor do punctuation, full-width forms and symbols such as these.
        '\u{a1}'..='\u{2ff}' | '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{3029}' | '\u{ff01}'..='\u{ff9f}' => {
            Class::Keep
        }
        _ => Class::Compose,
    }
}

/// Whether a character can stand beside a joiner: emoji, their variation selector and skin tones.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2190}'..='\u{21ff}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// One pass without allocation: most text from services and wikis is in this form already.
fn is_normal(text: &str) -> bool {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n');
    if text.starts_with(blank) || text.ends_with(blank) {
        return false;
    }
    let (mut compose, mut after_space, mut line_ends) = (false, false, 0);
    for c in text.chars() {
        match classify(c) {
            Class::Keep => (after_space, line_ends) = (c == ' ' || c == '\t', 0),
            Class::Compose => (compose, after_space, line_ends) = (true, false, 0),
            Class::LineEnd if c == '\n' && !after_space && line_ends <= MAX_BLANK_LINES => line_ends += 1,
            _ => return false,
        }
    }
    !compose || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// Everything but NFC.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    // Start of a run of kept characters that was not copied yet.
    let mut run = 0;
    while let Some((at, c)) = chars.next() {
        let class = classify(c);
        if matches!(class, Class::Keep | Class::Compose) {
            continue;
        }
        copy_run(&mut out, &text[run..at]);
        run = at + c.len_utf8();
        match class {
            Class::Space if !out.is_empty() => out.push(' '),
            Class::LineEnd => end_line(&mut out),
            Class::CarriageReturn => {
                if let Some((at, _)) = chars.next_if(|&(_, next)| next == '\n') {
                    run = at + 1;
                }
                end_line(&mut out);
            }
            Class::Joiner if out.ends_with(is_emoji) && chars.peek().is_some_and(|&(_, next)| is_emoji(next)) => {
                out.push(c);
            }
            _ => {}
        }
    }
    copy_run(&mut out, &text[run..]);
    out.truncate(out.trim_end_matches([' ', '\t', '\n']).len());
    out
}

fn copy_run(out: &mut String, run: &str) {
    out.push_str(if out.is_empty() { run.trim_start_matches([' ', '\t']) } else { run });
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches([' ', '\t']).len());
    let line_ends = out.bytes().rev().take(MAX_BLANK_LINES + 1).take_while(|&b| b == b'\n').count();
    if !out.is_empty() && line_ends <= MAX_BLANK_LINES {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decomposed_hangul_is_composed() {
        let decomposed: String = "한글은 소리글자다".nfd().collect();
        assert_eq!(normalize(&decomposed), "한글은 소리글자다");
        // A syllable and a final consonant that follows it.
        assert_eq!(normalize("가\u{11a8}"), "각");
        // Conjoining jamo that a zero-width space keeps apart.
        assert_eq!(normalize("\u{1112}\u{200b}\u{1161}\u{11ab}"), "한");
    }

    #[test]
    fn old_hangul_hanja_and_compatibility_jamo_stay() {
        for text in ["나랏\u{302e}말\u{302f}ᄊᆞ미", "ᄒᆞᆫ글", "大韓民國", "ㅋㅋㅋ ㅠㅠ", "ﾊﾝｸﾞﾙ", "ﾡﾢ", "①②③ ㈜말모이"]
        {
            assert_eq!(normalize(text), text);
        }
    }

    #[test]
    fn clean_text_is_not_copied() {
        for text in [
            "",
            "가",
            "첫째 줄\n\n\n둘째 줄\n\t들여 쓴 줄",
            "어제 “그 집” 국밥을 먹었다… 좋았다!",
            "👨\u{200d}👩\u{200d}👧",
        ] {
            let expected = !text.contains('\u{200d}');
            assert_eq!(matches!(normalize(text), Cow::Borrowed(_)), expected, "{text:?}");
            assert_eq!(normalize(text), text);
        }
    }

    #[test]
    fn spaces_lines_and_invisible_characters() {
        let cases = [
            ("\u{feff}처음", "처음"),
            ("한\u{a0}칸\u{3000}두 칸\u{3164}세 칸", "한 칸 두 칸 세 칸"),
            ("한 줄  \r\n두 줄\r세 줄\u{2028}네 줄", "한 줄\n두 줄\n세 줄\n네 줄"),
            ("\n\n 위\n \n\t\n\n\n\n아래 \n\n", "위\n\n\n아래"),
            ("소프트\u{ad}하이픈과 제어\u{7}문자", "소프트하이픈과 제어문자"),
            ("가\u{200d}나 👨\u{200d}👩", "가나 👨\u{200d}👩"),
            ("  \u{200b} 들여 쓴 첫 줄", "들여 쓴 첫 줄"),
        ];
        for (before, after) in cases {
            assert_eq!(normalize(before), after, "{before:?}");
        }
    }

    /// Text from the characters that the rules speak of, and any other.
    fn hostile() -> impl Strategy<Value = String> {
        let special: Vec<char> = " \t\n\r\u{b}\u{85}\u{a0}\u{ad}\u{200b}\u{200d}\u{2028}\u{3000}\u{3164}\u{feff}👨👩\u{fe0f}\u{301}e=\u{338}"
            .chars()
            .chain('\u{1100}'..='\u{1112}')
            .chain('\u{1161}'..='\u{1175}')
            .chain('\u{11a8}'..='\u{11c2}')
            .collect();
        let character = prop_oneof![
            4 => proptest::sample::select(special),
            3 => proptest::char::range('가', '힣'),
            1 => any::<char>(),
        ];
        prop::collection::vec(character, 0..60).prop_map(|chars| chars.into_iter().collect())
    }

    fn syllables(text: &str) -> Vec<char> {
        text.chars().filter(|c| ('가'..='힣').contains(c)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn normalizing_twice_changes_nothing(text in hostile()) {
            let once = normalize(&text).into_owned();
            prop_assert_eq!(normalize(&once), once.as_str());
        }

        #[test]
        fn the_result_is_nfc_without_blank_edges(text in hostile()) {
            let normal = normalize(&text);
            prop_assert!(unicode_normalization::is_nfc(&normal));
            prop_assert_eq!(normal.trim_matches([' ', '\t', '\n']), &*normal);
            prop_assert!(!normal.contains(" \n") && !normal.contains("\n\n\n\n") && !normal.contains('\r'));
        }

        #[test]
        fn no_syllable_is_lost(text in hostile()) {
            // Canonically composed first, since a syllable may gain a final consonant that stood beside it.
            let before: String = text.chars().filter(|&c| classify(c) != Class::Drop && classify(c) != Class::Joiner).nfc().collect();
            prop_assert_eq!(syllables(&normalize(&text)), syllables(&before));
        }
    }
}

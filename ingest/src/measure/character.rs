//! What kind of character a character is.

/// The classes that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A composed Hangul syllable.
    Syllable,
    /// A single jamo, as in ㅋㅋ: compatibility and half-width jamo.
    Jamo,
    /// A conjoining jamo: old Hangul, or Hangul that was taken apart.
    OldHangul,
    Hanja,
    Kana,
    Latin,
    OtherLetter,
    Digit,
    /// Marks of prose.
    Punctuation,
    /// ASCII marks that program code and markup are full of.
    Code,
    Emoji,
    Symbol,
    Replaced,
    Space,
}

impl Class {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Space as usize + 1;

    /// The class of a character.
    #[inline]
    pub(super) fn of(c: char) -> Self {
        if c.is_ascii() {
            ASCII[c as usize]
        } else if matches!(c, '가'..='힣') {
            Self::Syllable
        } else {
            Self::beyond(c)
        }
    }

    /// Letters of any script.
    pub(super) fn is_letter(self) -> bool {
        (self as u8) <= Self::OtherLetter as u8
    }

    fn beyond(c: char) -> Self {
        match c {
            // ㆍ is a letter of old Hangul, but all but always written for a middle dot.
            'ㆍ' => Self::Punctuation,
            '\u{3131}'..='\u{318e}' | '\u{ffa1}'..='\u{ffdc}' => Self::Jamo,
            '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7fb}' => Self::OldHangul,
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' => {
                Self::Hanja
            }
            '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => {
                Self::Kana
            }
            '\u{aa}' | '\u{ba}' => Self::Latin,
            '\u{d7}' | '\u{f7}' => Self::Symbol,
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => Self::Latin,
            '０'..='９' => Self::Digit,
            '\u{ab}' | '\u{b7}' | '\u{bb}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{203e}' => Self::Punctuation,
            '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' => Self::Punctuation,
            '！' | '（' | '）' | '，' | '．' | '：' | '；' | '？' | '｡'..='､' => Self::Punctuation,
            '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => Self::Emoji,
            char::REPLACEMENT_CHARACTER => Self::Replaced,
            c if c.is_whitespace() => Self::Space,
            c if c.is_alphabetic() => Self::OtherLetter,
            c if c.is_numeric() => Self::Digit,
            _ => Self::Symbol,
        }
    }
}

const ASCII: [Class; 128] = {
    let mut table = [Class::Symbol; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Latin,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Class::Space,
            b'.' | b',' | b'!' | b'?' | b'\'' | b'"' | b'-' | b':' | b'(' | b')' | b'~' | b'%' => Class::Punctuation,
            b'{' | b'}' | b'<' | b'>' | b'[' | b']' | b'=' | b';' | b'_' | b'$' | b'&' | b'|' | b'\\' | b'/' | b'#'
            | b'@' | b'*' | b'+' | b'^' | b'`' => Class::Code,
            _ => Class::Symbol,
        };
        byte += 1;
    }
    table
};

/// Hangul as it is counted: syllables, conjoining jamo with their extensions for old Hangul, compatibility and half-width
/// jamo, but not ㆍ (U+318D), which stands for a middle dot.
pub fn is_hangul(c: char) -> bool {
    matches!(Class::of(c), Class::Syllable | Class::Jamo | Class::OldHangul)
}

/// Marks that end a sentence, as FineWeb lists them for the scripts found in Korean text.
pub(super) fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | '。' | '？' | '！' | '．' | '｡' | '‽' | '‼' | '⁇' | '⁈' | '⁉' | '﹒' | '﹖' | '﹗')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_by_example() {
        let classes = "말ㅋᄒ語のkЖ7.;😀■\u{fffd}\u{3000}".chars().map(Class::of);
        use Class::*;
        let expected = [
            Syllable,
            Jamo,
            OldHangul,
            Hanja,
            Kana,
            Latin,
            OtherLetter,
            Digit,
            Punctuation,
            Code,
            Emoji,
            Symbol,
            Replaced,
            Space,
        ];
        assert!(classes.eq(expected));
    }

    #[test]
    fn spaces_are_what_unicode_says() {
        for c in '\0'..=char::MAX {
            assert_eq!(Class::of(c) == Class::Space, c.is_whitespace(), "{c:?}");
        }
    }
}

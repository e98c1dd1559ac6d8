use super::Change;

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Keep,
    /// Kept, but NFC may change it or combine it with a neighbour.
    Compose,
    /// Half-width or full-width: folded when the recipe wants it.
    Wide,
    Space,
    LineEnd,
    CarriageReturn,
    /// U+200C and U+200D: kept inside emoji and in the scripts that are spelt with them.
    Joiner,
    Selector,
    PrivateUse,
    Drop(Change),
}

#[inline]
pub(super) fn classify(c: char) -> Class {
    match c {
        ' '..='~' | '\t' | '\n' | '가'..='힣' | '一'..='\u{9fff}' => Class::Keep,
        'ㄱ'..='ㆎ' if c != '\u{3164}' => Class::Keep,
        _ => classify_rare(c),
    }
}

#[inline(never)]
fn classify_rare(c: char) -> Class {
    match c {
        '\r' => Class::CarriageReturn,
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::LineEnd,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Class::Space,
        // The Hangul fillers look like spaces, and are used as such.
        '\u{3164}' | '\u{ffa0}' => Class::Space,
        '\u{200c}' | '\u{200d}' => Class::Joiner,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}' => Class::Selector,
        '\u{e000}'..='\u{f8ff}' => Class::PrivateUse,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fff9}'..='\u{fffc}' | '\u{fdd0}'..='\u{fdef}' => {
            Class::Drop(Change::Control)
        }
        _ if c as u32 & 0xfffe == 0xfffe => Class::Drop(Change::Control),
        '\u{f0000}'.. => Class::PrivateUse,
        // Soft hyphen, grapheme joiner, invisible operators, byte order mark, deprecated format characters.
        '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}' | '\u{feff}' => Class::Drop(Change::ZeroWidth),
        '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' => Class::Drop(Change::ZeroWidth),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Class::Drop(Change::Direction)
        }
        '\u{e0000}'..='\u{e0fff}' => Class::Drop(Change::Tag),
        '\u{ff01}'..='\u{ff5e}' | '\u{ffe0}'..='\u{ffe1}' | '\u{ffe5}'..='\u{ffe6}' => Class::Wide,
        '\u{ffa1}'..='\u{ffbe}' | '\u{ffc2}'..='\u{ffc7}' | '\u{ffca}'..='\u{ffcf}' => Class::Wide,
        '\u{ffd2}'..='\u{ffd7}' | '\u{ffda}'..='\u{ffdc}' => Class::Wide,
        // Nothing here changes under NFC by itself or joins what stands before it.
        '\u{a1}'..='\u{2ff}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2190}'..='\u{2328}' => {
            Class::Keep
        }
        '\u{232b}'..='\u{2adb}' | '\u{2b00}'..='\u{2bff}' | '\u{3001}'..='\u{3029}' | '\u{3200}'..='\u{33ff}' => {
            Class::Keep
        }
        '\u{ff61}'..='\u{ff9f}' | '\u{fffd}' | '\u{1f000}'..='\u{1faff}' => Class::Keep,
        _ => Class::Compose,
    }
}

/// A half-width or full-width character at its usual width: the single step of its `<narrow>` or `<wide>`
/// decomposition, so that half-width jamo become compatibility jamo, not conjoining ones.
pub(super) fn fold(c: char) -> char {
    let offset = match c {
        '\u{ff01}'..='\u{ff5e}' => 0xff01 - 0x21,
        '\u{ffa1}'..='\u{ffbe}' => 0xffa1 - 0x3131,
        '\u{ffc2}'..='\u{ffc7}' => 0xffc2 - 0x314f,
        '\u{ffca}'..='\u{ffcf}' => 0xffca - 0x3155,
        '\u{ffd2}'..='\u{ffd7}' => 0xffd2 - 0x315b,
        '\u{ffda}'..='\u{ffdc}' => 0xffda - 0x3161,
        '\u{ffe0}' => return '¢',
        '\u{ffe1}' => return '£',
        '\u{ffe5}' => return '¥',
        '\u{ffe6}' => return '₩',
        _ => return c,
    };
    char::from_u32(c as u32 - offset).unwrap_or(c)
}

/// Hangul of any kind but the compatibility letters.
pub(super) fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣' | '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7fb}' | '\u{302e}' | '\u{302f}')
}

/// Whether a character can stand beside a joiner: emoji and skin tones.
pub(super) fn is_emoji(c: char) -> bool {
    let arrows_and_signs = matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2900}'..='\u{297f}');
    arrows_and_signs || matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether the emoji selector U+FE0F means something behind a character.
pub(super) fn takes_emoji_selector(c: char) -> bool {
    let letters = matches!(c, '©' | '®' | '™' | 'ℹ' | 'Ⓜ' | '㊗' | '㊙');
    let marks = matches!(c, '‼' | '⁉' | '〰' | '〽' | '▪' | '▫' | '▶' | '◀' | '◻'..='◾');
    is_emoji(c) || letters || marks
}

/// Scripts whose spelling uses the zero-width joiner and non-joiner: Arabic to Tibetan, Myanmar, Khmer and Mongolian.
pub(super) fn is_joined_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18aa}')
}

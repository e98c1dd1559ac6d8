//! Numbers about a text, in characters and eojeol, never in bytes.

use std::collections::HashSet;
use xxhash_rust::xxh3::xxh3_64;

/// What is measured of every document, kept or removed, so that a bound can be questioned later without a new run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Characters (Unicode scalar values).
    pub characters: u32,
    /// Eojeol: runs of characters between spaces.
    pub eojeol: u32,
    /// Replacement characters (U+FFFD) over all characters, 0 to 1; 0 for a text without any.
    pub replaced_share: f32,
    /// Hangul over all characters that are not spaces, 0 to 1; 0 for a text without any.
    pub hangul_share: f32,
    /// Characters on lines that occurred before over characters on all lines, 0 to 1. Spaces at the ends of a line and
    /// blank lines do not count.
    pub repeated_line_share: f32,
}

/// Hangul as it is counted: syllables, conjoining jamo with their extensions for old Hangul, compatibility and half-width jamo.
pub fn is_hangul(c: char) -> bool {
    matches!(c,
        '가'..='힣' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{a960}'..='\u{a97c}'
        | '\u{d7b0}'..='\u{d7fb}' | '\u{ffa1}'..='\u{ffdc}')
}

/// Measures texts one after another, reusing its memory.
#[derive(Debug, Default)]
pub struct Measurer {
    lines: HashSet<u64>,
}

/// Above this many lines the set of lines is given back, so that one huge document does not cost memory for good.
const KEPT_LINES: usize = 1 << 16;

impl Measurer {
    /// Measures one text in one pass.
    pub fn measure(&mut self, text: &str) -> Measures {
        let mut total = Tally::default();
        let (mut on_lines, mut repeated) = (0u32, 0u32);
        let many = memchr::memchr(b'\n', text.as_bytes()).is_some();
        for line in text.split('\n') {
            let tally = Tally::of(line);
            total.add(&tally);
            let trimmed = line.trim();
            if !many || trimmed.is_empty() {
                continue;
            }
            // 64 bits: two of a million different lines collide once in 37 million documents.
            let length = tally.characters - outer_spaces(line, trimmed);
            on_lines += length;
            if !self.lines.insert(xxh3_64(trimmed.as_bytes())) {
                repeated += length;
            }
        }
        if self.lines.capacity() > KEPT_LINES {
            self.lines = HashSet::new();
        }
        self.lines.clear();
        let line_ends = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u32;
        let characters = total.characters + line_ends;
        Measures {
            characters,
            eojeol: total.eojeol,
            replaced_share: share(total.replaced, characters),
            hangul_share: share(total.hangul, total.visible),
            repeated_line_share: share(repeated, on_lines),
        }
    }
}

fn outer_spaces(line: &str, trimmed: &str) -> u32 {
    if line.len() == trimmed.len() { 0 } else { (line.chars().count() - trimmed.chars().count()) as u32 }
}

fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

#[derive(Default)]
struct Tally {
    characters: u32,
    visible: u32,
    hangul: u32,
    replaced: u32,
    eojeol: u32,
}

impl Tally {
    fn of(line: &str) -> Self {
        let mut tally = Self::default();
        let mut inside = false;
        for c in line.chars() {
            tally.characters += 1;
            let space = c.is_whitespace();
            tally.eojeol += u32::from(!space && !inside);
            tally.visible += u32::from(!space);
            tally.hangul += u32::from(is_hangul(c));
            tally.replaced += u32::from(c == char::REPLACEMENT_CHARACTER);
            inside = !space;
        }
        tally
    }

    fn add(&mut self, other: &Self) {
        self.characters += other.characters;
        self.visible += other.visible;
        self.hangul += other.hangul;
        self.replaced += other.replaced;
        self.eojeol += other.eojeol;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn measure(text: &str) -> Measures {
        Measurer::default().measure(text)
    }

    #[test]
    fn characters_and_eojeol_not_bytes() {
        let m = measure("우리 동네 서점에는\n고양이가 산다 ㅎㅎ.");
        assert_eq!((m.characters, m.eojeol), (22, 6));
        assert_eq!(m.hangul_share, 16.0 / 17.0);
    }

    #[test]
    fn old_hangul_counts_as_hangul() {
        assert_eq!(measure("ᄒᆞᆫ글 ᄀᆞᄅᆞᆷ ㅋㅋ").hangul_share, 1.0);
        assert_eq!(measure("大韓 korea").hangul_share, 0.0);
    }

    #[test]
    fn replacement_characters_are_weighed_against_all() {
        assert_eq!(measure("꽃\u{fffd}이\n\u{fffd}핀").replaced_share, 2.0 / 6.0);
        assert_eq!(measure("").replaced_share, 0.0);
    }

    #[test]
    fn repeated_lines_are_weighed_by_length() {
        let m = measure("다섯글자다\n한줄\n\n  다섯글자다 \n다섯글자다");
        assert_eq!(m.repeated_line_share, 10.0 / 17.0);
        assert_eq!(measure("한 줄뿐인 글").repeated_line_share, 0.0);
    }

    proptest! {
        #[test]
        fn one_pass_agrees_with_many(text in "[가-힣a-z \\n\u{3000}]{0,80}") {
            let m = measure(&text);
            prop_assert_eq!(m.characters as usize, text.chars().count());
            prop_assert_eq!(m.eojeol as usize, text.split_whitespace().count());
            let visible = text.chars().filter(|c| !c.is_whitespace()).count();
            let hangul = text.chars().filter(|&c| is_hangul(c)).count();
            prop_assert_eq!(m.hangul_share, if visible == 0 { 0.0 } else { hangul as f32 / visible as f32 });
            prop_assert!((0.0..=1.0).contains(&m.repeated_line_share));
        }
    }
}

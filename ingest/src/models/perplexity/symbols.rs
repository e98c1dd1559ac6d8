//! What the language model predicts: characters, with the rare and the endless folded into classes.

use std::collections::BTreeMap;

/// Bits of a symbol in an n-gram's key.
pub(super) const BITS: u32 = 12;
/// Symbols are numbered below this.
pub(super) const MOST: usize = 1 << BITS;
/// Stands before the first character of a text. It is seen, never predicted.
pub(super) const BOUNDARY: u16 = 0;
/// The first symbol that is one character; those before it are the boundary and the classes of unknown characters.
pub(super) const FIRST: u16 = 6;

/// From characters to symbols.
///
/// A run of white space is one space, a digit is `0`, an ASCII capital is its small letter. A character that the model
/// has no symbol for is its class: Hangul syllable, jamo, Hanja, other letter, anything else.
#[derive(Debug)]
pub(super) struct Symbols {
    characters: Vec<char>,
    /// One symbol for each code point of the Basic Multilingual Plane.
    plane: Vec<u16>,
}

impl Symbols {
    /// `characters` in ascending order become the symbols from [`FIRST`] on; `None` if there are too many, they are out of
    /// order, or one of them is never what [`fold`] gives.
    pub(super) fn new(characters: Vec<char>) -> Option<Self> {
        let sound = characters.len() <= MOST - usize::from(FIRST)
            && characters.is_sorted_by(|a, b| a < b)
            && characters.iter().all(|&c| fold(c) == c);
        if !sound {
            return None;
        }
        let mut plane: Vec<u16> = (0..=0xffff).map(|code| char::from_u32(code).map_or(FIRST - 1, class)).collect();
        for (symbol, &c) in (FIRST..).zip(&characters) {
            if let Some(slot) = plane.get_mut(c as usize) {
                *slot = symbol;
            }
        }
        for code in 0..plane.len() {
            if let Some(c) = char::from_u32(code as u32).filter(|&c| fold(c) != c) {
                plane[code] = plane[fold(c) as usize];
            }
        }
        Some(Self { characters, plane })
    }

    /// The most frequent characters of some texts, at most `limit` of them and each seen `least` times.
    pub(super) fn learn<'t>(texts: impl Iterator<Item = &'t str>, limit: usize, least: u64) -> Option<Self> {
        let mut counts: BTreeMap<char, u64> = BTreeMap::new();
        let mut plane = vec![0u64; 1 << 16];
        for c in texts.flat_map(str::chars).map(fold) {
            match plane.get_mut(c as usize) {
                Some(count) => *count += 1,
                None => *counts.entry(c).or_default() += 1,
            }
        }
        counts
            .extend(plane.iter().enumerate().filter_map(|(code, &count)| Some((char::from_u32(code as u32)?, count))));
        let mut frequent: Vec<(u64, char)> =
            counts.into_iter().filter(|&(_, count)| count >= least.max(1)).map(|(c, count)| (count, c)).collect();
        frequent.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        frequent.truncate(limit.min(MOST - usize::from(FIRST)));
        let mut characters: Vec<char> = frequent.into_iter().map(|(_, c)| c).collect();
        characters.sort_unstable();
        Self::new(characters)
    }

    pub(super) fn characters(&self) -> &[char] {
        &self.characters
    }

    /// Symbols, the boundary and the classes included.
    pub(super) fn count(&self) -> usize {
        usize::from(FIRST) + self.characters.len()
    }

    #[inline]
    pub(super) fn of(&self, c: char) -> u16 {
        match self.plane.get(c as usize) {
            Some(&symbol) => symbol,
            None => match self.characters.binary_search(&fold(c)) {
                Ok(at) => FIRST + at as u16,
                Err(_) => class(c),
            },
        }
    }

    /// The symbols of a text. Spaces at its beginning and end are none.
    pub(super) fn each<'t>(&'t self, text: &'t str) -> impl Iterator<Item = u16> + 't {
        let mut after_space = false;
        text.trim().chars().filter_map(move |c| {
            let space = is_space(c);
            let kept = !(space && after_space);
            after_space = space;
            kept.then(|| self.of(c))
        })
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// The character that stands for `c`.
pub(super) fn fold(c: char) -> char {
    match c {
        '0'..='9' => '0',
        'A'..='Z' => c.to_ascii_lowercase(),
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

fn class(c: char) -> u16 {
    match c {
        '가'..='힣' => 1,
        '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7fb}' => 2,
        '\u{2e80}'..='\u{2fdf}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 3,
        c if c.is_alphabetic() => 4,
        _ => 5,
    }
}

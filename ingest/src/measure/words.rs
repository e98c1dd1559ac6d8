//! The different eojeol of a text, each looked at once however often it occurs.

use super::ngram::Tokens;
use super::numbering::Numbering;
use xxhash_rust::xxh3::xxh3_64;

/// One of the different eojeol of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Where it first stands, in bytes.
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) characters: u32,
    /// What its bytes may hold.
    pub(super) traits: Traits,
}

impl Word {
    fn new(bytes: &[u8], start: u32, end: u32) -> Self {
        let (mut characters, mut traits) = (0, 0);
        for &byte in bytes {
            traits |= TRAITS[usize::from(byte)];
            // Bytes that continue no character.
            characters += u32::from(byte as i8 >= -0x40);
        }
        Self { start, end, characters, traits: Traits(traits) }
    }

    /// The eojeol itself.
    pub(super) fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// What a word's bytes may hold, told without decoding them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Traits(u8);

impl Traits {
    const BEYOND_ASCII: u8 = 1;
    const CODE: u8 = 2;
    const DOT: u8 = 4;
    const HASH: u8 = 8;
    const AT_OR_COLON: u8 = 16;
    const LETTER: u8 = 32;
    const W: u8 = 64;

    fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }

    /// Whether it is made of ASCII with marks that code is full of.
    pub(super) fn code(self) -> bool {
        self.has(Self::CODE) && !self.has(Self::BEYOND_ASCII)
    }

    /// Whether it may hold an ellipsis.
    pub(super) fn ellipsis(self) -> bool {
        self.has(Self::DOT)
    }

    pub(super) fn hash(self) -> bool {
        self.has(Self::HASH)
    }

    /// Whether it may be a URL or an e-mail address.
    pub(super) fn link(self) -> bool {
        self.has(Self::AT_OR_COLON) || self.0 & (Self::W | Self::DOT) == Self::W | Self::DOT
    }

    pub(super) fn latin(self) -> bool {
        self.has(Self::LETTER) && !self.has(Self::BEYOND_ASCII)
    }
}

const TRAITS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            // … begins so.
            0xe2 => Traits::BEYOND_ASCII | Traits::DOT,
            128.. => Traits::BEYOND_ASCII,
            b'.' => Traits::DOT,
            b'#' => Traits::HASH | Traits::CODE,
            b'@' | b':' => Traits::AT_OR_COLON,
            b'w' => Traits::W | Traits::LETTER,
            b'a'..=b'z' | b'A'..=b'Z' => Traits::LETTER,
            b'{' | b'}' | b'<' | b'>' | b'[' | b']' | b'=' | b';' | b'_' | b'$' | b'&' | b'|' | b'\\' | b'/' | b'('
            | b')' | b'*' | b'+' | b'^' | b'`' => Traits::CODE,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// The eojeol of a text in order, and the different ones among them.
#[derive(Debug, Default)]
pub(super) struct Words {
    numbering: Numbering,
    /// The different eojeol in order of first appearance.
    pub(super) distinct: Vec<Word>,
    /// All eojeol in order.
    pub(super) tokens: Tokens,
}

impl Words {
    /// Forgets the words and makes ready for a text of so many bytes.
    pub(super) fn restart(&mut self, bytes: usize) {
        // An eojeol has about 10 bytes and occurs twice on average.
        self.numbering.restart((bytes / 20).min(1 << 22));
        self.distinct.clear();
        self.tokens.clear();
    }

    /// Adds the eojeol at a place, and tells which it is.
    #[inline]
    pub(super) fn push(&mut self, text: &str, start: usize, end: usize) -> Word {
        let bytes = &text.as_bytes()[start..end];
        let found = self.numbering.number(xxh3_64(bytes));
        let word = if found.new {
            let word = Word::new(bytes, start as u32, end as u32);
            self.distinct.push(word);
            word
        } else {
            self.distinct[found.number as usize]
        };
        self.tokens.push(found.number, word.characters);
        word
    }

    /// The different eojeol, each with how often it occurs.
    pub(super) fn weighted(&self) -> impl Iterator<Item = (Word, u32)> {
        self.distinct.iter().copied().zip(self.tokens.counts.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_again() {
        let text = "산 넘어 산";
        let mut words = Words::default();
        words.restart(text.len());
        for (start, end) in [(0, 3), (4, 10), (11, 14)] {
            words.push(text, start, end);
        }
        let weighted: Vec<_> = words.weighted().map(|(word, count)| (word.of(text), word.characters, count)).collect();
        assert_eq!(weighted, [("산", 1, 2), ("넘어", 2, 1)]);
        assert_eq!(words.tokens.ids, [0, 1, 0]);
    }
}

//! What FineWeb-2 measures on morphemes, on those of a light split.

use super::Signals;
use super::character::Class;
use super::letters::LetterCounts;
use super::morpheme::Splitter;
use super::ngram::{Ngrams, Tokens};
use super::numbering::Numbering;
use super::share;
use super::words::Words;
use xxhash_rust::xxh3::xxh3_64;

/// Whether it is one of the stop words of FineWeb-2 for Korean.
fn is_stop_word(morpheme: &str) -> bool {
    matches!(
        morpheme,
        "의" | "다"
            | "이"
            | "는"
            | "에"
            | "을"
            | "한"
            | "년"
            | "하"
            | "은"
            | "를"
            | "했"
            | "고"
            | "에서"
            | "가"
            | "있"
            | "으로"
            | "인"
            | "월"
            | "로"
            | "되"
    )
}

/// Measures texts on morphemes one after another, reusing its memory.
#[derive(Debug, Default)]
pub(super) struct Morphemes {
    splitter: Splitter,
    numbering: Numbering,
    /// Where the morphemes of each different eojeol begin in `parts`, and where the last end.
    starts: Vec<u32>,
    /// The morphemes of the different eojeol, as numbers, with their characters.
    parts: Vec<(u32, u32)>,
    distinct: Vec<Morpheme>,
    /// What each different eojeol may be of a date with spaces.
    dates: Vec<DatePart>,
    tokens: Tokens,
}

/// A part of a date as rulings write it: 2024. 3. 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DatePart {
    None,
    Year,
    MonthOrDay,
}

impl DatePart {
    fn of(eojeol: &str) -> Self {
        match eojeol.as_bytes() {
            [digits @ .., b'.'] if digits.iter().all(u8::is_ascii_digit) => match digits.len() {
                1 | 2 => Self::MonthOrDay,
                4 => Self::Year,
                _ => Self::None,
            },
            _ => Self::None,
        }
    }
}

/// One of the different morphemes of a text.
#[derive(Debug, Clone, Copy)]
struct Morpheme {
    characters: u32,
    letter: bool,
    /// Whether it is more than marks.
    word: bool,
    stop_word: bool,
}

impl Morpheme {
    fn of(text: &str) -> Self {
        let mut morpheme = Self { characters: 0, letter: false, word: false, stop_word: false };
        for c in text.chars() {
            let class = Class::of(c);
            morpheme.characters += 1;
            // To Unicode ㆍ is a letter, and FineWeb-2 goes by that.
            morpheme.letter |= class.is_letter() || c == 'ㆍ';
            morpheme.word |= !matches!(class, Class::Punctuation | Class::Code);
        }
        morpheme.stop_word = is_stop_word(text);
        morpheme
    }
}

impl Morphemes {
    /// Fills in the signals on morphemes.
    pub(super) fn measure(
        &mut self,
        text: &str,
        words: &Words,
        ngrams: &mut Ngrams,
        signals: &mut Signals,
        line_ends: u32,
        letters: &LetterCounts,
    ) {
        self.split(text, words);
        self.lay_out(words);
        let shares = ngrams.measure(&self.tokens, signals.characters);
        let all = self.tokens.ids.len() as u32;
        self.fill_counts(signals, all);
        signals.newlines_per_morpheme = Some(share(line_ends, all));
        signals.hashes_per_morpheme = Some(share(letters.hashes, all));
        signals.ellipses_per_morpheme = Some(share(letters.ellipses, all));
        [signals.morpheme_top_2_gram_share, signals.morpheme_top_3_gram_share, signals.morpheme_top_4_gram_share] =
            shares.top.map(Some);
        [
            signals.morpheme_repeated_5_gram_share,
            signals.morpheme_repeated_6_gram_share,
            signals.morpheme_repeated_7_gram_share,
            signals.morpheme_repeated_8_gram_share,
            signals.morpheme_repeated_9_gram_share,
            signals.morpheme_repeated_10_gram_share,
        ] = shares.repeated.map(Some);
    }

    /// Puts the morphemes of all eojeol in order. A date is one morpheme, as it is to Kiwi.
    fn lay_out(&mut self, words: &Words) {
        self.tokens.clear();
        let ids = &words.tokens.ids;
        let mut at = 0;
        while at < ids.len() {
            let date = self.date(&ids[at..]);
            if date > 1 {
                self.push_date(&ids[at..at + date], words);
                at += date;
                continue;
            }
            let (start, end) = (self.starts[ids[at] as usize], self.starts[ids[at] as usize + 1]);
            for &(part, characters) in &self.parts[start as usize..end as usize] {
                self.tokens.push(part, characters);
            }
            at += 1;
        }
    }

    /// How many eojeol the date has that begins here, if one does.
    fn date(&self, ids: &[u32]) -> usize {
        if self.dates[ids[0] as usize] != DatePart::Year {
            return 0;
        }
        1 + ids[1..].iter().take(2).take_while(|&&id| self.dates[id as usize] == DatePart::MonthOrDay).count()
    }

    fn push_date(&mut self, ids: &[u32], words: &Words) {
        let key = ids.iter().fold(ids.len() as u64, |key, &id| key.rotate_left(21) ^ u64::from(id));
        let characters = ids.iter().map(|&id| words.distinct[id as usize].characters + 1).sum::<u32>() - 1;
        let found = self.numbering.number(!key);
        if found.new {
            self.distinct.push(Morpheme { characters, letter: false, word: true, stop_word: false });
        }
        self.tokens.push(found.number, characters);
    }

    /// Splits each different eojeol once.
    fn split(&mut self, text: &str, words: &Words) {
        // Half as many different morphemes as eojeol, or fewer: a small table is a fast one.
        self.numbering.restart(words.distinct.len() / 2);
        self.starts.clear();
        self.parts.clear();
        self.distinct.clear();
        self.dates.clear();
        self.starts.push(0);
        for word in &words.distinct {
            let eojeol = word.of(text);
            self.dates.push(DatePart::of(eojeol));
            for range in self.splitter.split(eojeol) {
                let morpheme = &eojeol[range.clone()];
                let found = self.numbering.number(xxh3_64(morpheme.as_bytes()));
                if found.new {
                    self.distinct.push(Morpheme::of(morpheme));
                }
                self.parts.push((found.number, self.distinct[found.number as usize].characters));
            }
            self.starts.push(self.parts.len() as u32);
        }
    }

    fn fill_counts(&self, signals: &mut Signals, all: u32) {
        let (mut words, mut characters, mut letters, mut stop_words) = (0, 0, 0, 0);
        for (morpheme, &count) in self.distinct.iter().zip(&self.tokens.counts) {
            words += count * u32::from(morpheme.word);
            characters += count * morpheme.characters * u32::from(morpheme.word);
            letters += count * u32::from(morpheme.letter);
            stop_words += u32::from(morpheme.stop_word);
        }
        signals.morphemes = Some(words as f32);
        signals.mean_morpheme_length = Some(share(characters, words));
        signals.alphabetic_morpheme_share = Some(share(letters, all));
        signals.stop_words = Some(stop_words as f32);
    }
}

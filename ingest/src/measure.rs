//! Numbers about a text, in characters and eojeol, never in bytes.
//!
//! A text is walked once: it is split into lines and eojeol, and every eojeol gets a number. What concerns the letters of
//! an eojeol is then looked at once for each different one, weighed by how often it occurs, and n-grams are counted over
//! the numbers. The time is linear in the text, whatever it holds.

mod character;
mod ending;
mod letters;
mod lines;
mod marker;
mod morpheme;
mod morphemes;
mod ngram;
mod numbering;
mod words;

pub use character::is_hangul;
pub use malmoi_schemas::{Signal, SignalKind, Signals};

use character::Class;
use letters::{LetterCounts, Letters};
use lines::{LineCounts, Lines};
use morphemes::Morphemes;
use ngram::{NgramShares, Ngrams};
use words::Words;

/// After a text of more bytes memory is given back, so that one huge text does not cost memory for good.
const KEPT_TEXT: usize = 4 << 20;

/// Characters of a line of a menu: a longer line counts as several where page furniture is counted by line.
const MENU_LINE: u32 = 40;

/// Measures texts one after another, reusing its memory.
#[derive(Debug, Default)]
pub struct Measurer {
    lines: Lines,
    words: Words,
    letters: Letters,
    ngrams: Ngrams,
    morphemes: Option<Morphemes>,
}

/// What was counted of a text.
struct Counted {
    /// Characters with spaces and line ends.
    characters: u32,
    line_ends: u32,
    eojeol: u32,
    distinct: u32,
    lines: LineCounts,
    letters: LetterCounts,
    ngrams: NgramShares,
}

impl Measurer {
    /// A measurer that also splits eojeol into morphemes, for rules that ask for it. It takes about twice the time.
    pub fn with_morphemes() -> Self {
        Self { morphemes: Some(Morphemes::default()), ..Self::default() }
    }

    /// Measures one text. Texts are shorter than 4 GiB.
    pub fn measure(&mut self, text: &str) -> Signals {
        let lines = self.lines.read(text, &mut self.words);
        let letters = self.letters.read(text, &self.words, &self.lines.last);
        let line_ends = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u32;
        let characters = letters.visible() + lines.spaces + line_ends;
        let counted = Counted {
            characters,
            line_ends,
            eojeol: self.words.tokens.ids.len() as u32,
            distinct: self.words.distinct.len() as u32,
            lines,
            letters,
            ngrams: self.ngrams.measure(&self.words.tokens, characters),
        };
        let mut signals = counted.signals();
        if let Some(morphemes) = &mut self.morphemes {
            morphemes.measure(text, &self.words, &mut self.ngrams, &mut signals, line_ends, &counted.letters);
        }
        if text.len() > KEPT_TEXT {
            *self = Self { morphemes: self.morphemes.as_ref().map(|_| Morphemes::default()), ..Self::default() };
        }
        signals
    }
}

fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

impl Counted {
    fn signals(&self) -> Signals {
        let mut signals = Signals::default();
        self.sizes(&mut signals);
        self.letter_shares(&mut signals);
        self.word_shares(&mut signals);
        self.line_shares(&mut signals);
        signals
    }

    fn sizes(&self, signals: &mut Signals) {
        signals.characters = self.characters;
        signals.eojeol = self.eojeol;
        signals.lines = self.lines.lines;
        signals.paragraphs = self.lines.paragraphs;
        signals.sentences = self.letters.sentences;
        signals.longest_eojeol = self.letters.longest;
        signals.urls = self.letters.urls;
        signals.emails = self.letters.emails;
        signals.mean_eojeol_length = share(self.letters.visible(), self.eojeol);
        signals.replaced_share = share(self.letters.of(Class::Replaced), self.characters);
        signals.space_share = share(self.lines.spaces + self.line_ends, self.characters);
    }

    fn letter_shares(&self, signals: &mut Signals) {
        let letters = &self.letters;
        let visible = letters.visible();
        let of = |classes: &[Class]| share(classes.iter().map(|&class| letters.of(class)).sum(), visible);
        signals.hangul_share = of(&[Class::Syllable, Class::Jamo, Class::OldHangul]);
        signals.jamo_share = of(&[Class::Jamo]);
        signals.hanja_share = of(&[Class::Hanja]);
        signals.kana_share = of(&[Class::Kana]);
        signals.latin_share = of(&[Class::Latin]);
        signals.digit_share = of(&[Class::Digit]);
        signals.punctuation_share = of(&[Class::Punctuation]);
        signals.symbol_share = of(&[Class::Code, Class::Symbol, Class::Emoji]);
        signals.link_share = share(letters.link_characters, visible);
        signals.emoticon_share = share(letters.emoticons, visible);
        signals.run_share = share(letters.runs, visible);
        signals.code_share = share(self.lines.code_characters, visible);
        signals.character_entropy = letters.entropy;
        signals.korean_score = self.korean_score();
    }

    /// Letters weighed by what they say: a syllable as much as two or three Latin letters. Hanja are Korean as long as they
    /// are fewer than the syllables among which they stand.
    fn korean_score(&self) -> f32 {
        let of = |class| self.letters.of(class) as f32;
        let korean = of(Class::Syllable) + 0.4 * of(Class::OldHangul);
        let chinese = (of(Class::Hanja) - korean).max(0.0);
        let foreign = 0.4 * of(Class::Latin) + of(Class::Kana) + 0.5 * of(Class::OtherLetter) + chinese;
        if korean == 0.0 { 0.0 } else { korean / (korean + foreign) }
    }

    fn word_shares(&self, signals: &mut Signals) {
        let letters = &self.letters;
        signals.function_word_kinds = letters.function_word_kinds;
        signals.function_word_share = share(letters.function_words, self.eojeol);
        signals.alphabetic_eojeol_share = share(letters.with_letter, self.eojeol);
        signals.unique_eojeol_share = share(self.distinct, self.eojeol);
        signals.ellipsis_ratio = share(letters.ellipses, self.eojeol);
        signals.hash_ratio = share(letters.hashes, self.eojeol);
        signals.newline_ratio = share(self.line_ends, self.eojeol);
        signals.translation_score = self.translation_score();
        [signals.top_2_gram_share, signals.top_3_gram_share, signals.top_4_gram_share] = self.ngrams.top;
        [
            signals.repeated_5_gram_share,
            signals.repeated_6_gram_share,
            signals.repeated_7_gram_share,
            signals.repeated_8_gram_share,
            signals.repeated_9_gram_share,
            signals.repeated_10_gram_share,
        ] = self.ngrams.repeated;
    }

    /// Translated wording by eojeol, with English words left between Korean ones; 1 from one strong sign in 20 eojeol on.
    fn translation_score(&self) -> f32 {
        let letters = &self.letters;
        let leftover = letters.latin_words.min(self.eojeol / 5) as f32;
        let signs = letters.translated as f32 + 0.5 * letters.manual as f32 + 0.05 * leftover;
        if self.eojeol == 0 { 0.0 } else { (20.0 * signs / self.eojeol as f32).min(1.0) }
    }

    fn line_shares(&self, signals: &mut Signals) {
        let lines = &self.lines;
        signals.repeated_line_share = share(lines.repeated_characters, lines.characters);
        signals.repeated_line_count_share = share(lines.repeated, lines.lines);
        signals.repeated_paragraph_share = share(lines.repeated_paragraph_characters, lines.characters);
        signals.repeated_paragraph_count_share = share(lines.repeated_paragraphs, lines.paragraphs);
        signals.line_punctuation_share = share(lines.punctuated, lines.lines);
        signals.sentence_ending_share = share(self.letters.sentence_ending_lines, lines.lines);
        signals.short_line_share = share(lines.short, lines.lines);
        signals.bullet_line_share = share(lines.bulleted, lines.lines);
        signals.ellipsis_line_share = share(lines.ellipses, lines.lines);
        // An article of one long line that names a copyright holder twice is no menu.
        let lines_of_menus = lines.lines.max(self.characters / MENU_LINE);
        signals.boilerplate_ratio = share(self.letters.boilerplate, lines_of_menus);
    }
}

#[cfg(test)]
mod tests;

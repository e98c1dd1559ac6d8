//! The characters of a text and the forms of its eojeol, each different eojeol weighed by how often it occurs.

use super::character::{Class, ends_sentence};
use super::ending::{LONGEST_WITH_STEM, Role, ending};
use super::marker::{Marker, marker};
use super::words::{Word, Words};

/// Counts over the characters and eojeol of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LetterCounts {
    classes: [u32; Class::COUNT],
    /// Characters that repeat the one before them.
    pub(super) runs: u32,
    pub(super) emoticons: u32,
    pub(super) urls: u32,
    pub(super) emails: u32,
    pub(super) link_characters: u32,
    pub(super) ellipses: u32,
    pub(super) hashes: u32,
    pub(super) with_letter: u32,
    pub(super) latin_words: u32,
    pub(super) function_words: u32,
    pub(super) function_word_kinds: u32,
    pub(super) sentences: u32,
    pub(super) boilerplate: u32,
    pub(super) translated: u32,
    pub(super) manual: u32,
    pub(super) longest: u32,
    /// Lines that end in a Korean sentence ending.
    pub(super) sentence_ending_lines: u32,
    /// Entropy of single characters in bits.
    pub(super) entropy: f32,
}

impl LetterCounts {
    pub(super) fn of(&self, class: Class) -> u32 {
        self.classes[class as usize]
    }

    /// Characters that are no spaces.
    pub(super) fn visible(&self) -> u32 {
        self.classes.iter().sum()
    }
}

/// Looks at the different eojeol of texts one after another, reusing its memory.
#[derive(Debug)]
pub(super) struct Letters {
    /// Characters by the lower bits of their code. Those that share a bin lower the entropy a little.
    bins: Box<[u32; BINS]>,
    /// The bins that hold something, in order of first use, and a place to write to in vain.
    used: Box<[u16; BINS + 1]>,
    used_bins: usize,
    /// [`weight`] of small counts: most characters of a text occur a few times.
    weights: Box<[f64]>,
    forms: Vec<Form>,
    kinds: Vec<bool>,
}

impl Default for Letters {
    fn default() -> Self {
        let weights = (0..SMALL_COUNT).map(weight).collect();
        Self {
            bins: Box::new([0; BINS]),
            used: Box::new([0; BINS + 1]),
            used_bins: 0,
            weights,
            forms: Vec::new(),
            kinds: Vec::new(),
        }
    }
}

const BINS: usize = 4096;
const SMALL_COUNT: u32 = 256;

/// n log n, which entropy sums over counts.
fn weight(count: u32) -> f64 {
    if count == 0 { 0.0 } else { f64::from(count) * f64::from(count).log2() }
}

/// How an eojeol ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Form {
    /// In a sentence ending, whatever mark follows.
    closes: bool,
    /// In a mark that ends a sentence.
    marked: bool,
}

impl Letters {
    /// Counts over all words; `last` are the words that lines end in.
    pub(super) fn read(&mut self, text: &str, words: &Words, last: &[u32]) -> LetterCounts {
        self.forms.clear();
        self.kinds.clear();
        let mut counts = LetterCounts::default();
        for (word, times) in words.weighted() {
            let eojeol = word.of(text);
            let letters = self.characters(eojeol, times, &mut counts);
            counts.with_letter += times * u32::from(letters > 0);
            counts.longest = counts.longest.max(word.characters);
            marks(eojeol, word, times, &mut counts);
            match marker(eojeol) {
                None => {}
                Some(Marker::Boilerplate) => counts.boilerplate += times,
                Some(Marker::Translated) => counts.translated += times,
                Some(Marker::Manual) => counts.manual += times,
            }
            let form = self.form(eojeol, times, &mut counts);
            counts.sentences += times * u32::from(form.marked);
            self.forms.push(form);
        }
        for &word in last {
            let form = self.forms[word as usize];
            counts.sentence_ending_lines += u32::from(form.closes);
            counts.sentences += u32::from(form.closes && !form.marked);
        }
        counts.function_word_kinds = self.kinds.iter().map(|&seen| u32::from(seen)).sum();
        counts.entropy = self.entropy(counts.visible());
        counts
    }

    /// Counts the characters of a word; returns how many are letters.
    #[inline]
    fn characters(&mut self, word: &str, times: u32, counts: &mut LetterCounts) -> u32 {
        let (mut syllables, mut letters, mut runs, mut jamo, mut faces, mut before) = (0, 0, 0, 0, 0, '\0');
        for c in word.chars() {
            let class = Class::of(c);
            if class == Class::Syllable {
                syllables += 1;
            } else {
                counts.classes[class as usize] += times;
                letters += u32::from(class.is_letter());
                jamo += u32::from(class == Class::Jamo);
                faces += u32::from(class == Class::Emoji || (c == '^' && before == '^'));
            }
            runs += u32::from(c == before);
            before = c;
            let number = c as usize % BINS;
            let bin = &mut self.bins[number];
            // Written whether it counts or not: which bins are new is hard to foretell.
            self.used[self.used_bins] = number as u16;
            self.used_bins += usize::from(*bin == 0);
            *bin += times;
        }
        counts.classes[Class::Syllable as usize] += times * syllables;
        counts.runs += times * runs;
        counts.emoticons += times * (faces + if jamo > 1 { jamo } else { 0 });
        letters + syllables
    }

    /// How a word ends, with its josa or eomi counted.
    fn form(&mut self, word: &str, times: u32, counts: &mut LetterCounts) -> Form {
        let tail = Tail::of(word);
        let Some(&final_syllable) = tail.syllables().last() else {
            return Form { closes: false, marked: tail.marked };
        };
        let found = ending(tail.syllables(), tail.preceded, |ending| match ending.role {
            Role::Josa | Role::Eomi => true,
            Role::Whole => usize::from(ending.length) == tail.length,
            Role::Prefinal | Role::Verbalizer | Role::NounSuffix => false,
        });
        let role = found.map(|ending| ending.role);
        if let Some(ending) = found
            && ending.role != Role::Whole
        {
            counts.function_words += times;
            let kind = usize::from(ending.kind);
            if self.kinds.len() <= kind {
                self.kinds.resize(kind + 1, false);
            }
            self.kinds[kind] = true;
        }
        let stem = tail.preceded || tail.length > 1;
        let closes = stem && closes_sentence(final_syllable, role);
        Form { closes, marked: tail.marked }
    }

    /// The entropy of the characters counted since the last call, in bits.
    fn entropy(&mut self, characters: u32) -> f32 {
        let mut sum = 0.0;
        for &bin in &self.used[..std::mem::take(&mut self.used_bins)] {
            let count = std::mem::take(&mut self.bins[usize::from(bin)]);
            sum += self.weights.get(count as usize).copied().unwrap_or_else(|| weight(count));
        }
        if characters == 0 {
            return 0.0;
        }
        let all = f64::from(characters);
        (all.log2() - sum / all).max(0.0) as f32
    }
}

fn closes_sentence(last: char, role: Option<Role>) -> bool {
    match last {
        '다' | '요' | '죠' | '까' | '네' | '음' | '함' | '임' | '됨' | '군' | '냐' | '야' | '돼' | '봐' | '줘' => {
            role != Some(Role::Whole)
        }
        '지' | '자' | '라' | '오' | '나' | '어' | '아' | '여' | '고' | '데' => role == Some(Role::Eomi),
        _ => false,
    }
}

/// The syllables before the marks at a word's end.
struct Tail {
    syllables: [char; LONGEST_WITH_STEM],
    length: usize,
    /// Whether something stands before the syllables.
    preceded: bool,
    /// Whether the marks after a letter end a sentence.
    marked: bool,
}

impl Tail {
    fn of(word: &str) -> Self {
        let mut tail = Self { syllables: ['\0'; LONGEST_WITH_STEM], length: 0, preceded: false, marked: false };
        let mut rest = word.chars();
        let mut mark = false;
        while let Some(c) = rest.next_back() {
            let class = Class::of(c);
            if class == Class::Syllable {
                tail.marked = mark;
                tail.take(c, rest);
                return tail;
            }
            if class.is_letter() || class == Class::Digit {
                tail.marked = mark && class.is_letter();
                return tail;
            }
            mark |= ends_sentence(c) || c == '…';
        }
        tail
    }

    fn take(&mut self, last: char, mut rest: std::str::Chars<'_>) {
        let mut next = Some(last);
        while let Some(c) = next {
            if Class::of(c) != Class::Syllable || self.length == LONGEST_WITH_STEM {
                self.preceded = true;
                break;
            }
            self.syllables[LONGEST_WITH_STEM - 1 - self.length] = c;
            self.length += 1;
            next = rest.next_back();
        }
    }

    fn syllables(&self) -> &[char] {
        &self.syllables[LONGEST_WITH_STEM - self.length..]
    }
}

/// Links, ellipses and hash signs.
fn marks(word: &str, facts: Word, times: u32, counts: &mut LetterCounts) {
    let traits = facts.traits;
    counts.latin_words += times * u32::from(traits.latin());
    if traits.hash() {
        counts.hashes += times * memchr::memchr_iter(b'#', word.as_bytes()).count() as u32;
    }
    if traits.ellipsis() {
        counts.ellipses += times * ellipses(word);
    }
    if !traits.link() {
        return;
    }
    let (url, email) = (is_url(word), is_email(word));
    counts.urls += times * u32::from(url);
    counts.emails += times * u32::from(email && !url);
    counts.link_characters += if url || email { times * facts.characters } else { 0 };
}

fn ellipses(word: &str) -> u32 {
    let (mut found, mut dots) = (0, 0);
    for c in word.chars() {
        dots = if c == '.' { dots + 1 } else { 0 };
        found += u32::from(c == '…' || dots == 3);
        dots %= 3;
    }
    found
}

fn is_url(word: &str) -> bool {
    word.contains("://") || word.trim_start_matches(['(', '<', '[', '"']).starts_with("www.")
}

fn is_email(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, domain)| {
        name.ends_with(|c: char| c.is_ascii_alphanumeric())
            && domain.starts_with(|c: char| c.is_ascii_alphanumeric())
            && domain.contains('.')
    })
}

use super::josa::is_ending;
use super::lines::{ListError, for_each_line};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

/// Characters that a score is counted over at least, so that one hit in a short text weighs what its line says.
const MIN_CHARACTERS: usize = 1000;

/// Largest weight of a word.
const MAX_WEIGHT: f32 = 100.0;

/// What a list of words looks like, for errors.
const EXPECTED: &str = "a word, a tab and a weight up to 100, or `!` and a word that is to be passed over";

/// A place where a word was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Where, in bytes of the text.
    pub range: Range<usize>,
    /// The weight of the word.
    pub weight: f32,
    /// Line of the word in its list, from 1.
    pub line: u32,
}

/// Words with weights, found as words of Korean: a word begins where an eojeol or another script begins, and nothing
/// but josa and endings may follow it inside the eojeol. So `시발` is found in `시발이라고`, never in `시발점` or `시발역`.
#[derive(Debug, Clone)]
pub struct BadWords {
    automaton: AhoCorasick,
    words: Vec<Word>,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    /// Zero for an exception.
    weight: f32,
    line: u32,
    /// `*word`: anything may stand before it.
    open_start: bool,
    /// `word*`: anything may follow.
    open_end: bool,
    /// Bytes of the pattern.
    length: usize,
    /// The longest other word that this one begins with: looked at where this one does not stand.
    shorter: Option<usize>,
}

impl BadWords {
    /// Reads a list, plain or gzip'd; `list` is what errors call it. A line holds a word or a phrase, a tab and a weight.
    /// `*` before or after a word lets anything stand there in the eojeol. `!word` is an exception: what it covers is no
    /// hit. `#` begins a comment. Latin letters match in either case.
    pub fn read(list: &str, input: impl Read) -> Result<Self, ListError> {
        let mut words = BTreeMap::new();
        for_each_line(list, input, |number, line| {
            if line.is_empty() || line.starts_with('#') {
                return Ok(());
            }
            let (pattern, word) = parse(line, number).ok_or_else(|| ListError::line(list, number, EXPECTED, line))?;
            words.entry(pattern.to_ascii_lowercase()).or_insert(word);
            Ok(())
        })?;
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .kind((words.len() <= MAX_DFA_WORDS).then_some(AhoCorasickKind::DFA))
            .prefilter(false)
            .build(words.keys())
            .map_err(|error| ListError::Automaton { list: list.to_owned(), reason: error.to_string() })?;
        Ok(Self { automaton, words: with_shorter(&words) })
    }

    /// The list that comes with malmoi: gambling, adult and loan advertising as spam pages phrase it.
    pub fn spam() -> Result<Self, ListError> {
        Self::read("spam", include_bytes!("words/spam.tsv").as_slice())
    }

    /// Weighted hits for every 1,000 characters. A text shorter than that counts as one of 1,000, so that a single word
    /// never makes a high score by itself: neither in a long text nor in a short one.
    pub fn score(&self, text: &str) -> f32 {
        let weight: f32 = self.hits(text).map(|hit| hit.weight).sum();
        if weight == 0.0 {
            return 0.0;
        }
        let characters = text.bytes().filter(|&b| b & 0xc0 != 0x80).count();
        weight * 1000.0 / characters.max(MIN_CHARACTERS) as f32
    }

    /// The words that are found, in order, without overlap.
    pub fn hits<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Hit> + 'a {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let found = self.automaton.find(Input::new(text).range(from..))?;
                let Some((range, word)) = self.standing(text, found.pattern().as_usize(), found.start()) else {
                    // Another word may begin inside the one that does not stand.
                    from = found.start() + text[found.start()..].chars().next().map_or(1, char::len_utf8);
                    continue;
                };
                from = range.end;
                if !word.is_exception() {
                    return Some(Hit { range, weight: word.weight, line: word.line });
                }
            }
        })
    }

    /// The longest word, of this one and those it begins with, that stands in the text as a word.
    fn standing(&self, text: &str, index: usize, start: usize) -> Option<(Range<usize>, Word)> {
        std::iter::successors(self.words.get(index), |word| self.words.get(word.shorter?))
            .map(|&word| (start..start + word.length, word))
            .find(|(range, word)| word.is_exception() || word.stands_at(text, range))
    }
}

/// The words in the order of their patterns, each with the longest one that it begins with.
fn with_shorter(words: &BTreeMap<String, Word>) -> Vec<Word> {
    let order: BTreeMap<&str, usize> =
        words.keys().enumerate().map(|(index, pattern)| (pattern.as_str(), index)).collect();
    let shorter = |pattern: &str| {
        let mut ends = pattern.char_indices().map(|(end, _)| end).rev();
        ends.find_map(|end| order.get(&pattern[..end]).copied())
    };
    words.iter().map(|(pattern, &word)| Word { shorter: shorter(pattern), ..word }).collect()
}

/// A DFA is the fastest; for long lists its table grows past the caches, and past reason.
const MAX_DFA_WORDS: usize = 5_000;

fn parse(line: &str, number: u32) -> Option<(&str, Word)> {
    let (text, weight) = match line.strip_prefix('!') {
        Some(exception) => (exception.trim(), 0.0),
        None => {
            let (word, weight) = line.split_once('\t')?;
            let weight = weight.split('#').next()?.trim().parse().ok()?;
            (word.trim(), Some(weight).filter(|&weight| weight > 0.0 && weight <= MAX_WEIGHT)?)
        }
    };
    let pattern = text.trim_matches('*');
    let word = Word {
        weight,
        line: number,
        open_start: text.starts_with('*'),
        open_end: text.ends_with('*'),
        length: pattern.len(),
        shorter: None,
    };
    (pattern.chars().count() > 1 && !pattern.contains(['*', '\t'])).then_some((pattern, word))
}

impl Word {
    fn is_exception(&self) -> bool {
        self.weight == 0.0
    }

    fn stands_at(&self, text: &str, range: &Range<usize>) -> bool {
        let word = &text[range.clone()];
        let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) else { return false };
        let (before, after) = (&text[..range.start], &text[range.end..]);
        let starts = self.open_start
            || before.chars().next_back().is_none_or(|c| script(c) != script(first) || script(c) == Script::None);
        starts && (self.open_end || ends(last, after))
    }
}

/// Whether a word ends where `after` begins: at a border, or with josa and endings up to one.
fn ends(last: char, after: &str) -> bool {
    let next = after.chars().next().map_or(Script::None, script);
    match next {
        Script::Hangul => {
            let end = after.find(|c| script(c) != Script::Hangul).unwrap_or(after.len());
            is_ending(&after[..end])
        }
        Script::None => true,
        Script::Latin => script(last) != Script::Latin,
    }
}

/// What borders separate. Digits belong to none: `바카라24` is a word with a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Hangul,
    Latin,
    None,
}

fn script(c: char) -> Script {
    match c {
        '가'..='힣' => Script::Hangul,
        'a'..='z' | 'A'..='Z' => Script::Latin,
        _ => Script::None,
    }
}

#[cfg(test)]
mod tests;

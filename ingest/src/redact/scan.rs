//! From left to right over a text: stop at every place where personal data can begin, and ask the detectors.

use super::anchor::{Word, Words, next_byte};
use super::kind::Kind;
use super::number::{Number, digit_at, skip_digits};
use super::place::Place;
use super::{Confidence, account, address, card, email, identity, ip, licence, messenger, phone};
use std::ops::Range;

/// A span of the text that a detector claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    pub(super) confidence: Confidence,
    /// Leading digits that a stand-in keeps: country code and prefix.
    pub(super) kept: u8,
    /// It lies where stand-ins do, and belongs to nobody: not a finding, but what stands behind it must not be taken
    /// for what its label names.
    pub(super) nobodys: bool,
}

impl Candidate {
    pub(super) fn new(start: usize, end: usize, kind: Kind, confidence: Confidence) -> Self {
        Self { start, end, kind, confidence, kept: 0, nobodys: false }
    }

    pub(super) fn keeping(self, digits: usize) -> Self {
        Self { kept: digits as u8, ..self }
    }

    pub(super) fn nobodys_if(self, nobodys: bool) -> Self {
        Self { nobodys, ..self }
    }
}

/// Finds candidates, reusing its memory between texts.
#[derive(Debug)]
pub(super) struct Scanner {
    words: Words,
    /// Anchor words of the text at hand.
    hits: Vec<(Range<usize>, Word)>,
}

/// Above this many words their memory is given back.
const KEPT_HITS: usize = 1 << 14;

impl Scanner {
    pub(super) fn new() -> Self {
        Self { words: Words::new(), hits: Vec::new() }
    }

    /// Appends the candidates of a text in order; they do not overlap.
    pub(super) fn scan(&mut self, text: &str, found: &mut Vec<Candidate>) {
        self.hits.clear();
        self.hits.shrink_to(KEPT_HITS);
        self.words.find(text, &mut self.hits);
        let mut hits = self.hits.iter().peekable();
        let mut place = Place { text, floor: 0 };
        let mut byte = next_byte(text.as_bytes(), 0);
        loop {
            let claimed = if let Some((word, what)) = hits.next_if(|(word, _)| byte.is_none_or(|at| word.start <= at)) {
                (word.start >= place.floor).then(|| at_word(&place, word.clone(), *what)).flatten()
            } else if let Some(at) = byte {
                let (claimed, next) = at_byte(&place, at);
                byte = next_byte(text.as_bytes(), next);
                claimed
            } else {
                break;
            };
            if let Some(candidate) = claimed {
                place.floor = candidate.end;
                if byte.is_some_and(|at| at < candidate.end) {
                    byte = next_byte(text.as_bytes(), candidate.end);
                }
                if !candidate.nobodys {
                    found.push(candidate);
                }
            }
        }
    }
}

fn at_word(place: &Place<'_>, word: Range<usize>, what: Word) -> Option<Candidate> {
    match what {
        Word::Messenger(how) => messenger::account_name(place, word, how),
        Word::At => email::spelled(place, word),
        Word::Dot => email::spelled_dot(place, word),
        Word::Phone => messenger::spelled_phone(place, word),
    }
}

/// What is claimed around an anchor, and where to look on.
fn at_byte(place: &Place<'_>, anchor: usize) -> (Option<Candidate>, usize) {
    let bytes = place.text.as_bytes();
    match bytes[anchor] {
        b'@' => (email::plain(place, anchor, 1), anchor + 1),
        b':' => {
            let beside = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b':');
            let found = (beside(anchor + 1) && anchor > 0 && beside(anchor - 1)).then(|| ip::version_6(place, anchor));
            (found.flatten(), anchor + 1)
        }
        0xef if digit_at(bytes, anchor).is_none() => {
            let sign = bytes[anchor..].starts_with("＠".as_bytes());
            (sign.then(|| email::plain(place, anchor, 3)).flatten(), anchor + 3)
        }
        _ => {
            let end = skip_digits(bytes, anchor);
            (at_number(place, anchor, end), end)
        }
    }
}

/// Asks the detectors of numbers, those with the clearest forms first.
fn at_number(place: &Place<'_>, start: usize, end: usize) -> Option<Candidate> {
    let bytes = place.text.as_bytes();
    // One or two digits before a syllable or a line end, as in dates and articles, are a house number or nothing.
    let after = bytes.get(end).copied();
    if end - start <= 2 && matches!(after, None | Some(b'\n' | b',' | 0xea..=0xed)) && !may_end_address(place, start) {
        return None;
    }
    let number = Number::read(place.text, start)?;
    // A country code of two digits, whose number goes on behind a parenthesis.
    let code = number.digits(1) == [8, 2];
    let detectors: &[fn(&Place<'_>, &Number) -> Option<Candidate>] = match number.lengths() {
        [_] if number.digits(1).len() < 3 && !code => &[address::house_number],
        [_] if number.digits(1).len() < 8 && !code => &[licence::passport, address::house_number],
        _ => &[
            phone::foreign,
            phone::korean,
            identity::registration,
            licence::driving_licence,
            card::card,
            identity::business,
            licence::passport,
            account::account,
            ip::version_4,
            address::house_number,
        ],
    };
    detectors.iter().find_map(|detector| detector(place, &number))
}

/// Whether the syllable before a number, a space apart or not, may end the name of a road or neighbourhood.
fn may_end_address(place: &Place<'_>, start: usize) -> bool {
    let before = place.text[place.floor..start].trim_end_matches(' ');
    before.ends_with(['로', '길', '동', '리', '가', '산', '하'])
}

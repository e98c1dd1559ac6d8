//! A light split of eojeol into morphemes.
//!
//! FineWeb-2 measures Korean in morphemes of the Kiwi analyser. This split needs no model: it cuts where the script
//! changes, takes known endings off Hangul from the right, and cuts what is left of a long compound noun into the words of
//! two syllables that most such compounds are made of. As Kiwi does, it gives a syllable in which a stem and its ending have
//! fused to both (한 in 중요한 is 하 and ㄴ).

use super::character::Class;
use super::ending::{Ending, Role, coda, ending, fused};
use std::ops::Range;

/// The longest run of syllables that is taken apart; longer ones are no words.
const LONGEST_RUN: usize = 24;

/// A noun of so many syllables is left whole.
const LONGEST_NOUN: usize = 3;

/// Splits eojeol one after another, reusing its memory.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    characters: Vec<(usize, char, Class)>,
    syllables: Vec<char>,
    /// Morphemes of one run of syllables, last first.
    pieces: Vec<Range<usize>>,
    morphemes: Vec<Range<usize>>,
}

/// What has been taken off the end of a run so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Nothing,
    Josa,
    Eomi,
    Verb,
    Noun,
}

impl Splitter {
    /// The morphemes of an eojeol, as ranges of its bytes. They may overlap by a syllable.
    pub(super) fn split(&mut self, word: &str) -> &[Range<usize>] {
        self.morphemes.clear();
        if self.is_one_run(word) {
            self.push_run(0, false);
            return &self.morphemes;
        }
        self.characters.clear();
        for (at, c) in word.char_indices() {
            self.characters.push((at, c, Class::of(c)));
        }
        if is_item_number(&self.characters) {
            self.morphemes.push(0..word.len());
            return &self.morphemes;
        }
        let mut at = 0;
        while at < self.characters.len() {
            let end = self.run_end(at);
            if self.characters[at].2 == Class::Syllable {
                self.split_syllables(at, end);
            } else {
                let stop = self.byte(end, word.len());
                self.morphemes.push(self.characters[at].0..stop);
            }
            at = end;
        }
        &self.morphemes
    }

    /// Whether a word is all syllables, as most are; these are then in place.
    fn is_one_run(&mut self, word: &str) -> bool {
        if word.len() > 3 * LONGEST_RUN {
            return false;
        }
        self.syllables.clear();
        for c in word.chars() {
            if Class::of(c) != Class::Syllable {
                return false;
            }
            self.syllables.push(c);
        }
        true
    }

    fn byte(&self, index: usize, length: usize) -> usize {
        self.characters.get(index).map_or(length, |&(at, ..)| at)
    }

    /// Where the run of like characters that begins at `start` ends.
    fn run_end(&self, start: usize) -> usize {
        let (_, first, class) = self.characters[start];
        let rest = &self.characters[start + 1..];
        let alike = match class {
            Class::Punctuation | Class::Code | Class::Symbol => {
                let bracket = matches!(first, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"' | '\'' | '①'..='⑳');
                rest.iter().take_while(|&&(_, c, _)| c == first && !bracket).count()
            }
            Class::Digit => return self.number_end(start),
            _ => rest.iter().take_while(|(.., other)| *other == class).count(),
        };
        start + 1 + alike
    }

    /// Numbers, dates and serial numbers with single marks between digits are one.
    fn number_end(&self, start: usize) -> usize {
        let digit = |at: usize| self.characters.get(at).is_some_and(|&(.., class)| class == Class::Digit);
        let mut at = start;
        loop {
            if digit(at) {
                at += 1;
            } else if digit(at + 1) && matches!(self.characters[at].1, '.' | ',' | '-' | '/' | ':') {
                at += 2;
            } else {
                return at;
            }
        }
    }

    fn split_syllables(&mut self, start: usize, end: usize) {
        let offset = self.characters[start].0;
        for first in (start..end).step_by(LONGEST_RUN) {
            let last = end.min(first + LONGEST_RUN);
            self.syllables.clear();
            self.syllables.extend(self.characters[first..last].iter().map(|&(_, c, _)| c));
            self.push_run(offset + 3 * (first - start), first > 0);
        }
    }

    /// The morphemes of a run of syllables that begins at this byte.
    fn push_run(&mut self, base: usize, preceded: bool) {
        self.pieces.clear();
        take_apart(&self.syllables, preceded, &mut self.pieces);
        self.morphemes.extend(self.pieces.iter().rev().map(|p| base + 3 * p.start..base + 3 * p.end));
    }
}

/// 1., 가., (1), 나) and the like stand alone as one.
fn is_item_number(characters: &[(usize, char, Class)]) -> bool {
    let numbers = |c: char| c.is_ascii_digit() || "가나다라마바사아자차카타파하".contains(c);
    match *characters {
        [(_, c, _), (_, '.' | ')', _)] => numbers(c),
        [(.., Class::Digit), (.., Class::Digit), (_, '.' | ')', _)] => true,
        [(_, '(', _), (_, c, _), (_, ')', _)] => numbers(c),
        _ => false,
    }
}

/// Takes a run of syllables apart from the right; `pieces` come last first.
fn take_apart(syllables: &[char], preceded: bool, pieces: &mut Vec<Range<usize>>) {
    let mut state = State::Nothing;
    let mut end = syllables.len();
    while end > 0 {
        let rest = &syllables[..end];
        let found = ending(rest, preceded, |ending| fits(ending, state, rest));
        let (taken, next) = match found {
            Some(ending) => take(ending, rest, state, pieces),
            None if matches!(state, State::Nothing | State::Josa) && bare_fused(rest) => fuse(rest, 0, pieces),
            None if state == State::Eomi && coda(rest[end - 1]) == 20 => past(rest, pieces),
            None => break,
        };
        end -= taken;
        state = next;
        if taken == 0 {
            break;
        }
    }
    if end > 0 {
        stem(&syllables[..end], pieces);
    }
}

/// Whether an ending may stand before what was taken off already.
fn fits(ending: Ending, state: State, rest: &[char]) -> bool {
    let start = rest.len() - usize::from(ending.length);
    match ending.role {
        Role::Josa if state == State::Josa => {
            ending.length > 1 || matches!(rest[start], '에' | '만' | '로' | '와' | '과')
        }
        Role::Josa => state == State::Nothing,
        Role::Eomi => matches!(state, State::Nothing | State::Josa),
        Role::Prefinal => state == State::Eomi,
        // Verbs of one syllable and 하 are words of their own (위하다, 정하다).
        Role::Verbalizer => state == State::Eomi && (rest[start] == '이' || is_noun(&rest[..start])),
        // An even number of syllables is nouns of two.
        Role::NounSuffix => state != State::Eomi && rest.len() >= 3 && rest.len() % 2 == 1,
        Role::Whole => state != State::Eomi && start == 0,
    }
}

/// Whether a verb can be made of it with 하 or 되.
fn is_noun(stem: &[char]) -> bool {
    stem.len() >= 2 && stem != ['아', '니']
}

/// Takes one ending off; returns how many syllables are gone and what was taken.
fn take(ending: Ending, rest: &[char], state: State, pieces: &mut Vec<Range<usize>>) -> (usize, State) {
    let start = rest.len() - usize::from(ending.length);
    match ending.role {
        Role::Eomi if start > 0 && fused(rest[start - 1]) => return fuse(rest, usize::from(ending.length), pieces),
        _ => pieces.push(start..rest.len()),
    }
    let next = match ending.role {
        Role::Josa => State::Josa,
        Role::Eomi | Role::Prefinal => State::Eomi,
        Role::Verbalizer => State::Verb,
        Role::NounSuffix | Role::Whole if state == State::Nothing => State::Josa,
        Role::NounSuffix | Role::Whole => State::Noun,
    };
    (usize::from(ending.length), next)
}

/// Whether a run ends in a verb of which the last syllable has swallowed an ending, by syllables for which that is likelier
/// than that they end a noun of this length.
fn bare_fused(rest: &[char]) -> bool {
    let Some(last) = rest.last() else { return false };
    match rest.len() {
        1 => matches!(last, '한' | '할' | '볼' | '본' | '알' | '큰' | '될' | '된'),
        2 if rest == ['따', '라'] => true,
        2 => matches!(
            last,
            '한' | '할'
                | '함'
                | '된'
                | '될'
                | '됨'
                | '른'
                | '린'
                | '킨'
                | '쳐'
                | '져'
                | '려'
                | '켜'
                | '혀'
                | '해'
                | '닌'
        ),
        _ => matches!(
            last,
            '한' | '할'
                | '함'
                | '된'
                | '될'
                | '됨'
                | '른'
                | '린'
                | '킨'
                | '쳐'
                | '져'
                | '려'
                | '켜'
                | '혀'
                | '해'
                | '닌'
                | '인'
                | '운'
                | '진'
        ),
    }
}

/// An eomi of which the first sound has fused with the syllable before it: that syllable belongs to both.
fn fuse(rest: &[char], length: usize, pieces: &mut Vec<Range<usize>>) -> (usize, State) {
    let at = rest.len() - length - 1;
    pieces.push(at..rest.len());
    if verbalized(rest[at]) && (is_noun(&rest[..at]) || (is_copula(rest[at]) && at > 0)) {
        pieces.push(at..at + 1);
        (length + 1, State::Verb)
    } else {
        pieces.push(0..at + 1);
        (rest.len(), State::Verb)
    }
}

/// A syllable of 하, 되 or the copula with the beginning of an ending.
fn verbalized(c: char) -> bool {
    is_copula(c) || matches!(c, '한' | '할' | '함' | '합' | '해' | '된' | '될' | '됨' | '됩' | '돼' | '했' | '됐')
}

fn is_copula(c: char) -> bool {
    matches!(c, '인' | '일' | '임' | '입')
}

/// A past tense that has fused with its verb (갔다, 했다).
fn past(rest: &[char], pieces: &mut Vec<Range<usize>>) -> (usize, State) {
    let at = rest.len() - 1;
    if rest[at] == '있' {
        pieces.push(0..rest.len());
        return (rest.len(), State::Verb);
    }
    pieces.push(at..at + 1);
    if verbalized(rest[at]) && is_noun(&rest[..at]) {
        pieces.push(at..at + 1);
        (1, State::Verb)
    } else {
        pieces.push(0..rest.len());
        (rest.len(), State::Verb)
    }
}

/// What is left when all endings are off: a verb, a noun, or several nouns, of which an odd one with three syllables is taken
/// for the last unless an office or the like comes first (법무부장관).
fn stem(rest: &[char], pieces: &mut Vec<Range<usize>>) {
    let mut end = rest.len();
    let office = matches!(rest.get(2), Some('부' | '청' | '회' | '원' | '권'));
    if end > LONGEST_NOUN && end % 2 == 1 && !office {
        pieces.push(end - 3..end);
        end -= 3;
    }
    while end > LONGEST_NOUN {
        pieces.push(end - 2..end);
        end -= 2;
    }
    if end > 0 {
        pieces.push(0..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(word: &str) -> String {
        let mut splitter = Splitter::default();
        let morphemes: Vec<_> = splitter.split(word).iter().map(|range| &word[range.clone()]).collect();
        morphemes.join("|")
    }

    #[test]
    fn words_by_example() {
        let words = [
            "도서관에서는",
            "공부하였다.",
            "중요한",
            "청구했습니다",
            "제12조의",
            "손해배상책임을",
            "(원고)",
            "1.",
            "2024.3.1.부터",
            "**굵게**",
        ];
        let split: Vec<_> = words.map(split).into();
        insta::assert_snapshot!(split.join(" "), @"도서관|에서|는 공부|하|였|다|. 중요|한|한 청구|했|했|습니다 제|12|조|의 손해|배상|책임|을 (|원고|) 1. 2024.3.1|.|부터 **|굵게|**");
    }

    proptest! {
        #[test]
        fn every_character_is_in_a_morpheme(word in "[가-힣하다했는0-9.,a-z()漢ㅋ]{1,40}") {
            let mut splitter = Splitter::default();
            let mut covered = 0;
            for morpheme in splitter.split(&word) {
                prop_assert!(morpheme.start <= covered, "a gap before {:?}", morpheme);
                prop_assert!(!word[morpheme.clone()].is_empty());
                covered = covered.max(morpheme.end);
            }
            prop_assert_eq!(covered, word.len());
        }
    }
}

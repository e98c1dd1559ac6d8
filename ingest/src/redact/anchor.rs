//! Where to stop: bytes and words at which personal data can begin, found many bytes at a time.

use super::messenger::Messenger;
use aho_corasick::{AhoCorasick, MatchKind, packed};
use std::ops::Range;

/// What an anchor word may be the start of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// The name of a messenger.
    Messenger(Messenger),
    /// An at sign, spelled out.
    At,
    /// A dot, spelled out.
    Dot,
    /// The prefix of mobile phones, spelled out.
    Phone,
}

const PLAIN: Word = Word::Messenger(Messenger::Plain);
const AMBIGUOUS: Word = Word::Messenger(Messenger::Ambiguous);
const LINK: Word = Word::Messenger(Messenger::Link);

const WORDS: &[(&str, Word)] = &[
    ("카카오톡", PLAIN),
    ("카톡", PLAIN),
    ("카카오", AMBIGUOUS),
    ("akaotalk", PLAIN),
    ("akaoTalk", PLAIN),
    ("AKAOTALK", PLAIN),
    ("텔레", PLAIN),
    ("elegram", PLAIN),
    ("위챗", PLAIN),
    ("WeChat", PLAIN),
    ("라인", AMBIGUOUS),
    ("LINE", AMBIGUOUS),
    ("Line", AMBIGUOUS),
    ("open.kakao.com/o/", LINK),
    ("line.me/ti/p/~", LINK),
    ("t.me/", LINK),
    ("골뱅이", Word::At),
    ("[at]", Word::At),
    ("(at)", Word::At),
    ("[AT]", Word::At),
    ("(AT)", Word::At),
    (" dot ", Word::Dot),
    ("공일공", Word::Phone),
    ("영일영", Word::Phone),
];

/// Finds the anchor words of a text.
#[derive(Debug)]
pub(super) struct Words {
    /// Several times as fast, where the machine has the vectors for it.
    vectors: Option<packed::Searcher>,
    automaton: AhoCorasick,
}

impl Words {
    pub(super) fn new() -> Self {
        let words = || WORDS.iter().map(|(word, _)| word);
        let mut vectors = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).builder();
        #[expect(clippy::expect_used, reason = "the words are constants, and few")]
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(words())
            .expect("an automaton of a few words can be built");
        Self { vectors: vectors.extend(words()).build(), automaton }
    }

    /// Appends the words of a text in order.
    pub(super) fn find(&self, text: &str, found: &mut Vec<(Range<usize>, Word)>) {
        match &self.vectors {
            Some(vectors) if text.len() >= vectors.minimum_len() => {
                found.extend(
                    vectors.find_iter(text).map(|hit| (hit.start()..hit.end(), WORDS[hit.pattern().as_usize()].1)),
                );
            }
            _ => {
                found.extend(self.automaton.find_iter(text).map(|hit| (hit.range(), WORDS[hit.pattern().as_usize()].1)))
            }
        }
    }
}

/// The next byte from which a detector could start: a digit, a colon, an at sign, or the first of a full-width form.
#[inline]
pub(super) fn next_byte(bytes: &[u8], from: usize) -> Option<usize> {
    const BLOCK: usize = 32;
    let is_anchor = |byte: u8| byte.wrapping_sub(b'0') <= b':' - b'0' || byte == b'@' || byte == 0xef;
    let mut at = from;
    // A whole block at a time, without branches, so that it becomes a few vector instructions.
    while let Some(block) = bytes.get(at..at + BLOCK) {
        if block.iter().fold(0, |any, &byte| any | u8::from(is_anchor(byte))) != 0 {
            break;
        }
        at += BLOCK;
    }
    bytes[at..].iter().position(|&byte| is_anchor(byte)).map(|found| at + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_wherever_it_stands() {
        let words = Words::new();
        for &(word, what) in WORDS {
            for around in 0..70 {
                let text = format!("{}{word}{}", "-".repeat(around), "가".repeat(around));
                let mut found = Vec::new();
                words.find(&text, &mut found);
                let [(range, found)] = &found[..] else { panic!("{word}: {found:?}") };
                assert_eq!((range.clone(), *found), (around..around + word.len(), what));
            }
        }
    }
}

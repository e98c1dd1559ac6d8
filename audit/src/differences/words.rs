use super::Gap;

/// Characters from which an eojeol is cut into words: addresses, encoded data, languages without spaces.
const LONG: usize = 32;

/// The unit of alignment: an eojeol, or a part of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// What stands before it; nothing before a further part of an eojeol.
    pub(super) gap: Gap,
}

impl Word<'_> {
    /// 1 for the first word of an eojeol, so that sums count eojeol.
    pub(super) fn eojeol(&self) -> u64 {
        u64::from(self.gap != Gap::None)
    }
}

/// The words of a text. The first has a line break before it.
pub(super) fn cut(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(text.len() / 9);
    for line in text.split(['\n', '\r']) {
        let mut gap = Gap::Line;
        for eojeol in line.split_whitespace() {
            cut_eojeol(eojeol, gap, &mut words);
            gap = Gap::Space;
        }
    }
    words
}

/// Cuts a long eojeol behind its punctuation, and after so many characters without any. Unlike pieces of even length, most
/// pieces are found again behind an insertion.
fn cut_eojeol<'a>(eojeol: &'a str, gap: Gap, words: &mut Vec<Word<'a>>) {
    // A character takes four bytes at most: most eojeol need no counting.
    if eojeol.len() <= LONG || eojeol.chars().nth(LONG).is_none() {
        words.push(Word { text: eojeol, gap });
        return;
    }
    let (mut start, mut characters, mut gap, mut punctuation) = (0, 0, gap, false);
    for (at, c) in eojeol.char_indices() {
        if characters == LONG || (punctuation && c.is_alphanumeric()) {
            words.push(Word { text: &eojeol[start..at], gap });
            (start, characters, gap) = (at, 0, Gap::None);
        }
        characters += 1;
        punctuation = !c.is_alphanumeric();
    }
    words.push(Word { text: &eojeol[start..], gap });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_eojeol_are_cut_behind_punctuation() {
        let url = "https://example.kr/board/view?number=20260412&page=3";
        let words: Vec<&str> = cut(url).iter().map(|word| word.text).collect();
        assert_eq!(words, ["https://", "example.", "kr/", "board/", "view?", "number=", "20260412&", "page=", "3"]);
        let plain = "가".repeat(70);
        assert_eq!(cut(&plain).iter().map(|word| word.text.chars().count()).collect::<Vec<_>>(), [32, 32, 6]);
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(text in "[가-힣a-z./\u{3000} \t\r\n]{0,200}") {
            let words = cut(&text);
            let joined: String = words.iter().map(|word| word.text).collect();
            prop_assert_eq!(joined, text.split_whitespace().collect::<String>());
            prop_assert_eq!(words.iter().map(Word::eojeol).sum::<u64>(), text.split_whitespace().count() as u64);
            prop_assert!(words.iter().all(|word| word.text.chars().count() <= LONG));
            let lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).count();
            prop_assert_eq!(words.iter().filter(|word| word.gap == Gap::Line).count(), lines);
        }
    }
}

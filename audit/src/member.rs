use std::fmt;

/// Where a document was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The source's name in the recipe.
    pub source: String,
    /// Path of the file inside the source.
    pub file: String,
    /// Ordinal of the record in the file, from 0.
    pub record: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, record {}", printable(&self.source), printable(&self.file), self.record)
    }
}

/// The beginning of a document's text, on one line and safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextStart {
    /// The characters, runs of white space as one space.
    pub text: String,
    /// Whether the document goes on.
    pub cut: bool,
}

impl TextStart {
    /// The first `limit` characters of a text. Reads no further into it than it must.
    pub(crate) fn of(text: &str, limit: usize) -> Self {
        let mut start = String::new();
        let mut characters = 0;
        for word in text.split_whitespace() {
            let gap = usize::from(characters > 0);
            // A word has no bound: count only as far as there is room.
            let room = limit.saturating_sub(characters + gap);
            let fitting: String = word.chars().take(room).collect();
            let taken = fitting.chars().count();
            if taken == 0 {
                return Self { text: start, cut: true };
            }
            if gap == 1 {
                start.push(' ');
            }
            start.push_str(&printable(&fitting));
            characters += gap + taken;
            if fitting.len() < word.len() {
                return Self { text: start, cut: true };
            }
        }
        Self { text: start, cut: false }
    }
}

impl fmt::Display for TextStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.text, if self.cut { "…" } else { "" })
    }
}

/// A text from the corpus that a terminal or a page can show: what would move the cursor, colour what follows or turn its
/// direction around becomes U+FFFD.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if is_hazard(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Control characters, and the embeddings, overrides and isolates of the bidirectional algorithm (UAX #9).
fn is_hazard(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_start_is_one_line_and_says_that_it_was_cut() {
        assert_eq!(TextStart::of("첫 줄입니다.\n\n둘째   줄입니다.", 40).to_string(), "첫 줄입니다. 둘째 줄입니다.");
        assert_eq!(TextStart::of("첫 줄입니다.\n\n둘째 줄입니다.", 9).to_string(), "첫 줄입니다. 둘…");
        assert_eq!(TextStart::of("첫 줄입니다.", 7).to_string(), "첫 줄입니다.");
    }

    #[test]
    fn nothing_from_the_corpus_drives_the_terminal() {
        assert_eq!(TextStart::of("빨강\u{1b}[31m\u{202e}글", 20).to_string(), "빨강\u{fffd}[31m\u{fffd}글");
    }

    proptest! {
        #[test]
        fn a_start_keeps_its_limit_and_loses_nothing_within_it(text in any::<String>(), limit in 0..50usize) {
            let start = TextStart::of(&text, limit);
            prop_assert!(start.text.chars().count() <= limit);
            prop_assert!(!start.text.chars().any(char::is_control));
            let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(!start.cut, whole.chars().count() <= limit);
        }
    }
}

use crate::clean::Document;
use malmoi_schemas::{Outcome, Reason};
use std::collections::HashSet;
use std::ops::Range;

/// A place of a text that has to do with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// The place in bytes of the text.
    pub place: Range<usize>,
    /// Why it is shown.
    pub cause: HighlightCause,
}

/// Why a place is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HighlightCause {
    /// Personal data stood here, or stands here if the policy keeps it.
    Personal,
    /// The line occurred before.
    Repeated,
    /// Bytes that could not be decoded.
    Undecodable,
}

/// The places of a document that its outcome and its redaction have to do with, in order and apart from each other.
pub(super) fn of(document: &Document, outcome: Outcome) -> Vec<Highlight> {
    let mut places = personal(document);
    match outcome.reason() {
        Some(Reason::RepeatedLines) => places.extend(repeated(&document.text)),
        Some(Reason::Undecodable) => places.extend(undecodable(&document.text)),
        _ => {}
    }
    places.sort_by_key(|highlight| highlight.place.start);
    let mut end = 0;
    places.retain(|highlight| {
        let apart = highlight.place.start >= end;
        if apart {
            end = highlight.place.end;
        }
        apart
    });
    places
}

/// The tokens that took the place of personal data, or its first character where it was kept or replaced.
fn personal(document: &Document) -> Vec<Highlight> {
    let mut characters = document.text.char_indices().enumerate();
    let mut places = Vec::new();
    for finding in &document.findings {
        let Some((_, (start, first))) = characters.find(|&(number, _)| number == finding.offset) else { break };
        let token = finding.kind.token();
        let length = if document.text[start..].starts_with(token) { token.len() } else { first.len_utf8() };
        places.push(Highlight { place: start..start + length, cause: HighlightCause::Personal });
    }
    places
}

fn repeated(text: &str) -> Vec<Highlight> {
    let mut seen = HashSet::new();
    let mut at = 0;
    let mut places = Vec::new();
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if !trimmed.is_empty() && !seen.insert(trimmed) {
            places.push(Highlight { place: at..at + line.trim_end().len(), cause: HighlightCause::Repeated });
        }
        at += line.len();
    }
    places
}

fn undecodable(text: &str) -> impl Iterator<Item = Highlight> + '_ {
    text.match_indices(char::REPLACEMENT_CHARACTER)
        .map(|(at, found)| Highlight { place: at..at + found.len(), cause: HighlightCause::Undecodable })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_came_before_are_found() {
        let text = "오늘의 날씨\n맑음\n\n 오늘의 날씨 \n흐림";
        let found: Vec<&str> = repeated(text).into_iter().map(|highlight| &text[highlight.place]).collect();
        assert_eq!(found, [" 오늘의 날씨"]);
    }

    #[test]
    fn places_that_meet_are_shown_once() {
        let text = "\u{fffd}가\u{fffd}".to_owned();
        let document = Document { text, ..Document::default() };
        let found = of(&document, Outcome::Removed(Reason::Undecodable));
        assert_eq!(found.iter().map(|highlight| highlight.place.clone()).collect::<Vec<_>>(), [0..3, 6..9]);
    }
}

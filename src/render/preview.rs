//! A preview of ingest as a text for a terminal.

use malmoi_ingest::preview::{Highlight, HighlightCause, ShownDocument, SourcePreview};
use malmoi_schemas::Outcome;
use std::fmt;

/// Characters of a document's text that are printed: its beginning, and around the first highlight.
const EXCERPT: usize = 400;

/// Previews of sources, with highlights in colour or in brackets.
pub(crate) struct PreviewText<'a> {
    pub(crate) sources: &'a [SourcePreview],
    pub(crate) colour: bool,
}

impl fmt::Display for PreviewText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for source in self.sources {
            self.write_source(f, source)?;
        }
        Ok(())
    }
}

impl PreviewText<'_> {
    fn write_source(&self, f: &mut fmt::Formatter<'_>, source: &SourcePreview) -> fmt::Result {
        let (files, opened) = source.files;
        writeln!(f, "source {}: {} records from {opened} of {files} files", source.name, source.records)?;
        for (outcome, count) in &source.outcomes {
            writeln!(f, "  {:<42} {:>6}", words(*outcome), share(*count, source.records))?;
        }
        if !source.broken.is_empty() {
            writeln!(f, "  each rule by itself would remove")?;
            for (rule, count) in &source.broken {
                writeln!(f, "    {:<40} {:>6}", rule.key(), share(*count, source.records))?;
            }
        }
        if !source.personal.is_empty() {
            writeln!(f, "  documents with personal data")?;
            for (kind, count) in &source.personal {
                writeln!(f, "    {kind:<40} {:>6}", share(*count, source.records))?;
            }
        }
        writeln!(f)?;
        for document in &source.shown {
            self.write_document(f, document)?;
        }
        Ok(())
    }

    fn write_document(&self, f: &mut fmt::Formatter<'_>, document: &ShownDocument) -> fmt::Result {
        let (file, record) = &document.place;
        let detail = document.detail.as_ref().map_or(String::new(), |detail| format!(" ({detail})"));
        let url = document.url.as_ref().map_or(String::new(), |url| format!(", {url}"));
        writeln!(f, "── {}{}", words(document.outcome), printable(&detail))?;
        writeln!(f, "   {}, record {record}{}", printable(file), printable(&url))?;
        if document.broken.len() > 1 {
            let broken: Vec<_> = document.broken.iter().map(|rule| rule.key()).collect();
            writeln!(f, "   breaks {}", broken.join(", "))?;
        }
        if let Some(text) = &document.text {
            for line in self.excerpt(text, &document.highlights).lines() {
                writeln!(f, "   │ {line}")?;
            }
        }
        writeln!(f)
    }

    /// The beginning of a text, or the surroundings of its first highlight if that comes later.
    fn excerpt(&self, text: &str, highlights: &[Highlight]) -> String {
        let first = highlights.first().map_or(0, |highlight| highlight.place.start);
        let skipped = text[..first].chars().count().saturating_sub(EXCERPT / 2);
        let start = text.char_indices().nth(skipped).map_or(0, |(at, _)| at);
        let end = text[start..].char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| start + at);
        let mut out = String::new();
        if start > 0 {
            out.push('…');
        }
        let mut at = start;
        for Highlight { place, cause } in highlights.iter().filter(|highlight| highlight.place.start < end) {
            out.push_str(&text[at..place.start]);
            let (on, off) = self.marks(*cause);
            // Lines are indented one by one: a highlight is closed at the end of each.
            let marked = text[place.start..place.end.min(end)].replace('\n', &format!("{off}\n{on}"));
            out.push_str(&format!("{on}{marked}{off}"));
            at = place.end.min(end);
        }
        out.push_str(&text[at..end]);
        if end < text.len() {
            out.push('…');
        }
        out
    }

    fn marks(&self, cause: HighlightCause) -> (&'static str, &'static str) {
        match (self.colour, cause) {
            (false, _) => ("⟦", "⟧"),
            (true, HighlightCause::Personal) => ("\u{1b}[35m", "\u{1b}[0m"),
            (true, HighlightCause::Repeated) => ("\u{1b}[33m", "\u{1b}[0m"),
            (true, HighlightCause::Undecodable) => ("\u{1b}[31m", "\u{1b}[0m"),
        }
    }
}

fn words(outcome: Outcome) -> String {
    match outcome.reason() {
        Some(reason) => format!("{}: {reason}", outcome.as_str()),
        None => outcome.as_str().to_owned(),
    }
}

/// Names and addresses come from the input: what could steer a terminal is not passed on.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn share(count: u64, of: u64) -> String {
    format!("{:.1} %", 100.0 * count as f64 / of.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use malmoi_ingest::judge::Rule;
    use malmoi_schemas::Reason;
    use std::collections::BTreeMap;

    #[test]
    fn a_preview_reads_well() {
        let text = "문의는 [전화번호]로 주세요.\n같은 줄\n같은 줄".to_owned();
        let place = |part: &str| text.rfind(part).map(|at| at..at + part.len()).unwrap();
        let highlights = vec![
            Highlight { place: place("[전화번호]"), cause: HighlightCause::Personal },
            Highlight { place: place("같은 줄"), cause: HighlightCause::Repeated },
        ];
        let removed = Outcome::Removed(Reason::RepeatedLines);
        let source = SourcePreview {
            name: "게시판".to_owned(),
            files: (12, 3),
            records: 40,
            outcomes: BTreeMap::from([(Outcome::Kept, 39), (removed, 1)]),
            broken: BTreeMap::from([(Rule::MinCharacters, 1), (Rule::MaxRepeatedLineShare, 1)]),
            personal: BTreeMap::from([("phone", 1)]),
            shown: vec![ShownDocument {
                place: ("2024/03.jsonl".to_owned(), 17),
                url: Some("https://board.example/17".to_owned()),
                outcome: removed,
                detail: Some("0.50 of the text is on repeated lines, at most 0.40 wanted".to_owned()),
                broken: vec![Rule::MinCharacters, Rule::MaxRepeatedLineShare],
                text: Some(text.clone()),
                highlights,
            }],
        };
        let shown = |colour| PreviewText { sources: std::slice::from_ref(&source), colour }.to_string();
        insta::assert_snapshot!(shown(false));
        assert!(shown(true).contains("\u{1b}[35m[전화번호]\u{1b}[0m로"));
    }

    #[test]
    fn a_late_highlight_is_in_the_excerpt() {
        let text = format!("{}\u{fffd} 끝", "가나다 ".repeat(500));
        let at = text.find('\u{fffd}').unwrap();
        let highlights = [Highlight { place: at..at + 3, cause: HighlightCause::Undecodable }];
        let shown = PreviewText { sources: &[], colour: false }.excerpt(&text, &highlights);
        assert!(shown.starts_with('…') && shown.ends_with("⟦\u{fffd}⟧ 끝"), "{shown}");
    }
}

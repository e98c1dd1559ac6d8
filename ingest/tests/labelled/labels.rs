//! Labels: of the project's own pages, in their markup; of real pages, as spans of words with a hash for each.

use super::score::Gold;
use super::stream::{Piece, pieces, words};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// Labels of a real page, which hold no text of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    pub(crate) url: String,
    /// Pages that nothing was tuned on.
    pub(crate) held_out: bool,
    pub(crate) main: Vec<Span>,
    pub(crate) optional: Vec<Span>,
}

/// Words from one place to before another, and the hash of them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Span(usize, usize, String);

impl Label {
    /// A label from numbers of pieces: "5-16, 18".
    pub(crate) fn from_pieces(url: &str, held_out: bool, html: &str, main: &str, optional: &str) -> Self {
        let pieces = pieces(html);
        let words: Vec<String> = pieces.iter().flat_map(|piece| piece.words.clone()).collect();
        let spans = |ranges: &str| spans(ranges, &pieces, &words);
        Self { url: url.into(), held_out, main: spans(main), optional: spans(optional) }
    }

    /// The words that are meant, if the page is still the one that was labelled.
    pub(crate) fn gold(&self, html: &str) -> Gold {
        let all: Vec<String> = pieces(html).into_iter().flat_map(|piece| piece.words).collect();
        let read = |spans: &[Span]| -> Vec<String> {
            spans
                .iter()
                .flat_map(|Span(start, end, expected)| {
                    let span = &all[*start..*end];
                    assert_eq!(&hash(span), expected, "{} is not the page that was labelled", self.url);
                    span.to_vec()
                })
                .collect()
        };
        Gold { main: read(&self.main), optional: read(&self.optional) }
    }
}

fn spans(ranges: &str, pieces: &[Piece], words: &[String]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for range in ranges.split(',').map(str::trim).filter(|range| !range.is_empty()) {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let place = |text: &str| text.parse::<usize>().expect("a range is numbers");
        let mut line_number = 0;
        for piece in &pieces[place(first)..=place(last)] {
            // Line numbers beside code count up from one.
            let number = piece.text.trim().parse::<u32>().ok();
            if number.is_some_and(|number| number == 1 || line_number > 0 && number == line_number + 1) {
                line_number = number.unwrap_or_default();
                continue;
            }
            line_number = 0;
            let end = piece.first + piece.words.len();
            match spans.last_mut() {
                Some(last) if last.1 == piece.first => last.1 = end,
                _ => spans.push(Span(piece.first, end, String::new())),
            }
        }
    }
    for span in &mut spans {
        span.2 = hash(&words[span.0..span.1]);
    }
    spans
}

fn hash(words: &[String]) -> String {
    format!("{:016x}", xxh3_64(words.join(" ").as_bytes()))
}

/// A page of our own: its markup without the marks, and what they mark.
pub(crate) struct OwnPage {
    pub(crate) html: String,
    pub(crate) gold: Gold,
    pub(crate) title: Option<String>,
    pub(crate) date: Option<String>,
}

/// Reads a page in which `<!--main-->…<!--/main-->` and `<!--optional-->…<!--/optional-->` mark words, and `<!--is
/// main: …-->`, `<!--is title: …-->` and `<!--is date: …-->` tell what is to be found.
pub(crate) fn own_page(marked: &str) -> OwnPage {
    let told = |name: &str| {
        let (_, rest) = marked.split_once(&format!("<!--is {name}: "))?;
        Some(rest.split("-->").next().unwrap_or_default().to_owned())
    };
    let marked_words = |name: &str| -> Vec<String> {
        marked
            .split(&format!("<!--{name}-->"))
            .skip(1)
            .filter_map(|part| part.split(&format!("<!--/{name}-->")).next())
            .flat_map(|part| pieces(part).into_iter().flat_map(|piece| piece.words))
            .collect()
    };
    let mut main = marked_words("main");
    main.extend(told("main").iter().flat_map(|text| words(text)));
    let gold = Gold { main, optional: marked_words("optional") };
    let mut html = marked.to_owned();
    for mark in ["<!--main-->", "<!--/main-->", "<!--optional-->", "<!--/optional-->"] {
        html = html.replace(mark, "");
    }
    while let Some(start) = html.find("<!--is ") {
        let end = html[start..].find("-->").map_or(html.len(), |end| start + end + 3);
        html.replace_range(start..end, "");
    }
    OwnPage { html, gold, title: told("title"), date: told("date") }
}

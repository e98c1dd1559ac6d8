//! The words of a page as they stand in its markup, cut at every tag that is not inline.
//!
//! Labels of real pages are spans of these words, so that no text of the page is kept. The cutting is as plain as can
//! be and knows nothing of the extractor.

use html5gum::{Token, Tokenizer};

const INLINE: &[&[u8]] = &[
    b"a", b"abbr", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"del", b"dfn", b"em", b"font", b"i", b"ins",
    b"kbd", b"mark", b"q", b"s", b"samp", b"small", b"span", b"strike", b"strong", b"sub", b"sup", b"time", b"tt",
    b"u", b"var", b"wbr",
];
const SILENT: &[&[u8]] =
    &[b"script", b"style", b"title", b"textarea", b"noscript", b"iframe", b"template", b"svg", b"select"];

/// The text between two tags that are not inline.
pub(crate) struct Piece {
    /// The text as it is. Only shown to whoever labels; never kept.
    pub(crate) text: String,
    /// Place of its first word in the page.
    pub(crate) first: usize,
    /// Its words: lower-case letters and digits of each eojeol.
    pub(crate) words: Vec<String>,
}

/// Cuts a page into pieces.
pub(crate) fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut silent: Option<Vec<u8>> = None;
    let mut tokenizer = Tokenizer::new(html);
    let mut first = 0;
    let mut next_state = None;
    loop {
        if let Some(state) = next_state.take() {
            tokenizer.set_state(state);
        }
        let Some(Ok(token)) = tokenizer.next() else { break };
        match token {
            Token::StartTag(tag) => {
                next_state = html5gum::naive_next_state(&tag.name);
                if silent.is_none() && SILENT.contains(&&tag.name[..]) && !tag.self_closing {
                    silent = Some(tag.name.to_vec());
                }
                if !INLINE.contains(&&tag.name[..]) {
                    finish(&mut text, &mut pieces, &mut first);
                }
            }
            Token::EndTag(tag) => {
                if silent.as_deref() == Some(&tag.name[..]) {
                    silent = None;
                }
                if !INLINE.contains(&&tag.name[..]) {
                    finish(&mut text, &mut pieces, &mut first);
                }
            }
            Token::String(string) if silent.is_none() => text.push_str(&String::from_utf8_lossy(&string)),
            _ => {}
        }
    }
    finish(&mut text, &mut pieces, &mut first);
    pieces
}

fn finish(text: &mut String, pieces: &mut Vec<Piece>, first: &mut usize) {
    let words = words(text);
    let text = std::mem::take(text);
    if !words.is_empty() {
        let count = words.len();
        pieces.push(Piece { text, first: *first, words });
        *first += count;
    }
}

/// The eojeol of a text, each reduced to its letters and digits in lower case; those with neither are left out.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|eojeol| eojeol.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect()
}

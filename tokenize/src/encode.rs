use crate::{TokenizeError, Vocabulary};
use tokenizers::Tokenizer;

/// Bytes after which a text is cut where that changes nothing. The library keeps the
/// offsets of every byte while it encodes, many times the text: this bounds them, whatever the document.
const PIECE_BYTES: usize = 1 << 16;

/// Pre-tokens whose ids are remembered, per thread. Korean has many more word forms than the library expects.
const REMEMBERED_WORDS: usize = 1 << 16;

/// Turns documents into token ids and back.
///
/// Ids are those of the `tokenizers` library for the same `tokenizer.json`, if it was learned here: long documents are cut where
/// our pre-token pattern allows it. A special token's name inside a document is text,
/// not a special token: a document cannot end itself.
pub struct Encoder {
    tokenizer: Tokenizer,
}

impl Encoder {
    /// An encoder of a vocabulary.
    pub fn new(vocabulary: Vocabulary) -> Self {
        let mut tokenizer = vocabulary.into_tokenizer();
        let mut model = tokenizer.get_model().clone();
        model.resize_cache(REMEMBERED_WORDS);
        tokenizer.with_model(model);
        tokenizer.set_encode_special_tokens(true);
        Self { tokenizer }
    }

    /// Appends the ids of a document, without any end-of-text token, and returns how many there are.
    pub fn encode(&self, text: &str, ids: &mut Vec<u32>) -> Result<usize, TokenizeError> {
        let before = ids.len();
        for piece in pieces(text) {
            let encoding =
                self.tokenizer.encode_fast(piece, false).map_err(TokenizeError::library("encode a document"))?;
            ids.extend_from_slice(encoding.get_ids());
        }
        Ok(ids.len() - before)
    }

    /// The text of some ids; an id sequence that ends inside a character ends in U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> Result<String, TokenizeError> {
        self.tokenizer.decode(ids, false).map_err(TokenizeError::library("decode tokens"))
    }
}

/// The pieces of a text, in order and without gaps, of [`PIECE_BYTES`] and a little more each: pre-tokens of the text
/// are those of its pieces.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    pieces_of(text, PIECE_BYTES)
}

fn pieces_of(text: &str, least: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(first_cut(rest, least));
        rest = after;
        Some(piece)
    })
}

/// The first place after `least` bytes where a text may be cut, or its end.
///
/// There are two kinds of places. No pre-token holds a visible character and a space behind it, so every match ends before such a
/// space, with or without it. And no pre-token holds a line feed and a letter or digit behind it, while the white space up to
/// that line feed is one match (or the end of one) whatever follows.
fn first_cut(text: &str, least: usize) -> usize {
    let start = text.ceil_char_boundary(least);
    let mut before = None;
    for (offset, character) in text[start..].char_indices() {
        let cuts = match before {
            Some('\n') => character.is_alphanumeric(),
            Some(before) => character == ' ' && (before.is_alphanumeric() || before.is_ascii_punctuation()),
            None => false,
        };
        if cuts {
            return start + offset;
        }
        before = Some(character);
    }
    text.len()
}

#[cfg(test)]
mod tests;

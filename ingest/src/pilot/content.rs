use crate::read::Payload;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Words that are hashed together: one word is so common that half the corpus could hang on it.
const WORDS: usize = 3;

/// The least hash of all runs of three words of a record as it was read: two records share it as often as they share such
/// runs (Broder, "On the resemblance and containment of documents", 1997). `None` where there is no word to hash.
///
/// A word is what is not ASCII, bytes or `\u` escapes of JSON: it costs no decoding, and ids, addresses and markup, in
/// which copies differ, do not count. Nothing of this decides what a run does: it only chooses a sample.
pub fn content_hash(payload: &Payload, seed: u64) -> Option<u64> {
    let bytes: &[u8] = match payload {
        Payload::Json(bytes) | Payload::Text(bytes) | Payload::Html(bytes) => bytes,
        Payload::Archived(record) => &record.block,
        Payload::Fields(record) | Payload::Wikitext(record) => {
            record.text.as_ref().or(record.html.as_ref()).map_or(&[], |text| text.as_bytes())
        }
        Payload::Settled(_) => return None,
    };
    let mut window = [0u64; WORDS];
    let (mut words, mut least) = (0, u64::MAX);
    for word in Words(bytes) {
        window.rotate_left(1);
        window[WORDS - 1] = xxh3_64(word);
        words += 1;
        if words >= WORDS {
            least = least.min(joined(&window));
        }
    }
    match words {
        0 => None,
        1..WORDS => Some(seeded(&joined(&window).to_le_bytes(), seed)),
        _ => Some(seeded(&least.to_le_bytes(), seed)),
    }
}

/// The hash that decides whether something is chosen.
pub(super) fn seeded(bytes: &[u8], seed: u64) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

fn joined(window: &[u64; WORDS]) -> u64 {
    let hash =
        window.iter().fold(0u64, |hash, &word| (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
    hash ^ (hash >> 32)
}

/// Runs of bytes that are not ASCII, and of `\u` escapes.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.0.iter().enumerate().position(|(at, _)| letter(&self.0[at..]) > 0)?;
        let rest = &self.0[start..];
        let mut end = 0;
        while let step @ 1.. = letter(&rest[end..]) {
            end += step;
        }
        self.0 = &rest[end..];
        Some(&rest[..end])
    }
}

/// Bytes of the letter that `bytes` begin with; 0 if they begin with something else.
fn letter(bytes: &[u8]) -> usize {
    match bytes {
        [0x80..=0xff, ..] => 1,
        [b'\\', b'u', rest @ ..] if rest.len() >= 4 && rest[..4].iter().all(u8::is_ascii_hexdigit) => 6,
        _ => 0,
    }
}

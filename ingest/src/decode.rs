//! From bytes in an unknown charset to text: no page is lost to a bad byte, and every bad byte is counted.

mod declared;
mod utf16;

pub use declared::{declared_in_markup, encoding_for_label};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, EUC_KR, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Text, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The charset's WHATWG name. `EUC-KR` is what the web means by it: CP949, also called UHC.
    pub charset: &'static str,
    /// Malformed sequences, each of which became one U+FFFD.
    pub replaced: u32,
}

/// Decodes `bytes`. `declared` is the charset that the transport names, if any.
///
/// A byte order mark decides. Otherwise the bytes have the first word: a declared charset is believed only as far as
/// they bear it out, since Korean pages are mislabelled often, in both directions.
pub fn decode(bytes: Vec<u8>, declared: Option<&'static Encoding>) -> Decoded {
    if let Some((encoding, bom)) = Encoding::for_bom(&bytes) {
        return decode_as(encoding, bytes[bom..].to_vec());
    }
    // Nearly all text is valid UTF-8 under no label or its own: one pass, no copy. Other labels get a closer look.
    let bytes = if declared.is_none_or(|encoding| encoding == UTF_8) {
        match String::from_utf8(bytes) {
            Ok(text) => return Decoded { text, charset: UTF_8.name(), replaced: 0 },
            Err(error) => error.into_bytes(),
        }
    } else {
        bytes
    };
    let encoding = choose(&bytes, declared);
    decode_as(encoding, bytes)
}

/// Decodes an HTML or XML page, in which a `<meta>` element or an XML declaration may name the charset as well.
/// The transport goes before the page (HTML Standard, 13.2.3.2).
pub fn decode_page(bytes: Vec<u8>, transport: Option<&str>) -> Decoded {
    let declared = transport.and_then(encoding_for_label).or_else(|| declared_in_markup(&bytes));
    decode(bytes, declared)
}

fn decode_as(encoding: &'static Encoding, bytes: Vec<u8>) -> Decoded {
    let charset = encoding.name();
    if encoding == UTF_8 {
        return match String::from_utf8(bytes) {
            Ok(text) => Decoded { text, charset, replaced: 0 },
            Err(error) => {
                let (text, replaced) = utf8_with_replacement(error.as_bytes());
                Decoded { text, charset, replaced }
            }
        };
    }
    let (text, replaced) = decode_counting(encoding, &bytes);
    Decoded { text, charset, replaced }
}

/// One replacement for each maximal part of an ill-formed sequence (Unicode Standard, 3.9, U+FFFD substitution).
fn utf8_with_replacement(bytes: &[u8]) -> (String, u32) {
    let mut text = String::with_capacity(bytes.len() + 16);
    let mut replaced = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            replaced += 1;
        }
    }
    (text, replaced)
}

fn decode_counting(encoding: &'static Encoding, bytes: &[u8]) -> (String, u32) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3);
    let mut text = String::with_capacity(room);
    let mut replaced = 0;
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return (text, replaced),
            DecoderResult::OutputFull => text.reserve(rest.len().max(64)),
            DecoderResult::Malformed(..) => {
                text.push(char::REPLACEMENT_CHARACTER);
                replaced += 1;
            }
        }
    }
}

fn choose(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    let declared = declared.filter(|&encoding| encoding != UTF_8);
    if let Some(utf16) = declared.filter(|&encoding| encoding == UTF_16LE || encoding == UTF_16BE) {
        return if bytes.contains(&0) { utf16 } else { choose(bytes, None) };
    }
    if let Some(utf16) = utf16::detect(&bytes[..bytes.len().min(DETECTION_WINDOW)]) {
        return utf16;
    }
    let utf8 = Utf8Evidence::of(bytes);
    if utf8.malformed == 0 {
        // Two bytes of EUC-KR can make one valid UTF-8 character, never a Hangul syllable, which takes three.
        let is_legacy = declared == Some(EUC_KR) && utf8.short > 0 && utf8.long == 0 && malformed(EUC_KR, bytes) == 0;
        return if is_legacy { EUC_KR } else { UTF_8 };
    }
    // Legacy text is hardly ever valid UTF-8 for long, so this much of it is UTF-8 with damage in it.
    if utf8.short + utf8.long >= 3 * utf8.malformed {
        return UTF_8;
    }
    let detected = detect(bytes);
    match declared {
        Some(declared) if is_single_byte(declared) && detected == EUC_KR && is_mostly_clean(EUC_KR, bytes) => EUC_KR,
        Some(declared) if is_mostly_clean(declared, bytes) => declared,
        _ => detected,
    }
}

/// How far bytes look like UTF-8.
struct Utf8Evidence {
    /// Valid characters of two bytes.
    short: usize,
    /// Valid characters of three or four bytes.
    long: usize,
    malformed: usize,
}

impl Utf8Evidence {
    fn of(bytes: &[u8]) -> Self {
        let mut evidence = Self { short: 0, long: 0, malformed: 0 };
        // A valid whole needs no more than to know whether it is plain ASCII, two-byte characters only, or more.
        for chunk in bytes.utf8_chunks() {
            for &byte in chunk.valid().as_bytes() {
                evidence.short += usize::from((0xc2..=0xdf).contains(&byte));
                evidence.long += usize::from(byte >= 0xe0);
            }
            evidence.malformed += usize::from(!chunk.invalid().is_empty());
        }
        evidence
    }
}

/// The detector's guess. Between charsets that explain the bytes equally well the one used in Korea wins.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(DETECTION_WINDOW)], true);
    let guess = detector.guess(Some(b"kr"), Utf8Detection::Deny);
    // Short or damaged Korean text is sometimes taken for a single-byte charset, in which nothing is ever wrong.
    if is_single_byte(guess) && is_mostly_clean(EUC_KR, bytes) && hangul_pairs(bytes) { EUC_KR } else { guess }
}

/// Bytes that the detector looks at: it settles within a few hundred, and is slow.
const DETECTION_WINDOW: usize = 64 << 10;

fn is_single_byte(encoding: &'static Encoding) -> bool {
    encoding.is_single_byte()
}

/// Whether at most a twentieth of the bytes outside ASCII are malformed.
fn is_mostly_clean(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|&&byte| byte >= 0x80).count();
    malformed(encoding, bytes) as usize * 20 <= high
}

fn malformed(encoding: &'static Encoding, bytes: &[u8]) -> u32 {
    decode_counting(encoding, bytes).1
}

/// Whether most bytes outside ASCII come in the pairs that KS X 1001 gives the commonest syllables.
fn hangul_pairs(bytes: &[u8]) -> bool {
    let (text, _) = decode_counting(EUC_KR, bytes);
    let (hangul, other) = text.chars().filter(|c| !c.is_ascii()).fold((0u32, 0u32), |(hangul, other), c| {
        if ('가'..='힣').contains(&c) { (hangul + 1, other) } else { (hangul, other + 1) }
    });
    // KS X 1001 has 2,350 of the 11,172 syllables; text that needs mostly the others is not Korean.
    let common = bytes.windows(2).filter(|pair| (0xb0..=0xc8).contains(&pair[0]) && pair[1] >= 0xa1).count() as u32;
    hangul > 3 * other && common >= hangul / 2
}

#[cfg(test)]
mod tests;

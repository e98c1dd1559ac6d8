//! From bytes in an unknown charset to text: no page is lost to a bad byte, and every bad byte is counted.

mod charset;
mod choose;
mod composed;
mod declared;
mod double_byte;
mod iso_2022_kr;
mod johab;
mod mixed;
mod mojibake;
mod prior;
mod syllables;
mod utf16;
mod utf8;

pub use charset::Charset;
pub use declared::declared_in_markup;
pub use mojibake::repair_mojibake;

use choose::choose;
use double_byte::{EUC_KR_CODE, JOHAB_CODE};
use encoding_rs::{DecoderResult, EUC_KR, Encoding, UTF_8};
use iso_2022_kr::SHIFT_OUT;
use std::borrow::Cow;

/// Text, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The charset's name, see [`Charset::name`]. `EUC-KR` is what the web means by it: CP949, also called UHC.
    pub charset: &'static str,
    /// Malformed sequences, each of which became one U+FFFD.
    pub replaced: u32,
    /// What had happened to the text before it came here and was undone.
    pub repaired: Option<Repair>,
}

/// Damage that an earlier program did to a text, and that was undone because it could be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repair {
    /// Lines that were UTF-8 had been read as Latin-1 or Windows-1252.
    Utf8AsLatin1,
    /// The same, two times over.
    Utf8AsLatin1Twice,
    /// Lines that were EUC-KR had been read as Latin-1 or Windows-1252.
    EucKrAsLatin1,
    /// Lines that were UTF-8 had been read as CP949.
    Utf8AsCp949,
    /// The same, two times over.
    Utf8AsCp949Twice,
    /// A page had parts in UTF-8 and parts in EUC-KR.
    MixedCharsets,
    /// Characters beyond U+FFFF were written as two surrogates of three bytes each (CESU-8).
    SurrogatePairs,
}

impl Repair {
    /// The name, as ledgers hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8AsLatin1 => "utf-8-as-latin-1",
            Self::Utf8AsLatin1Twice => "utf-8-as-latin-1-twice",
            Self::EucKrAsLatin1 => "euc-kr-as-latin-1",
            Self::Utf8AsCp949 => "utf-8-as-cp949",
            Self::Utf8AsCp949Twice => "utf-8-as-cp949-twice",
            Self::MixedCharsets => "mixed-charsets",
            Self::SurrogatePairs => "surrogate-pairs",
        }
    }
}

/// Decodes `bytes`. `declared` is the charset that the transport names, if any.
///
/// A byte order mark of UTF-16 decides. Otherwise the bytes have the first word: a declared charset is believed only as
/// far as they bear it out, since Korean pages are mislabelled often, in both directions.
pub fn decode(bytes: Vec<u8>, declared: Option<Charset>) -> Decoded {
    let mut decoded = decode_unrepaired(bytes, declared);
    if let Some((text, repair)) = repair_mojibake(&decoded.text) {
        decoded.text = text;
        decoded.repaired = Some(repair);
    }
    decoded
}

/// Decodes an HTML or XML page, in which a `<meta>` element or an XML declaration may name the charset as well.
/// The transport goes before the page (HTML Standard, 13.2.3.2).
pub fn decode_page(bytes: Vec<u8>, transport: Option<&str>) -> Decoded {
    let declared = transport.and_then(Charset::for_label).or_else(|| declared_in_markup(&bytes));
    decode(bytes, declared)
}

fn decode_unrepaired(mut bytes: Vec<u8>, mut declared: Option<Charset>) -> Decoded {
    match Encoding::for_bom(&bytes) {
        // Not the last word: templates that begin with the mark of UTF-8 have been filled with EUC-KR.
        Some((encoding, mark)) if encoding == UTF_8 => {
            bytes.drain(..mark);
            declared = Some(Charset::UTF_8);
        }
        Some((utf16, mark)) => return decode_web(utf16, &bytes[mark..]),
        None => {}
    }
    // Nearly all text is valid UTF-8 under no label or its own. Other labels get a closer look, and so do NUL and Shift Out,
    // which only UTF-16 and ISO-2022-KR put into text.
    if declared.is_none_or(|charset| charset == Charset::UTF_8)
        && memchr::memchr2(0, SHIFT_OUT, &bytes).is_none()
        && let Some(text) = valid_utf8(&bytes)
    {
        return sound(text, UTF_8.name());
    }
    decode_as(choose(&bytes, declared), &bytes)
}

/// Checks with vectors and copies, which is several times as fast as the standard library's check without a copy.
fn valid_utf8(bytes: &[u8]) -> Option<String> {
    UTF_8.decode_without_bom_handling_and_without_replacement(bytes).map(Cow::into_owned)
}

fn sound(text: String, charset: &'static str) -> Decoded {
    Decoded { text, charset, replaced: 0, repaired: None }
}

fn decode_as(charset: Charset, bytes: &[u8]) -> Decoded {
    let (text, replaced) = match charset {
        Charset::Web(encoding) if encoding == UTF_8 => return decode_utf8(bytes),
        Charset::Web(encoding) if encoding == EUC_KR => return decode_euc_kr(bytes),
        Charset::Web(encoding) => return decode_web(encoding, bytes),
        Charset::Johab => JOHAB_CODE.decode(bytes),
        Charset::Iso2022Kr => iso_2022_kr::decode(bytes),
    };
    Decoded { text: composed::compose(text), charset: charset.name(), replaced, repaired: None }
}

fn decode_utf8(bytes: &[u8]) -> Decoded {
    let charset = UTF_8.name();
    if let Some(text) = valid_utf8(bytes) {
        return sound(text, charset);
    }
    let utf8::Mended { text, replaced, surrogate_pairs } = utf8::decode(bytes);
    if replaced > 0
        && let Some(mixed) = decode_mixed(bytes, Charset::UTF_8)
    {
        return mixed;
    }
    let repaired = (surrogate_pairs > 0).then_some(Repair::SurrogatePairs);
    Decoded { text, charset, replaced, repaired }
}

fn decode_euc_kr(bytes: &[u8]) -> Decoded {
    let (text, replaced) = EUC_KR_CODE.decode(bytes);
    if replaced > 0
        && let Some(mixed) = decode_mixed(bytes, Charset::EUC_KR)
    {
        return mixed;
    }
    Decoded { text: composed::compose(text), charset: Charset::EUC_KR.name(), replaced, repaired: None }
}

fn decode_mixed(bytes: &[u8], main: Charset) -> Option<Decoded> {
    let (text, replaced) = mixed::decode(bytes, main)?;
    Some(Decoded { text, charset: main.name(), replaced, repaired: Some(Repair::MixedCharsets) })
}

fn decode_web(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, replaced) = decode_counting(encoding, bytes);
    Decoded { text, charset: encoding.name(), replaced, repaired: None }
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

#[cfg(test)]
mod tests;

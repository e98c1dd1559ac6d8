use super::prior::{bits, is_common};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// UTF-16 without a byte order mark, if `bytes` are Korean or ASCII text in it.
///
/// Other detectors count NUL bytes at even and odd places; Korean has syllables such as U+B300 with the NUL on the other
/// side. The text itself tells more: read in the wrong order or from another charset, it is hardly ever made of common
/// syllables and ASCII.
pub(super) fn detect(bytes: &[u8]) -> Option<&'static Encoding> {
    let has_nul = memchr::memchr(0, bytes).is_some();
    let orders: [(_, ByteOrder); 2] = [(UTF_16LE, u16::from_le_bytes), (UTF_16BE, u16::from_be_bytes)];
    orders.into_iter().find(|(_, order)| Evidence::of(bytes, *order).is_text(has_nul)).map(|(encoding, _)| encoding)
}

type ByteOrder = fn([u8; 2]) -> u16;

#[derive(Default)]
struct Evidence {
    units: usize,
    ascii: usize,
    hangul: usize,
    /// Hangul of the 2,350 syllables of KS X 1001, which are nearly all of any text.
    common: usize,
    /// Control characters and halves of surrogate pairs.
    wrong: usize,
    /// Bits that speak for Korean, and the characters outside ASCII that they come from.
    bits: i64,
    wide: usize,
}

impl Evidence {
    fn of(bytes: &[u8], order: ByteOrder) -> Self {
        let mut evidence = Self::default();
        for unit in char::decode_utf16(bytes.as_chunks::<2>().0.iter().map(|&unit| order(unit))) {
            evidence.units += 1;
            if let Ok(c) = unit {
                evidence.bits += bits(c);
                evidence.wide += usize::from(!c.is_ascii());
            }
            match unit {
                Ok('\t' | '\n' | '\r' | ' '..='~') => evidence.ascii += 1,
                Ok(c @ '가'..='힣') => {
                    evidence.hangul += 1;
                    evidence.common += usize::from(is_common(c));
                }
                Ok(c) if !c.is_control() => {}
                _ => evidence.wrong += 1,
            }
        }
        evidence
    }

    fn is_text(&self, has_nul: bool) -> bool {
        let Self { units, ascii, hangul, common, wrong, bits, wide } = *self;
        let is_clean = units >= 2 && wrong * 50 <= units;
        // No other charset has NUL in text.
        let is_padded = has_nul && common * 10 >= hangul * 9 && (ascii + hangul) * 10 >= units * 7;
        is_clean && (is_padded || bits >= 12 && bits >= 2 * wide as i64)
    }
}

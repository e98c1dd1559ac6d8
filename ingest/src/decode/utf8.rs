/// What came of bytes that are UTF-8 with faults in it.
pub(super) struct Mended {
    pub(super) text: String,
    pub(super) replaced: u32,
    /// Pairs of surrogates that were made one character: CESU-8, as Java and old databases write it.
    pub(super) surrogate_pairs: u32,
}

/// UTF-8 with one U+FFFD for each fault: for a maximal part of an ill-formed sequence (Unicode Standard, 3.9), and other
/// than there for the whole of a sequence that is well cut and means nothing: overlong, a lone surrogate, past the end of
/// Unicode.
pub(super) fn decode(bytes: &[u8]) -> Mended {
    let mut mended = Mended { text: String::with_capacity(bytes.len() + 16), replaced: 0, surrogate_pairs: 0 };
    let (mut at, mut taken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        let fault = at + chunk.valid().len();
        at = fault + chunk.invalid().len();
        // What a longer fault took are bytes that nothing valid begins with, so they come as faults of their own.
        if at <= taken {
            continue;
        }
        mended.text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        if let Some(c) = surrogate_pair(&bytes[fault..]) {
            mended.text.push(c);
            mended.surrogate_pairs += 1;
            taken = fault + 6;
        } else {
            mended.text.push(char::REPLACEMENT_CHARACTER);
            mended.replaced += 1;
            taken = fault + whole_sequence(&bytes[fault..]).unwrap_or(0);
        }
    }
    mended
}

/// The character of a surrogate pair, each half of which is written as a character of three bytes.
fn surrogate_pair(bytes: &[u8]) -> Option<char> {
    let &[0xed, a @ 0xa0..=0xaf, b @ 0x80..=0xbf, 0xed, c @ 0xb0..=0xbf, d @ 0x80..=0xbf, ..] = bytes else {
        return None;
    };
    let half = |high: u8, low: u8| u16::from(high & 0x3f) << 6 | u16::from(low & 0x3f) | 0xd000;
    char::decode_utf16([half(a, b), half(c, d)]).next()?.ok()
}

/// Length of a sequence whose first byte announces as many continuation bytes as follow.
fn whole_sequence(bytes: &[u8]) -> Option<usize> {
    let length = match bytes.first()? {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        0xf8..=0xfb => 5,
        0xfc..=0xfd => 6,
        _ => return None,
    };
    bytes.get(1..length)?.iter().all(|byte| (0x80..=0xbf).contains(byte)).then_some(length)
}

/// How far bytes look like UTF-8.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Evidence {
    /// Valid characters of two bytes.
    pub(super) short: usize,
    /// Those among them that hardly any text has: Latin Extended-B.
    pub(super) odd: usize,
    /// Valid characters of three or four bytes.
    pub(super) long: usize,
    pub(super) malformed: usize,
}

impl Evidence {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let Mended { text, replaced, .. } = decode(bytes);
        let mut evidence = Self { malformed: replaced as usize, ..Self::default() };
        for c in text.chars() {
            match c {
                '\0'..='\x7f' | char::REPLACEMENT_CHARACTER => {}
                '\u{180}'..='\u{24f}' => (evidence.short, evidence.odd) = (evidence.short + 1, evidence.odd + 1),
                '\u{80}'..='\u{7ff}' => evidence.short += 1,
                _ => evidence.long += 1,
            }
        }
        evidence
    }
}

//! Pages of two charsets: a template in one, what was pasted or included in the other.

use super::composed::compose;
use super::double_byte::EUC_KR_CODE;
use super::prior::Evidence;
use super::{Charset, utf8};

/// What one piece of a page says in one charset.
struct Reading {
    text: String,
    replaced: u32,
    evidence: Evidence,
}

impl Reading {
    fn utf8(piece: &[u8]) -> Self {
        let mended = utf8::decode(piece);
        Self { evidence: Evidence::of(&mended.text), text: mended.text, replaced: mended.replaced }
    }

    fn euc_kr(piece: &[u8]) -> Self {
        let (text, replaced) = EUC_KR_CODE.decode(piece);
        let text = compose(text);
        Self { evidence: Evidence::of(&text), text, replaced }
    }

    /// What the page's charset makes of a piece, then what the other one does.
    fn both(piece: &[u8], main: Charset) -> (Self, Self) {
        let (utf8, euc_kr) = (Self::utf8(piece), Self::euc_kr(piece));
        if main == Charset::UTF_8 { (utf8, euc_kr) } else { (euc_kr, utf8) }
    }
}

/// Pieces end where neither charset can be amid a character: at ends of lines, tags and quoted values.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'<' | b'>' | b'"'))
}

/// The text and its faults if some piece of a page, which has faults in `main`, is beyond doubt in the other charset of
/// UTF-8 and EUC-KR. Each piece is then read in the one that makes better Korean of it.
pub(super) fn decode(bytes: &[u8], main: Charset) -> Option<(String, u32)> {
    if !pieces(bytes).any(|piece| is_other_beyond_doubt(piece, main)) {
        return None;
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut replaced = 0;
    for piece in pieces(bytes) {
        let (main, other) = Reading::both(piece, main);
        let better = if other.evidence.bits > main.evidence.bits { other } else { main };
        text.push_str(&better.text);
        replaced += better.replaced;
    }
    Some((text, replaced))
}

fn is_other_beyond_doubt(piece: &[u8], main: Charset) -> bool {
    // One of the two has to be without a fault, and it must not be the page's own.
    let is_utf8 = str::from_utf8(piece).is_ok();
    if is_utf8 == (main == Charset::UTF_8) || piece.is_ascii() {
        return false;
    }
    let (main, other) = Reading::both(piece, main);
    let is_sound = other.replaced == 0 && other.evidence.hangul >= 2 && other.evidence.is_korean(8);
    is_sound && main.replaced >= 1 && other.evidence.bits >= main.evidence.bits + 24
}

//! KS X 1001 in seven bits (RFC 1557): Shift Out turns to it, Shift In and the end of a line turn back to ASCII.

use super::double_byte::euc_kr_character;
use super::prior::Evidence;

pub(super) const SHIFT_OUT: u8 = 0x0e;
const SHIFT_IN: u8 = 0x0f;
const DESIGNATION: &[u8] = b"\x1b$)C";

/// Whether bytes without a label are this charset: the designation says so, or else the text that comes out.
pub(super) fn detect(bytes: &[u8]) -> bool {
    if memchr::memchr(SHIFT_OUT, bytes).is_none() || !bytes.is_ascii() {
        return false;
    }
    let (text, replaced) = decode(bytes);
    let is_designated = memchr::memmem::find(bytes, DESIGNATION).is_some();
    if is_designated {
        replaced as usize * 10 <= text.len()
    } else {
        replaced == 0 && Evidence::of(&text).is_korean(12)
    }
}

/// The text and the number of faults, each of which is one U+FFFD.
pub(super) fn decode(bytes: &[u8]) -> (String, u32) {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let (mut replaced, mut is_korean) = (0, false);
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let mut read = 1;
        match byte {
            SHIFT_OUT => is_korean = true,
            SHIFT_IN => is_korean = false,
            0x1b if rest.starts_with(DESIGNATION) => read = DESIGNATION.len(),
            0x21..=0x7e if is_korean => {
                let trail = after.first().copied().filter(|trail| (0x21..=0x7e).contains(trail));
                let c = trail.and_then(|trail| euc_kr_character(byte | 0x80, trail | 0x80));
                replaced += u32::from(c.is_none());
                text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
                read += usize::from(trail.is_some());
            }
            0x80.. => {
                replaced += 1;
                text.push(char::REPLACEMENT_CHARACTER);
            }
            _ => {
                is_korean &= byte != b'\n' && byte != b'\r';
                text.push(char::from(byte));
            }
        }
        rest = &rest[read..];
    }
    (text, replaced)
}

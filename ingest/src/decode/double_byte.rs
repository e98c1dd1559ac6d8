use super::johab;
use super::prior::bits;
use encoding_rs::{DecoderResult, EUC_KR};
use std::sync::LazyLock;

/// What two bytes are in a double-byte charset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    Character(char),
    /// The charset has a place there and nothing in it.
    Unassigned,
    /// These two do not make a pair.
    Never,
}

/// A charset of ASCII bytes and of pairs that begin with a high byte.
pub(super) struct DoubleByte {
    character: fn(u8, u8) -> Option<char>,
    /// Appends the text of bytes without a fault; `false`, and anything appended, at the first fault.
    decode_sound: fn(&[u8], &mut String) -> bool,
    /// Bytes below this one are never part of a pair.
    boundary: u8,
}

pub(super) const EUC_KR_CODE: DoubleByte =
    DoubleByte { character: euc_kr_character, decode_sound: decode_sound_euc_kr, boundary: b'A' };
pub(super) const JOHAB_CODE: DoubleByte =
    DoubleByte { character: johab::character, decode_sound: johab::decode_sound, boundary: b'1' };

/// Bytes that are looked at together once one among them is bad; a block ends where no pair can be cut.
const BLOCK: usize = 4096;

impl DoubleByte {
    pub(super) fn pair(&self, lead: u8, trail: u8) -> Pair {
        match (self.character)(lead, trail) {
            Some(c) => Pair::Character(c),
            None if (0xa1..0xff).contains(&lead) && (0xa1..0xff).contains(&trail) => Pair::Unassigned,
            None => Pair::Never,
        }
    }

    /// Appends the text of bytes without a fault; `false`, with an unknown part of it appended, if there is one.
    pub(super) fn decode_sound(&self, bytes: &[u8], text: &mut String) -> bool {
        (self.decode_sound)(bytes, text)
    }

    /// The text and the number of faults, each of which is one U+FFFD.
    ///
    /// Lines without a fault are read straight. In any other line a bad byte may have shifted the pairs after it, so all
    /// ways to cut the line are weighed and the most Korean one is taken.
    pub(super) fn decode(&self, bytes: &[u8]) -> (String, u32) {
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 16);
        if self.decode_sound(bytes, &mut text) {
            return (text, 0);
        }
        text.clear();
        let (mut replaced, mut cuts) = (0, Cuts::default());
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let start = text.len();
            if self.decode_sound(line, &mut text) {
                continue;
            }
            text.truncate(start);
            let mut rest = line;
            while !rest.is_empty() {
                let (block, after) = rest.split_at(self.block_length(rest));
                replaced += cuts.read_block(self, block, &mut text);
                rest = after;
            }
        }
        (text, replaced)
    }

    fn block_length(&self, bytes: &[u8]) -> usize {
        if bytes.len() <= BLOCK {
            return bytes.len();
        }
        bytes[..BLOCK].iter().rposition(|&byte| byte < self.boundary).map_or(BLOCK, |at| at + 1)
    }
}

/// The best way to cut a block into single bytes and pairs, found from left to right (Viterbi).
#[derive(Default)]
struct Cuts {
    /// The most bits with which the bytes before each place can be read.
    best: Vec<i64>,
    /// Length of the last thing before each place.
    step: Vec<u8>,
    /// Places where one thing ends and the next begins, last first.
    places: Vec<usize>,
}

/// Bits of a high byte that stands alone, and of a pair without a character: worse than any pair that is one.
const LONE_BYTE: i64 = -24;
const UNASSIGNED: i64 = -20;

impl Cuts {
    /// Appends the text of a block; the number of faults.
    fn read_block(&mut self, code: &DoubleByte, block: &[u8], text: &mut String) -> u32 {
        self.weigh(code, block);
        self.places.clear();
        let mut end = block.len();
        while end > 0 {
            self.places.push(end);
            end -= usize::from(self.step[end]);
        }
        let (mut replaced, mut start) = (0, 0);
        for &end in self.places.iter().rev() {
            let c = match block[start..end] {
                [byte] if byte.is_ascii() => Some(char::from(byte)),
                [lead, trail] => (code.character)(lead, trail),
                _ => None,
            };
            replaced += u32::from(c.is_none());
            text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            start = end;
        }
        replaced
    }

    fn weigh(&mut self, code: &DoubleByte, block: &[u8]) {
        self.best.clear();
        self.step.clear();
        self.best.push(0);
        self.step.push(0);
        for end in 1..=block.len() {
            let byte = block[end - 1];
            let alone = self.best[end - 1] + if byte.is_ascii() { 0 } else { LONE_BYTE };
            let lead = if end >= 2 { block[end - 2] } else { 0 };
            let paired = match code.pair(lead, byte) {
                Pair::Character(c) => Some(bits(c)),
                Pair::Unassigned => Some(UNASSIGNED),
                Pair::Never => None,
            };
            let paired = paired.map(|bits| self.best[end - 2] + bits).filter(|&paired| paired >= alone);
            self.best.push(paired.unwrap_or(alone));
            self.step.push(if paired.is_some() { 2 } else { 1 });
        }
    }
}

const TRAILS: usize = 256;

/// Every pair of CP949, zero where there is none; all of them are in the Basic Multilingual Plane.
static EUC_KR_TABLE: LazyLock<Box<[u16]>> = LazyLock::new(|| {
    let mut table = vec![0; 128 * TRAILS];
    for (at, entry) in table.iter_mut().enumerate() {
        let (lead, trail) = ((at / TRAILS + 128) as u8, (at % TRAILS) as u8);
        let pair = [lead, trail];
        let (c, is_faulty) = EUC_KR.decode_without_bom_handling(&pair);
        let mut units = c.encode_utf16();
        if let (false, Some(unit), None) = (is_faulty, units.next(), units.next()) {
            *entry = unit;
        }
    }
    table.into()
});

/// The character of a pair of CP949.
pub(super) fn euc_kr_character(lead: u8, trail: u8) -> Option<char> {
    let row = usize::from(lead.checked_sub(128)?);
    let unit = EUC_KR_TABLE[row * TRAILS + usize::from(trail)];
    if unit == 0 { None } else { char::from_u32(u32::from(unit)) }
}

fn decode_sound_euc_kr(bytes: &[u8], text: &mut String) -> bool {
    let mut decoder = EUC_KR.new_decoder_without_bom_handling();
    let mut rest = bytes;
    loop {
        // Half as much again is what Korean pairs take; ASCII and short lines never come back for more.
        text.reserve(rest.len() + rest.len() / 2 + 16);
        let (result, read) = decoder.decode_to_string_without_replacement(rest, text, true);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return true,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return false,
        }
    }
}

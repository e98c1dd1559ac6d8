/// A text cut into eojeol (runs of non-space characters), with the whitespace between them folded to one space each.
///
/// Cut once, then hashed as a whole ([`crate::text_hash`]) and by shingles ([`crate::Shingles`]). The buffers are reused from
/// document to document.
#[derive(Debug, Default)]
pub struct Eojeol {
    /// UTF-8, being whole characters of a `str` and spaces. Bytes, because proving it again would take longer than the cut.
    folded: Vec<u8>,
    /// End of each eojeol in `folded`; the next one starts one byte later.
    ends: Vec<usize>,
}

/// Bytes that are looked at together: as many as a mask has bits.
const BLOCK: usize = u64::BITS as usize;

impl Eojeol {
    /// Takes another text. Whitespace is Unicode `White_Space`: the ideographic space and the no-break space too.
    pub fn cut(&mut self, text: &str) {
        self.folded.clear();
        self.ends.clear();
        self.folded.reserve(text.len() + BLOCK);
        // As if space came before: leading whitespace is the rest of a run.
        let mut before = Before { space: true, rest: 0 };
        let (blocks, tail) = text.as_bytes().as_chunks::<BLOCK>();
        let mut next = 0;
        for block in blocks {
            next += BLOCK;
            self.take(block, &text.as_bytes()[next..], &mut before);
        }
        let mut padded = [b' '; BLOCK];
        padded[..tail.len()].copy_from_slice(tail);
        self.take(&padded, &[], &mut before);
        // The padding has closed the last eojeol with a space.
        self.folded.pop();
    }

    /// Takes one block, with the bytes `after` it for characters that begin in it.
    #[inline(always)]
    fn take(&mut self, block: &[u8; BLOCK], after: &[u8], before: &mut Before) {
        let spaces = before.spaces(block, after);
        let run = spaces << 1 | u64::from(before.space);
        before.space = spaces >> (BLOCK - 1) == 1;
        let start = self.folded.len();
        if spaces & run == 0 && before.rest == 0 {
            // Nearly every block of running text: each space is one byte and becomes one.
            self.folded.extend_from_slice(&block.map(|byte| if is_space(byte) { b' ' } else { byte }));
            self.end_at(spaces, |at| start + at);
            return;
        }
        let kept = !(spaces & run);
        let (packed, length) = pack(&masked(block, spaces), kept);
        self.folded.extend_from_slice(&packed[..length]);
        self.end_at(spaces & kept, |at| start + (kept & ((1 << at) - 1)).count_ones() as usize);
    }

    /// Ends an eojeol at each one of a mask.
    #[inline(always)]
    fn end_at(&mut self, mut ends: u64, place: impl Fn(usize) -> usize) {
        // Eight at once: the number differs from block to block, and a loop would be left at the wrong time.
        while ends != 0 {
            let found = (ends.count_ones() as usize).min(8);
            let places = [(); 8].map(|()| {
                let at = ends.trailing_zeros() & (u64::BITS - 1);
                ends &= ends.wrapping_sub(1);
                place(at as usize)
            });
            let before = self.ends.len();
            self.ends.extend_from_slice(&places);
            self.ends.truncate(before + found);
        }
    }

    /// UTF-8 of the text with every run of whitespace folded to one space, and none at its ends.
    pub fn folded(&self) -> &[u8] {
        &self.folded
    }

    /// How many eojeol there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the text was blank.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// UTF-8 of the eojeol in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.spans().map(|(start, end)| &self.folded[start..end])
    }

    /// Where in [`Eojeol::folded`] each eojeol starts and ends.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (usize, usize)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end + 1));
        starts.zip(self.ends.iter().copied())
    }
}

/// What the blocks before leave to the next.
struct Before {
    /// Whether the last byte was space.
    space: bool,
    /// Leading bytes that belong to a space begun before.
    rest: u64,
}

impl Before {
    /// A mask of the bytes that are whitespace.
    #[inline(always)]
    fn spaces(&mut self, block: &[u8; BLOCK], after: &[u8]) -> u64 {
        let mut spaces = std::mem::take(&mut self.rest) | mask(block, is_space);
        // Few in Korean: Hangul begins with 0xEA to 0xED.
        for at in Ones(mask(block, begins_wide_space)) {
            let wide = |ahead: usize| match block.get(at + ahead) {
                Some(&byte) => Some(byte),
                None => after.get(at + ahead - BLOCK).copied(),
            };
            let length = wide_space(block[at], wide(1), wide(2));
            let bits = ((1u128 << length) - 1) << at;
            spaces |= bits as u64;
            self.rest |= (bits >> BLOCK) as u64;
        }
        spaces
    }
}

/// Whitespace of one byte.
#[inline(always)]
fn is_space(byte: u8) -> bool {
    byte == b' ' || byte.wrapping_sub(b'\t') < 5
}

/// Whether whitespace of two or three bytes may begin with this one.
#[inline(always)]
fn begins_wide_space(byte: u8) -> bool {
    byte.wrapping_sub(0xe1) < 3 || byte == 0xc2
}

/// Bytes of the whitespace that begins with `first`, zero if another character does. All of `White_Space` beyond ASCII.
fn wide_space(first: u8, second: Option<u8>, third: Option<u8>) -> u32 {
    match (first, second, third) {
        (0xc2, Some(0x85 | 0xa0), _) => 2,
        (0xe1, Some(0x9a), Some(0x80))
        | (0xe2, Some(0x80), Some(0x80..=0x8a | 0xa8 | 0xa9 | 0xaf))
        | (0xe2, Some(0x81), Some(0x9f))
        | (0xe3, Some(0x80), Some(0x80)) => 3,
        _ => 0,
    }
}

/// A bit for each byte of which `is` holds. Any compiler makes vectors of the comparison; the multiplication gathers eight
/// flags into the upper byte, so that nothing depends on the machine.
#[inline(always)]
fn mask(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let flags = block.map(|byte| u8::from(is(byte)));
    let (words, _) = flags.as_chunks::<8>();
    words
        .iter()
        .rev()
        .fold(0, |mask, &word| mask << 8 | u64::from_le_bytes(word).wrapping_mul(0x0102_0408_1020_4080) >> 56)
}

/// The block with a space at each one of a mask.
#[inline(always)]
fn masked(block: &[u8; BLOCK], spaces: u64) -> [u8; BLOCK] {
    let mut masked = block.map(|byte| if is_space(byte) { b' ' } else { byte });
    // Wide ones are left, and rare.
    for at in Ones(spaces & mask(block, |byte| byte >= 0x80)) {
        masked[at] = b' ';
    }
    masked
}

/// The bytes at the ones of a mask, and how many there are.
#[inline(always)]
fn pack(block: &[u8; BLOCK], mut kept: u64) -> ([u8; 2 * BLOCK], usize) {
    let (mut wide, mut packed, mut length) = ([0; 2 * BLOCK], [0; 2 * BLOCK], 0);
    wide[..BLOCK].copy_from_slice(block);
    while kept != 0 {
        let from = kept.trailing_zeros() as usize;
        let run = (kept >> from).trailing_ones() as usize;
        // A whole block, of which the next run overwrites what is too much: copies of known length need no call.
        packed[length..length + BLOCK].copy_from_slice(&wide[from..from + BLOCK]);
        length += run;
        kept &= u64::MAX.checked_shl((from + run) as u32).unwrap_or(0);
    }
    (packed, length)
}

/// Places of the ones of a mask, from the lowest.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let at = self.0.trailing_zeros() as usize;
        let mask = self.0.checked_sub(1)?;
        self.0 &= mask;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(eojeol: &Eojeol) -> (&str, Vec<&str>) {
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        (text(eojeol.folded()), eojeol.iter().map(text).collect())
    }

    fn check(eojeol: &mut Eojeol, text: &str) {
        let expected: Vec<&str> = text.split_whitespace().collect();
        eojeol.cut(text);
        assert_eq!(read(eojeol), (expected.join(" ").as_str(), expected));
        assert_eq!((eojeol.len(), eojeol.is_empty()), (text.split_whitespace().count(), text.trim().is_empty()));
    }

    #[test]
    fn every_kind_of_whitespace_folds() {
        let mut eojeol = Eojeol::default();
        eojeol.cut("\u{3000}말을 \t 모아\u{a0}\r\n\n사전을  ");
        assert_eq!(read(&eojeol), ("말을 모아 사전을", vec!["말을", "모아", "사전을"]));
        eojeol.cut(" \n ");
        assert!(eojeol.is_empty() && eojeol.folded().is_empty());
    }

    /// Every character once, alone between letters and doubled, at every place of a block.
    #[test]
    fn whitespace_is_that_of_unicode() {
        let mut eojeol = Eojeol::default();
        for character in (0..=0x32ff).filter_map(char::from_u32) {
            check(&mut eojeol, &format!("가{character}나{character}{character}다"));
        }
        for space in ['\u{85}', '\u{a0}', '\u{2003}', '\u{202f}', '\u{3000}', '\u{1680}', '\n', '\u{300c}', '\u{318d}']
        {
            for before in 0..70 {
                check(&mut eojeol, &format!("{}{space}{space}나", "a".repeat(before)));
                check(&mut eojeol, &format!("{}가{space}", "b".repeat(before)));
            }
        }
    }

    proptest! {
        #[test]
        fn a_reused_buffer_forgets(first in "[가-힣 \n]{0,40}", text in "[가-힣a-z「」“ \u{3000}\u{85}\u{2003}\t\n]{0,200}") {
            let mut reused = Eojeol::default();
            reused.cut(&first);
            check(&mut reused, &text);
        }
    }
}

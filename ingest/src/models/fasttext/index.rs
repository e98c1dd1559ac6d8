//! Hash tables whose cost a hostile file cannot drive up.

use xxhash_rust::xxh3::xxh3_64;

/// Slots that a look-up may pass. At half load, honest keys stay far below; whoever exceeds it has built collisions.
const LONGEST_PROBE: usize = 1024;

/// From a word's bytes to its number.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    /// High half: part of the hash; low half: number + 1; 0 is an empty slot.
    slots: Vec<u64>,
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl WordIndex {
    /// Starts an index over words that [`push`](Self::push) adds and [`seal`](Self::seal) makes findable.
    pub(super) fn push(&mut self, read: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Option<&[u8]> {
        let start = self.text.len();
        read(&mut self.text)?;
        self.ends.push(u32::try_from(self.text.len()).ok()?);
        Some(&self.text[start..])
    }

    /// `None` if the words collide as honest words do not.
    pub(super) fn seal(&mut self) -> Option<()> {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.slots = vec![0; (2 * self.ends.len()).next_power_of_two()];
        for number in 0..self.ends.len() {
            let hash = xxh3_64(self.word(number));
            let free = self.probe(hash).find(|&slot| self.slots[slot] == 0)?;
            self.slots[free] = (hash & !0xffff_ffff) | (number as u64 + 1);
        }
        Some(())
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn word(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[number] as usize]
    }

    /// Of equal words, the first.
    pub(super) fn find(&self, word: &[u8]) -> Option<usize> {
        let hash = xxh3_64(word);
        for slot in self.probe(hash) {
            let entry = self.slots[slot];
            if entry == 0 {
                return None;
            }
            let number = (entry & 0xffff_ffff) as usize - 1;
            if entry >> 32 == hash >> 32 && self.word(number) == word {
                return Some(number);
            }
        }
        None
    }

    fn probe(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        (0..LONGEST_PROBE.min(mask + 1)).map(move |step| (hash as usize + step) & mask)
    }
}

/// Which buckets of a pruned model are left, and in which row each is.
#[derive(Debug)]
pub(super) struct BucketIndex {
    /// Most n-grams of a pruned model are gone: one bit says so without a look into `slots`.
    filter: Vec<u64>,
    /// Bucket in the high half, row + 1 in the low half; 0 is an empty slot.
    slots: Vec<u64>,
}

const FILTER_BITS: u32 = 1 << 20;

impl BucketIndex {
    /// `None` if the buckets collide as honest ones do not.
    pub(super) fn new(rows: &[(u32, u32)]) -> Option<Self> {
        let mut index =
            Self { filter: vec![0; FILTER_BITS as usize / 64], slots: vec![0; (2 * rows.len()).next_power_of_two()] };
        for &(bucket, row) in rows {
            let free = index.probe(bucket).find(|&slot| index.slots[slot] == 0)?;
            index.slots[free] = (u64::from(bucket) << 32) | (u64::from(row) + 1);
            let bit = bucket % FILTER_BITS;
            index.filter[bit as usize / 64] |= 1 << (bit % 64);
        }
        Some(index)
    }

    pub(super) fn row(&self, bucket: u32) -> Option<u32> {
        let bit = bucket % FILTER_BITS;
        if self.filter[bit as usize / 64] & (1 << (bit % 64)) == 0 {
            return None;
        }
        for slot in self.probe(bucket) {
            let entry = self.slots[slot];
            if entry == 0 {
                return None;
            }
            if entry >> 32 == u64::from(bucket) {
                return Some((entry & 0xffff_ffff) as u32 - 1);
            }
        }
        None
    }

    fn probe(&self, bucket: u32) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        let start = (u64::from(bucket).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
        (0..LONGEST_PROBE.min(mask + 1)).map(move |step| (start + step) & mask)
    }
}

use super::benchmarks::Passage;

/// Significant characters of a seed: the exact match from which a run is grown.
///
/// A passage is indexed at every (n − SEED + 1)-th place only, and every place of a document is looked up: a run of n
/// characters still holds a seed, at a seventeenth of the memory for n = 32.
pub(super) const SEED: usize = 16;

/// Passages that may share a seed, and items a passage. What more share is the prompt around the items, and tells none from
/// another (a SQuAD context has a dozen questions); a document made of it would also cost the whole index at every place.
pub(super) const MOST_SHARERS: usize = 64;

/// Bits of the filter per seed: one place in 32 of an innocent document passes.
const FILTER_BITS: usize = 32;

/// Base of the polynomial of the rolling hash: 2⁶⁴ over the golden ratio, odd.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// [`BASE`] to the power of [`SEED`]: what a character weighs when it has left the window.
const LEAVING: u64 = {
    let mut power = 1u64;
    let mut at = 0;
    while at < SEED {
        power = power.wrapping_mul(BASE);
        at += 1;
    }
    power
};

/// A place of a passage by the hash of the characters that stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seed {
    hash: u64,
    /// Ordinal of the passage.
    pub(super) passage: u32,
    /// First character in the passage.
    pub(super) at: u32,
}

/// Seeds of all passages, found by hash: a bit filter that stays in the cache, then a sorted array with a directory.
#[derive(Debug)]
pub(super) struct Seeds {
    filter: Box<[u64]>,
    filter_shift: u32,
    /// First seed of each value of the hash's upper bits, and one past the last.
    directory: Box<[u32]>,
    directory_shift: u32,
    sorted: Box<[Seed]>,
}

impl Seeds {
    /// Seeds of the passages that are wanted, without those that too many share.
    pub(super) fn of<'a>(passages: impl Iterator<Item = (u32, &'a Passage)>) -> Self {
        let mut sorted = Vec::new();
        let mut hashes = Vec::new();
        for (ordinal, passage) in passages {
            collect(ordinal, passage, &mut hashes, &mut sorted);
        }
        sorted.sort_unstable();
        let common = |group: &[Seed]| group.len() > MOST_SHARERS;
        let kept = sorted.chunk_by(|a, b| a.hash == b.hash).filter(|group| !common(group)).flatten().copied();
        Self::from_sorted(kept.collect())
    }

    fn from_sorted(sorted: Box<[Seed]>) -> Self {
        let bits = (sorted.len() * FILTER_BITS).next_power_of_two().max(64).trailing_zeros();
        let filter_shift = u64::BITS - bits;
        let mut filter = vec![0u64; 1 << (bits - 6)].into_boxed_slice();
        for seed in &sorted {
            let bit = seed.hash >> filter_shift;
            filter[(bit >> 6) as usize] |= 1 << (bit & 63);
        }
        let directory_shift = u64::BITS - (bits - 5).max(1);
        let buckets = 1u64 << (u64::BITS - directory_shift);
        let first = |bucket: u64| sorted.partition_point(|seed| seed.hash >> directory_shift < bucket) as u32;
        let directory = (0..=buckets).map(first).collect();
        Self { filter, filter_shift, directory, directory_shift, sorted }
    }

    /// Calls `each` with a place in `symbols` and a seed whose hash is that of the characters there.
    pub(super) fn find_in(&self, symbols: &[u32], mut each: impl FnMut(usize, Seed)) {
        roll(symbols, |at, hash| {
            let bit = hash >> self.filter_shift;
            if self.filter[(bit >> 6) as usize] >> (bit & 63) & 1 == 1 {
                self.at_hash(hash).iter().for_each(|&seed| each(at, seed));
            }
        });
    }

    fn at_hash(&self, hash: u64) -> &[Seed] {
        let bucket = (hash >> self.directory_shift) as usize;
        let bucket = &self.sorted[self.directory[bucket] as usize..self.directory[bucket + 1] as usize];
        let first = bucket.partition_point(|seed| seed.hash < hash);
        let count = bucket[first..].iter().take_while(|seed| seed.hash == hash).count();
        &bucket[first..first + count]
    }

    /// All seeds, by hash.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Seed> {
        self.sorted.iter()
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.filter) + size_of_val(&*self.directory) + size_of_val(&*self.sorted)
    }
}

/// Adds the seeds of one passage: in each stretch of n − SEED + 1 places the first whose characters stand only once in the
/// passage. What repeats within itself (ㅋㅋㅋ, a ruled line) is no evidence, and would match a document of the same kind
/// at every place.
fn collect(ordinal: u32, passage: &Passage, hashes: &mut Vec<(u64, u32)>, into: &mut Vec<Seed>) {
    hashes.clear();
    roll(&passage.symbols, |at, hash| hashes.push((hash, at as u32)));
    hashes.sort_unstable();
    let mut once: Vec<(u32, u64)> = hashes
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|places| places.len() == 1)
        .map(|places| (places[0].1, places[0].0))
        .collect();
    once.sort_unstable();
    let stretch = (passage.least_run() - SEED + 1) as u32;
    for places in once.chunk_by(|a, b| a.0 / stretch == b.0 / stretch) {
        let (at, hash) = places[0];
        into.push(Seed { hash, passage: ordinal, at });
    }
}

/// Calls `each` with every place of `symbols` where a seed could begin and the hash of the characters there.
fn roll(symbols: &[u32], mut each: impl FnMut(usize, u64)) {
    let Some((first, rest)) = symbols.split_at_checked(SEED) else { return };
    let enter = |window: u64, symbol: u32| window.wrapping_mul(BASE).wrapping_add(u64::from(symbol));
    let mut window = first.iter().fold(0, |window, &symbol| enter(window, symbol));
    each(0, finish(window));
    for (at, (&leaving, &entering)) in symbols.iter().zip(rest).enumerate() {
        window = enter(window, entering).wrapping_sub(u64::from(leaving).wrapping_mul(LEAVING));
        each(at + 1, finish(window));
    }
}

/// The upper bits, which choose the places in filter and directory, depend on all others.
fn finish(window: u64) -> u64 {
    (window ^ (window >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Two neighbouring symbols.
pub(crate) type Pair = (u32, u32);

type PairMap<V> = HashMap<Pair, V, BuildHasherDefault<PairHasher>>;

/// Merges between two looks at whether to go on.
const MERGES_PER_CHECK: usize = 64;

/// What learning comes to: symbols in the order of their ids, and merges in the order in which they apply.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Merges {
    /// Bytes of every symbol: the 256 single bytes first, in the order given by the caller.
    pub(crate) symbols: Vec<Vec<u8>>,
    /// Pairs of positions in `symbols`.
    pub(crate) pairs: Vec<Pair>,
}

/// Byte pair encoding (Sennrich et al. 2016): merges the most frequent pair, of equals the one with the smallest symbols,
/// until there are `target` symbols or no pair occurs `min_frequency` times.
///
/// `words` are different pre-tokens with their counts. Every step depends on exact counts under a total order, so the
/// result is a function of the words and their counts. (The trainer of the `tokenizers` crate keeps several queue entries
/// for a pair that arose twice and breaks ties by the order of a randomly seeded hash map, so it can differ between runs.)
/// A pair is found again through the list of words it occurs in: 4 bytes per pair of neighbours in different words.
pub(crate) fn learn_merges<E>(
    words: &[(Box<str>, u64)],
    alphabet: &[u8; 256],
    target: usize,
    min_frequency: u64,
    mut check: impl FnMut() -> Result<(), E>,
) -> Result<Merges, E> {
    let mut learner = Learner::new(words, alphabet);
    while learner.merges.symbols.len() < target {
        if learner.merges.pairs.len().is_multiple_of(MERGES_PER_CHECK) {
            check()?;
        }
        let Some(pair) = learner.most_frequent(min_frequency) else { break };
        learner.merge(pair);
    }
    Ok(learner.merges)
}

/// Where a pair occurs, and how often over all words.
#[derive(Default)]
struct Occurrences {
    count: u64,
    /// Words that hold the pair, or held it.
    words: Vec<u32>,
}

impl Occurrences {
    fn add(&mut self, word: u32, count: u64) {
        self.count += count;
        if self.words.last() != Some(&word) {
            self.words.push(word);
        }
    }
}

struct Word {
    start: usize,
    len: u32,
    count: u64,
}

struct Learner {
    /// All words one after another; a merge shortens a word in its place.
    arena: Vec<u32>,
    words: Vec<Word>,
    pairs: PairMap<Occurrences>,
    /// Candidates with the count they had when queued. A count that changed since is found out when it comes up.
    queue: BinaryHeap<(u64, Reverse<Pair>)>,
    ids: HashMap<Vec<u8>, u32>,
    merged: HashSet<Pair>,
    merges: Merges,
}

impl Learner {
    fn new(words: &[(Box<str>, u64)], alphabet: &[u8; 256]) -> Self {
        let symbols: Vec<Vec<u8>> = alphabet.iter().map(|&byte| vec![byte]).collect();
        let ids: HashMap<Vec<u8>, u32> = symbols.iter().cloned().zip(0..).collect();
        let mut symbol_of = [0u32; 256];
        alphabet.iter().zip(0..).for_each(|(&byte, id)| symbol_of[usize::from(byte)] = id);
        let mut learner = Self {
            arena: Vec::with_capacity(words.iter().map(|(word, _)| word.len()).sum()),
            words: Vec::with_capacity(words.len()),
            pairs: PairMap::default(),
            queue: BinaryHeap::new(),
            ids,
            merged: HashSet::new(),
            merges: Merges { symbols, pairs: Vec::new() },
        };
        for ((word, count), number) in words.iter().zip(0u32..) {
            let start = learner.arena.len();
            learner.arena.extend(word.bytes().map(|byte| symbol_of[usize::from(byte)]));
            learner.words.push(Word { start, len: word.len() as u32, count: *count });
            for pair in learner.arena[start..].windows(2) {
                learner.pairs.entry((pair[0], pair[1])).or_default().add(number, *count);
            }
        }
        learner.queue = learner.pairs.iter().map(|(&pair, found)| (found.count, Reverse(pair))).collect();
        learner
    }

    fn most_frequent(&mut self, min_frequency: u64) -> Option<Pair> {
        while let Some((count, Reverse(pair))) = self.queue.pop() {
            let now = self.pairs.get(&pair).map_or(0, |found| found.count);
            if now == count && now >= min_frequency {
                return Some(pair);
            }
            if now != count && now >= min_frequency {
                self.queue.push((now, Reverse(pair)));
            }
        }
        None
    }

    fn merge(&mut self, pair: Pair) {
        let symbol = self.symbol_for(pair);
        // Two ways of division can lead to the same symbol, and a pair with it arise again after it was merged:
        // its first place in the order stands.
        if self.merged.insert(pair) {
            self.merges.pairs.push(pair);
        }
        let Some(mut found) = self.pairs.remove(&pair) else { return };
        found.words.sort_unstable();
        found.words.dedup();
        let mut grown = HashSet::new();
        for number in found.words {
            self.merge_in(number, pair, symbol, &mut grown);
        }
        for pair in grown {
            if let Some(found) = self.pairs.get(&pair) {
                self.queue.push((found.count, Reverse(pair)));
            }
        }
    }

    fn symbol_for(&mut self, (left, right): Pair) -> u32 {
        let symbols = &mut self.merges.symbols;
        let bytes = [symbols[left as usize].as_slice(), symbols[right as usize].as_slice()].concat();
        let next = symbols.len() as u32;
        *self.ids.entry(bytes).or_insert_with_key(|bytes| {
            symbols.push(bytes.clone());
            next
        })
    }

    /// Replaces the pair in one word, from left to right, and mends the counts of the pairs around it.
    fn merge_in(&mut self, number: u32, pair: Pair, symbol: u32, grown: &mut HashSet<Pair>) {
        let Self { arena, words, pairs, .. } = self;
        let word = &mut words[number as usize];
        let symbols = &mut arena[word.start..word.start + word.len as usize];
        let lose = |pairs: &mut PairMap<Occurrences>, pair: Pair| {
            if let Some(found) = pairs.get_mut(&pair) {
                found.count -= word.count;
            }
        };
        let mut gain = |pairs: &mut PairMap<Occurrences>, pair: Pair| {
            pairs.entry(pair).or_default().add(number, word.count);
            grown.insert(pair);
        };
        let (mut read, mut write) = (0, 0);
        while read < symbols.len() {
            let matches = symbols[read] == pair.0 && symbols.get(read + 1) == Some(&pair.1);
            if !matches {
                symbols[write] = symbols[read];
                (read, write) = (read + 1, write + 1);
                continue;
            }
            if write > 0 {
                lose(pairs, (symbols[write - 1], pair.0));
                gain(pairs, (symbols[write - 1], symbol));
            }
            symbols[write] = symbol;
            (read, write) = (read + 2, write + 1);
            if let Some(&next) = symbols.get(read) {
                lose(pairs, (pair.1, next));
                gain(pairs, (symbol, next));
            }
        }
        word.len = write as u32;
    }
}

/// Hashes a pair of small integers by one multiplication: the maps of a learner are its hot path, and nobody
/// who could choose symbols could make them collide faster than they make words.
#[derive(Default)]
struct PairHasher(u64);

impl Hasher for PairHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u32(u32::from(byte)));
    }

    fn write_u32(&mut self, symbol: u32) {
        self.0 = (self.0.rotate_left(32) ^ u64::from(symbol)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

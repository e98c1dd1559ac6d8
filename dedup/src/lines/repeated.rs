use std::ops::Range;

/// Where a line repeats, and is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// In documents of one site.
    Site,
    /// In documents of the corpus, whatever their site.
    Corpus,
}

/// The lines to be cut: keys that repeat over all, and pairs of a site and a key that repeats there.
///
/// Eight bytes for the one, sixteen for the other, and up to four for the index. Exact: a line is found if and only if its
/// site and key were given.
#[derive(Debug, Default)]
pub struct RepeatedLines {
    corpus: SortedKeys,
    site_keys: SortedKeys,
    /// The site of the key in the same place; sorted among equal keys.
    sites: Vec<u64>,
}

/// More lines than a position of 32 bits can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more repeated lines than can be told apart: raise `min_site_documents` or `min_characters`")]
pub struct TooManyLines;

impl RepeatedLines {
    /// A set of pairs (site, key) and of keys, in any order and with repetitions.
    ///
    /// # Errors
    ///
    /// [`TooManyLines`] beyond four billion of either.
    pub fn new(mut of_sites: Vec<(u64, u64)>, mut over_all: Vec<u64>) -> Result<Self, TooManyLines> {
        of_sites.sort_unstable_by_key(|&(site, key)| (key, site));
        of_sites.dedup();
        over_all.sort_unstable();
        over_all.dedup();
        let (sites, keys) = of_sites.into_iter().unzip();
        Ok(Self { corpus: SortedKeys::index(over_all)?, site_keys: SortedKeys::index(keys)?, sites })
    }

    /// Where a line of a document of `site` repeats; the whole corpus goes before the site.
    pub fn scope(&self, site: u64, key: u64) -> Option<Scope> {
        if !self.corpus.places(key).is_empty() {
            return Some(Scope::Corpus);
        }
        let of_key = &self.sites[self.site_keys.places(key)];
        of_key.binary_search(&site).ok().map(|_| Scope::Site)
    }

    /// Pairs and keys.
    pub fn len(&self) -> usize {
        self.corpus.keys.len() + self.sites.len()
    }

    /// Whether no line repeats.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held, to be told to whoever limits memory.
    pub fn bytes(&self) -> usize {
        self.corpus.bytes() + self.site_keys.bytes() + self.sites.capacity() * size_of::<u64>()
    }
}

/// Sorted hashes, found by their upper bits: an index says where each prefix begins, and leaves about four keys to search.
///
/// Keys are hashes, so prefixes are even; where somebody has made them uneven, the search is a binary one.
#[derive(Debug, Default)]
struct SortedKeys {
    keys: Vec<u64>,
    /// Where the keys of each prefix begin, and behind the last one their number.
    starts: Vec<u32>,
    /// Bits of a key below its prefix.
    shift: u32,
}

impl SortedKeys {
    fn index(mut keys: Vec<u64>) -> Result<Self, TooManyLines> {
        keys.shrink_to_fit();
        let count = u32::try_from(keys.len()).map_err(|_| TooManyLines)?;
        // One prefix for two to four keys, and at least two prefixes, so that the shift stays below 64.
        let bits = (count / 2).max(2).ilog2();
        let shift = u64::BITS - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (place, &key) in (0..count).zip(&keys) {
            while starts.len() as u64 <= key >> shift {
                starts.push(place);
            }
        }
        starts.resize((1 << bits) + 1, count);
        Ok(Self { keys, starts, shift })
    }

    /// Where a key stands: an empty range if nowhere, a longer one if repeatedly.
    fn places(&self, key: u64) -> Range<usize> {
        if self.keys.is_empty() {
            return 0..0;
        }
        let prefix = (key >> self.shift) as usize;
        let (start, end) = (self.starts[prefix] as usize, self.starts[prefix + 1] as usize);
        let bucket = &self.keys[start..end];
        let first = bucket.partition_point(|&other| other < key);
        let equal = bucket[first..].partition_point(|&other| other == key);
        start + first..start + first + equal
    }

    fn bytes(&self) -> usize {
        self.keys.capacity() * size_of::<u64>() + self.starts.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn nothing_repeats_in_an_empty_set() {
        assert_eq!(RepeatedLines::default().scope(1, 2), None);
        assert_eq!(RepeatedLines::new(Vec::new(), Vec::new()).unwrap().scope(0, u64::MAX), None);
    }

    /// Few values, close together and at both ends, so that keys meet and prefixes are uneven.
    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![0u64..6, (0u64..6).prop_map(|n| u64::MAX - n), any::<u64>().prop_map(|n| n & (0xf << 60))]
    }

    proptest! {
        #[test]
        fn a_line_is_found_if_and_only_if_it_was_given(
            of_sites in prop::collection::vec((number(), number()), 0..60),
            over_all in prop::collection::vec(number(), 0..20),
            asked in prop::collection::vec((number(), number()), 0..60),
        ) {
            let set = RepeatedLines::new(of_sites.clone(), over_all.clone()).unwrap();
            let pairs: BTreeSet<_> = of_sites.iter().copied().collect();
            prop_assert_eq!(set.len(), pairs.len() + over_all.iter().collect::<BTreeSet<_>>().len());
            for &(site, key) in asked.iter().chain(&of_sites) {
                let expected = match (over_all.contains(&key), pairs.contains(&(site, key))) {
                    (true, _) => Some(Scope::Corpus),
                    (false, true) => Some(Scope::Site),
                    (false, false) => None,
                };
                prop_assert_eq!(set.scope(site, key), expected);
            }
        }
    }
}

/// Pairs of documents that share a band, to be compared: the smaller key comes first, and no pair comes twice.
///
/// `keys` are those of one bucket, sorted and distinct. Up to `all` of them make every pair. More make no more pairs than a
/// constant times their number: each with the least, and each with the documents at a few distances after it, around the
/// end. The distances are the sides of a torus on which the documents are wound, so that a group of
/// near-duplicates hangs together even if the least key is no member: next neighbours do it where kin lie together in the
/// input, and strewn members while every third document of the bucket is one. Smaller groups may fall apart, unless another
/// band brings them together.
pub fn pairs(keys: &[u64], all: usize) -> impl Iterator<Item = (u64, u64)> {
    let count = keys.len();
    let small = count <= all.max(MIN_ALL);
    let distances = distances(count);
    (0..count).flat_map(move |at| {
        let every = if small { at + 1..count } else { 0..0 };
        let around = 0..if small || at == 0 { 0 } else { DIMENSIONS };
        // The least is met once, whatever its distance.
        let star = (0..usize::from(!around.is_empty())).map(|_| 0);
        let around = around.map(move |dimension| (at + distances[dimension]) % count).filter(|&other| other != 0);
        every.chain(star).chain(around).map(move |other| (keys[at.min(other)], keys[at.max(other)]))
    })
}

/// More make a large bucket hold together better, and cost a comparison of every member each.
const DIMENSIONS: usize = 6;

/// In smaller buckets, whose torus is not two wide, distances would coincide.
const MIN_ALL: usize = 1 << DIMENSIONS;

/// How far apart neighbours on the torus lie, in each dimension.
fn distances(count: usize) -> [usize; DIMENSIONS] {
    let fits = |side: usize| side.checked_pow(DIMENSIONS as u32).is_some_and(|volume| volume <= count);
    let side = (1..).take_while(|&side| fits(side)).last().unwrap_or(1);
    std::array::from_fn(|dimension| side.pow(dimension as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_small_bucket_gives_every_pair() {
        assert_eq!(pairs(&[], 64).count() + pairs(&[7], 64).count(), 0);
        assert_eq!(pairs(&[3, 5, 9], 64).collect::<Vec<_>>(), [(3, 5), (3, 9), (5, 9)]);
    }

    proptest! {
        #[test]
        fn pairs_are_ordered_distinct_and_few(keys in prop::collection::btree_set(any::<u64>(), 0..900), all in 0usize..100) {
            let keys: Vec<u64> = keys.into_iter().collect();
            let found: Vec<(u64, u64)> = pairs(&keys, all).collect();
            let distinct: BTreeSet<(u64, u64)> = found.iter().copied().collect();
            prop_assert_eq!(found.len(), distinct.len());
            prop_assert!(found.iter().all(|(left, right)| left < right && keys.contains(left) && keys.contains(right)));
            let every = keys.len() * keys.len().saturating_sub(1) / 2;
            match keys.len() <= all.max(MIN_ALL) {
                true => prop_assert_eq!(found.len(), every),
                false => {
                    prop_assert!(found.len() < keys.len() * (DIMENSIONS + 1));
                    prop_assert!(keys.windows(2).all(|two| distinct.contains(&(two[0], two[1]))));
                    prop_assert!(keys[1..].iter().all(|&key| distinct.contains(&(keys[0], key))));
                }
            }
        }
    }
}

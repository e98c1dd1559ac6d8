/// Pairs of documents that share a band, to be compared: the smaller key comes first, and no pair comes twice.
///
/// `keys` are those of one bucket, sorted and distinct. The first `all` of them make every pair. Each further one makes a few:
/// with the least, and with those at a few distances before it. The distances are the sides of a torus on which the documents
/// up to it could be wound, so that a group of near-duplicates hangs together even if the least key is no member: next
/// neighbours do it where kin lie together in the input, and strewn members while every third document of the bucket is one.
/// Smaller groups may fall apart, unless another band brings them together.
///
/// A document's pairs with those before it do not depend on those after it: a bucket that has grown has the pairs that it
/// had, and those of its new members.
pub fn pairs(keys: &[u64], all: usize) -> impl Iterator<Item = (u64, u64)> {
    let all = all.max(MIN_ALL);
    (0..keys.len()).flat_map(move |at| {
        let every = 0..if at < all { at } else { 0 };
        let star = 0..usize::from(at >= all);
        let back =
            distances(at).into_iter().take(if at < all { 0 } else { DIMENSIONS }).map(move |distance| at - distance);
        every.chain(star).chain(back).map(move |other| (keys[other], keys[at]))
    })
}

/// More make a large bucket hold together better, and cost a comparison of every member each.
const DIMENSIONS: usize = 6;

/// Before this place the torus is not two wide, and distances would coincide.
const MIN_ALL: usize = 1 << DIMENSIONS;

/// How far before place `at` its neighbours on the torus lie, in each dimension: less than `at` from [`MIN_ALL`] on.
///
/// The side is the sixth root of the power of two at or below `at`, by a table and not by floating point: pairs must be the
/// same on every machine.
fn distances(at: usize) -> [usize; DIMENSIONS] {
    /// Two to the power of sixths, in millionths.
    const ROOTS: [u128; DIMENSIONS] = [1_000_000, 1_122_462, 1_259_921, 1_414_214, 1_587_401, 1_781_797];
    let exponent = at.checked_ilog2().unwrap_or(0) as usize;
    std::array::from_fn(|dimension| {
        let sixths = exponent * dimension;
        ((ROOTS[sixths % DIMENSIONS] << (sixths / DIMENSIONS)) / ROOTS[0]) as usize
    })
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
            let first = keys.len().min(all.max(MIN_ALL));
            prop_assert_eq!(found.len(), first * first.saturating_sub(1) / 2 + (keys.len() - first) * (DIMENSIONS + 1));
            prop_assert!(keys.windows(2).all(|two| distinct.contains(&(two[0], two[1]))));
            prop_assert!(keys.iter().skip(1).all(|&key| distinct.contains(&(keys[0], key))));
        }

        #[test]
        fn a_bucket_that_has_grown_has_the_pairs_that_it_had(keys in prop::collection::btree_set(any::<u64>(), 0..900), share in 0.0..1.0) {
            let keys: Vec<u64> = keys.into_iter().collect();
            let before = &keys[..(keys.len() as f64 * share) as usize];
            let had: BTreeSet<(u64, u64)> = pairs(before, 64).collect();
            let of_old = |(_, right): &(u64, u64)| before.contains(right);
            prop_assert_eq!(pairs(&keys, 64).filter(of_old).collect::<BTreeSet<_>>(), had);
        }
    }
}

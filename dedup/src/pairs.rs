use crate::shingle::mix;

/// Pairs of documents that share a band, to be compared: the smaller key comes first, and no pair comes twice.
///
/// `keys` are those of one bucket, sorted and distinct. The first `all` of them make every pair. Each further one makes a few:
/// with the least, with the one before it, and with one of each fifth of the others before it, drawn by its place. So a
/// group of near-duplicates hangs together even if the least key is no member: by next neighbours where kin lie together in
/// the input, and by the drawn ones while every third document of the bucket is of the group. Smaller groups may fall apart,
/// unless another band brings them together.
///
/// A document's pairs with those before it do not depend on those after it: a bucket that has grown has the pairs that it
/// had, and those of its new members.
pub fn pairs(keys: &[u64], all: usize) -> impl Iterator<Item = (u64, u64)> {
    let all = all.max(MIN_ALL);
    (0..keys.len()).flat_map(move |at| {
        let (every, drawn) = if at < all { (at, 0) } else { (0, STRATA) };
        let beside = [0, at.saturating_sub(1)].into_iter().take(if at < all { 0 } else { 2 });
        let drawn = (0..drawn).map(move |stratum| drawn_of(at, stratum));
        (0..every).chain(beside).chain(drawn).map(move |other| (keys[other], keys[at]))
    })
}

/// The fifths. More strata make a large bucket hold together better, and cost a comparison of every member each.
const STRATA: usize = 5;

/// In a place before this one, strata would be hardly wider than a document.
const MIN_ALL: usize = 64;

/// A place in one of the equal strata of the places after the least and before `at - 1`.
fn drawn_of(at: usize, stratum: usize) -> usize {
    let others = at - 2;
    let (start, end) = (others * stratum / STRATA, others * (stratum + 1) / STRATA);
    let drawn = mix((at * STRATA + stratum) as u64) % (end - start) as u64;
    1 + start + drawn as usize
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
            prop_assert_eq!(found.len(), first * first.saturating_sub(1) / 2 + (keys.len() - first) * (STRATA + 2));
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

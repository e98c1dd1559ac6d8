use crate::{Components, TooManyNodes};

/// Nearest others that each document of a bucket keeps. All pairs of a large group of near-duplicates would cost the square
/// of its vectors, each a thousand times as wide as a key; the nearest are the same in every bucket that brings it together.
const NEAREST: usize = 16;

/// Two documents of a bucket whose signatures are close, to be held to their vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neighbours {
    /// The least key of those that hang together with them in the bucket.
    pub anchor: u64,
    /// The smaller key of the pair.
    pub least: u64,
    /// The larger one.
    pub key: u64,
}

/// The close pairs of a bucket of documents that share a band: key and signature of each, in any order.
///
/// Embeddings of strangers have a cosine of 0.3 to 0.7, and a band of twenty bits brings together one in thousands of them:
/// in a large corpus nearly all of a bucket. A signature tells them apart for a few instructions, where the vectors would
/// have to be sent for. Pairs that differ in more than `radius` bits are left out.
///
/// Each document is compared with the next `window` in order of the signatures, read around from byte `first` on: work is
/// bounded by documents times window. With `first` different from bucket to bucket, each sees other neighbours.
///
/// # Errors
///
/// [`TooManyNodes`] if there are more documents than 32 bits can name.
pub fn neighbours(
    mut members: Vec<(u64, &[u8])>,
    radius: u32,
    window: usize,
    first: usize,
) -> Result<Vec<Neighbours>, TooManyNodes> {
    let turned = |signature: &'_ [u8]| {
        let first = first % signature.len().max(1);
        let (head, tail) = signature.split_at(first.min(signature.len()));
        (word(tail), tail.to_vec(), head.to_vec())
    };
    members.sort_by_cached_key(|&(key, signature)| (turned(signature), key));
    members.dedup_by_key(|&mut (key, _)| key);
    let mut joined = Components::over(members.iter().map(|&(key, _)| key).collect())?;
    let nodes: Vec<u32> = members.iter().filter_map(|&(key, _)| joined.node(key)).collect();
    let mut nearest = vec![Vec::new(); members.len()];
    let mut joins = Vec::new();
    for (left, &(key, signature)) in members.iter().enumerate() {
        for (right, &(other, others)) in members.iter().enumerate().skip(left + 1).take(window.max(1)) {
            let distance = distance(signature, others);
            if distance > radius {
                continue;
            }
            keep(&mut nearest[left], (distance, other));
            keep(&mut nearest[right], (distance, key));
            if joined.join(nodes[left], nodes[right]) {
                joins.push((key.min(other), key.max(other)));
            }
        }
    }
    let mut pairs: Vec<(u64, u64)> = Vec::new();
    for (&(key, _), nearest) in members.iter().zip(&nearest) {
        pairs.extend(nearest.iter().map(|&(_, other)| (key.min(other), key.max(other))));
    }
    pairs.sort_unstable();
    pairs.dedup();
    Ok(anchored(pairs, joins, joined))
}

/// Pairs with the least key that hangs together with each, and of `joins` those that are needed to hold a group together.
fn anchored(mut pairs: Vec<(u64, u64)>, joins: Vec<(u64, u64)>, mut joined: Components) -> Vec<Neighbours> {
    let mut held = joined.apart();
    let join =
        |components: &mut Components, (least, key): (u64, u64)| match (components.node(least), components.node(key)) {
            (Some(left), Some(right)) => components.join(left, right),
            _ => false,
        };
    pairs.iter().for_each(|&pair| _ = join(&mut held, pair));
    pairs.extend(joins.into_iter().filter(|&pair| join(&mut held, pair)));
    let anchored = pairs.into_iter().filter_map(|(least, key)| {
        // The root is the least node of its component, and nodes are in order of keys.
        let root = joined.root(joined.node(least)?);
        Some(Neighbours { anchor: *joined.keys().get(root as usize)?, least, key })
    });
    anchored.collect()
}

/// Keeps the nearest, sorted; of equally near ones those with the smaller keys.
fn keep(nearest: &mut Vec<(u32, u64)>, found: (u32, u64)) {
    if nearest.len() == NEAREST && nearest.last().is_some_and(|last| *last <= found) {
        return;
    }
    nearest.insert(nearest.partition_point(|other| *other < found), found);
    nearest.truncate(NEAREST);
}

/// Bits in which two signatures differ.
fn distance(left: &[u8], right: &[u8]) -> u32 {
    let ((left, left_rest), (right, right_rest)) = (left.as_chunks::<8>(), right.as_chunks::<8>());
    let words = left.iter().zip(right).map(|(&l, &r)| (u64::from_le_bytes(l) ^ u64::from_le_bytes(r)).count_ones());
    let rest = left_rest.iter().zip(right_rest).map(|(l, r)| (l ^ r).count_ones());
    words.sum::<u32>() + rest.sum::<u32>()
}

/// The first bytes as a number that sorts as they do: it settles most comparisons.
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |word, &byte| word << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn pairs(members: &[(u64, Vec<u8>)], radius: u32, window: usize, first: usize) -> Vec<Neighbours> {
        let members = members.iter().map(|(key, signature)| (*key, signature.as_slice())).collect();
        neighbours(members, radius, window, first).unwrap()
    }

    #[test]
    fn strangers_in_between_hide_nobody() {
        let near = |key, byte| (key, vec![byte, 0, 0]);
        let members = [near(9, 0b1), (5, vec![0xff; 3]), near(2, 0b11), (1, vec![0x0f; 3]), near(7, 0)];
        let mut found = pairs(&members, 1, 10, 0);
        found.sort();
        let expected = [(2, 9), (7, 9)].map(|(least, key)| Neighbours { anchor: 2, least, key });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_bucket_beyond_the_window_is_compared_in_part() {
        let members: Vec<_> =
            [0u8, 64, 128, 192, 1].into_iter().zip(0..).map(|(byte, key)| (key, vec![0, byte])).collect();
        let keys: Vec<_> = pairs(&members, 1, 1, 0).iter().map(|pair| (pair.least, pair.key)).collect();
        assert_eq!(keys, [(0, 4), (2, 3)], "next to each other in order of signatures");
        let far: Vec<_> =
            [0b0000_0001u8, 0b1000_0001, 0b0100_0000].into_iter().zip(0..).map(|(b, k)| (k, vec![b])).collect();
        assert_eq!((pairs(&far, 1, 1, 0).len(), pairs(&far, 1, 2, 0).len()), (0, 1));
    }

    #[test]
    fn a_thousand_alike_make_few_pairs_and_hang_together() {
        let members: Vec<(u64, Vec<u8>)> = (0..1000).map(|key| (key, vec![7; 8])).collect();
        let found = pairs(&members, 3, 400, 0);
        assert!(found.len() < 1000 * (NEAREST + 1), "{}", found.len());
        assert!(found.iter().all(|pair| pair.anchor == 0));
    }

    fn members() -> impl Strategy<Value = Vec<(u64, Vec<u8>)>> {
        prop::collection::btree_map(
            any::<u64>(),
            prop::collection::vec(prop::sample::select(vec![0u8, 1, 3, 129]), 9),
            0..40,
        )
        .prop_map(|members| members.into_iter().collect())
    }

    proptest! {
        /// Against comparing all pairs: none that is too far, and the same components, whatever the order.
        #[test]
        fn components_are_those_of_all_pairs(mut members in members(), radius in 0u32..8, first in 0usize..20) {
            let found = pairs(&members, radius, 40, first);
            let keys = || members.iter().map(|(key, _)| *key).collect::<Vec<_>>();
            let (mut all, mut joined) = (Components::over(keys()).unwrap(), Components::over(keys()).unwrap());
            let signature = |key: u64| &members.iter().find(|(other, _)| *other == key).unwrap().1;
            for (at, (key, left)) in members.iter().enumerate() {
                for (other, right) in &members[..at] {
                    if distance(left, right) <= radius {
                        let (a, b) = (all.node(*key).unwrap(), all.node(*other).unwrap());
                        all.join(a, b);
                    }
                }
            }
            for pair in &found {
                prop_assert!(pair.least < pair.key && pair.anchor <= pair.least);
                prop_assert!(distance(signature(pair.least), signature(pair.key)) <= radius);
                let (a, b) = (joined.node(pair.least).unwrap(), joined.node(pair.key).unwrap());
                joined.join(a, b);
            }
            let distinct: BTreeSet<_> = found.iter().map(|pair| (pair.least, pair.key)).collect();
            prop_assert_eq!(distinct.len(), found.len());
            prop_assert_eq!(joined.label(), all.label());
            members.reverse();
            prop_assert_eq!(pairs(&members, radius, 40, first), found);
        }
    }
}

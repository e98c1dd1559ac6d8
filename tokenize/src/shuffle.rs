//! The order of the global shuffle, and which documents are held out. Both are functions of a document's id and the run's seed.

use malmoi_schemas::DocumentId;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// One key for each thing that is drawn by lot, so that none tells anything about another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys {
    /// Place in the global shuffle.
    pub(crate) order: u64,
    /// Being held out.
    pub(crate) held_out: u64,
    /// Place in the queue for the sample that the vocabulary is learned from.
    pub(crate) sample: u64,
}

impl Keys {
    pub(crate) fn new(seed: u64) -> Self {
        let key = |purpose: &str| xxh3_64_with_seed(purpose.as_bytes(), seed);
        Self { order: key("order"), held_out: key("held-out"), sample: key("sample") }
    }
}

/// A document's lot under some key. Lots are ordered; the id decides between equal hashes.
pub(crate) type Lot = (u64, DocumentId);

/// The lot of a document.
pub(crate) fn lot(id: DocumentId, key: u64) -> Lot {
    (id.keyed(key), id)
}

/// Says of every document whether it is held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldOut {
    /// Documents with a smaller hash are held out.
    pub(crate) below: u64,
    /// Held out in any case, where the rule would hold out none.
    pub(crate) always: Option<DocumentId>,
    /// Trained on in any case, where the rule would hold out all.
    pub(crate) never: Option<DocumentId>,
}

impl HeldOut {
    /// The hash below which the given share of all hashes lies.
    pub(crate) fn threshold(share: f64) -> u64 {
        // 2^64 as a float; the product is less than 2^63, because a share is less than one half.
        (share * 18_446_744_073_709_551_616.0) as u64
    }

    /// Whether the document with this lot under [`Keys::held_out`] is held out.
    pub(crate) fn holds(&self, (hash, id): Lot) -> bool {
        self.always == Some(id) || (hash < self.below && self.never != Some(id))
    }
}

/// The bucket, of `buckets`, of a document: buckets divide the hashes into equal ranges in order, so the shards one after
/// another are one global order by hash, whatever their number.
pub(crate) fn bucket_of(hash: u64, buckets: u32) -> u32 {
    ((u128::from(hash) * u128::from(buckets)) >> 64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_threshold_takes_its_share() {
        let held_out = HeldOut { below: HeldOut::threshold(0.1), always: None, never: None };
        let key = Keys::new(1).held_out;
        let held =
            (0..20_000).filter(|&n| held_out.holds(lot(DocumentId::of_place("리뷰", "a.jsonl", n), key))).count();
        assert!((1_800..2_200).contains(&held), "{held}");
        assert_eq!(HeldOut::threshold(0.0), 0);
    }

    #[test]
    fn keys_differ_by_purpose_and_seed() {
        let (one, two) = (Keys::new(1), Keys::new(2));
        let keys = [one.order, one.held_out, one.sample, two.order, two.held_out, two.sample];
        assert_eq!(keys.iter().collect::<std::collections::HashSet<_>>().len(), keys.len());
    }

    proptest! {
        #[test]
        fn buckets_keep_the_order(one in any::<u64>(), two in any::<u64>(), buckets in 1u32..100_000) {
            prop_assert!(bucket_of(one, buckets) < buckets);
            prop_assert!(one > two || bucket_of(one, buckets) <= bucket_of(two, buckets));
        }
    }
}

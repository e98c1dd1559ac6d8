//! What must be known of all documents before the first is encoded.

use crate::TokenizeConfig;
use crate::shuffle::{HeldOut, Keys, Lot, lot};
use malmoi_schemas::DocumentId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bits of a hash's mantissa that a slot of the sample's histogram tells apart.
const SLOT_BITS: u32 = 4;

/// Sums over documents. Surveys of parts add up to that of the whole in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Survey {
    pub(crate) documents: u64,
    pub(crate) characters: u64,
    /// Characters of documents below the held-out threshold.
    held_out_characters: u64,
    /// Documents below the held-out threshold.
    held_out_documents: u64,
    /// Smallest and largest lot under the held-out key.
    lowest: Option<Lot>,
    highest: Option<Lot>,
    /// Characters of documents above the held-out threshold by [`slot`] of their hash under the sample key.
    sample: BTreeMap<u16, u64>,
}

impl Survey {
    pub(crate) fn add(&mut self, id: DocumentId, characters: u64, keys: &Keys, threshold: u64) {
        self.documents += 1;
        self.characters += characters;
        let drawn = lot(id, keys.held_out);
        self.lowest = self.lowest.into_iter().chain([drawn]).min();
        self.highest = self.highest.max(Some(drawn));
        if drawn.0 < threshold {
            self.held_out_documents += 1;
            self.held_out_characters += characters;
        } else {
            *self.sample.entry(slot(id.keyed(keys.sample))).or_default() += characters;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.documents += other.documents;
        self.characters += other.characters;
        self.held_out_documents += other.held_out_documents;
        self.held_out_characters += other.held_out_characters;
        self.lowest = self.lowest.into_iter().chain(other.lowest).min();
        self.highest = self.highest.max(other.highest);
        for (&slot, &characters) in &other.sample {
            *self.sample.entry(slot).or_default() += characters;
        }
    }

    /// What the survey decides for every document.
    pub(crate) fn plan(&self, config: &TokenizeConfig) -> Plan {
        let below = HeldOut::threshold(config.held_out.get());
        let wanted = config.held_out.get() > 0.0;
        let id = |lot: Option<Lot>| lot.map(|(_, id)| id);
        let none = wanted && self.documents >= 2 && self.held_out_documents == 0;
        let all = self.held_out_documents == self.documents;
        let held_out = HeldOut {
            below,
            always: if none { id(self.lowest) } else { None },
            never: if all { id(self.highest) } else { None },
        };
        let shards =
            |characters: u64| characters.div_ceil(config.shard_tokens.get()).clamp(1, u64::from(u32::MAX)) as u32;
        Plan {
            held_out,
            // The exceptions exist only where documents are too few to choose a sample from.
            sample_below: if none || all { u64::MAX } else { self.sample_threshold(config.sample.bytes()) },
            token_shards: shards(self.characters - self.held_out_characters),
            held_out_shards: shards(self.held_out_characters),
        }
    }

    /// A hash such that the documents up to it have at least `bytes` bytes, because they have as many characters.
    fn sample_threshold(&self, bytes: u64) -> u64 {
        let mut characters = 0;
        for (&slot, &more) in &self.sample {
            characters += more;
            if characters >= bytes {
                return last_of(slot);
            }
        }
        u64::MAX
    }
}

/// Decisions that hold for the whole stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) held_out: HeldOut,
    /// The largest hash under the sample key with which a document can be in the sample.
    pub(crate) sample_below: u64,
    pub(crate) token_shards: u32,
    pub(crate) held_out_shards: u32,
}

/// The slot of a hash: exponent and leading bits of the mantissa, so that however small the share is that a sample needs,
/// a threshold between slots overshoots by a sixteenth at most.
fn slot(hash: u64) -> u16 {
    let exponent = hash.checked_ilog2().unwrap_or(0);
    if exponent < SLOT_BITS {
        return hash as u16;
    }
    let mantissa = (hash >> (exponent - SLOT_BITS)) & ((1 << SLOT_BITS) - 1);
    (((exponent - SLOT_BITS + 1) << SLOT_BITS) as u16) | mantissa as u16
}

/// The largest hash of a slot.
fn last_of(slot: u16) -> u64 {
    let (high, mantissa) = (u32::from(slot >> SLOT_BITS), u64::from(slot & ((1 << SLOT_BITS) - 1)));
    if high == 0 {
        return mantissa;
    }
    let first = ((1 << SLOT_BITS) | mantissa) << (high - 1);
    first | ((1 << (high - 1)) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use malmoi_schemas::ByteSize;
    use proptest::prelude::*;

    fn config(held_out: f64, sample: u64) -> TokenizeConfig {
        TokenizeConfig {
            held_out: held_out.try_into().unwrap(),
            sample: ByteSize(sample).try_into().unwrap(),
            ..TokenizeConfig::default()
        }
    }

    fn survey(documents: &[DocumentId], keys: &Keys, config: &TokenizeConfig) -> Survey {
        let mut survey = Survey::default();
        let threshold = HeldOut::threshold(config.held_out.get());
        documents.iter().for_each(|&id| survey.add(id, 100, keys, threshold));
        survey
    }

    fn documents(number: u64) -> Vec<DocumentId> {
        (0..number).map(|record| DocumentId::of_place("뉴스", "기사.jsonl", record)).collect()
    }

    #[test]
    fn few_documents_still_give_one_to_hold_out_and_one_to_train_on() {
        for (share, number) in [(0.000_001, 2), (0.000_001, 30), (0.499_999, 2), (0.499_999, 3), (0.3, 4)] {
            for seed in 0..40 {
                let (keys, config, documents) = (Keys::new(seed), config(share, 10), documents(number));
                let plan = survey(&documents, &keys, &config).plan(&config);
                let held = documents.iter().filter(|&&id| plan.held_out.holds(lot(id, keys.held_out))).count() as u64;
                assert!((1..number).contains(&held), "{held} of {number} at seed {seed}");
            }
        }
    }

    #[test]
    fn a_single_document_is_trained_on() {
        for seed in 0..20 {
            let (keys, config, documents) = (Keys::new(seed), config(0.49, 10), documents(1));
            let plan = survey(&documents, &keys, &config).plan(&config);
            assert!(!plan.held_out.holds(lot(documents[0], keys.held_out)));
        }
    }

    #[test]
    fn a_share_of_nothing_holds_nothing_out() {
        let (keys, config, documents) = (Keys::new(3), config(0.0, 10), documents(5));
        let plan = survey(&documents, &keys, &config).plan(&config);
        assert!(!documents.iter().any(|&id| plan.held_out.holds(lot(id, keys.held_out))));
    }

    #[test]
    fn a_small_sample_needs_few_documents() {
        let (keys, config, documents) = (Keys::new(3), config(0.01, 10_000), documents(20_000));
        let plan = survey(&documents, &keys, &config).plan(&config);
        let chosen = documents.iter().filter(|id| id.keyed(keys.sample) <= plan.sample_below).count();
        assert!((100..140).contains(&chosen), "{chosen}");
    }

    proptest! {
        #[test]
        fn slots_are_ranges_in_order(one in any::<u64>(), shift in 0u32..64) {
            let one = one >> shift;
            prop_assert!(last_of(slot(one)) >= one);
            prop_assert_eq!(slot(last_of(slot(one))), slot(one));
            if let Some(next) = last_of(slot(one)).checked_add(1) {
                prop_assert_eq!(slot(next), slot(one) + 1);
            }
        }

        #[test]
        fn parts_add_up_to_the_whole(number in 0u64..60, cut in 0usize..60, seed in any::<u64>()) {
            let (keys, config, documents) = (Keys::new(seed), config(0.2, 500), documents(number));
            let cut = cut.min(documents.len());
            let mut sum = survey(&documents[cut..], &keys, &config);
            sum.merge(&survey(&documents[..cut], &keys, &config));
            prop_assert_eq!(sum, survey(&documents, &keys, &config));
        }
    }
}

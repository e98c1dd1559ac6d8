//! Open addressing from 64-bit keys to small numbers in order of appearance.

/// Numbers keys 0, 1, 2, … in the order in which they first appear. Its memory is kept between texts but only as much of
/// it is walked as the present text needs.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    slots: Vec<Slot>,
    bits: u32,
    used: u32,
    round: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    number: u32,
    round: u32,
}

/// What a key's number is, and whether the key is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) number: u32,
    pub(super) new: bool,
}

/// At half load an honest text never comes near; keys chosen to collide are each taken for new, so that time stays linear.
const MOST_PROBES: usize = 128;

impl Numbering {
    /// Forgets all keys and makes room for `expected` of them; more are welcome and cost a rearrangement.
    pub(super) fn restart(&mut self, expected: usize) {
        self.bits = (expected.max(32) * 2).next_power_of_two().trailing_zeros();
        if self.slots.len() < 1 << self.bits {
            self.slots.resize(1 << self.bits, Slot::default());
        }
        self.advance();
    }

    fn advance(&mut self) {
        self.used = 0;
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill(Slot::default());
            self.round = 1;
        }
    }

    /// The number of a key, a new one if the key is new.
    #[inline]
    pub(super) fn number(&mut self, key: u64) -> Numbered {
        if (self.used as usize) << 1 >= 1 << self.bits {
            self.grow();
        }
        let mask = (1usize << self.bits) - 1;
        let home = self.home(key);
        for at in home..home + MOST_PROBES {
            let slot = &mut self.slots[at & mask];
            if slot.round != self.round {
                *slot = Slot { key, number: self.used, round: self.round };
                break;
            }
            if slot.key == key {
                return Numbered { number: slot.number, new: false };
            }
        }
        self.used += 1;
        Numbered { number: self.used - 1, new: true }
    }

    /// The slot in which the search for a key begins.
    fn home(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - self.bits)) as usize
    }

    #[cold]
    fn grow(&mut self) {
        let live: Vec<_> = self.slots[..1 << self.bits].iter().filter(|s| s.round == self.round).copied().collect();
        let used = self.used;
        self.restart(1 << self.bits);
        let mask = (1usize << self.bits) - 1;
        for slot in live {
            let home = self.home(slot.key);
            let free = (home..home + MOST_PROBES).find(|at| self.slots[at & mask].round != self.round);
            if let Some(at) = free {
                self.slots[at & mask] = Slot { round: self.round, ..slot };
            }
        }
        self.used = used;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn numbers_as_a_map_would(keys in prop::collection::vec(0..300u64, 0..2000), expected in 0..100usize) {
            let mut numbering = Numbering::default();
            for _ in 0..2 {
                numbering.restart(expected);
                let mut known = HashMap::new();
                for &key in &keys {
                    let key = key.wrapping_mul(0x1234_5678_9abc_def1);
                    let next = known.len() as u32;
                    let new = !known.contains_key(&key);
                    let number = *known.entry(key).or_insert(next);
                    prop_assert_eq!(numbering.number(key), Numbered { number, new });
                }
            }
        }
    }

    #[test]
    fn keys_chosen_to_collide_cost_no_more_than_the_bound() {
        let mut numbering = Numbering::default();
        numbering.restart(1 << 16);
        // The inverse of the multiplier puts all of these keys into one slot.
        let inverse =
            (0..6).fold(1u64, |x, _| x.wrapping_mul(2u64.wrapping_sub(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(x))));
        let started = std::time::Instant::now();
        for _ in 0..2 {
            (0..60_000u64).for_each(|i| {
                numbering.number(i.wrapping_mul(inverse));
            });
        }
        assert!(started.elapsed().as_secs() < 5);
    }
}

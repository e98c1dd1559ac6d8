//! All n-grams above order 1 in one compact hash table.

use super::symbols::BITS;

/// Eight bytes an n-gram: a fingerprint of its key (upper half), its probability and its back-off weight.
///
/// The fingerprint is shorter than the key, so an n-gram that is not there is mistaken for one that is about once in a
/// billion look-ups. That is rarer than anything a perplexity can notice.
#[derive(Debug)]
pub(super) struct Table {
    slots: Vec<u64>,
    longest_probe: u32,
}

/// Longer probes than this are no honest table's.
pub(super) const LONGEST_PROBE: u32 = 256;
/// Negative natural logarithms between 0 and this are stored in sixteen bits.
const RANGE: f32 = 24.0;

/// What the table knows of an n-gram, as negative natural logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    pub(super) surprise: f32,
    pub(super) back_off: f32,
}

/// The key of an n-gram of `order` symbols, which are the last ones of `history`.
#[inline]
pub(super) fn key(history: u64, order: usize) -> u64 {
    (history & ((1 << (BITS as usize * order)) - 1)) | ((order as u64) << 60)
}

/// Where a look-up begins, and what it looks for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Probe {
    slot: u32,
    fingerprint: u32,
}

impl Table {
    /// `None` if the n-grams do not fit; their order decides where each lies.
    pub(super) fn new(entries: &[(u64, f64, f64)]) -> Option<Self> {
        // Half full: a look-up of what is not there ends soon.
        let capacity = 2 * entries.len() + 1;
        let mut table = Self { slots: vec![0; u32::try_from(capacity).ok()? as usize], longest_probe: LONGEST_PROBE };
        let mut longest = 0;
        for &(key, probability, back_off) in entries {
            let probe = table.probe(key);
            let value = u64::from(stored(probability)) << 16 | u64::from(stored(back_off));
            let free = table.walk(probe).position(|slot| table.slots[slot] == 0)?;
            longest = longest.max(free as u32 + 1);
            let slot = (probe.slot as usize + free) % capacity;
            table.slots[slot] = u64::from(probe.fingerprint) << 32 | value;
        }
        table.longest_probe = longest;
        Some(table)
    }

    /// A table that was written before; `None` if it cannot be one.
    pub(super) fn from_slots(slots: Vec<u64>, longest_probe: u32) -> Option<Self> {
        (!slots.is_empty() && u32::try_from(slots.len()).is_ok() && longest_probe <= LONGEST_PROBE)
            .then_some(Self { slots, longest_probe })
    }

    pub(super) fn slots(&self) -> &[u64] {
        &self.slots
    }

    pub(super) fn longest_probe(&self) -> u32 {
        self.longest_probe
    }

    #[inline]
    pub(super) fn probe(&self, key: u64) -> Probe {
        let mixed = (key ^ (key >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let slot = ((u128::from(mixed) * self.slots.len() as u128) >> 64) as u32;
        // Never 0, which is an empty slot.
        Probe { slot, fingerprint: mixed as u32 | 1 }
    }

    /// What lies where the look-up begins. Asking for many before using the first lets memory answer in parallel.
    #[inline]
    pub(super) fn first(&self, probe: Probe) -> u64 {
        self.slots[probe.slot as usize]
    }

    /// Ends the look-up that [`first`](Self::first) began.
    #[inline]
    pub(super) fn find(&self, probe: Probe, first: u64) -> Option<Entry> {
        if (first >> 32) as u32 == probe.fingerprint {
            return Some(entry(first));
        }
        if first == 0 { None } else { self.find_further(probe) }
    }

    fn find_further(&self, probe: Probe) -> Option<Entry> {
        for slot in self.walk(probe).skip(1) {
            let found = self.slots[slot];
            if found == 0 {
                return None;
            }
            if (found >> 32) as u32 == probe.fingerprint {
                return Some(entry(found));
            }
        }
        None
    }

    fn walk(&self, probe: Probe) -> impl Iterator<Item = usize> + use<> {
        let (mut slot, capacity) = (probe.slot as usize, self.slots.len());
        (0..self.longest_probe).map(move |_| {
            let here = slot;
            slot = if slot + 1 == capacity { 0 } else { slot + 1 };
            here
        })
    }
}

fn stored(probability: f64) -> u16 {
    (-probability.ln() as f32 / RANGE * f32::from(u16::MAX)).round().clamp(0.0, f32::from(u16::MAX)) as u16
}

#[inline]
fn entry(slot: u64) -> Entry {
    const STEP: f32 = RANGE / u16::MAX as f32;
    Entry { surprise: (slot >> 16) as u16 as f32 * STEP, back_off: slot as u16 as f32 * STEP }
}

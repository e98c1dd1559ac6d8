//! How far two judges agree on keeping or removing.

use std::fmt;

/// Counts of what two judges decided: by the first's decision, then by the second's.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Agreement {
    counts: [[u32; 2]; 2],
}

impl Agreement {
    pub(crate) fn add(&mut self, (theirs, ours): (bool, bool)) {
        self.counts[usize::from(theirs)][usize::from(ours)] += 1;
    }

    pub(crate) fn documents(&self) -> u32 {
        self.counts.as_flattened().iter().sum()
    }

    /// The share of documents that both decide alike.
    pub(crate) fn share(&self) -> f64 {
        f64::from(self.counts[0][0] + self.counts[1][1]) / f64::from(self.documents())
    }

    /// Cohen's kappa: the share above what chance gives (Cohen 1960). Not a number where both decide always the same.
    pub(crate) fn kappa(&self) -> f64 {
        let all = f64::from(self.documents());
        let theirs = f64::from(self.counts[1][0] + self.counts[1][1]) / all;
        let ours = f64::from(self.counts[0][1] + self.counts[1][1]) / all;
        let chance = theirs * ours + (1.0 - theirs) * (1.0 - ours);
        (self.share() - chance) / (1.0 - chance)
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [[_, only_ours], [only_theirs, _]] = self.counts;
        write!(
            f,
            "{:5} documents, {:.1} % alike, kappa {:.3}, kept only by us {only_ours}, only by FineWeb-2 {only_theirs}",
            self.documents(),
            self.share() * 100.0,
            self.kappa()
        )
    }
}

/// One of two halves of all documents, by a hash of the id (FNV-1a).
pub(crate) fn half(id: &str) -> usize {
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash >> 32) as usize % 2
}

#[test]
fn kappa_by_hand() {
    let mut agreement = Agreement::default();
    let counts = [((true, true), 20), ((true, false), 5), ((false, true), 10), ((false, false), 15)];
    for (pair, times) in counts {
        (0..times).for_each(|_| agreement.add(pair));
    }
    assert_eq!(agreement.share(), 0.7);
    assert!((agreement.kappa() - 0.4).abs() < 1e-9);
}

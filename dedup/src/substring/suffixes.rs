use super::error::SubstringError;
use libsais::SuffixArrayConstruction;

/// Suffixes of a sequence in lexicographic order, by induced sorting (Nong, Zhang and Chan, 2011) in libsais: linear time
/// whatever the sequence, and no recursion deeper than its logarithm.
pub(super) struct Suffixes {
    /// Where each suffix begins, the smallest suffix first.
    order: Vec<i32>,
    /// For the suffix that begins at each place, what it has in common with the one before it in order (the *permuted* LCP
    /// array of Kärkkäinen, Manzini and Puglisi, 2009).
    common: Vec<i32>,
}

impl Suffixes {
    /// Sorts. The sequence is borrowed as scratch, and is what it was afterwards.
    pub(super) fn of(sequence: &mut [i32]) -> Result<Self, SubstringError> {
        if sequence.is_empty() {
            return Ok(Self { order: Vec::new(), common: Vec::new() });
        }
        let eojeol = sequence.len();
        let failed = |error| SubstringError::SuffixArray { eojeol, error };
        let sorted = SuffixArrayConstruction::for_text_mut(sequence).in_owned_buffer32().single_threaded().run();
        let with_common = sorted.map_err(failed)?.plcp_construction().single_threaded().run().map_err(failed)?;
        let (order, common, _) = with_common.into_parts();
        Ok(Self { order, common })
    }

    /// How many suffixes there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Where the suffix of a rank begins.
    pub(super) fn at(&self, rank: usize) -> usize {
        self.order[rank] as usize
    }

    /// Length of the longest common prefix of the suffix of a rank and the one before it.
    pub(super) fn common(&self, rank: usize) -> u32 {
        self.common[self.order[rank] as usize] as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn suffixes_are_in_order_with_their_common_prefixes(mut sequence in prop::collection::vec(0i32..4, 0..60)) {
            let before = sequence.clone();
            let suffixes = Suffixes::of(&mut sequence).unwrap();
            prop_assert_eq!(&sequence, &before);
            prop_assert_eq!(suffixes.len(), sequence.len());
            for rank in 1..suffixes.len() {
                let (before, this) = (&sequence[suffixes.at(rank - 1)..], &sequence[suffixes.at(rank)..]);
                prop_assert!(before < this);
                let common = before.iter().zip(this).take_while(|(a, b)| a == b).count();
                prop_assert_eq!(suffixes.common(rank) as usize, common);
            }
        }
    }
}

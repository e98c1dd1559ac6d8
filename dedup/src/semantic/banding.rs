use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Rows of the widest band: one word.
const MOST_ROWS: usize = u64::BITS as usize;

/// Sets the seeds of these bands apart from those of MinHash, so that both may meet in one table.
const SEMANTIC: u64 = 1 << 32;

/// How far from the mean, in standard errors, the bits of a pair at the wanted cosine may differ: all but one in thirty
/// thousand such pairs do.
const TOLERANCE: f64 = 4.0;

/// How the bits of a signature are grouped: documents that agree in all rows of any band become candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SemanticBanding {
    bands: usize,
    rows: usize,
}

impl SemanticBanding {
    /// The most selective bands of up to `bits` bits that make at least `recall` (0 to 1) of the pairs at `cosine` candidates.
    ///
    /// `None` if not even bands of one row do.
    pub fn solve(cosine: f64, recall: f64, bits: usize) -> Option<Self> {
        let of_rows = |rows: usize| Self { bands: bits / rows, rows };
        (1..=MOST_ROWS.min(bits)).rev().map(of_rows).find(|banding| banding.candidate_probability(cosine) >= recall)
    }

    /// Bands of a signature.
    pub fn bands(self) -> usize {
        self.bands
    }

    /// Bits of a band.
    pub fn rows(self) -> usize {
        self.rows
    }

    /// Bits of a signature that the bands take.
    pub fn bits(self) -> usize {
        self.bands * self.rows
    }

    /// Bits in which the signatures of a pair at this cosine differ at most.
    pub fn radius(self, cosine: f64) -> u32 {
        let (bits, differ) = (self.bits() as f64, cosine.clamp(-1.0, 1.0).acos() / std::f64::consts::PI);
        (bits * differ + TOLERANCE * (bits * differ * (1.0 - differ)).sqrt()) as u32
    }

    /// Chance that two vectors become candidates: 1 − (1 − pʳ)ᵇ, with p = 1 − θ/π.
    pub fn candidate_probability(self, cosine: f64) -> f64 {
        let agree = 1.0 - cosine.clamp(-1.0, 1.0).acos() / std::f64::consts::PI;
        1.0 - power(1.0 - power(agree, self.rows), self.bands)
    }
}

/// Multiplied out, for the library's power differs between machines in the last bit. Its arc cosine may too, but only a
/// recall that a banding meets to the last bit could then be solved otherwise.
fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * base)
}

/// One hash for each band of a signature, as [`crate::band_hashes`] gives for MinHash and distinct from those. Two documents
/// are candidates if any of theirs are equal.
pub fn semantic_band_hashes(signature: &[u8], banding: SemanticBanding) -> impl Iterator<Item = u64> {
    (0..banding.bands).map(move |band| {
        let bits = bits_at(signature, band * banding.rows, banding.rows);
        xxh3_64_with_seed(&bits.to_le_bytes(), SEMANTIC | band as u64)
    })
}

/// `count` bits, up to 64, from the bit `start` on; bits behind the end are zero.
fn bits_at(signature: &[u8], start: usize, count: usize) -> u64 {
    let bytes = signature.iter().skip(start / 8).take(9).rev();
    let window = bytes.fold(0u128, |window, &byte| window << 8 | u128::from(byte));
    (window >> (start % 8)) as u64 & (u64::MAX >> (MOST_ROWS - count.clamp(1, MOST_ROWS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_solution_is_the_most_selective_that_finds_enough() {
        let solved = SemanticBanding::solve(0.95, 0.95, 512).unwrap();
        assert_eq!((solved.rows(), solved.bands()), (20, 25));
        assert!(solved.candidate_probability(0.95) >= 0.95);
        assert!(SemanticBanding { rows: 21, bands: 512 / 21 }.candidate_probability(0.95) < 0.95);
        assert_eq!(SemanticBanding::solve(0.0, 0.95, 3), None, "three coins do not agree once so often");
        assert_eq!(SemanticBanding::solve(1.0, 0.95, 64), Some(SemanticBanding { rows: 64, bands: 1 }));
    }

    #[test]
    fn a_radius_takes_in_the_wanted_and_leaves_strangers_out() {
        let banding = SemanticBanding::solve(0.95, 0.95, 512).unwrap();
        let mean = |cosine: f64| 500.0 * cosine.acos() / std::f64::consts::PI;
        let radius = f64::from(banding.radius(0.95));
        assert!(radius > mean(0.95) + 20.0 && radius < mean(0.8) - 20.0, "{radius}");
    }

    #[test]
    fn a_changed_bit_changes_its_band_alone() {
        let banding = SemanticBanding { rows: 20, bands: 25 };
        let mut signature = [0u8; 63];
        let alike: Vec<u64> = semantic_band_hashes(&signature, banding).collect();
        assert!((1..25).all(|band| !alike[..band].contains(&alike[band])), "equal rows in two bands must not meet");
        signature[10] = 1;
        let changed: Vec<u64> = semantic_band_hashes(&signature, banding).collect();
        let differing: Vec<usize> = (0..25).filter(|&band| alike[band] != changed[band]).collect();
        assert_eq!(differing, [4], "bit 80 is the first of the fifth band");
    }

    #[test]
    fn bands_of_minhash_are_never_met() {
        let semantic: Vec<u64> = semantic_band_hashes(&[0; 64], SemanticBanding { rows: 64, bands: 8 }).collect();
        assert!(crate::band_hashes(&[0; 64], 2).all(|hash| !semantic.contains(&hash)));
    }

    proptest! {
        #[test]
        fn bits_are_those_of_the_signature(
            signature in prop::collection::vec(any::<u8>(), 1..24), start in 0usize..200, count in 1usize..=64,
        ) {
            let bit = |at: usize| signature.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
            let expected = (0..count).fold(0u64, |bits, at| bits | u64::from(bit(start + at)) << at);
            prop_assert_eq!(bits_at(&signature, start, count), expected);
        }

        #[test]
        fn closer_pairs_are_likelier_candidates(
            cosine in -1.0f64..1.0, closer in 0.0f64..1.0, rows in 1usize..64, bands in 1usize..60,
        ) {
            let banding = SemanticBanding { rows, bands };
            let closer = cosine + (1.0 - cosine) * closer;
            prop_assert!(banding.candidate_probability(closer) >= banding.candidate_probability(cosine) - 1e-12);
        }
    }
}

/// Products that are summed side by side. The order of summation follows from it: changing it changes results.
const LANES: usize = 16;

/// Norms between which products with hyperplanes can neither overflow nor lose their last bits to underflow.
const NORMS: std::ops::RangeInclusive<f64> = 1e-18..=1e18;

/// A document's vector, checked: of the right length, finite and with a direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Embedding<'a> {
    values: &'a [f32],
    norm: f64,
}

/// Why a document takes no part in the search for neighbours. It is kept: nothing is known against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoUsableEmbedding {
    /// No vector.
    #[error("no usable embedding: there is none")]
    Missing,
    /// A vector of another model, or a cut one.
    #[error("no usable embedding: {found} numbers where {expected} are expected")]
    Length {
        /// Numbers that a vector of this run has.
        expected: usize,
        /// Numbers that there are.
        found: usize,
    },
    /// A NaN or an infinity.
    #[error("no usable embedding: the number at position {position} is not finite")]
    NotFinite {
        /// The first such number, from 0.
        position: usize,
    },
    /// All numbers are zero: there is no angle to measure.
    #[error("no usable embedding: all numbers are zero")]
    Zero,
    /// Numbers so small or large that 32-bit arithmetic cannot tell directions apart.
    #[error("no usable embedding: its length is outside 1e-18 to 1e18")]
    Magnitude,
}

impl<'a> Embedding<'a> {
    /// Checks a vector, or the lack of one, for a run whose vectors have `dimension` numbers.
    ///
    /// # Errors
    ///
    /// What is wrong with the vector, if anything is.
    pub fn check(vector: Option<&'a [f32]>, dimension: usize) -> Result<Self, NoUsableEmbedding> {
        let values = vector.ok_or(NoUsableEmbedding::Missing)?;
        if values.len() != dimension {
            return Err(NoUsableEmbedding::Length { expected: dimension, found: values.len() });
        }
        // Squares of 32-bit numbers do not overflow 64 bits: the norm is finite exactly if every number is.
        let norm = dot(values, values).sqrt();
        if !norm.is_finite() {
            let position = values.iter().position(|value| !value.is_finite()).unwrap_or_default();
            return Err(NoUsableEmbedding::NotFinite { position });
        }
        match norm {
            0.0 => Err(NoUsableEmbedding::Zero),
            norm if NORMS.contains(&norm) => Ok(Self { values, norm }),
            _ => Err(NoUsableEmbedding::Magnitude),
        }
    }

    /// The numbers.
    pub fn values(&self) -> &'a [f32] {
        self.values
    }

    /// Cosine of the angle between two vectors of the same length, −1 to 1.
    ///
    /// Runs with the widest vectors of the machine; [`Embedding::cosine_portably`] gives the same.
    pub fn cosine(&self, other: &Embedding<'_>) -> f64 {
        self.over_norms(other, dot(self.values, other.values))
    }

    /// [`Embedding::cosine`] with the vectors that the build may assume of any machine.
    pub fn cosine_portably(&self, other: &Embedding<'_>) -> f64 {
        self.over_norms(other, dot_portably(self.values, other.values))
    }

    fn over_norms(&self, other: &Embedding<'_>, dot: f64) -> f64 {
        (dot / (self.norm * other.norm)).clamp(-1.0, 1.0)
    }
}

fn dot(left: &[f32], right: &[f32]) -> f64 {
    pulp::Arch::new().dispatch(Dot { left, right })
}

/// Sixteen sums of 64 bits, then halved pairwise. A product of two 32-bit numbers is exact in 64 bits, so that it does not
/// matter whether a machine fuses it with the addition.
#[inline(always)]
fn dot_portably(left: &[f32], right: &[f32]) -> f64 {
    let mut sums = [0f64; LANES];
    let ((left, left_rest), (right, right_rest)) = (left.as_chunks::<LANES>(), right.as_chunks::<LANES>());
    for (left, right) in left.iter().zip(right) {
        for lane in 0..LANES {
            sums[lane] += f64::from(left[lane]) * f64::from(right[lane]);
        }
    }
    for ((sum, &left), &right) in sums.iter_mut().zip(left_rest).zip(right_rest) {
        *sum += f64::from(left) * f64::from(right);
    }
    let mut width = LANES / 2;
    while width > 0 {
        let (lower, upper) = sums.split_at_mut(width);
        lower.iter_mut().zip(upper).for_each(|(lower, upper)| *lower += *upper);
        width /= 2;
    }
    sums[0]
}

/// A call of [`dot_portably`] that is inlined into, and so compiled for, each kind of vector. A closure would not be.
struct Dot<'a> {
    left: &'a [f32],
    right: &'a [f32],
}

impl pulp::WithSimd for Dot<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        dot_portably(self.left, self.right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_no_direction_is_told_apart() {
        let check = |vector: &[f32]| Embedding::check(Some(vector), 3).map(|embedding| embedding.norm);
        assert_eq!(check(&[2.0, 3.0, 6.0]), Ok(7.0));
        assert_eq!(Embedding::check(None, 3), Err(NoUsableEmbedding::Missing));
        assert_eq!(check(&[1.0, 2.0]), Err(NoUsableEmbedding::Length { expected: 3, found: 2 }));
        assert_eq!(check(&[]), Err(NoUsableEmbedding::Length { expected: 3, found: 0 }));
        assert_eq!(check(&[0.0, f32::NAN, f32::INFINITY]), Err(NoUsableEmbedding::NotFinite { position: 1 }));
        assert_eq!(check(&[f32::NEG_INFINITY, 0.0, 0.0]), Err(NoUsableEmbedding::NotFinite { position: 0 }));
        assert_eq!(check(&[0.0, -0.0, 0.0]), Err(NoUsableEmbedding::Zero));
        assert_eq!(check(&[f32::MAX; 3]), Err(NoUsableEmbedding::Magnitude));
        assert_eq!(check(&[f32::from_bits(1); 3]), Err(NoUsableEmbedding::Magnitude));
        assert_eq!(Embedding::check(Some(&[]), 0).map(|_| ()), Err(NoUsableEmbedding::Zero));
    }

    #[test]
    fn an_outcome_reads_well() {
        insta::assert_snapshot!(
            Embedding::check(Some(&[0.5; 384]), 768).unwrap_err(),
            @"no usable embedding: 384 numbers where 768 are expected"
        );
    }

    #[test]
    fn known_angles() {
        let of = |vector: &'static [f32]| Embedding::check(Some(vector), 2).unwrap();
        let (east, north, north_east, west) = (of(&[3.0, 0.0]), of(&[0.0, 1.0]), of(&[2.0, 2.0]), of(&[-0.5, 0.0]));
        assert_eq!(east.cosine(&north), 0.0);
        assert_eq!(east.cosine(&west), -1.0);
        assert!((east.cosine(&north_east) - 0.5f64.sqrt()).abs() < 1e-15);
    }

    fn vectors() -> impl Strategy<Value = (Vec<f32>, Vec<f32>)> {
        (1usize..200).prop_flat_map(|dimension| {
            let vector = || prop::collection::vec(-1e3f32..1e3, dimension);
            (vector(), vector())
        })
    }

    proptest! {
        #[test]
        fn wide_and_portable_sums_are_equal_to_the_bit((left, right) in vectors()) {
            prop_assert_eq!(dot(&left, &right).to_bits(), dot_portably(&left, &right).to_bits());
        }

        #[test]
        fn a_cosine_is_symmetric_bounded_and_blind_to_length((left, right) in vectors(), scale in 1e-3f32..1e3) {
            let dimension = left.len();
            let scaled: Vec<f32> = left.iter().map(|value| value * scale).collect();
            let check = |vector| Embedding::check(Some(vector), dimension);
            if let (Ok(left), Ok(right), Ok(scaled)) = (check(&left), check(&right), check(&scaled)) {
                let cosine = left.cosine(&right);
                prop_assert_eq!(cosine, right.cosine(&left));
                prop_assert!((-1.0..=1.0).contains(&cosine));
                prop_assert!((scaled.cosine(&right) - cosine).abs() < 1e-5);
                prop_assert!(left.cosine(&left) > 1.0 - 1e-12);
            }
        }

        #[test]
        fn no_vector_makes_it_panic(bits in prop::collection::vec(any::<u32>(), 0..40), dimension in 0usize..40) {
            let vector: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            if let Ok(embedding) = Embedding::check(Some(&vector), dimension) {
                prop_assert!(embedding.cosine(&embedding) > 0.999_999);
            }
        }
    }
}

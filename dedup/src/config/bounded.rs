use serde::{Deserialize, Serialize};

/// A whole number from `MIN` to `MAX`, checked when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Bounded<const MIN: u32, const MAX: u32>(u32);

/// A number outside its bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number from {min} to {max}, found {found}")]
pub struct OutOfBounds {
    min: u32,
    max: u32,
    found: u32,
}

impl<const MIN: u32, const MAX: u32> Bounded<MIN, MAX> {
    /// A number that the code knows to be within the bounds; out of them it does not compile where a constant is made of it.
    pub(crate) const fn constant(number: u32) -> Self {
        assert!(MIN <= number && number <= MAX);
        Self(number)
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl<const MIN: u32, const MAX: u32> TryFrom<u32> for Bounded<MIN, MAX> {
    type Error = OutOfBounds;

    fn try_from(number: u32) -> Result<Self, OutOfBounds> {
        if (MIN..=MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(OutOfBounds { min: MIN, max: MAX, found: number })
        }
    }
}

impl<const MIN: u32, const MAX: u32> From<Bounded<MIN, MAX>> for u32 {
    fn from(bounded: Bounded<MIN, MAX>) -> Self {
        bounded.0
    }
}

/// A Jaccard similarity that near-duplicates can be told by, checked when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Similarity(f64);

/// Never a NaN.
impl Eq for Similarity {}

/// A similarity outside its bounds.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("expected a similarity from {} to {}, found {found}", Similarity::LEAST, Similarity::MOST)]
pub struct NoSimilarity {
    found: f64,
}

impl Similarity {
    /// Below, most candidates would be strangers, and bands too short to tell them apart.
    const LEAST: f64 = 0.5;

    /// Above, one shingle more or less already tells most documents apart: that is what exact duplicates are for.
    const MOST: f64 = 0.99;

    /// Where revisions of one text and different texts on one matter part, in Korean law as in news.
    pub(crate) const DEFAULT: Self = Self(0.8);

    /// The similarity.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Similarity {
    type Error = NoSimilarity;

    fn try_from(found: f64) -> Result<Self, NoSimilarity> {
        if (Self::LEAST..=Self::MOST).contains(&found) { Ok(Self(found)) } else { Err(NoSimilarity { found }) }
    }
}

impl From<Similarity> for f64 {
    fn from(similarity: Similarity) -> Self {
        similarity.0
    }
}

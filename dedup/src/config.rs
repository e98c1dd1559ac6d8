use serde::{Deserialize, Serialize};

/// `[dedup]` of a recipe: what counts as a duplicate.
///
/// The defaults are those of FineWeb-2 and Dolma with the eojeol as the word: 14 bands of 8 rows over 5-grams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DedupConfig {
    /// Remove documents whose text is the same but for whitespace.
    pub exact: bool,
    /// Remove documents that share most of their shingles.
    pub near: bool,
    /// Eojeol per shingle.
    pub shingle: Bounded<1, 64>,
    /// Bands of the signature: documents that agree in all rows of any band become candidates.
    pub bands: Bounded<1, 255>,
    /// Rows of a band, each the minimum of one permutation.
    pub rows: Bounded<1, 64>,
    /// Seed of the permutations.
    pub seed: u64,
}

impl Default for DedupConfig {
    fn default() -> Self {
        Self { exact: true, near: true, shingle: Bounded(5), bands: Bounded(14), rows: Bounded(8), seed: 1 }
    }
}

impl DedupConfig {
    /// Hashes of a signature: bands times rows.
    pub fn hashes(&self) -> usize {
        self.bands.get() * self.rows.get()
    }

    /// Chance that two documents of Jaccard similarity `jaccard` become candidates: 1 − (1 − sʳ)ᵇ
    /// (Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, section 3.4).
    pub fn candidate_probability(&self, jaccard: f64) -> f64 {
        1.0 - (1.0 - jaccard.powf(self.rows.get() as f64)).powf(self.bands.get() as f64)
    }

    /// Similarity at which the candidate curve is steepest, nearly: (1/b)^(1/r).
    pub fn threshold(&self) -> f64 {
        (1.0 / self.bands.get() as f64).powf(1.0 / self.rows.get() as f64)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_is_the_default_and_canonical_bytes_are_stable() {
        let config: DedupConfig = toml::from_str("").unwrap();
        assert_eq!(config, DedupConfig::default());
        insta::assert_snapshot!(serde_json::to_string(&config).unwrap(), @r#"{"exact":true,"near":true,"shingle":5,"bands":14,"rows":8,"seed":1}"#);
    }

    #[test]
    fn a_wrong_value_is_pointed_at() {
        let error = toml::from_str::<DedupConfig>("shingle = 5\nbands = 0\n").unwrap_err();
        insta::assert_snapshot!(error, @r"
        TOML parse error at line 2, column 9
          |
        2 | bands = 0
          |         ^
        expected a whole number from 1 to 255, found 0
        ");
        let error = toml::from_str::<DedupConfig>("rows = 8\nband = 14\n").unwrap_err();
        insta::assert_snapshot!(error, @r"
        TOML parse error at line 2, column 1
          |
        2 | band = 14
          | ^^^^
        unknown field `band`, expected one of `exact`, `near`, `shingle`, `bands`, `rows`, `seed`
        ");
    }

    #[test]
    fn the_default_curve_is_the_published_one() {
        let config = DedupConfig::default();
        assert!((config.candidate_probability(0.8) - 0.924).abs() < 5e-4);
        assert!((config.threshold() - 0.719).abs() < 5e-4);
    }
}

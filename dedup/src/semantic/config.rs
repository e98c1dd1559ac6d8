use super::SemanticBanding;
use crate::Bounded;
use serde::{Deserialize, Serialize};

/// Rows below which a band tells too little: a thousandth of all pairs of strangers would become candidates in each.
const LEAST_ROWS: usize = 10;

/// `[dedup.semantic]` of a recipe: which documents are near in meaning, by embeddings that the corpus brings along. A recipe
/// without the table does not look at embeddings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Keys")]
pub struct SemanticConfig {
    /// Cosine from which two documents are duplicates.
    pub cosine: Cosine,
    /// Share of the pairs at just that cosine that must become candidates; closer pairs are found more often.
    pub recall: Share,
    /// Most bits of a signature. More bits give fewer false candidates and take longer.
    pub bits: Bounded<64, 8192>,
    /// Documents that each one in a bucket is compared with at most, by signatures.
    pub window: Bounded<1, 65536>,
    /// Seed of the hyperplanes.
    pub seed: u64,
}

/// As it stands in the recipe, before the fields are judged together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    cosine: Cosine,
    recall: Share,
    bits: Bounded<64, 8192>,
    window: Bounded<1, 65536>,
    seed: u64,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            cosine: Cosine(0.95),
            recall: Share(0.95),
            bits: Bounded::constant(512),
            window: Bounded::constant(1024),
            seed: 1,
        }
    }
}

/// Why `[dedup.semantic]` does not hold together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SemanticConfigError {
    /// A cosine that means nothing, or everything.
    #[error("expected a cosine above 0 and below 1, found {0}")]
    Cosine(f64),
    /// A share that cannot be had, or need not be asked for.
    #[error("expected a share above 0 and below 1, found {0}")]
    Share(f64),
    /// Bands would be too short.
    #[error(
        "{bits} bits cannot find {recall} of the pairs at cosine {cosine} among strangers: \
         raise `bits` or `cosine`, or lower `recall`"
    )]
    TooFewBits {
        /// Bits of a signature.
        bits: usize,
        /// The wanted share.
        recall: f64,
        /// The wanted cosine.
        cosine: f64,
    },
}

impl TryFrom<Keys> for SemanticConfig {
    type Error = SemanticConfigError;

    fn try_from(keys: Keys) -> Result<Self, SemanticConfigError> {
        let Keys { cosine, recall, bits, window, seed } = keys;
        let config = Self { cosine, recall, bits, window, seed };
        config.solve().map(|_| config)
    }
}

impl SemanticConfig {
    /// The bands of a signature. Every configuration that was read has them.
    ///
    /// # Errors
    ///
    /// [`SemanticConfigError::TooFewBits`] for one that was put together otherwise.
    pub fn solve(&self) -> Result<SemanticBanding, SemanticConfigError> {
        let (cosine, recall, bits) = (self.cosine.get(), self.recall.get(), self.bits.get());
        let solved = SemanticBanding::solve(cosine, recall, bits).filter(|banding| banding.rows() >= LEAST_ROWS);
        solved.ok_or(SemanticConfigError::TooFewBits { bits, recall, cosine })
    }
}

/// A cosine above 0 and below 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Cosine(f64);

/// A share above 0 and below 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

// Neither is ever NaN.
impl Eq for Cosine {}
impl Eq for Share {}

impl Cosine {
    /// The cosine.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Share {
    /// The share.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Cosine {
    type Error = SemanticConfigError;

    fn try_from(cosine: f64) -> Result<Self, SemanticConfigError> {
        if cosine > 0.0 && cosine < 1.0 { Ok(Self(cosine)) } else { Err(SemanticConfigError::Cosine(cosine)) }
    }
}

impl TryFrom<f64> for Share {
    type Error = SemanticConfigError;

    fn try_from(share: f64) -> Result<Self, SemanticConfigError> {
        if share > 0.0 && share < 1.0 { Ok(Self(share)) } else { Err(SemanticConfigError::Share(share)) }
    }
}

impl From<Cosine> for f64 {
    fn from(cosine: Cosine) -> Self {
        cosine.0
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(recipe: &str) -> Result<SemanticConfig, String> {
        toml::from_str(recipe).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_table_is_enough_and_canonical_bytes_are_stable() {
        let config = read("").unwrap();
        let json = serde_json::to_string(&config).unwrap();
        insta::assert_snapshot!(json, @r#"{"cosine":0.95,"recall":0.95,"bits":512,"window":1024,"seed":1}"#);
        assert_eq!(serde_json::from_str::<SemanticConfig>(&json).unwrap(), config);
        assert!(config.solve().unwrap().rows() >= LEAST_ROWS);
    }

    #[test]
    fn wrong_values_are_pointed_at() {
        insta::assert_snapshot!(read("cosine = 1.5").unwrap_err(), @r"
        TOML parse error at line 1, column 10
          |
        1 | cosine = 1.5
          |          ^^^
        expected a cosine above 0 and below 1, found 1.5
        ");
        insta::assert_snapshot!(read("bits = 7").unwrap_err(), @r"
        TOML parse error at line 1, column 8
          |
        1 | bits = 7
          |        ^
        expected a whole number from 64 to 8192, found 7
        ");
        insta::assert_snapshot!(read("cosine = 0.6").unwrap_err(), @"512 bits cannot find 0.95 of the pairs at cosine 0.6 among strangers: raise `bits` or `cosine`, or lower `recall`");
        insta::assert_snapshot!(read("column = \"e\"").unwrap_err(), @r#"
        TOML parse error at line 1, column 1
          |
        1 | column = "e"
          | ^^^^^^
        unknown field `column`, expected one of `cosine`, `recall`, `bits`, `window`, `seed`
        "#);
        assert!(read("cosine = nan").is_err());
    }
}

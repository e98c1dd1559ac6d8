use super::{Bands, Bounded, DedupConfig, Similarity, Verify};
use crate::decontaminate::EvalSet;
use crate::lines::LinesConfig;
use crate::semantic::SemanticConfig;
use crate::substring::SubstringConfig;
use crate::{KeepChain, ShingleUnit};
use serde::{Deserialize, Serialize};

/// The keys of the table as they are written: some have an older form, some go together.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Keys {
    exact: bool,
    same_address: bool,
    near: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    shingle: Option<Bounded<1, 64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shingles: Option<ShingleUnit>,
    threshold: Similarity,
    #[serde(skip_serializing_if = "Option::is_none")]
    bands: Option<Bounded<1, 255>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Bounded<1, 64>>,
    verify: Verify,
    keep: KeepChain,
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<LinesConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    decontaminate: Vec<EvalSet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    semantic: Option<SemanticConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    substring: Option<SubstringConfig>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    keep_signatures: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<String>,
}

/// Keys that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Both ways to write the size of a shingle.
    #[error("`shingle` and `shingles` say the same: keep `shingles`")]
    ShingleTwice,
    /// Embeddings that would have to be compared with those of other runs.
    #[error(
        "[dedup.semantic] compares the documents of one run alone: leave out `keep_signatures` and `earlier`, or the table"
    )]
    MeaningAcrossRuns,
    /// Half of a banding.
    #[error("`bands` and `rows` go together: give both, or neither, and they follow from `threshold`")]
    HalfBanding,
}

/// As the default configuration is written, but for what has another way to be written.
impl Default for Keys {
    fn default() -> Self {
        let mut keys = Self::from(DedupConfig::default());
        keys.shingles = None;
        keys
    }
}

impl TryFrom<Keys> for DedupConfig {
    type Error = ConfigError;

    fn try_from(keys: Keys) -> Result<Self, ConfigError> {
        let shingles = match (keys.shingle, keys.shingles) {
            (Some(_), Some(_)) => return Err(ConfigError::ShingleTwice),
            (Some(size), None) => ShingleUnit::Eojeol(size),
            (None, shingles) => shingles.unwrap_or(Self::default().shingles),
        };
        let bands = match (keys.bands, keys.rows) {
            (Some(bands), Some(rows)) => Some(Bands { bands, rows }),
            (None, None) => None,
            _ => return Err(ConfigError::HalfBanding),
        };
        if keys.semantic.is_some() && (keys.keep_signatures || !keys.earlier.is_empty()) {
            return Err(ConfigError::MeaningAcrossRuns);
        }
        let Keys { exact, same_address, near, threshold, verify, keep, seed, .. } = keys;
        let Keys { lines, decontaminate, semantic, substring, keep_signatures, earlier, .. } = keys;
        Ok(Self {
            exact,
            same_address,
            near,
            shingles,
            threshold,
            bands,
            verify,
            keep,
            seed,
            lines,
            decontaminate,
            semantic,
            substring,
            keep_signatures,
            earlier,
        })
    }
}

impl From<DedupConfig> for Keys {
    fn from(config: DedupConfig) -> Self {
        let DedupConfig {
            exact,
            same_address,
            near,
            shingles,
            threshold,
            bands,
            verify,
            keep,
            seed,
            lines,
            decontaminate,
            semantic,
            substring,
            keep_signatures,
            earlier,
        } = config;
        Self {
            exact,
            same_address,
            near,
            shingle: None,
            shingles: Some(shingles),
            threshold,
            bands: bands.map(|given| given.bands),
            rows: bands.map(|given| given.rows),
            verify,
            keep,
            seed,
            lines,
            decontaminate,
            semantic,
            substring,
            keep_signatures,
            earlier,
        }
    }
}

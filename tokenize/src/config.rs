use malmoi_schemas::ByteSize;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// Special tokens and single bytes, which every vocabulary holds.
const SMALLEST_VOCABULARY: u32 = 257;
/// Far beyond any published vocabulary: a larger number is a slip of the pen.
const LARGEST_VOCABULARY: u32 = 1 << 20;
/// A row group is fetched and decoded as one: more than this and streaming is no streaming.
const LARGEST_ROW_GROUP: u32 = 1 << 22;

/// `[tokenize]` of a recipe.
///
/// ```toml
/// [tokenize]
/// vocabulary = 32768         # entries, with 256 single bytes and the end-of-text token among them
/// sample = "128 MiB"         # text that the vocabulary is learned from, chosen at random by document
/// min_frequency = 2          # a pair seen less often in the sample is never merged
/// digits = "single"          # "single": 2024 is four tokens; "triples": up to three digits share one
/// held_out = 0.005           # share of documents kept back for the held-out loss; 0 keeps none back
/// shard_tokens = 33554432    # a shard holds at most about this many tokens; sets how many shards there are
/// row_group_tokens = 262144  # tokens of a row group, the piece that a loader reads at once
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenizeConfig {
    /// Entries of the vocabulary. Text with too few different words gives fewer.
    pub vocabulary: VocabularySize,
    /// Bytes of text to learn from. Documents are taken in the order of a keyed hash of their ids until this is reached,
    /// held-out documents never; memory for learning grows with it.
    pub sample: SampleSize,
    /// How often a pair must occur in the sample to be merged.
    pub min_frequency: NonZeroU64,
    /// How runs of digits are divided.
    pub digits: Digits,
    /// Share of documents that go to the held-out set.
    pub held_out: HeldOutShare,
    /// Tokens of a shard, at most and about: the number of shards is the corpus's characters over this, because Korean text
    /// has more characters than tokens. A worker sorts one shard at a time in memory, in some six bytes per token.
    pub shard_tokens: NonZeroU64,
    /// Tokens of a row group: a row group ends with the document that reaches this number.
    pub row_group_tokens: RowGroupTokens,
}

impl Default for TokenizeConfig {
    fn default() -> Self {
        Self {
            vocabulary: VocabularySize(32_768),
            sample: SampleSize(ByteSize(128 << 20)),
            min_frequency: NonZeroU64::MIN.saturating_add(1),
            digits: Digits::Single,
            held_out: HeldOutShare(0.005),
            shard_tokens: NonZeroU64::MIN.saturating_add((1 << 25) - 1),
            row_group_tokens: RowGroupTokens(1 << 18),
        }
    }
}

/// A value of `[tokenize]` out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// See [`VocabularySize`].
    #[error("a vocabulary has {SMALLEST_VOCABULARY} to {LARGEST_VOCABULARY} entries, not {0}")]
    Vocabulary(u32),
    /// See [`SampleSize`].
    #[error("a sample of 0 bytes teaches nothing; 1 MiB is little, the default is much")]
    EmptySample,
    /// See [`HeldOutShare`].
    #[error("the held-out share is at least 0 and less than 0.5, not {0}")]
    HeldOut(f64),
    /// See [`RowGroupTokens`].
    #[error("a row group has 1 to {LARGEST_ROW_GROUP} tokens, not {0}")]
    RowGroup(u32),
}

/// How runs of digits are divided before merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Digits {
    /// Every digit is a token of its own, so that all numbers are written alike.
    Single,
    /// Up to three digits from the left may share a token: fewer tokens for dates and amounts.
    Triples,
}

/// Entries of a vocabulary: 257 (end of text and the bytes) to 1,048,576.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct VocabularySize(u32);

impl VocabularySize {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for VocabularySize {
    type Error = ConfigError;

    fn try_from(entries: u32) -> Result<Self, ConfigError> {
        let fits = (SMALLEST_VOCABULARY..=LARGEST_VOCABULARY).contains(&entries);
        if fits { Ok(Self(entries)) } else { Err(ConfigError::Vocabulary(entries)) }
    }
}

impl From<VocabularySize> for u32 {
    fn from(size: VocabularySize) -> Self {
        size.0
    }
}

/// Bytes of text to learn from, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ByteSize", into = "ByteSize")]
pub struct SampleSize(ByteSize);

impl SampleSize {
    /// The number of bytes.
    pub fn bytes(self) -> u64 {
        self.0.0
    }
}

impl TryFrom<ByteSize> for SampleSize {
    type Error = ConfigError;

    fn try_from(size: ByteSize) -> Result<Self, ConfigError> {
        if size.0 == 0 { Err(ConfigError::EmptySample) } else { Ok(Self(size)) }
    }
}

impl From<SampleSize> for ByteSize {
    fn from(size: SampleSize) -> Self {
        size.0
    }
}

/// A share of documents, at least 0 and less than one half.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct HeldOutShare(f64);

impl HeldOutShare {
    /// The share.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for HeldOutShare {
    type Error = ConfigError;

    fn try_from(share: f64) -> Result<Self, ConfigError> {
        if (0.0..0.5).contains(&share) { Ok(Self(share)) } else { Err(ConfigError::HeldOut(share)) }
    }
}

impl From<HeldOutShare> for f64 {
    fn from(share: HeldOutShare) -> Self {
        share.0
    }
}

/// Tokens of a row group: 1 to 4,194,304.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RowGroupTokens(u32);

impl RowGroupTokens {
    /// The number.
    pub fn get(self) -> u64 {
        u64::from(self.0)
    }
}

impl TryFrom<u32> for RowGroupTokens {
    type Error = ConfigError;

    fn try_from(tokens: u32) -> Result<Self, ConfigError> {
        if (1..=LARGEST_ROW_GROUP).contains(&tokens) { Ok(Self(tokens)) } else { Err(ConfigError::RowGroup(tokens)) }
    }
}

impl From<RowGroupTokens> for u32 {
    fn from(tokens: RowGroupTokens) -> Self {
        tokens.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<TokenizeConfig, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    #[test]
    fn canonical_form_reads_back() {
        let config = read(
            r#"{"vocabulary": 300, "sample": "1 MiB", "min_frequency": 3, "digits": "triples", "held_out": 0.25,
                "shard_tokens": 1000, "row_group_tokens": 7}"#,
        )
        .unwrap();
        assert_ne!(config, TokenizeConfig::default());
        assert_eq!(read(&serde_json::to_string(&config).unwrap()).unwrap(), config);
        assert_eq!(read("{}").unwrap(), TokenizeConfig::default());
    }

    #[test]
    fn every_wrong_value_is_refused_with_its_range() {
        let wrong = [
            (r#"{"vocabulary": 256}"#, "257 to 1048576"),
            (r#"{"sample": "0 B"}"#, "teaches nothing"),
            (r#"{"min_frequency": 0}"#, "nonzero"),
            (r#"{"digits": "pairs"}"#, "expected `single` or `triples`"),
            (r#"{"held_out": 0.5}"#, "less than 0.5, not 0.5"),
            (r#"{"held_out": -0.1}"#, "less than 0.5, not -0.1"),
            (r#"{"shard_tokens": 0}"#, "nonzero"),
            (r#"{"row_group_tokens": 5000000}"#, "1 to 4194304"),
            (r#"{"vocab": 300}"#, "unknown field `vocab`"),
        ];
        for (json, expected) in wrong {
            let error = read(json).unwrap_err();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }
}

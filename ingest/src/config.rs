//! The `[ingest]` table of a recipe, validated once.

use crate::judge::{PartialRules, Preset, Rule, RuleError, Rules};
use crate::measure::Signal;
use crate::normalize::NormalizeConfig;
use crate::redact::RedactConfig;
use crate::source::{PathPattern, SourceConfig};
use malmoi_schemas::ByteSize;
use serde::{Deserialize, Serialize};

/// The `[ingest]` table of a recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawIngestConfig")]
pub struct IngestConfig {
    /// Raw bytes of a unit of work: what is done again after a kill, and what one worker holds.
    pub split: SplitSize,
    /// Longest record that is read. A longer one is skipped unread and counted as `record-too-long`.
    pub max_record: RecordLimit,
    /// Whether the text of removed documents is kept in the `removed` files, to be looked at.
    pub keep_removed: bool,
    /// How text is brought into its normal form.
    pub normalize: NormalizeConfig,
    /// What becomes of personal data.
    pub redact: RedactConfig,
    /// The rules to start from.
    pub preset: Preset,
    /// Bounds that go before the preset's.
    pub rules: PartialRules,
    /// Lists of addresses and words.
    pub lists: ListConfig,
    /// Models that score every document.
    pub models: ModelConfig,
}

/// The table before it is validated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawIngestConfig {
    split: SplitSize,
    max_record: RecordLimit,
    keep_removed: bool,
    normalize: NormalizeConfig,
    redact: RedactConfig,
    preset: Preset,
    rules: PartialRules,
    lists: ListConfig,
    models: ModelConfig,
}

impl Default for RawIngestConfig {
    fn default() -> Self {
        Self {
            split: SplitSize(ByteSize(32 << 20)),
            max_record: RecordLimit(ByteSize(16 << 20)),
            keep_removed: true,
            normalize: NormalizeConfig::default(),
            redact: RedactConfig::default(),
            preset: Preset::default(),
            rules: PartialRules::default(),
            lists: ListConfig::default(),
            models: ModelConfig::default(),
        }
    }
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self::from_raw(RawIngestConfig::default())
    }
}

impl TryFrom<RawIngestConfig> for IngestConfig {
    type Error = SettingError;

    fn try_from(raw: RawIngestConfig) -> Result<Self, SettingError> {
        let config = Self::from_raw(raw);
        config.equipped(Rules::of(config.preset).overridden(&config.rules)?)?;
        Ok(config)
    }
}

impl IngestConfig {
    fn from_raw(raw: RawIngestConfig) -> Self {
        let RawIngestConfig { split, max_record, keep_removed, normalize, redact, preset, rules, lists, models } = raw;
        Self { split, max_record, keep_removed, normalize, redact, preset, rules, lists, models }
    }

    /// The rules of a source: its preset or else the recipe's with the recipe's bounds, and then its own bounds.
    ///
    /// # Errors
    ///
    /// Bounds that contradict each other, and a rule about a model that the recipe does not name.
    pub fn rules_of(&self, source: &SourceConfig) -> Result<Rules, SettingError> {
        let base = match source.preset {
            Some(preset) => Rules::of(preset),
            None => Rules::of(self.preset).overridden(&self.rules)?,
        };
        self.equipped(base.overridden(&source.rules)?)
    }

    /// Refuses rules that could never remove anything for want of a model.
    fn equipped(&self, rules: Rules) -> Result<Rules, SettingError> {
        let needs = [
            (Rule::MinLanguageModelScore, Signal::LanguageModelScore, self.models.language.is_some(), "language"),
            (Rule::MinQuality, Signal::Quality, self.models.quality.is_some(), "quality"),
            (Rule::MaxPerplexity, Signal::Perplexity, self.models.perplexity.is_some(), "perplexity"),
        ];
        match needs.into_iter().find(|&(rule, _, there, _)| rules.bound(rule).is_some() && !there) {
            Some((rule, _, _, model)) => Err(SettingError::NoModel { rule: rule.key(), model }),
            None => Ok(rules),
        }
    }
}

/// The `[ingest.lists]` table: lists that judge a document by its address and its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListConfig {
    /// Files with hosts, domains and addresses whose documents are removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<PathPattern>,
    /// Files with those that are let through, whatever a block list says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<PathPattern>,
    /// Whether the list of spam phrases that comes with malmoi takes part in the bad-word score.
    pub spam: bool,
    /// Files with words and weights that take part in it as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bad_words: Vec<PathPattern>,
}

impl Default for ListConfig {
    fn default() -> Self {
        Self { block: Vec::new(), allow: Vec::new(), spam: true, bad_words: Vec::new() }
    }
}

/// The `[ingest.models]` table: models that a document's signals come from. Without a path, the signal is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// A fastText model that tells languages, such as lid.176.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<PathPattern>,
    /// The label whose probability is the language score, without `__label__`.
    pub language_label: String,
    /// A quality model, as `malmoi ingest learn-quality` makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<PathPattern>,
    /// A language model of syllables, as `malmoi ingest learn-perplexity` makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perplexity: Option<PathPattern>,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self { language: None, language_label: "ko".to_owned(), quality: None, perplexity: None }
    }
}

/// A split size: large enough for a part worth opening, small enough that workers have something to share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ByteSize", into = "ByteSize")]
pub struct SplitSize(ByteSize);

/// A limit on the length of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ByteSize", into = "ByteSize")]
pub struct RecordLimit(ByteSize);

/// A setting outside its bounds.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// A size out of bounds.
    #[error("{found} is not between {least} and {most}")]
    Size {
        /// What the recipe says.
        found: ByteSize,
        /// The smallest size allowed.
        least: ByteSize,
        /// The largest size allowed.
        most: ByteSize,
    },
    /// Rules that contradict each other.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// A rule about a score that nothing computes.
    #[error("{rule} needs a model: set `ingest.models.{model}`")]
    NoModel {
        /// Key of the rule.
        rule: &'static str,
        /// The setting that names the model.
        model: &'static str,
    },
}

fn within(found: ByteSize, least: u64, most: u64) -> Result<ByteSize, SettingError> {
    if (least..=most).contains(&found.0) {
        Ok(found)
    } else {
        Err(SettingError::Size { found, least: ByteSize(least), most: ByteSize(most) })
    }
}

impl SplitSize {
    /// The size in bytes.
    pub fn bytes(self) -> u64 {
        self.0.0
    }
}

impl TryFrom<ByteSize> for SplitSize {
    type Error = SettingError;

    fn try_from(size: ByteSize) -> Result<Self, SettingError> {
        within(size, 1 << 10, 1 << 30).map(Self)
    }
}

impl From<SplitSize> for ByteSize {
    fn from(size: SplitSize) -> Self {
        size.0
    }
}

impl RecordLimit {
    /// The size in bytes.
    pub fn bytes(self) -> usize {
        self.0.as_usize()
    }
}

impl TryFrom<ByteSize> for RecordLimit {
    type Error = SettingError;

    /// The upper bound keeps a record's text inside one Arrow string column of 2 GiB with room for growth.
    fn try_from(size: ByteSize) -> Result<Self, SettingError> {
        within(size, 1 << 10, 256 << 20).map(Self)
    }
}

impl From<RecordLimit> for ByteSize {
    fn from(limit: RecordLimit) -> Self {
        limit.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<IngestConfig, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    #[test]
    fn an_empty_table_means_the_defaults() {
        assert_eq!(read("{}"), Ok(IngestConfig::default()));
    }

    #[test]
    fn the_canonical_form_reads_back() {
        let config = read(
            r#"{"split": "1 MiB", "preset": "gopher", "rules": {"min_eojeol": 7, "max_top_2_gram_share": false},
                "lists": {"block": ["a.txt"]}, "models": {"quality": "q.bin"}, "redact": {"policy": {"email": "keep"}}}"#,
        )
        .unwrap();
        assert_eq!(read(&serde_json::to_string(&config).unwrap()), Ok(config));
    }

    #[test]
    fn wrong_values_are_told_in_words() {
        let wrong = [
            r#"{"split": "1 B"}"#,
            r#"{"max_record": "2 GiB"}"#,
            r#"{"rules": {"min_hangul_share": 25.0}}"#,
            r#"{"rules": {"min_characters": 9, "max_characters": 8}}"#,
            r#"{"rules": {"min_character": 9}}"#,
            r#"{"rules": {"min_quality": 0.5}}"#,
            r#"{"preset": "korean"}"#,
        ];
        let messages: Vec<_> = wrong.iter().map(|json| read(json).unwrap_err()).collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        1 B is not between 1 KiB and 1 GiB at line 1 column 16
        2 GiB is not between 1 KiB and 256 MiB at line 1 column 23
        min_hangul_share: 25 is not a share between 0 and 1 at line 1 column 35
        min_characters (9) is above max_characters (8), so that every document would be removed
        no rule is called `min_character`; did you mean `min_characters`? at line 1 column 26
        min_quality needs a model: set `ingest.models.quality`
        unknown variant `korean`, expected one of `korean-web`, `korean-service`, `fineweb2-ko`, `gopher`, `dps` at line 1 column 19
        ");
    }

    #[test]
    fn a_source_overrides_only_what_it_names() {
        let config = read(r#"{"rules": {"min_characters": 60}}"#).unwrap();
        let source = |extra: &str| -> SourceConfig {
            serde_json::from_str(&format!(r#"{{"name": "a", "paths": "a", "format": "text"{extra}}}"#)).unwrap()
        };
        let bound = |extra: &str, rule| config.rules_of(&source(extra)).unwrap().bound(rule);
        assert_eq!(bound("", Rule::MinCharacters), Some(60.0));
        assert_eq!(bound(r#", "rules": {"max_characters": 90}"#, Rule::MinCharacters), Some(60.0));
        assert_eq!(bound(r#", "rules": {"min_characters": false}"#, Rule::MinCharacters), None);
        let service = Rules::of(Preset::KoreanService);
        assert_eq!(config.rules_of(&source(r#", "preset": "korean-service""#)), Ok(service));
        assert!(config.rules_of(&source(r#", "rules": {"max_characters": 1}"#)).is_err());
    }
}

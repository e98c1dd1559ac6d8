//! The `[ingest]` table of a recipe, validated once.

use malmoi_schemas::ByteSize;
use serde::{Deserialize, Serialize};

/// The `[ingest]` table of a recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IngestConfig {
    /// Raw bytes of a unit of work: what is done again after a kill, and what one worker holds.
    pub split: SplitSize,
    /// Longest record that is read. A longer one is skipped unread and counted as `record-too-long`.
    pub max_record: RecordLimit,
    /// Whether the text of removed documents is kept in the `removed` files, to be looked at.
    pub keep_removed: bool,
    /// Bounds that a document must keep; a source's own `[source.rules]` go before these.
    pub rules: Rules,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            split: SplitSize(ByteSize(32 << 20)),
            max_record: RecordLimit(ByteSize(16 << 20)),
            keep_removed: true,
            rules: Rules::default(),
        }
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

/// The share of a whole, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

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
    /// A share out of bounds.
    #[error("{0} is not a share between 0 and 1")]
    Share(f64),
    /// Bounds that no document can keep.
    #[error("min_characters ({min}) is above max_characters ({max}), so that every document would be removed")]
    Bounds {
        /// The lower bound.
        min: u32,
        /// The upper bound.
        max: u32,
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

impl Share {
    /// The share as a number.
    pub fn get(self) -> f32 {
        self.0 as f32
    }
}

impl TryFrom<f64> for Share {
    type Error = SettingError;

    fn try_from(share: f64) -> Result<Self, SettingError> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err(SettingError::Share(share)) }
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.0
    }
}

/// Bounds that a document must keep, in the order in which they are judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "PartialRules")]
pub struct Rules {
    /// Fewest characters. Web pages below the default are menus and error messages; reviews and chat need a lower bound of their own.
    pub min_characters: u32,
    /// Most characters. The longest Korean statutes have about 800,000.
    pub max_characters: u32,
    /// Largest share of replacement characters (U+FFFD) among all characters. A page with a bad byte here and there stays;
    /// above the default it is no longer text in the charset that it was read as.
    pub max_replaced_share: Share,
    /// Least share of Hangul among the non-space characters. A syllable says as much as two or three Latin letters, so at
    /// the default about a third of what is said is Korean: documentation and blogs with much code pass, other languages
    /// do not.
    pub min_hangul_share: Share,
    /// Largest share of characters on lines that occurred before in the document. Gopher's bound for English web pages is
    /// half of the default (Rae et al. 2021, table A1); reference pages in Korean documentation repeat more.
    pub max_repeated_line_share: Share,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            min_characters: 50,
            max_characters: 2_000_000,
            max_replaced_share: Share(0.1),
            min_hangul_share: Share(0.15),
            max_repeated_line_share: Share(0.4),
        }
    }
}

/// Rules of which any may be left out: `[source.rules]`, and `[ingest.rules]` before the defaults are filled in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PartialRules {
    /// See [`Rules::min_characters`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_characters: Option<u32>,
    /// See [`Rules::max_characters`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_characters: Option<u32>,
    /// See [`Rules::max_replaced_share`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_replaced_share: Option<Share>,
    /// See [`Rules::min_hangul_share`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_hangul_share: Option<Share>,
    /// See [`Rules::max_repeated_line_share`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_repeated_line_share: Option<Share>,
}

impl Rules {
    /// These rules with those that `over` names put in their place.
    pub fn overridden(&self, over: &PartialRules) -> Result<Self, SettingError> {
        let rules = Self {
            min_characters: over.min_characters.unwrap_or(self.min_characters),
            max_characters: over.max_characters.unwrap_or(self.max_characters),
            max_replaced_share: over.max_replaced_share.unwrap_or(self.max_replaced_share),
            min_hangul_share: over.min_hangul_share.unwrap_or(self.min_hangul_share),
            max_repeated_line_share: over.max_repeated_line_share.unwrap_or(self.max_repeated_line_share),
        };
        if rules.min_characters > rules.max_characters {
            return Err(SettingError::Bounds { min: rules.min_characters, max: rules.max_characters });
        }
        Ok(rules)
    }
}

impl TryFrom<PartialRules> for Rules {
    type Error = SettingError;

    fn try_from(partial: PartialRules) -> Result<Self, SettingError> {
        Self::default().overridden(&partial)
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
        let config = read(r#"{"split": "1 MiB", "rules": {"min_characters": 7, "min_hangul_share": 0.5}}"#).unwrap();
        assert_eq!(config.rules.min_characters, 7);
        assert_eq!(config.rules.max_characters, Rules::default().max_characters);
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
        ];
        let messages: Vec<_> = wrong.iter().map(|json| read(json).unwrap_err()).collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        1 B is not between 1 KiB and 1 GiB at line 1 column 16
        2 GiB is not between 1 KiB and 256 MiB at line 1 column 23
        25 is not a share between 0 and 1 at line 1 column 36
        min_characters (9) is above max_characters (8), so that every document would be removed at line 1 column 53
        unknown field `min_character`, expected one of `min_characters`, `max_characters`, `max_replaced_share`, `min_hangul_share`, `max_repeated_line_share` at line 1 column 26
        ");
    }

    #[test]
    fn a_source_overrides_only_what_it_names() {
        let over = PartialRules { min_characters: Some(5), ..PartialRules::default() };
        let rules = Rules::default().overridden(&over).unwrap();
        assert_eq!(rules, Rules { min_characters: 5, ..Rules::default() });
        let impossible = PartialRules { max_characters: Some(1), ..PartialRules::default() };
        assert!(matches!(Rules::default().overridden(&impossible), Err(SettingError::Bounds { .. })));
    }
}

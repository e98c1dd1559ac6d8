use crate::Bounded;
use serde::{Deserialize, Serialize};

/// `[dedup.substring]` of a recipe: which repeated spans count, and what becomes of them. A recipe without the table leaves
/// spans alone.
///
/// The default length is that of the 50 BPE tokens of Lee et al. (2022), which are about 100 characters of Korean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubstringConfig {
    /// Characters of the shortest span that counts, with one space between eojeol. A bound of ten keeps common phrases
    /// from counting.
    pub min_characters: Bounded<10, 100_000>,
    /// What becomes of a repeated span.
    pub action: Action,
    /// Characters that a document must keep when spans are cut out, counted likewise; one that would keep fewer is removed
    /// whole.
    pub min_remaining: Bounded<1, 1_000_000>,
    /// Also count what a document repeats of itself, as refrains and tables do.
    pub within_documents: bool,
}

/// What becomes of a repeated span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is cut out of the text.
    Remove,
    /// The text stays; the span is only recorded.
    Mark,
}

impl SubstringConfig {
    /// Whether a text from which spans were cut is too short to stay.
    pub(crate) fn leaves_too_little(&self, text: &str) -> bool {
        let characters: usize = text.split_whitespace().map(|eojeol| eojeol.chars().count() + 1).sum();
        characters.saturating_sub(1) < self.min_remaining.get()
    }
}

impl Default for SubstringConfig {
    fn default() -> Self {
        Self {
            min_characters: Bounded::constant(100),
            action: Action::Remove,
            min_remaining: Bounded::constant(50),
            within_documents: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_is_the_default_and_canonical_bytes_are_stable() {
        let config: SubstringConfig = toml::from_str("").unwrap();
        assert_eq!(config, SubstringConfig::default());
        insta::assert_snapshot!(serde_json::to_string(&config).unwrap(), @r#"{"min_characters":100,"action":"remove","min_remaining":50,"within_documents":false}"#);
    }

    #[test]
    fn what_must_be_left_counts_one_space_between_eojeol() {
        let config = SubstringConfig { min_remaining: Bounded::constant(5), ..SubstringConfig::default() };
        assert_eq!(
            ["두 글자", " 두  글자 ", "두 글자다", ""].map(|text| config.leaves_too_little(text)),
            [true, true, false, true]
        );
    }

    #[test]
    fn a_wrong_value_is_pointed_at() {
        let error = toml::from_str::<SubstringConfig>("min_characters = 5\n").unwrap_err();
        insta::assert_snapshot!(error, @r"
        TOML parse error at line 1, column 18
          |
        1 | min_characters = 5
          |                  ^
        expected a whole number from 10 to 100000, found 5
        ");
        let error = toml::from_str::<SubstringConfig>("action = \"cut\"\n").unwrap_err();
        insta::assert_snapshot!(error, @r#"
        TOML parse error at line 1, column 10
          |
        1 | action = "cut"
          |          ^^^^^
        unknown variant `cut`, expected `remove` or `mark`
        "#);
        let error = toml::from_str::<SubstringConfig>("min_tokens = 50\n").unwrap_err();
        insta::assert_snapshot!(error, @r"
        TOML parse error at line 1, column 1
          |
        1 | min_tokens = 50
          | ^^^^^^^^^^
        unknown field `min_tokens`, expected one of `min_characters`, `action`, `min_remaining`, `within_documents`
        ");
    }
}

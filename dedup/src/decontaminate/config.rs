use super::seeds::SEED;
use crate::config::Bounded;
use serde::{Deserialize, Serialize};

/// `[[dedup.decontaminate]]` of a recipe: an evaluation set, and what becomes of documents that hold its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvalSet {
    /// Name in tables and ledgers.
    pub name: String,
    /// Files of the set; the ending gives the format.
    pub paths: Vec<String>,
    /// Texts that make an item: columns, members, or JSON pointers. Empty: every text of two words or more.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What becomes of a document that holds an item.
    #[serde(default)]
    pub action: Action,
    /// Significant characters in a row that are evidence.
    #[serde(default = "default_ngram")]
    pub ngram: Bounded<{ SEED as u32 }, 1000>,
    /// Significant characters below which a text is not searched. From here up to `ngram` it must be found whole.
    #[serde(default = "default_shortest")]
    pub shortest: Bounded<{ SEED as u32 }, 1000>,
    /// Share of an item, in per cent of its characters, that must stand in one place of the document.
    #[serde(default = "default_min_overlap")]
    pub min_overlap: Bounded<1, 100>,
}

/// What becomes of a document that holds an evaluation item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It stays, and the item is named in the ledger.
    Mark,
    /// It loses the passage.
    Cut,
    /// It goes.
    #[default]
    Remove,
}

impl EvalSet {
    /// A set of no files with the default bounds.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            paths: Vec::new(),
            fields: Vec::new(),
            action: Action::default(),
            ngram: default_ngram(),
            shortest: default_shortest(),
            min_overlap: default_min_overlap(),
        }
    }
}

fn default_ngram() -> Bounded<{ SEED as u32 }, 1000> {
    Bounded::constant(32)
}

fn default_shortest() -> Bounded<{ SEED as u32 }, 1000> {
    Bounded::constant(16)
}

fn default_min_overlap() -> Bounded<1, 100> {
    Bounded::constant(40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Recipe {
        decontaminate: Vec<EvalSet>,
    }

    #[test]
    fn a_name_and_paths_suffice_and_canonical_bytes_are_stable() {
        let recipe: Recipe =
            toml::from_str("[[decontaminate]]\nname = \"역사 퀴즈\"\npaths = [\"quiz.jsonl\"]").unwrap();
        let expected = EvalSet { paths: vec!["quiz.jsonl".into()], ..EvalSet::named("역사 퀴즈") };
        assert_eq!(recipe.decontaminate, [expected]);
        insta::assert_snapshot!(serde_json::to_string(&recipe.decontaminate[0]).unwrap(), @r#"{"name":"역사 퀴즈","paths":["quiz.jsonl"],"fields":[],"action":"remove","ngram":32,"shortest":16,"min_overlap":40}"#);
    }

    #[test]
    fn a_wrong_value_is_pointed_at() {
        let recipe = |line: &str| {
            toml::from_str::<Recipe>(&format!("[[decontaminate]]\nname = \"퀴즈\"\npaths = []\n{line}\n")).unwrap_err()
        };
        insta::assert_snapshot!(recipe("ngram = 8"), @r"
        TOML parse error at line 4, column 9
          |
        4 | ngram = 8
          |         ^
        expected a whole number from 16 to 1000, found 8
        ");
        insta::assert_snapshot!(recipe("action = \"drop\""), @r#"
        TOML parse error at line 4, column 10
          |
        4 | action = "drop"
          |          ^^^^^^
        unknown variant `drop`, expected one of `mark`, `cut`, `remove`
        "#);
        insta::assert_snapshot!(recipe("min_overlap = 0"), @r"
        TOML parse error at line 4, column 15
          |
        4 | min_overlap = 0
          |               ^
        expected a whole number from 1 to 100, found 0
        ");
    }
}

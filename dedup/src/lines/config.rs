use super::Scope;
use crate::config::Bounded;
use serde::{Deserialize, Serialize};

/// `[dedup.lines]` of a recipe: which lines repeat so often that they are furniture. Without the table no line is cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinesConfig {
    /// What is compared.
    pub unit: Unit,
    /// Documents of one site that must have a line before it is cut from the site.
    pub min_site_documents: Bounded<2, { u32::MAX }>,
    /// And their least share of the documents of the site, in percent.
    pub min_site_percent: Bounded<0, 100>,
    /// Documents of the whole corpus that must have a line before it is cut from all of them. Absent: none is.
    pub min_documents: Option<Bounded<2, { u32::MAX }>>,
    /// Letters and digits of a line that is looked at: `1.`, `네`, `【주 문】` and `-----` repeat by nature.
    pub min_characters: Bounded<1, 10_000>,
    /// Characters that must be left of a document that lines were cut from. Below, all of it is removed.
    pub min_remaining: Bounded<1, 1_000_000>,
    /// Whether lines that differ in their numbers only are the same: `조회 1,234` and `조회 9`.
    pub fold_digits: bool,
    /// Sources whose documents are neither counted nor cut: those of which form is a part.
    pub except_sources: Vec<String>,
}

/// What repeats as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// What stands between line ends.
    Line,
    /// What stands between blank lines.
    Paragraph,
    /// Lines, and paragraphs of more than one: a footer of short lines is found as a whole.
    Both,
}

impl Default for LinesConfig {
    /// Measured on Korean texts: the menus and footers of a site are on two fifths of its pages and more, the formulas of
    /// statutes (`이 영은 공포한 날부터 시행한다.`) in less than a third of them, and those of rulings in a thirtieth.
    fn default() -> Self {
        Self {
            unit: Unit::Both,
            min_site_documents: Bounded::constant(10),
            min_site_percent: Bounded::constant(35),
            min_documents: None,
            min_characters: Bounded::constant(15),
            min_remaining: Bounded::constant(1),
            fold_digits: false,
            except_sources: Vec::new(),
        }
    }
}

/// How many documents have a line. A document that repeats it counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCounts {
    /// Documents of a site that have it.
    pub documents_of_site: u64,
    /// All documents of that site.
    pub pages_of_site: u64,
    /// Documents of the corpus that have it.
    pub documents_over_all: u64,
}

impl LinesConfig {
    /// Whether documents of a source are looked at.
    pub fn covers(&self, source: &str) -> bool {
        !self.except_sources.iter().any(|except| except == source)
    }

    /// Where a line is cut: `None` if it is not repeated enough.
    pub fn verdict(&self, counts: LineCounts) -> Option<Scope> {
        let LineCounts { documents_of_site, pages_of_site, documents_over_all } = counts;
        let enough = |documents: u64, least: usize| documents >= least as u64;
        // In 128 bits: a count times a hundred cannot overflow.
        let share =
            u128::from(documents_of_site) * 100 >= u128::from(pages_of_site) * self.min_site_percent.get() as u128;
        if self.min_documents.is_some_and(|least| enough(documents_over_all, least.get())) {
            Some(Scope::Corpus)
        } else if share && enough(documents_of_site, self.min_site_documents.get()) {
            Some(Scope::Site)
        } else {
            None
        }
    }

    /// Whether too little is left of a document that lines were cut from. A document without cuts is not asked about.
    pub fn leaves_too_little(&self, characters_left: usize) -> bool {
        characters_left < self.min_remaining.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_bytes_are_stable() {
        let config: LinesConfig = toml::from_str("").unwrap();
        assert_eq!(config, LinesConfig::default());
        insta::assert_snapshot!(serde_json::to_string(&config).unwrap(), @r#"{"unit":"both","min_site_documents":10,"min_site_percent":35,"min_documents":null,"min_characters":15,"min_remaining":1,"fold_digits":false,"except_sources":[]}"#);
    }

    #[test]
    fn a_wrong_value_is_pointed_at() {
        let error = toml::from_str::<LinesConfig>("unit = \"line\"\nmin_site_documents = 1\n").unwrap_err();
        insta::assert_snapshot!(error, @r"
        TOML parse error at line 2, column 22
          |
        2 | min_site_documents = 1
          |                      ^
        expected a whole number from 2 to 4294967295, found 1
        ");
        let error = toml::from_str::<LinesConfig>("unit = \"sentence\"\n").unwrap_err();
        insta::assert_snapshot!(error, @r#"
        TOML parse error at line 1, column 8
          |
        1 | unit = "sentence"
          |        ^^^^^^^^^^
        unknown variant `sentence`, expected one of `line`, `paragraph`, `both`
        "#);
    }

    #[test]
    fn a_line_needs_both_documents_and_share_of_its_site() {
        let config = LinesConfig {
            min_site_documents: Bounded::constant(10),
            min_site_percent: Bounded::constant(20),
            ..LinesConfig::default()
        };
        let verdict = |documents_of_site, pages_of_site, documents_over_all| {
            config.verdict(LineCounts { documents_of_site, pages_of_site, documents_over_all })
        };
        assert_eq!(verdict(10, 50, 10), Some(Scope::Site));
        assert_eq!(verdict(9, 9, 9), None, "too few");
        assert_eq!(verdict(10, 51, 10), None, "too small a share");
        assert_eq!(verdict(u64::MAX, u64::MAX, u64::MAX), Some(Scope::Site));
        assert_eq!(verdict(1, 1_000, 1_000_000), None, "the corpus is not asked by default");
        let config = LinesConfig { min_documents: Some(Bounded::constant(1_000)), ..config };
        let verdict = |documents_of_site, documents_over_all| {
            config.verdict(LineCounts { documents_of_site, pages_of_site: 20, documents_over_all })
        };
        assert_eq!(verdict(1, 1_000), Some(Scope::Corpus));
        assert_eq!(verdict(20, 999), Some(Scope::Site));
    }
}

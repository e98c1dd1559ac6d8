//! What cleaning would do to a sample of the sources, without a run.

mod highlight;
mod sample;

pub use highlight::{Highlight, HighlightCause};
pub(crate) use sample::preview;

use crate::clean::Cleaned;
use crate::judge::Rule;
use malmoi_schemas::Outcome;
use std::collections::BTreeMap;

/// What a preview looks at.
#[derive(Debug, Clone)]
pub struct PreviewRequest<'a> {
    /// Records to clean, shared evenly among the sources.
    pub records: usize,
    /// Only the source of this name.
    pub source: Option<&'a str>,
    /// Documents of each source and outcome whose text is shown.
    pub show: usize,
    /// Another seed, another sample.
    pub seed: u64,
}

/// What cleaning did to a sample of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePreview {
    /// Name of the source.
    pub name: String,
    /// Files of the source, and how many of them were opened.
    pub files: (usize, usize),
    /// Records of the sample.
    pub records: u64,
    /// What became of them.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Documents that break each rule, the one that removed them or not.
    pub broken: BTreeMap<Rule, u64>,
    /// Documents in which each kind of personal data was found.
    pub personal: BTreeMap<&'static str, u64>,
    /// Some documents of every outcome.
    pub shown: Vec<ShownDocument>,
}

/// One document of a preview.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownDocument {
    /// The file's name inside the source, and the record's ordinal in it.
    pub place: (String, u64),
    /// The address, if known.
    pub url: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The reason in words with its numbers, unless kept.
    pub detail: Option<String>,
    /// Every rule that it breaks.
    pub broken: Vec<Rule>,
    /// Its text after normalisation and redaction, if it got that far.
    pub text: Option<String>,
    /// Places of the text that have to do with the outcome, in order, in bytes.
    pub highlights: Vec<Highlight>,
}

impl SourcePreview {
    fn new(name: &str, files: usize) -> Self {
        Self {
            name: name.to_owned(),
            files: (files, 0),
            records: 0,
            outcomes: BTreeMap::new(),
            broken: BTreeMap::new(),
            personal: BTreeMap::new(),
            shown: Vec::new(),
        }
    }

    fn add(&mut self, place: (String, u64), cleaned: Cleaned, show: usize) {
        self.records += 1;
        let seen = self.outcomes.entry(cleaned.outcome).or_default();
        *seen += 1;
        let shown = *seen <= show as u64;
        let document = cleaned.document.as_ref();
        let broken: Vec<Rule> = document.map(|document| document.broken.iter().collect()).unwrap_or_default();
        for &rule in &broken {
            *self.broken.entry(rule).or_default() += 1;
        }
        let mut kinds: Vec<_> =
            document.iter().flat_map(|document| &document.findings).map(|finding| finding.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            *self.personal.entry(kind).or_default() += 1;
        }
        if !shown {
            return;
        }
        let highlights = document.map(|document| highlight::of(document, cleaned.outcome)).unwrap_or_default();
        self.shown.push(ShownDocument {
            place,
            url: cleaned.url,
            outcome: cleaned.outcome,
            detail: cleaned.detail,
            broken,
            text: cleaned.document.map(|document| document.text),
            highlights,
        });
    }
}

//! One raw record to one settled document: the way that every record goes, whatever it came from.

mod draft;
mod medium;

use crate::decode::Repair;
use crate::equipment::Equipment;
use crate::extract::Extractor;
use crate::judge::{RuleSet, Rules, judge};
use crate::lists::ListKind;
use crate::measure::{Measurer, Signals};
use crate::models::Scratch;
use crate::normalize::{Changes, Normalized, normalize};
use crate::read::{Payload, bounded_url};
use crate::redact::{Finding, Redactor};
use crate::source::{Fields, SourceConfig};
use crate::wikitext::Wikitext;
use draft::{Draft, Refusal};
use malmoi_schemas::{Outcome, Reason};
use std::borrow::Cow;

/// What became of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// Kept, removed or errored.
    pub outcome: Outcome,
    /// The reason in words with its numbers, unless kept.
    pub detail: Option<String>,
    /// The address, if known.
    pub url: Option<String>,
    /// The document: always of a kept record, and of a removed one that got as far as having text.
    pub document: Option<Document>,
}

/// Clean text and what is known about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// The title, on one line.
    pub title: Option<String>,
    /// The date as the source writes it.
    pub date: Option<String>,
    /// The source's own identifier.
    pub original_id: Option<String>,
    /// The source's own group of authors.
    pub group: Option<String>,
    /// The source's own vector of the text.
    pub embedding: Option<Vec<f32>>,
    /// Messages of the conversation, if it is one.
    pub messages: Option<u32>,
    /// Normalised and redacted text.
    pub text: String,
    /// The charset of the bytes.
    pub charset: &'static str,
    /// Malformed sequences in the record's bytes.
    pub replaced: u32,
    /// How mojibake was undone.
    pub repaired: Option<Repair>,
    /// What normalisation changed.
    pub changes: Changes,
    /// Personal data that was found.
    pub findings: Vec<Finding>,
    /// Numbers about the text.
    pub signals: Signals,
    /// Every rule that the document breaks.
    pub broken: RuleSet,
}

/// Cleans the records of one source.
pub struct Cleaner<'a> {
    fields: Fields,
    rules: Rules,
    equipment: &'a Equipment,
    wikitext: Wikitext,
    extractor: Extractor,
    redactor: Redactor,
    measurer: Measurer,
    scratch: Scratch,
}

impl<'a> Cleaner<'a> {
    /// A cleaner for the records of a source, which is judged by `rules`.
    pub fn new(source: &SourceConfig, rules: Rules, equipment: &'a Equipment) -> Self {
        let measurer = if rules.needs_morphemes() { Measurer::with_morphemes() } else { Measurer::default() };
        Self {
            fields: source.fields.clone(),
            rules,
            equipment,
            wikitext: Wikitext::new(source.wiki.markup),
            extractor: Extractor::default(),
            redactor: Redactor::new(&equipment.redact),
            measurer,
            scratch: Scratch::default(),
        }
    }

    /// Settles one record.
    pub fn clean(&mut self, payload: Payload) -> Cleaned {
        match self.draft(payload) {
            Ok(draft) => self.finish(draft),
            Err(Refusal { outcome, detail, url }) => {
                Cleaned { outcome, detail: Some(detail), url: address(url), document: None }
            }
        }
    }

    fn finish(&mut self, draft: Draft) -> Cleaned {
        let Draft { url, title, date, original_id, group, embedding, messages, thread, .. } = draft;
        let Draft { text, charset, replaced, repaired, .. } = draft;
        let Normalized { text: normal, changes } = self.equipment.normalizer.normalize(&text);
        let redacted = self.redactor.redact(&normal);
        let (findings, remove) = (redacted.findings, redacted.remove);
        // Whichever of the three texts is the last that was changed is taken without a copy.
        let changed = match redacted.text {
            Cow::Owned(redacted) => Some(redacted),
            Cow::Borrowed(_) => None,
        };
        let text = match (changed, normal) {
            (Some(changed), _) | (None, Cow::Owned(changed)) => changed,
            (None, Cow::Borrowed(_)) => text,
        };
        let signals = self.measure(&text);
        let verdict = judge(&signals, &self.rules);
        let (outcome, detail) = match (remove, verdict.first) {
            (Some(kind), _) => (Outcome::Removed(Reason::PersonalData), Some(format!("{} was found", kind.as_str()))),
            (None, Some(broken)) => (Outcome::Removed(broken.reason()), Some(broken.to_string())),
            (None, None) => (Outcome::Kept, None),
        };
        let detail = match (detail, thread) {
            (Some(detail), Some(thread)) => Some(format!("{detail}; {thread}")),
            (detail, thread) => detail.or(thread),
        };
        let line = |text: Option<String>| text.as_deref().and_then(one_line);
        let mut private_line =
            |text: Option<String>| line(text).map(|text| self.redactor.redact(&text).text.into_owned());
        let document = Document {
            title: private_line(title),
            date: line(date),
            original_id: line(original_id),
            group: private_line(group),
            embedding,
            messages,
            text,
            charset,
            replaced,
            repaired,
            changes,
            findings,
            signals,
            broken: verdict.all,
        };
        Cleaned { outcome, detail, url: address(url), document: Some(document) }
    }

    fn measure(&mut self, text: &str) -> Signals {
        let equipment = self.equipment;
        let mut signals = self.measurer.measure(text);
        if !equipment.bad_words.is_empty() {
            signals.bad_word_score = Some(equipment.bad_words.iter().map(|words| words.score(text)).sum());
        }
        if let Some((model, label)) = &equipment.language {
            signals.language_model_score =
                model.look_at(text, &mut self.scratch).and_then(|seen| seen.probability(*label));
        }
        if let Some(model) = &equipment.quality {
            signals.quality = model.score(text, &mut self.scratch);
        }
        if let Some(model) = &equipment.perplexity {
            signals.perplexity = model.perplexity(text);
        }
        signals
    }

    /// Refuses a document of a blocked address before anything else is done with it.
    fn check_address(&self, url: Option<&str>) -> Result<(), Refusal> {
        let Some(url) = url else { return Ok(()) };
        match self.equipment.urls.verdict(url) {
            Some(verdict) if verdict.kind == ListKind::Block => Err(Refusal {
                outcome: Outcome::Removed(Reason::BlockedAddress),
                detail: format!("line {} of {}", verdict.line, verdict.list),
                url: Some(url.to_owned()),
            }),
            _ => Ok(()),
        }
    }
}

/// An address as ledgers and documents hold it: the same for kept and refused records, so that it can be searched for.
fn address(url: Option<String>) -> Option<String> {
    one_line(bounded_url(&url?))
}

/// Metadata without line ends and outer spaces; `None` if nothing is left.
fn one_line(text: &str) -> Option<String> {
    let line = normalize(text).split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests;

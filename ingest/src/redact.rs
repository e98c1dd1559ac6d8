//! Personal data out of Korean text: found by form, check digits and context, then kept, masked, replaced or a reason
//! to remove the document.
//!
//! ```text
//! text ──► anchors (digits, @, ':', words) ──► detectors ──► candidates ──► policy ──► text and findings
//! ```
//!
//! One pass from left to right: a detector looks at a bounded piece of text around its anchor and never across an
//! earlier finding, so that the time is linear and redacted text has nothing left to find.

mod account;
mod address;
mod anchor;
mod card;
mod config;
mod dwelling;
mod email;
mod identity;
mod ip;
mod kind;
mod licence;
mod messenger;
mod number;
mod phone;
mod place;
mod region;
mod scan;
mod stand_in;

pub use config::{Policies, Policy, RedactConfig, RedactConfigError, RedactKey};
pub use kind::Kind;

use scan::{Candidate, Scanner};
use stand_in::Standins;
use std::borrow::Cow;

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The form alone, which something else could share.
    Likely,
    /// The form is borne out by a check digit, by the words around it or by being hard to mistake.
    Checked,
}

impl Confidence {
    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Checked => "checked",
        }
    }
}

/// Personal data that was found. The text itself is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, or what took its place, in characters from the start of the redacted text.
    pub offset: usize,
    /// How sure that is.
    pub confidence: Confidence,
    /// Keyed hash (BLAKE3) of the datum without its separators: the same for `010-2345-6789` and `010 2345 6789`.
    pub hash: u64,
}

/// A text after redaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted<'a> {
    /// The text; borrowed if nothing had to change.
    pub text: Cow<'a, str>,
    /// What was found, in the order of the text, kept data included.
    pub findings: Vec<Finding>,
    /// The first kind whose policy is to remove the document.
    pub remove: Option<Kind>,
}

/// Redacts texts one after another, reusing its memory.
#[derive(Debug)]
pub struct Redactor {
    policies: Policies,
    scanner: Scanner,
    stand_ins: Standins,
    candidates: Vec<Candidate>,
}

/// Above this many candidates their memory is given back, so that one huge document does not cost memory for good.
const KEPT_CANDIDATES: usize = 1 << 14;

impl Redactor {
    /// A redactor that follows a recipe.
    pub fn new(config: &RedactConfig) -> Self {
        Self {
            policies: config.policy,
            scanner: Scanner::new(),
            stand_ins: Standins::new(config.key.derive()),
            candidates: Vec::new(),
        }
    }

    /// Redacts one text. It should be normalised: composed Hangul, no invisible characters.
    ///
    /// Redacting the result again changes nothing and finds only what the policy keeps.
    pub fn redact<'a>(&mut self, text: &'a str) -> Redacted<'a> {
        self.candidates.clear();
        self.scanner.scan(text, &mut self.candidates);
        if self.candidates.is_empty() {
            return Redacted { text: Cow::Borrowed(text), findings: Vec::new(), remove: None };
        }
        let redacted = self.apply(text);
        if self.candidates.capacity() > KEPT_CANDIDATES {
            self.candidates = Vec::new();
        }
        redacted
    }

    fn apply<'a>(&self, text: &'a str) -> Redacted<'a> {
        let mut findings = Vec::with_capacity(self.candidates.len());
        let (mut out, mut copied) = (String::new(), 0);
        // Characters of the output up to `counted` in the input.
        let (mut characters, mut counted) = (0, 0);
        let mut remove = None;
        for candidate in &self.candidates {
            let Candidate { start, end, kind, confidence, .. } = *candidate;
            let span = &text[start..end];
            let datum = self.stand_ins.datum(candidate, span);
            characters += text[counted..start].chars().count();
            findings.push(Finding { kind, offset: characters, confidence, hash: datum.hash });
            let policy = self.policies.of(kind);
            let replacement = match policy {
                Policy::Keep => None,
                Policy::Mask | Policy::Remove => Some(Cow::Borrowed(kind.token())),
                Policy::Replace => Some(Cow::Owned(self.stand_ins.of(candidate, span, &datum))),
            };
            if policy == Policy::Remove {
                remove = remove.or(Some(kind));
            }
            characters += replacement.as_deref().unwrap_or(span).chars().count();
            counted = end;
            if let Some(replacement) = replacement {
                out.push_str(&text[copied..start]);
                out.push_str(&replacement);
                copied = end;
            }
        }
        if copied == 0 {
            return Redacted { text: Cow::Borrowed(text), findings, remove };
        }
        out.push_str(&text[copied..]);
        Redacted { text: Cow::Owned(out), findings, remove }
    }
}

#[cfg(test)]
mod tests;

//! Personal data out of Korean text: found by form, check digits and context, then kept, masked, replaced or a reason
//! to remove the document.
//!
//! ```text
//! text ──► anchors (digits, @, ':', words) ──► detectors ──► candidates ──► policy ──► text and findings
//! ```
//!
//! A pass goes from left to right: a detector looks at a bounded piece of text around its anchor and never across an
//! earlier finding, so that the time is linear. What took the place of a finding can make its neighbours look like one, as
//! a digit fewer does before a number; so text that was changed is passed over again until nothing is left to find.

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
use std::ops::Range;

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

/// Passes over one text. Each leaves less that could be found, and two are nearly always enough; a text made to need a pass
/// for every finding must not cost the square of its length.
const PASSES: usize = 16;

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
        let mut redacted = Redacted { text: Cow::Borrowed(text), findings: Vec::new(), remove: None };
        for pass in 0..PASSES {
            self.candidates.clear();
            self.scanner.scan(&redacted.text, &mut self.candidates);
            // What is kept was found by the first pass, and is found by every other.
            if pass > 0 {
                self.candidates.retain(|candidate| self.policies.of(candidate.kind) != Policy::Keep);
            }
            if self.candidates.is_empty() {
                break;
            }
            let changes = self.changes(&redacted.text, pass);
            merge(&mut redacted.findings, &changes);
            redacted.remove =
                redacted.remove.or_else(|| changes.iter().find(|c| c.policy == Policy::Remove).map(|c| c.finding.kind));
            match rewritten(&redacted.text, &changes) {
                Some(text) => redacted.text = Cow::Owned(text),
                None => break,
            }
        }
        if self.candidates.capacity() > KEPT_CANDIDATES {
            self.candidates = Vec::new();
        }
        redacted
    }

    /// What becomes of the candidates of a pass over `text`.
    fn changes(&self, text: &str, pass: usize) -> Vec<Change> {
        // Characters up to `counted`, in the text as it was and as it becomes.
        let (mut counted, mut was, mut becomes) = (0, 0, 0);
        let change = |candidate: &Candidate| {
            let Candidate { start, end, kind, confidence, .. } = *candidate;
            let span = &text[start..end];
            let datum = self.stand_ins.datum(candidate, span);
            let policy = self.policies.of(kind);
            let replacement = match policy {
                Policy::Keep => None,
                // A stand-in brings digits and letters, a token nothing that a finding could be made of.
                Policy::Replace if pass == 0 => Some(Cow::Owned(self.stand_ins.of(candidate, span, &datum))),
                Policy::Mask | Policy::Remove | Policy::Replace => Some(Cow::Borrowed(kind.token())),
            };
            let between = text[counted..start].chars().count();
            let (from, offset) = (was + between, becomes + between);
            let characters = span.chars().count();
            (counted, was) = (end, from + characters);
            becomes = offset + replacement.as_deref().map_or(characters, |new| new.chars().count());
            let finding = Finding { kind, offset, confidence, hash: datum.hash };
            Change { bytes: start..end, was: from..was, becomes, policy, replacement, finding }
        };
        self.candidates.iter().map(change).collect()
    }
}

/// What becomes of one candidate.
struct Change {
    bytes: Range<usize>,
    /// Its characters in the text as it was.
    was: Range<usize>,
    /// Where it ends in the text as it becomes, in characters.
    becomes: usize,
    policy: Policy,
    /// What takes its place, unless it is kept.
    replacement: Option<Cow<'static, str>>,
    /// As it is told of, with its place in the text as it becomes.
    finding: Finding,
}

/// Moves the findings of earlier passes to where they stand now, and puts those of this pass among them.
fn merge(findings: &mut Vec<Finding>, changes: &[Change]) {
    let mut before = changes.iter().peekable();
    let mut last: Option<&Change> = None;
    for finding in findings.iter_mut() {
        while let Some(change) = before.next_if(|change| change.was.start <= finding.offset) {
            last = Some(change);
        }
        finding.offset = match last {
            None => finding.offset,
            Some(change) if finding.offset < change.was.end => change.finding.offset,
            Some(change) => change.becomes + (finding.offset - change.was.end),
        };
    }
    findings.extend(changes.iter().map(|change| change.finding));
    findings.sort_by_key(|finding| finding.offset);
}

/// The text with its changes, or `None` if all of it is kept.
fn rewritten(text: &str, changes: &[Change]) -> Option<String> {
    let (mut out, mut copied) = (String::new(), 0);
    for change in changes {
        let Some(replacement) = &change.replacement else { continue };
        out.push_str(&text[copied..change.bytes.start]);
        out.push_str(replacement);
        copied = change.bytes.end;
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

#[cfg(test)]
mod tests;

//! Rules: what a document must be to stay.
//!
//! A rule bounds one [`Signal`](crate::measure::Signal). A [`Preset`] is a set of rules with bounds; a recipe puts bounds of
//! its own in their place ([`PartialRules`]). A [`Verdict`] tells the first rule that a document breaks and all others that
//! it breaks too, so that the share that each rule removes can be told without running it alone.

mod preset;
mod rule;
mod rules;

pub use preset::Preset;
pub use rule::{Rule, Side, Unit};
pub use rules::{PartialRules, RuleError, Rules};

use crate::measure::Signals;
use malmoi_schemas::Reason;
use std::fmt;

/// A set of rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleSet(u128);

const _: () = assert!(Rule::ALL.len() <= u128::BITS as usize);

impl RuleSet {
    /// Adds a rule.
    pub fn insert(&mut self, rule: Rule) {
        self.0 |= 1 << rule as u32;
    }

    /// Whether a rule is in the set.
    pub fn contains(self, rule: Rule) -> bool {
        self.0 >> rule as u32 & 1 == 1
    }

    /// Whether the set has no rule.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The rules of the set, in the order in which they are judged.
    pub fn iter(self) -> impl Iterator<Item = Rule> {
        Rule::ALL.iter().copied().filter(move |&rule| self.contains(rule))
    }
}

/// A rule that a document breaks, with the numbers. In words: "12 characters, at least 50 wanted".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Broken {
    /// The rule.
    pub rule: Rule,
    /// The document's signal.
    pub found: f64,
    /// The rule's bound.
    pub bound: f64,
}

impl Broken {
    /// Why the document is removed.
    pub fn reason(&self) -> Reason {
        if self.is_empty() { Reason::Empty } else { self.rule.reason() }
    }

    fn is_empty(&self) -> bool {
        self.rule == Rule::MinCharacters && self.found == 0.0
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no text is left");
        }
        let unit = self.rule.unit();
        let wanted = match self.rule.side() {
            Side::AtLeast => ("at least", "wanted"),
            Side::AtMost => ("at most", "allowed"),
        };
        write(f, unit, self.found)?;
        write!(f, " {}, {} ", self.rule.noun(), wanted.0)?;
        write(f, unit, self.bound)?;
        write!(f, " {}", wanted.1)
    }
}

fn write(f: &mut fmt::Formatter<'_>, unit: Unit, number: f64) -> fmt::Result {
    match unit {
        Unit::Count => write!(f, "{number:.0}"),
        Unit::Share => write!(f, "{:.1} %", number * 100.0),
        Unit::Number => write!(f, "{number:.2}"),
    }
}

/// What the rules say of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Verdict {
    /// The first rule that it breaks, in the order of [`Rule::ALL`]; none, if it stays.
    pub first: Option<Broken>,
    /// All rules that it breaks.
    pub all: RuleSet,
}

impl Verdict {
    /// Whether the document stays.
    pub fn is_kept(&self) -> bool {
        self.first.is_none()
    }

    /// Why the document is removed, unless it stays.
    pub fn reason(&self) -> Option<Reason> {
        self.first.map(|broken| broken.reason())
    }
}

/// Judges a document by its numbers. A rule about a signal that was not measured is kept. A document without text keeps no
/// rules, whatever they are.
pub fn judge(signals: &Signals, rules: &Rules) -> Verdict {
    let mut verdict = Verdict::default();
    if signals.characters == 0 {
        let bound = rules.bound(Rule::MinCharacters).unwrap_or(1.0);
        verdict.first = Some(Broken { rule: Rule::MinCharacters, found: 0.0, bound });
        verdict.all.insert(Rule::MinCharacters);
        return verdict;
    }
    for (rule, bound) in rules.iter() {
        let Some(found) = rule.signal().get(signals) else { continue };
        if !rule.keeps(found, bound) {
            verdict.all.insert(rule);
            verdict.first.get_or_insert(Broken { rule, found, bound });
        }
    }
    verdict
}

#[cfg(test)]
mod tests;

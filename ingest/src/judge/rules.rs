//! Rules with their bounds: a preset's, and what a recipe puts in their place.

use super::{Preset, Rule, Side, Unit};
use serde::de::{self, DeserializeSeed, Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A rule that cannot be set so.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// A key that names no rule.
    #[error("no rule is called `{key}`; did you mean `{nearest}`?")]
    Unknown {
        /// What the recipe says.
        key: String,
        /// The key of a rule that is most like it.
        nearest: &'static str,
    },
    /// A share out of bounds.
    #[error("{key}: {found} is not a share between 0 and 1")]
    Share {
        /// The rule's key.
        key: &'static str,
        /// What the recipe says.
        found: f64,
    },
    /// A count that is not one.
    #[error("{key}: {found} is not a whole number from 0 to {}", u32::MAX)]
    Count {
        /// The rule's key.
        key: &'static str,
        /// What the recipe says.
        found: f64,
    },
    /// A number that no signal can be compared with.
    #[error("{key}: {found} is not a number from 0 up")]
    Number {
        /// The rule's key.
        key: &'static str,
        /// What the recipe says.
        found: f64,
    },
    /// `true`, which says nothing.
    #[error("{0} wants a bound, or false to switch the rule off")]
    True(&'static str),
    /// Bounds that no document can keep.
    #[error("{least_key} ({least}) is above {most_key} ({most}), so that every document would be removed")]
    Bounds {
        /// The key of the lower bound.
        least_key: &'static str,
        /// The lower bound.
        least: f64,
        /// The key of the upper bound.
        most_key: &'static str,
        /// The upper bound.
        most: f64,
    },
}

/// A rule as a recipe sets it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Setting {
    Off,
    Bound(f64),
}

/// Rules of which any may be left out: `[ingest.rules]` and `[source.rules]`. Each key is set to a bound, or to `false`,
/// which switches the rule off.
#[derive(Debug, Clone, PartialEq)]
pub struct PartialRules {
    settings: [Option<Setting>; Rule::ALL.len()],
}

impl Default for PartialRules {
    fn default() -> Self {
        Self { settings: [None; Rule::ALL.len()] }
    }
}

impl PartialRules {
    /// These rules with this one set to a bound.
    pub fn with(mut self, rule: Rule, bound: f64) -> Result<Self, RuleError> {
        self.settings[rule as usize] = Some(Setting::Bound(checked(rule, bound)?));
        Ok(self)
    }

    /// These rules with this one switched off.
    pub fn without(mut self, rule: Rule) -> Self {
        self.settings[rule as usize] = Some(Setting::Off);
        self
    }

    /// Whether no rule is set.
    pub fn is_empty(&self) -> bool {
        self.settings.iter().all(Option::is_none)
    }
}

fn checked(rule: Rule, found: f64) -> Result<f64, RuleError> {
    let key = rule.key();
    match rule.unit() {
        Unit::Count if found.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&found) => {
            Err(RuleError::Count { key, found })
        }
        Unit::Share if !(0.0..=1.0).contains(&found) => Err(RuleError::Share { key, found }),
        Unit::Number if !found.is_finite() || found < 0.0 => Err(RuleError::Number { key, found }),
        _ => Ok(found),
    }
}

/// Every rule with its bound, or without one where it is switched off.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    bounds: [Option<f64>; Rule::ALL.len()],
}

impl Default for Rules {
    fn default() -> Self {
        Self::of(Preset::default())
    }
}

impl Rules {
    /// The rules of a preset.
    pub fn of(preset: Preset) -> Self {
        let mut bounds = [None; Rule::ALL.len()];
        for &(rule, bound) in preset.bounds() {
            bounds[rule as usize] = Some(bound);
        }
        Self { bounds }
    }

    /// The bound of a rule, unless it is switched off.
    pub fn bound(&self, rule: Rule) -> Option<f64> {
        self.bounds[rule as usize]
    }

    /// The rules that are on, in the order in which they are judged, with their bounds.
    pub fn iter(&self) -> impl Iterator<Item = (Rule, f64)> {
        Rule::ALL.iter().filter_map(|&rule| self.bound(rule).map(|bound| (rule, bound)))
    }

    /// Whether a rule is on that needs morphemes measured.
    pub fn needs_morphemes(&self) -> bool {
        self.iter().any(|(rule, _)| rule.signal().needs_morphemes())
    }

    /// These rules with those that `over` names put in their place.
    pub fn overridden(&self, over: &PartialRules) -> Result<Self, RuleError> {
        let mut rules = self.clone();
        for (bound, setting) in rules.bounds.iter_mut().zip(&over.settings) {
            match *setting {
                None => {}
                Some(Setting::Off) => *bound = None,
                Some(Setting::Bound(new)) => *bound = Some(new),
            }
        }
        rules.check()?;
        Ok(rules)
    }

    /// Refuses bounds between which nothing lies.
    fn check(&self) -> Result<(), RuleError> {
        for (lower, least) in self.iter().filter(|(rule, _)| rule.side() == Side::AtLeast) {
            let upper = self.iter().find(|(rule, _)| rule.side() == Side::AtMost && rule.signal() == lower.signal());
            if let Some((upper, most)) = upper
                && least > most
            {
                return Err(RuleError::Bounds { least_key: lower.key(), least, most_key: upper.key(), most });
            }
        }
        Ok(())
    }
}

/// In the order in which they are judged; whole numbers without a point, as recipes write them.
impl Serialize for Rules {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(rule, bound)| (rule.key(), Bound { rule, bound })))
    }
}

struct Bound {
    rule: Rule,
    bound: f64,
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.rule.unit() {
            Unit::Count => serializer.serialize_u32(self.bound as u32),
            Unit::Share | Unit::Number => serializer.serialize_f64(self.bound),
        }
    }
}

impl Serialize for PartialRules {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (&rule, setting) in Rule::ALL.iter().zip(&self.settings) {
            match *setting {
                None => {}
                Some(Setting::Off) => map.serialize_entry(rule.key(), &false)?,
                Some(Setting::Bound(bound)) => map.serialize_entry(rule.key(), &Bound { rule, bound })?,
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for PartialRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = PartialRules;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of rules")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PartialRules, A::Error> {
        let mut rules = PartialRules::default();
        while let Some(key) = map.next_key::<String>()? {
            let Some(rule) = Rule::of_key(&key) else {
                let nearest = nearest(&key);
                return Err(A::Error::custom(RuleError::Unknown { key, nearest }));
            };
            if rules.settings[rule as usize].is_some() {
                return Err(A::Error::duplicate_field(rule.key()));
            }
            rules.settings[rule as usize] = Some(map.next_value_seed(SettingOf(rule))?);
        }
        Ok(rules)
    }
}

/// Reads the setting of a rule: what is wrong with it is found where it stands, so that the error points there.
struct SettingOf(Rule);

impl<'de> DeserializeSeed<'de> for SettingOf {
    type Value = Setting;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Setting, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for SettingOf {
    type Value = Setting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bound, or false to switch the rule off")
    }

    fn visit_bool<E: de::Error>(self, on: bool) -> Result<Setting, E> {
        if on { Err(E::custom(RuleError::True(self.0.key()))) } else { Ok(Setting::Off) }
    }

    fn visit_f64<E: de::Error>(self, bound: f64) -> Result<Setting, E> {
        checked(self.0, bound).map(Setting::Bound).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, bound: i64) -> Result<Setting, E> {
        self.visit_f64(bound as f64)
    }

    fn visit_u64<E: de::Error>(self, bound: u64) -> Result<Setting, E> {
        self.visit_f64(bound as f64)
    }
}

/// The rule's key that takes the fewest edits to reach.
fn nearest(key: &str) -> &'static str {
    const LONGEST: usize = 64;
    let typed: Vec<char> = key.chars().take(LONGEST).collect();
    let distances = Rule::ALL.iter().map(|rule| (edits(&typed, rule.key()), rule.key()));
    distances.min_by_key(|&(distance, _)| distance).map_or("", |(_, key)| key)
}

/// Insertions, deletions and replacements from one word to another (Levenshtein 1966).
fn edits(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (index, target) in to.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, &source) in from.iter().enumerate() {
            let replaced = diagonal + usize::from(source != target);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[from.len()]
}

#[cfg(test)]
mod tests;

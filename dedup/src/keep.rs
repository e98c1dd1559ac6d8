//! Which document of a cluster is kept: rules in order, the first that tells two documents apart decides.

mod rule;

pub use rule::KeepRule;

use crate::date::instant;
use crate::survivor::Rank;
use malmoi_schemas::{DocumentId, Signal};
use serde::{Deserialize, Serialize};

/// What is known of a document when it is ranked.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Place of the document's source in the recipe.
    pub priority: u32,
    /// Characters of the text.
    pub characters: u32,
    /// Date as the source wrote it.
    pub date: Option<&'a str>,
    /// Address of the page.
    pub url: Option<&'a str>,
    /// Values of [`KeepChain::signals`], in that order. Missing ones and those that are no numbers come last.
    pub signals: &'a [Option<f64>],
    /// The document.
    pub id: DocumentId,
}

/// `keep` of `[dedup]`: the rules by which the survivor of a cluster is chosen, each asked only where all before it call
/// two documents equal. The id comes last, written or not, so that any two documents are told apart.
///
/// ```toml
/// keep = ["source", { highest = "korean_score" }, "longest", "newest"]
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<KeepRule>", into = "Vec<KeepRule>")]
pub struct KeepChain {
    /// Ends in [`KeepRule::Id`].
    rules: Vec<KeepRule>,
    signals: Vec<Signal>,
}

/// Rules that make no chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepChainError {
    /// A rule about something that a rule before it has already compared.
    #[error("`{later}` decides nothing after `{earlier}`: remove it")]
    Idle {
        /// The rule that decides.
        earlier: KeepRule,
        /// The rule that does not.
        later: KeepRule,
    },
    /// More rules than a rank has room for.
    #[error("expected at most {most} rules before the id, found {found}")]
    TooMany {
        /// Rules that fit.
        most: usize,
        /// Rules that were given.
        found: usize,
    },
}

impl Default for KeepChain {
    /// The source that the recipe names first, then more characters, then the smaller id.
    fn default() -> Self {
        Self { rules: vec![KeepRule::Source, KeepRule::Longest, KeepRule::Id], signals: Vec::new() }
    }
}

impl TryFrom<Vec<KeepRule>> for KeepChain {
    type Error = KeepChainError;

    fn try_from(mut rules: Vec<KeepRule>) -> Result<Self, KeepChainError> {
        rules.iter_mut().for_each(KeepRule::settle);
        // After the id nothing decides; it is checked below as any other rule.
        if rules.last() != Some(&KeepRule::Id) {
            if let Some((at, &earlier)) = rules.iter().enumerate().find(|(_, rule)| **rule == KeepRule::Id) {
                return Err(KeepChainError::Idle { earlier, later: rules[at + 1] });
            }
            rules.push(KeepRule::Id);
        }
        let most = (Rank::MAX - DocumentId::LEN) / KeepRule::MAX_WIDTH;
        if rules.len() - 1 > most {
            return Err(KeepChainError::TooMany { most, found: rules.len() - 1 });
        }
        for (at, &later) in rules.iter().enumerate() {
            if let Some(&earlier) = rules[..at].iter().find(|rule| rule.subject() == later.subject()) {
                return Err(KeepChainError::Idle { earlier, later });
            }
        }
        let signals = rules.iter().filter_map(|rule| rule.signal()).collect();
        Ok(Self { rules, signals })
    }
}

impl From<KeepChain> for Vec<KeepRule> {
    fn from(chain: KeepChain) -> Self {
        chain.rules
    }
}

impl KeepChain {
    /// The rules in order, the id last.
    pub fn rules(&self) -> &[KeepRule] {
        &self.rules
    }

    /// The signals that rules compare: what a [`Candidate`] has to bring.
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// Whether the chain looks at what `rule` looks at: otherwise its column need not be read.
    pub fn compares(&self, rule: KeepRule) -> bool {
        self.rules.iter().any(|own| own.subject() == rule.subject())
    }

    /// Bytes of every rank of this chain.
    pub fn width(&self) -> usize {
        self.rules.iter().map(|rule| rule.width()).sum()
    }

    /// The rank of a document: each rule's key, least where the rule likes the document best, greatest where it knows
    /// nothing of it.
    pub fn rank(&self, candidate: &Candidate<'_>) -> Rank {
        let mut rank = Rank::empty();
        let mut signals = candidate.signals.iter().copied();
        for rule in &self.rules {
            match rule {
                KeepRule::Source => rank.push(&candidate.priority.to_be_bytes()),
                KeepRule::Longest => rank.push(&(!candidate.characters).to_be_bytes()),
                KeepRule::Shortest => rank.push(&candidate.characters.to_be_bytes()),
                KeepRule::Newest => rank.push(&date_key(candidate.date, |seconds| !seconds)),
                KeepRule::Oldest => rank.push(&date_key(candidate.date, |seconds| seconds)),
                KeepRule::ShortestUrl => rank.push(&url_key(candidate.url)),
                KeepRule::Quality | KeepRule::Highest(_) => rank.push(&signal_key(signals.next(), |order| !order)),
                KeepRule::Lowest(_) => rank.push(&signal_key(signals.next(), |order| order)),
                KeepRule::Id => rank.push(&candidate.id.0),
            }
        }
        rank
    }

    /// The rule that put the document of rank `winner` before that of rank `loser`.
    pub fn decisive(&self, winner: &[u8], loser: &[u8]) -> KeepRule {
        let differs = winner.iter().zip(loser).position(|(a, b)| a != b);
        let mut end = 0;
        let decides = |rule: &&KeepRule| {
            end += rule.width();
            differs.is_some_and(|at| at < end)
        };
        self.rules.iter().find(decides).copied().unwrap_or(KeepRule::Id)
    }
}

/// Greater than the key of any date, signal or address that is known.
const UNKNOWN: [u8; 8] = [0xff; 8];

/// Seconds from 1970 in the order of unsigned numbers.
fn date_key(date: Option<&str>, toward: impl Fn(u64) -> u64) -> [u8; 8] {
    let seconds = date.and_then(instant);
    seconds.map_or(UNKNOWN, |seconds| toward(seconds.cast_unsigned() ^ (1 << 63)).to_be_bytes())
}

/// Characters of the address.
fn url_key(url: Option<&str>) -> [u8; 4] {
    let characters = url.map_or(u32::MAX, |url| url.chars().count().try_into().unwrap_or(u32::MAX - 1));
    characters.to_be_bytes()
}

/// A number in the order of unsigned ones (`totalOrder` of IEEE 754, section 5.10, with one zero). A signal is f32 or u32,
/// which f64 holds exactly; infinities are numbers, NaN is as good as nothing.
fn signal_key(value: Option<Option<f64>>, toward: impl Fn(u64) -> u64) -> [u8; 8] {
    let Some(number) = value.flatten().filter(|number| !number.is_nan()) else { return UNKNOWN };
    let bits = (number + 0.0).to_bits();
    let order = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
    toward(order).to_be_bytes()
}

#[cfg(test)]
mod tests;

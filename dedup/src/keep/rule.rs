use malmoi_schemas::{DocumentId, Signal};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A reason to keep one document rather than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeepRule {
    /// The source that the recipe names first.
    Source,
    /// Better by the quality model: `{ highest = "quality" }`.
    Quality,
    /// More of a signal, a document without it last.
    Highest(#[serde(serialize_with = "write_signal", deserialize_with = "read_signal")] Signal),
    /// Less of a signal, a document without it last.
    Lowest(#[serde(serialize_with = "write_signal", deserialize_with = "read_signal")] Signal),
    /// More characters.
    Longest,
    /// Fewer characters.
    Shortest,
    /// The later date, as [`crate::instant`] reads it; a document without one last.
    Newest,
    /// The earlier date; a document without one last.
    Oldest,
    /// The address of fewer characters; a document without one last.
    ShortestUrl,
    /// The smaller id: no reason, but always the same.
    Id,
}

/// What a rule compares. Two rules about the same thing never both decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Source,
    Signal(Signal),
    Date,
    Url,
    Id,
}

impl KeepRule {
    /// Most bytes that a rule but the id adds to a rank.
    pub(super) const MAX_WIDTH: usize = 8;

    /// Gives a rule that has a name of its own that name, so that one chain is written in one way.
    pub(super) fn settle(&mut self) {
        *self = match *self {
            Self::Highest(Signal::Quality) => Self::Quality,
            Self::Highest(Signal::Characters) => Self::Longest,
            Self::Lowest(Signal::Characters) => Self::Shortest,
            rule => rule,
        };
    }

    pub(super) fn subject(self) -> Subject {
        match self {
            Self::Source => Subject::Source,
            Self::Quality => Subject::Signal(Signal::Quality),
            Self::Highest(signal) | Self::Lowest(signal) => Subject::Signal(signal),
            Self::Longest | Self::Shortest => Subject::Signal(Signal::Characters),
            Self::Newest | Self::Oldest => Subject::Date,
            Self::ShortestUrl => Subject::Url,
            Self::Id => Subject::Id,
        }
    }

    /// The signal that a document has to bring.
    pub(super) fn signal(self) -> Option<Signal> {
        match self {
            Self::Quality => Some(Signal::Quality),
            Self::Highest(signal) | Self::Lowest(signal) => Some(signal),
            _ => None,
        }
    }

    /// Bytes of the rule's key.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Source | Self::Longest | Self::Shortest | Self::ShortestUrl => 4,
            Self::Quality | Self::Highest(_) | Self::Lowest(_) | Self::Newest | Self::Oldest => Self::MAX_WIDTH,
            Self::Id => DocumentId::LEN,
        }
    }
}

/// The rule as the ledger gives it: `longest`, `highest korean_score`.
impl fmt::Display for KeepRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Quality => "quality",
            Self::Highest(signal) => return write!(f, "highest {}", signal.as_str()),
            Self::Lowest(signal) => return write!(f, "lowest {}", signal.as_str()),
            Self::Longest => "longest",
            Self::Shortest => "shortest",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::ShortestUrl => "shortest-url",
            Self::Id => "id",
        })
    }
}

fn write_signal<S: Serializer>(signal: &Signal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(signal.as_str())
}

fn read_signal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Signal, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = Signal::ALL.iter().find(|signal| signal.as_str() == name);
    known.copied().ok_or_else(|| de::Error::custom(format_args!("expected a field of `signals`, found `{name}`")))
}

use crate::source::FieldPath;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// The `[source.thread]` table of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadConfig {
    /// Where the thread's id is. Messages with the same one are one conversation.
    pub key: FieldPath,
    /// A number or an ISO 8601 time by which messages are sorted; equal ones, and those without one, stay as they
    /// stand in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<FieldPath>,
    /// Who speaks: a name, an account, a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<FieldPath>,
    /// What the document calls the speakers.
    #[serde(default)]
    pub labels: Labels,
    /// A message as the document writes it.
    #[serde(default)]
    pub template: Template,
    /// What stands between two messages.
    #[serde(default = "line_end")]
    pub separator: String,
    /// Most messages of one document. A longer thread becomes several documents, one after the other.
    #[serde(default = "max_messages")]
    pub max_messages: NonZeroU64,
    /// Most characters of one document, under the same rule. A message that is longer by itself is one document.
    #[serde(default = "max_characters")]
    pub max_characters: NonZeroU64,
}

/// What a document calls the speakers of a thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Labels {
    /// `A`, `B`, … `Z`, `AA`, in the order in which they first speak.
    #[default]
    Letters,
    /// `화자1`, `화자2`, in the same order.
    Numbers,
    /// As the field writes it, for roles such as 상담사 and 고객. Not for names: nothing replaces them.
    AsWritten,
    /// Speakers are not told.
    Omit,
}

/// How a message is written: text with `{text}` once and `{speaker}` at most once. A message without a speaker is its
/// text alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Fixed(String),
    Text,
    Speaker,
}

/// A setting of a thread that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThreadConfigError {
    /// A template that would lose the message or write it twice.
    #[error("`{0}` is no template: it must hold `{{text}}` once and may hold `{{speaker}}` once")]
    Template(String),
}

fn line_end() -> String {
    "\n".to_owned()
}

fn max_messages() -> NonZeroU64 {
    NonZeroU64::MIN.saturating_add(999)
}

fn max_characters() -> NonZeroU64 {
    NonZeroU64::MIN.saturating_add(99_999)
}

impl ThreadConfig {
    /// A thread by its key, with everything else as it is by default.
    pub fn by_key(key: FieldPath) -> Self {
        Self {
            key,
            order: None,
            speaker: None,
            labels: Labels::default(),
            template: Template::default(),
            separator: line_end(),
            max_messages: max_messages(),
            max_characters: max_characters(),
        }
    }
}

impl Default for Template {
    /// `{speaker}: {text}`
    fn default() -> Self {
        Self { parts: vec![Part::Speaker, Part::Fixed(": ".to_owned()), Part::Text] }
    }
}

impl Template {
    /// Appends a message to `out`.
    pub(super) fn write(&self, speaker: Option<&str>, text: &str, out: &mut String) {
        let Some(speaker) = speaker else { return out.push_str(text) };
        for part in &self.parts {
            out.push_str(match part {
                Part::Fixed(fixed) => fixed,
                Part::Text => text,
                Part::Speaker => speaker,
            });
        }
    }
}

impl TryFrom<String> for Template {
    type Error = ThreadConfigError;

    fn try_from(written: String) -> Result<Self, ThreadConfigError> {
        let mut parts = Vec::new();
        let mut rest = written.as_str();
        while !rest.is_empty() {
            let next = [("{text}", Part::Text), ("{speaker}", Part::Speaker)];
            let next = next.into_iter().filter_map(|(name, part)| Some((rest.find(name)?, name, part)));
            let Some((at, name, part)) = next.min_by_key(|(at, ..)| *at) else {
                parts.push(Part::Fixed(rest.to_owned()));
                break;
            };
            if at > 0 {
                parts.push(Part::Fixed(rest[..at].to_owned()));
            }
            parts.push(part);
            rest = &rest[at + name.len()..];
        }
        let count = |wanted: &Part| parts.iter().filter(|part| *part == wanted).count();
        if count(&Part::Text) == 1 && count(&Part::Speaker) <= 1 {
            Ok(Self { parts })
        } else {
            Err(ThreadConfigError::Template(written))
        }
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        let name = |part| match part {
            Part::Fixed(fixed) => fixed,
            Part::Text => "{text}".to_owned(),
            Part::Speaker => "{speaker}".to_owned(),
        };
        template.parts.into_iter().map(name).collect()
    }
}

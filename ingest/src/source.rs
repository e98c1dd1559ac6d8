//! The `[[source]]` tables of a recipe, validated once.

use crate::judge::{PartialRules, Preset};
use crate::read::WikiConfig;
use crate::thread::ThreadConfig;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One `[[source]]` table of a recipe: a named set of input files of one format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawSourceConfig")]
pub struct SourceConfig {
    /// The name by which documents, counts and reports know the source.
    pub name: SourceName,
    /// Files or glob patterns (`*`, `?`, `[a-z]`, `**`), relative to the recipe's folder.
    pub paths: Vec<PathPattern>,
    /// What the files hold. Compression is told from their first bytes, not from their names.
    pub format: Format,
    /// Where the fields of a JSON object or a row are; only for [`Format::Jsonl`] and [`Format::Parquet`].
    #[serde(skip_serializing_if = "Fields::is_default")]
    pub fields: Fields,
    /// Rules to start from instead of those of `[ingest]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Bounds of this source that go before all others.
    #[serde(skip_serializing_if = "PartialRules::is_empty")]
    pub rules: PartialRules,
    /// How messages become conversations; only for [`Format::Jsonl`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<ThreadConfig>,
    /// Which pages are read, and how markup becomes text; only for [`Format::Wiki`].
    #[serde(skip_serializing_if = "WikiConfig::is_default")]
    pub wiki: WikiConfig,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSourceConfig {
    name: SourceName,
    paths: OneOrMore,
    format: Format,
    fields: Option<Fields>,
    preset: Option<Preset>,
    #[serde(default)]
    rules: PartialRules,
    thread: Option<ThreadConfig>,
    wiki: Option<WikiConfig>,
}

/// One path or an array of them. By hand and not by an untagged enum, which would hide what is wrong with a path.
struct OneOrMore(Vec<PathPattern>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Paths;

        impl<'de> Visitor<'de> for Paths {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path or an array of paths")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<OneOrMore, E> {
                PathPattern::try_from(path.to_owned()).map(|path| OneOrMore(vec![path])).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMore, A::Error> {
                let mut paths = Vec::new();
                while let Some(path) = seq.next_element()? {
                    paths.push(path);
                }
                if paths.is_empty() { Err(de::Error::custom(SourceError::NoPath)) } else { Ok(OneOrMore(paths)) }
            }
        }

        deserializer.deserialize_any(Paths)
    }
}

/// What the files of a source hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object in each line.
    Jsonl,
    /// One document of plain text in each file.
    Text,
    /// One HTML page in each file.
    Html,
    /// Web archives (ISO 28500, WARC 1.0 and 1.1, and ARC), also with each record compressed by itself.
    Warc,
    /// Parquet tables, one document in each row.
    Parquet,
    /// XML dumps of MediaWiki.
    Wiki,
}

/// A source name: short, and safe in file names and URLs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SourceName(String);

/// A path or glob pattern as the recipe writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PathPattern(String);

/// Where the fields of a JSON object are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawFields")]
pub struct Fields {
    /// The user's own name for the record, kept as metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<FieldPath>,
    /// Whose the record is: an author, a law, a conversation. Records that share it belong together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<FieldPath>,
    /// Plain text. Goes before `html` in a record that has both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<FieldPath>,
    /// An HTML page, whose main text is extracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<FieldPath>,
    /// The address of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<FieldPath>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<FieldPath>,
    /// Its date, taken as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<FieldPath>,
    /// Its vector: a list of floating-point numbers; only for [`Format::Parquet`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedding: Option<FieldPath>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFields {
    id: Option<FieldPath>,
    group: Option<FieldPath>,
    text: Option<FieldPath>,
    html: Option<FieldPath>,
    url: Option<FieldPath>,
    title: Option<FieldPath>,
    date: Option<FieldPath>,
    embedding: Option<FieldPath>,
}

/// The place of a value in a JSON object: a name, or a JSON pointer (RFC 6901) such as `/article/body/0`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldPath {
    key: String,
    /// The rest of the pointer, below the value of `key`.
    below: String,
}

/// A setting of a source that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// A name that is not safe in file names.
    #[error("`{0}` is not a source name: use lower-case letters, digits, `-` and `_`, 64 at most")]
    Name(String),
    /// A source without input.
    #[error("`paths` is empty; name a file or a pattern")]
    NoPath,
    /// An empty path.
    #[error("a path is empty; name a file or a pattern")]
    EmptyPath,
    /// A place that is neither a name nor a JSON pointer.
    #[error("`{0}` is neither a field name nor a JSON pointer such as `/article/body`")]
    Field(String),
    /// Vectors in a format that has no lists of numbers.
    #[error(
        "`embedding` is only for format = \"parquet\": write texts and embeddings as one Parquet file, a row for each document"
    )]
    EmbeddingFormat,
    /// A table that says nothing about the format.
    #[error("`{table}` is only for format = {formats}")]
    OtherFormat {
        /// The table.
        table: &'static str,
        /// The formats that it is for.
        formats: &'static str,
    },
}

impl TryFrom<RawSourceConfig> for SourceConfig {
    type Error = SourceError;

    fn try_from(raw: RawSourceConfig) -> Result<Self, SourceError> {
        let refused = [
            (
                "fields",
                raw.fields.is_some() && !matches!(raw.format, Format::Jsonl | Format::Parquet),
                "\"jsonl\" or \"parquet\"",
            ),
            ("thread", raw.thread.is_some() && raw.format != Format::Jsonl, "\"jsonl\""),
            ("wiki", raw.wiki.is_some() && raw.format != Format::Wiki, "\"wiki\""),
        ];
        if let Some(&(table, _, formats)) = refused.iter().find(|(_, refused, _)| *refused) {
            return Err(SourceError::OtherFormat { table, formats });
        }
        let embedding = raw.fields.as_ref().is_some_and(|fields| fields.embedding.is_some());
        if embedding && raw.format != Format::Parquet {
            return Err(SourceError::EmbeddingFormat);
        }
        Ok(Self {
            name: raw.name,
            paths: raw.paths.0,
            format: raw.format,
            fields: raw.fields.unwrap_or_default(),
            preset: raw.preset,
            rules: raw.rules,
            thread: raw.thread,
            wiki: raw.wiki.unwrap_or_default(),
        })
    }
}

impl SourceConfig {
    /// A source of a format with all else at its default: what reads files that no recipe names.
    pub fn of(format: Format) -> Self {
        Self {
            name: SourceName("unnamed".to_owned()),
            paths: Vec::new(),
            format,
            fields: Fields::default(),
            preset: None,
            rules: PartialRules::default(),
            thread: None,
            wiki: WikiConfig::default(),
        }
    }
}

impl SourceName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SourceName {
    type Error = SourceError;

    fn try_from(name: String) -> Result<Self, SourceError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
            return Err(SourceError::Name(name));
        }
        Ok(Self(name))
    }
}

impl PathPattern {
    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PathPattern {
    type Error = SourceError;

    fn try_from(pattern: String) -> Result<Self, SourceError> {
        if pattern.trim().is_empty() { Err(SourceError::EmptyPath) } else { Ok(Self(pattern)) }
    }
}

impl Default for Fields {
    /// A field named `text`, and `id`, `url`, `title` and `date` where a record has them. Nothing is a group by its name.
    fn default() -> Self {
        let named = |key: &str| Some(FieldPath { key: key.to_owned(), below: String::new() });
        let (id, text, url, title, date) = (named("id"), named("text"), named("url"), named("title"), named("date"));
        Self { id, group: None, text, html: None, url, title, date, embedding: None }
    }
}

impl Fields {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl TryFrom<RawFields> for Fields {
    type Error = SourceError;

    /// What a mapping does not name keeps its default place, but for the text, which `html` stands in for.
    fn try_from(raw: RawFields) -> Result<Self, SourceError> {
        let default = Self::default();
        let text = if raw.html.is_some() { raw.text } else { raw.text.or(default.text) };
        Ok(Self {
            id: raw.id.or(default.id),
            group: raw.group,
            text,
            html: raw.html,
            url: raw.url.or(default.url),
            title: raw.title.or(default.title),
            date: raw.date.or(default.date),
            embedding: raw.embedding,
        })
    }
}

impl FieldPath {
    /// The name of the top-level field.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The JSON pointer below the top-level field; empty when the field itself is meant.
    pub fn below(&self) -> &str {
        &self.below
    }
}

impl TryFrom<String> for FieldPath {
    type Error = SourceError;

    fn try_from(path: String) -> Result<Self, SourceError> {
        let Some(pointer) = path.strip_prefix('/') else {
            return if path.is_empty() {
                Err(SourceError::Field(path))
            } else {
                Ok(Self { key: path, below: String::new() })
            };
        };
        let (key, below) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
        if key.is_empty() {
            return Err(SourceError::Field(path));
        }
        Ok(Self { key: key.replace("~1", "/").replace("~0", "~"), below: below.to_owned() })
    }
}

impl From<FieldPath> for String {
    /// The pointer that reads back as the same place.
    fn from(path: FieldPath) -> Self {
        if path.below.is_empty() && !path.key.starts_with('/') {
            return path.key;
        }
        format!("/{}{}", path.key.replace('~', "~0").replace('/', "~1"), path.below)
    }
}

#[cfg(test)]
mod tests;

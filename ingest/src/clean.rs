//! One raw record to one settled document: the way that every record goes, whatever it came from.

use crate::config::Rules;
use crate::decode::{Decoded, decode, decode_page, encoding_for_label};
use crate::extract::{Extracted, extract};
use crate::json::parse_line;
use crate::judge::judge;
use crate::measure::{Measurer, Measures};
use crate::normalize::normalize;
use crate::read::{ArchiveKind, ArchiveRecord, HttpError, Payload, bounded_url, parse_response};
use crate::source::Fields;
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
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The title, on one line.
    pub title: Option<String>,
    /// The date as the source writes it.
    pub date: Option<String>,
    /// Normalised text.
    pub text: String,
    /// The charset of the bytes.
    pub charset: &'static str,
    /// Malformed sequences in the record's bytes.
    pub replaced: u32,
    /// Numbers about the text.
    pub measures: Measures,
}

/// Cleans the records of one source.
#[derive(Debug)]
pub struct Cleaner {
    fields: Fields,
    rules: Rules,
    /// Most bytes that a compressed body may decode to.
    limit: usize,
    measurer: Measurer,
}

/// Text before it is normalised.
struct Draft {
    url: Option<String>,
    title: Option<String>,
    date: Option<String>,
    text: String,
    charset: &'static str,
    replaced: u32,
}

/// A record that has no text to judge.
struct Refusal {
    outcome: Outcome,
    detail: String,
    url: Option<String>,
}

fn refuse<T>(outcome: Outcome, detail: impl Into<String>, url: Option<String>) -> Result<T, Refusal> {
    Err(Refusal { outcome, detail: detail.into(), url })
}

impl Cleaner {
    /// A cleaner for records whose JSON fields and bounds are given. `limit` bounds what a compressed HTTP body may swell to.
    pub fn new(fields: Fields, rules: Rules, limit: usize) -> Self {
        Self { fields, rules, limit, measurer: Measurer::default() }
    }

    /// Settles one record.
    pub fn clean(&mut self, payload: Payload) -> Cleaned {
        let draft = match payload {
            Payload::Json(line) => self.read_json(line),
            Payload::Text(bytes) => Ok(Draft::of_text(decode(bytes, None))),
            Payload::Html(bytes) => Draft::of_page(decode_page(bytes, None), Draft::empty()),
            Payload::Archived(record) => self.read_archived(record),
            Payload::Settled(settled) => refuse(settled.outcome, settled.detail, settled.url),
        };
        match draft {
            Ok(draft) => self.finish(draft),
            Err(Refusal { outcome, detail, url }) => {
                Cleaned { outcome, detail: Some(detail), url: address(url), document: None }
            }
        }
    }

    fn finish(&mut self, draft: Draft) -> Cleaned {
        let Draft { url, title, date, text, charset, replaced } = draft;
        let text = match normalize(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(normal) => normal,
        };
        let measures = self.measurer.measure(&text);
        let (outcome, detail) = match judge(&measures, &self.rules) {
            None => (Outcome::Kept, None),
            Some((reason, detail)) => (Outcome::Removed(reason), Some(detail)),
        };
        let title = title.as_deref().and_then(one_line);
        let date = date.as_deref().and_then(one_line);
        let document = Document { title, date, text, charset, replaced, measures };
        Cleaned { outcome, detail, url: address(url), document: Some(document) }
    }

    fn read_json(&self, line: Vec<u8>) -> Result<Draft, Refusal> {
        let Decoded { text: line, charset, replaced } = decode(line, None);
        let record = match parse_line(&line, &self.fields) {
            Ok(record) => record,
            Err(error) => return refuse(Outcome::Errored(Reason::BadJson), error.to_string(), None),
        };
        let draft =
            Draft { url: record.url, title: record.title, date: record.date, text: String::new(), charset, replaced };
        match (record.text, record.html) {
            (Some(text), _) => Ok(Draft { text, ..draft }),
            (None, Some(html)) => Draft::of_page(Decoded { text: html, charset, replaced }, draft),
            (None, None) => {
                let names = [&self.fields.text, &self.fields.html];
                let names: Vec<String> =
                    names.into_iter().flatten().map(|path| format!("`{}`", String::from(path.clone()))).collect();
                let detail = format!("no text in {}", names.join(" or "));
                refuse(Outcome::Errored(Reason::MissingField), detail, draft.url)
            }
        }
    }

    fn read_archived(&self, record: ArchiveRecord) -> Result<Draft, Refusal> {
        let ArchiveRecord { kind, url, date, content_type, block } = record;
        let around = Draft { url, date, ..Draft::empty() };
        match kind {
            ArchiveKind::Resource => read_body(block.into(), content_type.as_deref(), around),
            ArchiveKind::Response => {
                if let Some(other) = content_type.as_deref().filter(|kind| !mime(kind).starts_with("application/http"))
                {
                    return refuse(
                        Outcome::Removed(Reason::NotText),
                        format!("a response of type {other}"),
                        around.url,
                    );
                }
                let response = match parse_response(&block) {
                    Ok(response) => response,
                    Err(error) => return refuse(Outcome::Errored(Reason::BadRecord), error.to_string(), around.url),
                };
                if !(200..300).contains(&response.status) {
                    let detail = format!("HTTP status {}", response.status);
                    return refuse(Outcome::Removed(Reason::HttpStatus), detail, around.url);
                }
                let content_type = response.content_type.clone();
                refuse_other_types(content_type.as_deref(), &around)?;
                match response.into_body(self.limit) {
                    Ok(body) => read_body(body, content_type.as_deref(), around),
                    Err(error) => {
                        let reason = match error {
                            HttpError::TooLong(_) => Reason::RecordTooLong,
                            HttpError::Coding(_) => Reason::UnsupportedCoding,
                            _ => Reason::BadRecord,
                        };
                        refuse(Outcome::Errored(reason), error.to_string(), around.url)
                    }
                }
            }
        }
    }
}

impl Draft {
    fn empty() -> Self {
        Self { url: None, title: None, date: None, text: String::new(), charset: "UTF-8", replaced: 0 }
    }

    fn of_text(Decoded { text, charset, replaced }: Decoded) -> Self {
        Self { text, charset, replaced, ..Self::empty() }
    }

    /// What the page says of itself goes before what the archive or the record says of it, but for a title that a mapping names.
    fn of_page(page: Decoded, around: Self) -> Result<Self, Refusal> {
        let Decoded { text: page, charset, replaced } = page;
        match extract(&page) {
            Ok(Extracted { title, date, text }) => {
                let (title, date) = (around.title.or(title), date.or(around.date));
                Ok(Self { url: around.url, title, date, text, charset, replaced })
            }
            Err(error) => refuse(Outcome::Errored(Reason::UnreadableMarkup), error.to_string(), around.url),
        }
    }
}

/// What a body of a media type is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Medium {
    Page,
    Text,
    Unknown,
    Other,
}

fn medium(content_type: Option<&str>) -> Medium {
    match content_type.map(mime).as_deref() {
        None | Some("" | "application/octet-stream" | "unknown/unknown" | "application/x-unknown-content-type") => {
            Medium::Unknown
        }
        Some("text/plain") => Medium::Text,
        Some("text/html" | "application/xhtml+xml" | "text/xml" | "application/xml") => Medium::Page,
        Some("application/rss+xml" | "application/atom+xml" | "application/rdf+xml") => Medium::Page,
        Some(_) => Medium::Other,
    }
}

fn refuse_other_types(content_type: Option<&str>, around: &Draft) -> Result<(), Refusal> {
    match content_type {
        Some(other) if medium(content_type) == Medium::Other => {
            let other: String = other.chars().take(80).collect();
            refuse(Outcome::Removed(Reason::NotText), format!("a body of type {other}"), around.url.clone())
        }
        _ => Ok(()),
    }
}

fn read_body(body: Cow<'_, [u8]>, content_type: Option<&str>, around: Draft) -> Result<Draft, Refusal> {
    refuse_other_types(content_type, &around)?;
    let charset = content_type.and_then(charset_parameter);
    let is_page = match medium(content_type) {
        Medium::Page => true,
        Medium::Text => begins_like_page(&body),
        _ if begins_like_page(&body) => true,
        _ if body.contains(&0) => {
            return refuse(Outcome::Removed(Reason::NotText), "a body without a type that is not text", around.url);
        }
        _ => false,
    };
    if is_page {
        return Draft::of_page(decode_page(body.into_owned(), charset), around);
    }
    let text = Draft::of_text(decode(body.into_owned(), charset.and_then(encoding_for_label)));
    Ok(Draft { url: around.url, date: around.date, ..text })
}

fn begins_like_page(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let begins = |start: &[u8]| body.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    begins(b"<!doctype html") || begins(b"<html") || begins(b"<?xml") || begins(b"<rss") || begins(b"<head")
}

fn mime(content_type: &str) -> String {
    content_type.split([';', ',']).next().unwrap_or("").trim().to_ascii_lowercase()
}

fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
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

//! From a payload to text that is not normalised yet, or to the reason why there is none.

use super::Cleaner;
use super::medium::{Medium, begins_like_page, charset_parameter, medium, mime};
use crate::decode::{Charset, Decoded, Repair, decode, decode_page, repair_mojibake};
use crate::json::parse_line;
use crate::read::{ArchiveKind, ArchiveRecord, FieldRecord, HttpError, Payload, parse_response};
use malmoi_schemas::{Outcome, Reason};
use std::borrow::Cow;

/// Text before it is normalised.
pub(super) struct Draft {
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    pub(super) original_id: Option<String>,
    pub(super) group: Option<String>,
    pub(super) embedding: Option<Vec<f32>>,
    pub(super) messages: Option<u32>,
    /// What a ledger says of the messages.
    pub(super) thread: Option<String>,
    pub(super) text: String,
    pub(super) charset: &'static str,
    pub(super) replaced: u32,
    pub(super) repaired: Option<Repair>,
}

/// A record that has no text to judge.
pub(super) struct Refusal {
    pub(super) outcome: Outcome,
    pub(super) detail: String,
    pub(super) url: Option<String>,
}

fn refuse<T>(outcome: Outcome, detail: impl Into<String>, url: Option<String>) -> Result<T, Refusal> {
    Err(Refusal { outcome, detail: detail.into(), url })
}

impl Draft {
    fn empty() -> Self {
        Self {
            url: None,
            title: None,
            date: None,
            original_id: None,
            group: None,
            embedding: None,
            messages: None,
            thread: None,
            text: String::new(),
            charset: "UTF-8",
            replaced: 0,
            repaired: None,
        }
    }

    fn with(self, decoded: Decoded) -> Self {
        let Decoded { text, charset, replaced, repaired } = decoded;
        Self { text, charset, replaced, repaired, ..self }
    }
}

impl Cleaner<'_> {
    /// The text of a record.
    pub(super) fn draft(&mut self, payload: Payload) -> Result<Draft, Refusal> {
        match payload {
            Payload::Json(line) => self.read_json(line),
            Payload::Fields(record) => self.read_fields(record, None),
            Payload::Wikitext(record) => {
                let text = record.text.map(|markup| self.wikitext.text(&markup));
                self.read_fields(FieldRecord { text, ..record }, None)
            }
            Payload::Text(bytes) => Ok(Draft::empty().with(decode(bytes, None))),
            Payload::Html(bytes) => self.read_page(decode_page(bytes, None), Draft::empty()),
            Payload::Archived(record) => self.read_archived(record),
            Payload::Settled(settled) => refuse(settled.outcome, settled.detail, settled.url),
        }
    }

    fn read_json(&mut self, line: Vec<u8>) -> Result<Draft, Refusal> {
        let Decoded { text: line, charset, replaced, repaired } = decode(line, None);
        match parse_line(&line, &self.fields) {
            Ok(record) => self.read_fields(FieldRecord { charset, replaced, ..record }, repaired),
            Err(error) => refuse(Outcome::Errored(Reason::BadJson), error.to_string(), None),
        }
    }

    fn read_fields(&mut self, record: FieldRecord, repaired: Option<Repair>) -> Result<Draft, Refusal> {
        let FieldRecord { id, group, text, html, url, title, date, embedding, .. } = record;
        let (charset, replaced, messages, thread) = (record.charset, record.replaced, record.messages, record.thread);
        self.check_address(url.as_deref())?;
        let original_id = id;
        let around = Draft { url, title, date, original_id, group, embedding, messages, thread, ..Draft::empty() };
        let draft = Draft { charset, replaced, repaired, ..around };
        match (text, html) {
            (Some(text), _) => match repair_mojibake(&text).filter(|_| draft.repaired.is_none()) {
                Some((text, repair)) => Ok(Draft { text, repaired: Some(repair), ..draft }),
                None => Ok(Draft { text, ..draft }),
            },
            (None, Some(text)) => self.read_page(Decoded { text, charset, replaced, repaired }, draft),
            (None, None) => {
                let names = [&self.fields.text, &self.fields.html];
                let names: Vec<String> =
                    names.into_iter().flatten().map(|path| format!("`{}`", String::from(path.clone()))).collect();
                let detail = format!("no text in {}", names.join(" or "));
                refuse(Outcome::Errored(Reason::MissingField), detail, draft.url)
            }
        }
    }

    /// What the page says of itself goes before what the archive or the record says of it, but for a title that a mapping names.
    fn read_page(&mut self, page: Decoded, around: Draft) -> Result<Draft, Refusal> {
        match self.extractor.extract(&page.text) {
            Ok(extracted) => Ok(Draft {
                title: around.title.clone().or(extracted.title),
                date: extracted.date.or(around.date.clone()),
                ..around.with(Decoded { text: extracted.text, ..page })
            }),
            Err(error) => refuse(Outcome::Errored(Reason::UnreadableMarkup), error.to_string(), around.url),
        }
    }

    fn read_archived(&mut self, record: ArchiveRecord) -> Result<Draft, Refusal> {
        let ArchiveRecord { kind, url, date, content_type, block } = record;
        self.check_address(url.as_deref())?;
        let around = Draft { url, date, ..Draft::empty() };
        match kind {
            ArchiveKind::Resource => self.read_body(block.into(), content_type.as_deref(), around),
            ArchiveKind::Response => self.read_response(&block, content_type.as_deref(), around),
        }
    }

    fn read_response(&mut self, block: &[u8], content_type: Option<&str>, around: Draft) -> Result<Draft, Refusal> {
        if let Some(other) = content_type.filter(|kind| !mime(kind).starts_with("application/http")) {
            return refuse(Outcome::Removed(Reason::NotText), format!("a response of type {other}"), around.url);
        }
        let response = match parse_response(block) {
            Ok(response) => response,
            Err(error) => return refuse(Outcome::Errored(Reason::BadRecord), error.to_string(), around.url),
        };
        if !(200..300).contains(&response.status) {
            let detail = format!("HTTP status {}", response.status);
            return refuse(Outcome::Removed(Reason::HttpStatus), detail, around.url);
        }
        let content_type = response.content_type.clone();
        refuse_other_types(content_type.as_deref(), &around)?;
        match response.into_body(self.equipment.limit) {
            Ok(body) => self.read_body(body, content_type.as_deref(), around),
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

    fn read_body(&mut self, body: Cow<'_, [u8]>, content_type: Option<&str>, around: Draft) -> Result<Draft, Refusal> {
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
            return self.read_page(decode_page(body.into_owned(), charset), around);
        }
        Ok(around.with(decode(body.into_owned(), charset.and_then(Charset::for_label))))
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

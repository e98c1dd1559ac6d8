use super::config::ThreadConfig;
use super::order::Order;
use crate::json::parse_line;
use crate::source::Fields;

/// One message of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id of its thread.
    pub key: String,
    /// Its place in the thread.
    pub order: Order,
    /// Who speaks.
    pub speaker: Option<String>,
    /// What is said.
    pub text: String,
    /// The title of the thread, as the message gives it.
    pub title: Option<String>,
    /// The address of the thread or the message.
    pub url: Option<String>,
    /// The date as the source writes it.
    pub date: Option<String>,
    /// Place of the record in its file.
    pub ordinal: u64,
    /// Byte offset of the record in its file.
    pub offset: u64,
    /// Malformed sequences that became U+FFFD when the record was decoded.
    pub replaced: u32,
}

/// Why a record is no message of a thread. It is settled by itself.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// No JSON object.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// No thread to belong to.
    #[error("no thread key in `{0}`")]
    NoKey(String),
    /// Nothing said.
    #[error("no text in the record's text field")]
    NoText,
}

/// Reads a line of JSON lines as a message. Text, title, address and date are where `fields` says.
pub fn read_message(
    line: &str,
    fields: &Fields,
    config: &ThreadConfig,
    (ordinal, offset): (u64, u64),
) -> Result<Message, MessageError> {
    let record = parse_line(line, fields)?;
    // The same reader for the places of the thread's own fields.
    let places = Fields {
        text: Some(config.key.clone()),
        url: config.order.clone(),
        title: config.speaker.clone(),
        ..Fields::default()
    };
    let thread = parse_line(line, &places)?;
    let key = thread.text.filter(|key| !key.trim().is_empty());
    let key = key.ok_or_else(|| MessageError::NoKey(config.key.clone().into()))?;
    let order = match &config.order {
        Some(_) => thread.url.as_deref().map_or(Order::Unknown, Order::parse),
        None => Order::Unknown,
    };
    let speaker = thread.title.filter(|speaker| config.speaker.is_some() && !speaker.trim().is_empty());
    Ok(Message {
        key,
        order,
        speaker,
        text: record.text.ok_or(MessageError::NoText)?,
        title: record.title,
        url: record.url,
        date: record.date,
        ordinal,
        offset,
        replaced: 0,
    })
}

impl Message {
    /// Bytes that the message takes in memory.
    pub(super) fn memory(&self) -> u64 {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let texts = length(&self.speaker) + length(&self.title) + length(&self.url) + length(&self.date);
        (self.key.len() + self.text.len() + texts + size_of::<Self>()) as u64
    }
}

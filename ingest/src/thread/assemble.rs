use super::config::{Labels, ThreadConfig};
use super::message::Message;
use crate::read::FieldRecord;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Longest label taken from a role field, in characters: a longer one is no role.
const MAX_LABEL: usize = 40;

/// A document made of messages.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreadRecord {
    /// Place of its first message in the file, which no other document has.
    pub ordinal: u64,
    /// Byte offset of that message.
    pub offset: u64,
    /// How many messages it took in.
    pub messages: u64,
    /// Which document of its thread it is, from 1.
    pub part: u64,
    /// How many documents the thread became.
    pub parts: u64,
    /// The document. Its group is the thread's key.
    pub fields: FieldRecord,
}

impl ThreadRecord {
    /// What a ledger says of the document: how many messages it stands for.
    pub fn detail(&self) -> String {
        let Self { messages, part, parts, .. } = self;
        let messages = if *messages == 1 { "1 message".to_owned() } else { format!("{messages} messages") };
        if *parts > 1 { format!("{messages}, part {part} of {parts} of its thread") } else { messages }
    }
}

/// Threads in memory, from messages in any order.
#[derive(Debug, Default)]
pub struct Threads {
    messages: Vec<Message>,
    memory: u64,
}

impl Threads {
    /// Takes a message in.
    pub fn push(&mut self, message: Message) {
        self.memory += message.memory();
        self.messages.push(message);
    }

    /// Bytes that the messages take.
    pub fn memory(&self) -> u64 {
        self.memory
    }

    pub(super) fn take_messages(&mut self) -> Vec<Message> {
        self.memory = 0;
        std::mem::take(&mut self.messages)
    }

    /// The documents, by the place of their first message in the file.
    pub fn finish(self, config: &ThreadConfig) -> Vec<ThreadRecord> {
        let mut messages = self.messages;
        // Threads next to each other, each in its order; ties by place.
        messages.sort_unstable_by(|a, b| {
            a.key.cmp(&b.key).then(a.order.cmp(&b.order)).then(a.ordinal.cmp(&b.ordinal)).then(a.offset.cmp(&b.offset))
        });
        let mut records = Vec::new();
        for thread in messages.chunk_by_mut(|a, b| a.key == b.key) {
            assemble(thread, config, &mut records);
        }
        records.sort_by_key(|record| (record.ordinal, record.offset));
        records
    }
}

/// Writes one thread as documents: a new one begins where the next message would go beyond a limit.
fn assemble(thread: &mut [Message], config: &ThreadConfig, records: &mut Vec<ThreadRecord>) {
    let first_of_thread = records.len();
    let mut labels = Speakers::new(config.labels);
    let mut written = String::new();
    let mut characters = 0;
    let separator = config.separator.chars().count() as u64;
    let title = thread.first().and_then(|first| first.title.clone());
    for message in thread {
        written.clear();
        let text = message.text.trim();
        if !text.is_empty() {
            let label = labels.label(message.speaker.take());
            config.template.write(label, text, &mut written);
        }
        let length = written.chars().count() as u64;
        let fits = |record: &ThreadRecord| {
            record.messages < config.max_messages.get()
                && (characters == 0 || characters + separator + length <= config.max_characters.get())
        };
        match records[first_of_thread..].last_mut().filter(|record| fits(record)) {
            Some(record) => {
                record.take_in(&written, &config.separator, message.replaced);
                characters += length + if characters > 0 && length > 0 { separator } else { 0 };
            }
            None => {
                let part = (records.len() - first_of_thread) as u64 + 1;
                records.push(begin(message, title.clone(), part, std::mem::take(&mut written)));
                characters = length;
            }
        }
    }
    let parts = (records.len() - first_of_thread) as u64;
    records[first_of_thread..].iter_mut().for_each(|record| record.parts = parts);
}

fn begin(message: &mut Message, title: Option<String>, part: u64, text: String) -> ThreadRecord {
    let fields = FieldRecord {
        group: Some(message.key.clone()),
        text: Some(text),
        title,
        url: message.url.take(),
        date: message.date.take(),
        replaced: message.replaced,
        ..FieldRecord::default()
    };
    ThreadRecord { ordinal: message.ordinal, offset: message.offset, messages: 1, part, parts: 1, fields }
}

impl ThreadRecord {
    fn take_in(&mut self, written: &str, separator: &str, replaced: u32) {
        self.messages += 1;
        self.fields.replaced = self.fields.replaced.saturating_add(replaced);
        if let Some(text) = self.fields.text.as_mut().filter(|_| !written.is_empty()) {
            if !text.is_empty() {
                text.push_str(separator);
            }
            text.push_str(written);
        }
    }
}

/// The labels of one thread's speakers, in the order in which they first speak.
struct Speakers {
    labels: Labels,
    known: HashMap<String, String>,
}

impl Speakers {
    fn new(labels: Labels) -> Self {
        Self { labels, known: HashMap::new() }
    }

    fn label(&mut self, speaker: Option<String>) -> Option<&str> {
        let speaker = speaker?;
        let ordinal = self.known.len();
        match (self.labels, self.known.entry(speaker)) {
            (Labels::Omit, _) => None,
            (_, Entry::Occupied(known)) => Some(known.into_mut()),
            (labels, Entry::Vacant(new)) => {
                let label = match labels {
                    Labels::Letters => letters(ordinal),
                    Labels::Numbers => format!("화자{}", ordinal + 1),
                    Labels::AsWritten | Labels::Omit => {
                        let role = new.key().split_whitespace().collect::<Vec<_>>().join(" ");
                        role.chars().take(MAX_LABEL).collect()
                    }
                };
                Some(new.insert(label))
            }
        }
    }
}

/// `A` to `Z`, then `AA` to `ZZ`, and so on.
fn letters(ordinal: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = ordinal + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

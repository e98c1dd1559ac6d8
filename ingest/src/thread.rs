//! Messages that share a key, in order, as one document: chats, comments under a post, questions and answers.
//!
//! ```text
//! message ──► Grouper ──► (all fit in memory) ───────────────► Threads ──► ThreadRecord
//! (any order)    └─────► Scatter into buckets by hash of key ─► each bucket ──┘
//! ```
//!
//! Every message ends in exactly one [`ThreadRecord`]; one without a key or a text is settled alone, by whoever reads it.

mod assemble;
mod config;
mod group;
mod message;
mod order;
mod scatter;

pub use assemble::{ThreadRecord, Threads};
pub use config::{Labels, Template, ThreadConfig, ThreadConfigError};
pub use group::{Grouper, Records};
pub use message::{Message, MessageError, read_message};
pub use order::Order;
pub use scatter::{Scatter, read_scattered};

#[cfg(test)]
mod tests;

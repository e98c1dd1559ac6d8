//! Lists that judge a document: of addresses, blocked and allowed, and of words with weights.

mod address;
mod josa;
mod lines;
mod rule;
mod urls;
mod words;

pub use lines::ListError;
pub use urls::{ListKind, ListSummary, ListVerdict, UrlLists};
pub use words::{BadWords, Hit};

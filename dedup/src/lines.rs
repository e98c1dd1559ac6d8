//! Lines and paragraphs that repeat from document to document: the menus, footers and signatures of a site.
//!
//! Two passes over the texts with a plan between them. [`LineScanner::distinct_keys`] says which lines a document has;
//! the plan counts the documents of each, within a site and over all; [`LinesConfig::verdict`] says which of them repeat;
//! and [`LineScanner::spans`] finds those, collected in [`RepeatedLines`], in a text again.
//!
//! Lines above a threshold are cut from every document, as in CCNet (Wenzek et al., 2020) and Llama 3 (2024, section 3.1.1).
//! None keeps a copy: one footer is worth no more than none, and what is worth keeping once is a duplicate for
//! MinHash or substrings to find.

mod config;
mod fold;
mod repeated;
mod scanner;

pub use config::{LineCounts, LinesConfig, Unit};
pub use repeated::{RepeatedLines, Scope, TooManyLines};
pub use scanner::{LineScanner, site_hash};

//! Raw bytes to clean documents: read, decode, extract, normalise, measure, judge.
//!
//! ```text
//! Splits ──► RawRecord ──► Cleaner ──────────────────────────────────────► Settled ──► Parquet
//! (read)     (bytes)       decode → extract → normalize → measure → judge   (document and outcome)
//! ```
//!
//! Everything but [`stage`](run) is plain Rust on bytes and `&str` and can be used, tested and fuzzed without an engine.

pub mod clean;
pub mod config;
pub mod decode;
mod error;
pub mod extract;
pub mod input;
pub mod json;
pub mod judge;
pub mod measure;
pub mod normalize;
pub mod read;
mod rows;
pub mod source;
pub mod split;
mod stage;

pub use config::{IngestConfig, PartialRules, Rules};
pub use error::IngestError;
pub use input::InputFile;
pub use source::{Format, SourceConfig};
pub use stage::{Ingested, recipe_digest, run};

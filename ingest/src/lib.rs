//! Raw bytes to clean documents: read, decode, extract, normalise, redact, measure, judge.
//!
//! ```text
//! Splits ──► RawRecord ──► Cleaner ───────────────────────────────────────────────► Settled ──► Parquet
//! (read)     (bytes)       decode → extract → normalize → redact → measure → judge   (document and outcome)
//! ```
//!
//! Everything but [`stage`](run) is plain Rust on bytes and `&str` and can be used, tested and fuzzed without an engine.

pub mod clean;
pub mod config;
pub mod decode;
pub mod equipment;
mod error;
pub mod extract;
pub mod input;
pub mod json;
pub mod judge;
pub mod lists;
pub mod measure;
pub mod models;
pub mod normalize;
pub mod pilot;
pub mod preview;
pub mod read;
pub mod redact;
mod rows;
pub mod source;
pub mod split;
mod stage;
pub mod texts;
pub mod thread;
pub mod wikitext;

pub use config::IngestConfig;
pub use error::{IngestError, Owner};
pub use input::InputFile;
pub use judge::{PartialRules, Preset, Rules};
pub use source::{Format, SourceConfig};
pub use stage::{Ingested, Pilot, pilot as run_pilot, preview as preview_sample, recipe_digest, run};

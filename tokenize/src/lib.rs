//! Learn a vocabulary, encode documents and write token shards.
//!
//! The kernels ([`WordCounts`], [`Vocabulary`], [`Encoder`], the order of the shuffle) work on `&str` and slices;
//! only `stage` knows the engine. [`run`] is the whole stage.

mod config;
mod encode;
mod error;
mod learn;
mod shard;
mod shuffle;
mod stage;
mod survey;
mod vocabulary;

pub use config::{ConfigError, Digits, HeldOutShare, RowGroupTokens, SampleSize, TokenizeConfig, VocabularySize};
pub use encode::Encoder;
pub use error::TokenizeError;
pub use learn::WordCounts;
pub use stage::{recipe_digest, run};
pub use vocabulary::{END_OF_TEXT, Vocabulary};

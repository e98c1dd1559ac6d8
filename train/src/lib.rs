//! Stream token shards into a decoder-only language model.
//!
//! [`train`] is the whole stage: it reads the token shards that a tokenize manifest names, trains a Llama-style decoder
//! and writes a checkpoint. It knows no engine: files come and go through [`Files`], news through [`TrainObserver`].
//! The reference is made of candle operations that have a backward ([`model::Model::loss`]); training runs a walk of its
//! own over the same network, which tests hold against the reference in f64.

mod checkpoint;
mod config;
mod error;
mod evaluate;
mod event;
mod export;
mod files;
#[cfg(test)]
mod fixture;
mod generate;
pub mod loader;
mod log;
mod memory;
pub mod model;
mod ops;
pub mod optim;
mod random;
mod run;
mod step;
mod tensors;

pub use config::{ConfigError, ModelConfig, OptimizerConfig, SampleConfig, TrainConfig};
pub use error::TrainError;
pub use event::{TrainEvent, TrainObserver};
pub use files::{Files, LocalFiles};
pub use generate::{GenerateOptions, Generator, generate};
pub use log::LogLine;
pub use run::{TrainInputs, TrainOutcome, train};

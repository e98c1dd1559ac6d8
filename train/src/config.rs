//! The `[train]` part of a recipe.

mod model;
mod optimizer;
#[cfg(test)]
mod tests;

use crate::GenerateOptions;
pub use model::ModelConfig;
pub use optimizer::OptimizerConfig;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A value of the recipe that cannot be trained with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub(crate) String);

/// The `[train]` table: how long, in what portions, and with what care.
///
/// The defaults train a small model on a CPU in about a minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub struct TrainConfig {
    /// Optimiser steps.
    pub steps: u64,
    /// Rows (of `model.context` tokens each) per step.
    pub batch: usize,
    /// Rows per forward and backward pass; a step runs as many passes as its batch needs. Memory grows with it.
    pub micro_batch: usize,
    /// Steps between two measurements of the held-out loss; 0 measures it only after the last step.
    pub evaluate_every: u64,
    /// Rows of held-out text that one measurement reads at most.
    pub evaluate_rows: usize,
    /// Steps between two checkpoints.
    pub checkpoint_every: u64,
    /// Checkpoints kept while training; older ones are deleted once a newer one is published.
    pub keep_checkpoints: usize,
    /// The network.
    pub model: ModelConfig,
    /// How its parameters move.
    pub optimizer: OptimizerConfig,
    /// The text written at the end.
    pub sample: SampleConfig,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            steps: 300,
            batch: 8,
            micro_batch: 8,
            evaluate_every: 100,
            evaluate_rows: 32,
            checkpoint_every: 100,
            keep_checkpoints: 2,
            model: ModelConfig::default(),
            optimizer: OptimizerConfig::default(),
            sample: SampleConfig::default(),
        }
    }
}

impl TrainConfig {
    fn check(&self) -> Result<(), ConfigError> {
        between("steps", self.steps, MOST_STEPS)?;
        between("batch", self.batch as u64, MOST_ROWS)?;
        between("micro_batch", self.micro_batch as u64, MOST_ROWS)?;
        between("evaluate_rows", self.evaluate_rows as u64, MOST_ROWS)?;
        at_least_one("checkpoint_every", self.checkpoint_every)?;
        at_least_one("keep_checkpoints", self.keep_checkpoints as u64)?;
        require(self.optimizer.warm_up_steps < self.steps, || {
            format!(
                "`optimizer.warm_up_steps` ({}) must be less than `steps` ({})",
                self.optimizer.warm_up_steps, self.steps
            )
        })
    }

    /// Tokens that one step trains on.
    pub fn tokens_per_step(&self) -> u64 {
        self.batch as u64 * self.model.context as u64
    }
}

/// The `[train.sample]` table: the text that the finished model writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub struct SampleConfig {
    /// How the text begins; may be empty.
    pub prompt: String,
    /// Tokens to write at most; see [`GenerateOptions::MOST_TOKENS`].
    pub tokens: usize,
    /// 0 always takes the likeliest token; higher is more varied.
    pub temperature: f64,
    /// Only so many of the likeliest tokens are drawn from; 0 draws from all.
    pub top_k: usize,
}

impl Default for SampleConfig {
    fn default() -> Self {
        Self { prompt: "오늘은".to_owned(), tokens: 64, temperature: 0.8, top_k: 40 }
    }
}

impl SampleConfig {
    fn check(&self) -> Result<(), ConfigError> {
        GenerateOptions::from_sample(self, 0).check()
    }
}

/// Steps of the longest training. With the largest batch and context the count of its tokens does not overflow.
const MOST_STEPS: u64 = 100_000_000;

/// Rows of the largest batch, and of the longest evaluation.
const MOST_ROWS: u64 = 1 << 16;

pub(crate) fn require(holds: bool, message: impl FnOnce() -> String) -> Result<(), ConfigError> {
    if holds { Ok(()) } else { Err(ConfigError(message())) }
}

fn at_least_one(name: &str, value: u64) -> Result<(), ConfigError> {
    require(value >= 1, || format!("`{name}` must be at least 1"))
}

/// Requires a count from 1 to `most`.
pub(crate) fn between(name: &str, value: u64, most: u64) -> Result<(), ConfigError> {
    require((1..=most).contains(&value), || format!("`{name}` is {value}, it must lie between 1 and {most}"))
}

/// Makes serde check a table as soon as it is read, so that the error points at the table and no unchecked value exists.
macro_rules! checked_when_read {
    ($($config:ty),+) => {$(
        impl<'de> Deserialize<'de> for $config {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let config = Self::deserialize(deserializer)?;
                config.check().map_err(de::Error::custom)?;
                Ok(config)
            }
        }

        impl Serialize for $config {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    )+};
}

checked_when_read!(TrainConfig, ModelConfig, OptimizerConfig, SampleConfig);

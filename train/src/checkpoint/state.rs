use crate::log::Log;
use crate::{TrainConfig, TrainError};
use bytes::Bytes;
use malmoi_schemas::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The format of `state.json`.
const FORMAT: &str = "malmoi/train-state/1";

/// What makes two runs the same run: they compute the same numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    /// The `[train]` part of the recipe.
    pub(crate) recipe: TrainConfig,
    /// Seed of the initial values and of the epochs' order.
    pub(crate) seed: u64,
    /// Digest of the manifest of the token shards.
    pub(crate) data: Digest,
}

/// `state.json`: where a run stands. The schedule and the loader's position follow from the step.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    format: String,
    /// Optimiser steps taken.
    pub(crate) step: u64,
    /// Number of the first sample that is not trained on yet.
    next_sample: u64,
    /// Digest of `log.jsonl`.
    pub(crate) log: Digest,
    identity: Identity,
}

impl State {
    pub(super) fn new(identity: &Identity, step: u64, log: &Log) -> Self {
        let next_sample = step * identity.recipe.batch as u64;
        Self { format: FORMAT.to_owned(), step, next_sample, log: log.digest(), identity: identity.clone() }
    }

    pub(super) fn from_json(path: &str, bytes: &[u8]) -> Result<Self, TrainError> {
        let state: Self = serde_json::from_slice(bytes).map_err(|error| TrainError::content(path, error))?;
        if state.format != FORMAT {
            let message = format!("the format is `{}`, this build reads `{FORMAT}`", state.format);
            return Err(TrainError::content(path, message));
        }
        Ok(state)
    }

    pub(super) fn to_json(&self, path: &str) -> Result<Bytes, TrainError> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| TrainError::content(path, error))?;
        bytes.push(b'\n');
        Ok(bytes.into())
    }

    /// Refuses the checkpoint of another run, naming each value that differs.
    pub(super) fn check(&self, identity: &Identity, folder: &str) -> Result<(), TrainError> {
        if self.identity == *identity {
            return Ok(());
        }
        let value = |identity: &Identity| serde_json::to_value(identity).unwrap_or_default();
        let mut differences = Vec::new();
        compare("", &value(&self.identity), &value(identity), &mut differences);
        Err(TrainError::OtherRun { path: folder.to_owned(), differences: differences.join("; ") })
    }
}

fn compare(name: &str, was: &Value, is: &Value, differences: &mut Vec<String>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            for (key, value) in is {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                compare(&name, was.get(key).unwrap_or(&Value::Null), value, differences);
            }
        }
        _ if was == is => {}
        _ => differences.push(format!("`{name}` was {was}, is {is}")),
    }
}

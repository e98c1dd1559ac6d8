//! How much memory a training needs, known before any of it is taken.

#[cfg(test)]
mod tests;

use crate::loader::CACHED_TOKENS;
use crate::model::LOGITS;
use crate::{ModelConfig, TrainConfig, TrainError};
use malmoi_schemas::{FileSet, Manifest};

/// Bytes of a token, a weight, an activation: all are numbers of 32 bits.
const NUMBER: u128 = 4;

/// Numbers per parameter while a checkpoint is encoded: the weight and its two moments, a copy of the weight, its bytes
/// in the file, and the bytes of the moments twice, by tensor and in the file.
const SAVING: u128 = 9;

/// Refuses a training that needs more than `limit` bytes.
pub(crate) fn check(
    config: &TrainConfig,
    vocabulary: usize,
    manifest: &Manifest,
    limit: Option<u64>,
) -> Result<(), TrainError> {
    let needed = needed(config, vocabulary, manifest);
    match limit {
        Some(limit) if needed > limit => Err(TrainError::Memory { needed, limit }),
        _ => Ok(()),
    }
}

/// Bytes held at the worst moment: in a step's last pass, or while a checkpoint is written.
fn needed(config: &TrainConfig, vocabulary: usize, manifest: &Manifest) -> u64 {
    let parameters = u128::from(config.model.parameters(vocabulary));
    // The weight, its two moments and its gradient; a second pass adds its gradient to the sum of those before.
    let gradients = if config.micro_batch < config.batch { 2 } else { 1 };
    let step = (3 + gradients) * parameters + pass(config, vocabulary);
    let numbers = step.max(SAVING * parameters) + data(config, manifest) + rotations(&config.model);
    u64::try_from(numbers * NUMBER).unwrap_or(u64::MAX)
}

/// Numbers that a forward and backward pass over one micro-batch holds beside the parameters and their gradients.
fn pass(config: &TrainConfig, vocabulary: usize) -> u128 {
    let model = &config.model;
    let [width, shared, inner, context] =
        [model.width, model.key_value_width(), model.feed_forward, model.context].map(|n| n as u128);
    let rows = config.micro_batch.min(config.batch) as u128 * context;
    // Attention weights are held in full: for each head and token one per token of the context.
    let attention = model.heads as u128 * context;
    let block = 6 * width + 2 * shared + 3 * inner + attention;
    // What the backward of one block computes with, at its widest.
    let backward = 5 * width + (3 * inner).max(3 * attention);
    let logits = 3 * rows.min((LOGITS / vocabulary.max(1)).max(1) as u128) * vocabulary as u128;
    rows * (model.layers as u128 * block + (4 * width + backward)) + logits
}

/// Tokens kept: decoded row groups, and the held-out rows.
fn data(config: &TrainConfig, manifest: &Manifest) -> u128 {
    let stream = |set| -> u128 {
        let row_groups = manifest.files_of(set).flat_map(|file| &file.row_groups);
        row_groups.map(|group| u128::from(group.tokens) + u128::from(group.documents)).sum()
    };
    let held_out = (config.evaluate_rows as u128 * (config.model.context as u128 + 1)).min(stream(FileSet::HeldOut));
    stream(FileSet::Tokens).min(CACHED_TOKENS as u128) + held_out
}

/// Sines and cosines of the rotary positions.
fn rotations(model: &ModelConfig) -> u128 {
    model.context as u128 * model.head_width() as u128
}

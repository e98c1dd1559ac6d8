use super::{ConfigError, between, require};
use serde::{Deserialize, Serialize};

/// The `[train.model]` table: a Llama-style decoder (Touvron et al., 2023) without biases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub struct ModelConfig {
    /// Transformer blocks.
    pub layers: usize,
    /// Width of the residual stream; a multiple of `heads`.
    pub width: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads, each shared by `heads / key_value_heads` query heads (Ainslie et al., 2023).
    pub key_value_heads: usize,
    /// Width inside the SwiGLU feed-forward (Shazeer, 2020).
    pub feed_forward: usize,
    /// Tokens in a row: the furthest that attention looks back.
    pub context: usize,
    /// Whether the output layer is the embedding itself.
    pub tied_embeddings: bool,
    /// Base of the rotary position embedding (Su et al., 2021).
    pub rope_base: f64,
    /// Added to the mean square in RMSNorm (Zhang and Sennrich, 2019).
    pub norm_epsilon: f64,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            layers: 4,
            width: 128,
            heads: 4,
            key_value_heads: 2,
            feed_forward: 384,
            context: 128,
            tied_embeddings: true,
            rope_base: 10_000.0,
            norm_epsilon: 1e-5,
        }
    }
}

impl ModelConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let counts = [
            ("layers", self.layers, MOST_LAYERS),
            ("width", self.width, MOST_WIDTH),
            ("heads", self.heads, MOST_WIDTH),
            ("key_value_heads", self.key_value_heads, MOST_WIDTH),
            ("feed_forward", self.feed_forward, 4 * MOST_WIDTH),
            ("context", self.context, MOST_CONTEXT),
        ];
        for (name, value, most) in counts {
            between(name, value as u64, most)?;
        }
        require(self.width.is_multiple_of(self.heads), || {
            format!("`width` ({}) must be a multiple of `heads` ({})", self.width, self.heads)
        })?;
        require(self.head_width().is_multiple_of(2), || {
            format!("`width` / `heads` is {}, it must be even for rotary embeddings", self.head_width())
        })?;
        require(self.heads.is_multiple_of(self.key_value_heads), || {
            format!("`heads` ({}) must be a multiple of `key_value_heads` ({})", self.heads, self.key_value_heads)
        })?;
        require(self.rope_base.is_finite() && self.rope_base > 1.0, || {
            format!("`rope_base` is {}, it must be more than 1", self.rope_base)
        })?;
        require(self.norm_epsilon > 0.0 && self.norm_epsilon < 1.0, || {
            format!("`norm_epsilon` is {}, it must lie between 0 and 1", self.norm_epsilon)
        })
    }

    /// Width of one head.
    pub fn head_width(&self) -> usize {
        self.width / self.heads
    }

    /// Width of all key heads together, and of all value heads.
    pub fn key_value_width(&self) -> usize {
        self.key_value_heads * self.head_width()
    }

    /// Trainable parameters over a vocabulary of the given size.
    pub fn parameters(&self, vocabulary: usize) -> u64 {
        crate::model::shapes(self, vocabulary)
            .values()
            .map(|shape| shape.iter().map(|&n| n as u64).product::<u64>())
            .sum()
    }

    /// Floating-point operations to train on one token, forward and backward: 6N for the parameters and 12·L·d·T for
    /// attention counted in full, the convention that model FLOPs utilisation is compared in (Chowdhery et al., 2022).
    pub fn flops_per_token(&self, vocabulary: usize) -> u64 {
        6 * self.parameters(vocabulary) + 12 * (self.layers * self.width * self.context) as u64
    }
}

// Above the numbers of any model that a CPU trains, and low enough that no count of parameters, tokens or operations
// overflows.
const MOST_LAYERS: u64 = 1 << 10;
const MOST_WIDTH: u64 = 1 << 16;
const MOST_CONTEXT: u64 = 1 << 17;

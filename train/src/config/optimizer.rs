use super::{ConfigError, require};
use serde::{Deserialize, Serialize};

/// The `[train.optimizer]` table: AdamW (Loshchilov and Hutter, 2019) under a warm-up and a cosine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub struct OptimizerConfig {
    /// Learning rate at the end of the warm-up.
    pub learning_rate: f64,
    /// Learning rate that the cosine ends in.
    pub min_learning_rate: f64,
    /// Steps over which the rate rises linearly from 0.
    pub warm_up_steps: u64,
    /// Decay of the first and of the second moment.
    pub betas: [f64; 2],
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Decoupled decay of the matrices inside the blocks and of the output layer; embeddings and norms do not decay.
    pub weight_decay: f64,
    /// Largest global norm of the gradient; a longer one is scaled down to it.
    pub clip: f64,
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self {
            learning_rate: 3e-3,
            min_learning_rate: 3e-4,
            warm_up_steps: 20,
            betas: [0.9, 0.95],
            epsilon: 1e-8,
            weight_decay: 0.1,
            clip: 1.0,
        }
    }
}

impl OptimizerConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let positive = |name: &str, value: f64| {
            require(value.is_finite() && value > 0.0, || format!("`{name}` is {value}, it must be more than 0"))
        };
        positive("learning_rate", self.learning_rate)?;
        positive("epsilon", self.epsilon)?;
        positive("clip", self.clip)?;
        require((0.0..=self.learning_rate).contains(&self.min_learning_rate), || {
            format!("`min_learning_rate` is {}, it must lie between 0 and `learning_rate`", self.min_learning_rate)
        })?;
        require(self.betas.iter().all(|beta| (0.0..1.0).contains(beta)), || {
            format!("`betas` are {:?}, each must be at least 0 and less than 1", self.betas)
        })?;
        require((0.0..1.0).contains(&self.weight_decay), || {
            format!("`weight_decay` is {}, it must be at least 0 and less than 1", self.weight_decay)
        })
    }
}

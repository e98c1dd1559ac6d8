//! A Llama-style decoder: RMSNorm before each part, rotary positions, grouped-query attention, SwiGLU, no biases.

mod cache;
mod gradient;
mod init;
mod parameters;
#[cfg(test)]
mod tests;

use crate::ModelConfig;
use crate::ops::Rope;
use crate::ops::attention::{attention, causal_mask};
use crate::ops::cross_entropy::cross_entropy;
use crate::ops::norm::rms_norm;
use crate::ops::swiglu::swiglu;
pub use cache::Cache;
use candle_core::{DType, Result, Tensor, Var};
pub(crate) use gradient::LOGITS;
pub use init::initial;
pub(crate) use parameters::decays;
pub use parameters::{Parameters, shapes};

/// A decoder and its parameters.
#[derive(Debug)]
pub struct Model {
    config: ModelConfig,
    vocabulary: usize,
    parameters: Parameters,
    embedding: Var,
    layers: Vec<Layer>,
    norm: Var,
    head: Var,
    rope: Rope,
}

#[derive(Debug)]
struct Layer {
    attention_norm: Var,
    query: Var,
    key: Var,
    value: Var,
    output: Var,
    feed_forward_norm: Var,
    gate: Var,
    up: Var,
    down: Var,
}

impl Model {
    /// A model whose parameters are what `value` gives for each name and shape, in the order of the names.
    pub fn new(
        config: &ModelConfig,
        vocabulary: usize,
        dtype: DType,
        value: impl FnMut(&str, &[usize]) -> Result<Tensor>,
    ) -> Result<Self> {
        let parameters = Parameters::new(config, vocabulary, dtype, value)?;
        let layers = (0..config.layers).map(|layer| Layer::new(&parameters, layer)).collect::<Result<_>>()?;
        let embedding = parameters.get(parameters::EMBEDDING)?.clone();
        let head = if config.tied_embeddings { embedding.clone() } else { parameters.get(parameters::HEAD)?.clone() };
        Ok(Self {
            config: config.clone(),
            vocabulary,
            embedding,
            layers,
            norm: parameters.get(parameters::NORM)?.clone(),
            head,
            rope: Rope::new(config.context, config.head_width(), config.rope_base, dtype)?,
            parameters,
        })
    }

    /// The shape of the network.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// Entries of the vocabulary.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// All parameters by name.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Logits `[batch, tokens, vocabulary]` of `tokens` `[batch, tokens]` (u32), at most a context long.
    pub fn logits(&self, tokens: &Tensor) -> Result<Tensor> {
        let (batch, length) = tokens.dims2()?;
        let hidden = self.hidden(tokens, None)?;
        linear(&hidden, &self.head)?.reshape((batch, length, self.vocabulary))
    }

    /// Logits `[vocabulary]` after the last of `tokens`, which follow what the cache holds.
    pub fn next_logits(&self, tokens: &[u32], cache: &mut Cache) -> Result<Tensor> {
        let tokens = Tensor::new(tokens, self.embedding.device())?.unsqueeze(0)?;
        let hidden = self.hidden(&tokens, Some(cache))?;
        let last = hidden.narrow(0, hidden.dim(0)? - 1, 1)?;
        linear(&last, &self.head)?.squeeze(0)
    }

    /// Sum over all tokens of the cross-entropy in nats, a scalar: `tokens` and `targets` are `[batch, tokens]` (u32).
    pub fn loss(&self, tokens: &Tensor, targets: &Tensor) -> Result<Tensor> {
        let hidden = self.hidden(tokens, None)?;
        cross_entropy(&linear(&hidden, &self.head)?, &targets.flatten_all()?)
    }

    /// The normed residual stream `[batch · tokens, width]` after the last block.
    fn hidden(&self, tokens: &Tensor, mut cache: Option<&mut Cache>) -> Result<Tensor> {
        let (batch, length) = tokens.dims2()?;
        let past = cache.as_ref().map_or(0, |cache| cache.len());
        let mask = causal_mask(length, past, self.embedding.dtype())?;
        let epsilon = self.config.norm_epsilon;
        let mut x = self.embedding.index_select(&tokens.flatten_all()?, 0)?;
        for (number, layer) in self.layers.iter().enumerate() {
            let normed = rms_norm(&x, &layer.attention_norm, epsilon)?;
            let cached = cache.as_deref_mut().map(|cache| (cache, number));
            x = (x + self.attend(layer, &normed, (batch, length, past), &mask, cached)?)?;
            let normed = rms_norm(&x, &layer.feed_forward_norm, epsilon)?;
            let inner = swiglu(&linear(&normed, &layer.gate)?, &linear(&normed, &layer.up)?)?;
            x = (x + linear(&inner, &layer.down)?)?;
        }
        rms_norm(&x, &self.norm, epsilon)
    }

    fn attend(
        &self,
        layer: &Layer,
        x: &Tensor,
        (batch, length, past): (usize, usize, usize),
        mask: &Tensor,
        cache: Option<(&mut Cache, usize)>,
    ) -> Result<Tensor> {
        let width = self.config.head_width();
        let split = |x: Tensor, heads: usize| x.reshape((batch, length, heads, width))?.transpose(1, 2)?.contiguous();
        let shared = self.config.key_value_heads;
        let q = self.rope.apply(&split(linear(x, &layer.query)?, self.config.heads)?, past)?;
        let mut k = self.rope.apply(&split(linear(x, &layer.key)?, shared)?, past)?;
        let mut v = split(linear(x, &layer.value)?, shared)?;
        if let Some((cache, number)) = cache {
            (k, v) = cache.extend(number, &k, &v)?;
        }
        let mixed = attention(&q, &k, &v, mask)?.transpose(1, 2)?.reshape((batch * length, self.config.width))?;
        linear(&mixed, &layer.output)
    }
}

impl Layer {
    fn new(parameters: &Parameters, layer: usize) -> Result<Self> {
        let get = |part: &str| parameters.get(&parameters::of_layer(layer, part)).cloned();
        Ok(Self {
            attention_norm: get(parameters::ATTENTION_NORM)?,
            query: get(parameters::QUERY)?,
            key: get(parameters::KEY)?,
            value: get(parameters::VALUE)?,
            output: get(parameters::OUTPUT)?,
            feed_forward_norm: get(parameters::FEED_FORWARD_NORM)?,
            gate: get(parameters::GATE)?,
            up: get(parameters::UP)?,
            down: get(parameters::DOWN)?,
        })
    }
}

/// `x` `[rows, in]` times the transpose of `weight` `[out, in]`.
fn linear(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    x.matmul(&weight.t()?)
}

use crate::ModelConfig;
use candle_core::{DType, Error, Result, Tensor, Var};
use std::collections::BTreeMap;

/// The names that Hugging Face gives to Llama's parameters.
pub(super) const EMBEDDING: &str = "model.embed_tokens.weight";
pub(super) const NORM: &str = "model.norm.weight";
pub(super) const HEAD: &str = "lm_head.weight";
pub(super) const ATTENTION_NORM: &str = "input_layernorm";
pub(super) const QUERY: &str = "self_attn.q_proj";
pub(super) const KEY: &str = "self_attn.k_proj";
pub(super) const VALUE: &str = "self_attn.v_proj";
pub(super) const OUTPUT: &str = "self_attn.o_proj";
pub(super) const FEED_FORWARD_NORM: &str = "post_attention_layernorm";
pub(super) const GATE: &str = "mlp.gate_proj";
pub(super) const UP: &str = "mlp.up_proj";
pub(super) const DOWN: &str = "mlp.down_proj";

pub(super) fn of_layer(layer: usize, part: &str) -> String {
    format!("model.layers.{layer}.{part}.weight")
}

/// Name and shape of every trainable parameter; matrices are `[out, in]`.
pub fn shapes(config: &ModelConfig, vocabulary: usize) -> BTreeMap<String, Vec<usize>> {
    let (width, shared, inner) = (config.width, config.key_value_width(), config.feed_forward);
    let mut shapes = BTreeMap::from([(EMBEDDING.to_owned(), vec![vocabulary, width]), (NORM.to_owned(), vec![width])]);
    if !config.tied_embeddings {
        shapes.insert(HEAD.to_owned(), vec![vocabulary, width]);
    }
    for layer in 0..config.layers {
        for (part, shape) in [
            (ATTENTION_NORM, vec![width]),
            (QUERY, vec![width, width]),
            (KEY, vec![shared, width]),
            (VALUE, vec![shared, width]),
            (OUTPUT, vec![width, width]),
            (FEED_FORWARD_NORM, vec![width]),
            (GATE, vec![inner, width]),
            (UP, vec![inner, width]),
            (DOWN, vec![width, inner]),
        ] {
            shapes.insert(of_layer(layer, part), shape);
        }
    }
    shapes
}

/// The trainable tensors, in the order of their names.
#[derive(Debug, Clone)]
pub struct Parameters(BTreeMap<String, Var>);

impl Parameters {
    pub(super) fn new(
        config: &ModelConfig,
        vocabulary: usize,
        dtype: DType,
        mut value: impl FnMut(&str, &[usize]) -> Result<Tensor>,
    ) -> Result<Self> {
        let mut parameters = BTreeMap::new();
        for (name, shape) in shapes(config, vocabulary) {
            let tensor = value(&name, &shape)?.to_dtype(dtype)?;
            if tensor.dims() != shape {
                return Err(Error::Msg(format!("`{name}` has shape {:?}, expected {shape:?}", tensor.dims())));
            }
            parameters.insert(name, Var::from_tensor(&tensor)?);
        }
        Ok(Self(parameters))
    }

    /// The parameter of this name.
    pub fn get(&self, name: &str) -> Result<&Var> {
        self.0.get(name).ok_or_else(|| Error::Msg(format!("the model has no parameter `{name}`")))
    }

    /// Names and tensors, in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Var)> {
        self.0.iter().map(|(name, var)| (name.as_str(), var))
    }

    /// All numbers together.
    pub fn count(&self) -> u64 {
        self.0.values().map(|var| var.elem_count() as u64).sum()
    }
}

/// Whether weight decay applies: to matrices inside the blocks and to the output layer, as the embedding's rows and the
/// norms' scales have no reason to be small.
pub(crate) fn decays(name: &str, shape: &[usize]) -> bool {
    shape.len() == 2 && name != EMBEDDING
}

/// Whether a matrix writes into the residual stream.
pub(super) fn writes_residual(name: &str) -> bool {
    name.contains(OUTPUT) || name.contains(DOWN)
}

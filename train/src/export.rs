use crate::{ModelConfig, TrainError};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// File name of a model's shape in the form of Hugging Face.
pub(crate) const CONFIG: &str = "config.json";

/// Entries of the largest vocabulary read: no tokenizer comes near.
const LARGEST_VOCABULARY: usize = 1 << 24;

/// `config.json` of a Llama model, as transformers reads it; fields of other programs are passed over.
#[derive(Debug, Serialize, Deserialize)]
struct LlamaConfig {
    architectures: Vec<String>,
    model_type: String,
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: usize,
    head_dim: usize,
    max_position_embeddings: usize,
    hidden_act: String,
    rms_norm_eps: f64,
    rope_theta: f64,
    tie_word_embeddings: bool,
    attention_bias: bool,
    mlp_bias: bool,
    bos_token_id: u32,
    eos_token_id: u32,
    torch_dtype: String,
}

/// What is needed to run a saved model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    pub(crate) model: ModelConfig,
    pub(crate) vocabulary: usize,
    pub(crate) end_of_text: u32,
}

impl Shape {
    pub(crate) fn to_json(&self) -> Result<Bytes, TrainError> {
        let config = LlamaConfig {
            architectures: vec!["LlamaForCausalLM".to_owned()],
            model_type: "llama".to_owned(),
            vocab_size: self.vocabulary,
            hidden_size: self.model.width,
            intermediate_size: self.model.feed_forward,
            num_hidden_layers: self.model.layers,
            num_attention_heads: self.model.heads,
            num_key_value_heads: self.model.key_value_heads,
            head_dim: self.model.head_width(),
            max_position_embeddings: self.model.context,
            hidden_act: "silu".to_owned(),
            rms_norm_eps: self.model.norm_epsilon,
            rope_theta: self.model.rope_base,
            tie_word_embeddings: self.model.tied_embeddings,
            attention_bias: false,
            mlp_bias: false,
            bos_token_id: self.end_of_text,
            eos_token_id: self.end_of_text,
            torch_dtype: "float32".to_owned(),
        };
        let mut bytes = serde_json::to_vec_pretty(&config).map_err(|error| TrainError::content(CONFIG, error))?;
        bytes.push(b'\n');
        Ok(bytes.into())
    }

    /// Reads a model's shape, refusing what [`crate::model::Model`] would compute wrongly.
    pub(crate) fn from_json(path: &str, bytes: &[u8]) -> Result<Self, TrainError> {
        let wrong = |message: String| TrainError::content(path, message);
        let read: LlamaConfig = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        let model = ModelConfig {
            layers: read.num_hidden_layers,
            width: read.hidden_size,
            heads: read.num_attention_heads,
            key_value_heads: read.num_key_value_heads,
            feed_forward: read.intermediate_size,
            context: read.max_position_embeddings,
            tied_embeddings: read.tie_word_embeddings,
            rope_base: read.rope_theta,
            norm_epsilon: read.rms_norm_eps,
        };
        model.check().map_err(|error| wrong(error.to_string()))?;
        let plain = read.model_type == "llama" && read.hidden_act == "silu" && !read.attention_bias && !read.mlp_bias;
        if !plain || read.head_dim != model.head_width() {
            return Err(wrong("expected a Llama without biases, with silu and heads that share the width".to_owned()));
        }
        if read.vocab_size == 0 || read.vocab_size > LARGEST_VOCABULARY {
            return Err(wrong(format!("`vocab_size` is {}, expected 1 to {LARGEST_VOCABULARY}", read.vocab_size)));
        }
        Ok(Self { model, vocabulary: read.vocab_size, end_of_text: read.eos_token_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back() {
        let shape = Shape { model: ModelConfig::default(), vocabulary: 2000, end_of_text: 3 };
        assert_eq!(Shape::from_json(CONFIG, &shape.to_json().unwrap()).unwrap(), shape);
    }

    #[test]
    fn a_model_of_another_kind_is_refused() {
        let shape = Shape { model: ModelConfig::default(), vocabulary: 2000, end_of_text: 3 };
        let json = String::from_utf8(shape.to_json().unwrap().to_vec()).unwrap();
        for (from, to) in
            [("\"silu\"", "\"gelu\""), ("_bias\": false", "_bias\": true"), ("\"head_dim\": 32", "\"head_dim\": 64")]
        {
            let other = json.replace(from, to);
            assert_ne!(other, json);
            assert!(Shape::from_json(CONFIG, other.as_bytes()).is_err(), "{to}");
        }
    }
}

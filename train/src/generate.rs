//! Text from a trained model.

mod choose;
#[cfg(test)]
mod tests;

use crate::checkpoint::MODEL;
use crate::config::{between, require};
use crate::export::{CONFIG, Shape};
use crate::model::{Cache, Model, shapes};
use crate::tensors::Decoded;
use crate::{ConfigError, Files, SampleConfig, TrainError};
use candle_core::{DType, Error};
use choose::Chooser;
use tokenizers::Tokenizer;

/// File name of the vocabulary.
pub(crate) const TOKENIZER: &str = "tokenizer.json";

/// How a text is continued: valid within the bounds of the constants.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateOptions {
    /// Tokens to write at most, at least 1; the text ends earlier if the model ends it.
    pub tokens: usize,
    /// 0 always takes the likeliest token; higher is more varied.
    pub temperature: f64,
    /// Only so many of the likeliest tokens are drawn from; 0 draws from all.
    pub top_k: usize,
    /// The same seed draws the same text.
    pub seed: u64,
}

impl GenerateOptions {
    /// Tokens of the longest text.
    pub const MOST_TOKENS: usize = 1 << 16;

    /// The highest temperature: the draw is as good as uniform long before.
    pub const MOST_TEMPERATURE: f64 = 100.0;

    /// The recipe's choice, under a seed.
    pub fn from_sample(sample: &SampleConfig, seed: u64) -> Self {
        Self { tokens: sample.tokens, temperature: sample.temperature, top_k: sample.top_k, seed }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        between("tokens", self.tokens as u64, Self::MOST_TOKENS as u64)?;
        require((0.0..=Self::MOST_TEMPERATURE).contains(&self.temperature), || {
            format!("`temperature` is {}, it must lie between 0 and {}", self.temperature, Self::MOST_TEMPERATURE)
        })
    }
}

/// A model with its vocabulary, ready to write.
pub struct Generator {
    model: Model,
    tokenizer: Tokenizer,
    end_of_text: u32,
}

impl Generator {
    /// Loads `model.safetensors`, `config.json` and `tokenizer.json` from the `checkpoint` folder of a finished run.
    ///
    /// # Errors
    /// [`TrainError::File`] if one of them cannot be read; [`TrainError::Content`] if it is not what training writes or
    /// does not fit the others.
    pub fn load(files: &dyn Files, folder: &str) -> Result<Self, TrainError> {
        let read = |name: &str| {
            let path = format!("{}/{name}", folder.trim_end_matches('/'));
            let bytes = files.read(&path).map_err(TrainError::file("read", &path))?;
            Ok::<_, TrainError>((path, bytes))
        };
        let (path, bytes) = read(CONFIG)?;
        let shape = Shape::from_json(&path, &bytes)?;
        let (path, bytes) = read(TOKENIZER)?;
        let tokenizer = read_tokenizer(&path, &bytes)?;
        let (path, bytes) = read(MODEL)?;
        let weights = Decoded::new(&path, &bytes)?;
        for (name, expected) in shapes(&shape.model, shape.vocabulary) {
            weights.check(&name, &expected)?;
        }
        let value = |name: &str, shape: &[usize]| weights.tensor(name, shape).map_err(|e| Error::Msg(e.to_string()));
        let model = Model::new(&shape.model, shape.vocabulary, DType::F32, value)?;
        Ok(Self { model, tokenizer, end_of_text: shape.end_of_text })
    }

    /// Continues a prompt, which may be empty; returns prompt and continuation.
    ///
    /// # Errors
    /// [`TrainError::Options`] if an option is outside its bounds; [`TrainError::Content`] if the vocabulary knows more
    /// tokens than the model; [`TrainError::Tensor`] if a computation fails.
    pub fn generate(&self, prompt: &str, options: &GenerateOptions) -> Result<String, TrainError> {
        continue_text(&self.model, &self.tokenizer, self.end_of_text, prompt, options, &|| Ok(()))
    }
}

/// Loads the model in `folder` (see [`Generator::load`]) and continues a prompt.
///
/// # Errors
/// Those of [`Generator::load`] and [`Generator::generate`].
pub fn generate(
    files: &dyn Files,
    folder: &str,
    prompt: &str,
    options: &GenerateOptions,
) -> Result<String, TrainError> {
    Generator::load(files, folder)?.generate(prompt, options)
}

pub(crate) fn read_tokenizer(path: &str, bytes: &[u8]) -> Result<Tokenizer, TrainError> {
    Tokenizer::from_bytes(bytes).map_err(|error| TrainError::content(path, error))
}

/// Writes after `prompt`, which stands at the start of a document as in training: after an end of text.
///
/// `go_on` is asked before each token; its error is returned and what was written until then dropped.
pub(crate) fn continue_text(
    model: &Model,
    tokenizer: &Tokenizer,
    end_of_text: u32,
    prompt: &str,
    options: &GenerateOptions,
    go_on: &dyn Fn() -> Result<(), TrainError>,
) -> Result<String, TrainError> {
    options.check()?;
    let wrong = |error: tokenizers::Error| TrainError::content(TOKENIZER, error);
    let encoding = tokenizer.encode_fast(prompt, false).map_err(wrong)?;
    let mut tokens = vec![end_of_text];
    tokens.extend_from_slice(encoding.get_ids());
    if let Some(token) = tokens.iter().find(|&&token| token as usize >= model.vocabulary()) {
        let message = format!("it gives token {token}, the model knows {}", model.vocabulary());
        return Err(TrainError::content(TOKENIZER, message));
    }
    let chooser = Chooser::new(options);
    let mut window = Window::new(model);
    for draw in 0..options.tokens {
        go_on()?;
        let logits = window.next_logits(&tokens)?;
        let token = chooser.choose(&logits, draw as u64);
        if token == end_of_text {
            break;
        }
        tokens.push(token);
    }
    tokenizer.decode(&tokens[1..], true).map_err(wrong)
}

/// The last tokens of a growing text, as far back as the model looks.
struct Window<'a> {
    model: &'a Model,
    cache: Cache,
    /// How much of the text the cache has seen.
    seen: usize,
}

impl<'a> Window<'a> {
    fn new(model: &'a Model) -> Self {
        Self { model, cache: Cache::default(), seen: 0 }
    }

    /// Logits of the token after `text`, which continues the text of the call before.
    ///
    /// When the context is full its second half is computed anew as the first half of the next one: half a context per
    /// half a context of text costs one more forward pass per token, sliding by one would cost a context per token.
    fn next_logits(&mut self, text: &[u32]) -> Result<Vec<f32>, TrainError> {
        let context = self.model.config().context;
        if self.cache.len() + text.len() - self.seen > context {
            self.cache = Cache::default();
            self.seen = text.len() - context.div_ceil(2);
        }
        let logits = self.model.next_logits(&text[self.seen..], &mut self.cache)?;
        self.seen = text.len();
        Ok(logits.to_vec1()?)
    }
}

//! The whole stage: read, step, evaluate, checkpoint, and at the end a finished model.

#[cfg(test)]
mod tests;

use crate::checkpoint::{Checkpoints, Identity, Loaded, training_files};
use crate::evaluate::HeldOut;
use crate::export::{CONFIG, Shape};
use crate::generate::{GenerateOptions, TOKENIZER, continue_text, read_tokenizer};
use crate::loader::{Loader, Order};
use crate::log::{Log, LogLine};
use crate::model::{Model, initial, shapes};
use crate::optim::{AdamW, global_norm, learning_rate};
use crate::step::gradient;
use crate::{Files, TrainConfig, TrainError, TrainEvent, TrainObserver};
use bytes::Bytes;
use candle_core::{DType, Error};
use malmoi_schemas::{Details, Digest, FileEntry, FileSet, Manifest, TokenizeDetails, TrainDetails};
use std::time::Instant;

/// What is trained on.
#[derive(Clone, Copy)]
pub struct TrainInputs<'a> {
    /// Where all files are, those read and those written.
    pub files: &'a dyn Files,
    /// The manifest of the tokenize stage.
    pub manifest: &'a Manifest,
    /// The folder of the version that the manifest describes.
    pub folder: &'a str,
    /// Seed of the run: initial values, order of the epochs, the text at the end.
    pub seed: u64,
    /// Threads to compute with. Results do not depend on it.
    pub threads: usize,
    /// Bytes of memory that the training may take by [an estimate](TrainError::Memory) made before it starts; `None`
    /// takes what it needs.
    pub memory: Option<u64>,
}

/// A finished training.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOutcome {
    /// Facts for the manifest.
    pub details: TrainDetails,
    /// The files written, with paths relative to the output folder, sorted by path.
    pub files: Vec<FileEntry>,
}

/// Trains a model, or goes on from the newest checkpoint under `output`.
///
/// The finished model and its state are written to `output/checkpoint/`, checkpoints on the way to `output/scratch/`,
/// which may be deleted once the outcome is published. The files written are the same after any number of interruptions
/// and for any number of threads, on one kind of processor: matrix products are blocked by its cache sizes.
///
/// # Errors
/// [`TrainError::Interrupted`] when the observer cancels; [`TrainError::Memory`] if the limit is too low for the model;
/// [`TrainError::OtherRun`] if `output` holds checkpoints of another recipe, seed or data; [`TrainError::NotFinite`] when
/// the numbers explode; and any error of reading or writing.
pub fn train(
    inputs: &TrainInputs<'_>,
    config: &TrainConfig,
    output: &str,
    observer: &dyn TrainObserver,
) -> Result<TrainOutcome, TrainError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(inputs.threads).build()?;
    pool.install(|| {
        let mut run = Run::start(inputs, config, output, observer)?;
        run.steps()?;
        run.finish(output)
    })
}

/// What the tokenize stage left.
struct Data<'a> {
    loader: Loader<'a>,
    /// `None` if nothing was held out.
    held_out: Option<HeldOut>,
    /// The bytes of `tokenizer.json`.
    vocabulary: Bytes,
}

impl<'a> Data<'a> {
    fn open(inputs: &TrainInputs<'a>, config: &TrainConfig) -> Result<Self, TrainError> {
        let &TrainInputs { files, manifest, folder, seed, .. } = inputs;
        let order = Order::Shuffled(seed);
        let mut loader = Loader::open(files, folder, manifest, FileSet::Tokens, config.model.context, order)?;
        // Data that cannot fill a row or be read is found here, before anything is computed.
        loader.sample(0)?;
        let held_out = HeldOut::read(files, folder, manifest, config)?;
        Ok(Self { loader, held_out, vocabulary: read_vocabulary(inputs)? })
    }
}

struct Run<'a> {
    inputs: &'a TrainInputs<'a>,
    config: &'a TrainConfig,
    observer: &'a dyn TrainObserver,
    tokens: &'a TokenizeDetails,
    identity: Identity,
    data: Data<'a>,
    model: Model,
    optimizer: AdamW,
    log: Log,
    checkpoints: Checkpoints<'a>,
    done: u64,
}

impl<'a> Run<'a> {
    fn start(
        inputs: &'a TrainInputs<'a>,
        config: &'a TrainConfig,
        output: &str,
        observer: &'a dyn TrainObserver,
    ) -> Result<Self, TrainError> {
        let &TrainInputs { files, manifest, seed, memory, .. } = inputs;
        let tokens = tokenize_details(manifest)?;
        let size = tokens.vocabulary as usize;
        crate::memory::check(config, size, manifest, memory)?;
        let data = Data::open(inputs, config)?;
        let digest = manifest.digest().map_err(|error| TrainError::Data(error.to_string()))?;
        let identity = Identity { recipe: config.clone(), seed, data: digest };
        let scratch = format!("{output}/{}", FileSet::Scratch.as_str());
        let mut checkpoints = Checkpoints::new(files, scratch, identity.clone(), config.keep_checkpoints);
        let loaded = checkpoints.resume(&shapes(&config.model, size), |step, message| {
            observer.event(&TrainEvent::CheckpointIgnored { step, message });
        })?;
        let resumed_from = loaded.as_ref().map(|loaded| loaded.step);
        let (model, optimizer, log) = match loaded {
            Some(loaded) => restored(loaded, config, size)?,
            None => fresh(config, seed, size)?,
        };
        let done = resumed_from.unwrap_or(0);
        let run = Self { inputs, config, observer, tokens, identity, data, model, optimizer, log, checkpoints, done };
        run.announce(resumed_from);
        Ok(run)
    }

    fn announce(&self, resumed_from: Option<u64>) {
        self.observer.event(&TrainEvent::Started {
            parameters: self.model.parameters().count(),
            flops_per_token: self.config.model.flops_per_token(self.model.vocabulary()),
            tokens_per_step: self.config.tokens_per_step(),
            steps: self.config.steps,
            samples_per_epoch: self.data.loader.samples_per_epoch(),
            resumed_from,
        });
    }

    fn steps(&mut self) -> Result<(), TrainError> {
        let (begun, before) = (Instant::now(), self.done);
        while self.done < self.config.steps {
            if self.observer.cancelled() {
                self.checkpoint()?;
                return Err(TrainError::Interrupted { step: self.done });
            }
            let started = Instant::now();
            let mut line = self.step()?;
            let seconds = started.elapsed().as_secs_f64();
            let per_step = begun.elapsed().as_secs_f64() / (self.done - before) as f64;
            let rate = self.config.tokens_per_step() as f64 / seconds;
            self.observer.event(&TrainEvent::Step {
                step: self.done,
                steps: self.config.steps,
                loss: line.loss,
                learning_rate: line.learning_rate,
                gradient_norm: line.gradient_norm,
                tokens_per_second: rate,
                flops_per_second: rate * self.config.model.flops_per_token(self.model.vocabulary()) as f64,
                seconds_left: per_step * (self.config.steps - self.done) as f64,
            });
            line.held_out_loss = self.evaluate()?;
            self.log.push(line)?;
            if self.is_due(self.config.checkpoint_every) {
                self.checkpoint()?;
            }
        }
        Ok(())
    }

    /// Whether something that happens every so many steps happens now; the last step is always a time for it.
    fn is_due(&self, every: u64) -> bool {
        self.done == self.config.steps || (every > 0 && self.done.is_multiple_of(every))
    }

    fn step(&mut self) -> Result<LogLine, TrainError> {
        let step = self.done + 1;
        let first_sample = self.done * self.config.batch as u64;
        let (loader, model) = (&mut self.data.loader, &self.model);
        let gradient = gradient(model, self.config.batch, self.config.micro_batch, |row| {
            loader.sample(first_sample + row as u64)
        })?;
        finite("loss", step, gradient.loss)?;
        let norm = finite("gradient norm", step, global_norm(&gradient.values))?;
        let rate = learning_rate(&self.config.optimizer, step, self.config.steps);
        self.optimizer.step(self.model.parameters(), &gradient.values, norm, step, rate)?;
        self.done = step;
        Ok(LogLine {
            step,
            first_sample,
            loss: gradient.loss,
            learning_rate: rate,
            gradient_norm: norm,
            held_out_loss: None,
        })
    }

    fn evaluate(&self) -> Result<Option<f64>, TrainError> {
        let Some(held_out) = self.data.held_out.as_ref().filter(|_| self.is_due(self.config.evaluate_every)) else {
            return Ok(None);
        };
        let score = held_out.score(&self.model)?;
        let loss = finite("held-out loss", self.done, score.loss)?;
        self.observer.event(&TrainEvent::Evaluated { step: self.done, loss, tokens: score.tokens });
        Ok(Some(loss))
    }

    fn checkpoint(&mut self) -> Result<(), TrainError> {
        let path = self.checkpoints.save(self.done, self.model.parameters(), &self.optimizer, &self.log)?;
        self.observer.event(&TrainEvent::Checkpointed { step: self.done, path });
        Ok(())
    }

    fn finish(mut self, output: &str) -> Result<TrainOutcome, TrainError> {
        let tokenizer = read_tokenizer(TOKENIZER, &self.data.vocabulary)?;
        let sample = &self.config.sample;
        let options = GenerateOptions::from_sample(sample, self.inputs.seed);
        // The last step has left a checkpoint: a training stopped here writes its text when it runs again.
        let go_on =
            || if self.observer.cancelled() { Err(TrainError::Interrupted { step: self.done }) } else { Ok(()) };
        let text = continue_text(&self.model, &tokenizer, self.tokens.end_of_text, &sample.prompt, &options, &go_on)?;
        self.observer.event(&TrainEvent::Sampled { text: text.clone() });
        let missing = || TrainError::Data("the log lacks its last step: delete the output folder".to_owned());
        let last = self.log.last().ok_or_else(missing)?;
        let details = TrainDetails {
            steps: self.done,
            parameters: self.model.parameters().count(),
            tokens: self.done * self.config.tokens_per_step(),
            documents: self.data.loader.documents_in(self.done * self.config.batch as u64)?,
            loss: last.loss,
            held_out_loss: last.held_out_loss,
            sample: text,
        };
        Ok(TrainOutcome { details, files: self.write(output)? })
    }

    fn write(&self, output: &str) -> Result<Vec<FileEntry>, TrainError> {
        let shape = Shape {
            model: self.config.model.clone(),
            vocabulary: self.model.vocabulary(),
            end_of_text: self.tokens.end_of_text,
        };
        let parameters = self.model.parameters();
        let state = training_files(&self.identity, self.done, parameters, &self.optimizer, &self.log)?;
        let files = state.into_iter().chain([(CONFIG, shape.to_json()?), (TOKENIZER, self.data.vocabulary.clone())]);
        let mut entries = Vec::new();
        for (name, bytes) in files {
            let path = format!("{}/{name}", FileSet::Checkpoint.as_str());
            entries.push(FileEntry {
                set: FileSet::Checkpoint,
                path: path.clone(),
                rows: 0,
                bytes: bytes.len() as u64,
                blake3: Digest::of(&bytes),
                row_groups: Vec::new(),
            });
            let place = format!("{output}/{path}");
            self.inputs.files.put(&place, bytes).map_err(TrainError::file("write", &place))?;
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }
}

fn tokenize_details(manifest: &Manifest) -> Result<&TokenizeDetails, TrainError> {
    match &manifest.details {
        Details::Tokenize(details) => Ok(details),
        _ => {
            let message = format!("the input of training is a manifest of tokenize, this one is of {}", manifest.stage);
            Err(TrainError::Data(message))
        }
    }
}

/// The state of a run before its first step.
fn fresh(config: &TrainConfig, seed: u64, vocabulary: usize) -> Result<(Model, AdamW, Log), TrainError> {
    let value = |name: &str, shape: &[usize]| initial(&config.model, seed, name, shape);
    let model = Model::new(&config.model, vocabulary, DType::F32, value)?;
    let optimizer = AdamW::new(&config.optimizer, model.parameters());
    Ok((model, optimizer, Log::default()))
}

/// The state of a run at a checkpoint.
fn restored(mut loaded: Loaded, config: &TrainConfig, vocabulary: usize) -> Result<(Model, AdamW, Log), TrainError> {
    let missing = |name: &str| Error::Msg(format!("the checkpoint lacks `{name}`"));
    let mut value = |name: &str| loaded.parameters.remove(name).ok_or_else(|| missing(name));
    let model = Model::new(&config.model, vocabulary, DType::F32, |name, _| value(name))?;
    Ok((model, AdamW::resume(&config.optimizer, loaded.moments), loaded.log))
}

fn finite(quantity: &'static str, step: u64, value: f64) -> Result<f64, TrainError> {
    if value.is_finite() { Ok(value) } else { Err(TrainError::NotFinite { quantity, step, value }) }
}

/// The bytes of `tokenizer.json`, compared with the manifest.
fn read_vocabulary(inputs: &TrainInputs<'_>) -> Result<Bytes, TrainError> {
    let mut entries = inputs.manifest.files_of(FileSet::Vocabulary);
    let entry = entries.find(|entry| entry.path.ends_with(TOKENIZER)).ok_or_else(|| {
        TrainError::Data(format!("the manifest of tokenize names no `{TOKENIZER}`: run tokenize again"))
    })?;
    let path = format!("{}/{}", inputs.folder, entry.path);
    let bytes = inputs.files.read(&path).map_err(TrainError::file("read", &path))?;
    let found = Digest::of(&bytes);
    if found != entry.blake3 {
        return Err(TrainError::Damaged { path, expected: entry.blake3, found });
    }
    Ok(bytes)
}

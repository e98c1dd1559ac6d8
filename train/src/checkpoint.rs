//! Checkpoints: everything a run needs to go on, published whole or not at all.
//!
//! The files of a checkpoint lie in a folder of their own, `step-000100/`. `latest.json` names the checkpoints with the
//! digest of each file; it is replaced last and atomically, so whatever else lies there does not count and is cleared.

mod state;
#[cfg(test)]
mod tests;

use crate::log::Log;
use crate::model::Parameters;
use crate::optim::{AdamW, Moments};
use crate::tensors::{self, Decoded, Named};
use crate::{Files, TrainError};
use bytes::Bytes;
use candle_core::Tensor;
use malmoi_schemas::Digest;
use serde::{Deserialize, Serialize};
pub(crate) use state::{Identity, State};
use std::collections::BTreeMap;
use std::io;

/// File names, in a checkpoint and in the finished stage.
pub(crate) const MODEL: &str = "model.safetensors";
pub(crate) const OPTIMIZER: &str = "optimizer.safetensors";
pub(crate) const STATE: &str = "state.json";
pub(crate) const LOG: &str = "log.jsonl";
const LATEST: &str = "latest.json";

/// The format of `latest.json`.
const FORMAT: &str = "malmoi/checkpoints/1";

/// `latest.json`: the checkpoints that count, newest first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Latest {
    format: String,
    checkpoints: Vec<Entry>,
}

/// A published checkpoint and the digests of its files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    step: u64,
    files: BTreeMap<String, Digest>,
}

/// What a checkpoint brings back.
pub(crate) struct Loaded {
    pub(crate) step: u64,
    /// By parameter, in the order of the names.
    pub(crate) parameters: BTreeMap<String, Tensor>,
    pub(crate) moments: Vec<Moments>,
    pub(crate) log: Log,
}

/// The checkpoints of one run in one folder.
pub(crate) struct Checkpoints<'a> {
    files: &'a dyn Files,
    folder: String,
    identity: Identity,
    keep: usize,
    published: Vec<Entry>,
}

impl<'a> Checkpoints<'a> {
    pub(crate) fn new(files: &'a dyn Files, folder: String, identity: Identity, keep: usize) -> Self {
        Self { files, folder, identity, keep, published: Vec::new() }
    }

    /// The newest sound checkpoint, or `None` in a fresh folder. A damaged one is told to `ignored` and passed over.
    ///
    /// # Errors
    /// [`TrainError::OtherRun`] if a checkpoint is of another recipe, seed or data; [`TrainError::Content`] if
    /// `latest.json` is unreadable or names only damaged checkpoints.
    pub(crate) fn resume(
        &mut self,
        shapes: &BTreeMap<String, Vec<usize>>,
        mut ignored: impl FnMut(u64, String),
    ) -> Result<Option<Loaded>, TrainError> {
        let path = format!("{}/{LATEST}", self.folder);
        let bytes = match self.files.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(TrainError::file("read", &path)(error)),
        };
        let start_again = |what: String| {
            TrainError::content(&path, format!("{what}: delete the folder `{}` to start again", self.folder))
        };
        let latest: Latest = serde_json::from_slice(&bytes).map_err(|error| start_again(error.to_string()))?;
        if latest.format != FORMAT {
            return Err(start_again(format!("the format is `{}`, this build reads `{FORMAT}`", latest.format)));
        }
        for (at, entry) in latest.checkpoints.iter().enumerate() {
            match self.load(entry, shapes) {
                Ok(loaded) => {
                    self.published = latest.checkpoints[at..].to_vec();
                    // A run killed between publishing and clearing has left files that no later step may come to clear.
                    self.clear()?;
                    return Ok(Some(loaded));
                }
                Err(error) if is_damage(&error) => ignored(entry.step, error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Err(start_again("none of its checkpoints can be read".to_owned()))
    }

    fn load(&self, entry: &Entry, shapes: &BTreeMap<String, Vec<usize>>) -> Result<Loaded, TrainError> {
        let read = |name: &str| {
            let path = format!("{}/{name}", self.place(entry.step));
            let bytes = self.files.read(&path).map_err(TrainError::file("read", &path))?;
            let found = Digest::of(&bytes);
            match entry.files.get(name) {
                Some(&expected) if expected == found => Ok((path, bytes)),
                Some(&expected) => Err(TrainError::Damaged { path, expected, found }),
                None => Err(TrainError::content(&path, format!("{LATEST} does not list it"))),
            }
        };
        let (path, bytes) = read(STATE)?;
        let state = State::from_json(&path, &bytes)?;
        state.check(&self.identity, &self.folder)?;
        let (path, bytes) = read(LOG)?;
        let log = Log::from_bytes(&path, &bytes)?;
        if state.step != entry.step || state.log != log.digest() {
            return Err(TrainError::content(
                &path,
                format!("the log and the state are not those of step {}", entry.step),
            ));
        }
        let (path, bytes) = read(MODEL)?;
        let weights = Decoded::new(&path, &bytes)?;
        let tensor = |(name, shape): (&String, &Vec<usize>)| Ok((name.clone(), weights.tensor(name, shape)?));
        let parameters = shapes.iter().map(tensor).collect::<Result<_, TrainError>>()?;
        let (path, bytes) = read(OPTIMIZER)?;
        let saved = Decoded::new(&path, &bytes)?;
        let moments = |(name, shape): (&String, &Vec<usize>)| {
            let (first, second) = (saved.values(&first(name), shape)?, saved.values(&second(name), shape)?);
            Ok(Moments { first, second })
        };
        let moments = shapes.iter().map(moments).collect::<Result<_, TrainError>>()?;
        Ok(Loaded { step: state.step, parameters, moments, log })
    }

    /// Writes and publishes a checkpoint, deletes what no longer counts, and returns its folder.
    pub(crate) fn save(
        &mut self,
        step: u64,
        parameters: &Parameters,
        optimizer: &AdamW,
        log: &Log,
    ) -> Result<String, TrainError> {
        let place = self.place(step);
        if self.published.first().is_some_and(|newest| newest.step == step) {
            return Ok(place);
        }
        let mut files = BTreeMap::new();
        for (name, bytes) in training_files(&self.identity, step, parameters, optimizer, log)? {
            files.insert(name.to_owned(), Digest::of(&bytes));
            let path = format!("{place}/{name}");
            self.files.put(&path, bytes).map_err(TrainError::file("write", &path))?;
        }
        self.published.insert(0, Entry { step, files });
        self.published.truncate(self.keep);
        self.publish()?;
        self.clear()?;
        Ok(place)
    }

    fn publish(&self) -> Result<(), TrainError> {
        let path = format!("{}/{LATEST}", self.folder);
        let latest = Latest { format: FORMAT.to_owned(), checkpoints: self.published.clone() };
        let bytes = serde_json::to_vec_pretty(&latest).map_err(|error| TrainError::content(&path, error))?;
        self.files.put(&path, bytes.into()).map_err(TrainError::file("write", &path))
    }

    /// Deletes every file of the folder that `latest.json` does not name: old checkpoints and leftovers of killed runs.
    fn clear(&self) -> Result<(), TrainError> {
        let counts: Vec<String> = self
            .published
            .iter()
            .flat_map(|entry| entry.files.keys().map(|name| format!("{}/{name}", self.place(entry.step))))
            .chain([format!("{}/{LATEST}", self.folder)])
            .collect();
        for path in self.files.list(&self.folder).map_err(TrainError::file("list", &self.folder))? {
            if !counts.contains(&path) {
                self.files.delete(&path).map_err(TrainError::file("delete", &path))?;
            }
        }
        Ok(())
    }

    fn place(&self, step: u64) -> String {
        format!("{}/step-{step:06}", self.folder)
    }
}

/// Whether an error says that a file is broken or gone, and not that the storage fails or that the run is another.
fn is_damage(error: &TrainError) -> bool {
    match error {
        TrainError::File { source, .. } => source.kind() == io::ErrorKind::NotFound,
        error => matches!(error, TrainError::Damaged { .. } | TrainError::Content { .. }),
    }
}

fn first(name: &str) -> String {
    format!("first.{name}")
}

fn second(name: &str) -> String {
    format!("second.{name}")
}

/// The files that hold a run at a step: the same bytes in a checkpoint and in the finished stage.
pub(crate) fn training_files(
    identity: &Identity,
    step: u64,
    parameters: &Parameters,
    optimizer: &AdamW,
    log: &Log,
) -> Result<[(&'static str, Bytes); 4], TrainError> {
    let mut weights = Vec::with_capacity(parameters.iter().len());
    for (name, var) in parameters.iter() {
        weights.push((name.to_owned(), var.dims().to_vec(), var.flatten_all()?.to_vec1::<f32>()?));
    }
    let model: Vec<Named<'_>> = weights.iter().map(|(n, s, v)| (n.clone(), s.clone(), v.as_slice())).collect();
    let moments = parameters.iter().zip(optimizer.moments());
    let moments: Vec<Named<'_>> = moments
        .flat_map(|((name, var), moments)| {
            let shape = var.dims().to_vec();
            [(first(name), shape.clone(), &*moments.first), (second(name), shape, &*moments.second)]
        })
        .collect();
    Ok([
        (MODEL, tensors::encode(MODEL, &model)?),
        (OPTIMIZER, tensors::encode(OPTIMIZER, &moments)?),
        (LOG, Bytes::copy_from_slice(log.bytes())),
        (STATE, State::new(identity, step, log).to_json(STATE)?),
    ])
}

//! Joins the trainer, which knows no engine, to the run folder, the stage commit and the progress display.

use crate::failure::Failure;
use crate::recipe::Recipe;
use crate::render::Progress;
use bytes::Bytes;
use malmoi_engine::{Begin, EngineError, Published, Session, StageRequest, StageWork, Store, UnitReport};
use malmoi_schemas::{Details, Digest, FileSet, Stage};
use malmoi_train::{Files, TrainConfig, TrainError, TrainEvent, TrainInputs, TrainObserver};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

/// Raised by one whenever the trainer's code changes what it writes for the same recipe and input.
const REVISION: u32 = 1;

/// Trains the model of a recipe on published token shards, unless that was done before.
pub(crate) fn train(
    session: &Session,
    recipe: &Recipe,
    tokens: &Published,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let config = recipe.train.as_ref().ok_or_else(|| Failure::NoTraining(recipe.path.clone()))?;
    let request = StageRequest {
        stage: Stage::Train,
        revision: REVISION,
        recipe: recipe_digest(recipe)?,
        inputs: tokens.digest()?,
    };
    match session.begin_keeping_state(&request)? {
        Begin::Finished(_) => Ok(()),
        Begin::Work(work) => train_in(work, config, recipe.seed, tokens, progress),
    }
}

/// The digest that the manifest records of the training's part of the recipe.
pub(crate) fn recipe_digest(recipe: &Recipe) -> Result<Digest, Failure> {
    Digest::of_canonical(&(&recipe.train, recipe.seed)).map_err(|e| Failure::Train(TrainError::Data(e.to_string())))
}

fn train_in(
    work: StageWork<'_>,
    config: &TrainConfig,
    seed: u64,
    tokens: &Published,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let session = work.session();
    let files = RunFiles(session.store());
    let folder = tokens.folder();
    let inputs = TrainInputs {
        files: &files,
        manifest: &tokens.manifest,
        folder: &folder,
        seed,
        threads: session.threads(),
        memory: Some(session.memory().0),
    };
    let observer = Observer { session, progress };
    let outcome = malmoi_train::train(&inputs, config, work.folder(), &observer).map_err(Failure::Train)?;
    let report = UnitReport {
        unit: "all".to_owned(),
        files: outcome.files,
        counts: BTreeMap::new(),
        facts: serde_json::Value::Null,
    };
    work.commit(vec![report], Details::Train(outcome.details))?;
    Ok(())
}

/// Where a finished training's model lies in the run.
pub(crate) fn checkpoint_folder(published: &Published) -> String {
    format!("{}/{}", published.folder(), FileSet::Checkpoint.as_str())
}

/// The run folder as the trainer sees it.
pub(crate) struct RunFiles<'a>(pub(crate) &'a Store);

impl Files for RunFiles<'_> {
    fn read(&self, path: &str) -> io::Result<Bytes> {
        self.0.get(path).map_err(as_io)
    }

    fn read_range(&self, path: &str, range: Range<u64>) -> io::Result<Bytes> {
        let length = range.end.saturating_sub(range.start);
        let bytes = self.0.get_range(path, range).map_err(as_io)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn put(&self, path: &str, bytes: Bytes) -> io::Result<()> {
        self.0.put(path, bytes).and_then(|()| self.0.sync(path)).map_err(as_io)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let found = self.0.list(folder).map_err(as_io)?;
        Ok(found.into_iter().map(|(path, _)| path).collect())
    }

    fn delete(&self, path: &str) -> io::Result<()> {
        self.0.delete(path).map_err(as_io)
    }
}

/// The trainer names the action and the path itself: only the store's own words are passed on.
fn as_io(error: EngineError) -> io::Error {
    let kind = if error.is_not_found() { io::ErrorKind::NotFound } else { io::ErrorKind::Other };
    match error {
        EngineError::Store { source, .. } => io::Error::new(kind, source),
        other => io::Error::new(kind, other),
    }
}

/// Passes the trainer's news on, and the stop that the user asks for.
struct Observer<'a> {
    session: &'a Session,
    progress: &'a dyn Progress,
}

impl TrainObserver for Observer<'_> {
    fn event(&self, event: &TrainEvent) {
        self.progress.training(event);
    }

    fn cancelled(&self) -> bool {
        self.session.cancel().is_cancelled()
    }
}

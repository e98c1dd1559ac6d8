//! Stage after stage.

use crate::cli::{ProgressStyle, RecipeArgs};
use crate::failure::Failure;
use crate::recipe::Recipe;
use crate::{render, training};
use malmoi_engine::{Cancel, Published, Session};
use malmoi_schemas::{DedupDetails, Details, Digest, Stage};

/// Runs the given stages of a recipe, each from the published output of the one before.
pub(crate) fn run(args: &RecipeArgs, stages: &[Stage], style: ProgressStyle, cancel: Cancel) -> Result<(), Failure> {
    let recipe = with_arguments(Recipe::read(&args.recipe)?, args);
    let progress = render::progress(style);
    let session = Session::open(&recipe.run, &recipe.engine, progress.clone(), cancel)?;
    for &stage in stages {
        match stage {
            Stage::Ingest => drop(ingest(&session, &recipe)?),
            Stage::Dedup => {
                let published = dedup(&session, &recipe)?;
                if let Details::Dedup(DedupDetails { semantic: Some(found), .. }) = &published.manifest.details {
                    progress.embeddings(found);
                }
            }
            Stage::Tokenize => drop(tokenize(&session, &recipe)?),
            Stage::Train if recipe.train.is_none() && stages.len() > 1 => {}
            Stage::Train => {
                training::train(&session, &recipe, &input_of(&session, &recipe, stage)?, progress.as_ref())?
            }
        }
    }
    progress.finish(&as_typed(&recipe.run));
    Ok(())
}

/// The run folder as one would type it here: without detours, and relative if it lies below the current folder.
fn as_typed(run: &str) -> String {
    let Ok(path) = std::fs::canonicalize(run) else { return run.to_owned() };
    let here = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
    path.strip_prefix(here).unwrap_or(&path).display().to_string()
}

/// What the command line says goes before what the recipe says.
pub(crate) fn with_arguments(mut recipe: Recipe, args: &RecipeArgs) -> Recipe {
    if let Some(run) = &args.run {
        recipe.run.clone_from(run);
    }
    if let Some(threads) = args.threads {
        recipe.engine.threads = Some(threads);
    }
    if let Some(memory) = args.memory {
        recipe.engine.memory = memory;
    }
    if let Some(spill) = &args.spill {
        recipe.engine.spill = Some(spill.clone());
    }
    recipe
}

fn ingest(session: &Session, recipe: &Recipe) -> Result<Published, Failure> {
    let ingested = malmoi_ingest::run(session, &recipe.sources, &recipe.ingest, &recipe.base);
    Ok(ingested.map_err(|error| recipe.blame(error))?.published)
}

fn dedup(session: &Session, recipe: &Recipe) -> Result<Published, Failure> {
    let input = input_of(session, recipe, Stage::Dedup)?;
    malmoi_dedup::run(session, &input, &recipe.source_names(), &recipe.dedup, &recipe.base).map_err(Failure::Dedup)
}

fn tokenize(session: &Session, recipe: &Recipe) -> Result<Published, Failure> {
    let input = input_of(session, recipe, Stage::Tokenize)?;
    malmoi_tokenize::run(session, &input, &recipe.tokenize, recipe.seed).map_err(Failure::Tokenize)
}

/// The published output of the stage before, made from this recipe.
fn input_of(session: &Session, recipe: &Recipe, wanted: Stage) -> Result<Published, Failure> {
    let run = || recipe.run.clone();
    let mut input: Option<Published> = None;
    for stage in Stage::ALL.into_iter().take_while(|&stage| stage < wanted) {
        let published =
            session.published(stage)?.ok_or_else(|| Failure::NoInput { wanted, missing: stage, run: run() })?;
        let follows = match &input {
            Some(before) => before.digest()? == published.manifest.inputs,
            None => true,
        };
        if !follows || published.manifest.recipe != recipe_digest(recipe, stage)? {
            return Err(Failure::OtherInput { wanted, stale: stage, run: run() });
        }
        input = Some(published);
    }
    input.ok_or_else(|| Failure::NoInput { wanted, missing: wanted, run: run() })
}

/// The digest that a stage's manifest has if it was made from this recipe.
pub(crate) fn recipe_digest(recipe: &Recipe, stage: Stage) -> Result<Digest, Failure> {
    match stage {
        Stage::Ingest => malmoi_ingest::recipe_digest(&recipe.sources, &recipe.ingest).map_err(Failure::Ingest),
        Stage::Dedup => {
            malmoi_dedup::recipe_digest(&recipe.source_names(), &recipe.dedup, &recipe.base).map_err(Failure::Dedup)
        }
        Stage::Tokenize => malmoi_tokenize::recipe_digest(&recipe.tokenize, recipe.seed).map_err(Failure::Tokenize),
        Stage::Train => training::recipe_digest(recipe),
    }
}

//! Commands that look at a run and change nothing in it.

use crate::cli::{Cli, GenerateArgs, RunArg};
use crate::failure::Failure;
use crate::recipe::Recipe;
use crate::render::colour;
use crate::training::{RunFiles, checkpoint_folder};
use clap::CommandFactory;
use clap_complete::Shell;
use malmoi_audit::{DuplicateStatistics, ExplanationText, Statistics, Status};
use malmoi_engine::{Cancel, EngineConfig, Session, Silent};
use malmoi_schemas::Stage;
use malmoi_train::GenerateOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// `malmoi status`.
pub(crate) fn status(run: &RunArg) -> Result<(), Failure> {
    print(&Status::gather(&open(run)?.0).map_err(Failure::Audit)?)
}

/// `malmoi audit`.
pub(crate) fn audit(run: &RunArg, html: Option<&Path>) -> Result<(), Failure> {
    let (session, run) = open(run)?;
    let statistics = Statistics::gather(&session).map_err(Failure::Audit)?;
    if let Some(path) = html {
        std::fs::write(path, malmoi_audit::html(&statistics, &run))
            .map_err(|source| Failure::Write { path: path.to_owned(), source })?;
    }
    print(&statistics)
}

/// `malmoi explain`.
pub(crate) fn explain(run: &RunArg, key: &str) -> Result<(), Failure> {
    let explanation = malmoi_audit::explain(&open(run)?.0, key).map_err(Failure::Audit)?;
    print(&ExplanationText { explanation: &explanation, colour: colour() })
}

/// `malmoi dedup stats`.
pub(crate) fn duplicates(run: &RunArg) -> Result<(), Failure> {
    print(&DuplicateStatistics::gather(&open(run)?.0).map_err(Failure::Audit)?)
}

/// `malmoi generate`.
pub(crate) fn generate(args: &GenerateArgs) -> Result<(), Failure> {
    let (session, run) = open(&args.run)?;
    let trained = session.published(Stage::Train)?.ok_or(Failure::NoModel(run))?;
    let options =
        GenerateOptions { tokens: args.tokens, temperature: args.temperature, top_k: args.top_k, seed: args.seed };
    let files = RunFiles(session.store());
    let text = malmoi_train::generate(&files, &checkpoint_folder(&trained), &args.prompt, &options);
    print(&text.map_err(Failure::Train)?)
}

/// `malmoi completions`.
pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "malmoi", &mut script);
    std::io::stdout().write_all(&script).map_err(Failure::Output)
}

/// Opens the run that an argument names, itself or through the recipe that made it, to read.
fn open(argument: &RunArg) -> Result<(Session, String), Failure> {
    let path = Path::new(&argument.run);
    let (run, config) = if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
        let recipe = Recipe::read(path)?;
        (recipe.run, recipe.engine)
    } else {
        (argument.run.clone(), EngineConfig::default())
    };
    let session = Session::open_to_read(&run, &config, Arc::new(Silent), Cancel::default())?;
    Ok((session, run))
}

/// Prints a result to standard output.
pub(crate) fn print(result: &dyn std::fmt::Display) -> Result<(), Failure> {
    let text = result.to_string();
    writeln!(std::io::stdout(), "{}", text.trim_end()).map_err(Failure::Output)
}

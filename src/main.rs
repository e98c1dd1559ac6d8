//! `malmoi`: parse, run, exit code.

mod cli;
mod failure;
mod ingest_tools;
mod inspect;
mod plan;
mod recipe;
mod render;
mod run;
mod training;

use clap::Parser;
use cli::{Cli, Command, DedupArgs, DedupTool, IngestArgs};
use failure::Failure;
use malmoi_engine::Cancel;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(cli.verbose);
    match dispatch(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has seen enough of it: `malmoi status RUN | head`.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            render::say(&failure.message());
            failure.exit_code()
        }
    }
}

fn dispatch(cli: &Cli) -> Result<(), Failure> {
    if let Some((args, stages)) = cli.command.stages() {
        let cancel = stop_on_signal()?;
        return run::run(args, stages, cli.progress, cancel);
    }
    match &cli.command {
        Command::Plan(args) => plan::run(args, stop_on_signal()?),
        Command::Ingest(IngestArgs { tool: Some(tool), .. }) => ingest_tools::run(tool),
        Command::Dedup(DedupArgs { tool: Some(DedupTool::Stats(run)), .. }) => inspect::duplicates(run),
        Command::Status(run) => inspect::status(run),
        Command::Audit { run, html } => inspect::audit(run, html.as_deref()),
        Command::Explain { run, key } => inspect::explain(run, key),
        Command::Generate(args) => inspect::generate(args),
        Command::Completions { shell } => inspect::completions(*shell),
        Command::Run(_) | Command::Ingest(_) | Command::Dedup(_) | Command::Tokenize(_) | Command::Train(_) => Ok(()),
    }
}

/// The first Ctrl-C or SIGTERM asks for a clean stop; a second one ends the process at once.
///
/// SIGHUP is left alone: under `nohup` a run goes on when its terminal is closed.
fn stop_on_signal() -> Result<Cancel, Failure> {
    let cancel = Cancel::default();
    let flag = cancel.clone();
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(Failure::Signals)?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if flag.is_cancelled() {
                std::process::exit(i32::from(failure::INTERRUPTED));
            }
            render::say("stopping after the units in work; once more to stop at once");
            flag.cancel();
        }
    });
    Ok(cancel)
}

fn start_logging(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing_subscriber::filter::LevelFilter::DEBUG,
        _ => tracing_subscriber::filter::LevelFilter::TRACE,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}

//! The command line: what may be typed, and nothing of what it does.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use malmoi_engine::{MemoryLimit, ThreadCount};
use malmoi_schemas::{ByteSize, Stage};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  an unexpected failure: a defect of malmoi, or a plan or model that failed
    2  the command line or the recipe is wrong
    3  the input cannot be read, or what was asked for is not there
    4  storing or reading the run folder failed: disk full, no permission, damaged file
    5  a stage did not balance and was not published
  130  interrupted; finished work is kept, the same command goes on";

/// From raw Korean text to a trained language model, with every document accounted for.
#[derive(Debug, Parser)]
#[command(name = "malmoi", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How progress is shown on standard error; bars need a terminal.
    #[arg(long, global = true, value_enum, default_value_t = ProgressStyle::Bar)]
    pub(crate) progress: ProgressStyle,

    /// Log what happens inside; twice for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressStyle {
    /// Bars with throughput and time left on a terminal, one line per stage elsewhere.
    Bar,
    /// One JSON object per line and event.
    Json,
    /// Nothing.
    Silent,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run every stage of a recipe: ingest, dedup, tokenize and, if the recipe has a `train` table, train.
    ///
    /// A stage that was finished before with the same recipe and input is skipped. After an interruption, a kill or a
    /// full disk the same command goes on where the work stopped.
    Run(RecipeArgs),
    /// Foretell what ingest and dedup of a recipe will need: documents, bytes, disk at its fullest, memory and time.
    ///
    /// Reads the sources through, cleans and deduplicates a sample in a temporary folder, and scales what that took.
    Plan(PlanArgs),
    /// Read, decode, extract, normalise, redact, measure and judge the sources; or look at what that would do.
    Ingest(IngestArgs),
    /// Remove exact and near duplicates of the ingested documents; or look at what was removed.
    Dedup(DedupArgs),
    /// Learn a vocabulary, encode the deduplicated documents and write shuffled token shards.
    Tokenize(RecipeArgs),
    /// Train a model on the token shards.
    Train(RecipeArgs),
    /// Show the stages of a run: counts by reason, sizes, speeds.
    Status(RunArg),
    /// Show the corpus statistics of a run: sources, funnel, lengths, duplicates.
    Audit {
        #[command(flatten)]
        run: RunArg,
        /// Also write the statistics as one self-contained HTML page.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Say what happened to a document, stage by stage, and why.
    Explain {
        #[command(flatten)]
        run: RunArg,
        /// The document's id (32 hexadecimal digits) or its URL.
        #[arg(value_name = "ID-OR-URL")]
        key: String,
    },
    /// Let the trained model continue a text.
    Generate(GenerateArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// A recipe, and where and on how much of the machine to run it.
#[derive(Debug, Args)]
pub(crate) struct RecipeArgs {
    /// The recipe, a TOML file. Relative paths inside it start at its own folder.
    pub(crate) recipe: PathBuf,
    /// Put the run here instead of where the recipe says: a folder or an s3:// URL.
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Worker threads [default: the recipe's, else all processors].
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<ThreadCount>,
    /// Memory limit, such as "4 GiB" [default: the recipe's].
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<MemoryLimit>,
    /// Folder for data that does not fit the limit [default: the recipe's, else the system's temporary folder].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) spill: Option<PathBuf>,
}

/// What to plan, and from how much.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
    /// Records to clean and deduplicate, in bytes as they are read.
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(64 << 20))]
    pub(crate) sample: ByteSize,
    /// Most bytes of the sources, as stored, to read for choosing the sample. Duplicates between what is read and what is
    /// not are not foreseen.
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(8 << 30))]
    pub(crate) look: ByteSize,
    /// Another seed, another sample.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Print the plan as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The stage itself, or one of the tools around it.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct IngestArgs {
    #[command(flatten)]
    pub(crate) recipe: Option<RecipeArgs>,
    #[command(subcommand)]
    pub(crate) tool: Option<IngestTool>,
}

/// Tools around ingest.
#[derive(Debug, Subcommand)]
pub(crate) enum IngestTool {
    /// Clean a sample of the sources and show what was kept and removed and why, without a run.
    ///
    /// The sample is the same each time. It is taken from the first megabytes of files all over each source, so that a
    /// source of terabytes is looked at as quickly as a small one.
    Preview(PreviewArgs),
    /// Train a quality model that tells good text from bad; a recipe names it under [ingest.models].
    LearnQuality {
        /// Folder with good text: .txt files, or JSON lines with a `text` field (also gzip or zstd).
        #[arg(long, value_name = "FOLDER")]
        good: PathBuf,
        /// Folder with bad text.
        #[arg(long, value_name = "FOLDER")]
        bad: PathBuf,
        /// Where to write the model, in fastText's .bin format.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Seed of the order of training and of the held-out texts.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Train a language model of syllables whose perplexity tells prose from noise; a recipe names it under [ingest.models].
    LearnPerplexity {
        /// Folder with good text: .txt files, or JSON lines with a `text` field (also gzip or zstd).
        #[arg(long, value_name = "FOLDER")]
        text: PathBuf,
        /// Where to write the model.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// The stage itself, or one of the tools around it.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct DedupArgs {
    #[command(flatten)]
    pub(crate) recipe: Option<RecipeArgs>,
    #[command(subcommand)]
    pub(crate) tool: Option<DedupTool>,
}

/// Tools around dedup.
#[derive(Debug, Subcommand)]
pub(crate) enum DedupTool {
    /// Show what was removed from a run: by source and pair of sources, by size of cluster and by similarity, with samples.
    Stats(RunArg),
}

/// What to preview.
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// The recipe.
    pub(crate) recipe: PathBuf,
    /// Records to clean, over all sources.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) sample: usize,
    /// Documents to print of each source and outcome.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) show: usize,
    /// Look at this source alone.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Another seed, another sample.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

/// A run that is there.
#[derive(Debug, Args)]
pub(crate) struct RunArg {
    /// The run: its folder, its s3:// URL, or the recipe that made it.
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
}

/// What to generate.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    pub(crate) run: RunArg,
    /// The text to continue.
    #[arg(long, default_value = "")]
    pub(crate) prompt: String,
    /// Most tokens to generate.
    #[arg(long, default_value_t = 100)]
    pub(crate) tokens: usize,
    /// 0 takes the likeliest token each time; higher values vary more.
    #[arg(long, default_value_t = 0.8)]
    pub(crate) temperature: f64,
    /// Choose among this many likeliest tokens.
    #[arg(long, default_value_t = 50)]
    pub(crate) top_k: usize,
    /// Seed of the choice: the same seed gives the same text.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

impl Command {
    /// The recipe and the stages to run, of a command that runs stages.
    pub(crate) fn stages(&self) -> Option<(&RecipeArgs, &'static [Stage])> {
        match self {
            Self::Run(args) => Some((args, &Stage::ALL)),
            Self::Ingest(IngestArgs { recipe: Some(args), tool: None }) => Some((args, &[Stage::Ingest])),
            Self::Dedup(DedupArgs { recipe: Some(args), tool: None }) => Some((args, &[Stage::Dedup])),
            Self::Tokenize(args) => Some((args, &[Stage::Tokenize])),
            Self::Train(args) => Some((args, &[Stage::Train])),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_stage_and_its_tools_are_told_apart() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' ')).map(|cli| cli.command);
        assert!(matches!(
            parse("malmoi dedup stats runs/first").unwrap(),
            Command::Dedup(DedupArgs { recipe: None, tool: Some(DedupTool::Stats(RunArg { run })) }) if run == "runs/first"
        ));
        let stage = parse("malmoi dedup recipe.toml --run runs/first").unwrap();
        assert!(stage.stages().is_some_and(|(args, stages)| args.run.is_some() && stages == [Stage::Dedup]));
        assert!(parse("malmoi dedup").is_err() && parse("malmoi dedup stats").is_err());
    }

    #[test]
    fn help_reads_well() {
        insta::assert_snapshot!(Cli::command().term_width(100).render_long_help());
    }
}

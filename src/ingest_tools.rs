//! What can be done around ingest without a run: previews and the training of its models.

use crate::cli::{IngestTool, PreviewArgs};
use crate::failure::Failure;
use crate::inspect::print;
use crate::recipe::Recipe;
use crate::render::{PreviewText, colour};
use malmoi_engine::{Cancel, Session, Silent};
use malmoi_ingest::models::{PerplexitySettings, QualitySettings, learn_perplexity, learn_quality};
use malmoi_ingest::preview::PreviewRequest;
use malmoi_ingest::texts::FolderTexts;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

/// Runs one of the tools.
pub(crate) fn run(tool: &IngestTool) -> Result<(), Failure> {
    match tool {
        IngestTool::Preview(args) => show_preview(args),
        IngestTool::LearnQuality { good, bad, out, seed } => {
            let (mut good, mut bad) = (texts(good, "--good")?, texts(bad, "--bad")?);
            let settings = QualitySettings { seed: *seed, ..QualitySettings::default() };
            let learnt = learn_quality(&mut good, &mut bad, &settings);
            let (good, bad) = (good.finish().map_err(Failure::Ingest)?, bad.finish().map_err(Failure::Ingest)?);
            let (model, report) = learnt.map_err(Failure::Learn)?;
            write(out, |file| model.write(file))?;
            print(&format_args!("good: {good}\nbad: {bad}\n{report}"))
        }
        IngestTool::LearnPerplexity { text, out } => {
            let mut texts = texts(text, "--text")?;
            let learnt = learn_perplexity(&mut texts, &PerplexitySettings::default());
            let counts = texts.finish().map_err(Failure::Ingest)?;
            let model = learnt.map_err(Failure::Learn)?;
            write(out, |file| model.write(file))?;
            print(&counts)
        }
    }
}

fn show_preview(args: &PreviewArgs) -> Result<(), Failure> {
    let recipe = Recipe::read(&args.recipe)?;
    let nowhere = tempfile::tempdir().map_err(|source| Failure::Write { path: std::env::temp_dir(), source })?;
    let run = nowhere.path().display().to_string();
    let session = Session::open(&run, &recipe.engine, Arc::new(Silent), Cancel::default())?;
    let request =
        PreviewRequest { records: args.sample, source: args.source.as_deref(), show: args.show, seed: args.seed };
    let sources = malmoi_ingest::preview_sample(&session, &recipe.sources, &recipe.ingest, &recipe.base, &request);
    let sources = sources.map_err(|error| recipe.blame(error))?;
    print(&PreviewText { sources: &sources, colour: colour() })
}

fn texts(folder: &Path, option: &'static str) -> Result<FolderTexts, Failure> {
    FolderTexts::open(folder, option).map_err(Failure::Ingest)
}

/// Writes a file aside and then puts it in its place, so that a full disk does not leave half a model. A link is followed;
/// what is no regular file, such as a device, is refused rather than replaced.
fn write(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<(), Failure> {
    let failed = |source| Failure::Write { path: path.to_owned(), source };
    let place = match path.canonicalize() {
        Ok(place) if place.is_file() => place,
        Ok(_) => return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is there and is no regular file"))),
        Err(_) => path.to_owned(),
    };
    let aside = place.with_added_extension(format!("{}.aside", std::process::id()));
    let file = File::create_new(&aside).map_err(failed)?;
    let mut file = BufWriter::new(file);
    let written = content(&mut file).and_then(|()| file.flush()).and_then(|()| std::fs::rename(&aside, &place));
    written.map_err(|source| {
        let _ = std::fs::remove_file(&aside);
        failed(source)
    })
}

//! The recipe: the stages' own configs on one page, and errors that point at the line.

use crate::failure::Failure;
use malmoi_dedup::DedupConfig;
use malmoi_engine::EngineConfig;
use malmoi_ingest::{IngestConfig, IngestError, Owner, SourceConfig};
use malmoi_tokenize::TokenizeConfig;
use malmoi_train::TrainConfig;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A recipe as the file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeFile {
    run: RunConfig,
    #[serde(default)]
    engine: EngineConfig,
    source: Vec<Spanned<SourceConfig>>,
    #[serde(default)]
    ingest: IngestConfig,
    #[serde(default)]
    dedup: DedupConfig,
    #[serde(default)]
    tokenize: TokenizeConfig,
    train: Option<TrainConfig>,
}

/// `[run]`: where the run goes and what makes it repeatable.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    /// A folder, relative to the recipe's own, or an `s3://` URL.
    folder: String,
    /// Seed of every random choice: sample, shuffle, held-out share, initial weights, order of epochs.
    #[serde(default)]
    seed: u64,
}

/// A recipe whose every value is valid.
#[derive(Debug)]
pub(crate) struct Recipe {
    pub(crate) path: PathBuf,
    /// The recipe's folder, from which relative paths start.
    pub(crate) base: PathBuf,
    /// The run folder or URL.
    pub(crate) run: String,
    pub(crate) seed: u64,
    pub(crate) engine: EngineConfig,
    pub(crate) sources: Vec<SourceConfig>,
    pub(crate) ingest: IngestConfig,
    pub(crate) dedup: DedupConfig,
    pub(crate) tokenize: TokenizeConfig,
    pub(crate) train: Option<TrainConfig>,
    text: String,
    /// Where each `[[source]]` table starts in the text.
    starts: Vec<usize>,
}

impl Recipe {
    /// Reads and checks a recipe.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Failure::RecipeFile { path: path.to_owned(), source })?;
        let file: RecipeFile = toml::from_str(&text)
            .map_err(|error| Failure::Recipe(format!("the recipe `{}` is wrong: {error}", path.display())))?;
        let base = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let run = if file.run.folder.contains("://") {
            file.run.folder
        } else {
            base.join(file.run.folder).display().to_string()
        };
        let mut engine = file.engine;
        engine.spill = engine.spill.map(|spill| base.join(spill));
        let starts = file.source.iter().map(|table| table.span().start).collect();
        let sources = file.source.into_iter().map(Spanned::into_inner).collect();
        Ok(Self {
            path: path.to_owned(),
            base,
            run,
            seed: file.run.seed,
            engine,
            sources,
            ingest: file.ingest,
            dedup: file.dedup,
            tokenize: file.tokenize,
            train: file.train,
            text,
            starts,
        })
    }

    /// Names of the sources in order of priority.
    pub(crate) fn source_names(&self) -> Vec<String> {
        self.sources.iter().map(|source| source.name.as_str().to_owned()).collect()
    }

    /// An error of ingest, pointing at the recipe's line where the recipe is to blame.
    pub(crate) fn blame(&self, error: IngestError) -> Failure {
        let place = match &error {
            IngestError::NoMatch { owner, pattern, .. }
            | IngestError::Pattern { owner, pattern, .. }
            | IngestError::Folder { owner, pattern } => self.place(owner, Some(pattern)),
            IngestError::NameClash { owner, .. } => self.place(owner, None),
            IngestError::Rules { name, .. } | IngestError::DuplicateSource { name } => self.source(name, None),
            IngestError::NoSource => self.empty_sources(),
            _ => return Failure::Ingest(error),
        };
        Failure::Recipe(format!("the recipe `{}` is wrong: {}{error}", self.path.display(), self.point_at(place)))
    }

    /// Where an empty array of sources is written, or the start of a recipe that has none at all.
    fn empty_sources(&self) -> usize {
        let lines = self.text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        });
        lines.into_iter().find(|(_, line)| line.trim_start().starts_with("source")).map_or(0, |(start, _)| start)
    }

    /// Where the owner of a path says `word`, or where its table begins.
    fn place(&self, owner: &Owner, word: Option<&str>) -> usize {
        match owner {
            Owner::Source(name) => self.source(name, word),
            Owner::Setting(_) => word.and_then(|word| self.text.find(word)).unwrap_or(0),
        }
    }

    /// Where the last source called `name` says `word`, or where its table begins.
    fn source(&self, name: &str, word: Option<&str>) -> usize {
        let ends = self.starts.iter().skip(1).copied().chain([self.text.len()]);
        let tables: Vec<_> = self.sources.iter().zip(self.starts.iter().zip(ends)).collect();
        let named = tables.iter().rfind(|(source, _)| source.name.as_str() == name);
        let (start, end) = named.map_or((0, 0), |(_, (start, end))| (**start, *end));
        let found = word.and_then(|word| self.text.get(start..end)?.find(word));
        start + found.unwrap_or(0)
    }

    /// The line of a place, drawn as the TOML parser draws its own errors.
    fn point_at(&self, place: usize) -> String {
        let before = &self.text[..place.min(self.text.len())];
        let (line, column) =
            (before.matches('\n').count() + 1, before.chars().rev().take_while(|&c| c != '\n').count() + 1);
        let source = self.text.lines().nth(line - 1).unwrap_or_default();
        let margin = " ".repeat(line.to_string().len());
        format!("line {line}, column {column}\n{margin} |\n{line} | {source}\n{margin} | {:>column$}\n", "^")
    }
}

#[cfg(test)]
mod documents;

//! What all units of a run share: lists and models, read once.

use crate::config::{IngestConfig, ListConfig, ModelConfig};
use crate::error::{IngestError, Owner};
use crate::input::{Input, InputFile, Resolver};
use crate::lists::{BadWords, ListKind, UrlLists};
use crate::models::{FastText, Perplexity, Quality};
use crate::normalize::Normalizer;
use crate::redact::RedactConfig;
use crate::source::PathPattern;
use std::io::BufReader;

/// Everything that cleaning a record takes besides the record and the rules.
#[derive(Debug)]
pub struct Equipment {
    /// Brings text into its normal form.
    pub normalizer: Normalizer,
    /// What becomes of personal data.
    pub redact: RedactConfig,
    /// Most bytes that a compressed body may decode to.
    pub limit: usize,
    /// Blocked and allowed addresses.
    pub urls: UrlLists,
    /// Words with weights, list by list.
    pub bad_words: Vec<BadWords>,
    /// Tells languages, and the ordinal of the label that is wanted.
    pub language: Option<(FastText, usize)>,
    /// Tells good text from bad.
    pub quality: Option<Quality>,
    /// Tells prose from noise.
    pub perplexity: Option<Perplexity>,
}

/// The files that lists and models are read from, by setting.
pub(crate) struct EquipmentFiles(Vec<(&'static str, Vec<InputFile>)>);

const BLOCK: &str = "ingest.lists.block";
const ALLOW: &str = "ingest.lists.allow";
const BAD_WORDS: &str = "ingest.lists.bad_words";
const LANGUAGE: &str = "ingest.models.language";
const QUALITY: &str = "ingest.models.quality";
const PERPLEXITY: &str = "ingest.models.perplexity";

impl EquipmentFiles {
    /// Finds the files that a recipe names.
    pub(crate) fn find(config: &IngestConfig, resolver: &Resolver<'_>) -> Result<Self, IngestError> {
        let ListConfig { block, allow, bad_words, spam: _ } = &config.lists;
        let ModelConfig { language, quality, perplexity, language_label: _ } = &config.models;
        let model = |path: &'_ Option<PathPattern>| path.iter().cloned().collect::<Vec<_>>();
        let settings = [
            (BLOCK, block.clone()),
            (ALLOW, allow.clone()),
            (BAD_WORDS, bad_words.clone()),
            (LANGUAGE, model(language)),
            (QUALITY, model(quality)),
            (PERPLEXITY, model(perplexity)),
        ];
        let files = settings
            .into_iter()
            .filter(|(_, paths)| !paths.is_empty())
            .map(|(setting, paths)| Ok((setting, resolver.files(&Owner::Setting(setting), &paths)?)));
        Ok(Self(files.collect::<Result<_, IngestError>>()?))
    }

    /// The files by setting, as the fingerprint of the input takes them.
    pub(crate) fn named(&self) -> impl Iterator<Item = (String, Vec<InputFile>)> + '_ {
        self.0.iter().map(|(setting, files)| ((*setting).to_owned(), files.clone()))
    }

    fn of(&self, setting: &'static str) -> impl Iterator<Item = &InputFile> {
        self.0.iter().filter(move |(name, _)| *name == setting).flat_map(|(_, files)| files)
    }

    /// The only file of a setting that takes one.
    fn one(&self, setting: &'static str) -> Result<Option<&InputFile>, IngestError> {
        let mut files = self.of(setting);
        match (files.next(), files.next()) {
            (Some(first), Some(second)) => {
                Err(IngestError::OneModel { setting, first: first.place.to_string(), second: second.place.to_string() })
            }
            (first, _) => Ok(first),
        }
    }
}

impl Equipment {
    /// The equipment of a recipe that names no files.
    pub fn of_config(config: &IngestConfig) -> Result<Self, IngestError> {
        Self::read(config, &EquipmentFiles(Vec::new()))
    }

    /// Reads lists and models.
    pub(crate) fn read(config: &IngestConfig, files: &EquipmentFiles) -> Result<Self, IngestError> {
        let mut urls = UrlLists::default();
        for (setting, kind) in [(BLOCK, ListKind::Block), (ALLOW, ListKind::Allow)] {
            for file in files.of(setting) {
                urls.add(kind, &file.place.to_string(), open(file)?)?;
            }
        }
        let mut bad_words = Vec::new();
        if config.lists.spam {
            bad_words.push(BadWords::spam()?);
        }
        for file in files.of(BAD_WORDS) {
            bad_words.push(BadWords::read(&file.place.to_string(), open(file)?)?);
        }
        let name = |file: &InputFile| file.place.to_string();
        let quality = files.one(QUALITY)?.map(|file| Ok::<_, IngestError>(Quality::read(open(file)?, &name(file))?));
        let perplexity =
            files.one(PERPLEXITY)?.map(|file| Ok::<_, IngestError>(Perplexity::read(open(file)?, &name(file))?));
        Ok(Self {
            normalizer: Normalizer::new(&config.normalize),
            redact: config.redact.clone(),
            limit: config.max_record.bytes(),
            urls,
            bad_words,
            language: language(config, files)?,
            quality: quality.transpose()?,
            perplexity: perplexity.transpose()?,
        })
    }
}

fn language(config: &IngestConfig, files: &EquipmentFiles) -> Result<Option<(FastText, usize)>, IngestError> {
    let Some(file) = files.one(LANGUAGE)? else { return Ok(None) };
    let model = FastText::read(open(file)?, &file.place.to_string())?;
    let wanted = &config.models.language_label;
    let label = model
        .label(wanted)
        .ok_or_else(|| IngestError::NoLabel { model: file.place.to_string(), label: wanted.clone() })?;
    Ok(Some((model, label)))
}

fn open(file: &InputFile) -> Result<BufReader<Box<dyn Input>>, IngestError> {
    Ok(BufReader::with_capacity(1 << 16, file.open()?))
}

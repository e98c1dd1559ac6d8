//! The stage: five rounds of map work and one piece of learning.
//!
//! | phase | unit | reads | writes |
//! |---|---|---|---|
//! | survey | a documents part | ids and lengths | facts |
//! | sample | a documents part | text | scratch: the documents that may be in the sample |
//! | learn | all | the sample | `vocabulary/tokenizer.json` |
//! | encode | a documents part | text | ledger; scratch: one row group per bucket |
//! | shard | a bucket | its row group of every scratch file | `tokens/` |
//! | held-out | a bucket | the same | `held-out/` |

mod encode;
mod learn;
mod survey;
mod write;

use crate::encode::Encoder;
use crate::shard::bytes_per_token;
use crate::shuffle::{HeldOut, Keys};
use crate::survey::{Plan, Survey};
use crate::{TokenizeConfig, TokenizeError, Vocabulary};
use arrow::array::{Array, RecordBatch};
use encode::{EncodeUnit, Encoded};
use malmoi_engine::{Begin, Phase, Published, Session, StageRequest, StageWork, UnitReport};
use malmoi_schemas::{ByteSize, Details, Digest, FileEntry, FileSet, Stage, TokenWidth, TokenizeDetails};
use serde::Serialize;
use serde::de::DeserializeOwned;
use survey::{SampleUnit, SurveyUnit};
use write::ShardUnit;

/// Raised by one whenever the same recipe and input would give other files.
const REVISION: u32 = 1;

/// What a unit holds beside what grows with its input: a batch of documents, and a row group of each file it writes.
const UNIT_OVERHEAD: u64 = 96 << 20;

/// Memory per character of a part while it is encoded: its ids (one per character and less), once more in the table of their
/// bucket, and the rows.
const ENCODE_BYTES_PER_CHARACTER: u64 = 8;

/// What the stage's recipe digest is made from.
#[derive(Serialize)]
struct Recipe<'a> {
    config: &'a TokenizeConfig,
    seed: u64,
}

/// The digest that the manifest records of the stage's part of the recipe.
///
/// # Errors
///
/// A recipe without a canonical form: a defect of this crate.
pub fn recipe_digest(config: &TokenizeConfig, seed: u64) -> Result<Digest, TokenizeError> {
    Ok(Digest::of_canonical(&Recipe { config, seed })?)
}

/// Learns a vocabulary from the documents that deduplication kept, encodes them, and publishes them as shuffled token shards.
///
/// `seed` decides the order of the shuffle, the held-out documents and the sample; nothing else does, so the result is the same
/// for any number of threads.
pub fn run(
    session: &Session,
    dedup: &Published,
    config: &TokenizeConfig,
    seed: u64,
) -> Result<Published, TokenizeError> {
    let request = StageRequest {
        stage: Stage::Tokenize,
        revision: REVISION,
        recipe: recipe_digest(config, seed)?,
        inputs: dedup.digest()?,
    };
    match session.begin(&request)? {
        Begin::Finished(published) => Ok(*published),
        Begin::Work(work) => {
            work.check_input(dedup)?;
            let (reports, details) = Tokenize { work: &work, dedup, config, keys: Keys::new(seed) }.run()?;
            Ok(work.commit(reports, details)?)
        }
    }
}

/// The stage at work.
struct Tokenize<'a> {
    work: &'a StageWork<'a>,
    dedup: &'a Published,
    config: &'a TokenizeConfig,
    keys: Keys,
}

impl Tokenize<'_> {
    fn run(&self) -> Result<(Vec<UnitReport>, Details), TokenizeError> {
        let (plan, largest_part) = self.survey()?;
        let sample = self.sample(&plan)?;
        let (vocabulary_report, vocabulary) = self.learn(&sample)?;
        let (size, end_of_text, width) = (vocabulary.size() as u32, vocabulary.end_of_text(), vocabulary.width());
        let encoded = self.encode(&plan, Encoder::new(vocabulary), width, largest_part)?;
        let totals = Encoded::sum(&encoded)?;
        let shards = self.shard("shard", FileSet::Tokens, 0..plan.token_shards, width, &encoded)?;
        let held_out = match totals.held_out_documents {
            0 => Vec::new(),
            _ => {
                let buckets = plan.token_shards..plan.token_shards + plan.held_out_shards;
                self.shard("held-out", FileSet::HeldOut, buckets, width, &encoded)?
            }
        };
        let (tokens, held_out_tokens) = (tokens_in(&shards), tokens_in(&held_out));
        let expected = totals.tokens_by_source.values().sum();
        if tokens + held_out_tokens != expected {
            return Err(TokenizeError::Lost { expected, found: tokens + held_out_tokens });
        }
        let details = TokenizeDetails {
            vocabulary: size,
            width,
            end_of_text,
            tokens,
            held_out_tokens,
            held_out_documents: totals.held_out_documents,
            tokens_by_source: totals.tokens_by_source,
        };
        let reports = [vec![vocabulary_report], encoded, shards, held_out].concat();
        Ok((reports, Details::Tokenize(details)))
    }

    /// The parts of the input with the names of the units that read them.
    fn parts(&self) -> impl Iterator<Item = Part<'_>> + Send {
        self.dedup.manifest.files_of(FileSet::Documents).enumerate().map(|(number, file)| Part {
            name: format!("{number:05}"),
            path: self.dedup.path(file),
            file,
        })
    }

    fn phase(&self, name: &'static str, unit_memory: u64) -> Phase {
        let bytes = self.parts().map(|part| part.file.bytes).sum();
        Phase { name, unit_memory: ByteSize(UNIT_OVERHEAD + unit_memory), total_bytes: Some(bytes) }
    }

    /// The plan, and the characters of the largest part.
    fn survey(&self) -> Result<(Plan, u64), TokenizeError> {
        let threshold = HeldOut::threshold(self.config.held_out.get());
        let units = self.parts().map(|part| Ok(SurveyUnit { part, keys: self.keys, threshold }));
        let (mut all, mut largest) = (Survey::default(), 0);
        for report in self.work.map(self.phase("survey", 0), units)? {
            let part: Survey = facts(&report)?;
            largest = largest.max(part.characters);
            all.merge(&part);
        }
        if all.documents == 0 {
            return Err(TokenizeError::NoDocuments);
        }
        Ok((all.plan(self.config), largest))
    }

    fn sample(&self, plan: &Plan) -> Result<Vec<UnitReport>, TokenizeError> {
        let units = self.parts().map(|part| Ok(SampleUnit { part, keys: self.keys, plan }));
        self.work.map(self.phase("sample", 0), units)
    }

    fn learn(&self, sample: &[UnitReport]) -> Result<(UnitReport, Vocabulary), TokenizeError> {
        let paths: Vec<String> = sample
            .iter()
            .flat_map(|report| report.files_of(FileSet::Scratch))
            .map(|file| self.work.path(file))
            .collect();
        let phase = Phase { total_bytes: None, ..self.phase("learn", self.config.sample.bytes()) };
        let report = self.work.once(phase, |output| learn::learn(output, &paths, self.config))?;
        let path = report.files_of(FileSet::Vocabulary).map(|file| self.work.path(file)).collect::<String>();
        let vocabulary = Vocabulary::from_json(&self.work.session().store().get(&path)?)?;
        Ok((report, vocabulary))
    }

    fn encode(
        &self,
        plan: &Plan,
        encoder: Encoder,
        width: TokenWidth,
        largest_part: u64,
    ) -> Result<Vec<UnitReport>, TokenizeError> {
        let phase = self.phase("encode", largest_part * ENCODE_BYTES_PER_CHARACTER);
        let encoder = &encoder;
        let units = self.parts().map(|part| Ok(EncodeUnit { part, keys: self.keys, plan, encoder, width }));
        self.work.map(phase, units)
    }

    fn shard(
        &self,
        name: &'static str,
        set: FileSet,
        buckets: std::ops::Range<u32>,
        width: TokenWidth,
        encoded: &[UnitReport],
    ) -> Result<Vec<UnitReport>, TokenizeError> {
        let sources = Encoded::scratch_files(encoded, self.work)?;
        let sizes: Vec<u64> = buckets.clone().map(|b| sources.iter().map(|source| source.tokens_of(b)).sum()).collect();
        let largest = sizes.iter().max().copied().unwrap_or(0);
        let phase =
            Phase { total_bytes: Some(sizes.iter().sum()), ..self.phase(name, largest * bytes_per_token(width)) };
        let (order, sources) = (self.keys.order, sources.as_slice());
        let least = self.config.row_group_tokens.get();
        let units = buckets.zip(sizes).enumerate().map(|(number, (bucket, tokens))| {
            Ok(ShardUnit { number, bucket, tokens, set, sources, order, width, row_group_tokens: least })
        });
        self.work.map(phase, units)
    }
}

/// A part of the input.
struct Part<'a> {
    name: String,
    /// Path inside the run folder.
    path: String,
    file: &'a FileEntry,
}

fn tokens_in(shards: &[UnitReport]) -> u64 {
    let files = shards.iter().flat_map(|report| &report.files);
    files.flat_map(|file| &file.row_groups).map(|group| group.tokens).sum()
}

/// The facts that a unit left.
fn facts<T: DeserializeOwned>(report: &UnitReport) -> Result<T, TokenizeError> {
    T::deserialize(&report.facts).map_err(|source| TokenizeError::Facts { unit: report.unit.clone(), source })
}

/// A column of a batch that was read from `path`.
fn column<'a, T: Array + 'static>(
    batch: &'a RecordBatch,
    name: &'static str,
    path: &str,
) -> Result<&'a T, TokenizeError> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<T>());
    found.ok_or_else(|| TokenizeError::Column { path: path.to_owned(), column: name })
}

#[cfg(test)]
mod tests;

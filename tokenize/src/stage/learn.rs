use super::column;
use super::survey::{BYTES, HASH, ids};
use crate::learn::WordCounts;
use crate::shuffle::Lot;
use crate::{TokenizeConfig, TokenizeError, Vocabulary};
use arrow::array::{StringArray, UInt64Array};
use malmoi_engine::UnitOutput;
use malmoi_schemas::{FileSet, column as name};
use rayon::prelude::*;

/// Learns the vocabulary from the candidates' scratch files and writes `vocabulary/tokenizer.json`.
///
/// Documents are taken in the order of their lots until they have `sample` bytes, so the sample depends neither on how the input
/// is divided nor on who reads what first. The text is streamed; what stays in memory are different words and their counts.
pub(super) fn learn(
    output: &mut UnitOutput<'_>,
    paths: &[String],
    config: &TokenizeConfig,
) -> Result<(), TokenizeError> {
    let last = last_of_sample(output, paths, config.sample.bytes())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(output.session().threads()).build()?;
    let counts = pool.install(|| {
        let of_parts = paths.par_iter().map(|path| count(output, path, last, config));
        of_parts.try_reduce_with(|one, other| Ok(one.merge(other)))
    });
    let counts = counts.unwrap_or_else(|| WordCounts::new(config.digits))?;
    let vocabulary = Vocabulary::learn(counts, config, || Ok(output.check_cancelled()?))?;
    if vocabulary.size() < config.vocabulary.get() as usize {
        tracing::warn!(
            asked = config.vocabulary.get(),
            learned = vocabulary.size(),
            "the sample has too few different words for a vocabulary of the size asked for"
        );
    }
    Ok(output.put(FileSet::Vocabulary, "tokenizer.json", vocabulary.to_json()?.into())?)
}

/// The lot of the last document of the sample, or `None` if there are no candidates.
fn last_of_sample(output: &UnitOutput<'_>, paths: &[String], wanted: u64) -> Result<Option<Lot>, TokenizeError> {
    let mut candidates: Vec<(Lot, u64)> = Vec::new();
    for path in paths {
        for batch in output.session().read_scratch(path, Some(&[name::ID, HASH, BYTES]), None)? {
            let batch = batch?;
            let hashes: &UInt64Array = column(&batch, HASH, path)?;
            let bytes: &UInt64Array = column(&batch, BYTES, path)?;
            for (id, (&hash, &bytes)) in ids(&batch, path)?.zip(hashes.values().iter().zip(bytes.values())) {
                candidates.push(((hash, id?), bytes));
            }
        }
    }
    candidates.sort_unstable();
    let mut taken = 0;
    let reached = candidates.iter().find(|(_, bytes)| {
        taken += bytes;
        taken >= wanted
    });
    Ok(reached.or(candidates.last()).map(|&(lot, _)| lot))
}

/// Counts the words of the sample's documents in one scratch file.
fn count(
    output: &UnitOutput<'_>,
    path: &str,
    last: Option<Lot>,
    config: &TokenizeConfig,
) -> Result<WordCounts, TokenizeError> {
    let mut counts = WordCounts::new(config.digits)?;
    for batch in output.session().read_scratch(path, Some(&[name::ID, HASH, name::TEXT]), None)? {
        let batch = batch?;
        let hashes: &UInt64Array = column(&batch, HASH, path)?;
        let texts: &StringArray = column(&batch, name::TEXT, path)?;
        for (row, id) in ids(&batch, path)?.enumerate() {
            if Some((hashes.value(row), id?)) <= last {
                output.check_cancelled()?;
                counts.add(texts.value(row))?;
            }
        }
    }
    Ok(counts)
}

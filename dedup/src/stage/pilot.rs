//! The stage over a sample, to foretell the stage over everything.

use super::relate::TASK_PAIRS;
use super::rows::Rows;
use super::{Corpus, Earlier, REVISION, Rules, deduplicate, digest, evaluation, scratch_path};
use crate::scratch::column;
use crate::{DedupConfig, DedupError};
use malmoi_engine::{Begin, EngineError, Published, Session, StageRequest, StageWork, UnitReport};
use malmoi_schemas::{DedupDetails, Stage};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// What deduplicating a sample wrote, scratch parts included.
#[derive(Debug, Clone)]
pub struct Pilot {
    /// Reports of all units by phase.
    pub reports: BTreeMap<String, Vec<UnitReport>>,
    /// What was found.
    pub details: DedupDetails,
    /// How many times as many shingle sets the run will gather for each candidate: a task takes in all pairs of a small
    /// sample, and so wants a document once, whereas in the run a document's pairs are strewn over tasks.
    pub spread: f64,
    /// The same for embeddings.
    pub semantic_spread: f64,
    /// Bytes of an embedding's signature, which its bands carry; none where embeddings are not looked at.
    pub semantic_signature_bytes: u64,
    /// How long it took to read the evaluation sets: it does not grow with the corpus.
    pub reading_items: Duration,
    /// How long it took to deduplicate.
    pub working: Duration,
}

/// Deduplicates the published sample `ingest`, `share` of the documents of a run, and leaves it uncommitted.
///
/// # Errors
///
/// As [`super::run`].
pub fn pilot(
    session: &Session,
    ingest: &Published,
    sources: &[String],
    config: &DedupConfig,
    base: &Path,
    share: f64,
) -> Result<Pilot, DedupError> {
    let started = Instant::now();
    let files = evaluation::files(config, base)?;
    let recipe = digest(sources, config, &files, &Earlier::default())?;
    let request = StageRequest { stage: Stage::Dedup, revision: REVISION, recipe, inputs: ingest.digest()? };
    let Begin::Work(work) = session.begin(&request)? else {
        let path = session.store().url().to_string();
        return Err(EngineError::Damaged { path, what: "a plan needs a folder of its own".to_owned() }.into());
    };
    let index = evaluation::index(session, &config.decontaminate, &files)?;
    let reading_items = started.elapsed();
    let started = Instant::now();
    let (_, details) = deduplicate(&work, &Corpus::of(ingest), &Rules::new(config, sources), index.as_ref())?;
    let working = started.elapsed();
    let reports = work.stored_reports()?;
    let semantic_spread = spread(&work, &reports, "close-pairs", share)?;
    let spread = spread(&work, &reports, "pairs", share)?;
    let semantic_signature_bytes = match &config.semantic {
        Some(semantic) => semantic.solve()?.bits().div_ceil(8) as u64,
        None => 0,
    };
    Ok(Pilot { reports, details, spread, semantic_spread, semantic_signature_bytes, reading_items, working })
}

/// Shingle sets or embeddings that would be gathered if a task had as small a share of the pairs as it will have in the run,
/// over those that were.
fn spread(
    work: &StageWork<'_>,
    reports: &BTreeMap<String, Vec<UnitReport>>,
    phase: &str,
    share: f64,
) -> Result<f64, DedupError> {
    let Some(pairs) = reports.get(phase).and_then(|reports| reports.first()) else { return Ok(1.0) };
    let task_pairs = ((TASK_PAIRS as f64 * share).ceil() as usize).max(1);
    let path = scratch_path(work, pairs)?;
    let (mut as_here, mut as_in_run) = (HashSet::new(), HashSet::new());
    let mut at = 0;
    for batch in work.session().read_scratch(&path, None, None)? {
        let batch = batch?;
        let rows = Rows::of(&batch, &path);
        for (least, key) in rows.u64(column::LEAST)?.values().iter().zip(rows.u64(column::KEY)?.values()) {
            as_here.extend([(*least, at / TASK_PAIRS), (*key, at / TASK_PAIRS)]);
            as_in_run.extend([(*least, at / task_pairs), (*key, at / task_pairs)]);
            at += 1;
        }
    }
    Ok(if as_here.is_empty() { 1.0 } else { as_in_run.len() as f64 / as_here.len() as f64 })
}

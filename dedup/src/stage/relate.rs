use super::keyed::{Index, KeyedWriter};
use super::lines::Verdicts;
use super::{phase, scratch_path};
use crate::lines::LinesConfig;
use crate::{DedupError, plan, scratch};
use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::BatchCoalescer;
use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt;
use malmoi_engine::{Session, StageWork, UnitOutput, UnitReport};
use malmoi_schemas::FileSet;
use serde::Serialize;
use std::sync::Arc;

/// Pairs that one unit compares: few enough that the shingles of twice as many documents fit its memory, whatever
/// documents they are.
pub(super) const TASK_PAIRS: usize = 4096;

#[derive(Serialize)]
struct Facts {
    index: Index,
}

/// Lines that are to be cut, from all parts of lines.
pub(super) fn repeated(
    work: &StageWork<'_>,
    context: SessionContext,
    counted: &[UnitReport],
    config: &LinesConfig,
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, counted)?;
    let of_site = config.min_site_documents.get() as u64;
    let over_all = config.min_documents.map(|least| least.get() as u64);
    work.once(phase("repeated", None), |output| {
        let mut writer = output.create(FileSet::Scratch, scratch::repeated())?;
        let mut verdicts = Verdicts::default();
        let plan = |urls| plan::line_counts(context, urls, of_site, over_all);
        stream(output.session(), &scratch::line_counts(), urls, plan, |batch| {
            Ok(writer.write(&verdicts.of(batch, config)?)?)
        })?;
        Ok(output.finish(writer)?)
    })
}

/// Documents of the same text, from all signature parts, or from parts of postings.
pub(super) fn twins(
    work: &StageWork<'_>,
    context: SessionContext,
    signed: &[UnitReport],
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, signed)?;
    work.once(phase("twins", None), |output| keyed(output, scratch::edges(), urls, |urls| plan::twins(context, urls)))
}

/// Documents of the same address, from all signature parts, or from parts of postings.
pub(super) fn addresses(
    work: &StageWork<'_>,
    context: SessionContext,
    signed: &[UnitReport],
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, signed)?;
    work.once(phase("addresses", None), |output| {
        keyed(output, scratch::edges(), urls, |urls| plan::addresses(context, urls))
    })
}

/// Candidate pairs to be compared, from all band parts, with a key of `first` or more.
pub(super) fn pairs(
    work: &StageWork<'_>,
    context: SessionContext,
    bands: &[UnitReport],
    first: u64,
) -> Result<UnitReport, DedupError> {
    tasks(work, "pairs", urls(work, bands)?, |urls| plan::pairs(context, urls, first))
}

/// The pairs of a plan over some files: each task of [`TASK_PAIRS`] pairs is a row group.
pub(super) fn tasks<F>(
    work: &StageWork<'_>,
    name: &'static str,
    urls: Vec<String>,
    plan: impl FnOnce(Vec<String>) -> F + Send,
) -> Result<UnitReport, DedupError>
where
    F: Future<Output = Result<DataFrame, DataFusionError>>,
{
    work.once(phase(name, None), |output| {
        let (found, schema) = (scratch::edges(), scratch::pairs());
        let mut writer = output.create(FileSet::Scratch, SchemaRef::clone(&schema))?;
        let mut before = 0;
        stream(output.session(), &found, urls, plan, |batch| {
            let mut start = 0;
            while start < batch.num_rows() {
                let length = (TASK_PAIRS - before % TASK_PAIRS).min(batch.num_rows() - start);
                let task = u32::try_from(before / TASK_PAIRS).map_err(|_| DedupError::TooManyPairs)?;
                let mut columns = batch.slice(start, length).columns().to_vec();
                columns.push(Arc::new(UInt32Array::from_value(task, length)));
                let rows = RecordBatch::try_new(SchemaRef::clone(&schema), columns)
                    .map_err(|error| DedupError::Rows { path: name.to_owned(), error })?;
                writer.write(&rows)?;
                (before, start) = (before + length, start + length);
                if before.is_multiple_of(TASK_PAIRS) {
                    writer.end_row_group()?;
                }
            }
            Ok(())
        })?;
        Ok(output.finish(writer)?)
    })
}

/// Which tasks want which document, from the pairs.
pub(super) fn wanted(
    work: &StageWork<'_>,
    context: SessionContext,
    name: &'static str,
    pairs: &UnitReport,
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, std::slice::from_ref(pairs))?;
    work.once(phase(name, None), |output| keyed(output, scratch::wanted(), urls, |urls| plan::wanted(context, urls)))
}

/// Candidates, from all band parts, with a key of `first` or more, that are taken for duplicates as they are.
pub(super) fn edges(
    work: &StageWork<'_>,
    context: SessionContext,
    bands: &[UnitReport],
    first: u64,
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, bands)?;
    work.once(phase("edges", None), |output| {
        let schema = scratch::edges();
        let mut writer = output.create(FileSet::Scratch, SchemaRef::clone(&schema))?;
        let plan = |urls| plan::edges(context, urls, first);
        stream(output.session(), &schema, urls, plan, |batch| Ok(writer.write(batch)?))?;
        Ok(output.finish(writer)?)
    })
}

/// Agreements of near-duplicates with their survivors, from all parts of compared signatures.
pub(super) fn agreements(
    work: &StageWork<'_>,
    context: SessionContext,
    compared: &[UnitReport],
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, compared)?;
    work.once(phase("agree", None), |output| {
        keyed(output, scratch::agreements(), urls, |urls| plan::agreements(context, urls))
    })
}

/// Fingerprints that several documents have, from all parts of fingerprints. `remember` makes the facts of the report from the
/// number of rows and the index.
pub(super) fn shared<F: Serialize>(
    work: &StageWork<'_>,
    context: SessionContext,
    fingerprints: &[UnitReport],
    remember: impl FnOnce(u64, Index) -> F + Send,
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, fingerprints)?;
    work.once(phase("shared", None), |output| {
        let schema = scratch::fingerprints();
        let mut writer = KeyedWriter::new(output.create(FileSet::Scratch, SchemaRef::clone(&schema))?, "a plan");
        stream(output.session(), &schema, urls, |urls| plan::shared(context, urls), |batch| writer.write(batch))?;
        let (writer, index) = writer.into_parts();
        output.set_facts(remember(writer.rows(), index))?;
        Ok(output.finish(writer)?)
    })
}

/// Repeated spans of each document, from all tasks that found some.
pub(super) fn repeats(
    work: &StageWork<'_>,
    context: SessionContext,
    found: &[UnitReport],
    schema: SchemaRef,
) -> Result<UnitReport, DedupError> {
    let urls = urls(work, found)?;
    work.once(phase("spans", None), |output| keyed(output, schema, urls, |urls| plan::repeats(context, urls)))
}

/// Writes a plan's rows, which come sorted by key, so that each input part's share can be read alone.
pub(super) fn keyed<F>(
    output: &mut UnitOutput<'_>,
    schema: SchemaRef,
    urls: Vec<String>,
    plan: impl FnOnce(Vec<String>) -> F,
) -> Result<(), DedupError>
where
    F: Future<Output = Result<DataFrame, DataFusionError>>,
{
    let mut writer = KeyedWriter::new(output.create(FileSet::Scratch, SchemaRef::clone(&schema))?, "a plan");
    stream(output.session(), &schema, urls, plan, |batch| writer.write(batch))?;
    let (writer, index) = writer.into_parts();
    output.set_facts(Facts { index })?;
    Ok(output.finish(writer)?)
}

/// Runs a plan over Parquet files and hands over its rows as they come.
fn stream<F>(
    session: &Session,
    schema: &SchemaRef,
    urls: Vec<String>,
    plan: impl FnOnce(Vec<String>) -> F,
    mut take: impl FnMut(&RecordBatch) -> Result<(), DedupError>,
) -> Result<(), DedupError>
where
    F: Future<Output = Result<DataFrame, DataFusionError>>,
{
    // A corpus without documents has no parts, and a plan over no files no columns.
    if urls.is_empty() {
        return Ok(());
    }
    let mut batches = session.block_on(async { plan(urls).await?.execute_stream().await })?;
    while let Some(batch) = session.block_on(batches.next()) {
        session.cancel().check()?;
        let columns = batch?.columns().to_vec();
        let batch = RecordBatch::try_new(SchemaRef::clone(schema), columns)
            .map_err(|error| DedupError::Rows { path: "a plan".to_owned(), error })?;
        take(&batch)?;
    }
    Ok(())
}

/// The same in batches of `rows` rows but for the last, whatever the plan's: what is written of them is then the same however
/// the plan ran.
pub(super) fn stream_even<F>(
    session: &Session,
    schema: &SchemaRef,
    urls: Vec<String>,
    rows: usize,
    plan: impl FnOnce(Vec<String>) -> F,
    mut take: impl FnMut(&RecordBatch) -> Result<(), DedupError>,
) -> Result<(), DedupError>
where
    F: Future<Output = Result<DataFrame, DataFusionError>>,
{
    let failed = |error| DedupError::Rows { path: "a plan".to_owned(), error };
    let mut even = BatchCoalescer::new(SchemaRef::clone(schema), rows);
    stream(session, schema, urls, plan, |batch| {
        even.push_batch(batch.clone()).map_err(failed)?;
        while let Some(batch) = even.next_completed_batch() {
            take(&batch)?;
        }
        Ok(())
    })?;
    even.finish_buffered_batch().map_err(failed)?;
    even.next_completed_batch().map_or(Ok(()), |batch| take(&batch))
}

/// URLs of the scratch parts that reports tell of.
pub(super) fn urls(work: &StageWork<'_>, reports: &[UnitReport]) -> Result<Vec<String>, DedupError> {
    let store = work.session().store();
    reports.iter().map(|report| Ok(store.url_of(&scratch_path(work, report)?))).collect()
}

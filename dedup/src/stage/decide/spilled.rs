//! Clusters of more duplicates than fit in memory: the same decisions by plans, round after round.

use super::{BATCH_ROWS, Edges, Facts};
use crate::scratch;
use crate::stage::keyed::KeyedWriter;
use crate::stage::relate::stream_even;
use crate::stage::rows::Rows;
use crate::stage::{DECISIONS, Rules, phase, scratch_path};
use crate::{DedupError, plan, scratch::column};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use malmoi_engine::{StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::column::CLUSTER_SIZE;
use malmoi_schemas::{DedupDetails, FileSet};

/// Decides as [`super::once`] does, for the documents of one run alone.
pub(super) fn once(
    work: &StageWork<'_>,
    rules: &Rules,
    edges: &Edges,
    signatures: &[String],
) -> Result<UnitReport, DedupError> {
    let stars = stars(work, edges)?;
    let session = work.session();
    let url = |path: &str| session.store().url_of(path);
    work.once(phase("decide", None), |output| {
        let schema = scratch::decisions(rules.config.keep.width());
        let mut writer =
            KeyedWriter::new(rules.create_kept(output, DECISIONS, SchemaRef::clone(&schema))?, "decisions");
        let mut details = exact_clusters(output, edges)?;
        let context = session.context()?;
        let plan = |stars| {
            let (texts, addresses) = (edges.texts.as_deref().map(url), edges.addresses.as_deref().map(url));
            let signatures = signatures.iter().map(|path| url(path)).collect();
            plan::decisions(context, stars, texts, addresses, signatures)
        };
        stream_even(session, &schema, vec![url(&stars)], BATCH_ROWS, plan, |batch| {
            count(&mut details, batch)?;
            writer.write(batch)
        })?;
        let (writer, index) = writer.into_parts();
        output.finish(writer)?;
        Ok::<_, DedupError>(output.set_facts(Facts { index, details })?)
    })
}

/// The path of the components as stars: edges are contracted until a round changes nothing.
fn stars(work: &StageWork<'_>, edges: &Edges) -> Result<String, DedupError> {
    let mut paths: Vec<String> = edges.all().map(str::to_owned).collect();
    let mut before = None;
    for round in 0.. {
        let units = std::iter::once(Ok(Contract { round, edges: &paths }));
        let reports = work.map(phase("contract", None), units)?;
        let hash = reports.iter().flat_map(|report| &report.files).map(|file| file.blake3).next();
        paths = reports.iter().map(|report| scratch_path(work, report)).collect::<Result<_, _>>()?;
        if hash == before {
            break;
        }
        before = hash;
    }
    Ok(paths.swap_remove(0))
}

struct Contract<'a> {
    round: u32,
    edges: &'a [String],
}

impl Unit for Contract<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        format!("{:03}", self.round)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let session = output.session();
        let context = session.context()?;
        let urls = self.edges.iter().map(|path| session.store().url_of(path)).collect();
        let schema = scratch::edges();
        let mut writer = output.create(FileSet::Scratch, SchemaRef::clone(&schema))?;
        let plan = |urls| plan::contract(context, urls);
        stream_even(session, &schema, urls, BATCH_ROWS, plan, |batch| Ok(writer.write(batch)?))?;
        Ok(output.finish(writer)?)
    }
}

/// Clusters of the same text: the distinct least keys of their stars.
fn exact_clusters(output: &UnitOutput<'_>, edges: &Edges) -> Result<DedupDetails, DedupError> {
    let mut details = DedupDetails::default();
    let Some(texts) = &edges.texts else { return Ok(details) };
    let session = output.session();
    let context = session.context()?;
    let plan = |urls| plan::centres(context, urls);
    stream_even(session, &scratch::centres(), vec![session.store().url_of(texts)], BATCH_ROWS, plan, |batch| {
        details.exact_clusters += batch.num_rows() as u64;
        Ok(())
    })?;
    Ok(details)
}

/// Counts the clusters whose survivors are among some decisions.
fn count(details: &mut DedupDetails, decisions: &RecordBatch) -> Result<(), DedupError> {
    let rows = Rows::of(decisions, "decisions");
    let (keys, survivors) = (rows.u64(column::KEY)?, rows.u64(column::SURVIVOR)?);
    let (sizes, compared) = (rows.u32(CLUSTER_SIZE)?, rows.flag(column::COMPARED)?);
    for row in (0..keys.len()).filter(|&row| keys.value(row) == survivors.value(row)) {
        // A survivor is compared where its cluster has another text.
        details.near_clusters += u64::from(compared.value(row));
        details.largest_cluster = details.largest_cluster.max(u64::from(sizes.value(row)));
    }
    Ok(())
}

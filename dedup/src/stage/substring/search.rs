use super::pieces::Facts;
use super::{Division, check_memory};
use crate::scratch::{self, column};
use crate::stage::rows::Rows;
use crate::stage::{Rules, keyed, phase, scratch_path};
use crate::substring::{Document, Repeat, SubstringConfig, repeats, tasks};
use crate::{DedupError, Rank};
use arrow::array::{Array, FixedSizeBinaryBuilder, RecordBatch, UInt32Array, UInt64Array};
use malmoi_engine::{Phase, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{ByteSize, FileSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Looks for repeats in every group: a report for each task.
pub(super) fn map(
    work: &StageWork<'_>,
    rules: &Rules,
    config: &SubstringConfig,
    sent: &[UnitReport],
    division: Division,
) -> Result<Vec<UnitReport>, DedupError> {
    let groups = Groups::of(work, sent, division)?;
    let most = groups.tasks().map(|task| task.memory()).max().unwrap_or(0);
    check_memory(work.session().memory(), most)?;
    let units = groups.tasks().map(|task| Ok(Search { task, paths: &groups.paths, rules, config }));
    work.map(Phase { unit_memory: ByteSize(most), ..phase("repeats", None) }, units)
}

/// Where pieces lie.
#[derive(Debug, Clone, Copy)]
struct RowGroup {
    part: usize,
    number: usize,
    memory: u64,
}

/// Everything that was sent to each group.
struct Groups {
    paths: Vec<String>,
    by_group: BTreeMap<u32, Vec<RowGroup>>,
    division: Division,
}

impl Groups {
    fn of(work: &StageWork<'_>, sent: &[UnitReport], division: Division) -> Result<Self, DedupError> {
        let paths = sent.iter().map(|report| scratch_path(work, report)).collect::<Result<_, _>>()?;
        let mut by_group = BTreeMap::<u32, Vec<RowGroup>>::new();
        for (part, report) in sent.iter().enumerate() {
            let Facts { row_groups } = keyed::facts(work, report)?;
            for (number, (group, memory)) in row_groups.into_iter().enumerate() {
                by_group.entry(group).or_default().push(RowGroup { part, number, memory });
            }
        }
        Ok(Self { paths, by_group, division })
    }

    /// The tasks of all groups, made group by group: those of one group at a time are held.
    fn tasks(&self) -> impl Iterator<Item = Task> {
        self.by_group.iter().flat_map(|(&group, row_groups)| {
            let sizes: Vec<u64> = row_groups.iter().map(|row_group| row_group.memory).collect();
            let of = |task: Vec<usize>| task.into_iter().map(|at| row_groups[at]).collect();
            let tasks = tasks(&sizes, self.division.memory).into_iter().zip(0..);
            tasks.map(move |(task, number)| Task { group, number, row_groups: of(task) })
        })
    }
}

/// Pieces to be searched together.
struct Task {
    group: u32,
    /// Number among the tasks of the group.
    number: u64,
    row_groups: Vec<RowGroup>,
}

impl Task {
    fn memory(&self) -> u64 {
        self.row_groups.iter().map(|row_group| row_group.memory).sum()
    }
}

/// A document by its rank, and its key.
type Owner = (Rank, u64);

/// A stretch of a document.
struct Piece<'a> {
    owner: Owner,
    first: u32,
    text: &'a str,
}

/// Searches the pieces of one task.
struct Search<'a> {
    task: Task,
    paths: &'a [String],
    rules: &'a Rules,
    config: &'a SubstringConfig,
}

impl Unit for Search<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        format!("{:010}-{:010}", self.task.group, self.task.number)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let rank_bytes = self.rules.config.keep.width();
        let mut writer = output.create(FileSet::Scratch, scratch::repeats(rank_bytes))?;
        let batches = self.load(output)?;
        let pieces = self.pieces(&batches)?;
        let mut order: Vec<Owner> = pieces.iter().map(|piece| piece.owner).collect();
        order.sort_unstable();
        order.dedup();
        // A document's place in the order of ranks stands for it: the search compares two at every step.
        let place = |owner| order.partition_point(|&other| other < owner) as u64;
        let documents = pieces.iter().map(|piece| {
            let Piece { owner, first, text } = *piece;
            Document { key: place(owner), first, text }
        });
        let part: Vec<Document<'_>> = documents.collect();
        let found = repeats(&part, self.config.min_characters.get())?;
        output.check_cancelled()?;
        writer.write(&rows(&found, &order, rank_bytes)?)?;
        Ok(output.finish(writer)?)
    }
}

impl Search<'_> {
    fn load(&self, output: &UnitOutput<'_>) -> Result<Vec<(&str, RecordBatch)>, DedupError> {
        let mut batches = Vec::new();
        for row_group in &self.task.row_groups {
            let path = self.paths[row_group.part].as_str();
            for batch in output.session().read_scratch(path, None, Some(vec![row_group.number]))? {
                output.check_cancelled()?;
                batches.push((path, batch?));
            }
        }
        Ok(batches)
    }

    fn pieces<'b>(&self, batches: &'b [(&str, RecordBatch)]) -> Result<Vec<Piece<'b>>, DedupError> {
        let mut pieces = Vec::new();
        for (path, batch) in batches {
            let rows = Rows::of(batch, path);
            let (keys, ranks) = (rows.u64(column::KEY)?, rows.bytes(column::RANK)?);
            let (firsts, texts) = (rows.u32(column::FIRST)?, rows.text(column::TEXT)?);
            for row in 0..batch.num_rows() {
                let rank = Rank::from_slice(ranks.value(row))
                    .ok_or_else(|| DedupError::Column { path: (*path).to_owned(), column: column::RANK })?;
                let owner = (rank, keys.value(row));
                pieces.push(Piece { owner, first: firsts.value(row), text: texts.value(row) });
            }
        }
        Ok(pieces)
    }
}

/// What was found, in the columns of [`scratch::repeats`]. Documents are places in `order`.
fn rows(found: &[(u64, Vec<Repeat>)], order: &[Owner], rank_bytes: usize) -> Result<RecordBatch, DedupError> {
    let failed = |error| DedupError::Rows { path: "repeats".to_owned(), error };
    let spans = || found.iter().flat_map(|(document, spans)| spans.iter().map(move |span| (*document, span)));
    let schema = scratch::repeats(rank_bytes);
    // None at all is a column too.
    let mut copies = FixedSizeBinaryBuilder::new(i32::try_from(rank_bytes).unwrap_or(i32::MAX));
    for (_, span) in spans() {
        copies.append_value(order[span.of as usize].0.as_slice()).map_err(failed)?;
    }
    let columns: Vec<Arc<dyn Array>> = vec![
        Arc::new(UInt64Array::from_iter_values(spans().map(|(document, _)| order[document as usize].1))),
        Arc::new(UInt32Array::from_iter_values(spans().map(|(_, span)| span.eojeol.start))),
        Arc::new(UInt32Array::from_iter_values(spans().map(|(_, span)| span.eojeol.end))),
        Arc::new(copies.finish()),
    ];
    RecordBatch::try_new(schema, columns).map_err(failed)
}

//! Candidates held to the threshold. Pairs are cut into tasks; a pass over the documents sends the shingles of each candidate,
//! or its embedding, to the tasks that want them, and runs of tasks whose share fits in memory are compared there. Nothing
//! wide is sorted or joined.

mod part;
mod shingles;

pub(super) use part::CandidatePart;

use super::edit::Edits;
use super::keyed::{self, KeyedPart};
use super::relate::{self, TASK_PAIRS};
use super::rows::Rows;
use super::{Corpus, Rules, phase, scratch_path};
use crate::DedupError;
use crate::scratch::{self, column};
use arrow::array::{Array, AsArray, Float32Array, ListBuilder, RecordBatch, UInt32Array, UInt32Builder, UInt64Array};
use arrow::datatypes::{DataType, Field, SchemaRef, UInt32Type};
use datafusion::prelude::SessionContext;
use malmoi_engine::{EngineError, Phase, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{ByteSize, FileSet};
use serde::{Deserialize, Serialize};
use shingles::ByShingles;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Shingles of the tasks that one unit compares, unless one task has more. Each unit opens every part of sets: with a unit
/// for each task, whatever it holds, opening would grow with the square of the corpus.
const UNIT_SHINGLES: u64 = 1 << 25;

/// Shingles in a row group of a part of sets: what is read in vain at either end of a unit's share.
const GROUP_SHINGLES: u64 = 1 << 15;

/// What candidates are held to: what is gathered of each, and what makes two of them alike.
pub(super) trait Comparison: Sync {
    /// Names of the phases that say what is wanted, gather it and compare it.
    const PHASES: [&'static str; 3];
    /// Whether text is read to gather it.
    const READS_TEXT: bool;
    /// Whether edges carry how alike the two are.
    const SCORED: bool;

    /// What a task holds at most.
    fn task_memory(&self) -> ByteSize;

    /// Gathers what is wanted of one part's candidates.
    fn gather(
        &self,
        output: &UnitOutput<'_>,
        part: &CandidatePart<'_>,
        wanted: &Wanted,
        gathered: &mut Gathered,
    ) -> Result<(), DedupError>;

    /// How alike two documents are, if they are alike enough.
    fn score(&self, left: &Held, right: &Held) -> Option<f32>;
}

/// The tasks that want each of a part's candidates.
pub(super) type Wanted = HashMap<u64, Vec<u32>>;

/// What a task holds of a document.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// How often the range of shingle hashes was halved.
    pub(super) halvings: u32,
    /// Hashes of shingles, or the bits of a vector's numbers.
    pub(super) words: Vec<u32>,
}

/// The pairs that are near-duplicates: a report for each run of tasks.
pub(super) fn map(
    work: &StageWork<'_>,
    context: SessionContext,
    corpus: &Corpus,
    rules: &Rules,
    edits: Option<&Edits>,
    pairs: &UnitReport,
) -> Result<Vec<UnitReport>, DedupError> {
    compare(work, context, corpus, &ByShingles { rules }, edits, pairs)
}

/// The pairs that are alike: a report for each run of tasks.
pub(super) fn compare<C: Comparison>(
    work: &StageWork<'_>,
    context: SessionContext,
    corpus: &Corpus,
    comparison: &C,
    edits: Option<&Edits>,
    pairs: &UnitReport,
) -> Result<Vec<UnitReport>, DedupError> {
    let [wanting, gathering, verifying] = C::PHASES;
    let wanted = relate::wanted(work, context, wanting, pairs)?;
    let wanted = KeyedPart::open(work, &wanted)?;
    let wanted = &wanted;
    let earlier = &corpus.earlier;
    let old = wanted.parts_before(earlier.parts()).into_iter().filter_map(|ordinal| {
        let run = earlier.run_of(ordinal)?;
        let (name, path, edits) = (format!("earlier-{ordinal:05}"), run.text(ordinal), run.edits(ordinal));
        let part = CandidatePart { ordinal, name, session: &run.session, path, bytes: 0, edits };
        Some(Ok(Gather { part, comparison, wanted }))
    });
    let own = corpus.parts.iter().map(|part| {
        let edits = edits.map(|edits| edits.of_part(work, part.ordinal)).transpose()?;
        let (ordinal, name, session) = (part.ordinal, part.name.clone(), work.session());
        let part = CandidatePart { ordinal, name, session, path: &part.path, bytes: part.bytes, edits };
        Ok(Gather { part, comparison, wanted })
    });
    let gathered = work.map(phase(gathering, C::READS_TEXT.then(|| corpus.bytes())), old.chain(own))?;
    let sets = Sets::of(work, &gathered)?;
    let count = pairs.files.iter().map(|file| file.rows).sum::<u64>().div_ceil(TASK_PAIRS as u64);
    let pairs = scratch_path(work, pairs)?;
    let units =
        sets.runs(count as u32).into_iter().map(|tasks| Ok(Compare { tasks, comparison, pairs: &pairs, sets: &sets }));
    let unit_memory = comparison.task_memory().max(ByteSize(UNIT_SHINGLES * size_of::<u32>() as u64));
    work.map(Phase { unit_memory, ..phase(verifying, None) }, units)
}

/// What a part of shingle sets holds.
#[derive(Default, Serialize, Deserialize)]
struct Facts {
    /// First and last task of each row group.
    groups: Vec<(u32, u32)>,
    /// Shingles for each task.
    shingles: Vec<(u32, u64)>,
}

/// Gathers what is wanted of one part's candidates.
struct Gather<'a, C> {
    part: CandidatePart<'a>,
    comparison: &'a C,
    wanted: &'a KeyedPart<'a>,
}

impl<C: Comparison> Unit for Gather<'_, C> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        if C::READS_TEXT { self.part.bytes } else { 0 }
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let wanted = self.wanted()?;
        let mut gathered = Gathered::default();
        let mut writer = output.create(FileSet::Scratch, scratch::sets())?;
        if !wanted.is_empty() {
            self.comparison.gather(output, &self.part, &wanted, &mut gathered)?;
        }
        let mut facts = Facts::default();
        let (mut first, mut in_group) = (None, 0);
        for (&task, sets) in &gathered.by_task {
            writer.write(&gathered.rows(task, sets, self.part.path)?)?;
            let shingles = gathered.shingles_of(sets);
            facts.shingles.push((task, shingles));
            in_group += shingles;
            let from = *first.get_or_insert(task);
            if in_group >= GROUP_SHINGLES {
                writer.end_row_group()?;
                facts.groups.push((from, task));
                (first, in_group) = (None, 0);
            }
        }
        facts.groups.extend(first.zip(gathered.by_task.keys().next_back().copied()));
        output.set_facts(facts)?;
        Ok(output.finish(writer)?)
    }
}

impl<C> Gather<'_, C> {
    fn wanted(&self) -> Result<Wanted, DedupError> {
        let mut wanted = Wanted::new();
        for batch in self.wanted.share(self.part.ordinal, &[column::KEY, column::TASK])? {
            let batch = batch?;
            let rows = Rows::of(&batch, self.wanted.path());
            let (keys, tasks) = (rows.u64(column::KEY)?, rows.u32(column::TASK)?);
            for (&key, &task) in keys.values().iter().zip(tasks.values()) {
                wanted.entry(key).or_default().push(task);
            }
        }
        Ok(wanted)
    }
}

/// What was gathered of a part's candidates, each once, and who wants it.
#[derive(Default)]
pub(super) struct Gathered {
    sets: Vec<(u64, Held)>,
    by_task: BTreeMap<u32, Vec<usize>>,
}

impl Gathered {
    pub(super) fn add(&mut self, key: u64, held: Held, tasks: &[u32]) {
        tasks.iter().for_each(|&task| self.by_task.entry(task).or_default().push(self.sets.len()));
        self.sets.push((key, held));
    }

    fn shingles_of(&self, wanted: &[usize]) -> u64 {
        wanted.iter().map(|&at| self.sets[at].1.words.len() as u64).sum()
    }

    fn rows(&self, task: u32, wanted: &[usize], path: &str) -> Result<RecordBatch, DedupError> {
        let sets = || wanted.iter().map(|&at| &self.sets[at]);
        let item = Field::new_list_field(DataType::UInt32, false);
        let mut lists = ListBuilder::new(UInt32Builder::new()).with_field(item);
        for (_, held) in sets() {
            lists.values().append_slice(&held.words);
            lists.append(true);
        }
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(UInt32Array::from_value(task, wanted.len())),
            Arc::new(UInt64Array::from_iter_values(sets().map(|(key, _)| *key))),
            Arc::new(UInt32Array::from_iter_values(sets().map(|(_, held)| held.halvings))),
            Arc::new(lists.finish()),
        ];
        let schema: SchemaRef = scratch::sets();
        RecordBatch::try_new(schema, columns).map_err(|error| DedupError::Rows { path: path.to_owned(), error })
    }
}

/// Where the sets lie that tasks want.
struct Sets {
    /// For each part, its path, and first and last task of each of its row groups.
    parts: Vec<(String, Vec<(u32, u32)>)>,
    /// Shingles for each task, over all parts.
    shingles: BTreeMap<u32, u64>,
}

impl Sets {
    fn of(work: &StageWork<'_>, gathered: &[UnitReport]) -> Result<Self, DedupError> {
        let (mut parts, mut shingles) = (Vec::with_capacity(gathered.len()), BTreeMap::new());
        for report in gathered {
            let facts: Facts = keyed::facts(work, report)?;
            facts.shingles.iter().for_each(|&(task, count)| *shingles.entry(task).or_insert(0) += count);
            parts.push((scratch_path(work, report)?, facts.groups));
        }
        Ok(Self { parts, shingles })
    }

    /// `count` tasks in runs that a unit compares.
    fn runs(&self, count: u32) -> Vec<Range<u32>> {
        let mut runs: Vec<Range<u32>> = Vec::new();
        let mut held = 0;
        for task in 0..count {
            let wanted = self.shingles.get(&task).copied().unwrap_or(0);
            match runs.last_mut() {
                Some(run) if held + wanted <= UNIT_SHINGLES => run.end = task + 1,
                _ => {
                    runs.push(task..task + 1);
                    held = 0;
                }
            }
            held += wanted;
        }
        runs
    }
}

/// Compares the pairs of a run of tasks.
struct Compare<'a, C> {
    tasks: Range<u32>,
    comparison: &'a C,
    pairs: &'a str,
    sets: &'a Sets,
}

impl<C: Comparison> Unit for Compare<'_, C> {
    type Error = DedupError;

    fn name(&self) -> String {
        format!("{:010}", self.tasks.start)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let sets = self.load(output)?;
        let schema = if C::SCORED { scratch::scored_edges() } else { scratch::edges() };
        let mut writer = output.create(FileSet::Scratch, SchemaRef::clone(&schema))?;
        let session = output.session();
        let groups = self.tasks.clone().map(|task| task as usize).collect();
        for batch in session.read_scratch(self.pairs, None, Some(groups))? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, self.pairs);
            let (least, keys) = (rows.u64(column::LEAST)?, rows.u64(column::KEY)?);
            let (mut alike_least, mut alike_keys, mut scores) = (Vec::new(), Vec::new(), Vec::new());
            for (&left, &right) in least.values().iter().zip(keys.values()) {
                let (held, other) = (held_of(&sets, left, self.pairs)?, held_of(&sets, right, self.pairs)?);
                if let Some(score) = self.comparison.score(held, other) {
                    alike_least.push(left);
                    alike_keys.push(right);
                    scores.push(score);
                }
            }
            let mut columns: Vec<Arc<dyn Array>> =
                vec![Arc::new(UInt64Array::from(alike_least)), Arc::new(UInt64Array::from(alike_keys))];
            if C::SCORED {
                columns.push(Arc::new(Float32Array::from(scores)));
            }
            writer.write(&rows.assemble(&schema, columns)?)?;
        }
        Ok(output.finish(writer)?)
    }
}

impl<C> Compare<'_, C> {
    fn load(&self, output: &UnitOutput<'_>) -> Result<HashMap<u64, Held>, DedupError> {
        let mut sets = HashMap::new();
        for (path, groups) in &self.sets.parts {
            let overlaps =
                |&(_, &(first, last)): &(usize, &(u32, u32))| first < self.tasks.end && last >= self.tasks.start;
            let wanted: Vec<usize> = groups.iter().enumerate().filter(overlaps).map(|(group, _)| group).collect();
            if wanted.is_empty() {
                continue;
            }
            for batch in output.session().read_scratch(path, None, Some(wanted))? {
                output.check_cancelled()?;
                self.take(&batch?, path, &mut sets)?;
            }
        }
        Ok(sets)
    }

    /// Takes the sets that some task of the run wants, each once.
    fn take(&self, batch: &RecordBatch, path: &str, sets: &mut HashMap<u64, Held>) -> Result<(), DedupError> {
        let rows = Rows::of(batch, path);
        let (tasks, keys) = (rows.u32(column::TASK)?, rows.u64(column::KEY)?);
        let halvings = rows.u32(column::HALVINGS)?;
        let missing = || DedupError::Column { path: path.to_owned(), column: column::SHINGLES };
        let lists = rows.array(column::SHINGLES)?.as_list_opt::<i32>().ok_or_else(missing)?;
        for (row, (task, &key)) in tasks.values().iter().zip(keys.values()).enumerate() {
            if self.tasks.contains(task) && !sets.contains_key(&key) {
                let list = lists.value(row);
                let hashes = list.as_primitive_opt::<UInt32Type>().ok_or_else(missing)?;
                sets.insert(key, Held { halvings: halvings.value(row), words: hashes.values().to_vec() });
            }
        }
        Ok(())
    }
}

fn held_of<'a>(sets: &'a HashMap<u64, Held>, key: u64, pairs: &str) -> Result<&'a Held, EngineError> {
    sets.get(&key).ok_or_else(|| EngineError::Damaged {
        path: pairs.to_owned(),
        what: format!("nothing was gathered of document {key:#x}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_task_is_compared_once_and_runs_fit(wanted in prop::collection::btree_map(0u32..40, 0..2 * UNIT_SHINGLES, 0..30)) {
            let sets = Sets { parts: Vec::new(), shingles: wanted.clone() };
            let runs = sets.runs(40);
            let tasks: Vec<u32> = runs.iter().cloned().flatten().collect();
            prop_assert_eq!(tasks, (0..40).collect::<Vec<_>>());
            for run in runs {
                let held: u64 = wanted.range(run.clone()).map(|(_, shingles)| shingles).sum();
                prop_assert!(held <= UNIT_SHINGLES || run.len() == 1, "{run:?} holds {held}");
            }
        }
    }
}

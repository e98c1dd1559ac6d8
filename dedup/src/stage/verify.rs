//! Candidates held to the threshold. Pairs are cut into tasks; a pass over the text sends the shingles of each candidate to
//! the tasks that want them, and runs of tasks whose shingles fit in memory are compared there. Nothing wide is sorted or
//! joined.

use super::edit::{EditReader, Edited, Edits};
use super::keyed::{self, KeyedPart};
use super::relate::{self, TASK_PAIRS};
use super::rows::Rows;
use super::{Corpus, Rules, phase, scratch_path};
use crate::scratch::{self, column};
use crate::similarity::{HALVED_ABOVE, at_halvings};
use crate::{DedupError, Eojeol, ShingleSet, Shingles, Verify, containment, jaccard_at_least};
use arrow::array::{Array, AsArray, ListBuilder, RecordBatch, UInt32Array, UInt32Builder, UInt64Array};
use arrow::datatypes::{DataType, Field, SchemaRef, UInt32Type};
use datafusion::prelude::SessionContext;
use malmoi_engine::{EngineError, Phase, Session, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{ByteSize, DOCUMENTS, FileSet, column as documents};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// What a task holds at most: the shingles of two documents for each pair.
const TASK_MEMORY: ByteSize = ByteSize((2 * TASK_PAIRS * HALVED_ABOVE * size_of::<u32>()) as u64);

/// Shingles of the tasks that one unit compares, unless one task has more. Each unit opens every part of sets: with a unit
/// for each task, whatever it holds, opening would grow with the square of the corpus.
const UNIT_SHINGLES: u64 = 1 << 25;

/// Shingles in a row group of a part of sets: what is read in vain at either end of a unit's share.
const GROUP_SHINGLES: u64 = 1 << 15;

/// The pairs that are near-duplicates: a report for each run of tasks.
pub(super) fn map(
    work: &StageWork<'_>,
    context: SessionContext,
    corpus: &Corpus,
    rules: &Rules,
    edits: Option<&Edits>,
    pairs: &UnitReport,
) -> Result<Vec<UnitReport>, DedupError> {
    let wanted = relate::wanted(work, context, pairs)?;
    let wanted = KeyedPart::open(work, &wanted)?;
    let earlier = &corpus.earlier;
    let old = wanted.parts_before(earlier.parts()).into_iter().filter_map(|ordinal| {
        let run = earlier.run_of(ordinal)?;
        Some(Ok(Gather {
            ordinal,
            name: format!("earlier-{ordinal:05}"),
            session: &run.session,
            path: run.text(ordinal),
            bytes: 0,
            rules,
            edits: run.edits(ordinal),
            wanted: &wanted,
        }))
    });
    let own = corpus.parts.iter().map(|part| {
        Ok(Gather {
            ordinal: part.ordinal,
            name: part.name.clone(),
            session: work.session(),
            path: &part.path,
            bytes: part.bytes,
            rules,
            edits: edits.map(|edits| edits.of_part(work, part.ordinal)).transpose()?,
            wanted: &wanted,
        })
    });
    let gathered = work.map(phase("gather", Some(corpus.bytes())), old.chain(own))?;
    let sets = Sets::of(work, &gathered)?;
    let count = pairs.files.iter().map(|file| file.rows).sum::<u64>().div_ceil(TASK_PAIRS as u64);
    let pairs = scratch_path(work, pairs)?;
    let units =
        sets.runs(count as u32).into_iter().map(|tasks| Ok(Compare { tasks, rules, pairs: &pairs, sets: &sets }));
    work.map(Phase { unit_memory: TASK_MEMORY, ..phase("verify", None) }, units)
}

/// What a part of shingle sets holds.
#[derive(Default, Serialize, Deserialize)]
struct Facts {
    /// First and last task of each row group.
    groups: Vec<(u32, u32)>,
    /// Shingles for each task.
    shingles: Vec<(u32, u64)>,
}

/// Makes the shingle sets of one part's candidates, which may be of an earlier run.
struct Gather<'a> {
    ordinal: u32,
    name: String,
    /// Of the run that the part is of.
    session: &'a Session,
    path: &'a str,
    bytes: u64,
    rules: &'a Rules,
    edits: Option<String>,
    wanted: &'a KeyedPart<'a>,
}

impl Unit for Gather<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let wanted = self.wanted()?;
        let mut gathered = Gathered::new(self.rules.shingles());
        let mut writer = output.create(FileSet::Scratch, scratch::sets())?;
        self.gather(output, &wanted, &mut gathered)?;
        let mut facts = Facts::default();
        let (mut first, mut in_group) = (None, 0);
        for (&task, sets) in &gathered.by_task {
            writer.write(&gathered.rows(task, sets, self.path)?)?;
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

impl Gather<'_> {
    /// Reads the row groups that hold a candidate.
    fn gather(
        &self,
        output: &UnitOutput<'_>,
        wanted: &HashMap<u64, Vec<u32>>,
        gathered: &mut Gathered,
    ) -> Result<(), DedupError> {
        let mut edits = EditReader::open(self.session, self.edits.clone())?;
        let mut rows_before = 0;
        for (at, group) in self.session.row_groups(self.path, None)?.into_iter().enumerate() {
            let mut next_row = rows_before as u32;
            rows_before += group.rows;
            let keys = scratch::Key::new(self.ordinal, next_row)..scratch::Key::new(self.ordinal, rows_before as u32);
            if !wanted.keys().any(|&key| keys.contains(&scratch::Key(key))) {
                continue;
            }
            for batch in self.session.read_row_groups(self.path, DOCUMENTS, Some(&[documents::TEXT]), vec![at])? {
                output.check_cancelled()?;
                let batch = batch?;
                let texts = Rows::of(&batch, self.path).text(documents::TEXT)?;
                for row in 0..batch.num_rows() {
                    let key = scratch::Key::new(self.ordinal, next_row);
                    next_row += 1;
                    let Some(tasks) = wanted.get(&key.0) else { continue };
                    let text = match edits.of(key)? {
                        Edited::Text { text, .. } => text,
                        Edited::AsItCame | Edited::Removed { .. } => texts.value(row),
                    };
                    gathered.add(key.0, text, tasks);
                }
            }
        }
        Ok(())
    }

    /// The tasks that want each of the part's candidates.
    fn wanted(&self) -> Result<HashMap<u64, Vec<u32>>, DedupError> {
        let mut wanted = HashMap::<u64, Vec<u32>>::new();
        for batch in self.wanted.share(self.ordinal, &[column::KEY, column::TASK])? {
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

/// Shingle sets of a part, each once, and who wants them.
struct Gathered {
    eojeol: Eojeol,
    shingles: Shingles,
    set: ShingleSet,
    /// Key, halvings, hashes.
    sets: Vec<(u64, u32, Vec<u32>)>,
    by_task: BTreeMap<u32, Vec<usize>>,
}

impl Gathered {
    fn new(shingles: Shingles) -> Self {
        let (eojeol, set) = (Eojeol::default(), ShingleSet::default());
        Self { eojeol, shingles, set, sets: Vec::new(), by_task: BTreeMap::new() }
    }

    fn add(&mut self, key: u64, text: &str, tasks: &[u32]) {
        self.eojeol.cut(text);
        self.set.take(self.shingles.of(&self.eojeol));
        let (halvings, hashes) = self.set.halved();
        tasks.iter().for_each(|&task| self.by_task.entry(task).or_default().push(self.sets.len()));
        self.sets.push((key, halvings, hashes.to_vec()));
    }

    fn shingles_of(&self, wanted: &[usize]) -> u64 {
        wanted.iter().map(|&at| self.sets[at].2.len() as u64).sum()
    }

    fn rows(&self, task: u32, wanted: &[usize], path: &str) -> Result<RecordBatch, DedupError> {
        let sets = || wanted.iter().map(|&at| &self.sets[at]);
        let item = Field::new_list_field(DataType::UInt32, false);
        let mut lists = ListBuilder::new(UInt32Builder::new()).with_field(item);
        for (_, _, hashes) in sets() {
            lists.values().append_slice(hashes);
            lists.append(true);
        }
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(UInt32Array::from_value(task, wanted.len())),
            Arc::new(UInt64Array::from_iter_values(sets().map(|set| set.0))),
            Arc::new(UInt32Array::from_iter_values(sets().map(|set| set.1))),
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
struct Compare<'a> {
    tasks: Range<u32>,
    rules: &'a Rules,
    pairs: &'a str,
    sets: &'a Sets,
}

impl Unit for Compare<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        format!("{:010}", self.tasks.start)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let sets = self.load(output)?;
        let mut writer = output.create(FileSet::Scratch, scratch::edges())?;
        let session = output.session();
        let groups = self.tasks.clone().map(|task| task as usize).collect();
        for batch in session.read_scratch(self.pairs, None, Some(groups))? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, self.pairs);
            let (least, keys) = (rows.u64(column::LEAST)?, rows.u64(column::KEY)?);
            let (mut alike_least, mut alike_keys) = (Vec::new(), Vec::new());
            for (&left, &right) in least.values().iter().zip(keys.values()) {
                if self.alike(set_of(&sets, left, self.pairs)?, set_of(&sets, right, self.pairs)?) {
                    alike_least.push(left);
                    alike_keys.push(right);
                }
            }
            let columns: Vec<Arc<dyn Array>> =
                vec![Arc::new(UInt64Array::from(alike_least)), Arc::new(UInt64Array::from(alike_keys))];
            writer.write(&rows.assemble(&scratch::edges(), columns)?)?;
        }
        Ok(output.finish(writer)?)
    }
}

impl Compare<'_> {
    fn load(&self, output: &UnitOutput<'_>) -> Result<HashMap<u64, (u32, Vec<u32>)>, DedupError> {
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
    fn take(
        &self,
        batch: &RecordBatch,
        path: &str,
        sets: &mut HashMap<u64, (u32, Vec<u32>)>,
    ) -> Result<(), DedupError> {
        let rows = Rows::of(batch, path);
        let (tasks, keys) = (rows.u32(column::TASK)?, rows.u64(column::KEY)?);
        let halvings = rows.u32(column::HALVINGS)?;
        let missing = || DedupError::Column { path: path.to_owned(), column: column::SHINGLES };
        let lists = rows.array(column::SHINGLES)?.as_list_opt::<i32>().ok_or_else(missing)?;
        for (row, (task, &key)) in tasks.values().iter().zip(keys.values()).enumerate() {
            if self.tasks.contains(task) && !sets.contains_key(&key) {
                let list = lists.value(row);
                let hashes = list.as_primitive_opt::<UInt32Type>().ok_or_else(missing)?;
                sets.insert(key, (halvings.value(row), hashes.values().to_vec()));
            }
        }
        Ok(())
    }

    fn alike(&self, left: &(u32, Vec<u32>), right: &(u32, Vec<u32>)) -> bool {
        let halvings = left.0.max(right.0);
        let (left, right) = (at_halvings(&left.1, halvings), at_halvings(&right.1, halvings));
        let least = self.rules.config.threshold.get();
        match self.rules.config.verify {
            Verify::Jaccard => jaccard_at_least(left, right, least).is_some(),
            Verify::Containment => containment(left, right) >= least,
            Verify::None => true,
        }
    }
}

fn set_of<'a>(
    sets: &'a HashMap<u64, (u32, Vec<u32>)>,
    key: u64,
    pairs: &str,
) -> Result<&'a (u32, Vec<u32>), EngineError> {
    sets.get(&key).ok_or_else(|| EngineError::Damaged {
        path: pairs.to_owned(),
        what: format!("the shingles of document {key:#x} were not gathered"),
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

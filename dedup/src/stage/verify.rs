//! Candidates held to the threshold. Pairs are cut into tasks; a pass over the text sends the shingles of each candidate to
//! the tasks that want them, and each task compares its pairs in memory. Nothing wide is sorted or joined.

use super::edit::{EditReader, Edited, Edits};
use super::keyed::{self, KeyedPart};
use super::relate::{self, TASK_PAIRS};
use super::rows::Rows;
use super::{Corpus, InputPart, Rules, phase, scratch_path};
use crate::scratch::{self, column};
use crate::similarity::{HALVED_ABOVE, at_halvings};
use crate::{DedupError, Eojeol, ShingleSet, Shingles, Verify, containment, jaccard_at_least};
use arrow::array::{Array, AsArray, ListBuilder, RecordBatch, UInt32Array, UInt32Builder, UInt64Array};
use arrow::datatypes::{DataType, Field, SchemaRef, UInt32Type};
use datafusion::prelude::SessionContext;
use malmoi_engine::{EngineError, Phase, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{ByteSize, DOCUMENTS, FileSet, column as documents};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a task holds at most: the shingles of two documents for each pair.
const TASK_MEMORY: ByteSize = ByteSize((2 * TASK_PAIRS * HALVED_ABOVE * size_of::<u32>()) as u64);

/// The pairs that are near-duplicates: a report for each task.
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
    let units = corpus.parts.iter().map(|part| {
        let edits = edits.map(|edits| edits.of_part(work, part.ordinal)).transpose()?;
        Ok(Gather { part, rules, edits, wanted: &wanted })
    });
    let gathered = work.map(phase("gather", Some(corpus.bytes())), units)?;
    let sets = Sets::of(work, &gathered)?;
    let count = pairs.files.iter().map(|file| file.rows).sum::<u64>().div_ceil(TASK_PAIRS as u64);
    let pairs = scratch_path(work, pairs)?;
    let units = (0..count as u32).map(|task| Ok(Compare { task, rules, pairs: &pairs, sets: &sets }));
    work.map(Phase { unit_memory: TASK_MEMORY, ..phase("verify", None) }, units)
}

/// Tasks of the row groups of a part of shingle sets.
#[derive(Serialize, Deserialize)]
struct Facts {
    tasks: Vec<u32>,
}

/// Makes the shingle sets of one part's candidates.
struct Gather<'a> {
    part: &'a InputPart,
    rules: &'a Rules,
    edits: Option<String>,
    wanted: &'a KeyedPart<'a>,
}

impl Unit for Gather<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let wanted = self.wanted()?;
        let mut gathered = Gathered::new(self.rules.shingles());
        let mut writer = output.create(FileSet::Scratch, scratch::sets())?;
        let mut edits = EditReader::open(output.session(), self.edits.clone())?;
        let mut next_row = 0;
        let batches = match wanted.is_empty() {
            true => None,
            false => Some(output.session().read_part(&self.part.path, DOCUMENTS, Some(&[documents::TEXT]))?),
        };
        for batch in batches.into_iter().flatten() {
            output.check_cancelled()?;
            let batch = batch?;
            let texts = Rows::of(&batch, &self.part.path).text(documents::TEXT)?;
            for row in 0..batch.num_rows() {
                let key = scratch::Key::new(self.part.ordinal, next_row);
                next_row += 1;
                let text = match edits.of(key)? {
                    Edited::Text { text, .. } => text,
                    Edited::AsItCame | Edited::Removed { .. } => texts.value(row),
                };
                if let Some(tasks) = wanted.get(&key.0) {
                    gathered.add(key.0, text, tasks);
                }
            }
        }
        let mut facts = Facts { tasks: Vec::new() };
        for (&task, sets) in &gathered.by_task {
            writer.write(&gathered.rows(sets, &self.part.path)?)?;
            writer.end_row_group()?;
            facts.tasks.push(task);
        }
        output.set_facts(facts)?;
        Ok(output.finish(writer)?)
    }
}

impl Gather<'_> {
    /// The tasks that want each of the part's candidates.
    fn wanted(&self) -> Result<HashMap<u64, Vec<u32>>, DedupError> {
        let mut wanted = HashMap::<u64, Vec<u32>>::new();
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

    fn rows(&self, wanted: &[usize], path: &str) -> Result<RecordBatch, DedupError> {
        let sets = || wanted.iter().map(|&at| &self.sets[at]);
        let item = Field::new_list_field(DataType::UInt32, false);
        let mut lists = ListBuilder::new(UInt32Builder::new()).with_field(item);
        for (_, _, hashes) in sets() {
            lists.values().append_slice(hashes);
            lists.append(true);
        }
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(UInt64Array::from_iter_values(sets().map(|set| set.0))),
            Arc::new(UInt32Array::from_iter_values(sets().map(|set| set.1))),
            Arc::new(lists.finish()),
        ];
        let schema: SchemaRef = scratch::sets();
        RecordBatch::try_new(schema, columns).map_err(|error| DedupError::Rows { path: path.to_owned(), error })
    }
}

/// Where each task finds the sets that it wants: parts, and the row group in each.
struct Sets {
    paths: Vec<String>,
    by_task: HashMap<u32, Vec<(usize, usize)>>,
}

impl Sets {
    fn of(work: &StageWork<'_>, gathered: &[UnitReport]) -> Result<Self, DedupError> {
        let paths = gathered.iter().map(|report| scratch_path(work, report)).collect::<Result<Vec<_>, _>>()?;
        let mut by_task = HashMap::<u32, Vec<(usize, usize)>>::new();
        for (part, report) in gathered.iter().enumerate() {
            let Facts { tasks } = keyed::facts(work, report)?;
            for (group, task) in tasks.into_iter().enumerate() {
                by_task.entry(task).or_default().push((part, group));
            }
        }
        Ok(Self { paths, by_task })
    }
}

/// Compares the pairs of one task.
struct Compare<'a> {
    task: u32,
    rules: &'a Rules,
    pairs: &'a str,
    sets: &'a Sets,
}

impl Unit for Compare<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        format!("{:010}", self.task)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let sets = self.load(output)?;
        let mut writer = output.create(FileSet::Scratch, scratch::edges())?;
        let session = output.session();
        for batch in session.read_scratch(self.pairs, None, Some(vec![self.task as usize]))? {
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
        for &(part, group) in self.sets.by_task.get(&self.task).into_iter().flatten() {
            let path = &self.sets.paths[part];
            for batch in output.session().read_scratch(path, None, Some(vec![group]))? {
                output.check_cancelled()?;
                let batch = batch?;
                let rows = Rows::of(&batch, path);
                let (keys, halvings) = (rows.u64(column::KEY)?, rows.u32(column::HALVINGS)?);
                let missing = || DedupError::Column { path: path.clone(), column: column::SHINGLES };
                let lists = rows.array(column::SHINGLES)?.as_list_opt::<i32>().ok_or_else(missing)?;
                for (row, (&key, &halvings)) in keys.values().iter().zip(halvings.values()).enumerate() {
                    let list = lists.value(row);
                    let hashes = list.as_primitive_opt::<UInt32Type>().ok_or_else(missing)?;
                    sets.insert(key, (halvings, hashes.values().to_vec()));
                }
            }
        }
        Ok(sets)
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

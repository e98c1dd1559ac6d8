use super::rows::Rows;
use crate::scratch::{Key, column};
use crate::{DedupError, stage};
use arrow::array::RecordBatch;
use malmoi_engine::{EngineError, PartReader, PartWriter, Session, StageWork, UnitReport};
use malmoi_schemas::ManifestError;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ops::Range;

/// Rows after which a row group ends even inside an input part: far below the size at which the writer would end one
/// itself and spoil the count.
const GROUP_ROWS: usize = 1 << 18;

/// Of which input part the rows of each row group are. It is kept in the facts of the unit that wrote the file, so that
/// a unit that works on one input part reads its share and no more.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Index {
    parts: Vec<u32>,
}

/// Writes rows that come sorted by key, with row groups that end where an input part ends.
pub(super) struct KeyedWriter {
    writer: PartWriter,
    path: String,
    index: Index,
    rows_in_group: usize,
}

impl KeyedWriter {
    /// `path` is what errors call the rows.
    pub(super) fn new(writer: PartWriter, path: &str) -> Self {
        Self { writer, path: path.to_owned(), index: Index::default(), rows_in_group: 0 }
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), DedupError> {
        let keys = Rows::of(batch, &self.path).u64(column::KEY)?;
        let mut start = 0;
        for run in keys.values().chunk_by(|&a, &b| Key(a).part() == Key(b).part()) {
            let part = Key(run[0]).part();
            if self.index.parts.last() != Some(&part) || self.rows_in_group >= GROUP_ROWS {
                self.writer.end_row_group()?;
                self.index.parts.push(part);
                self.rows_in_group = 0;
            }
            self.writer.write(&batch.slice(start, run.len()))?;
            self.rows_in_group += run.len();
            start += run.len();
        }
        Ok(())
    }

    /// The writer, to be finished, and the index, to be remembered.
    pub(super) fn into_parts(self) -> (PartWriter, Index) {
        (self.writer, self.index)
    }
}

/// A part written by a [`KeyedWriter`].
pub(super) struct KeyedPart<'a> {
    session: &'a Session,
    path: String,
    index: Index,
}

impl<'a> KeyedPart<'a> {
    /// The scratch part that a report tells of, with the index from its facts.
    pub(super) fn open(work: &StageWork<'a>, report: &UnitReport) -> Result<Self, DedupError> {
        #[derive(Deserialize)]
        struct Facts {
            index: Index,
        }
        let Facts { index } = facts(work, report)?;
        Ok(Self { session: work.session(), path: stage::scratch_path(work, report)?, index })
    }

    /// Path inside the run.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Ordinals before `first` of the input parts that have rows.
    pub(super) fn parts_before(&self, first: u32) -> Vec<u32> {
        let mut parts: Vec<u32> = self.index.parts.iter().copied().filter(|&part| part < first).collect();
        parts.dedup();
        parts
    }

    /// The keys of one input part that have rows.
    pub(super) fn keys(&self, part: u32) -> Result<HashSet<u64>, DedupError> {
        let mut keys = HashSet::new();
        for batch in self.share(part, &[column::KEY])? {
            keys.extend(Rows::of(&batch?, &self.path).u64(column::KEY)?.values());
        }
        Ok(keys)
    }

    /// The rows whose keys are of one input part.
    pub(super) fn share(&self, part: u32, columns: &[&str]) -> Result<PartReader, EngineError> {
        let groups = self.index.parts.iter().enumerate().filter(|&(_, &of)| of == part).map(|(group, _)| group);
        self.session.read_scratch(&self.path, Some(columns), Some(groups.collect()))
    }
}

/// Rows of one input part's documents, read along with its rows. Holds a batch at a time.
pub(super) struct KeyedReader {
    path: String,
    batches: PartReader,
    batch: Option<RecordBatch>,
    row: usize,
}

impl KeyedReader {
    /// The share of an input part; `columns` must name the keys.
    pub(super) fn new(part: &KeyedPart<'_>, ordinal: u32, columns: &[&str]) -> Result<Self, EngineError> {
        Ok(Self { path: part.path.clone(), batches: part.share(ordinal, columns)?, batch: None, row: 0 })
    }

    /// Path inside the run.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Hands over the rows of `key`, batch by batch. Keys must be asked for in ascending order.
    pub(super) fn of(
        &mut self,
        key: Key,
        mut take: impl FnMut(&Rows<'_>, Range<usize>) -> Result<(), DedupError>,
    ) -> Result<(), DedupError> {
        loop {
            if self.batch.as_ref().is_none_or(|batch| self.row == batch.num_rows()) {
                let Some(batch) = self.batches.next() else { return Ok(()) };
                self.batch = Some(batch?);
                self.row = 0;
            }
            let Some(batch) = &self.batch else { return Ok(()) };
            let rows = Rows::of(batch, &self.path);
            let keys = &rows.u64(column::KEY)?.values()[self.row..];
            let start = self.row + keys.partition_point(|&other| other < key.0);
            let end = self.row + keys.partition_point(|&other| other <= key.0);
            self.row = end;
            if start < end {
                take(&rows, start..end)?;
            }
            if end < batch.num_rows() {
                return Ok(());
            }
        }
    }
}

/// Reads back what a unit of this stage remembered.
pub(super) fn facts<T: for<'de> Deserialize<'de>>(work: &StageWork<'_>, report: &UnitReport) -> Result<T, EngineError> {
    T::deserialize(&report.facts).map_err(|error| EngineError::Manifest {
        path: format!("{}/units ({})", work.folder(), report.unit),
        source: ManifestError::Syntax(error),
    })
}

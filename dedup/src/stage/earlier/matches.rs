use super::{Earlier, EarlierRun, Posting};
use crate::DedupError;
use crate::scratch::column;
use crate::stage::rows::Rows;
use crate::stage::{phase, scratch_path};
use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use malmoi_engine::{PartReader, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::FileSet;
use std::sync::Arc;

/// Upper and lower half; the lower is 0 where a hash is of 64 bits.
type Hash = (u64, u64);

/// Rows that are put together before they are written.
const BATCH_ROWS: usize = 1 << 14;

/// Rows of earlier runs whose hash stands in the sorted rows of this run: a report for each run, oldest first.
pub(in crate::stage) fn matches(
    work: &StageWork<'_>,
    earlier: &Earlier,
    posting: Posting,
    own: &UnitReport,
) -> Result<Vec<UnitReport>, DedupError> {
    let own = scratch_path(work, own)?;
    let units = earlier.runs().iter().enumerate().map(|(at, run)| Ok(Match { at, run, posting, own: &own }));
    work.map(phase(posting.match_phase(), None), units)
}

/// Merges the sorted hashes of this run with those of an earlier one, of which only the row groups are read that may hold one.
struct Match<'a> {
    at: usize,
    run: &'a EarlierRun,
    posting: Posting,
    own: &'a str,
}

impl Unit for Match<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        format!("{:05}", self.at)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let mut writer = output.create(FileSet::Scratch, self.posting.schema())?;
        let path = self.run.needed(&format!("{}-all", self.posting.name()))?;
        let groups = self.groups(output, &path)?;
        if !groups.is_empty() {
            let mut own = self.own(output)?;
            let mut old = Cursor::new(self.posting, &path, self.run.session.read_scratch(&path, None, Some(groups))?);
            let mut found = Found::default();
            while let Some((hash, key)) = old.peek()? {
                while own.peek()?.is_some_and(|(other, _)| other < hash) {
                    own.step();
                }
                match own.peek()? {
                    Some((other, _)) if other == hash => found.push(hash, key),
                    Some(_) => {}
                    None => break,
                }
                old.step();
                if found.keys.len() == BATCH_ROWS {
                    output.check_cancelled()?;
                    writer.write(&found.take(self.posting, &path)?)?;
                }
            }
            writer.write(&found.take(self.posting, &path)?)?;
        }
        Ok(output.finish(writer)?)
    }
}

impl Match<'_> {
    fn own(&self, output: &UnitOutput<'_>) -> Result<Cursor, DedupError> {
        let rows = output.session().read_scratch(self.own, None, None)?;
        Ok(Cursor::new(self.posting, self.own, rows))
    }

    /// Row groups of the earlier run that may hold a hash of this one.
    fn groups(&self, output: &UnitOutput<'_>, path: &str) -> Result<Vec<usize>, DedupError> {
        let ranges = self.run.session.row_groups(path, self.posting.hash().first().copied())?;
        let mut own = self.own(output)?;
        let mut groups = Vec::new();
        for (at, range) in ranges.iter().enumerate() {
            while own.peek()?.is_some_and(|((high, _), _)| high < *range.values.start()) {
                own.step();
            }
            match own.peek()? {
                Some(((high, _), _)) if high <= *range.values.end() => groups.push(at),
                Some(_) => {}
                None => break,
            }
        }
        Ok(groups)
    }
}

/// Sorted hashes, one after another.
struct Cursor {
    posting: Posting,
    path: String,
    batches: PartReader,
    batch: Option<Columns>,
    row: usize,
}

struct Columns {
    high: UInt64Array,
    /// Absent where the hash is of 64 bits.
    low: Option<UInt64Array>,
    keys: UInt64Array,
}

impl Cursor {
    fn new(posting: Posting, path: &str, batches: PartReader) -> Self {
        Self { posting, path: path.to_owned(), batches, batch: None, row: 0 }
    }

    /// The row at hand: its hash and its key.
    fn peek(&mut self) -> Result<Option<(Hash, u64)>, DedupError> {
        while self.batch.as_ref().is_none_or(|batch| self.row == batch.keys.len()) {
            let Some(batch) = self.batches.next() else { return Ok(None) };
            self.batch = Some(self.columns(&batch?)?);
            self.row = 0;
        }
        Ok(self.batch.as_ref().map(|batch| {
            let low = batch.low.as_ref().map_or(0, |low| low.value(self.row));
            ((batch.high.value(self.row), low), batch.keys.value(self.row))
        }))
    }

    fn step(&mut self) {
        self.row += 1;
    }

    fn columns(&self, batch: &RecordBatch) -> Result<Columns, DedupError> {
        let rows = Rows::of(batch, &self.path);
        let mut hash = self.posting.hash().iter().map(|name| rows.u64(name).cloned());
        let missing = || rows.missing(column::BAND);
        let high = hash.next().ok_or_else(missing)??;
        Ok(Columns { high, low: hash.next().transpose()?, keys: rows.u64(column::KEY)?.clone() })
    }
}

/// Rows on their way out.
#[derive(Default)]
struct Found {
    high: Vec<u64>,
    low: Vec<u64>,
    keys: Vec<u64>,
}

impl Found {
    fn push(&mut self, (high, low): Hash, key: u64) {
        self.high.push(high);
        self.low.push(low);
        self.keys.push(key);
    }

    fn take(&mut self, posting: Posting, path: &str) -> Result<RecordBatch, DedupError> {
        let Self { high, low, keys } = std::mem::take(self);
        let hash = [high, low].into_iter().take(posting.hash().len());
        let columns = hash.chain([keys]).map(|column| Arc::new(UInt64Array::from(column)) as ArrayRef);
        RecordBatch::try_new(posting.schema(), columns.collect())
            .map_err(|error| DedupError::Rows { path: path.to_owned(), error })
    }
}

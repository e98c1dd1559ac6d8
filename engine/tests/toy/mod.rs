//! A stage small enough to see through: it keeps even records, removes odd ones and cannot read every tenth.

use arrow::array::{ArrayRef, FixedSizeBinaryArray, RecordBatch, StringArray, UInt64Array, new_null_array};
use malmoi_engine::{
    Begin, EngineError, Phase, Published, Session, StageRequest, StageWork, Unit, UnitOutput, UnitReport,
};
use malmoi_schemas::{
    ByteSize, Details, Digest, DocumentId, FileSet, Outcome, Reason, Stage, column, documents, ledger,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const SOURCE: &str = "toy";
pub(crate) const RECORDS_PER_UNIT: u64 = 40;

/// How the stage is meant to go wrong, if at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The unit of this number fails.
    FailAt(usize),
    /// Every unit forgets to write one ledger row.
    LoseRow,
}

pub(crate) struct ToyUnit<'a> {
    number: usize,
    fault: Fault,
    runs: &'a AtomicUsize,
}

pub(crate) fn request(recipe: &str) -> StageRequest {
    StageRequest {
        stage: Stage::Ingest,
        revision: 1,
        recipe: Digest::of(recipe.as_bytes()),
        inputs: Digest::of(b"inputs"),
    }
}

pub(crate) fn settle(record: u64) -> Outcome {
    match record % 10 {
        9 => Outcome::Errored(Reason::BadJson),
        n if n % 2 == 1 => Outcome::Removed(Reason::TooShort),
        _ => Outcome::Kept,
    }
}

/// Runs the stage over `units` units; `runs` counts the units that really ran.
pub(crate) fn run(
    session: &Session,
    recipe: &str,
    units: usize,
    fault: Fault,
    runs: &AtomicUsize,
) -> Result<Published, EngineError> {
    match session.begin(&request(recipe))? {
        Begin::Finished(published) => Ok(*published),
        Begin::Work(work) => {
            let reports = map(&work, units, fault, runs)?;
            work.commit(reports, Details::Ingest)
        }
    }
}

pub(crate) fn map(
    work: &StageWork<'_>,
    units: usize,
    fault: Fault,
    runs: &AtomicUsize,
) -> Result<Vec<UnitReport>, EngineError> {
    let phase = Phase { name: "toy", unit_memory: ByteSize(1 << 20), total_bytes: None };
    work.map(phase, (0..units).map(|number| Ok(ToyUnit { number, fault, runs })))
}

impl Unit for ToyUnit<'_> {
    type Error = EngineError;

    fn name(&self) -> String {
        format!("{:05}", self.number)
    }

    fn input_bytes(&self) -> u64 {
        RECORDS_PER_UNIT
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), EngineError> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        if self.fault == Fault::FailAt(self.number) {
            return Err(EngineError::Interrupted);
        }
        let file = self.name();
        let (mut kept, mut all) = (Vec::new(), Vec::new());
        for record in 0..RECORDS_PER_UNIT {
            output.count(SOURCE, settle(record));
            all.push(record);
            if settle(record) == Outcome::Kept {
                kept.push(record);
            }
        }
        if self.fault == Fault::LoseRow {
            all.pop();
        }
        let mut part = output.create(FileSet::Documents, documents())?;
        part.write(&document_rows(&file, &kept))?;
        output.finish(part)?;
        let mut part = output.create(FileSet::Ledger, ledger())?;
        part.write(&ledger_rows(&file, &all))?;
        output.finish(part)
    }
}

fn ids(file: &str, records: &[u64]) -> ArrayRef {
    let ids = records.iter().map(|&r| DocumentId::of_place(SOURCE, file, r).0);
    Arc::new(FixedSizeBinaryArray::try_from_iter(ids).unwrap())
}

fn document_rows(file: &str, records: &[u64]) -> RecordBatch {
    let schema = documents();
    let columns = schema.fields().iter().map(|field| -> ArrayRef {
        match field.name().as_str() {
            column::ID => ids(file, records),
            column::RECORD => Arc::new(UInt64Array::from(records.to_vec())),
            column::TEXT => {
                Arc::new(StringArray::from_iter_values(records.iter().map(|r| format!("{r}번째 글입니다."))))
            }
            column::SOURCE | column::FILE | column::CHARSET => Arc::new(StringArray::from(vec![SOURCE; records.len()])),
            _ if field.is_nullable() => new_null_array(field.data_type(), records.len()),
            _ => arrow::compute::cast(&UInt64Array::from(vec![1; records.len()]), field.data_type()).unwrap(),
        }
    });
    RecordBatch::try_new(documents(), columns.collect()).unwrap()
}

fn ledger_rows(file: &str, records: &[u64]) -> RecordBatch {
    let schema = ledger();
    let columns = schema.fields().iter().map(|field| -> ArrayRef {
        match field.name().as_str() {
            column::ID => ids(file, records),
            column::RECORD => Arc::new(UInt64Array::from(records.to_vec())),
            column::SOURCE | column::FILE => Arc::new(StringArray::from(vec![SOURCE; records.len()])),
            column::OUTCOME => Arc::new(StringArray::from_iter_values(records.iter().map(|&r| settle(r).as_str()))),
            column::REASON => {
                Arc::new(records.iter().map(|&r| settle(r).reason().map(Reason::as_str)).collect::<StringArray>())
            }
            _ => new_null_array(field.data_type(), records.len()),
        }
    });
    RecordBatch::try_new(ledger(), columns.collect()).unwrap()
}

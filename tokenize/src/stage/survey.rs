use super::{Part, column};
use crate::TokenizeError;
use crate::shuffle::{Keys, lot};
use crate::survey::{Plan, Survey};
use arrow::array::{ArrayRef, BooleanArray, FixedSizeBinaryArray, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use malmoi_engine::{Unit, UnitOutput};
use malmoi_schemas::{DOCUMENTS, DocumentId, FileSet, column as name};
use std::sync::Arc;

/// Adds up what must be known before anything is decided, from two narrow columns.
pub(super) struct SurveyUnit<'a> {
    pub(super) part: Part<'a>,
    pub(super) keys: Keys,
    pub(super) threshold: u64,
}

impl Unit for SurveyUnit<'_> {
    type Error = TokenizeError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.file.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), TokenizeError> {
        let path = &self.part.path;
        let mut survey = Survey::default();
        for batch in output.session().read_part(path, DOCUMENTS, Some(&[name::ID, name::CHARACTERS]))? {
            output.check_cancelled()?;
            let batch = batch?;
            let characters: &UInt32Array = column(&batch, name::CHARACTERS, path)?;
            for (id, &characters) in ids(&batch, path)?.zip(characters.values()) {
                survey.add(id?, u64::from(characters), &self.keys, self.threshold);
            }
        }
        Ok(output.set_facts(survey)?)
    }
}

/// The document ids of a batch.
pub(super) fn ids<'a>(
    batch: &'a RecordBatch,
    path: &'a str,
) -> Result<impl Iterator<Item = Result<DocumentId, TokenizeError>> + 'a, TokenizeError> {
    let ids: &FixedSizeBinaryArray = column(batch, name::ID, path)?;
    let wrong = || TokenizeError::Column { path: path.to_owned(), column: name::ID };
    Ok((0..batch.num_rows()).map(move |row| DocumentId::from_slice(ids.value(row)).ok_or_else(wrong)))
}

/// Columns of the sample's scratch files beside id and text.
pub(super) const HASH: &str = "hash";
/// Bytes of the text.
pub(super) const BYTES: &str = "bytes";

fn sample_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(name::ID, DataType::FixedSizeBinary(16), false),
        Field::new(HASH, DataType::UInt64, false),
        Field::new(BYTES, DataType::UInt64, false),
        Field::new(name::TEXT, DataType::Utf8, false),
    ]))
}

/// Puts aside the documents that may be in the sample.
pub(super) struct SampleUnit<'a> {
    pub(super) part: Part<'a>,
    pub(super) keys: Keys,
    pub(super) plan: &'a Plan,
}

impl Unit for SampleUnit<'_> {
    type Error = TokenizeError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.file.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), TokenizeError> {
        let path = &self.part.path;
        let mut scratch = output.create(FileSet::Scratch, sample_schema())?;
        for batch in output.session().read_part(path, DOCUMENTS, Some(&[name::ID, name::TEXT]))? {
            output.check_cancelled()?;
            scratch.write(&self.candidates(&batch?)?)?;
        }
        Ok(output.finish(scratch)?)
    }
}

impl SampleUnit<'_> {
    fn candidates(&self, batch: &RecordBatch) -> Result<RecordBatch, TokenizeError> {
        let path = &self.part.path;
        let text: &StringArray = column(batch, name::TEXT, path)?;
        let ids = ids(batch, path)?.collect::<Result<Vec<_>, _>>()?;
        let hashes: Vec<u64> = ids.iter().map(|id| id.keyed(self.keys.sample)).collect();
        let chosen: BooleanArray = ids
            .iter()
            .zip(&hashes)
            .map(|(&id, &hash)| {
                hash <= self.plan.sample_below && !self.plan.held_out.holds(lot(id, self.keys.held_out))
            })
            .map(Some)
            .collect();
        let bytes: UInt64Array = text.offsets().lengths().map(|bytes| bytes as u64).collect();
        let id: &FixedSizeBinaryArray = column(batch, name::ID, path)?;
        let columns: Vec<ArrayRef> =
            vec![Arc::new(id.clone()), Arc::new(UInt64Array::from(hashes)), Arc::new(bytes), Arc::new(text.clone())];
        Ok(filter_record_batch(&RecordBatch::try_new(sample_schema(), columns)?, &chosen)?)
    }
}

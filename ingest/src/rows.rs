//! Settled records as Arrow rows.

mod documents;
mod ledger;

pub(crate) use documents::DocumentRows;
pub(crate) use ledger::LedgerRows;

use arrow::array::{ArrayRef, FixedSizeBinaryBuilder, RecordBatch, StringBuilder, UInt64Builder, new_null_array};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use malmoi_schemas::{DocumentId, column};
use std::sync::Arc;

/// Where a record stands.
pub(crate) struct Place<'a> {
    pub(crate) id: DocumentId,
    pub(crate) source: &'a str,
    pub(crate) file: &'a str,
    pub(crate) record: u64,
    pub(crate) offset: u64,
}

/// Columns that both kinds of rows begin with.
struct PlaceColumns {
    id: FixedSizeBinaryBuilder,
    source: StringBuilder,
    file: StringBuilder,
    record: UInt64Builder,
}

impl PlaceColumns {
    fn new() -> Self {
        Self {
            id: FixedSizeBinaryBuilder::new(DocumentId::LEN as i32),
            source: StringBuilder::new(),
            file: StringBuilder::new(),
            record: UInt64Builder::new(),
        }
    }

    fn push(&mut self, place: &Place<'_>) -> Result<(), ArrowError> {
        self.id.append_value(place.id.0)?;
        self.source.append_value(place.source);
        self.file.append_value(place.file);
        self.record.append_value(place.record);
        Ok(())
    }

    fn finish(&mut self) -> [(&'static str, ArrayRef); 4] {
        [
            (column::ID, Arc::new(self.id.finish())),
            (column::SOURCE, Arc::new(self.source.finish())),
            (column::FILE, Arc::new(self.file.finish())),
            (column::RECORD, Arc::new(self.record.finish())),
        ]
    }
}

/// Puts columns into the order of the schema; one that is not given is null throughout.
fn batch(schema: &SchemaRef, rows: usize, columns: Vec<(&'static str, ArrayRef)>) -> Result<RecordBatch, ArrowError> {
    let arrays = schema.fields().iter().map(|field| {
        let given = columns.iter().find(|(name, _)| name == field.name());
        given.map_or_else(|| new_null_array(field.data_type(), rows), |(_, array)| Arc::clone(array))
    });
    RecordBatch::try_new(Arc::clone(schema), arrays.collect())
}

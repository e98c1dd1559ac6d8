use super::{Place, PlaceColumns, batch};
use crate::clean::Cleaned;
use arrow::array::{ArrayRef, RecordBatch, StringBuilder, UInt32Builder, UInt64Builder};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use malmoi_schemas::column;
use std::sync::Arc;

/// Rows of a ledger part.
pub(crate) struct LedgerRows {
    schema: SchemaRef,
    place: PlaceColumns,
    offset: UInt64Builder,
    url: StringBuilder,
    outcome: StringBuilder,
    reason: StringBuilder,
    detail: StringBuilder,
    characters: UInt32Builder,
    eojeol: UInt32Builder,
    rows: usize,
}

impl LedgerRows {
    pub(crate) fn new() -> Self {
        Self {
            schema: malmoi_schemas::ledger(),
            place: PlaceColumns::new(),
            offset: UInt64Builder::new(),
            url: StringBuilder::new(),
            outcome: StringBuilder::new(),
            reason: StringBuilder::new(),
            detail: StringBuilder::new(),
            characters: UInt32Builder::new(),
            eojeol: UInt32Builder::new(),
            rows: 0,
        }
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn push(&mut self, place: &Place<'_>, cleaned: &Cleaned) -> Result<(), ArrowError> {
        self.place.push(place)?;
        self.offset.append_value(place.offset);
        self.url.append_option(cleaned.url.as_deref());
        self.outcome.append_value(cleaned.outcome.as_str());
        self.reason.append_option(cleaned.outcome.reason().map(|reason| reason.as_str()));
        self.detail.append_option(cleaned.detail.as_deref());
        let signals = cleaned.document.as_ref().map(|document| document.signals);
        self.characters.append_option(signals.map(|m| m.characters));
        self.eojeol.append_option(signals.map(|m| m.eojeol));
        self.rows += 1;
        Ok(())
    }

    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let mut columns: Vec<(&'static str, ArrayRef)> = self.place.finish().into();
        let rows = columns[0].1.len();
        columns.extend([
            (column::OFFSET, Arc::new(self.offset.finish()) as ArrayRef),
            (column::URL, Arc::new(self.url.finish())),
            (column::OUTCOME, Arc::new(self.outcome.finish())),
            (column::REASON, Arc::new(self.reason.finish())),
            (column::DETAIL, Arc::new(self.detail.finish())),
            (column::CHARACTERS, Arc::new(self.characters.finish())),
            (column::EOJEOL, Arc::new(self.eojeol.finish())),
        ]);
        batch(&self.schema, rows, columns)
    }
}

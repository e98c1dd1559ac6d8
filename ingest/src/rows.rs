//! Settled records as Arrow rows.

use crate::clean::{Cleaned, Document};
use arrow::array::{
    ArrayRef, FixedSizeBinaryBuilder, Float32Builder, RecordBatch, StringBuilder, UInt32Builder, UInt64Builder,
    new_null_array,
};
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

/// Rows of a document part.
pub(crate) struct DocumentRows {
    schema: SchemaRef,
    place: PlaceColumns,
    url: StringBuilder,
    title: StringBuilder,
    date: StringBuilder,
    text: StringBuilder,
    charset: StringBuilder,
    replaced: UInt32Builder,
    characters: UInt32Builder,
    eojeol: UInt32Builder,
    hangul_share: Float32Builder,
    repeated_line_share: Float32Builder,
    cluster_size: UInt32Builder,
    bytes: usize,
}

impl DocumentRows {
    pub(crate) fn new() -> Self {
        Self {
            schema: malmoi_schemas::documents(),
            place: PlaceColumns::new(),
            url: StringBuilder::new(),
            title: StringBuilder::new(),
            date: StringBuilder::new(),
            text: StringBuilder::new(),
            charset: StringBuilder::new(),
            replaced: UInt32Builder::new(),
            characters: UInt32Builder::new(),
            eojeol: UInt32Builder::new(),
            hangul_share: Float32Builder::new(),
            repeated_line_share: Float32Builder::new(),
            cluster_size: UInt32Builder::new(),
            bytes: 0,
        }
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// About the memory that the rows take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn push(&mut self, place: &Place<'_>, url: Option<&str>, document: &Document) -> Result<(), ArrowError> {
        self.place.push(place)?;
        self.url.append_option(url);
        self.title.append_option(document.title.as_deref());
        self.date.append_option(document.date.as_deref());
        self.text.append_value(&document.text);
        self.charset.append_value(document.charset);
        self.replaced.append_value(document.replaced);
        self.characters.append_value(document.measures.characters);
        self.eojeol.append_value(document.measures.eojeol);
        self.hangul_share.append_value(document.measures.hangul_share);
        self.repeated_line_share.append_value(document.measures.repeated_line_share);
        self.cluster_size.append_value(1);
        let around = document.title.as_ref().map_or(0, String::len) + url.map_or(0, str::len);
        self.bytes += 200 + document.text.len() + around;
        Ok(())
    }

    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.bytes = 0;
        let mut columns: Vec<(&'static str, ArrayRef)> = self.place.finish().into();
        let rows = columns[0].1.len();
        columns.extend([
            (column::URL, Arc::new(self.url.finish()) as ArrayRef),
            (column::TITLE, Arc::new(self.title.finish())),
            (column::DATE, Arc::new(self.date.finish())),
            (column::TEXT, Arc::new(self.text.finish())),
            (column::CHARSET, Arc::new(self.charset.finish())),
            (column::REPLACED, Arc::new(self.replaced.finish())),
            (column::CHARACTERS, Arc::new(self.characters.finish())),
            (column::EOJEOL, Arc::new(self.eojeol.finish())),
            (column::HANGUL_SHARE, Arc::new(self.hangul_share.finish())),
            (column::REPEATED_LINE_SHARE, Arc::new(self.repeated_line_share.finish())),
            (column::CLUSTER_SIZE, Arc::new(self.cluster_size.finish())),
        ]);
        batch(&self.schema, rows, columns)
    }
}

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
        let measures = cleaned.document.as_ref().map(|document| document.measures);
        self.characters.append_option(measures.map(|m| m.characters));
        self.eojeol.append_option(measures.map(|m| m.eojeol));
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

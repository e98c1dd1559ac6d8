use super::{Place, PlaceColumns, batch};
use crate::clean::Document;
use arrow::array::{
    ArrayBuilder, ArrayRef, Float32Builder, ListBuilder, RecordBatch, StringBuilder, StructArray, StructBuilder,
    UInt32Builder, UInt64Builder,
};
use arrow::datatypes::{DataType, Field, Fields, SchemaRef};
use arrow::error::ArrowError;
use malmoi_schemas::{Signal, SignalKind, Signals, change_fields, column, redaction_fields, signal_fields};
use std::sync::Arc;

/// Rows of a document part.
pub(crate) struct DocumentRows {
    schema: SchemaRef,
    place: PlaceColumns,
    texts: Texts,
    replaced: UInt32Builder,
    characters: UInt32Builder,
    eojeol: UInt32Builder,
    cluster_size: UInt32Builder,
    messages: UInt32Builder,
    changes: ListBuilder<StructBuilder>,
    redactions: ListBuilder<StructBuilder>,
    signals: SignalColumns,
    broken_rules: ListBuilder<StringBuilder>,
    embedding: ListBuilder<Float32Builder>,
    bytes: usize,
}

/// Columns of text.
#[derive(Default)]
struct Texts {
    url: StringBuilder,
    title: StringBuilder,
    date: StringBuilder,
    text: StringBuilder,
    charset: StringBuilder,
    original_id: StringBuilder,
    group: StringBuilder,
    repaired: StringBuilder,
}

impl DocumentRows {
    pub(crate) fn new() -> Self {
        Self {
            schema: malmoi_schemas::documents(),
            place: PlaceColumns::new(),
            texts: Texts::default(),
            replaced: UInt32Builder::new(),
            characters: UInt32Builder::new(),
            eojeol: UInt32Builder::new(),
            cluster_size: UInt32Builder::new(),
            messages: UInt32Builder::new(),
            changes: list_of(change_fields()),
            redactions: list_of(redaction_fields()),
            signals: SignalColumns::new(),
            broken_rules: ListBuilder::new(StringBuilder::new()),
            embedding: numbers(),
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
        self.texts.push(url, document);
        self.replaced.append_value(document.replaced);
        self.characters.append_value(document.signals.characters);
        self.eojeol.append_value(document.signals.eojeol);
        self.cluster_size.append_value(1);
        self.messages.append_option(document.messages);
        self.push_changes(document);
        self.push_redactions(document);
        self.signals.push(&document.signals);
        self.broken_rules.append_value(document.broken.iter().map(|rule| Some(rule.key())));
        let numbers = self.push_embedding(document.embedding.as_deref());
        let around = document.title.as_ref().map_or(0, String::len) + url.map_or(0, str::len);
        self.bytes += 600 + document.text.len() + around + 64 * document.findings.len() + numbers;
        Ok(())
    }

    /// Gives the bytes that it takes.
    fn push_embedding(&mut self, embedding: Option<&[f32]>) -> usize {
        self.embedding.values().append_slice(embedding.unwrap_or_default());
        self.embedding.append(embedding.is_some());
        embedding.map_or(0, size_of_val)
    }

    fn push_changes(&mut self, document: &Document) {
        let values = self.changes.values();
        for (change, count) in document.changes.iter() {
            text_field(values, 0).append_value(change.as_str());
            number_field(values, 1).append_value(count);
            values.append(true);
        }
        self.changes.append(true);
    }

    fn push_redactions(&mut self, document: &Document) {
        let values = self.redactions.values();
        for finding in &document.findings {
            text_field(values, 0).append_value(finding.kind.as_str());
            number_field(values, 1).append_value(u32::try_from(finding.offset).unwrap_or(u32::MAX));
            text_field(values, 2).append_value(finding.confidence.as_str());
            hash_field(values, 3).append_value(finding.hash);
            values.append(true);
        }
        self.redactions.append(true);
    }

    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.bytes = 0;
        let mut columns: Vec<(&'static str, ArrayRef)> = self.place.finish().into();
        let rows = columns[0].1.len();
        columns.extend(self.texts.finish());
        columns.extend([
            (column::REPLACED, Arc::new(self.replaced.finish()) as ArrayRef),
            (column::CHARACTERS, Arc::new(self.characters.finish())),
            (column::EOJEOL, Arc::new(self.eojeol.finish())),
            (column::CLUSTER_SIZE, Arc::new(self.cluster_size.finish())),
            (column::MESSAGES, Arc::new(self.messages.finish())),
            (column::CHANGES, Arc::new(self.changes.finish())),
            (column::REDACTIONS, Arc::new(self.redactions.finish())),
            (column::SIGNALS, Arc::new(self.signals.finish()?)),
            (column::BROKEN_RULES, Arc::new(self.broken_rules.finish())),
            (column::EMBEDDING, Arc::new(self.embedding.finish())),
        ]);
        batch(&self.schema, rows, columns)
    }
}

impl Texts {
    fn push(&mut self, url: Option<&str>, document: &Document) {
        self.url.append_option(url);
        self.title.append_option(document.title.as_deref());
        self.date.append_option(document.date.as_deref());
        self.text.append_value(&document.text);
        self.charset.append_value(document.charset);
        self.original_id.append_option(document.original_id.as_deref());
        self.group.append_option(document.group.as_deref());
        self.repaired.append_option(document.repaired.map(|repair| repair.as_str()));
    }

    fn finish(&mut self) -> [(&'static str, ArrayRef); 8] {
        [
            (column::URL, Arc::new(self.url.finish())),
            (column::TITLE, Arc::new(self.title.finish())),
            (column::DATE, Arc::new(self.date.finish())),
            (column::TEXT, Arc::new(self.text.finish())),
            (column::CHARSET, Arc::new(self.charset.finish())),
            (column::ORIGINAL_ID, Arc::new(self.original_id.finish())),
            (column::GROUP, Arc::new(self.group.finish())),
            (column::REPAIRED, Arc::new(self.repaired.finish())),
        ]
    }
}

fn list_of(fields: Fields) -> ListBuilder<StructBuilder> {
    ListBuilder::new(StructBuilder::from_fields(fields, 0))
}

/// Lists of numbers of which none is missing.
fn numbers() -> ListBuilder<Float32Builder> {
    ListBuilder::new(Float32Builder::new()).with_field(Field::new_list_field(DataType::Float32, false))
}

macro_rules! field_of {
    ($($name:ident: $builder:ty,)+) => {
        $(
            fn $name(values: &mut StructBuilder, at: usize) -> &mut $builder {
                values.field_builder(at).expect("the schema gives the field this type")
            }
        )+
    };
}

field_of! {
    text_field: StringBuilder,
    number_field: UInt32Builder,
    hash_field: UInt64Builder,
}

/// One column for each signal.
struct SignalColumns(Vec<SignalColumn>);

enum SignalColumn {
    Count(UInt32Builder),
    Number(Float32Builder),
}

impl SignalColumns {
    fn new() -> Self {
        let column = |signal: &Signal| match signal.kind() {
            SignalKind::Count => SignalColumn::Count(UInt32Builder::new()),
            SignalKind::Number | SignalKind::Optional => SignalColumn::Number(Float32Builder::new()),
        };
        Self(Signal::ALL.iter().map(column).collect())
    }

    fn push(&mut self, signals: &Signals) {
        for (signal, column) in Signal::ALL.iter().zip(&mut self.0) {
            let value = signal.get(signals);
            match column {
                // Counts are u32 in `Signals`, which f64 holds exactly.
                SignalColumn::Count(counts) => counts.append_option(value.map(|value| value as u32)),
                SignalColumn::Number(numbers) => numbers.append_option(value.map(|value| value as f32)),
            }
        }
    }

    fn finish(&mut self) -> Result<StructArray, ArrowError> {
        let finish = |column: &mut SignalColumn| match column {
            SignalColumn::Count(counts) => ArrayBuilder::finish(counts),
            SignalColumn::Number(numbers) => ArrayBuilder::finish(numbers),
        };
        StructArray::try_new(signal_fields(), self.0.iter_mut().map(finish).collect(), None)
    }
}

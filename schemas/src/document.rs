use crate::FormatId;
use crate::{Signal, SignalKind};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use std::sync::Arc;

/// The format of document parts: one row per document, text and measures together.
pub const DOCUMENTS: FormatId = FormatId { name: "documents", version: 2 };

/// The Arrow schema of document parts, in every stage up to tokenising.
pub fn documents() -> SchemaRef {
    use crate::column::*;
    Arc::new(Schema::new_with_metadata(
        vec![
            Field::new(ID, DataType::FixedSizeBinary(16), false),
            Field::new(SOURCE, DataType::Utf8, false),
            Field::new(FILE, DataType::Utf8, false),
            Field::new(RECORD, DataType::UInt64, false),
            Field::new(URL, DataType::Utf8, true),
            Field::new(TITLE, DataType::Utf8, true),
            Field::new(DATE, DataType::Utf8, true),
            Field::new(TEXT, DataType::Utf8, false),
            Field::new(CHARSET, DataType::Utf8, false),
            Field::new(REPLACED, DataType::UInt32, false),
            Field::new(CHARACTERS, DataType::UInt32, false),
            Field::new(EOJEOL, DataType::UInt32, false),
            Field::new(CLUSTER_SIZE, DataType::UInt32, false),
            Field::new(ORIGINAL_ID, DataType::Utf8, true),
            Field::new(GROUP, DataType::Utf8, true),
            Field::new(MESSAGES, DataType::UInt32, true),
            Field::new(REPAIRED, DataType::Utf8, true),
            Field::new(CHANGES, list_of(change_fields()), true),
            Field::new(REDACTIONS, list_of(redaction_fields()), true),
            Field::new(SIGNALS, DataType::Struct(signal_fields()), true),
            Field::new(BROKEN_RULES, DataType::new_list(DataType::Utf8, true), true),
            Field::new(EMBEDDING, DataType::new_list(DataType::Float32, false), true),
        ],
        DOCUMENTS.metadata(),
    ))
}

fn list_of(fields: Fields) -> DataType {
    DataType::new_list(DataType::Struct(fields), true)
}

/// The fields of a change in [`crate::column::CHANGES`].
pub fn change_fields() -> Fields {
    use crate::column::{COUNT, KIND};
    Fields::from(vec![Field::new(KIND, DataType::Utf8, false), Field::new(COUNT, DataType::UInt32, false)])
}

/// The fields of a finding in [`crate::column::REDACTIONS`].
pub fn redaction_fields() -> Fields {
    use crate::column::{CHARACTER, CONFIDENCE, HASH, KIND};
    Fields::from(vec![
        Field::new(KIND, DataType::Utf8, false),
        Field::new(CHARACTER, DataType::UInt32, false),
        Field::new(CONFIDENCE, DataType::Utf8, false),
        Field::new(HASH, DataType::UInt64, false),
    ])
}

/// The fields of [`crate::column::SIGNALS`], in the order of [`Signal::ALL`].
pub fn signal_fields() -> Fields {
    let fields = Signal::ALL.iter().map(|signal| match signal.kind() {
        SignalKind::Count => Field::new(signal.as_str(), DataType::UInt32, false),
        SignalKind::Number => Field::new(signal.as_str(), DataType::Float32, false),
        SignalKind::Optional => Field::new(signal.as_str(), DataType::Float32, true),
    });
    fields.collect()
}

use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The format of document parts: one row per document, text and measures together.
pub const DOCUMENTS: FormatId = FormatId { name: "documents", version: 1 };

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
            Field::new(HANGUL_SHARE, DataType::Float32, false),
            Field::new(REPEATED_LINE_SHARE, DataType::Float32, false),
            Field::new(CLUSTER_SIZE, DataType::UInt32, false),
        ],
        DOCUMENTS.metadata(),
    ))
}

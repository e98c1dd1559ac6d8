use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The format of parts of repeated spans: one row per span of a document that a better document has too.
pub const REPEATS: FormatId = FormatId { name: "repeats", version: 1 };

/// The Arrow schema of parts of repeated spans.
pub fn repeats() -> SchemaRef {
    use crate::column::*;
    Arc::new(Schema::new_with_metadata(
        vec![
            Field::new(ID, DataType::FixedSizeBinary(16), false),
            Field::new(SOURCE, DataType::Utf8, false),
            Field::new(CHARACTER, DataType::UInt32, false),
            Field::new(CHARACTERS, DataType::UInt32, false),
            Field::new(COPY_OF, DataType::FixedSizeBinary(16), false),
        ],
        REPEATS.metadata(),
    ))
}

use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The format of contamination parts: one row per evaluation item that was found in a document.
pub const CONTAMINATION: FormatId = FormatId { name: "contamination", version: 1 };

/// The Arrow schema of contamination parts.
pub fn contamination() -> SchemaRef {
    use crate::column::*;
    Arc::new(Schema::new_with_metadata(
        vec![
            Field::new(ID, DataType::FixedSizeBinary(16), false),
            Field::new(SOURCE, DataType::Utf8, false),
            Field::new(EVALUATION_SET, DataType::Utf8, false),
            Field::new(ITEM, DataType::Utf8, false),
            Field::new(OVERLAP, DataType::Float32, false),
            Field::new(CHARACTER, DataType::UInt32, false),
            Field::new(CHARACTERS, DataType::UInt32, false),
        ],
        CONTAMINATION.metadata(),
    ))
}

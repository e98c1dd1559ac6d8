use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The format of ledger parts: one row per record that a stage read, whatever became of it.
pub const LEDGER: FormatId = FormatId { name: "ledger", version: 1 };

/// The Arrow schema of ledger parts.
pub fn ledger() -> SchemaRef {
    use crate::column::*;
    Arc::new(Schema::new_with_metadata(
        vec![
            Field::new(ID, DataType::FixedSizeBinary(16), false),
            Field::new(SOURCE, DataType::Utf8, false),
            Field::new(FILE, DataType::Utf8, false),
            Field::new(RECORD, DataType::UInt64, false),
            Field::new(OFFSET, DataType::UInt64, true),
            Field::new(URL, DataType::Utf8, true),
            Field::new(OUTCOME, DataType::Utf8, false),
            Field::new(REASON, DataType::Utf8, true),
            Field::new(DETAIL, DataType::Utf8, true),
            Field::new(SURVIVOR, DataType::FixedSizeBinary(16), true),
            Field::new(SIMILARITY, DataType::Float32, true),
            Field::new(CHARACTERS, DataType::UInt32, true),
            Field::new(EOJEOL, DataType::UInt32, true),
            Field::new(TOKEN_COUNT, DataType::UInt32, true),
        ],
        LEDGER.metadata(),
    ))
}

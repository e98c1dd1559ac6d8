use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The format of parts of superseded documents: one row per document that an earlier run kept and one run over everything
/// would not have.
pub const SUPERSEDED: FormatId = FormatId { name: "superseded", version: 1 };

/// The Arrow schema of parts of superseded documents.
pub fn superseded() -> SchemaRef {
    use crate::column::*;
    Arc::new(Schema::new_with_metadata(
        vec![
            Field::new(ID, DataType::FixedSizeBinary(16), false),
            Field::new(RUN, DataType::Utf8, false),
            Field::new(SURVIVOR, DataType::FixedSizeBinary(16), false),
            Field::new(DETAIL, DataType::Utf8, false),
        ],
        SUPERSEDED.metadata(),
    ))
}

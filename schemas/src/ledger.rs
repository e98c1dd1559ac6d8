use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The format of ledger parts: one row per record that a stage read, whatever became of it.
pub const LEDGER: FormatId = FormatId { name: "ledger", version: 1 };

/// Column names of [`ledger`] that documents do not have.
pub mod column {
    /// `kept`, `removed` or `errored`: see [`crate::Outcome`].
    pub const OUTCOME: &str = "outcome";
    /// Why, for what was not kept: see [`crate::Reason`].
    pub const REASON: &str = "reason";
    /// The reason in words with its numbers, for a person.
    pub const DETAIL: &str = "detail";
    /// Byte offset of the record in its (decompressed) file, where the reader knows it.
    pub const OFFSET: &str = "offset";
    /// Id of the document that was kept in place of this one.
    pub const SURVIVOR: &str = "survivor";
    /// Estimated Jaccard similarity to the survivor, 0 to 1.
    pub const SIMILARITY: &str = "similarity";
    /// Tokens that the document was encoded to.
    pub const TOKEN_COUNT: &str = "token_count";
}

/// The Arrow schema of ledger parts.
pub fn ledger() -> SchemaRef {
    use crate::document::column::*;
    use column::*;
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

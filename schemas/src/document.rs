use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The format of document parts: one row per document, text and measures together.
pub const DOCUMENTS: FormatId = FormatId { name: "documents", version: 1 };

/// Column names of [`documents`].
pub mod column {
    /// 16-byte document id.
    pub const ID: &str = "id";
    /// Name of the source in the recipe.
    pub const SOURCE: &str = "source";
    /// Path of the input file inside its source.
    pub const FILE: &str = "file";
    /// Ordinal of the record in its file, from 0.
    pub const RECORD: &str = "record";
    /// Address the document was found at, if known.
    pub const URL: &str = "url";
    /// Title, if known.
    pub const TITLE: &str = "title";
    /// Date as the source wrote it, if known.
    pub const DATE: &str = "date";
    /// The text itself, NFC.
    pub const TEXT: &str = "text";
    /// Character set the bytes were decoded from, by its WHATWG name.
    pub const CHARSET: &str = "charset";
    /// Malformed sequences that became one U+FFFD each.
    pub const REPLACED: &str = "replaced";
    /// Characters (Unicode scalar values) of the text.
    pub const CHARACTERS: &str = "characters";
    /// Eojeol (runs of non-space characters) of the text.
    pub const EOJEOL: &str = "eojeol";
    /// Hangul characters over all non-space characters, 0 to 1.
    pub const HANGUL_SHARE: &str = "hangul_share";
    /// Characters on lines that occurred earlier in the document over all characters on lines, 0 to 1.
    pub const REPEATED_LINE_SHARE: &str = "repeated_line_share";
    /// Documents in this one's duplicate cluster, itself included; 1 before deduplication.
    pub const CLUSTER_SIZE: &str = "cluster_size";
}

/// The Arrow schema of document parts, in every stage up to tokenising.
pub fn documents() -> SchemaRef {
    use column::*;
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

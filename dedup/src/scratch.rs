//! What the phases of the stage hand to one another: narrow Parquet parts, gone once the stage is published.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Column names of scratch parts.
pub(crate) mod column {
    /// A document: see [`super::Key`].
    pub(crate) const KEY: &str = "key";
    /// Place of the document's source in the recipe.
    pub(crate) const PRIORITY: &str = "priority";
    /// Upper half of the hash of the text.
    pub(crate) const TEXT_HIGH: &str = "text_high";
    /// Lower half of the hash of the text.
    pub(crate) const TEXT_LOW: &str = "text_low";
    /// MinHash signature, little-endian.
    pub(crate) const SIGNATURE: &str = "signature";
    /// Hash of one band of a signature.
    pub(crate) const BAND: &str = "band";
    /// The least key of a group.
    pub(crate) const LEAST: &str = "least";
    /// Key of the document that is kept.
    pub(crate) const SURVIVOR: &str = "survivor";
    /// Id of the document that is kept.
    pub(crate) const SURVIVOR_ID: &str = "survivor_id";
    /// Whether the text is the survivor's.
    pub(crate) const SAME_TEXT: &str = "same_text";
    /// Whether the document's signature is needed to measure a similarity.
    pub(crate) const COMPARED: &str = "compared";
    /// Hashes in which two signatures agree.
    pub(crate) const AGREEMENT: &str = "agreement";
}

/// A document's place in the input of the stage as one number that sorts by part, then by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(pub(crate) u64);

impl Key {
    /// The document in row `row` of input part `part`.
    pub(crate) fn new(part: u32, row: u32) -> Self {
        Self(u64::from(part) << 32 | u64::from(row))
    }

    /// Ordinal of the input part.
    pub(crate) fn part(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Row in the input part.
    pub(crate) fn row(self) -> u32 {
        self.0 as u32
    }
}

/// One row per document: what its duplicates are found by. A signature of 0 hashes is a column left out.
pub(crate) fn signatures(hash_bytes: usize) -> SchemaRef {
    use malmoi_schemas::column::{CHARACTERS, ID};
    let mut fields = vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::PRIORITY, DataType::UInt32, false),
        Field::new(CHARACTERS, DataType::UInt32, false),
        Field::new(ID, DataType::FixedSizeBinary(16), false),
        Field::new(column::TEXT_HIGH, DataType::UInt64, false),
        Field::new(column::TEXT_LOW, DataType::UInt64, false),
    ];
    if hash_bytes > 0 {
        // Absent where the text is shorter than a shingle: only the same text could have the same signature.
        fields.push(Field::new(column::SIGNATURE, signature_type(hash_bytes), true));
    }
    Arc::new(Schema::new(fields))
}

/// One row per band of a document.
pub(crate) fn bands() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::BAND, DataType::UInt64, false),
        Field::new(column::KEY, DataType::UInt64, false),
    ]))
}

/// One row per edge between two documents.
pub(crate) fn edges() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::LEAST, DataType::UInt64, false),
        Field::new(column::KEY, DataType::UInt64, false),
    ]))
}

/// One row per document that has a duplicate.
pub(crate) fn decisions() -> SchemaRef {
    use malmoi_schemas::column::CLUSTER_SIZE;
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::SURVIVOR, DataType::UInt64, false),
        Field::new(column::SURVIVOR_ID, DataType::FixedSizeBinary(16), false),
        Field::new(CLUSTER_SIZE, DataType::UInt32, false),
        Field::new(column::SAME_TEXT, DataType::Boolean, false),
        Field::new(column::COMPARED, DataType::Boolean, false),
    ]))
}

/// One row per document whose signature is compared, its survivor's or its own.
pub(crate) fn compared(hash_bytes: usize) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::SURVIVOR, DataType::UInt64, false),
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::SIGNATURE, signature_type(hash_bytes), false),
    ]))
}

/// One row per removed near-duplicate.
pub(crate) fn agreements() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::AGREEMENT, DataType::UInt32, false),
    ]))
}

fn signature_type(hash_bytes: usize) -> DataType {
    // At most 255 bands of 64 rows: far below what the width can say.
    DataType::FixedSizeBinary(i32::try_from(hash_bytes).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_part_then_row() {
        let key = Key::new(3, u32::MAX);
        assert_eq!((key.part(), key.row()), (3, u32::MAX));
        assert!(key < Key::new(4, 0));
    }
}

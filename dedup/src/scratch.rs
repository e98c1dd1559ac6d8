//! What the phases of the stage hand to one another: narrow Parquet parts, gone once the stage is published.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Column names of scratch parts.
pub(crate) mod column {
    /// A document: see [`super::Key`].
    pub(crate) const KEY: &str = "key";
    /// How good the document is among its duplicates: see [`crate::Rank`].
    pub(crate) const RANK: &str = "rank";
    /// Upper half of the hash of the text.
    pub(crate) const TEXT_HIGH: &str = "text_high";
    /// Lower half of the hash of the text.
    pub(crate) const TEXT_LOW: &str = "text_low";
    /// Upper half of the hash of the canonical address.
    pub(crate) const ADDRESS_HIGH: &str = "address_high";
    /// Lower half of the hash of the canonical address.
    pub(crate) const ADDRESS_LOW: &str = "address_low";
    /// MinHash signature, little-endian.
    pub(crate) const SIGNATURE: &str = "signature";
    /// Hash of one band of a signature.
    pub(crate) const BAND: &str = "band";
    /// The least key of a group.
    pub(crate) const LEAST: &str = "least";
    /// Key of the document that is kept.
    pub(crate) const SURVIVOR: &str = "survivor";
    /// Rank of the document that is kept.
    pub(crate) const SURVIVOR_RANK: &str = "survivor_rank";
    /// Whether the text is the survivor's.
    pub(crate) const SAME_TEXT: &str = "same_text";
    /// Whether the address is the survivor's.
    pub(crate) const SAME_ADDRESS: &str = "same_address";
    /// Whether the document's signature is needed to measure a similarity.
    pub(crate) const COMPARED: &str = "compared";
    /// Hash of a site; absent where all are meant.
    pub(crate) const SITE: &str = "site";
    /// Hash of a line; absent where the document is meant.
    pub(crate) const LINE: &str = "line";
    /// How many documents.
    pub(crate) const DOCUMENTS: &str = "documents";
    /// An edited text; absent where the document was taken out.
    pub(crate) const TEXT: &str = "text";
    /// The piece of verification that a pair belongs to.
    pub(crate) const TASK: &str = "task";
    /// Distinct shingles of a document, sorted, or the lower part of them.
    pub(crate) const SHINGLES: &str = "shingles";
    /// How often the range of shingle hashes was halved for a document that has too many.
    pub(crate) const HALVINGS: &str = "halvings";
    /// The least key of any bucket that brought a pair together.
    pub(crate) const ANCHOR: &str = "anchor";
    /// Hashes in which two signatures agree.
    pub(crate) const AGREEMENT: &str = "agreement";
    /// Upper half of the hash of an embedding.
    pub(crate) const VECTOR_HIGH: &str = "vector_high";
    /// Lower half of the hash of an embedding.
    pub(crate) const VECTOR_LOW: &str = "vector_low";
    /// A document that shares a band of embeddings: its key, most significant byte first, and its whole signature.
    pub(crate) const MEMBER: &str = "member";
    /// Cosine of two embeddings.
    pub(crate) const COSINE: &str = "cosine";
    /// Whether only embeddings tie the document to its survivor.
    pub(crate) const BY_MEANING: &str = "by_meaning";
    /// Hash of some consecutive eojeol: see [`crate::substring::Fingerprint`].
    pub(crate) const FINGERPRINT: &str = "fingerprint";
    /// The first eojeol of a run, from 0.
    pub(crate) const FIRST: &str = "first";
    /// The eojeol after the last of a run.
    pub(crate) const END: &str = "end";
    /// Rank of the document that a run can be read in.
    pub(crate) const COPY_RANK: &str = "copy_rank";
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

/// One row per line of a document, and one for the document.
pub(crate) fn lines() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::SITE, DataType::UInt64, false),
        Field::new(column::LINE, DataType::UInt64, true),
    ]))
}

/// How many documents have a line, of a site or of all; and how many a site has.
pub(crate) fn line_counts() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::SITE, DataType::UInt64, true),
        Field::new(column::LINE, DataType::UInt64, true),
        Field::new(column::DOCUMENTS, DataType::UInt64, false),
    ]))
}

/// One row per line that is cut, from a site or from all.
pub(crate) fn repeated() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::SITE, DataType::UInt64, true),
        Field::new(column::LINE, DataType::UInt64, false),
    ]))
}

/// One row per document that was edited, taken out, or holds an item that is to be named.
pub(crate) fn edits() -> SchemaRef {
    use malmoi_schemas::column::{DETAIL, REASON};
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::TEXT, DataType::Utf8, true),
        Field::new(REASON, DataType::Utf8, true),
        Field::new(DETAIL, DataType::Utf8, false),
    ]))
}

/// One row per document: what its duplicates are found by. A signature of 0 bytes is a column left out.
pub(crate) fn signatures(rank_bytes: usize, addresses: bool, signature_bytes: usize) -> SchemaRef {
    let mut fields = vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::RANK, binary(rank_bytes), false),
        Field::new(column::TEXT_HIGH, DataType::UInt64, false),
        Field::new(column::TEXT_LOW, DataType::UInt64, false),
    ];
    if addresses {
        // Absent where the document has no address that names a page.
        fields.push(Field::new(column::ADDRESS_HIGH, DataType::UInt64, true));
        fields.push(Field::new(column::ADDRESS_LOW, DataType::UInt64, true));
    }
    if signature_bytes > 0 {
        // Absent where the text is shorter than a shingle: only the same text could have the same signature.
        fields.push(Field::new(column::SIGNATURE, binary(signature_bytes), true));
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

/// One row per document and hash, sorted by hash: see the posting lists of information retrieval.
pub(crate) fn postings(hash: &[&str]) -> SchemaRef {
    let fields = hash.iter().chain([&column::KEY]).map(|&name| Field::new(name, DataType::UInt64, false));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// One row per edge between two documents.
pub(crate) fn edges() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::LEAST, DataType::UInt64, false),
        Field::new(column::KEY, DataType::UInt64, false),
    ]))
}

/// One row per star of edges.
pub(crate) fn centres() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(column::LEAST, DataType::UInt64, false)]))
}

/// One row per edge between two documents whose embeddings were compared.
pub(crate) fn scored_edges() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::LEAST, DataType::UInt64, false),
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::COSINE, DataType::Float32, false),
    ]))
}

/// One row per document with a usable embedding: its hash and its signature.
pub(crate) fn vectors(signature_bytes: usize) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::VECTOR_HIGH, DataType::UInt64, false),
        Field::new(column::VECTOR_LOW, DataType::UInt64, false),
        Field::new(column::SIGNATURE, binary(signature_bytes), false),
    ]))
}

/// One row per band of a document's embedding.
pub(crate) fn semantic_bands(signature_bytes: usize) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::BAND, DataType::UInt64, false),
        Field::new(column::MEMBER, binary(size_of::<u64>() + signature_bytes), false),
    ]))
}

/// One row per pair of candidates, by task, and within a task by key.
pub(crate) fn pairs() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::LEAST, DataType::UInt64, false),
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::TASK, DataType::UInt32, false),
    ]))
}

/// One row per candidate and task that compares it.
pub(crate) fn wanted() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::TASK, DataType::UInt32, false),
    ]))
}

/// One row per candidate and task, with the shingles to compare; sorted by task.
pub(crate) fn sets() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::TASK, DataType::UInt32, false),
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::HALVINGS, DataType::UInt32, false),
        Field::new_list(column::SHINGLES, Field::new_list_field(DataType::UInt32, false), false),
    ]))
}

/// One row per document that has a duplicate.
pub(crate) fn decisions(rank_bytes: usize) -> SchemaRef {
    use malmoi_schemas::column::CLUSTER_SIZE;
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::SURVIVOR, DataType::UInt64, false),
        Field::new(column::SURVIVOR_RANK, binary(rank_bytes), false),
        Field::new(CLUSTER_SIZE, DataType::UInt32, false),
        Field::new(column::SAME_TEXT, DataType::Boolean, false),
        Field::new(column::SAME_ADDRESS, DataType::Boolean, false),
        Field::new(column::COMPARED, DataType::Boolean, false),
        Field::new(column::BY_MEANING, DataType::Boolean, false),
        // Absent where the survivor's embedding was not compared with the document's.
        Field::new(column::COSINE, DataType::Float32, true),
    ]))
}

/// One row per document whose signature is compared, its survivor's or its own.
pub(crate) fn compared(signature_bytes: usize) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::SURVIVOR, DataType::UInt64, false),
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::SIGNATURE, binary(signature_bytes), false),
    ]))
}

/// One row per removed near-duplicate.
pub(crate) fn agreements() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::AGREEMENT, DataType::UInt32, false),
    ]))
}

/// One row per document and fingerprint.
pub(crate) fn fingerprints() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::FINGERPRINT, DataType::UInt64, false),
    ]))
}

/// One row per stretch of a document that is sent to a group.
pub(crate) fn pieces(rank_bytes: usize) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::RANK, binary(rank_bytes), false),
        Field::new(column::FIRST, DataType::UInt32, false),
        Field::new(column::TEXT, DataType::Utf8, false),
    ]))
}

/// One row per repeated span of a document, as far as one task has seen it.
pub(crate) fn repeats(rank_bytes: usize) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(column::KEY, DataType::UInt64, false),
        Field::new(column::FIRST, DataType::UInt32, false),
        Field::new(column::END, DataType::UInt32, false),
        Field::new(column::COPY_RANK, binary(rank_bytes), false),
    ]))
}

fn binary(bytes: usize) -> DataType {
    // At most 255 bands of 64 rows, and ranks are shorter: far below what the width can say.
    DataType::FixedSizeBinary(i32::try_from(bytes).unwrap_or(i32::MAX))
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

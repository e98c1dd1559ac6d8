use crate::TrainError;
use malmoi_schemas::FileEntry;

/// Where a row group lies and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowGroupPlace {
    /// Ordinal of its file in the manifest's order.
    pub file: usize,
    /// Ordinal in its file.
    pub row_group: usize,
    /// Documents in it.
    pub documents: u64,
    /// Their tokens.
    pub tokens: u64,
}

impl RowGroupPlace {
    /// Tokens in the stream: each document brings its own and the end of text.
    pub fn stream(&self) -> u64 {
        self.tokens + self.documents
    }
}

/// The sizes of all row groups of a set of token shards, as their manifest gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    row_groups: Vec<RowGroupPlace>,
    stream: u64,
    documents: u64,
}

impl Index {
    pub(super) fn new(entries: &[FileEntry]) -> Result<Self, TrainError> {
        let mut row_groups = Vec::new();
        for (file, entry) in entries.iter().enumerate() {
            let listed: u64 = entry.row_groups.iter().map(|r| r.documents).sum();
            if listed != entry.rows {
                let message = format!("the manifest lists {} rows, and row groups of {listed} rows", entry.rows);
                return Err(TrainError::content(&entry.path, message));
            }
            row_groups.extend(entry.row_groups.iter().enumerate().map(|(row_group, sizes)| RowGroupPlace {
                file,
                row_group,
                documents: sizes.documents,
                tokens: sizes.tokens,
            }));
        }
        let stream = row_groups.iter().map(RowGroupPlace::stream).sum();
        let documents = row_groups.iter().map(|r| r.documents).sum();
        Ok(Self { row_groups, stream, documents })
    }

    /// Every row group, in the order of the shards.
    pub fn row_groups(&self) -> &[RowGroupPlace] {
        &self.row_groups
    }

    /// Tokens in one pass, end-of-text tokens included.
    pub fn stream(&self) -> u64 {
        self.stream
    }

    /// Documents in one pass.
    pub fn documents(&self) -> u64 {
        self.documents
    }
}

use super::edit::Edited;
use super::rows::Rows;
use crate::DedupError;
use arrow::array::{
    Array, ArrayRef, BooleanArray, FixedSizeBinaryBuilder, Float32Builder, RecordBatch, StringArray, StringBuilder,
    UInt32Array, new_null_array,
};
use arrow::compute::filter_record_batch;
use malmoi_schemas::{DocumentId, Outcome, Reason, column, documents, ledger};
use std::collections::HashMap;
use std::sync::Arc;

/// Why a document gives way to another, as the ledger says it.
pub(super) struct Verdict {
    pub(super) reason: Reason,
    pub(super) similarity: Option<f32>,
    pub(super) detail: String,
    pub(super) cluster_size: u32,
    pub(super) survivor: DocumentId,
}

/// What becomes of a batch of documents, row by row: the ledger's columns, and texts that were edited.
pub(super) struct Entries {
    pub(super) outcomes: Vec<Outcome>,
    cluster_sizes: Vec<u32>,
    details: StringBuilder,
    survivors: FixedSizeBinaryBuilder,
    similarities: Float32Builder,
    /// Rows whose text is another than it came with.
    texts: HashMap<usize, String>,
}

impl Default for Entries {
    fn default() -> Self {
        Self {
            outcomes: Vec::new(),
            cluster_sizes: Vec::new(),
            details: StringBuilder::new(),
            survivors: FixedSizeBinaryBuilder::new(DocumentId::LEN as i32),
            similarities: Float32Builder::new(),
            texts: HashMap::new(),
        }
    }
}

impl Entries {
    /// The document stays and stands for its cluster. `came` is the text it came with. Gives whether it goes on with another.
    pub(super) fn keep(&mut self, cluster_size: u32, came: &str, edited: Edited<'_>) -> bool {
        let (text, detail) = match edited {
            Edited::Text { text, detail } => (Some(text).filter(|text| *text != came), Some(detail)),
            Edited::AsItCame | Edited::Removed { .. } => (None, None),
        };
        if let Some(text) = text {
            self.texts.insert(self.outcomes.len(), text.to_owned());
        }
        self.outcomes.push(Outcome::Kept);
        self.cluster_sizes.push(cluster_size);
        self.details.append_option(detail);
        self.survivors.append_null();
        self.similarities.append_null();
        text.is_some()
    }

    /// The document was taken out before it was compared with others.
    pub(super) fn take_out(&mut self, reason: Reason, detail: &str) {
        self.outcomes.push(Outcome::Removed(reason));
        self.cluster_sizes.push(1);
        self.details.append_value(detail);
        self.survivors.append_null();
        self.similarities.append_null();
    }

    /// The document gives way to another.
    pub(super) fn remove(&mut self, verdict: &Verdict) -> Result<(), DedupError> {
        self.outcomes.push(Outcome::Removed(verdict.reason));
        self.cluster_sizes.push(verdict.cluster_size);
        self.details.append_value(&verdict.detail);
        self.similarities.append_option(verdict.similarity);
        // Sixteen bytes into a builder of sixteen bytes.
        let appended = self.survivors.append_value(verdict.survivor.0);
        appended.map_err(|error| DedupError::Rows { path: "the ledger".to_owned(), error })
    }

    /// The documents as they go on: with the cluster that each stands for, and the text and the lengths that it has now.
    pub(super) fn documents(&self, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        let mut changed: HashMap<&str, ArrayRef> = HashMap::from([(
            column::CLUSTER_SIZE,
            Arc::new(UInt32Array::from(self.cluster_sizes.clone())) as ArrayRef,
        )]);
        if !self.texts.is_empty() {
            let came = rows.text(column::TEXT)?;
            let texts = (0..came.len()).map(|row| Some(self.texts.get(&row).map_or(came.value(row), String::as_str)));
            changed.insert(column::TEXT, Arc::new(StringArray::from_iter(texts)));
            changed
                .insert(column::CHARACTERS, self.counted(rows.u32(column::CHARACTERS)?, |text| text.chars().count()));
            changed.insert(
                column::EOJEOL,
                self.counted(rows.u32(column::EOJEOL)?, |text| text.split_whitespace().count()),
            );
        }
        let schema = documents();
        let columns = schema.fields().iter().map(|field| match changed.remove(field.name().as_str()) {
            Some(column) => Ok(column),
            None => rows.same(field).map(Arc::clone),
        });
        rows.assemble(&schema, columns.collect::<Result<_, _>>()?)
    }

    /// A column of lengths, measured anew where the text is another.
    fn counted(&self, before: &UInt32Array, count: impl Fn(&str) -> usize) -> ArrayRef {
        let lengths = before.values().iter().enumerate().map(|(row, &before)| match self.texts.get(&row) {
            Some(text) => count(text).try_into().unwrap_or(u32::MAX),
            None => before,
        });
        Arc::new(UInt32Array::from_iter_values(lengths))
    }

    /// Of documents as they go on, those that do.
    pub(super) fn survivors(&self, documents: &RecordBatch) -> Result<RecordBatch, DedupError> {
        let kept = BooleanArray::from_iter(self.outcomes.iter().map(|&outcome| Some(outcome == Outcome::Kept)));
        filter_record_batch(documents, &kept).map_err(|error| DedupError::Rows { path: "kept".to_owned(), error })
    }

    /// One row per document, in the columns of [`ledger`].
    pub(super) fn ledger(mut self, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        let schema = ledger();
        let count = self.outcomes.len();
        let outcomes = self.outcomes.iter().map(|outcome| Some(outcome.as_str()));
        let reasons = self.outcomes.iter().map(|outcome| outcome.reason().map(Reason::as_str));
        let mut own: HashMap<&str, ArrayRef> = HashMap::from([
            (column::OUTCOME, Arc::new(StringArray::from_iter(outcomes)) as ArrayRef),
            (column::REASON, Arc::new(StringArray::from_iter(reasons)) as ArrayRef),
            (column::DETAIL, Arc::new(self.details.finish()) as ArrayRef),
            (column::SURVIVOR, Arc::new(self.survivors.finish()) as ArrayRef),
            (column::SIMILARITY, Arc::new(self.similarities.finish()) as ArrayRef),
        ]);
        for name in [column::ID, column::SOURCE, column::FILE, column::RECORD, column::URL] {
            own.insert(name, Arc::clone(rows.array(name)?));
        }
        for name in [column::CHARACTERS, column::EOJEOL] {
            own.insert(name, Arc::clone(rows.array(name)?));
        }
        let columns = schema
            .fields()
            .iter()
            .map(|field| own.remove(field.name().as_str()).unwrap_or_else(|| new_null_array(field.data_type(), count)));
        let columns = columns.collect();
        rows.assemble(&schema, columns)
    }
}

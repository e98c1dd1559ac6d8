//! From token shards to rows: the k-th sample is a pure function of the shards, the seed and k.
//!
//! The token stream of an epoch is every document in the order of the shards, row group after row group, each document
//! followed by the end-of-text token; the row groups are permuted anew in each epoch. Sample k of an epoch is the stream
//! from k·T on, T + 1 tokens long: inputs and, shifted by one, targets. What is left at an epoch's end and is shorter
//! than a row is not trained on in that epoch.

mod index;
mod order;
mod shard;
#[cfg(test)]
mod tests;

use crate::{Files, TrainError};
pub use index::{Index, RowGroupPlace};
use malmoi_schemas::{Details, DocumentId, FileSet, Manifest};
use order::Epoch;
pub use order::Order;
pub(crate) use shard::CACHED_TOKENS;
use shard::{RowGroup, Shards};
use std::ops::Range;

/// A part of a row and the document that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSpan {
    /// The document.
    pub id: DocumentId,
    /// Where its tokens lie in the row; the end-of-text token after a document counts to it.
    pub row: Range<usize>,
    /// Position inside the document of the first of these tokens.
    pub first: u64,
}

/// A row of tokens and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Tokens: inputs are all but the last, targets all but the first.
    pub tokens: Vec<u32>,
    /// The documents, in the order of the row, without a gap.
    pub documents: Vec<DocumentSpan>,
}

/// Reads rows from the token shards that a manifest names.
pub struct Loader<'a> {
    shards: Shards<'a>,
    index: Index,
    order: Order,
    context: usize,
    epoch: Epoch,
}

impl<'a> Loader<'a> {
    /// A loader over one set (`Tokens` or `HeldOut`) of the tokenize stage whose version lies in `folder`.
    ///
    /// Reads nothing yet: the manifest knows the sizes.
    ///
    /// # Errors
    /// [`TrainError::Data`] if the manifest is not of the tokenize stage or lists no row groups.
    pub fn open(
        files: &'a dyn Files,
        folder: &str,
        manifest: &Manifest,
        set: FileSet,
        context: usize,
        order: Order,
    ) -> Result<Self, TrainError> {
        let Details::Tokenize(details) = &manifest.details else {
            let message = format!("the input of training is a manifest of tokenize, this one is of {}", manifest.stage);
            return Err(TrainError::Data(message));
        };
        let entries: Vec<_> = manifest.files_of(set).cloned().collect();
        let index = Index::new(&entries)?;
        let epoch = Epoch::new(&index, order, 0);
        Ok(Self { shards: Shards::new(files, folder, entries, details), index, order, context, epoch })
    }

    /// Sizes of what the loader reads.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Whole rows in one pass over the shards.
    pub fn samples_per_epoch(&self) -> u64 {
        self.index.stream().saturating_sub(1) / self.context as u64
    }

    /// The k-th sample over all epochs.
    ///
    /// # Errors
    /// [`TrainError::Data`] if the shards hold less than one row; any error of reading them.
    pub fn sample(&mut self, k: u64) -> Result<Sample, TrainError> {
        let samples = self.samples_per_epoch();
        if samples == 0 {
            let (tokens, needed) = (self.index.stream(), self.context + 1);
            let message = format!(
                "the token shards hold {tokens} tokens (end-of-text tokens included), one row needs {needed}: \
                 lower `train.model.context` or add documents"
            );
            return Err(TrainError::Data(message));
        }
        self.row(k / samples, k % samples * self.context as u64, self.context + 1)
    }

    /// `length` tokens of an epoch's stream from `start` on.
    pub(crate) fn row(&mut self, epoch: u64, start: u64, length: usize) -> Result<Sample, TrainError> {
        if self.epoch.number() != epoch {
            self.epoch = Epoch::new(&self.index, self.order, epoch);
        }
        let mut sample = Sample { tokens: Vec::with_capacity(length), documents: Vec::new() };
        let (mut slot, mut offset) = self.epoch.locate(start);
        while sample.tokens.len() < length {
            let Some(number) = self.epoch.row_group(slot) else {
                return Err(TrainError::Data(format!("a row from token {start} on reaches beyond the token shards")));
            };
            let row_group = self.shards.row_group(number, &self.index.row_groups()[number])?;
            append(&mut sample, &row_group, offset, length);
            (slot, offset) = (slot + 1, 0);
        }
        Ok(sample)
    }

    /// Different documents of which samples `0..n` hold at least one token.
    ///
    /// Each epoch reads a prefix of its stream, so a row group is read whole, or in part from its start, or not at all:
    /// only those never read whole need opening.
    pub fn documents_in(&mut self, n: u64) -> Result<u64, TrainError> {
        let samples = self.samples_per_epoch().max(1);
        let mut reached = vec![0; self.index.row_groups().len()];
        for epoch in 0..n.div_ceil(samples) {
            let rows = (n - epoch * samples).min(samples);
            Epoch::new(&self.index, self.order, epoch).reach(rows * self.context as u64 + 1, &mut reached);
            if self.index.row_groups().iter().zip(&reached).all(|(place, &reached)| reached == place.stream()) {
                break;
            }
        }
        let mut documents = 0;
        for (number, &reached) in reached.iter().enumerate() {
            let place = &self.index.row_groups()[number];
            documents += match reached {
                0 => 0,
                _ if reached == place.stream() => place.documents,
                _ => self.shards.row_group(number, place)?.documents_before(reached),
            };
        }
        Ok(documents)
    }
}

/// Takes what a row still lacks from a row group's stream, from `offset` on.
fn append(sample: &mut Sample, row_group: &RowGroup, offset: u64, length: usize) {
    let offset = offset as usize;
    let end = row_group.stream.len().min(offset + length - sample.tokens.len());
    let base = sample.tokens.len();
    sample.tokens.extend_from_slice(&row_group.stream[offset..end]);
    let mut document = row_group.document_at(offset);
    let mut at = offset;
    while at < end {
        let span = row_group.span(document);
        let next = span.end.min(end);
        sample.documents.push(DocumentSpan {
            id: row_group.ids[document],
            row: base + at - offset..base + next - offset,
            first: (at - span.start) as u64,
        });
        (at, document) = (next, document + 1);
    }
}

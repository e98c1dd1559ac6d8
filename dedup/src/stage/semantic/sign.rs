use super::super::rows::Rows;
use super::super::{Corpus, InputPart, keyed, phase, scratch_path};
use super::Family;
use crate::DedupError;
use crate::scratch::{Key, column as scratch, vectors};
use crate::semantic::{Embedding, NoUsableEmbedding};
use arrow::array::{ArrayRef, FixedSizeBinaryArray, RecordBatch, UInt64Array};
use malmoi_engine::{Session, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{DOCUMENTS, FileSet, SemanticDetails, column};
use std::collections::HashSet;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

/// Cuts the vectors of the documents that were not taken out by hyperplanes.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    family: &Family,
    signed: &[UnitReport],
) -> Result<Vec<UnitReport>, DedupError> {
    let units = corpus
        .parts
        .iter()
        .zip(signed)
        .map(|(part, report)| Ok(Sign { part, family, documents: scratch_path(work, report)? }));
    work.map(phase("vectors", None), units)
}

/// Documents without a usable embedding, by cause, over all parts.
pub(super) fn unusable(work: &StageWork<'_>, cut: &[UnitReport]) -> Result<SemanticDetails, DedupError> {
    let mut sum = SemanticDetails::default();
    for report in cut {
        let found: SemanticDetails = keyed::facts(work, report)?;
        sum.missing += found.missing;
        sum.other_length += found.other_length;
        sum.not_finite += found.not_finite;
        sum.zero += found.zero;
        sum.magnitude += found.magnitude;
    }
    Ok(sum)
}

/// The signatures of one part's vectors.
struct Sign<'a> {
    part: &'a InputPart,
    family: &'a Family,
    /// Path of the part's documents that were not taken out.
    documents: String,
}

impl Unit for Sign<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let documents = self.documents(output.session())?;
        let mut unusable = SemanticDetails::default();
        let mut writer = output.create(FileSet::Scratch, vectors(self.family.signature_bytes()))?;
        let mut first = 0;
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&[column::EMBEDDING]))? {
            output.check_cancelled()?;
            let batch = batch?;
            writer.write(&self.sign(&batch, first, &documents, &mut unusable)?)?;
            first += batch.num_rows() as u32;
        }
        output.set_facts(unusable)?;
        Ok(output.finish(writer)?)
    }
}

impl Sign<'_> {
    /// The documents of the part that were not taken out.
    fn documents(&self, session: &Session) -> Result<HashSet<u64>, DedupError> {
        let mut keys = HashSet::new();
        for batch in session.read_scratch(&self.documents, Some(&[scratch::KEY]), None)? {
            keys.extend(Rows::of(&batch?, &self.documents).u64(scratch::KEY)?.values());
        }
        Ok(keys)
    }

    /// Signs the rows of a batch, of which the first is row `first` of the part.
    fn sign(
        &self,
        batch: &RecordBatch,
        first: u32,
        documents: &HashSet<u64>,
        unusable: &mut SemanticDetails,
    ) -> Result<RecordBatch, DedupError> {
        let (planes, rows) = (&self.family.planes, Rows::of(batch, &self.part.path));
        let vectors = rows.vectors(column::EMBEDDING)?;
        let (mut keys, mut embeddings, mut high, mut low) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.num_rows() {
            let key = Key::new(self.part.ordinal, first + row as u32);
            if !documents.contains(&key.0) {
                continue;
            }
            match Embedding::check(vectors.get(row), planes.dimension()) {
                Ok(embedding) => {
                    let hash = xxh3_128(vectors.bytes(row));
                    keys.push(key.0);
                    embeddings.push(embedding);
                    high.push((hash >> 64) as u64);
                    low.push(hash as u64);
                }
                Err(cause) => count(cause, unusable),
            }
        }
        let width = planes.signature_bytes();
        let mut signatures = vec![0; embeddings.len() * width];
        planes.sign(&embeddings, &mut signatures);
        let signatures = FixedSizeBinaryArray::try_new(width as i32, signatures.into(), None)
            .map_err(|error| DedupError::Rows { path: self.part.path.clone(), error })?;
        let numbers = |numbers: Vec<u64>| Arc::new(UInt64Array::from(numbers)) as ArrayRef;
        let columns = vec![numbers(keys), numbers(high), numbers(low), Arc::new(signatures) as ArrayRef];
        rows.assemble(&crate::scratch::vectors(width), columns)
    }
}

fn count(cause: NoUsableEmbedding, unusable: &mut SemanticDetails) {
    let count = match cause {
        NoUsableEmbedding::Missing => &mut unusable.missing,
        NoUsableEmbedding::Length { .. } => &mut unusable.other_length,
        NoUsableEmbedding::NotFinite { .. } => &mut unusable.not_finite,
        NoUsableEmbedding::Zero => &mut unusable.zero,
        NoUsableEmbedding::Magnitude => &mut unusable.magnitude,
    };
    *count += 1;
}

use super::super::keyed::KeyedPart;
use super::super::rows::Rows;
use super::super::{Corpus, InputPart, phase, scratch_path};
use super::Family;
use crate::DedupError;
use crate::scratch::{column, semantic_bands};
use crate::semantic::semantic_band_hashes;
use arrow::array::{ArrayRef, FixedSizeBinaryBuilder, RecordBatch, UInt64Array};
use malmoi_engine::{StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::FileSet;
use std::collections::HashSet;
use std::sync::Arc;

/// Cuts the signatures of different vectors into bands.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    family: &Family,
    cut: &[UnitReport],
    vectors: &UnitReport,
) -> Result<Vec<UnitReport>, DedupError> {
    let vectors = KeyedPart::open(work, vectors)?;
    let units =
        corpus.parts.iter().zip(cut).map(|(part, report)| {
            Ok(Bands { part, family, signatures: scratch_path(work, report)?, vectors: &vectors })
        });
    work.map(phase("semantic-bands", None), units)
}

/// The bands of one part's vectors, but for those that the same vector of another document stands for. Each row has the whole
/// signature, by which a bucket is searched.
struct Bands<'a> {
    part: &'a InputPart,
    family: &'a Family,
    signatures: String,
    vectors: &'a KeyedPart<'a>,
}

impl Unit for Bands<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let represented = self.vectors.keys(self.part.ordinal)?;
        let mut writer = output.create(FileSet::Scratch, semantic_bands(self.family.signature_bytes()))?;
        let columns = [column::KEY, column::SIGNATURE];
        for batch in output.session().read_scratch(&self.signatures, Some(&columns), None)? {
            output.check_cancelled()?;
            writer.write(&self.cut(&batch?, &represented)?)?;
        }
        Ok(output.finish(writer)?)
    }
}

impl Bands<'_> {
    fn cut(&self, batch: &RecordBatch, represented: &HashSet<u64>) -> Result<RecordBatch, DedupError> {
        let rows = Rows::of(batch, &self.signatures);
        let (keys, signatures) = (rows.u64(column::KEY)?, rows.bytes(column::SIGNATURE)?);
        let width = size_of::<u64>() + self.family.signature_bytes();
        let mut bands = Vec::new();
        let mut members = FixedSizeBinaryBuilder::new(i32::try_from(width).unwrap_or(i32::MAX));
        let mut member = Vec::with_capacity(width);
        for (row, key) in keys.values().iter().enumerate().filter(|(_, key)| !represented.contains(key)) {
            member.clear();
            member.extend(key.to_be_bytes());
            member.extend(signatures.value(row));
            for band in semantic_band_hashes(signatures.value(row), self.family.banding) {
                bands.push(band);
                let appended = members.append_value(&member);
                appended.map_err(|error| DedupError::Rows { path: self.signatures.clone(), error })?;
            }
        }
        let columns: Vec<ArrayRef> = vec![Arc::new(UInt64Array::from(bands)), Arc::new(members.finish())];
        rows.assemble(&semantic_bands(self.family.signature_bytes()), columns)
    }
}

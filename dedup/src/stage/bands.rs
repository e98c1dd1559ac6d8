use super::keyed::KeyedPart;
use super::rows::Rows;
use super::{Corpus, InputPart, Rules, phase, scratch_path};
use crate::scratch::{bands, column};
use crate::{DedupError, band_hashes};
use arrow::array::{Array, RecordBatch, UInt64Array};
use malmoi_engine::{StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::FileSet;
use std::collections::HashSet;
use std::sync::Arc;

/// Cuts the signatures of different texts into bands.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    signed: &[UnitReport],
    twins: Option<&UnitReport>,
) -> Result<Vec<UnitReport>, DedupError> {
    let twins = twins.map(|report| KeyedPart::open(work, report)).transpose()?;
    let units = corpus.parts.iter().zip(signed).map(|(part, report)| {
        Ok(Bands { part, rules, signatures: scratch_path(work, report)?, twins: twins.as_ref() })
    });
    work.map(phase("bands", None), units)
}

/// The bands of one part's documents, but for those that a document of the same text stands for.
struct Bands<'a> {
    part: &'a InputPart,
    rules: &'a Rules,
    signatures: String,
    twins: Option<&'a KeyedPart<'a>>,
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
        let represented = match self.twins {
            Some(twins) => twins.keys(self.part.ordinal)?,
            None => HashSet::new(),
        };
        let mut writer = output.create(FileSet::Scratch, bands())?;
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
        let capacity = batch.num_rows() * self.rules.banding.bands();
        let (mut of_band, mut of_key) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
        for (row, key) in keys.values().iter().enumerate() {
            if signatures.is_valid(row) && !represented.contains(key) {
                of_band.extend(band_hashes(signatures.value(row), self.rules.banding.rows()));
                of_key.resize(of_band.len(), *key);
            }
        }
        rows.assemble(&bands(), vec![Arc::new(UInt64Array::from(of_band)), Arc::new(UInt64Array::from(of_key))])
    }
}

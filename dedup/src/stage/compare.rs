use super::earlier::EarlierRun;
use super::keyed::KeyedPart;
use super::rows::Rows;
use super::{Corpus, Rules, phase, scratch_path};
use crate::DedupError;
use crate::scratch::{column, compared};
use arrow::array::{Array, FixedSizeBinaryBuilder, RecordBatch, UInt64Array};
use malmoi_engine::{StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::FileSet;
use std::collections::HashMap;
use std::sync::Arc;

/// Picks the signatures of near-duplicates and of their survivors out of all.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    signed: &[UnitReport],
    decided: &UnitReport,
) -> Result<Vec<UnitReport>, DedupError> {
    let decisions = KeyedPart::open(work, decided)?;
    let decisions = &decisions;
    let old = decisions.parts_before(corpus.earlier.parts()).into_iter().filter_map(|ordinal| {
        let run = corpus.earlier.run_of(ordinal)?;
        let name = format!("earlier-{ordinal:05}");
        let signatures = run.signatures(ordinal);
        Some(signatures.map(|signatures| Compare { ordinal, name, run: Some(run), rules, signatures, decisions }))
    });
    let own = corpus.parts.iter().zip(signed).map(|(part, report)| {
        let (ordinal, name) = (part.ordinal, part.name.clone());
        Ok(Compare { ordinal, name, run: None, rules, signatures: scratch_path(work, report)?, decisions })
    });
    work.map(phase("compare", None), old.chain(own))
}

struct Compare<'a> {
    ordinal: u32,
    name: String,
    /// The earlier run that the part is of, if it is of one.
    run: Option<&'a EarlierRun>,
    rules: &'a Rules,
    signatures: String,
    decisions: &'a KeyedPart<'a>,
}

impl Unit for Compare<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let survivors = self.survivors()?;
        let mut writer = output.create(FileSet::Scratch, compared(self.rules.signature_bytes()))?;
        if !survivors.is_empty() {
            let columns = [column::KEY, column::SIGNATURE];
            let rows = match self.run {
                Some(run) => {
                    let mut keys: Vec<u64> = survivors.keys().copied().collect();
                    keys.sort_unstable();
                    run.read_keys(&self.signatures, &columns, &keys)?
                }
                None => output.session().read_scratch(&self.signatures, Some(&columns), None)?,
            };
            for batch in rows {
                output.check_cancelled()?;
                writer.write(&self.pick(&batch?, &survivors)?)?;
            }
        }
        Ok(output.finish(writer)?)
    }
}

impl Compare<'_> {
    /// The survivor of each document of this part that is compared.
    fn survivors(&self) -> Result<HashMap<u64, u64>, DedupError> {
        let mut survivors = HashMap::new();
        let columns = [column::KEY, column::SURVIVOR, column::COMPARED];
        for batch in self.decisions.share(self.ordinal, &columns)? {
            let batch = batch?;
            let rows = Rows::of(&batch, self.decisions.path());
            let (keys, of, compared) =
                (rows.u64(column::KEY)?, rows.u64(column::SURVIVOR)?, rows.flag(column::COMPARED)?);
            let pairs = keys.values().iter().zip(of.values()).zip(compared.values());
            survivors.extend(pairs.filter(|(_, compared)| *compared).map(|((&key, &survivor), _)| (key, survivor)));
        }
        Ok(survivors)
    }

    fn pick(&self, batch: &RecordBatch, survivors: &HashMap<u64, u64>) -> Result<RecordBatch, DedupError> {
        let rows = Rows::of(batch, &self.signatures);
        let (keys, signatures) = (rows.u64(column::KEY)?, rows.bytes(column::SIGNATURE)?);
        let (mut of_survivor, mut of_key) = (Vec::new(), Vec::new());
        let mut picked = FixedSizeBinaryBuilder::new(signatures.value_length());
        for (row, key) in keys.values().iter().enumerate() {
            if let Some(survivor) = survivors.get(key).filter(|_| signatures.is_valid(row)) {
                of_survivor.push(*survivor);
                of_key.push(*key);
                let appended = picked.append_value(signatures.value(row));
                appended.map_err(|error| DedupError::Rows { path: self.signatures.clone(), error })?;
            }
        }
        let columns: [Arc<dyn Array>; 3] =
            [Arc::new(UInt64Array::from(of_survivor)), Arc::new(UInt64Array::from(of_key)), Arc::new(picked.finish())];
        rows.assemble(&compared(self.rules.signature_bytes()), columns.into())
    }
}

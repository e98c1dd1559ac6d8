use crate::scratch::{self, Key, column};
use crate::stage::InputPart;
use crate::stage::edit::{EditReader, Edited};
use crate::stage::keyed::KeyedPart;
use crate::stage::rows::Rows;
use crate::substring::{Fingerprints, SubstringConfig};
use crate::{DedupError, Eojeol};
use arrow::array::{Array, UInt64Array};
use malmoi_engine::{Unit, UnitOutput};
use malmoi_schemas::{DOCUMENTS, FileSet, column as documents};
use std::collections::HashSet;
use std::sync::Arc;

/// Writes the fingerprints of one part's survivors, each once per document.
pub(super) struct Sample<'a> {
    pub(super) part: &'a InputPart,
    pub(super) config: &'a SubstringConfig,
    /// Path of the part's edits, if texts were edited.
    pub(super) edits: Option<String>,
    pub(super) decisions: &'a KeyedPart<'a>,
}

impl Unit for Sample<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let removed = self.removed()?;
        let mut sampler = Sampler::new(self.config);
        let mut writer = output.create(FileSet::Scratch, scratch::fingerprints())?;
        let mut edits = EditReader::open(output.session(), self.edits)?;
        let mut next_row = 0;
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&[documents::TEXT]))? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, &self.part.path);
            let texts = rows.text(documents::TEXT)?;
            let (mut keys, mut hashes) = (Vec::new(), Vec::new());
            for row in 0..batch.num_rows() {
                let key = Key::new(self.part.ordinal, next_row);
                next_row += 1;
                let text = match edits.of(key)? {
                    Edited::Removed { .. } => continue,
                    Edited::AsItCame => texts.value(row),
                    Edited::Text { text, .. } => text,
                };
                if !removed.contains(&key.0) {
                    hashes.extend_from_slice(sampler.sample(text)?);
                    keys.resize(hashes.len(), key.0);
                }
            }
            let columns: Vec<Arc<dyn Array>> =
                vec![Arc::new(UInt64Array::from(keys)), Arc::new(UInt64Array::from(hashes))];
            writer.write(&rows.assemble(&scratch::fingerprints(), columns)?)?;
        }
        Ok(output.finish(writer)?)
    }
}

impl Sample<'_> {
    /// The part's documents that give way to others.
    fn removed(&self) -> Result<HashSet<u64>, DedupError> {
        let mut removed = HashSet::new();
        for batch in self.decisions.share(self.part.ordinal, &[column::KEY, column::SURVIVOR])? {
            let batch = batch?;
            let rows = Rows::of(&batch, self.decisions.path());
            let (keys, survivors) = (rows.u64(column::KEY)?, rows.u64(column::SURVIVOR)?);
            let pairs = keys.values().iter().zip(survivors.values());
            removed.extend(pairs.filter(|(key, survivor)| key != survivor).map(|(&key, _)| key));
        }
        Ok(removed)
    }
}

/// Buffers that go from document to document.
struct Sampler {
    eojeol: Eojeol,
    fingerprints: Fingerprints,
    hashes: Vec<u64>,
}

impl Sampler {
    fn new(config: &SubstringConfig) -> Self {
        let fingerprints = Fingerprints::new(config.min_characters.get());
        Self { eojeol: Eojeol::default(), fingerprints, hashes: Vec::new() }
    }

    fn sample(&mut self, text: &str) -> Result<&[u64], DedupError> {
        self.eojeol.cut(text);
        self.hashes.clear();
        self.hashes.extend(self.fingerprints.of(&self.eojeol)?.iter().map(|fingerprint| fingerprint.hash));
        self.hashes.sort_unstable();
        self.hashes.dedup();
        Ok(&self.hashes)
    }
}

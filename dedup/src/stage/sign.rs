use super::rows::Rows;
use super::{Corpus, InputPart, Rules, phase};
use crate::scratch::{Key, signatures};
use crate::{DedupError, Eojeol, Shingles, text_hash};
use arrow::array::{ArrayRef, FixedSizeBinaryBuilder, RecordBatch, UInt32Array, UInt64Array};
use arrow::datatypes::SchemaRef;
use malmoi_engine::{StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{DOCUMENTS, FileSet, column};
use std::sync::Arc;

/// Hashes and signs every document.
pub(super) fn map(work: &StageWork<'_>, corpus: &Corpus, rules: &Rules) -> Result<Vec<UnitReport>, DedupError> {
    let units = corpus.parts.iter().map(|part| Ok(Sign { part, rules }));
    work.map(phase("sign", Some(corpus.bytes())), units)
}

/// Signs one part: row i of the scratch part is of row i of the input part.
pub(super) struct Sign<'a> {
    pub(super) part: &'a InputPart,
    pub(super) rules: &'a Rules,
}

impl Unit for Sign<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let mut signer = Signer::new(self.rules, self.part);
        let mut writer = output.create(FileSet::Scratch, SchemaRef::clone(&signer.schema))?;
        let columns = [column::ID, column::SOURCE, column::TEXT, column::CHARACTERS];
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&columns))? {
            output.check_cancelled()?;
            writer.write(&signer.sign(&batch?)?)?;
        }
        Ok(output.finish(writer)?)
    }
}

/// Buffers that go from document to document.
struct Signer<'a> {
    rules: &'a Rules,
    part: &'a InputPart,
    schema: SchemaRef,
    eojeol: Eojeol,
    shingles: Shingles,
    signature: Vec<u32>,
    stored: Vec<u8>,
    next_row: u32,
}

impl<'a> Signer<'a> {
    fn new(rules: &'a Rules, part: &'a InputPart) -> Self {
        Self {
            rules,
            part,
            schema: signatures(rules.signature_bytes()),
            eojeol: Eojeol::default(),
            shingles: Shingles::new(rules.config.shingle.get(), rules.config.seed),
            signature: vec![0; rules.family.hashes()],
            stored: Vec::new(),
            next_row: 0,
        }
    }

    fn sign(&mut self, batch: &RecordBatch) -> Result<RecordBatch, DedupError> {
        let rows = Rows::of(batch, &self.part.path);
        let (texts, sources) = (rows.text(column::TEXT)?, rows.text(column::SOURCE)?);
        let count = batch.num_rows();
        let mut priorities = Vec::with_capacity(count);
        let mut keys = Vec::with_capacity(count);
        let (mut high, mut low) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let width = self.rules.signature_bytes();
        let mut signatures = FixedSizeBinaryBuilder::with_capacity(count, i32::try_from(width).unwrap_or(i32::MAX));
        for row in 0..count {
            let source = sources.value(row);
            priorities.push(
                *self.rules.priority.get(source).ok_or_else(|| DedupError::UnknownSource {
                    path: self.part.path.clone(),
                    name: source.to_owned(),
                })?,
            );
            keys.push(Key::new(self.part.ordinal, self.next_row).0);
            self.next_row += 1;
            self.eojeol.cut(texts.value(row));
            let hash = text_hash(&self.eojeol);
            high.push((hash >> 64) as u64);
            low.push(hash as u64);
            match width > 0 && self.can_be_near() {
                true => {
                    let appended = signatures.append_value(self.signature());
                    appended.map_err(|error| DedupError::Rows { path: self.part.path.clone(), error })?;
                }
                false => signatures.append_null(),
            }
        }
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(UInt64Array::from(keys)),
            Arc::new(UInt32Array::from(priorities)),
            Arc::clone(rows.array(column::CHARACTERS)?),
            Arc::clone(rows.array(column::ID)?),
            Arc::new(UInt64Array::from(high)),
            Arc::new(UInt64Array::from(low)),
        ];
        if width > 0 {
            columns.push(Arc::new(signatures.finish()));
        }
        rows.assemble(&self.schema, columns)
    }

    /// A text shorter than a shingle shares its only shingle with nothing but the same text, which `exact` finds. To leave
    /// its signature out saves more than its weight: such documents are many where service text is.
    fn can_be_near(&self) -> bool {
        !self.rules.config.exact || self.eojeol.len() >= self.shingles.size()
    }

    fn signature(&mut self) -> &[u8] {
        self.rules.family.sign(self.shingles.of(&self.eojeol), &mut self.signature);
        self.stored.clear();
        self.stored.extend(self.signature.iter().flat_map(|hash| hash.to_le_bytes()));
        &self.stored
    }
}

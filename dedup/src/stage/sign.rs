use super::edit::{EditReader, Edited, Edits};
use super::rank::{self, Ranks};
use super::rows::Rows;
use super::{Corpus, InputPart, Rules, SIGNATURES, phase};
use crate::scratch::{Key, signatures};
use crate::{DedupError, Eojeol, ShingleUnit, Shingles, UrlCanonicalizer, text_hash};
use arrow::array::{Array, ArrayRef, FixedSizeBinaryBuilder, RecordBatch, UInt64Array};
use arrow::datatypes::SchemaRef;
use malmoi_engine::{StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{DOCUMENTS, column};
use std::sync::Arc;

/// Rows of a row group: what a later run reads for one signature that it asks for.
const GROUP_ROWS: usize = 1 << 13;

/// Hashes and signs every document.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    edits: Option<&Edits>,
) -> Result<Vec<UnitReport>, DedupError> {
    let units = corpus.parts.iter().map(|part| {
        let edits = edits.map(|edits| edits.of_part(work, part.ordinal)).transpose()?;
        Ok(Sign { part, rules, edits })
    });
    work.map(phase("sign", Some(corpus.bytes())), units)
}

/// Signs one part: a row for each document that was not taken out.
pub(super) struct Sign<'a> {
    pub(super) part: &'a InputPart,
    pub(super) rules: &'a Rules,
    /// Path of the part's edits, if texts were edited.
    pub(super) edits: Option<String>,
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
        let mut writer = self.rules.create_kept(output, SIGNATURES, SchemaRef::clone(&signer.schema))?;
        let mut in_group = 0;
        let mut edits = EditReader::open(output.session(), self.edits)?;
        let mut columns = rank::columns(self.rules);
        columns.push(column::TEXT);
        if self.rules.config.same_address {
            columns.push(column::URL);
        }
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&columns))? {
            output.check_cancelled()?;
            let signed = signer.sign(&batch?, &mut edits)?;
            writer.write(&signed)?;
            in_group += signed.num_rows();
            if in_group >= GROUP_ROWS {
                writer.end_row_group()?;
                in_group = 0;
            }
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
    addresses: UrlCanonicalizer,
    next_row: u32,
}

impl<'a> Signer<'a> {
    fn new(rules: &'a Rules, part: &'a InputPart) -> Self {
        Self {
            rules,
            part,
            schema: signatures(rules.config.keep.width(), rules.config.same_address, rules.signature_bytes()),
            eojeol: Eojeol::default(),
            shingles: rules.shingles(),
            signature: vec![0; rules.family.hashes()],
            stored: Vec::new(),
            addresses: UrlCanonicalizer::default(),
            next_row: 0,
        }
    }

    fn sign(&mut self, batch: &RecordBatch, edits: &mut EditReader) -> Result<RecordBatch, DedupError> {
        let rows = Rows::of(batch, &self.part.path);
        let texts = rows.text(column::TEXT)?;
        let mut ranks = Ranks::of(self.rules, &rows, &self.part.path)?;
        let count = batch.num_rows();
        let mut keys = Vec::with_capacity(count);
        let mut hashes = Halves::default();
        let (width, rank_width) = (self.rules.signature_bytes(), self.rules.config.keep.width());
        let (mut stored_ranks, mut signatures) = (builder(count, rank_width), builder(count, width));
        let failed = |error| DedupError::Rows { path: self.part.path.clone(), error };
        let urls = if self.rules.config.same_address { Some(rows.text(column::URL)?) } else { None };
        let mut address_hashes = Halves::default();
        for row in 0..count {
            let key = Key::new(self.part.ordinal, self.next_row);
            self.next_row += 1;
            match edits.of(key)? {
                Edited::Removed { .. } => continue,
                Edited::AsItCame => self.eojeol.cut(texts.value(row)),
                Edited::Text { text, .. } => self.eojeol.cut(text),
            }
            keys.push(key.0);
            stored_ranks.append_value(ranks.rank(row)?.as_slice()).map_err(failed)?;
            if let Some(urls) = urls {
                let url = urls.is_valid(row).then(|| urls.value(row));
                let canonical = url.and_then(|url| self.addresses.canonical(url));
                address_hashes.push(canonical.map(|canonical| canonical.hash()));
            }
            hashes.push(Some(text_hash(&self.eojeol)));
            match width > 0 && self.can_be_near() {
                true => signatures.append_value(self.signature()).map_err(failed)?,
                false => signatures.append_null(),
            }
        }
        let mut columns: Vec<ArrayRef> = vec![Arc::new(UInt64Array::from(keys)), Arc::new(stored_ranks.finish())];
        columns.extend(hashes.into_columns());
        if self.rules.config.same_address {
            columns.extend(address_hashes.into_columns());
        }
        if width > 0 {
            columns.push(Arc::new(signatures.finish()));
        }
        rows.assemble(&self.schema, columns)
    }

    /// A text shorter than a shingle shares its only shingle with nothing but the same text, which `exact` finds. To leave
    /// its signature out saves more than its weight: such documents are many where service text is.
    fn can_be_near(&self) -> bool {
        let ShingleUnit::Eojeol(size) = self.shingles.unit() else { return true };
        !self.rules.config.exact || self.eojeol.len() >= size.get()
    }

    fn signature(&mut self) -> &[u8] {
        self.rules.family.sign(self.shingles.of(&self.eojeol), &mut self.signature);
        self.stored.clear();
        self.stored.extend(self.signature.iter().flat_map(|hash| hash.to_le_bytes()));
        &self.stored
    }
}

/// Hashes of 128 bits as two columns: a plan groups by numbers faster than by bytes.
#[derive(Default)]
struct Halves {
    high: Vec<Option<u64>>,
    low: Vec<Option<u64>>,
}

impl Halves {
    fn push(&mut self, hash: Option<u128>) {
        self.high.push(hash.map(|hash| (hash >> 64) as u64));
        self.low.push(hash.map(|hash| hash as u64));
    }

    fn into_columns(self) -> [ArrayRef; 2] {
        [Arc::new(UInt64Array::from(self.high)), Arc::new(UInt64Array::from(self.low))]
    }
}

fn builder(rows: usize, width: usize) -> FixedSizeBinaryBuilder {
    FixedSizeBinaryBuilder::with_capacity(rows, i32::try_from(width).unwrap_or(i32::MAX))
}

use super::{Division, memory_of};
use crate::scratch::{self, Key, column};
use crate::stage::edit::{EditReader, Edited};
use crate::stage::keyed::{KeyedPart, KeyedReader};
use crate::stage::rank::{self, Ranks};
use crate::stage::rows::Rows;
use crate::stage::{InputPart, Rules};
use crate::substring::{EojeolOffsets, Fingerprints, SubstringConfig, pieces};
use crate::{DedupError, Eojeol, Rank};
use arrow::array::{Array, FixedSizeBinaryArray, RecordBatch, StringArray, UInt32Array, UInt64Array};
use malmoi_engine::{PartWriter, Unit, UnitOutput};
use malmoi_schemas::{DOCUMENTS, FileSet, column as documents};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of text that a unit holds before it writes what it has for each group.
const HELD_BYTES: usize = 16 << 20;

/// Part of a task's memory that a row group of pieces takes at most, unless one piece takes more: tasks are put together of
/// whole row groups.
const ROW_GROUPS_IN_TASK: u64 = 16;

/// For each row group of a part of pieces, its group and the memory that a task needs for it.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) row_groups: Vec<(u32, u64)>,
}

/// Sends the stretches around one part's shared fingerprints to their groups.
pub(super) struct Scatter<'a> {
    pub(super) part: &'a InputPart,
    pub(super) rules: &'a Rules,
    pub(super) config: &'a SubstringConfig,
    /// Path of the part's edits, if texts were edited.
    pub(super) edits: Option<String>,
    pub(super) shared: &'a KeyedPart<'a>,
    pub(super) division: Division,
}

impl Unit for Scatter<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let mut gathered = Gathered::new(&self);
        let mut writer = output.create(FileSet::Scratch, scratch::pieces(self.rules.config.keep.width()))?;
        let mut edits = EditReader::open(output.session(), self.edits.clone())?;
        let mut shared = KeyedReader::new(self.shared, self.part.ordinal, &[column::KEY, column::FINGERPRINT])?;
        let (mut hashes, mut next_row) = (Vec::new(), 0);
        let mut columns = rank::columns(self.rules);
        columns.push(documents::TEXT);
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&columns))? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, &self.part.path);
            let mut ranks = Ranks::of(self.rules, &rows, &self.part.path)?;
            let texts = rows.text(documents::TEXT)?;
            for row in 0..batch.num_rows() {
                let key = Key::new(self.part.ordinal, next_row);
                next_row += 1;
                let text = match edits.of(key)? {
                    Edited::Text { text, .. } => text,
                    Edited::AsItCame | Edited::Removed { .. } => texts.value(row),
                };
                hashes.clear();
                shared.of(key, |rows, range| {
                    hashes.extend_from_slice(&rows.u64(column::FINGERPRINT)?.values()[range]);
                    Ok(())
                })?;
                if !hashes.is_empty() {
                    gathered.add(key, ranks.rank(row)?, text, &hashes)?;
                }
                if gathered.held > HELD_BYTES {
                    gathered.write(&mut writer)?;
                }
            }
        }
        gathered.write(&mut writer)?;
        output.set_facts(gathered.facts)?;
        Ok(output.finish(writer)?)
    }
}

/// A stretch of a text that is held.
struct Held {
    group: u32,
    text: usize,
    first: u32,
    bytes: Range<usize>,
    /// What a task needs for it.
    memory: u64,
}

/// Texts of a part until they are written, and who gets which stretch of them.
struct Gathered<'a> {
    path: &'a str,
    rank_bytes: usize,
    division: Division,
    eojeol: Eojeol,
    fingerprints: Fingerprints,
    offsets: EojeolOffsets,
    texts: Vec<(Key, Rank, String)>,
    pieces: Vec<Held>,
    /// Bytes of all that.
    held: usize,
    facts: Facts,
}

impl<'a> Gathered<'a> {
    fn new(unit: &Scatter<'a>) -> Self {
        Self {
            path: &unit.part.path,
            rank_bytes: unit.rules.config.keep.width(),
            division: unit.division,
            eojeol: Eojeol::default(),
            fingerprints: Fingerprints::new(unit.config.min_characters.get()),
            offsets: EojeolOffsets::default(),
            texts: Vec::new(),
            pieces: Vec::new(),
            held: 0,
            facts: Facts::default(),
        }
    }

    /// `shared` are the fingerprints of the text that others have, sorted. To make its fingerprints again costs less than to
    /// keep where each was.
    fn add(&mut self, key: Key, rank: Rank, text: &str, shared: &[u64]) -> Result<(), DedupError> {
        self.eojeol.cut(text);
        self.offsets.cut(text);
        let fingerprints = self.fingerprints.of(&self.eojeol)?;
        let is_shared = |hash| shared.binary_search(&hash).is_ok();
        for piece in pieces(fingerprints, is_shared, self.division.groups) {
            let Some(bytes) = self.offsets.bytes(&piece.eojeol) else { continue };
            let memory = memory_of(bytes.len(), piece.eojeol.len() as u64);
            let (group, first) = (piece.group, piece.eojeol.start);
            self.pieces.push(Held { group, text: self.texts.len(), first, bytes, memory });
            self.held += size_of::<Held>();
        }
        self.held += text.len();
        self.texts.push((key, rank, text.to_owned()));
        Ok(())
    }

    /// Writes what is held, as row groups of one group each.
    fn write(&mut self, writer: &mut PartWriter) -> Result<(), DedupError> {
        let mut held = std::mem::take(&mut self.pieces);
        // Stable: documents stay in order.
        held.sort_by_key(|piece| piece.group);
        let most = self.division.memory / ROW_GROUPS_IN_TASK;
        let mut rest = &held[..];
        while let Some(first) = rest.first() {
            let mut memory = first.memory;
            let fits = rest[1..].iter().take_while(|piece| {
                memory += piece.memory;
                piece.group == first.group && memory <= most
            });
            let (row_group, after) = rest.split_at(1 + fits.count());
            writer.write(&self.rows(row_group)?)?;
            writer.end_row_group()?;
            self.facts.row_groups.push((first.group, row_group.iter().map(|piece| piece.memory).sum()));
            rest = after;
        }
        self.texts.clear();
        self.held = 0;
        Ok(())
    }

    fn rows(&self, pieces: &[Held]) -> Result<RecordBatch, DedupError> {
        let failed = |error| DedupError::Rows { path: self.path.to_owned(), error };
        let of = |piece: &Held| &self.texts[piece.text];
        let ranks = pieces.iter().map(|piece| of(piece).1.as_slice());
        let texts = pieces.iter().map(|piece| &of(piece).2[piece.bytes.clone()]);
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(UInt64Array::from_iter_values(pieces.iter().map(|piece| of(piece).0.0))),
            Arc::new(FixedSizeBinaryArray::try_from_iter(ranks).map_err(failed)?),
            Arc::new(UInt32Array::from_iter_values(pieces.iter().map(|piece| piece.first))),
            Arc::new(StringArray::from_iter_values(texts)),
        ];
        RecordBatch::try_new(scratch::pieces(self.rank_bytes), columns).map_err(failed)
    }
}

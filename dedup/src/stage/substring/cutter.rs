use super::{check_memory, memory_of};
use crate::scratch::{Key, column};
use crate::stage::edit::Edited;
use crate::stage::keyed::{KeyedPart, KeyedReader};
use crate::stage::rows::Rows;
use crate::substring::{Action, Document, EojeolOffsets, Repeat, SubstringConfig, merged, repeats_within};
use crate::{DedupError, Rank, Spans, cut};
use arrow::array::{Array, FixedSizeBinaryBuilder, RecordBatch, StringBuilder, UInt32Builder};
use malmoi_engine::EngineError;
use malmoi_schemas::{ByteSize, DocumentId, Reason, RepeatDetails, repeats as repeat_rows};
use std::ops::Range;
use std::sync::Arc;

/// The document whose spans are asked for.
pub(in crate::stage) struct Place<'a> {
    pub(in crate::stage) key: Key,
    pub(in crate::stage) rank: Rank,
    pub(in crate::stage) source: &'a str,
}

/// Cuts or marks the repeated spans of one part's documents.
pub(in crate::stage) struct Cutter<'a> {
    config: &'a SubstringConfig,
    limit: ByteSize,
    spans: KeyedReader,
    offsets: EojeolOffsets,
    shortened: String,
    detail: String,
    rows: RepeatRows,
    /// What was found so far.
    pub(in crate::stage) details: RepeatDetails,
}

/// A repeated span, and where in its text it lies.
type Located = (Repeat<Rank>, Range<usize>);

impl<'a> Cutter<'a> {
    /// `spans` are those that [`super::find`] found; `limit` is that of the session.
    pub(in crate::stage) fn open(
        config: &'a SubstringConfig,
        limit: ByteSize,
        spans: &KeyedPart<'_>,
        ordinal: u32,
    ) -> Result<Self, DedupError> {
        let columns = [column::KEY, column::FIRST, column::END, column::COPY_RANK];
        Ok(Self {
            config,
            limit,
            spans: KeyedReader::new(spans, ordinal, &columns)?,
            offsets: EojeolOffsets::default(),
            shortened: String::new(),
            detail: String::new(),
            rows: RepeatRows::default(),
            details: RepeatDetails::default(),
        })
    }

    /// What is done to a document that goes on otherwise: `edited`, and cut or marked where it repeats others. `came` is the
    /// text it came with. Documents must be asked for in the order of their keys.
    pub(in crate::stage) fn edit<'t>(
        &'t mut self,
        place: &Place<'_>,
        came: &'t str,
        edited: Edited<'t>,
    ) -> Result<Edited<'t>, DedupError> {
        let (text, before) = match edited {
            Edited::AsItCame => (came, None),
            Edited::Text { text, detail } => (text, Some(detail)),
            Edited::Removed { .. } => return Ok(edited),
        };
        let found = self.found(place, text)?;
        if found.is_empty() {
            return Ok(edited);
        }
        let spans = Spans::merging(found.iter().map(|(_, bytes)| bytes.clone()).collect());
        let characters = spans.characters(text);
        self.rows.push(place, text, &found)?;
        self.details.documents += 1;
        self.details.spans += found.len() as u64;
        self.details.characters += characters as u64;
        let done = match self.config.action {
            Action::Remove => "cut",
            Action::Mark => "marked",
        };
        self.detail.clear();
        self.detail.extend(before.into_iter().flat_map(|before| [before, "; "]));
        self.detail.push_str(&format!("{characters} characters of repeated spans {done}, {}", longest(&found)));
        if self.config.action == Action::Mark {
            return Ok(Edited::Text { text, detail: &self.detail });
        }
        cut(text, &spans, &mut self.shortened);
        if self.config.leaves_too_little(&self.shortened) {
            self.details.removed += 1;
            return Ok(Edited::Removed { reason: Reason::LeftTooShort, detail: &self.detail });
        }
        Ok(Edited::Text { text: &self.shortened, detail: &self.detail })
    }

    /// Spans in order, disjoint and not touching.
    fn found(&mut self, place: &Place<'_>, text: &str) -> Result<Vec<Located>, DedupError> {
        let mut found = Vec::new();
        self.spans.of(place.key, |rows, range| {
            let (firsts, ends) = (rows.u32(column::FIRST)?, rows.u32(column::END)?);
            let copies = rows.bytes(column::COPY_RANK)?;
            for row in range {
                let of = Rank::from_slice(copies.value(row)).ok_or_else(|| rows.missing(column::COPY_RANK))?;
                found.push(Repeat { eojeol: firsts.value(row)..ends.value(row), of });
            }
            Ok(())
        })?;
        if self.config.within_documents {
            check_memory(self.limit, memory_of(text.len(), text.split_whitespace().count() as u64))?;
            let document = Document { key: 0, first: 0, text };
            let own = repeats_within(document, self.config.min_characters.get())?;
            found.extend(own.into_iter().map(|span| Repeat { eojeol: span.eojeol, of: place.rank }));
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        self.offsets.cut(text);
        let located = merged(found).into_iter().map(|span| match self.offsets.bytes(&span.eojeol) {
            Some(bytes) => Ok((span, bytes)),
            None => Err(EngineError::Damaged {
                path: self.spans.path().to_owned(),
                what: format!("a span of document {:#x} reaches beyond its text", place.key.0),
            }),
        });
        Ok(located.collect::<Result<_, _>>()?)
    }

    /// The rows of the set `repeats` since this was asked last.
    pub(in crate::stage) fn take_rows(&mut self, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        self.rows.take(rows)
    }
}

/// Where the longest span can be read.
fn longest(found: &[Located]) -> String {
    let longest = found.iter().max_by(|a, b| a.1.len().cmp(&b.1.len()).then(b.1.start.cmp(&a.1.start)));
    let of = longest.map(|(span, _)| span.of.id().to_string()).unwrap_or_default();
    match found.len() {
        1 => format!("as in {of}"),
        spans => format!("the longest of {spans} as in {of}"),
    }
}

/// Columns of [`malmoi_schemas::repeats`].
struct RepeatRows {
    ids: FixedSizeBinaryBuilder,
    sources: StringBuilder,
    starts: UInt32Builder,
    lengths: UInt32Builder,
    copies: FixedSizeBinaryBuilder,
}

impl Default for RepeatRows {
    fn default() -> Self {
        let ids = || FixedSizeBinaryBuilder::new(DocumentId::LEN as i32);
        Self {
            ids: ids(),
            sources: StringBuilder::new(),
            starts: UInt32Builder::new(),
            lengths: UInt32Builder::new(),
            copies: ids(),
        }
    }
}

impl RepeatRows {
    fn push(&mut self, place: &Place<'_>, text: &str, found: &[Located]) -> Result<(), DedupError> {
        let failed = |error| DedupError::Rows { path: "repeats".to_owned(), error };
        let characters = |range: Range<usize>| u32::try_from(text[range].chars().count()).unwrap_or(u32::MAX);
        let (mut at, mut before) = (0, 0u32);
        for (span, bytes) in found {
            before = before.saturating_add(characters(at..bytes.start));
            let length = characters(bytes.clone());
            self.ids.append_value(place.rank.id().0).map_err(failed)?;
            self.sources.append_value(place.source);
            self.starts.append_value(before);
            self.lengths.append_value(length);
            self.copies.append_value(span.of.id().0).map_err(failed)?;
            (at, before) = (bytes.end, before.saturating_add(length));
        }
        Ok(())
    }

    fn take(&mut self, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(self.ids.finish()),
            Arc::new(self.sources.finish()),
            Arc::new(self.starts.finish()),
            Arc::new(self.lengths.finish()),
            Arc::new(self.copies.finish()),
        ];
        rows.assemble(&repeat_rows(), columns)
    }
}

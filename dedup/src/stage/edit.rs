//! What is done to texts before they are compared: repeated lines and evaluation items are cut, and documents that hold
//! too much of either are taken out. Done once; the phases that read text afterwards read it as edited.

use super::lines;
use super::rows::Rows;
use super::{Corpus, EDITS, InputPart, Rules, keyed, phase, scratch_path};
use crate::decontaminate::{Contamination, Finding, Index, ScanBuffers, Verdict};
use crate::lines::{LineScanner, LinesConfig, RepeatedLines};
use crate::scratch::{self, Key, column};
use crate::spans::cut;
use crate::{DedupError, UrlCanonicalizer};
use arrow::array::{
    Array, FixedSizeBinaryBuilder, Float32Builder, RecordBatch, StringBuilder, UInt32Builder, UInt64Array,
};
use malmoi_engine::{EngineError, PartReader, Session, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{
    DOCUMENTS, DocumentId, EvaluationDetails, FileSet, Reason, column as documents, contamination as contamination_rows,
};
use std::sync::Arc;

/// What texts are edited by.
#[derive(Clone, Copy)]
pub(super) struct Editing<'a> {
    /// Lines to be cut.
    pub(super) lines: Option<(&'a LinesConfig, &'a RepeatedLines)>,
    /// Evaluation items to be found.
    pub(super) index: Option<&'a Index>,
}

/// The edits of all parts.
pub(super) struct Edits {
    /// Ordinal of the first part.
    first: u32,
    /// One report per part; they name the published contamination parts too.
    pub(super) reports: Vec<UnitReport>,
    /// What was found of each evaluation set.
    pub(super) evaluations: Vec<EvaluationDetails>,
}

/// Edits every document.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    editing: Editing<'_>,
) -> Result<Edits, DedupError> {
    let units = corpus.parts.iter().map(|part| Ok(Edit { part, rules, editing }));
    let reports = work.map(phase("edit", Some(corpus.bytes())), units)?;
    let mut found = Contamination::default();
    for report in &reports {
        found.merge(&keyed::facts(work, report)?);
    }
    let evaluations = editing.index.map(|index| found.details(index)).unwrap_or_default();
    Ok(Edits { first: corpus.earlier.parts(), reports, evaluations })
}

impl Edits {
    /// The edits of one part, to be asked for in the order of its rows.
    pub(super) fn of_part(&self, work: &StageWork<'_>, ordinal: u32) -> Result<String, DedupError> {
        scratch_path(work, &self.reports[(ordinal - self.first) as usize])
    }
}

/// Edits the documents of one part.
struct Edit<'a> {
    part: &'a InputPart,
    rules: &'a Rules,
    editing: Editing<'a>,
}

impl Unit for Edit<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let mut editor = Editor::new(self.editing);
        let mut edited = self.rules.create_kept(output, EDITS, scratch::edits())?;
        let mut contaminated = match self.editing.index {
            Some(_) => Some(output.create(FileSet::Contamination, contamination_rows())?),
            None => None,
        };
        let columns = [documents::ID, documents::SOURCE, documents::URL, documents::TEXT];
        let mut next_row = 0;
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&columns))? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, &self.part.path);
            let (ids, sources) = (rows.bytes(documents::ID)?, rows.text(documents::SOURCE)?);
            let (urls, texts) = (rows.text(documents::URL)?, rows.text(documents::TEXT)?);
            for row in 0..batch.num_rows() {
                let key = Key::new(self.part.ordinal, next_row);
                next_row += 1;
                let url = urls.is_valid(row).then(|| urls.value(row));
                let document = Document { id: ids.value(row), source: sources.value(row), url, text: texts.value(row) };
                editor.edit(key, &document)?;
            }
            edited.write(&editor.rows.take(&rows)?)?;
            if let Some(contaminated) = &mut contaminated {
                contaminated.write(&editor.findings.take(&rows)?)?;
            }
        }
        output.set_facts(&editor.contamination)?;
        output.finish(edited)?;
        contaminated.map_or(Ok(()), |part| Ok(output.finish(part)?))
    }
}

/// A document as it came.
struct Document<'a> {
    id: &'a [u8],
    source: &'a str,
    url: Option<&'a str>,
    text: &'a str,
}

/// Buffers that go from document to document.
struct Editor<'a> {
    editing: Editing<'a>,
    scanner: Option<LineScanner>,
    addresses: UrlCanonicalizer,
    buffers: ScanBuffers,
    shortened: String,
    contamination: Contamination,
    rows: EditRows,
    findings: FindingRows,
}

impl<'a> Editor<'a> {
    fn new(editing: Editing<'a>) -> Self {
        Self {
            editing,
            scanner: editing.lines.map(|(config, _)| LineScanner::new(config)),
            addresses: UrlCanonicalizer::default(),
            buffers: ScanBuffers::default(),
            shortened: String::new(),
            contamination: Contamination::default(),
            rows: EditRows::default(),
            findings: FindingRows::default(),
        }
    }

    fn edit(&mut self, key: Key, document: &Document<'_>) -> Result<(), DedupError> {
        let lines = self.cut_lines(document);
        let text = if lines.is_some() { self.shortened.as_str() } else { document.text };
        if let (Some((config, _)), Some(cut)) = (self.editing.lines, &lines)
            && config.leaves_too_little(text.chars().count())
        {
            self.rows.push(key, None, Some(Reason::LeftTooShort), cut);
            return Ok(());
        }
        let Some(index) = self.editing.index else {
            lines.iter().for_each(|cut| self.rows.push(key, Some(text), None, cut));
            return Ok(());
        };
        let findings = index.scan(text, &mut self.buffers).to_vec();
        let verdict = index.verdict(text, &findings, &mut self.buffers);
        self.contamination.record(&findings, &verdict);
        self.findings.push(index, document, text, &findings)?;
        let items = (!findings.is_empty()).then(|| named(index, &findings));
        let detail = [lines, items].into_iter().flatten().collect::<Vec<_>>().join("; ");
        match verdict {
            Verdict::Removed => self.rows.push(key, None, Some(Reason::Contaminated), &detail),
            Verdict::Cut(cut) => self.rows.push(key, Some(&cut), None, &detail),
            Verdict::Marked | Verdict::Clean if detail.is_empty() => {}
            Verdict::Marked | Verdict::Clean => self.rows.push(key, Some(text), None, &detail),
        }
        Ok(())
    }

    /// Cuts repeated lines into `shortened`, and says what was cut; `None` if nothing was.
    fn cut_lines(&mut self, document: &Document<'_>) -> Option<String> {
        let (config, repeated) = self.editing.lines?;
        if !config.covers(document.source) {
            return None;
        }
        let site = lines::site_of(&mut self.addresses, document.url, document.source);
        let spans = self.scanner.as_mut()?.spans(document.text, site, repeated, |_, _, _| {});
        if spans.is_empty() {
            return None;
        }
        cut(document.text, &spans, &mut self.shortened);
        let characters = spans.characters(document.text);
        Some(format!("{characters} characters of repeated lines cut"))
    }
}

/// The first item found, how much of it, and how many more.
fn named(index: &Index, findings: &[Finding]) -> String {
    let best = findings.iter().max_by(|a, b| a.overlap.total_cmp(&b.overlap).then(b.item.cmp(&a.item)));
    let Some(best) = best else { return String::new() };
    let set = index.sets().get(usize::from(best.set.0)).map_or("", |set| &set.name);
    let item = index.id_of(best.item).unwrap_or_default();
    let mut items: Vec<_> = findings.iter().map(|finding| finding.item).collect();
    items.sort_unstable();
    items.dedup();
    let more = match items.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    format!("{:.0} % of item {item} of {set}{more}", best.overlap * 100.0)
}

/// Columns of [`scratch::edits`].
#[derive(Default)]
struct EditRows {
    keys: Vec<u64>,
    texts: StringBuilder,
    reasons: StringBuilder,
    details: StringBuilder,
}

impl EditRows {
    fn push(&mut self, key: Key, text: Option<&str>, reason: Option<Reason>, detail: &str) {
        self.keys.push(key.0);
        self.texts.append_option(text);
        self.reasons.append_option(reason.map(Reason::as_str));
        self.details.append_value(detail);
    }

    fn take(&mut self, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(UInt64Array::from(std::mem::take(&mut self.keys))),
            Arc::new(self.texts.finish()),
            Arc::new(self.reasons.finish()),
            Arc::new(self.details.finish()),
        ];
        rows.assemble(&scratch::edits(), columns)
    }
}

/// Columns of [`malmoi_schemas::contamination`].
struct FindingRows {
    ids: FixedSizeBinaryBuilder,
    sources: StringBuilder,
    sets: StringBuilder,
    items: StringBuilder,
    overlaps: Float32Builder,
    starts: UInt32Builder,
    lengths: UInt32Builder,
}

impl Default for FindingRows {
    fn default() -> Self {
        Self {
            ids: FixedSizeBinaryBuilder::new(DocumentId::LEN as i32),
            sources: StringBuilder::new(),
            sets: StringBuilder::new(),
            items: StringBuilder::new(),
            overlaps: Float32Builder::new(),
            starts: UInt32Builder::new(),
            lengths: UInt32Builder::new(),
        }
    }
}

impl FindingRows {
    fn push(
        &mut self,
        index: &Index,
        document: &Document<'_>,
        text: &str,
        findings: &[Finding],
    ) -> Result<(), DedupError> {
        let characters = |part: &str| u32::try_from(part.chars().count()).unwrap_or(u32::MAX);
        for finding in findings {
            let failed = |error| DedupError::Rows { path: "contamination".to_owned(), error };
            self.ids.append_value(document.id).map_err(failed)?;
            self.sources.append_value(document.source);
            self.sets.append_value(index.sets().get(usize::from(finding.set.0)).map_or("", |set| &set.name));
            self.items.append_value(index.id_of(finding.item).unwrap_or_default());
            self.overlaps.append_value(finding.overlap);
            self.starts.append_value(characters(&text[..finding.range.start]));
            self.lengths.append_value(characters(&text[finding.range.clone()]));
        }
        Ok(())
    }

    fn take(&mut self, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(self.ids.finish()),
            Arc::new(self.sources.finish()),
            Arc::new(self.sets.finish()),
            Arc::new(self.items.finish()),
            Arc::new(self.overlaps.finish()),
            Arc::new(self.starts.finish()),
            Arc::new(self.lengths.finish()),
        ];
        rows.assemble(&contamination_rows(), columns)
    }
}

/// What was done to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edited<'a> {
    /// Nothing.
    AsItCame,
    /// It goes on with this text.
    Text {
        /// The text, shortened or, where an item is only named, as it came.
        text: &'a str,
        /// What was done, for the ledger.
        detail: &'a str,
    },
    /// It was taken out.
    Removed {
        /// Why.
        reason: Reason,
        /// The reason in words.
        detail: &'a str,
    },
}

/// The edits of one part, read along with its rows. Holds a batch at a time.
pub(super) struct EditReader {
    path: String,
    batches: Option<PartReader>,
    batch: Option<RecordBatch>,
    row: usize,
}

impl EditReader {
    /// Edits at a path, or none at all.
    pub(super) fn open(session: &Session, path: Option<String>) -> Result<Self, DedupError> {
        let batches = path.as_deref().map(|path| session.read_scratch(path, None, None)).transpose()?;
        Ok(Self { path: path.unwrap_or_default(), batches, batch: None, row: 0 })
    }

    /// What was done to the document of `key`. Keys must be asked for in ascending order.
    pub(super) fn of(&mut self, key: Key) -> Result<Edited<'_>, DedupError> {
        loop {
            if let Some(batch) = &self.batch {
                let keys = Rows::of(batch, &self.path).u64(column::KEY)?;
                self.row += keys.values()[self.row..].partition_point(|&other| other < key.0);
                if self.row < batch.num_rows() {
                    break;
                }
            }
            let Some(batch) = self.batches.as_mut().and_then(Iterator::next) else { return Ok(Edited::AsItCame) };
            self.batch = Some(batch?);
            self.row = 0;
        }
        let Some(batch) = &self.batch else { return Ok(Edited::AsItCame) };
        let rows = Rows::of(batch, &self.path);
        if rows.u64(column::KEY)?.value(self.row) != key.0 {
            return Ok(Edited::AsItCame);
        }
        let row = self.row;
        self.row += 1;
        let (texts, reasons) = (rows.text(column::TEXT)?, rows.text(documents::REASON)?);
        let detail = rows.text(documents::DETAIL)?.value(row);
        if reasons.is_null(row) {
            return Ok(Edited::Text { text: texts.value(row), detail });
        }
        let reason = reasons.value(row).parse().map_err(|_| EngineError::Damaged {
            path: self.path.clone(),
            what: format!("`{}` is no reason", reasons.value(row)),
        })?;
        Ok(Edited::Removed { reason, detail })
    }
}

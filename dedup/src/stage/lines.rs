//! Which lines repeat from document to document: counted by units, added up by a plan.

use super::relate;
use super::rows::Rows;
use super::{Corpus, InputPart, phase, scratch_path};
use crate::lines::{LineCounts, LineScanner, LinesConfig, RepeatedLines, Scope, site_hash};
use crate::scratch::{self, column};
use crate::{DedupError, UrlCanonicalizer};
use arrow::array::{Array, RecordBatch, UInt64Array};
use datafusion::prelude::SessionContext;
use malmoi_engine::{Session, StageWork, Unit, UnitOutput};
use malmoi_schemas::{ByteSize, DOCUMENTS, FileSet, column as documents};
use std::collections::HashMap;
use std::sync::Arc;

/// Part of the memory limit that the lines to be cut may take: they are held as long as texts are edited.
const MEMORY_SHARE: u64 = 4;

/// Finds the lines that are to be cut.
pub(super) fn find(
    work: &StageWork<'_>,
    context: SessionContext,
    corpus: &Corpus,
    config: &LinesConfig,
) -> Result<RepeatedLines, DedupError> {
    let units = corpus.parts.iter().map(|part| Ok(Count { part, config }));
    let counted = work.map(phase("lines", Some(corpus.bytes())), units)?;
    let repeated = relate::repeated(work, context, &counted, config)?;
    load(work.session(), &scratch_path(work, &repeated)?)
}

/// The site by which a document's lines are counted: its address's, or the source that it came from.
pub(super) fn site_of(addresses: &mut UrlCanonicalizer, url: Option<&str>, source: &str) -> u64 {
    match url.and_then(|url| addresses.canonical(url)) {
        Some(canonical) => site_hash(canonical.site()),
        None => site_hash(source),
    }
}

/// The lines of one part's documents, each once per document, and a row without a line for the document itself.
struct Count<'a> {
    part: &'a InputPart,
    config: &'a LinesConfig,
}

impl Unit for Count<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let mut scanner = LineScanner::new(self.config);
        let mut addresses = UrlCanonicalizer::default();
        let mut writer = output.create(FileSet::Scratch, scratch::lines())?;
        let columns = [documents::SOURCE, documents::URL, documents::TEXT];
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&columns))? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, &self.part.path);
            let (sources, urls) = (rows.text(documents::SOURCE)?, rows.text(documents::URL)?);
            let (mut of_site, mut of_line) = (Vec::new(), Vec::new());
            for (row, text) in rows.text(documents::TEXT)?.iter().enumerate() {
                let source = sources.value(row);
                if !self.config.covers(source) {
                    continue;
                }
                let url = urls.is_valid(row).then(|| urls.value(row));
                of_line.push(None);
                of_line.extend(scanner.distinct_keys(text.unwrap_or_default()).iter().copied().map(Some));
                of_site.resize(of_line.len(), site_of(&mut addresses, url, source));
            }
            let columns: Vec<Arc<dyn Array>> =
                vec![Arc::new(UInt64Array::from(of_site)), Arc::new(UInt64Array::from(of_line))];
            writer.write(&rows.assemble(&scratch::lines(), columns)?)?;
        }
        Ok(output.finish(writer)?)
    }
}

/// Keeps, of the counts of a plan, the lines that are to be cut.
#[derive(Default)]
pub(super) struct Verdicts {
    /// Documents of each site: counts of a site come before those of its lines.
    pages: HashMap<u64, u64>,
}

impl Verdicts {
    /// The rows of [`scratch::repeated`] that follow from some rows of [`scratch::line_counts`].
    pub(super) fn of(&mut self, batch: &RecordBatch, config: &LinesConfig) -> Result<RecordBatch, DedupError> {
        let rows = Rows::of(batch, "line counts");
        let (sites, lines) = (rows.u64(column::SITE)?, rows.u64(column::LINE)?);
        let counts = rows.u64(column::DOCUMENTS)?;
        let (mut cut_sites, mut cut_lines) = (Vec::new(), Vec::new());
        for (row, &documents) in counts.values().iter().enumerate() {
            let site = sites.is_valid(row).then(|| sites.value(row));
            let line = lines.is_valid(row).then(|| lines.value(row));
            let counts = match (site, line) {
                (Some(site), None) => {
                    self.pages.insert(site, documents);
                    continue;
                }
                (Some(site), _) => LineCounts {
                    documents_of_site: documents,
                    pages_of_site: self.pages.get(&site).copied().unwrap_or(documents),
                    documents_over_all: 0,
                },
                (None, _) => LineCounts { documents_of_site: 0, pages_of_site: 1, documents_over_all: documents },
            };
            if let (Some(line), Some(scope)) = (line, config.verdict(counts)) {
                cut_sites.push(site.filter(|_| scope == Scope::Site));
                cut_lines.push(line);
            }
        }
        let columns: Vec<Arc<dyn Array>> =
            vec![Arc::new(UInt64Array::from(cut_sites)), Arc::new(UInt64Array::from(cut_lines))];
        rows.assemble(&scratch::repeated(), columns)
    }
}

fn load(session: &Session, path: &str) -> Result<RepeatedLines, DedupError> {
    let (mut of_sites, mut over_all) = (Vec::new(), Vec::new());
    let limit = ByteSize(session.memory().0 / MEMORY_SHARE);
    for batch in session.read_scratch(path, None, None)? {
        session.cancel().check()?;
        let batch = batch?;
        let rows = Rows::of(&batch, path);
        let (sites, lines) = (rows.u64(column::SITE)?, rows.u64(column::LINE)?);
        for (site, &line) in sites.iter().zip(lines.values()) {
            match site {
                Some(site) => of_sites.push((site, line)),
                None => over_all.push(line),
            }
        }
        let needed = ByteSize(((of_sites.len() + over_all.len()) * BYTES_OF_LINE) as u64);
        if needed > limit {
            return Err(DedupError::RepeatedLines { needed, limit });
        }
    }
    Ok(RepeatedLines::new(of_sites, over_all)?)
}

/// What a line takes while the set is put together: a pair twice, and the index.
const BYTES_OF_LINE: usize = 40;

//! Deduplication as units and plans. The only part of the crate that knows the engine.
//!
//! | phase | kind | reads | writes |
//! |---|---|---|---|
//! | lines, repeated | unit per input part, plan | text | lines that repeat from document to document |
//! | edit | unit per input part | text, repeated lines, evaluation items | texts that were cut, documents taken out |
//! | sign | unit per input part | text | rank, hashes of text and address, signature of each document |
//! | text-postings, …-matches | plans, unit per earlier run | hashes | those that documents of earlier runs have too |
//! | twins, addresses | plans | hashes | documents of the same text, of the same address, as stars |
//! | bands | unit per input part | signatures of different texts | band hashes |
//! | pairs | plan | band hashes | candidate pairs, cut into tasks |
//! | wanted | plan | pairs | which task wants which document |
//! | gather | unit per input part | text of candidates | their shingles, by task |
//! | verify | unit per task | pairs, shingles | pairs that are near-duplicates |
//! | dimension | unit per input part | embeddings | how many numbers most of them have |
//! | vectors | unit per input part | embeddings | hash and signature of each |
//! | same-vectors | plan | hashes | documents of the same embedding, as stars |
//! | semantic-bands | unit per input part | signatures of different embeddings | band hashes, each with the whole signature |
//! | close-pairs | plan | band hashes | pairs whose signatures are close, cut into tasks |
//! | semantic-wanted, semantic-gather, semantic-verify | as wanted, gather and verify | pairs, embeddings of candidates | pairs that reach the cosine |
//! | decide | once, or plans | stars, pairs, ranks | connected components: who survives whom |
//! | compare | unit per input part | decisions, signatures | signatures of near-duplicates and their survivors |
//! | agree | plan | those signatures | how far each pair agrees |
//! | fingerprints | unit per input part | text of survivors | sampled hashes of runs of eojeol |
//! | shared | plan | those hashes | which several documents have, by document |
//! | pieces | unit per input part | text, shared hashes | stretches around them, by group of hashes |
//! | repeats | unit per task: a group, or two blocks of a large one | stretches | spans that a better document has too |
//! | spans | plan | spans | the same by document |
//! | apply | unit per input part | documents, decisions, spans | surviving documents, ledger, repeated spans |
//!
//! Without verification one plan, `edges`, stands in place of pairs, wanted, gather and verify. Without `[dedup.substring]` the phases
//! from fingerprints to spans are left out, without `[dedup.semantic]` those from dimension to semantic-verify. Text is read by `sign` and `apply`, by `gather` where there are candidates, by
//! `fingerprints` and `pieces` where spans are looked for, and never meets a plan.

mod apply;
mod bands;
mod compare;
mod decide;
mod earlier;
mod edit;
mod entries;
mod evaluation;
mod keyed;
mod lines;
mod pilot;
mod rank;
mod relate;
mod rows;
mod semantic;
mod sign;
mod substring;
mod superseded;
mod verify;

use crate::decontaminate::Index;
use crate::{Banding, DedupConfig, DedupError, MinHash, Shingles, Verify};
use arrow::datatypes::SchemaRef;
use decide::Evidence;
pub(crate) use decide::clustering_memory;
use earlier::{Earlier, Posting};
use edit::{Editing, Edits};
use evaluation::EvalFile;
use malmoi_engine::{
    Begin, EngineError, PartWriter, Phase, Published, Session, StageRequest, StageWork, UnitOutput, UnitReport,
};
use malmoi_schemas::{
    ByteSize, DedupDetails, Details, Digest, FileEntry, FileSet, SIGNATURES_FORMAT, SemanticDetails, SignatureDetails,
    Stage,
};
use std::collections::HashMap;
use std::path::Path;

pub use pilot::{Pilot, pilot};

/// Raised by one whenever the same recipe and input would give other files than before.
const REVISION: u32 = 4;

/// Upper bound on what one unit of map work holds: a batch of documents, and a row group on its way out.
const UNIT_MEMORY: ByteSize = ByteSize(128 << 20);

/// Names of files that later runs ask for.
const SIGNATURES: &str = "documents";
const EDITS: &str = "edits";
const DECISIONS: &str = "decisions";

/// Deduplicates what ingest published, or finds that done already.
///
/// `sources` are the recipe's sources in order; paths of evaluation sets and of earlier runs start at `base`. Whether the
/// work had been done before is told to the session's events.
///
/// # Errors
///
/// See [`DedupError`]. Nothing is published then; finished units are kept for the next attempt.
pub fn run(
    session: &Session,
    ingest: &Published,
    sources: &[String],
    config: &DedupConfig,
    base: &Path,
) -> Result<Published, DedupError> {
    let files = evaluation::files(config, base)?;
    let earlier = Earlier::open(config, base)?;
    earlier.check_apart(session)?;
    let request = StageRequest {
        stage: Stage::Dedup,
        revision: REVISION,
        recipe: digest(sources, config, &files, &earlier)?,
        inputs: ingest.digest()?,
    };
    match session.begin(&request)? {
        Begin::Finished(published) => Ok(*published),
        Begin::Work(work) => {
            work.check_input(ingest)?;
            let index = evaluation::index(session, &config.decontaminate, &files)?;
            let rules = Rules::new(config, &earlier.sources(sources));
            let (reports, details) = deduplicate(&work, &Corpus::after(earlier, ingest), &rules, index.as_ref())?;
            Ok(work.commit(reports, Details::Dedup(details))?)
        }
    }
}

/// The digest that the manifest records of the stage's part of the recipe, contents of evaluation sets and of earlier runs
/// included.
///
/// # Errors
///
/// [`DedupError::Recipe`] if the recipe has no canonical form, and what opening evaluation sets and earlier runs may give.
pub fn recipe_digest(sources: &[String], config: &DedupConfig, base: &Path) -> Result<Digest, DedupError> {
    digest(sources, config, &evaluation::files(config, base)?, &Earlier::open(config, base)?)
}

fn digest(
    sources: &[String],
    config: &DedupConfig,
    files: &[EvalFile],
    earlier: &Earlier,
) -> Result<Digest, DedupError> {
    let files: Vec<Digest> = files.iter().map(|file| file.digest).collect();
    Ok(Digest::of_canonical(&(config, sources, files, earlier.digests()?))?)
}

/// Does all of the stage but the commit: the reports and details to be committed.
fn deduplicate(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    index: Option<&Index>,
) -> Result<(Vec<UnitReport>, DedupDetails), DedupError> {
    let context = || work.session().context();
    let config = &rules.config;
    let repeated = match &config.lines {
        Some(lines) => Some((lines, lines::find(work, context()?, corpus, lines)?)),
        None => None,
    };
    let lines = repeated.as_ref().map(|(config, repeated)| (*config, repeated));
    let edits = match lines.is_some() || index.is_some() {
        true => Some(edit::map(work, corpus, rules, Editing { lines, index })?),
        false => None,
    };
    let signed = sign::map(work, corpus, rules, edits.as_ref())?;
    let mut kept = Vec::new();
    let mut shared = |posting, parts: &[UnitReport]| with_earlier(work, corpus, rules, posting, parts, &mut kept);
    let twins = match config.exact {
        true => Some(relate::twins(work, context()?, &shared(Posting::Texts, &signed)?)?),
        false => None,
    };
    let addresses = match config.same_address {
        true => Some(relate::addresses(work, context()?, &shared(Posting::Addresses, &signed)?)?),
        false => None,
    };
    let near = match config.near {
        true => {
            let bands = bands::map(work, corpus, rules, &signed, twins.as_ref())?;
            near_duplicates(work, corpus, rules, edits.as_ref(), &shared(Posting::Bands, &bands)?)?
        }
        false => Near::default(),
    };
    let meaning = match &config.semantic {
        Some(semantic) => Some(semantic::find(work, corpus, rules, semantic, &signed)?),
        None => None,
    };
    let evidence = Evidence {
        texts: twins.as_ref(),
        addresses: addresses.as_ref(),
        near: &near.edges,
        meaning: meaning.as_ref().map(|meaning| (&meaning.vectors, meaning.edges.as_slice())),
    };
    let decided = decide::once(work, corpus, rules, &signed, evidence)?;
    let agreements = match config.near {
        true => {
            let compared = compare::map(work, corpus, rules, &signed, &decided)?;
            Some(relate::agreements(work, context()?, &compared)?)
        }
        false => None,
    };
    let spans = match &config.substring {
        Some(substring) => Some(substring::find(work, corpus, rules, substring, edits.as_ref(), &decided)?),
        None => None,
    };
    let mut reports = apply::map(work, corpus, rules, edits.as_ref(), &decided, agreements.as_ref(), spans.as_ref())?;
    let decided_details = decide::details(work, &decided)?;
    let clusters = decided_details.semantic.as_ref().map_or(0, |found| found.clusters);
    let details = DedupDetails {
        semantic: meaning.map(|meaning| Box::new(SemanticDetails { clusters, ..meaning.details })),
        candidate_edges: near.candidates,
        repeated_lines: repeated.as_ref().map_or(0, |(_, repeated)| repeated.len() as u64),
        documents_cut: apply::documents_cut(work, &reports)?,
        evaluations: edits.as_ref().map(|edits| edits.evaluations.clone()).unwrap_or_default(),
        repeats: apply::repeats(work, &reports)?,
        earlier: config.earlier.clone(),
        signatures: config.keep_signatures.then(|| rules.signatures(corpus)).transpose()?,
        ..decided_details
    };
    reports.extend(edits.into_iter().flat_map(|edits| edits.reports));
    reports.push(decided);
    reports.extend(kept);
    reports.extend(signed);
    Ok((reports, details))
}

/// Rows of parts together with those of earlier runs that share a hash with them. As they come, where there are no earlier
/// runs; sorted and kept, where later runs are to find theirs among them.
fn with_earlier(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    posting: Posting,
    parts: &[UnitReport],
    kept: &mut Vec<UnitReport>,
) -> Result<Vec<UnitReport>, DedupError> {
    if corpus.earlier.is_empty() && !rules.config.keep_signatures {
        return Ok(parts.to_vec());
    }
    let own = earlier::postings(work, work.session().context()?, rules, posting, parts)?;
    kept.push(own.clone());
    let mut rows = earlier::matches(work, &corpus.earlier, posting, &own)?;
    rows.push(own);
    Ok(rows)
}

/// Near-duplicates as they were found.
#[derive(Default)]
struct Near {
    /// Candidate pairs that the bands proposed.
    candidates: u64,
    /// Reports of the edges that stood.
    edges: Vec<UnitReport>,
}

fn near_duplicates(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    edits: Option<&Edits>,
    bands: &[UnitReport],
) -> Result<Near, DedupError> {
    let first = corpus.earlier.first_key();
    let context = || work.session().context();
    let rows = |report: &UnitReport| report.files.iter().map(|file| file.rows).sum();
    if rules.config.verify == Verify::None {
        let edges = relate::edges(work, context()?, bands, first)?;
        return Ok(Near { candidates: rows(&edges), edges: vec![edges] });
    }
    let pairs = relate::pairs(work, context()?, bands, first)?;
    let edges = verify::map(work, context()?, corpus, rules, edits, &pairs)?;
    Ok(Near { candidates: rows(&pairs), edges })
}

/// One part of the stage's input.
struct InputPart {
    /// The file's name without folder and extension, also the name of the units that work on it.
    name: String,
    /// Path inside the run.
    path: String,
    bytes: u64,
    /// Place among the parts, and upper half of its documents' keys.
    ordinal: u32,
}

/// The documents that ingest published, and those of earlier runs.
struct Corpus {
    /// Sorted by name, as unit reports are: the report of a part has the part's place. Ordinals go on from those of earlier
    /// runs.
    parts: Vec<InputPart>,
    earlier: Earlier,
}

impl Corpus {
    fn of(ingest: &Published) -> Self {
        Self::after(Earlier::default(), ingest)
    }

    fn after(earlier: Earlier, ingest: &Published) -> Self {
        let mut files: Vec<(String, &FileEntry)> =
            ingest.manifest.files_of(FileSet::Documents).map(|file| (part_name(&file.path), file)).collect();
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        let parts = files.into_iter().zip(earlier.parts()..).map(|((name, file), ordinal)| InputPart {
            name,
            path: ingest.path(file),
            bytes: file.bytes,
            ordinal,
        });
        Self { parts: parts.collect(), earlier }
    }

    fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }
}

/// `documents/00000-00001.parquet` is part `00000-00001`.
fn part_name(path: &str) -> String {
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    file.strip_suffix(".parquet").unwrap_or(file).to_owned()
}

/// The recipe, ready to work.
struct Rules {
    config: DedupConfig,
    /// Sources in the order of their priority.
    sources: Vec<String>,
    /// Place of each source in that order.
    priority: HashMap<String, u32>,
    banding: Banding,
    family: MinHash,
}

impl Rules {
    fn new(config: &DedupConfig, sources: &[String]) -> Self {
        let banding = config.banding();
        Self {
            config: config.clone(),
            sources: sources.to_vec(),
            priority: sources.iter().cloned().zip(0..).collect(),
            banding,
            family: MinHash::new(banding.hashes(), config.seed),
        }
    }

    fn shingles(&self) -> Shingles {
        Shingles::new(self.config.shingles, self.config.seed)
    }

    /// Starts the unit's part of rows that later runs ask for. If they are not to be kept it is a scratch part.
    fn create_kept(
        &self,
        output: &mut UnitOutput<'_>,
        name: &str,
        schema: SchemaRef,
    ) -> Result<PartWriter, EngineError> {
        match self.config.keep_signatures {
            true => output.create_named(FileSet::Signatures, name, schema),
            false => output.create(FileSet::Scratch, schema),
        }
    }

    /// Under which terms documents are compared.
    fn signatures(&self, corpus: &Corpus) -> Result<SignatureDetails, DedupError> {
        Ok(SignatureDetails {
            format: SIGNATURES_FORMAT.to_owned(),
            comparing: self.config.comparing()?,
            sources: self.sources.clone(),
            earlier: corpus.earlier.digests()?,
        })
    }

    /// Bytes of a stored signature; none where near-duplicates are not looked for.
    fn signature_bytes(&self) -> usize {
        if self.config.near { self.family.hashes() * crate::minhash::HASH_BYTES } else { 0 }
    }
}

fn phase(name: &'static str, total_bytes: Option<u64>) -> Phase {
    Phase { name, unit_memory: UNIT_MEMORY, total_bytes }
}

/// The one scratch part of a unit's report, or what it wrote to be kept in place of one.
fn scratch_path(work: &StageWork<'_>, report: &UnitReport) -> Result<String, DedupError> {
    let handed_on = [FileSet::Scratch, FileSet::Signatures];
    let file = report.files.iter().find(|file| handed_on.contains(&file.set)).ok_or_else(|| EngineError::Damaged {
        path: format!("{}/units", work.folder()),
        what: format!("the report of unit {} names no scratch part", report.unit),
    })?;
    Ok(work.path(file))
}

#[cfg(test)]
mod tests;

//! Runs that were deduplicated before: what they kept for those that come after, and where it lies.
//!
//! Their documents are numbered as if all runs were one: parts of the first run, then those of the second, those of this run
//! last. So a key says of which run a document is, and rows of different runs meet in one plan.

mod matches;
mod postings;
mod standing;

pub(super) use matches::matches;
pub(super) use postings::{Posting, postings};
pub(super) use standing::Standing;

use super::{EDITS, SIGNATURES, part_name};
use crate::scratch::{Key, column};
use crate::{DedupConfig, DedupError};
use malmoi_engine::{Cancel, EngineConfig, EngineError, PartReader, Published, Session, Silent};
use malmoi_schemas::{DedupDetails, Details, Digest, FileSet, SIGNATURES_FORMAT, SignatureDetails, Stage};
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::Arc;

/// The runs that the recipe names, oldest first.
#[derive(Default)]
pub(super) struct Earlier {
    runs: Vec<EarlierRun>,
}

/// A run that stands published with what it kept.
pub(super) struct EarlierRun {
    /// To read it with.
    pub(super) session: Session,
    /// As the recipe names it.
    pub(super) name: String,
    dedup: Published,
    /// Path of each part of its documents before deduplication.
    texts: Vec<String>,
    /// Ordinals of its parts.
    parts: Range<u32>,
    kept: SignatureDetails,
}

impl Earlier {
    /// Opens the runs and checks that they can be compared with this one: under the same terms, each with those before it.
    ///
    /// Files are taken for what their manifests say without being read back: that would cost what the old data cost, and the
    /// work is to follow the new.
    pub(super) fn open(config: &DedupConfig, base: &Path) -> Result<Self, DedupError> {
        let comparing = config.comparing()?;
        let (mut earlier, mut digests) = (Self::default(), Vec::new());
        for name in &config.earlier {
            let wrong = |what: &str| DedupError::Earlier { run: name.clone(), what: what.to_owned() };
            let run = EarlierRun::open(name, base, earlier.parts())?;
            if run.kept.comparing != comparing {
                return Err(wrong("compared documents in another way: give [dedup] the same keys as its recipe has"));
            }
            if run.kept.earlier != digests {
                return Err(wrong(
                    "was not itself compared with exactly the runs before it in `earlier`: name all that it names, oldest first",
                ));
            }
            digests.push(run.dedup.digest()?);
            earlier.runs.push(run);
        }
        Ok(earlier)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub(super) fn runs(&self) -> &[EarlierRun] {
        &self.runs
    }

    /// How many parts the runs have: the ordinal of the first part of this run.
    pub(super) fn parts(&self) -> u32 {
        self.runs.last().map_or(0, |run| run.parts.end)
    }

    /// The least key of this run.
    pub(super) fn first_key(&self) -> u64 {
        Key::new(self.parts(), 0).0
    }

    /// The run that a part is of; `None` for one of this run.
    pub(super) fn run_of(&self, part: u32) -> Option<&EarlierRun> {
        self.runs.iter().find(|run| run.parts.contains(&part))
    }

    /// What the manifests say.
    pub(super) fn digests(&self) -> Result<Vec<Digest>, EngineError> {
        self.runs.iter().map(|run| run.dedup.digest()).collect()
    }

    /// All sources in the order of their priority: those of earlier runs first.
    pub(super) fn sources(&self, own: &[String]) -> Vec<String> {
        let mut sources = self.runs.last().map(|run| run.kept.sources.clone()).unwrap_or_default();
        for source in own {
            if !sources.contains(source) {
                sources.push(source.clone());
            }
        }
        sources
    }

    /// [`DedupError::Earlier`] if one of the runs is the one at work.
    pub(super) fn check_apart(&self, session: &Session) -> Result<(), DedupError> {
        match self.runs.iter().find(|run| run.session.store().url() == session.store().url()) {
            Some(run) => Err(DedupError::Earlier {
                run: run.name.clone(),
                what: "is the run itself: give [run] another folder than the runs before it".to_owned(),
            }),
            None => Ok(()),
        }
    }
}

impl EarlierRun {
    fn open(name: &str, base: &Path, first: u32) -> Result<Self, DedupError> {
        let wrong = |what: &str| DedupError::Earlier { run: name.to_owned(), what: what.to_owned() };
        let folder = if name.contains("://") { name.to_owned() } else { base.join(name).display().to_string() };
        let config = EngineConfig { threads: 1.try_into().ok(), ..EngineConfig::default() };
        let session = Session::open_to_read(&folder, &config, Arc::new(Silent), Cancel::default())?;
        let again = "set `keep_signatures = true` in its recipe and run it again";
        let dedup =
            session.published(Stage::Dedup)?.ok_or_else(|| wrong(&format!("has not been deduplicated: {again}")))?;
        let kept = match &dedup.manifest.details {
            Details::Dedup(DedupDetails { signatures: Some(kept), .. }) if kept.format == SIGNATURES_FORMAT => {
                kept.clone()
            }
            Details::Dedup(DedupDetails { signatures: Some(_), .. }) => {
                return Err(wrong("kept its signatures in a form of another build of malmoi: run it again"));
            }
            _ => return Err(wrong(&format!("kept no signatures: {again}"))),
        };
        let ingest =
            session.published(Stage::Ingest)?.filter(|ingest| ingest.digest().ok() == Some(dedup.manifest.inputs));
        let ingest =
            ingest.ok_or_else(|| wrong("was ingested again since it was deduplicated: run its dedup again"))?;
        let mut texts: Vec<String> =
            ingest.manifest.files_of(FileSet::Documents).map(|file| ingest.path(file)).collect();
        texts.sort();
        let parts = first..first + texts.len() as u32;
        Ok(Self { session, name: name.to_owned(), dedup, texts, parts, kept })
    }

    /// The path of one of the files that the run kept, if it did.
    fn kept(&self, name: &str) -> Option<String> {
        let path = format!("{}/{name}.parquet", FileSet::Signatures.as_str());
        self.dedup.manifest.files.iter().find(|file| file.path == path).map(|file| self.dedup.path(file))
    }

    fn needed(&self, name: &str) -> Result<String, DedupError> {
        self.kept(name).ok_or_else(|| DedupError::Earlier {
            run: self.name.clone(),
            what: format!("kept no `{name}`: run its dedup again"),
        })
    }

    /// The text of a part before deduplication.
    pub(super) fn text(&self, part: u32) -> &str {
        &self.texts[(part - self.parts.start) as usize]
    }

    fn name_of(&self, part: u32) -> String {
        part_name(self.text(part))
    }

    /// What was done to the texts of a part before they were compared, if anything was.
    pub(super) fn edits(&self, part: u32) -> Option<String> {
        self.kept(&format!("{EDITS}-{}", self.name_of(part)))
    }

    /// Ranks, hashes and signatures of a part.
    pub(super) fn signatures(&self, part: u32) -> Result<String, DedupError> {
        self.needed(&format!("{SIGNATURES}-{}", self.name_of(part)))
    }

    /// Rows of a part that is sorted by key, in the row groups that hold some of `keys`, which are sorted.
    pub(super) fn read_keys(&self, path: &str, columns: &[&str], keys: &[u64]) -> Result<PartReader, EngineError> {
        let groups = self.session.row_groups(path, Some(column::KEY))?;
        let holds = |range: &RangeInclusive<u64>| {
            keys.get(keys.partition_point(|key| key < range.start())).is_some_and(|key| key <= range.end())
        };
        let wanted = groups.iter().enumerate().filter(|(_, group)| holds(&group.values)).map(|(at, _)| at);
        self.session.read_scratch(path, Some(columns), Some(wanted.collect()))
    }
}

mod dedup;

pub use dedup::{DedupDetails, RepeatDetails, SIGNATURES_FORMAT, SemanticDetails, SignatureDetails};

use crate::{Counts, Digest, TokenWidth};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The format of manifests.
pub const MANIFEST_FORMAT: &str = "malmoi/manifest/1";

/// A stage of the pipeline, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Raw bytes to clean documents.
    Ingest,
    /// Clean documents to distinct documents.
    Dedup,
    /// Distinct documents to shuffled token shards.
    Tokenize,
    /// Token shards to a checkpoint.
    Train,
}

impl Stage {
    /// The stages in the order in which data flows.
    pub const ALL: [Self; 4] = [Self::Ingest, Self::Dedup, Self::Tokenize, Self::Train];

    /// The stage's name on the command line, in recipes and as a folder of the run.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Dedup => "dedup",
            Self::Tokenize => "tokenize",
            Self::Train => "train",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the files of one kind in a stage hold; also the folder they lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileSet {
    /// Kept documents ([`crate::documents`]).
    Documents,
    /// Documents that a rule removed, with their text ([`crate::documents`]).
    Removed,
    /// One row per record read ([`crate::ledger`]).
    Ledger,
    /// One row per evaluation item found in a document ([`crate::contamination`]).
    Contamination,
    /// One row per repeated span of a document ([`crate::repeats`]).
    Repeats,
    /// What later runs are compared with: see [`SignatureDetails`].
    Signatures,
    /// One row per document of an earlier run that a better one has beaten ([`crate::superseded`]).
    Superseded,
    /// Token shards to train on ([`crate::tokens`]).
    Tokens,
    /// Token shards kept back for the held-out loss ([`crate::tokens`]).
    HeldOut,
    /// `tokenizer.json`.
    Vocabulary,
    /// A model and its training state.
    Checkpoint,
    /// Files that only the stage itself reads, gone once it is published.
    Scratch,
}

impl FileSet {
    /// The folder inside the stage's version.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Removed => "removed",
            Self::Ledger => "ledger",
            Self::Contamination => "contamination",
            Self::Repeats => "repeats",
            Self::Signatures => "signatures",
            Self::Superseded => "superseded",
            Self::Tokens => "tokens",
            Self::HeldOut => "held-out",
            Self::Vocabulary => "vocabulary",
            Self::Checkpoint => "checkpoint",
            Self::Scratch => "scratch",
        }
    }
}

/// Sizes of one row group of a token shard, so that a position is found without scanning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowGroupEntry {
    /// Documents (rows) in the row group.
    pub documents: u64,
    /// Tokens in the row group.
    pub tokens: u64,
}

/// One file that a manifest names. Readers read nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// What the file holds.
    pub set: FileSet,
    /// Path relative to the folder of the stage's version, with `/` between parts.
    pub path: String,
    /// Rows, or 0 for a file that has none.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the whole file.
    pub blake3: Digest,
    /// Row groups in order; only token shards list them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row_groups: Vec<RowGroupEntry>,
}

/// What was found of an evaluation set in the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationDetails {
    /// The set's name in the recipe.
    pub name: String,
    /// Items of the set.
    pub items: u64,
    /// Items that are too short to be searched for.
    pub too_short: u64,
    /// Items without a text of their own: those of the prompt, or shared by too many others.
    pub indistinct: u64,
    /// Items that stand in some document.
    pub found: u64,
    /// Documents that hold an item and stay as they are.
    pub marked: u64,
    /// Documents that an item was cut from.
    pub cut: u64,
    /// Documents that were removed for an item.
    pub removed: u64,
}

/// What the loader must know about token shards besides the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizeDetails {
    /// Entries of the vocabulary, special tokens included.
    pub vocabulary: u32,
    /// Integer type of the token ids.
    pub width: TokenWidth,
    /// Id of the token that the loader puts after each document.
    pub end_of_text: u32,
    /// Tokens in [`FileSet::Tokens`], separators not counted.
    pub tokens: u64,
    /// Tokens in [`FileSet::HeldOut`], separators not counted.
    pub held_out_tokens: u64,
    /// Documents in [`FileSet::HeldOut`].
    pub held_out_documents: u64,
    /// Tokens by source, both sets together.
    pub tokens_by_source: BTreeMap<String, u64>,
}

/// What a finished training run came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainDetails {
    /// Optimiser steps taken.
    pub steps: u64,
    /// Trainable parameters.
    pub parameters: u64,
    /// Tokens the model was trained on, repetitions counted.
    pub tokens: u64,
    /// Different documents of which at least one token was trained on.
    pub documents: u64,
    /// Mean training loss of the last step, in nats per token.
    pub loss: f64,
    /// Mean loss on the held-out shards after the last step, in nats per token; `None` if nothing was held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out_loss: Option<f64>,
    /// Text that the model generated after the last step.
    pub sample: String,
}

/// Facts of one stage that are not counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Details {
    /// Ingest has none.
    Ingest,
    /// See [`DedupDetails`].
    Dedup(DedupDetails),
    /// See [`TokenizeDetails`].
    Tokenize(TokenizeDetails),
    /// See [`TrainDetails`].
    Train(TrainDetails),
}

/// The statement that publishes a stage: published last and atomically, it names every file that counts.
///
/// It holds nothing that differs between two runs of the same recipe on the same input: no time, no host, no thread count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always [`MANIFEST_FORMAT`].
    pub format: String,
    /// The stage that wrote the files.
    pub stage: Stage,
    /// The version: a digest of stage, revision, recipe and inputs, and the folder the files lie in.
    pub version: String,
    /// Raised by one whenever the stage's code changes what it writes for the same recipe and input.
    pub revision: u32,
    /// Digest of the canonical bytes of the stage's part of the recipe.
    pub recipe: Digest,
    /// Digest of the input: of the manifest before, or of the list of source files with their contents.
    pub inputs: Digest,
    /// All records.
    pub counts: Counts,
    /// The same counts by source.
    pub sources: BTreeMap<String, Counts>,
    /// Every file of the stage, sorted by path.
    pub files: Vec<FileEntry>,
    /// Facts of this stage alone.
    pub details: Details,
}

/// A manifest that cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON, or not of the expected shape.
    #[error("not a manifest: {0}")]
    Syntax(#[from] serde_json::Error),
    /// Written by another version of malmoi.
    #[error("the manifest is `{found}`, this build of malmoi reads `{MANIFEST_FORMAT}`: run the stage again")]
    Format {
        /// What the manifest says.
        found: String,
    },
    /// Counts that break the law of conservation.
    #[error("the manifest's counts do not balance: read {read}, kept {kept}, removed {removed}, errored {errored}")]
    Unbalanced {
        /// Records read.
        read: u64,
        /// Documents kept.
        kept: u64,
        /// Documents removed.
        removed: u64,
        /// Records that could not be read.
        errored: u64,
    },
}

impl Manifest {
    /// Reads a manifest and checks its format and balance.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
        }
        let Head { format } = serde_json::from_slice(bytes)?;
        if format != MANIFEST_FORMAT {
            return Err(ManifestError::Format { found: format });
        }
        let manifest: Self = serde_json::from_slice(bytes)?;
        manifest.check_balance()?;
        Ok(manifest)
    }

    /// The bytes that are published: indented JSON and a final newline, the same for the same manifest.
    pub fn to_json(&self) -> Result<Vec<u8>, ManifestError> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The digest by which the next stage names this one as its input.
    pub fn digest(&self) -> Result<Digest, ManifestError> {
        Ok(Digest::of(&self.to_json()?))
    }

    /// Checks that kept + removed + errored = read, over all and by source.
    pub fn check_balance(&self) -> Result<(), ManifestError> {
        let mut sum = Counts::default();
        self.sources.values().for_each(|counts| sum.merge(counts));
        for counts in self.sources.values().chain([&self.counts]) {
            if !counts.is_balanced() || sum != self.counts {
                return Err(ManifestError::Unbalanced {
                    read: counts.read,
                    kept: counts.kept,
                    removed: counts.removed_total(),
                    errored: counts.errored_total(),
                });
            }
        }
        Ok(())
    }

    /// The files of one set, in order of path.
    pub fn files_of(&self, set: FileSet) -> impl Iterator<Item = &FileEntry> {
        self.files.iter().filter(move |file| file.set == set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, Reason};

    fn manifest() -> Manifest {
        let mut counts = Counts::default();
        counts.add(Outcome::Kept);
        counts.add(Outcome::Removed(Reason::ExactDuplicate));
        Manifest {
            format: MANIFEST_FORMAT.to_owned(),
            stage: Stage::Dedup,
            version: "0123456789abcdef".to_owned(),
            revision: 1,
            recipe: Digest::of(b"recipe"),
            inputs: Digest::of(b"inputs"),
            counts: counts.clone(),
            sources: BTreeMap::from([("news".to_owned(), counts)]),
            files: vec![FileEntry {
                set: FileSet::Documents,
                path: "documents/00000.parquet".to_owned(),
                rows: 1,
                bytes: 100,
                blake3: Digest::of(b"file"),
                row_groups: Vec::new(),
            }],
            details: Details::Dedup(DedupDetails { exact_clusters: 1, largest_cluster: 2, ..DedupDetails::default() }),
        }
    }

    #[test]
    fn json_reads_back() {
        let json = manifest().to_json().unwrap();
        assert_eq!(Manifest::from_json(&json).unwrap(), manifest());
        insta::assert_snapshot!(String::from_utf8(json).unwrap());
    }

    #[test]
    fn unbalanced_counts_are_refused() {
        let mut cooked = manifest();
        cooked.counts.kept += 1;
        assert!(matches!(Manifest::from_json(&cooked.to_json().unwrap()), Err(ManifestError::Unbalanced { .. })));
    }

    #[test]
    fn sources_that_do_not_add_up_are_refused() {
        let mut cooked = manifest();
        cooked.sources.clear();
        assert!(matches!(cooked.check_balance(), Err(ManifestError::Unbalanced { .. })));
    }

    #[test]
    fn another_format_is_refused_before_its_shape_is_looked_at() {
        let error = Manifest::from_json(br#"{"format":"malmoi/manifest/9","new":1}"#).unwrap_err();
        assert!(matches!(error, ManifestError::Format { found } if found == "malmoi/manifest/9"));
    }
}

use super::EvaluationDetails;
use crate::Digest;
use serde::{Deserialize, Serialize};

/// What deduplication found besides the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DedupDetails {
    /// Clusters of two or more documents with the same text.
    pub exact_clusters: u64,
    /// Clusters of two or more nearly equal documents.
    pub near_clusters: u64,
    /// Documents in the largest cluster.
    pub largest_cluster: u64,
    /// Candidate pairs that the bands proposed.
    pub candidate_edges: u64,
    /// Lines, of a site or of all, that repeat so often that they were cut.
    #[serde(default)]
    pub repeated_lines: u64,
    /// Documents that go on with another text than they came with.
    #[serde(default)]
    pub documents_cut: u64,
    /// What was found of each evaluation set, in the order of the recipe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evaluations: Vec<EvaluationDetails>,
    /// What was found of repeated spans, where they were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<RepeatDetails>,
    /// What was found by embeddings, where they were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semantic: Option<Box<SemanticDetails>>,
    /// The runs that the documents were compared with too, oldest first, as the recipe names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
    /// Documents of earlier runs that a better one has beaten.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub superseded: u64,
    /// By what later runs can tell whether they may be compared with this one, if it kept what that takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<SignatureDetails>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What was found by embeddings. Documents without a usable one are kept for all that embeddings say, and counted by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SemanticDetails {
    /// Numbers that most embeddings have.
    pub dimension: u32,
    /// Pairs whose signatures were close and whose embeddings were compared.
    pub candidate_pairs: u64,
    /// Clusters that would be several without embeddings.
    pub clusters: u64,
    /// Documents without an embedding.
    pub missing: u64,
    /// Documents whose embedding has not as many numbers as most.
    pub other_length: u64,
    /// Documents whose embedding holds a NaN or an infinity.
    pub not_finite: u64,
    /// Documents whose embedding is all zeros.
    pub zero: u64,
    /// Documents whose embedding is too short or too long for 32-bit arithmetic.
    pub magnitude: u64,
}

impl SemanticDetails {
    /// Documents that took no part.
    pub fn unusable(&self) -> u64 {
        self.missing + self.other_length + self.not_finite + self.zero + self.magnitude
    }
}

/// What was found of spans that several documents have, in all documents but the one that keeps each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatDetails {
    /// Documents with such a span, those included that were removed for it.
    pub documents: u64,
    /// Spans.
    pub spans: u64,
    /// Characters of the spans.
    pub characters: u64,
    /// Documents of which too little was left.
    pub removed: u64,
}

/// The format of what a run keeps for later ones. Only malmoi reads it.
pub const SIGNATURES_FORMAT: &str = "malmoi/signatures/1";

/// Under which terms a run's documents were compared: later runs must be under the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureDetails {
    /// Always [`SIGNATURES_FORMAT`].
    pub format: String,
    /// Digest of the part of the recipe by which documents are compared.
    pub comparing: Digest,
    /// Sources in the order of their priority, those of earlier runs first.
    pub sources: Vec<String>,
    /// Digests of the manifests of the earlier runs, oldest first.
    pub earlier: Vec<Digest>,
}

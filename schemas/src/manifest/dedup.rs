use crate::Digest;
use serde::{Deserialize, Serialize};

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

use crate::decontaminate::EvalSet;
use crate::lines::LinesConfig;
use crate::semantic::SemanticConfig;
use crate::substring::SubstringConfig;
use crate::{Banding, KeepChain, ShingleUnit};
use malmoi_schemas::{Digest, DigestError};
use serde::{Deserialize, Serialize};

mod bounded;
mod keys;

pub use bounded::{Bounded, OutOfBounds, Similarity};
pub use keys::ConfigError;
use keys::Keys;

/// `[dedup]` of a recipe: what counts as a duplicate, and which of several is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub struct DedupConfig {
    /// Remove documents whose text is the same but for whitespace.
    pub exact: bool,
    /// Remove documents of the same page: see [`crate::UrlCanonicalizer`]. Where many documents carry the address of one
    /// page, as the comments below it do, this would keep one of them.
    pub same_address: bool,
    /// Remove documents that share most of their shingles.
    pub near: bool,
    /// What shingles are made of. `shingle = 5` is an older way to write `shingles = { eojeol = 5 }`.
    pub shingles: ShingleUnit,
    /// The similarity from which two documents are near-duplicates.
    pub threshold: Similarity,
    /// How candidates are found; left out, the bands that find nearly all pairs at the threshold.
    pub bands: Option<Bands>,
    /// What candidates are held to.
    pub verify: Verify,
    /// Which document of a cluster is kept.
    pub keep: KeepChain,
    /// Seed of shingles and permutations.
    pub seed: u64,
    /// `[dedup.lines]`: cut lines that repeat from document to document. Done before documents are compared.
    pub lines: Option<LinesConfig>,
    /// `[[dedup.decontaminate]]`: evaluation sets whose items are looked for. Done before documents are compared.
    pub decontaminate: Vec<EvalSet>,
    /// `[dedup.semantic]`: remove documents near in meaning, by embeddings that the corpus brings along.
    pub semantic: Option<SemanticConfig>,
    /// `[dedup.substring]`: look for spans that several documents have. Done with the documents that are left.
    pub substring: Option<SubstringConfig>,
    /// Keep what later runs need to be compared with this one.
    pub keep_signatures: bool,
    /// Run folders, oldest first, whose documents come before those of this run. Each must have kept its signatures and been
    /// compared with those before it.
    pub earlier: Vec<String>,
}

/// `bands` and `rows`: documents that agree in all rows of any band become candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bands {
    /// Bands of the signature.
    pub bands: Bounded<1, 255>,
    /// Rows of a band, each the minimum in one order.
    pub rows: Bounded<1, 64>,
}

/// What makes two candidates near-duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// Their shingle sets: |A∩B| / |A∪B| is the threshold or more.
    Jaccard,
    /// The smaller set's share in the larger: |A∩B| / min(|A|, |B|) is the threshold or more. Finds excerpts among the
    /// candidates; an excerpt much shorter than its source hardly ever becomes one.
    Containment,
    /// Nothing: to share a band is enough, as in FineWeb and most corpora. One pass over candidates is saved, and chains of
    /// documents form whose ends are unlike.
    None,
}

/// Hashes of a signature whose bands follow from the threshold: as many as 14 bands of 8 take.
const HASHES: u32 = 112;

/// Weight of a missed pair against a false candidate. Candidates are compared afterwards, and cost only that; a missed pair
/// stays missed.
const MISSED: f64 = 0.99;

impl Default for DedupConfig {
    fn default() -> Self {
        Self {
            exact: true,
            same_address: false,
            near: true,
            shingles: ShingleUnit::Eojeol(Bounded::constant(5)),
            threshold: Similarity::DEFAULT,
            bands: None,
            verify: Verify::Jaccard,
            keep: KeepChain::default(),
            seed: 1,
            lines: None,
            decontaminate: Vec::new(),
            semantic: None,
            substring: None,
            keep_signatures: false,
            earlier: Vec::new(),
        }
    }
}

impl DedupConfig {
    /// Digest of the keys by which documents are compared: runs of different ones have nothing to say to each other.
    pub(crate) fn comparing(&self) -> Result<Digest, DigestError> {
        let alone = Self {
            lines: None,
            decontaminate: Vec::new(),
            substring: None,
            keep_signatures: false,
            earlier: Vec::new(),
            ..self.clone()
        };
        Digest::of_canonical(&alone)
    }

    /// The bands that candidates are found by.
    pub fn banding(&self) -> Banding {
        match self.bands {
            Some(Bands { bands, rows }) => Banding::new(bands.into(), rows.into()),
            None => Banding::solve(self.threshold.get(), HASHES, MISSED),
        }
    }
}

#[cfg(test)]
mod tests;

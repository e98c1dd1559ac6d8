//! What deduplication will need, from what it needed for a sample.

use crate::stage::{Pilot, clustering_memory};
use malmoi_engine::{PhaseForecast, UnitReport};
use malmoi_schemas::{ByteSize, FileSet};
use serde::Serialize;
use std::collections::BTreeMap;

/// How the run relates to its sample.
#[derive(Debug, Clone)]
pub struct Scale {
    /// For each part of the sample, by name, how many of its like the run has.
    pub parts: BTreeMap<String, f64>,
    /// The same for the sample as a whole.
    pub overall: f64,
    /// Memory limit of the run.
    pub memory: ByteSize,
}

/// What deduplication will write and need.
#[derive(Debug, Clone, Serialize)]
pub struct DedupForecast {
    /// In the order of the stage.
    pub phases: Vec<PhaseForecast>,
    /// Documents that are signed: those that were not taken out before.
    pub signed: u64,
    /// Bytes of the parts with signatures.
    pub signature_bytes: u64,
    /// Pairs that the bands propose, those of embeddings included.
    pub candidate_pairs: u64,
    /// Documents that go on.
    pub kept: u64,
    /// Bytes that plans write to the spill folder at once, at most.
    pub spill_bytes: u64,
    /// Bytes that the clusters of all documents with a duplicate take in memory.
    pub clustering_bytes: u64,
    /// How many times the sample's wall time the run's is.
    pub time_factor: f64,
}

/// The phases in the order in which they run. A phase that is not named here comes last.
const ORDER: [&str; 33] = [
    "lines",
    "repeated",
    "edit",
    "sign",
    "text-postings",
    "twins",
    "address-postings",
    "addresses",
    "bands",
    "band-postings",
    "pairs",
    "edges",
    "wanted",
    "gather",
    "verify",
    "contract",
    "dimension",
    "vectors",
    "same-vectors",
    "semantic-bands",
    "close-pairs",
    "semantic-wanted",
    "semantic-gather",
    "semantic-verify",
    "decide",
    "compare",
    "agree",
    "fingerprints",
    "shared",
    "pieces",
    "repeats",
    "spans",
    "apply",
];

/// Phases whose rows are what was gathered of candidates, or stand for one each; and whether that is embeddings.
const STREWN: [(&str, bool); 4] =
    [("wanted", false), ("gather", false), ("semantic-wanted", true), ("semantic-gather", true)];

/// Bytes of a row of an aggregation when it is spilled: the key of the group, its least, its count, and a list of one.
const SPILLED_ROW_BYTES: f64 = 40.0;

/// Bytes that an aggregation holds for a row of a group of its own: the same, the hash table and the list's array.
const HELD_ROW_BYTES: f64 = 128.0;

/// Part of the memory limit that an aggregation may take: plans have half of it, and the two steps of an aggregation share
/// that evenly.
const AGGREGATION_SHARE: f64 = 0.25;

impl Pilot {
    /// Scales the sample's figures to the run's.
    ///
    /// What a part wrote grows as its source; what a plan wrote, as the whole. Shingle sets grow by [`Pilot::spread`]
    /// besides.
    pub fn forecast(&self, scale: &Scale) -> DedupForecast {
        let mut phases: Vec<PhaseForecast> =
            self.reports.iter().map(|(phase, reports)| self.phase(phase, reports, scale)).collect();
        phases.sort_by_key(|phase| ORDER.iter().position(|name| *name == phase.phase).unwrap_or(ORDER.len()));
        let of = |name: &str, set: FileSet| {
            let phase = phases.iter().find(|phase| phase.phase == name);
            phase.and_then(|phase| phase.sets.get(&set)).copied().unwrap_or_default()
        };
        // What is kept for later runs is written in place of scratch.
        let handed_on =
            |name| [of(name, FileSet::Scratch), of(name, FileSet::Signatures)].into_iter().max_by_key(|set| set.rows);
        let signed = handed_on("sign").unwrap_or_default();
        let band_rows = of("bands", FileSet::Scratch).rows as f64;
        let widest = band_rows.max(signed.rows as f64).max(of("lines", FileSet::Scratch).rows as f64);
        let granted = scale.memory.0 as f64 * AGGREGATION_SHARE;
        let spilled = |rows: f64, carried: f64| match rows * (HELD_ROW_BYTES + carried) > granted {
            true => (rows * (SPILLED_ROW_BYTES + carried)) as u64,
            false => 0,
        };
        let members = of("semantic-bands", FileSet::Scratch).rows as f64;
        let decided = handed_on("decide").unwrap_or_default().rows;
        DedupForecast {
            signed: signed.rows,
            signature_bytes: signed.bytes,
            candidate_pairs: ["pairs", "edges", "close-pairs"].map(|name| of(name, FileSet::Scratch).rows).iter().sum(),
            kept: of("apply", FileSet::Documents).rows,
            spill_bytes: spilled(widest, 0.0).max(spilled(members, self.semantic_signature_bytes as f64)),
            clustering_bytes: clustering_memory(decided, self.details.semantic.is_some()).0,
            time_factor: scale.overall,
            phases,
        }
    }

    fn phase(&self, phase: &str, reports: &[UnitReport], scale: &Scale) -> PhaseForecast {
        let times = |report: &UnitReport| scale.parts.get(&report.unit).copied().unwrap_or(scale.overall);
        let forecast = PhaseForecast::of(phase, reports, times);
        match STREWN.iter().find(|(name, _)| *name == phase) {
            Some((_, false)) => strewn(forecast, self.spread),
            Some((_, true)) => strewn(forecast, self.semantic_spread),
            None => forecast,
        }
    }
}

fn strewn(mut forecast: PhaseForecast, spread: f64) -> PhaseForecast {
    for set in forecast.sets.values_mut() {
        set.rows = (set.rows as f64 * spread) as u64;
        set.bytes = (set.bytes as f64 * spread) as u64;
    }
    forecast.factor *= spread;
    forecast
}

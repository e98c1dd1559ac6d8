use crate::AuditError;
use crate::lineage::Link;
use crate::query::Query;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::prelude::{ident, lit};
use malmoi_schemas::{Digest, Manifest, Outcome, Stage, column};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// An amount of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume {
    /// Documents, or records that never became one.
    pub documents: u64,
    /// Characters (Unicode scalar values); of records that never became a document none.
    pub characters: u64,
    /// Eojeol.
    pub eojeol: u64,
    /// Tokens; none before tokenising.
    pub tokens: u64,
}

impl AddAssign for Volume {
    fn add_assign(&mut self, other: Self) {
        self.documents += other.documents;
        self.characters += other.characters;
        self.eojeol += other.eojeol;
        self.tokens += other.tokens;
    }
}

impl std::iter::Sum for Volume {
    fn sum<I: Iterator<Item = Self>>(volumes: I) -> Self {
        volumes.fold(Self::default(), |mut sum, volume| {
            sum += volume;
            sum
        })
    }
}

/// A stage's manifest, and the text behind its counts.
#[derive(Debug, Clone, PartialEq)]
pub struct StageStatistics {
    /// What was published.
    pub manifest: Manifest,
    /// Digest of the manifest.
    pub digest: Digest,
    /// Text by source and by what became of it. Empty for training, which keeps no ledger.
    pub volumes: BTreeMap<String, BTreeMap<Outcome, Volume>>,
}

impl StageStatistics {
    /// The stage.
    pub fn stage(&self) -> Stage {
        self.manifest.stage
    }

    /// What the stage kept of a source.
    pub fn kept_of(&self, source: &str) -> Volume {
        self.volumes.get(source).and_then(|of| of.get(&Outcome::Kept)).copied().unwrap_or_default()
    }

    /// What the stage kept.
    pub fn kept(&self) -> Volume {
        self.volumes.keys().map(|source| self.kept_of(source)).sum()
    }

    /// What the stage took out for one reason.
    pub fn lost(&self, outcome: Outcome) -> Volume {
        self.volumes.values().filter_map(|of| of.get(&outcome)).copied().sum()
    }
}

/// Adds up a stage's ledger.
pub(crate) fn of_stage(query: &Query<'_>, link: &Link) -> Result<StageStatistics, AuditError> {
    let mut volumes: BTreeMap<String, BTreeMap<Outcome, Volume>> = BTreeMap::new();
    if let Some(ledger) = query.ledger(&link.published)? {
        let sums = [column::CHARACTERS, column::EOJEOL, column::TOKEN_COUNT].map(|name| sum(ident(name)).alias(name));
        let by = [column::SOURCE, column::OUTCOME, column::REASON].map(ident);
        let sums = [count(lit(1)).alias(DOCUMENTS)].into_iter().chain(sums);
        let totals = ledger.map(|frame| frame.aggregate(by.to_vec(), sums.collect()))?;
        query.stream(totals, |rows| {
            for row in 0..rows.len() {
                let volume = Volume {
                    documents: rows.count(DOCUMENTS, row)?,
                    characters: rows.u64(column::CHARACTERS, row)?.unwrap_or_default(),
                    eojeol: rows.u64(column::EOJEOL, row)?.unwrap_or_default(),
                    tokens: rows.u64(column::TOKEN_COUNT, row)?.unwrap_or_default(),
                };
                let of_source = volumes.entry(rows.name(column::SOURCE, row)?.to_owned()).or_default();
                *of_source.entry(rows.outcome(row)?).or_default() += volume;
            }
            Ok(())
        })?;
    }
    Ok(StageStatistics { manifest: link.published.manifest.clone(), digest: link.digest, volumes })
}

/// Name of the plan's column of counts.
const DOCUMENTS: &str = "documents";

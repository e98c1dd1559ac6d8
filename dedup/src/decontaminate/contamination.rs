use super::benchmarks::{SetId, Unsearched};
use super::cut::Verdict;
use super::index::Index;
use super::judge::Finding;
use malmoi_schemas::EvaluationDetails;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was found of evaluation sets in documents, added up.
///
/// Parts of a corpus are added up apart and then [merged](Self::merge); the result does not depend on how it was parted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contamination {
    /// Documents that hold an item of a set, by the set's ordinal.
    sets: BTreeMap<u16, Documents>,
    /// Documents that hold an item, by the item's ordinal.
    items: BTreeMap<u32, u64>,
}

/// Documents that hold an item of a set, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Documents {
    marked: u64,
    cut: u64,
    removed: u64,
}

impl Contamination {
    /// Adds a document's findings and what became of it.
    pub fn record(&mut self, findings: &[Finding], verdict: &Verdict) {
        let mut items: Vec<(u16, u32)> = findings.iter().map(|finding| (finding.set.0, finding.item.0)).collect();
        items.sort_unstable();
        items.dedup();
        for in_set in items.chunk_by(|a, b| a.0 == b.0) {
            self.sets.entry(in_set[0].0).or_default().count(verdict);
        }
        items.iter().for_each(|&(_, item)| *self.items.entry(item).or_default() += 1);
    }

    /// Adds what was found in other documents with the same index.
    pub fn merge(&mut self, other: &Self) {
        for (&set, documents) in &other.sets {
            self.sets.entry(set).or_default().add(*documents);
        }
        for (&item, documents) in &other.items {
            *self.items.entry(item).or_default() += documents;
        }
    }

    /// What the manifest says of each set.
    pub fn details(&self, index: &Index) -> Vec<EvaluationDetails> {
        (0..).map(SetId).zip(index.sets()).map(|(id, set)| self.details_of(index, id, &set.name)).collect()
    }

    fn details_of(&self, index: &Index, id: SetId, name: &str) -> EvaluationDetails {
        let found = self.items.keys().filter(|&&item| index.items[item as usize].set == id).count() as u64;
        let Documents { marked, cut, removed } = self.sets.get(&id.0).copied().unwrap_or_default();
        let items = index.items.iter().filter(|item| item.set == id).count() as u64;
        let unsearched = |why| index.unsearched(id).filter(|&(_, reason)| reason == why).count() as u64;
        EvaluationDetails {
            name: name.to_owned(),
            items,
            too_short: unsearched(Unsearched::TooShort),
            indistinct: unsearched(Unsearched::Indistinct),
            found,
            marked,
            cut,
            removed,
        }
    }
}

impl Documents {
    fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Clean => {}
            Verdict::Marked => self.marked += 1,
            Verdict::Cut(_) => self.cut += 1,
            Verdict::Removed => self.removed += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.marked += other.marked;
        self.cut += other.cut;
        self.removed += other.removed;
    }
}

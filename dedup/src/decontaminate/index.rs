use super::benchmarks::{Benchmarks, Item, ItemId, Passage, SetId, Unsearched};
use super::config::EvalSet;
use super::judge::{Coverage, Finding, Piece};
use super::run::{Grown, Run};
use super::seeds::{MOST_SHARERS, SEED, Seeds};
use super::significant::fold;

/// Pieces kept of a document, 24 MB of them. Only a document made of many-times shared lines has more, and it is found
/// anyhow.
const MOST_PIECES: usize = 1 << 20;

/// The items of all evaluation sets, ready to scan documents; shared by threads.
#[derive(Debug)]
pub struct Index {
    pub(super) sets: Vec<EvalSet>,
    pub(super) items: Vec<Item>,
    passages: Vec<Passage>,
    seeds: Seeds,
}

/// What a scan works in, reused from document to document.
#[derive(Debug, Default)]
pub struct ScanBuffers {
    symbols: Vec<u32>,
    grown: Grown,
    pieces: Vec<Piece>,
    coverage: Coverage,
    findings: Vec<Finding>,
}

impl Index {
    pub(super) fn of(benchmarks: Benchmarks) -> Self {
        let Benchmarks { sets, items, passages, .. } = benchmarks;
        let seeds = Seeds::of((0..).zip(&passages).filter(|(_, passage)| passage.owners.len() <= MOST_SHARERS));
        let mut index = Self { sets, items, passages, seeds };
        index.count_searched();
        index
    }

    /// An item's characters are those of its passages that have a seed.
    fn count_searched(&mut self) {
        let mut seeded = vec![false; self.passages.len()];
        self.seeds.iter().for_each(|seed| seeded[seed.passage as usize] = true);
        for (passage, _) in self.passages.iter().zip(seeded).filter(|(_, seeded)| !seeded) {
            for owner in &passage.owners {
                self.items[owner.item.0 as usize].characters -= passage.symbols.len() as u32;
            }
        }
        for item in self.items.iter_mut().filter(|item| item.characters == 0) {
            item.unsearched.get_or_insert(Unsearched::Indistinct);
        }
    }

    /// Items that stand in `text`, by place, then by item.
    ///
    /// Linear in the text: a seed is shared by a bounded number of passages and stands once in each, so few runs lie over any
    /// place, and each is grown once.
    pub fn scan<'a>(&self, text: &str, buffers: &'a mut ScanBuffers) -> &'a [Finding] {
        let ScanBuffers { symbols, grown, pieces, coverage, findings } = buffers;
        symbols.clear();
        pieces.clear();
        grown.clear();
        findings.clear();
        fold(text, symbols);
        self.seeds.find_in(symbols, |at, seed| {
            let from = seed.at as usize;
            if grown.covers(seed.passage, at, from) {
                return;
            }
            let passage = &self.passages[seed.passage as usize];
            let Some(run) = Run::grow(symbols, at, &passage.symbols, from, SEED) else { return };
            grown.insert(seed.passage, run);
            if run.length >= passage.least_run() && pieces.len() < MOST_PIECES {
                pieces.extend(passage.owners.iter().map(|&owner| Piece::of(owner, run)));
            }
        });
        if !pieces.is_empty() {
            coverage.judge(self, text, pieces, findings);
        }
        findings
    }

    /// The evaluation sets, in the order of the recipe.
    pub fn sets(&self) -> &[EvalSet] {
        &self.sets
    }

    /// The set of an item.
    pub fn set_of(&self, item: ItemId) -> Option<SetId> {
        self.items.get(item.0 as usize).map(|item| item.set)
    }

    /// The name of an item within its set.
    pub fn id_of(&self, item: ItemId) -> Option<&str> {
        self.items.get(item.0 as usize).map(|item| &*item.id)
    }

    /// Items of a set with the reason why they are not searched.
    pub fn unsearched(&self, set: SetId) -> impl Iterator<Item = (ItemId, Unsearched)> {
        let items = (0..).map(ItemId).zip(&self.items).filter(move |(_, item)| item.set == set);
        items.filter_map(|(id, item)| Some((id, item.unsearched?)))
    }

    /// Bytes in memory: the items' texts at four bytes a character, their names, and the seeds.
    pub fn bytes(&self) -> usize {
        let passage =
            |passage: &Passage| size_of_val(passage) + size_of_val(&*passage.symbols) + size_of_val(&*passage.owners);
        let items = self.items.iter().map(|item| size_of_val(item) + item.id.len());
        self.passages.iter().map(passage).sum::<usize>() + items.sum::<usize>() + self.seeds.bytes()
    }
}

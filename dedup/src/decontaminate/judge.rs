use super::benchmarks::{ItemId, Owner, SetId};
use super::index::Index;
use super::run::Run;
use super::significant::locate;
use std::ops::Range;

/// An evaluation item that stands in a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The evaluation set.
    pub set: SetId,
    /// The item.
    pub item: ItemId,
    /// Share of the item's searched characters that stand here, in runs long enough to be evidence.
    pub overlap: f32,
    /// Bytes of the document, whole eojeol.
    pub range: Range<usize>,
}

/// A run as one item sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    item: ItemId,
    /// First significant character in the document, and one past the last.
    start: usize,
    end: usize,
    /// First significant character in the item.
    in_item: u32,
}

impl Piece {
    pub(super) fn of(owner: Owner, run: Run) -> Self {
        let Range { start, end } = run.in_document();
        Self { item: owner.item, start, end, in_item: owner.before + run.passage as u32 }
    }
}

/// Judges how much of each item stands in one place.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    covered: Vec<Range<u32>>,
    places: Vec<usize>,
}

impl Coverage {
    /// Turns pieces into the findings of a document.
    pub(super) fn judge(&mut self, index: &Index, text: &str, pieces: &mut [Piece], findings: &mut Vec<Finding>) {
        pieces.sort_unstable();
        let mut rest = &*pieces;
        while let Some((place, after)) = first_place(index, rest) {
            findings.extend(self.finding(index, place));
            rest = after;
        }
        self.place_in_bytes(text, findings);
        findings.sort_by_key(|finding| (finding.range.start, finding.range.end, finding.item));
    }

    /// The finding of pieces in one place, in significant characters: none where they cover too little.
    fn finding(&mut self, index: &Index, place: &[Piece]) -> Option<Finding> {
        let item = &index.items[place.first()?.item.0 as usize];
        self.covered.clear();
        self.covered.extend(place.iter().map(|p| p.in_item..p.in_item + (p.end - p.start) as u32));
        self.covered.sort_unstable_by_key(|range| (range.start, range.end));
        let covered = union(&self.covered);
        let bound = index.sets[usize::from(item.set.0)].min_overlap.get() as u64;
        if u64::from(covered) * 100 < bound * u64::from(item.characters) {
            return None;
        }
        let end = place.iter().map(|piece| piece.end).max()?;
        let overlap = covered as f32 / item.characters as f32;
        Some(Finding { set: item.set, item: place[0].item, overlap, range: place[0].start..end })
    }

    /// From significant characters to bytes.
    fn place_in_bytes(&mut self, text: &str, findings: &mut [Finding]) {
        self.places.clear();
        self.places.extend(findings.iter().flat_map(|finding| [finding.range.start, finding.range.end - 1]));
        self.places.sort_unstable();
        self.places.dedup();
        let bytes = locate(text, &self.places);
        let at = |place: usize| bytes[self.places.partition_point(|&p| p < place)].clone();
        for finding in findings {
            let range = at(finding.range.start).start..at(finding.range.end - 1).end;
            finding.range = to_eojeol(text, range);
        }
    }
}

/// Splits off the pieces of the first item that lie in one place: gaps of at most half the item, which is what an edit or a
/// line of labels leaves. Law codes hold every choice of an exam question somewhere; only together are they the question.
fn first_place<'a>(index: &Index, pieces: &'a [Piece]) -> Option<(&'a [Piece], &'a [Piece])> {
    let first = pieces.first()?;
    let gap = index.items[first.item.0 as usize].characters as usize / 2;
    let mut reach = first.end;
    let count = pieces.iter().take_while(|piece| {
        let near = piece.item == first.item && piece.start <= reach + gap;
        reach = reach.max(piece.end);
        near
    });
    Some(pieces.split_at(count.count()))
}

/// Length of the union of ranges sorted by their start.
fn union(ranges: &[Range<u32>]) -> u32 {
    let mut end = 0;
    ranges.iter().fold(0, |length, range| {
        let new = range.end.saturating_sub(end.max(range.start));
        end = end.max(range.end);
        length + new
    })
}

/// Longest way to the edge of an eojeol, in bytes: in text without spaces there is none, and every finding would look for it.
const EDGE: usize = 96;

/// Extends a range to whole eojeol, where their edges are near.
fn to_eojeol(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text[..range.start].char_indices().rev();
    let start = match before.take_while(|(at, _)| range.start - at <= EDGE).find(|(_, c)| c.is_whitespace()) {
        Some((at, space)) => at + space.len_utf8(),
        None if range.start <= EDGE => 0,
        None => range.start,
    };
    let after = text[range.end..].char_indices();
    let end = match after.take_while(|&(at, _)| at <= EDGE).find(|(_, c)| c.is_whitespace()) {
        Some((at, _)) => range.end + at,
        None if text.len() - range.end <= EDGE => text.len(),
        None => range.end,
    };
    start..end
}

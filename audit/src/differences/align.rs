//! Alignment of two sequences of numbers: lines, words or characters.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;
use std::ops::Range;

/// Elements of both sequences that are aligned at once. The worst sequences take 16 ms at this size, and time grows with its
/// square: a hostile document of 800,000 characters takes seconds, a law and its revision milliseconds.
const AT_ONCE: usize = 4_096;

/// How often a stretch between landmarks is searched for further landmarks. Each search reads the stretch once.
const SEARCHES: usize = 4;

/// A part of two sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) kind: Kind,
    pub(super) removed: Range<usize>,
    pub(super) kept: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The same elements.
    Alike,
    /// The same characters in other words.
    Respaced,
    /// Other elements.
    Changed,
}

/// Stretches in order; neighbours of one kind become one.
#[derive(Debug, Default)]
pub(super) struct Stretches(pub(super) Vec<Stretch>);

impl Stretches {
    pub(super) fn push(&mut self, kind: Kind, removed: Range<usize>, kept: Range<usize>) {
        if removed.is_empty() && kept.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.kind == kind => {
                last.removed.end = removed.end;
                last.kept.end = kept.end;
            }
            _ => self.0.push(Stretch { kind, removed, kept }),
        }
    }
}

/// Alike and changed stretches that make up both sequences.
///
/// Short sequences are aligned by the histogram algorithm. Long ones are first divided at elements that occur once in
/// both (Cohen's patience diff), and where there are none, into blocks of even length.
pub(super) fn align(removed: &[u32], kept: &[u32]) -> Vec<Stretch> {
    let mut done = Stretches::default();
    let mut open = vec![Open { removed: 0..removed.len(), kept: 0..kept.len(), searches: SEARCHES }];
    while let Some(mut part) = open.pop() {
        let (before, after) = (&removed[part.removed.clone()], &kept[part.kept.clone()]);
        let prefix = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        done.push(Kind::Alike, split_off(&mut part.removed, prefix), split_off(&mut part.kept, prefix));
        if part.removed.is_empty() || part.kept.is_empty() {
            done.push(Kind::Changed, part.removed, part.kept);
        } else if part.removed.len() + part.kept.len() <= AT_ONCE {
            align_at_once(removed, kept, &part, &mut done);
        } else {
            let landmarks = if part.searches > 0 { landmarks(removed, kept, &part) } else { Vec::new() };
            let parts = if landmarks.is_empty() { part.blocks() } else { part.between(&landmarks) };
            open.extend(parts.into_iter().rev());
        }
    }
    done.0
}

/// A part that is yet to be aligned.
struct Open {
    removed: Range<usize>,
    kept: Range<usize>,
    searches: usize,
}

impl Open {
    /// Divides at landmarks; each leads the part behind it, where it becomes a common prefix.
    fn between(&self, landmarks: &[(usize, usize)]) -> Vec<Self> {
        let starts = std::iter::once((self.removed.start, self.kept.start)).chain(landmarks.iter().copied());
        let ends = landmarks.iter().copied().chain([(self.removed.end, self.kept.end)]);
        let parts = starts.zip(ends).map(|(start, end)| Self {
            removed: start.0..end.0,
            kept: start.1..end.1,
            searches: self.searches - 1,
        });
        parts.collect()
    }

    /// Divides evenly into parts that can be aligned at once.
    fn blocks(&self) -> Vec<Self> {
        let blocks = (self.removed.len() + self.kept.len()).div_ceil(AT_ONCE / 2);
        let place = |range: &Range<usize>, block: usize| range.start + range.len() * block / blocks;
        let part = |block: usize| Self {
            removed: place(&self.removed, block)..place(&self.removed, block + 1),
            kept: place(&self.kept, block)..place(&self.kept, block + 1),
            searches: 0,
        };
        (0..blocks).map(part).collect()
    }
}

/// Shortens a range by its first `count` elements, which are returned.
fn split_off(range: &mut Range<usize>, count: usize) -> Range<usize> {
    let first = range.start..range.start + count;
    range.start = first.end;
    first
}

fn align_at_once(removed: &[u32], kept: &[u32], part: &Open, done: &mut Stretches) {
    let (before, after) = (&removed[part.removed.clone()], &kept[part.kept.clone()]);
    for op in capture_diff_slices(Algorithm::Histogram, before, after) {
        let kind = if matches!(op, DiffOp::Equal { .. }) { Kind::Alike } else { Kind::Changed };
        let shift = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        done.push(kind, shift(op.old_range(), part.removed.start), shift(op.new_range(), part.kept.start));
    }
}

/// Where elements stand that occur once in both parts, as far as they are in the same order: a longest increasing
/// subsequence by patience sorting (Fredman, 1975).
fn landmarks(removed: &[u32], kept: &[u32], part: &Open) -> Vec<(usize, usize)> {
    let in_kept = once(kept, part.kept.clone());
    let mut places: Vec<(usize, usize)> = once(removed, part.removed.clone())
        .into_iter()
        .filter_map(|(element, place)| Some((place?, (*in_kept.get(&element)?)?)))
        .collect();
    places.sort_unstable();
    // For each length, the landmark that ends the increasing run of this length with the least place in `kept`.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(places.len());
    for (at, &(_, place)) in places.iter().enumerate() {
        let length = ends.partition_point(|&end| places[end].1 < place);
        previous.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run: Vec<_> =
        std::iter::successors(ends.last().copied(), |&at| previous[at]).map(|at| places[at]).collect();
    run.reverse();
    run
}

/// Place of every element of a range; `None` for one that occurs twice.
fn once(elements: &[u32], range: Range<usize>) -> HashMap<u32, Option<usize>> {
    let mut places = HashMap::with_capacity(range.len());
    for place in range {
        places.entry(elements[place]).and_modify(|place| *place = None).or_insert(Some(place));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(removed: &[u32], kept: &[u32]) -> Vec<Stretch> {
        let stretches = align(removed, kept);
        let (mut r, mut k) = (0, 0);
        for stretch in &stretches {
            assert_eq!((stretch.removed.start, stretch.kept.start), (r, k), "stretches must touch");
            (r, k) = (stretch.removed.end, stretch.kept.end);
            let same = removed[stretch.removed.clone()] == kept[stretch.kept.clone()];
            assert_eq!(stretch.kind == Kind::Alike, same);
        }
        assert_eq!((r, k), (removed.len(), kept.len()), "stretches must make up both");
        assert!(stretches.windows(2).all(|pair| pair[0].kind != pair[1].kind));
        stretches
    }

    fn random(seed: u64, kinds: u64, count: usize) -> Vec<u32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) % kinds) as u32
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn long_sequences_are_divided_at_landmarks() {
        let removed: Vec<u32> = (0..50_000).collect();
        let mut kept = removed.clone();
        kept.splice(20_000..20_003, [90_000, 90_001]);
        kept.insert(40_000, 90_002);
        let changed: Vec<Stretch> = check(&removed, &kept).into_iter().filter(|s| s.kind == Kind::Changed).collect();
        let changed: Vec<_> = changed.into_iter().map(|s| (s.removed, s.kept)).collect();
        assert_eq!(changed, [(20_000..20_003, 20_000..20_002), (40_001..40_001, 40_000..40_001)]);
    }

    #[test]
    fn hostile_sequences_are_aligned_too() {
        for kinds in [1, 2, 40, 5_000, 1 << 30] {
            check(&random(1, kinds, 30_000), &random(2, kinds, 21_000));
        }
        let alternating: Vec<u32> = (0..30_000).flat_map(|n| [n, 1 << 20]).collect();
        let shifted: Vec<u32> = (0..30_000).flat_map(|n| [1 << 21 | n, n, 1 << 20]).collect();
        check(&alternating, &shifted);
        let backwards: Vec<u32> = (0..30_000).rev().collect();
        check(&backwards, &(0..30_000).collect::<Vec<u32>>());
    }

    proptest! {
        #[test]
        fn stretches_make_up_both_sequences(
            removed in prop::collection::vec(0u32..12, 0..60), kept in prop::collection::vec(0u32..12, 0..60),
        ) {
            check(&removed, &kept);
        }

        #[test]
        fn landmarks_rise_in_both(removed in prop::collection::vec(0u32..40, 0..60), kept in prop::collection::vec(0u32..40, 0..60)) {
            let whole = Open { removed: 0..removed.len(), kept: 0..kept.len(), searches: 1 };
            let found = landmarks(&removed, &kept, &whole);
            prop_assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
            prop_assert!(found.iter().all(|&(r, k)| removed[r] == kept[k]));
        }
    }
}

use super::fingerprint::Fingerprint;
use std::ops::Range;

/// A stretch of a document, and the group in which it meets those that may share a run with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Number of the group.
    pub group: u32,
    /// Which eojeol of the document it is.
    pub eojeol: Range<u32>,
}

/// What one document sends to each of `groups` groups: the stretches of those of its fingerprints that another document
/// has too, each to the group of its hash, joined where they overlap or touch. In order of group and place.
///
/// The more groups, the smaller each is, and the more often a stretch is sent: at most once for each of its fingerprints.
pub fn pieces(fingerprints: &[Fingerprint], shared: impl Fn(u64) -> bool, groups: u32) -> Vec<Piece> {
    // By the low bits: of the whole hash, winnowing has picked the smallest.
    let group = |hash: u64| (hash % u64::from(groups.max(1))) as u32;
    let mut pieces: Vec<Piece> = fingerprints
        .iter()
        .filter(|fingerprint| shared(fingerprint.hash))
        .map(|fingerprint| Piece { group: group(fingerprint.hash), eojeol: fingerprint.stretch.clone() })
        .collect();
    pieces.sort_unstable_by_key(|piece| (piece.group, piece.eojeol.start));
    pieces.dedup_by(|next, last| {
        let joins = next.group == last.group && next.eojeol.start <= last.eojeol.end;
        if joins {
            last.eojeol.end = last.eojeol.end.max(next.eojeol.end);
        }
        joins
    });
    pieces
}

/// Parts for a group that may be too large for one: every two of its members meet in some part. `sizes` of members and the
/// `budget` of a part are in one unit: best in eojeol, which memory follows, for a text may have one to every two bytes.
///
/// A group that fits is one part. Another is cut into blocks of half the budget, and every two blocks make a part: the cost
/// grows with the square of the blocks, which only a hash that a large share of all documents have brings about. A
/// single member larger than a block makes a block of its own, and its parts larger than the budget.
pub fn tasks(sizes: &[u64], budget: u64) -> Vec<Vec<usize>> {
    let mut left = 0;
    let mut blocks: Vec<Range<usize>> = Vec::new();
    if sizes.iter().sum::<u64>() <= budget {
        return if sizes.is_empty() { Vec::new() } else { vec![(0..sizes.len()).collect()] };
    }
    for (member, &size) in sizes.iter().enumerate() {
        match blocks.last_mut() {
            Some(block) if size <= left => block.end = member + 1,
            _ => {
                blocks.push(member..member + 1);
                left = budget / 2;
            }
        }
        left = left.saturating_sub(size);
    }
    if let [only] = &blocks[..] {
        return vec![only.clone().collect()];
    }
    let pairs = (0..blocks.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
    pairs.map(|(first, second)| blocks[first].clone().chain(blocks[second].clone()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_two_members_meet_within_the_budget(sizes in prop::collection::vec(1u64..20, 0..14), budget in 0u64..90) {
            let tasks = tasks(&sizes, budget);
            for a in 0..sizes.len() {
                for b in 0..=a {
                    prop_assert!(tasks.iter().any(|task| task.contains(&a) && task.contains(&b)));
                }
            }
            for task in &tasks {
                let oversized = task.iter().any(|&member| sizes[member] > budget / 2);
                prop_assert!(oversized || task.iter().map(|&member| sizes[member]).sum::<u64>() <= budget);
            }
        }
    }
}

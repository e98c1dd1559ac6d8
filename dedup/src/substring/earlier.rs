use super::suffixes::Suffixes;
use std::ops::Range;

/// Where the run that begins at each eojeol was seen before.
pub(super) struct Earlier {
    /// Eojeol that the longest earlier match has, 0 where there is none of the length asked for.
    pub(super) longest: Vec<u32>,
    /// The first place, itself included, that has a match of the length asked for.
    pub(super) first: Vec<u32>,
}

/// Searches the suffixes. `shortest` is how many eojeol a match must have at each place; of two places with a match of that
/// length both ask for the same. `place` orders places, documents counting first; a match is earlier if its place is
/// smaller.
///
/// Suffixes with the required prefix in common stand together in suffix order, so all others are passed over at the cost of
/// one comparison each. In such a group, the longest earlier match of a suffix is the nearest one of a smaller place, above
/// or below (previous smaller value, by a stack: linear).
pub(super) fn earlier<P: Ord + Copy>(suffixes: &Suffixes, shortest: &[u32], place: impl Fn(usize) -> P) -> Earlier {
    let mut found = Earlier { longest: vec![0; suffixes.len()], first: vec![0; suffixes.len()] };
    let mut stack = Vec::new();
    let mut start = 0;
    for rank in 1..=suffixes.len() {
        if rank < suffixes.len() && suffixes.common(rank) >= shortest[suffixes.at(rank)] {
            continue;
        }
        let group = start..rank;
        start = rank;
        let Some(first) = group.clone().map(|rank| suffixes.at(rank)).min_by_key(|&at| place(at)) else { continue };
        let first_place = place(first);
        if group.clone().all(|rank| place(suffixes.at(rank)) == first_place) {
            continue;
        }
        for rank in group.clone() {
            found.first[suffixes.at(rank)] = first as u32;
        }
        nearest_smaller(suffixes, group, &place, &mut stack, &mut found.longest);
    }
    found
}

/// Raises `longest` to the match with the nearest suffix of a smaller place, on either side.
fn nearest_smaller<P: Ord + Copy>(
    suffixes: &Suffixes,
    group: Range<usize>,
    place: impl Fn(usize) -> P,
    stack: &mut Vec<(P, u32)>,
    longest: &mut [u32],
) {
    let mut step = |stack: &mut Vec<(P, u32)>, rank: usize, mut common: u32| {
        let at = suffixes.at(rank);
        let here = place(at);
        // An entry holds what it has in common with the entry under it.
        while let Some(&(place, under)) = stack.last()
            && place >= here
        {
            stack.pop();
            common = common.min(under);
        }
        match stack.last() {
            Some(_) => longest[at] = longest[at].max(common),
            None => common = 0,
        }
        stack.push((here, common));
    };
    let Range { start, end } = group;
    for rank in start..end {
        step(stack, rank, if rank == start { 0 } else { suffixes.common(rank) });
    }
    stack.clear();
    for rank in (start..end).rev() {
        step(stack, rank, if rank + 1 == end { 0 } else { suffixes.common(rank + 1) });
    }
    stack.clear();
}

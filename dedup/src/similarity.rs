/// The distinct shingles of a document, sorted: what two documents are compared by.
///
/// Chance collisions of 32-bit hashes need no correction. Two unrelated sets of m and n shingles share mn/2³² hashes on
/// average: one in 57,000 even of 75,000 shingles each, far below what a threshold could tell apart.
#[derive(Debug, Default)]
pub struct ShingleSet {
    hashes: Vec<u32>,
    scratch: Vec<u32>,
}

impl ShingleSet {
    /// Takes the shingles of another document, in any order and repeatedly.
    pub fn take(&mut self, shingles: &[u32]) {
        self.hashes.clear();
        self.hashes.extend_from_slice(shingles);
        if shingles.len() < RADIX_FROM {
            self.hashes.sort_unstable();
        } else {
            radix_sort(&mut self.hashes, &mut self.scratch);
        }
        self.hashes.dedup();
    }

    /// Sorted and distinct.
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// The set, or if it is larger than [`HALVED_ABOVE`] as much of it as lies in the lower half of the range of hashes,
    /// in the lower quarter, and so on; and how often the range was halved.
    ///
    /// That part is a sample drawn alike from every set, for hashes are uniform: two sets that are halved as often keep their
    /// similarity, with a standard error below half a per cent.
    pub(crate) fn halved(&self) -> (u32, &[u32]) {
        let mut halvings = 0;
        while at_halvings(&self.hashes, halvings).len() > HALVED_ABOVE {
            halvings += 1;
        }
        (halvings, at_halvings(&self.hashes, halvings))
    }
}

/// Shingles of which a comparison needs no more: a document of so many has some hundred thousand characters. It bounds the
/// memory of comparing documents of any length.
pub(crate) const HALVED_ABOVE: usize = 1 << 14;

/// The hashes, of a sorted set, that are left when the range of hashes is halved so often.
pub(crate) fn at_halvings(hashes: &[u32], halvings: u32) -> &[u32] {
    let last = u32::MAX.checked_shr(halvings).unwrap_or(0);
    &hashes[..hashes.partition_point(|&hash| hash <= last)]
}

/// From so many shingles on three passes over them take less time than comparisons.
const RADIX_FROM: usize = 512;

const DIGIT: u32 = 11;

/// Sorts by digits from the lowest (Knuth, *The Art of Computer Programming*, volume 3, section 5.2.5).
fn radix_sort(numbers: &mut Vec<u32>, scratch: &mut Vec<u32>) {
    scratch.resize(numbers.len(), 0);
    for shift in [0, DIGIT, 2 * DIGIT] {
        let digit = |number: u32| (number >> shift) as usize & ((1 << DIGIT) - 1);
        let mut next = [0usize; 1 << DIGIT];
        for &number in &*numbers {
            next[digit(number)] += 1;
        }
        let mut before = 0;
        for count in &mut next {
            (*count, before) = (before, before + *count);
        }
        for &number in &*numbers {
            let place = &mut next[digit(number)];
            scratch[*place] = number;
            *place += 1;
        }
        std::mem::swap(numbers, scratch);
    }
}

/// Jaccard similarity |A∩B| / |A∪B| of two sets, each sorted and distinct. Two empty sets are the same.
pub fn jaccard(left: &[u32], right: &[u32]) -> f64 {
    let common = intersection(left, right);
    ratio(common, left.len() + right.len() - common)
}

/// Containment |A∩B| / min(|A|, |B|) of the smaller set in the larger. An empty set is contained in every other.
pub fn containment(left: &[u32], right: &[u32]) -> f64 {
    ratio(intersection(left, right), left.len().min(right.len()))
}

/// [`jaccard`] if it is `least` or more. Stops as soon as too many shingles were found in one set only: of unrelated
/// documents after a few.
pub fn jaccard_at_least(left: &[u32], right: &[u32], least: f64) -> Option<f64> {
    let total = left.len() + right.len();
    // J ≥ t just if |A∩B| ≥ t/(1+t) (|A|+|B|). One less, lest rounding turn away a pair on the boundary.
    let needed = ((least / (1.0 + least) * total as f64).ceil() as usize).saturating_sub(1);
    let common = intersection_at_least(left, right, needed)?;
    let jaccard = ratio(common, total - common);
    (jaccard >= least).then_some(jaccard)
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn intersection(left: &[u32], right: &[u32]) -> usize {
    intersection_at_least(left, right, 0).unwrap_or(0)
}

/// Sets whose sizes differ by more than this are searched, not merged.
const GALLOP_FROM: usize = 32;

/// How many members two sets share, or `None` once it is certain to be fewer than `needed`.
fn intersection_at_least(left: &[u32], right: &[u32], needed: usize) -> Option<usize> {
    let (few, many) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if few.len() < needed {
        None
    } else if few.len() * GALLOP_FROM < many.len() {
        Some(gallop(few, many)).filter(|&common| common >= needed)
    } else {
        pulp::Arch::new().dispatch(Merging { left: few, right: many, needed })
    }
}

/// Looks each of few numbers up among many, by steps that double (Bentley and Yao, 1976).
fn gallop(few: &[u32], mut many: &[u32]) -> usize {
    let mut common = 0;
    for number in few {
        let mut reach = 1;
        while many.get(reach - 1).is_some_and(|other| other < number) {
            reach *= 2;
        }
        let ahead = &many[reach / 2..reach.min(many.len())];
        many = &many[reach / 2 + ahead.partition_point(|other| other < number)..];
        common += usize::from(many.first() == Some(number));
    }
    common
}

/// Numbers that are compared at once, each with each.
const LANES: usize = 16;

/// Blocks between two looks at whether enough can still be found.
const BLOCKS: usize = 8;

struct Merging<'a> {
    left: &'a [u32],
    right: &'a [u32],
    needed: usize,
}

impl pulp::WithSimd for Merging<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Option<usize> {
        let (mut left, mut right) = (self.left, self.right);
        let mut common = 0;
        'enough: loop {
            if common + left.len().min(right.len()) < self.needed {
                return None;
            }
            for _ in 0..BLOCKS {
                let (Some(a), Some(b)) = (left.first_chunk::<LANES>(), right.first_chunk::<LANES>()) else {
                    break 'enough;
                };
                common += block_intersection(a, b);
                // The block that ends first has met all its equals; both, if they end alike.
                let (last_a, last_b) = (a[LANES - 1], b[LANES - 1]);
                left = &left[if last_a <= last_b { LANES } else { 0 }..];
                right = &right[if last_b <= last_a { LANES } else { 0 }..];
            }
        }
        common += merge(left, right);
        (common >= self.needed).then_some(common)
    }
}

/// How many numbers two blocks share. All pairs: a vector comparison for each number on the left and no branch, where a merge
/// would mispredict every other step.
#[inline(always)]
fn block_intersection(left: &[u32; LANES], right: &[u32; LANES]) -> usize {
    let mut found = [0u32; LANES];
    for number in left {
        for lane in 0..LANES {
            found[lane] |= u32::from(right[lane] == *number);
        }
    }
    found.iter().sum::<u32>() as usize
}

/// The scalar merge, for what is left of either side.
#[inline(always)]
fn merge(left: &[u32], right: &[u32]) -> usize {
    let (mut at, mut by, mut common) = (0, 0, 0);
    while let (Some(&a), Some(&b)) = (left.get(at), right.get(by)) {
        common += usize::from(a == b);
        at += usize::from(a <= b);
        by += usize::from(b <= a);
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(numbers: &[u32]) -> Vec<u32> {
        let mut set = ShingleSet::default();
        set.take(numbers);
        set.hashes().to_vec()
    }

    /// What a comparison of very long documents sees of them is bounded and keeps their similarity.
    #[test]
    fn halved_sets_are_as_alike_as_whole_ones() {
        let hash = |number: u64| (crate::shingle::mix(number) >> 32) as u32;
        let sets = [0..100_000u64, 20_000..110_000].map(|range| {
            let mut set = ShingleSet::default();
            set.take(&range.map(hash).collect::<Vec<_>>());
            set
        });
        let [left, right] = sets.each_ref().map(ShingleSet::halved);
        assert!(left.0 == 3 && [left.1, right.1].iter().all(|hashes| hashes.len() <= HALVED_ABOVE));
        let halvings = left.0.max(right.0);
        let estimate = jaccard(at_halvings(left.1, halvings), at_halvings(right.1, halvings));
        let truth = jaccard(sets[0].hashes(), sets[1].hashes());
        assert!((estimate - truth).abs() < 0.02, "{estimate}, truly {truth}");
        assert_eq!(at_halvings(sets[0].hashes(), 0), sets[0].hashes());
        assert!(at_halvings(&[7, 9], 40).is_empty());
    }

    #[test]
    fn small_cases() {
        assert_eq!(jaccard(&[1, 2, 3, 4], &[3, 4, 5, 6]), 1.0 / 3.0);
        assert_eq!(containment(&[3, 4], &[3, 4, 5, 6]), 1.0);
        assert_eq!((jaccard(&[], &[]), containment(&[], &[1]), jaccard(&[], &[1])), (1.0, 1.0, 0.0));
        assert_eq!(jaccard_at_least(&[1, 2, 3, 4], &[1, 2, 3, 4, 5], 0.8), Some(0.8));
        assert_eq!(jaccard_at_least(&[1, 2, 3, 4], &[1, 2, 3, 4, 5], 0.81), None);
    }

    #[test]
    fn long_sets_sort_like_short_ones() {
        let numbers: Vec<u32> = (0..5000u64).map(|x| (crate::shingle::mix(x % 3000) >> 32) as u32).collect();
        let expected: Vec<u32> = numbers.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        assert_eq!(set(&numbers), expected);
    }

    /// Sets with much and little in common, of like and unlike sizes.
    fn two_sets() -> impl Strategy<Value = (Vec<u32>, Vec<u32>)> {
        let numbers = |most: usize| prop::collection::vec(0u32..600, 0..most);
        (numbers(400), prop_oneof![numbers(6), numbers(400)]).prop_map(|(a, b)| (set(&a), set(&b)))
    }

    proptest! {
        #[test]
        fn every_way_counts_the_same((left, right) in two_sets(), least in 0.0f64..1.0) {
            let of = |set: &[u32]| set.iter().copied().collect::<BTreeSet<u32>>();
            let common = of(&left).intersection(&of(&right)).count();
            let union = of(&left).union(&of(&right)).count();
            prop_assert_eq!(merge(&left, &right), common);
            prop_assert_eq!(gallop(&left, &right), common);
            prop_assert_eq!(gallop(&right, &left), common);
            prop_assert_eq!(intersection(&left, &right), common);
            prop_assert_eq!(jaccard(&left, &right), ratio(common, union));
            prop_assert_eq!(containment(&left, &right), ratio(common, left.len().min(right.len())));
            let expected = Some(jaccard(&left, &right)).filter(|&jaccard| jaccard >= least);
            prop_assert_eq!(jaccard_at_least(&left, &right, least), expected);
            // On the boundary itself.
            let exact = jaccard(&left, &right);
            prop_assert_eq!(jaccard_at_least(&left, &right, exact), Some(exact));
        }
    }

    /// Unrelated sets of 75,000 shingles share about 1.3 by chance.
    #[test]
    fn chance_collisions_are_negligible() {
        let of =
            |from: u64| set(&(from..from + 75_000).map(|x| (crate::shingle::mix(x) >> 32) as u32).collect::<Vec<_>>());
        let similarity = jaccard(&of(1 << 40), &of(2 << 40));
        assert!(similarity < 1e-4, "{similarity}");
    }
}

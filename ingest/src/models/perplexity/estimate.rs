//! Interpolated modified Kneser–Ney smoothing (Chen and Goodman 1999) over pruned counts.
//!
//! What discounting and pruning take from a context's n-grams is its back-off weight, so every context's probabilities
//! sum to one whatever was pruned.

use super::count::{Level, mask};
use super::symbols::BITS;

/// One order's n-grams with their probabilities, and contexts of the order above with their back-off weights, both in
/// ascending order of the key.
#[derive(Debug, Default)]
pub(super) struct Estimated {
    pub(super) probabilities: Vec<(u64, f64)>,
    pub(super) back_off: Vec<(u64, f64)>,
}

/// The least count at which at most `limit` n-grams of order 2 and more are left.
pub(super) fn least_count(levels: &[Level], limit: usize) -> u32 {
    let mut counts: Vec<u32> = levels[1..].iter().flat_map(|level| level.grams.iter().map(|gram| gram.count)).collect();
    match counts.len().checked_sub(limit + 1) {
        None => 0,
        Some(over) => {
            let (_, &mut count, _) = counts.select_nth_unstable(over);
            count.saturating_add(1)
        }
    }
}

/// Probabilities of order 1 for all symbols below `symbols`, then those of every higher order, from n-grams that occur
/// at least `least` times.
pub(super) fn estimate(levels: &[Level], symbols: usize, least: u32) -> (Vec<f64>, Vec<Estimated>) {
    let single = unigrams(&levels[0], symbols);
    let mut orders: Vec<Estimated> = Vec::new();
    for (order, level) in (2..).zip(&levels[1..]) {
        let estimated = {
            let lower = |key: u64| match orders.last() {
                None => single[(key & mask(1)) as usize],
                Some(lower) => {
                    let suffix = key & mask(order - 1);
                    // A suffix occurs at least as often, so pruning left it wherever it left the n-gram.
                    let found = lower.probabilities.binary_search_by_key(&suffix, |&(key, _)| key);
                    found.map_or(0.0, |at| lower.probabilities[at].1)
                }
            };
            above(level, least, lower)
        };
        orders.push(estimated);
    }
    (single, orders)
}

fn above(level: &Level, least: u32, lower: impl Fn(u64) -> f64) -> Estimated {
    let mut estimated = Estimated::default();
    let groups = level.grams.chunk_by(|a, b| a.key >> BITS == b.key >> BITS);
    for (group, &(context, total)) in groups.zip(&level.contexts) {
        let kept = || group.iter().filter(|gram| gram.count >= least);
        let discounted = |adjusted| discounted(adjusted, &level.discounts) / total as f64;
        let mass: f64 = kept().map(|gram| discounted(gram.adjusted)).sum();
        if kept().next().is_none() {
            continue;
        }
        // Every n-gram is discounted, so something is left; a discount of nothing at all would leave nothing to unseen ones.
        let back_off = (1.0 - mass).max(1e-6);
        let scale = if mass + back_off > 1.0 { (1.0 - back_off) / mass } else { 1.0 };
        estimated.back_off.push((context, back_off));
        for gram in kept() {
            estimated.probabilities.push((gram.key, scale * discounted(gram.adjusted) + back_off * lower(gram.key)));
        }
    }
    estimated
}

fn unigrams(level: &Level, symbols: usize) -> Vec<f64> {
    let total: f64 = level.grams.iter().map(|gram| f64::from(gram.adjusted)).sum();
    let mut single = vec![0.0; symbols];
    for gram in &level.grams {
        single[gram.key as usize] = discounted(gram.adjusted, &level.discounts) / total.max(1.0);
    }
    let left = (1.0 - single.iter().sum::<f64>()).max(1e-6);
    let scale = (1.0 - left) / single.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    // The boundary, symbol 0, is never predicted.
    single.iter_mut().skip(1).for_each(|p| *p = *p * scale + left / (symbols - 1) as f64);
    single
}

fn discounted(adjusted: u32, discounts: &[f64; 3]) -> f64 {
    let discount = match adjusted {
        0 => 0.0,
        count => discounts[(count as usize).min(3) - 1],
    };
    (f64::from(adjusted) - discount).max(0.0)
}

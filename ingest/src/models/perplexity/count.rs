//! How often every n-gram of a collection occurs, and in how many contexts.

use super::symbols::{BITS, BOUNDARY, Symbols};

/// Mask of the last `symbols` symbols of a key.
pub(super) fn mask(symbols: usize) -> u64 {
    (1 << (BITS as usize * symbols)) - 1
}

/// One order's n-grams, in ascending order of their keys, so that n-grams of one context stand together.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// N-grams that occur at least as often as asked for.
    pub(super) grams: Vec<Gram>,
    /// For each context of those, in order: its key and the sum of the adjusted counts of all its n-grams.
    pub(super) contexts: Vec<(u64, u64)>,
    /// Absolute discounts of n-grams with adjusted count 1, 2, and 3 or more.
    pub(super) discounts: [f64; 3],
}

/// An n-gram: its symbols from first to last, 12 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gram {
    pub(super) key: u64,
    /// Occurrences.
    pub(super) count: u32,
    /// What Kneser and Ney count: occurrences for the highest order, else the different symbols before it.
    pub(super) adjusted: u32,
}

/// The texts as one run of symbols, each text after a boundary.
pub(super) fn symbols<'t>(texts: impl Iterator<Item = &'t str>, symbols: &Symbols) -> Vec<u16> {
    let mut run = Vec::new();
    for text in texts {
        run.push(BOUNDARY);
        run.extend(symbols.each(text));
    }
    run
}

/// Levels of order 1 to `order`. N-grams rarer than `least` weigh in all sums but are not listed above order 1.
pub(super) fn levels(run: &[u16], order: usize, least: u32) -> Vec<Level> {
    let mut levels = Vec::new();
    let mut longer: Option<Vec<Gram>> = None;
    for order in (1..=order).rev() {
        let mut grams = occurrences(run, order);
        if let Some(longer) = &longer {
            adjust(&mut grams, longer, order);
        }
        levels.push(level(&grams, if order == 1 { 0 } else { least }));
        longer = Some(grams);
    }
    levels.reverse();
    levels
}

fn occurrences(run: &[u16], order: usize) -> Vec<Gram> {
    let mut keys = Vec::with_capacity(run.len());
    let (mut history, mut available) = (0u64, 0usize);
    for &symbol in run {
        if symbol == BOUNDARY {
            (history, available) = (0, 1);
            continue;
        }
        history = (history << BITS) | u64::from(symbol);
        available += 1;
        if available >= order {
            keys.push(history & mask(order));
        }
    }
    keys.sort_unstable();
    keys.chunk_by(|a, b| a == b)
        .map(|same| {
            let count = u32::try_from(same.len()).unwrap_or(u32::MAX);
            Gram { key: same[0], count, adjusted: count }
        })
        .collect()
}

/// Puts the number of different symbols before an n-gram in the place of its occurrences, except for an n-gram at the
/// beginning of a text: nothing stands before it.
fn adjust(grams: &mut [Gram], longer: &[Gram], order: usize) {
    let mut suffixes: Vec<u64> = longer.iter().map(|gram| gram.key & mask(order)).collect();
    suffixes.sort_unstable();
    let mut same = suffixes.chunk_by(|a, b| a == b).peekable();
    for gram in grams {
        while same.next_if(|suffix| suffix[0] < gram.key).is_some() {}
        if let Some(suffix) = same.next_if(|suffix| suffix[0] == gram.key) {
            let at_the_beginning = order > 1 && gram.key >> (BITS as usize * (order - 1)) == u64::from(BOUNDARY);
            if !at_the_beginning {
                gram.adjusted = suffix.len() as u32;
            }
        }
    }
}

fn level(grams: &[Gram], least: u32) -> Level {
    let mut level = Level { discounts: discounts(grams), ..Level::default() };
    for group in grams.chunk_by(|a, b| a.key >> BITS == b.key >> BITS) {
        let listed = level.grams.len();
        level.grams.extend(group.iter().filter(|gram| gram.count >= least));
        if level.grams.len() > listed {
            let total = group.iter().map(|gram| u64::from(gram.adjusted)).sum();
            level.contexts.push((group[0].key >> BITS, total));
        }
    }
    level
}

/// Chen and Goodman (1999), equation 26; constants where too few n-grams are seen to estimate them.
fn discounts(grams: &[Gram]) -> [f64; 3] {
    let mut seen = [0u64; 5];
    for gram in grams {
        if let Some(seen) = seen.get_mut(gram.adjusted as usize) {
            *seen += 1;
        }
    }
    let [_, one, two, three, four] = seen.map(|count| count as f64);
    let y = one / (one + 2.0 * two);
    let estimated = [1.0 - 2.0 * y * two / one, 2.0 - 3.0 * y * three / two, 3.0 - 4.0 * y * four / three];
    let sound = estimated.iter().zip(1..).all(|(&discount, most)| discount >= 0.0 && discount <= f64::from(most));
    if sound { estimated } else { [0.5, 1.0, 1.5] }
}

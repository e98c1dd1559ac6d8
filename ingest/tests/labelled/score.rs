//! Precision, recall and F1 of words, as multisets.

use std::collections::HashMap;

/// What an extractor should give of a page.
pub(crate) struct Gold {
    /// Words of the main text.
    pub(crate) main: Vec<String>,
    /// Words that may be given or left out: the title over the text, dates and names of authors.
    pub(crate) optional: Vec<String>,
}

/// How well a text matches.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
}

/// Scores the words of a text.
pub(crate) fn score(gold: &Gold, given: &[String]) -> Score {
    let mut left = counts(given);
    let taken: usize = gold.main.iter().map(|word| take(&mut left, word)).sum();
    let excused: usize = gold.optional.iter().map(|word| take(&mut left, word)).sum();
    let counted = given.len() - excused;
    let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let precision = if counted == 0 && !gold.main.is_empty() { 0.0 } else { share(taken, counted) };
    let recall = share(taken, gold.main.len());
    let f1 = if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
    Score { precision, recall, f1 }
}

/// The mean over pages.
pub(crate) fn mean(scores: &[Score]) -> Score {
    let count = scores.len().max(1) as f64;
    let of = |part: fn(&Score) -> f64| scores.iter().map(part).sum::<f64>() / count;
    Score { precision: of(|score| score.precision), recall: of(|score| score.recall), f1: of(|score| score.f1) }
}

fn counts(words: &[String]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(word.as_str()).or_insert(0) += 1;
    }
    counts
}

fn take(left: &mut HashMap<&str, usize>, word: &str) -> usize {
    match left.get_mut(word) {
        Some(count) if *count > 0 => {
            *count -= 1;
            1
        }
        _ => 0,
    }
}

//! How well scores tell two collections apart.

use super::{Quality, QualityReport};
use crate::models::Scratch;

/// The probability that a value drawn from `higher` exceeds one drawn from `lower`, ties counting one half (Mann and
/// Whitney 1947): 1 for perfect order, 0.5 for chance. 0.5 if either is empty.
pub fn area_under_curve(higher: &[f32], lower: &[f32]) -> f64 {
    let mut all: Vec<(f32, bool)> =
        higher.iter().map(|&value| (value, true)).chain(lower.iter().map(|&value| (value, false))).collect();
    all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0.0, 0.0);
    for tied in all.chunk_by(|a, b| a.0 == b.0) {
        let ours = tied.iter().filter(|value| value.1).count() as f64;
        let theirs = tied.len() as f64 - ours;
        wins += ours * (below + theirs / 2.0);
        below += theirs;
    }
    let pairs = higher.len() as f64 * lower.len() as f64;
    if pairs == 0.0 { 0.5 } else { wins / pairs }
}

/// All of a report but the counts of documents.
pub(super) fn evaluate(quality: &Quality, training: &[Vec<&str>; 2], testing: &[Vec<&str>; 2]) -> QualityReport {
    let mut scratch = Scratch::default();
    let mut scores = |texts: &Vec<&str>| {
        texts.iter().map(|text| quality.score(text, &mut scratch).unwrap_or(0.5)).collect::<Vec<f32>>()
    };
    let [good, bad] = testing.each_ref().map(&mut scores);
    let [seen_good, seen_bad] = training.each_ref().map(&mut scores);
    let share = |scores: &[f32], right: fn(f32) -> bool| {
        scores.iter().filter(|&&score| right(score)).count() as f64 / scores.len().max(1) as f64
    };
    QualityReport {
        documents: [0, 0],
        in_both: 0,
        held_out: [good.len(), bad.len()],
        accuracy: (share(&good, |score| score > 0.5) + share(&bad, |score| score <= 0.5)) / 2.0,
        area_under_curve: area_under_curve(&good, &bad),
        training_area_under_curve: area_under_curve(&seen_good, &seen_bad),
    }
}

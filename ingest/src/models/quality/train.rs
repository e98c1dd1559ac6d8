//! Stochastic gradient descent with AdaGrad on a fastText classifier of dimension one.

use super::{BAD, GOOD, Parts, Quality, QualitySettings};
use crate::models::sample::Random;
use crate::models::{FastText, LearnError, Scratch};
use std::collections::HashMap;

/// Rows of the output layer: the score of a text is the logistic function of its mean weight.
const OUTPUT: [f32; 2] = [0.5, -0.5];

pub(super) fn train(sides: &[Vec<&str>; 2], settings: &QualitySettings) -> Result<Quality, LearnError> {
    let words = vocabulary(sides.iter().flatten(), settings);
    let rows = words.len() + settings.buckets as usize;
    let empty = assemble(words.clone(), sides, settings, Vec::new())?;
    let mut weights = Weights { values: vec![0.0; rows], squares: vec![0.0; rows], rate: settings.learning_rate };
    let documents = sides[0].len() + sides[1].len();
    // Each side weighs one half, as if there were as many good documents as bad ones.
    let share = sides.each_ref().map(|side| documents as f32 / (2.0 * side.len().max(1) as f32));
    let mut order: Vec<(usize, &str)> =
        sides.iter().enumerate().flat_map(|(side, texts)| texts.iter().map(move |&text| (side, text))).collect();
    let mut random = Random(settings.seed);
    let (mut scratch, mut features) = (Scratch::default(), Vec::new());
    for _ in 0..settings.epochs {
        random.shuffle(&mut order);
        for &(side, text) in &order {
            features.clear();
            empty.rows([text], &mut scratch, |row| features.push(row));
            weights.learn(&features, side == 0, share[side]);
        }
    }
    let model = assemble(words, sides, settings, weights.values)?;
    Quality::with_label(model, GOOD).ok_or(OVERFULL)
}

struct Weights {
    values: Vec<f32>,
    squares: Vec<f32>,
    rate: f32,
}

impl Weights {
    fn learn(&mut self, features: &[usize], good: bool, share: f32) {
        if features.is_empty() {
            return;
        }
        let sum: f32 = features.iter().map(|&row| self.values[row]).sum();
        let probability = 1.0 / (1.0 + (-sum / features.len() as f32).exp());
        let gradient = (probability - f32::from(u8::from(good))) * share;
        // The gradient of every weight is this over the number of features. AdaGrad divides it by its own size, so the
        // number matters only between documents; its root keeps short texts from drowning long ones.
        let gradient = gradient / (features.len() as f32).sqrt();
        for &row in features {
            self.squares[row] += gradient * gradient;
            self.values[row] -= self.rate * gradient / (self.squares[row] + 1e-8).sqrt();
        }
    }
}

/// The most frequent eojeol; of equally frequent ones those that sort first.
fn vocabulary<'t>(texts: impl Iterator<Item = &'t &'t str>, settings: &QualitySettings) -> Vec<String> {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for eojeol in texts.flat_map(|text| text.split([' ', '\n', '\t', '\r', '\u{b}', '\u{c}', '\0'])) {
        *counts.entry(eojeol).or_default() += 1;
    }
    let mut frequent: Vec<(u64, &str)> = counts
        .into_iter()
        .filter(|&(word, count)| {
            // The dictionary of fastText keeps labels, and its end of line has no weight here: it would tell short from long.
            count >= settings.least_count
                && !word.is_empty()
                && word.len() < 1000
                && !word.starts_with("__label__")
                && word != "</s>"
        })
        .map(|(word, count)| (count, word))
        .collect();
    frequent.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    frequent.truncate(settings.vocabulary);
    frequent.into_iter().map(|(_, word)| word.to_owned()).collect()
}

const OVERFULL: LearnError = LearnError::Setting { setting: "vocabulary", expected: "smaller for these texts" };

fn assemble(
    words: Vec<String>,
    sides: &[Vec<&str>; 2],
    settings: &QualitySettings,
    input: Vec<f32>,
) -> Result<FastText, LearnError> {
    let mut labels =
        vec![(GOOD.to_owned(), sides[0].len() as i64, OUTPUT[0]), (BAD.to_owned(), sides[1].len() as i64, OUTPUT[1])];
    labels.sort_by_key(|label| -label.1);
    let output = labels.iter().map(|label| label.2).collect();
    let labels = labels.into_iter().map(|(name, count, _)| (name, count)).collect();
    let QualitySettings { buckets, eojeol_ngrams: word_ngrams, shortest, longest, .. } = *settings;
    FastText::from_parts(Parts { words, labels, buckets, word_ngrams, shortest, longest, columns: 1, input, output })
        .ok_or(OVERFULL)
}

//! A classifier that tells text like the good from text like the bad, learnt from two collections.
//!
//! It is a logistic regression over the mean of feature weights: frequent eojeol, pairs of neighbouring eojeol and
//! syllable n-grams inside an eojeol, all but the first hashed. That is a fastText classifier of dimension one, and it is
//! stored as such: fastText itself loads the file and gives the same scores. Both collections weigh the same whatever
//! their sizes, so a score above one half reads "more like the good".
//!
//! Training is one thread over a sample in a seeded order: the same collections and settings give the same file.

mod evaluate;
mod train;

pub use evaluate::area_under_curve;

use super::fasttext::write::Parts;
use super::sample::Sample;
use super::{FastText, LearnError, ModelError, Scratch, WINDOW, Windows};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, Read, Write};
use xxhash_rust::xxh3::xxh3_64_with_seed;

const GOOD: &str = "good";
const BAD: &str = "bad";
/// Fewer different documents than this on one side teach nothing that holds.
const FEWEST: usize = 20;

/// How a quality model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QualitySettings {
    /// Chooses the sample, the held-out documents and the order of training.
    pub seed: u64,
    /// Bytes of text kept in memory of each collection; documents are sampled when there is more.
    pub sample_bytes: usize,
    /// Most eojeol that get a weight of their own.
    pub vocabulary: usize,
    /// An eojeol gets a weight of its own only if it occurs this often.
    pub least_count: u64,
    /// Weights that hashed n-grams share; the model file takes four bytes for each.
    pub buckets: u32,
    /// Eojeol in the longest eojeol n-gram; 1 for none.
    pub eojeol_ngrams: usize,
    /// Characters in the shortest n-gram inside an eojeol; its two borders count as characters.
    pub shortest: usize,
    /// Characters in the longest n-gram inside an eojeol; 0 for none.
    pub longest: usize,
    /// Passes over the sample.
    pub epochs: usize,
    /// Step of AdaGrad (Duchi et al. 2011).
    pub learning_rate: f32,
    /// Documents in a hundred that are held out of training to measure on.
    pub held_out_percent: u64,
}

impl Default for QualitySettings {
    fn default() -> Self {
        Self {
            seed: 0,
            sample_bytes: 256 << 20,
            vocabulary: 50_000,
            least_count: 5,
            buckets: 1 << 20,
            eojeol_ngrams: 2,
            shortest: 2,
            longest: 4,
            epochs: 5,
            learning_rate: 0.2,
            held_out_percent: 10,
        }
    }
}

impl QualitySettings {
    fn check(&self) -> Result<(), LearnError> {
        let bounds = [
            (self.vocabulary <= 10_000_000, "vocabulary", "at most 10000000"),
            ((1..=1 << 28).contains(&self.buckets), "buckets", "1 to 268435456"),
            ((1..=5).contains(&self.eojeol_ngrams), "eojeol_ngrams", "1 to 5"),
            ((1..=10).contains(&self.shortest), "shortest", "1 to 10"),
            (self.longest <= 10, "longest", "0 to 10"),
            ((1..=1000).contains(&self.epochs), "epochs", "1 to 1000"),
            (self.learning_rate > 0.0 && self.learning_rate <= 10.0, "learning_rate", "above 0 and at most 10"),
            ((1..=50).contains(&self.held_out_percent), "held_out_percent", "1 to 50"),
        ];
        match bounds.iter().find(|(holds, ..)| !holds) {
            Some(&(_, setting, expected)) => Err(LearnError::Setting { setting, expected }),
            None => Ok(()),
        }
    }
}

/// What was learnt from, and how well it went on documents that training did not see.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QualityReport {
    /// Different good and bad documents in the sample.
    pub documents: [usize; 2],
    /// Documents that stood in both collections and were left out.
    pub in_both: usize,
    /// Good and bad documents held out of training.
    pub held_out: [usize; 2],
    /// Share of held-out documents on the right side of one half, as the mean over both collections.
    pub accuracy: f64,
    /// Probability that a held-out good document scores above a held-out bad one.
    pub area_under_curve: f64,
    /// The same on the training documents: far above the held-out figure means learning by heart.
    pub training_area_under_curve: f64,
}

impl fmt::Display for QualityReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents: [good, bad], in_both, held_out: [held_good, held_bad], .. } = self;
        writeln!(f, "documents           {good} good, {bad} bad ({in_both} in both left out)")?;
        writeln!(f, "held out            {held_good} good, {held_bad} bad")?;
        writeln!(f, "held-out accuracy   {:.4} (mean of both sides)", self.accuracy)?;
        writeln!(f, "held-out AUC        {:.4}", self.area_under_curve)?;
        write!(f, "training AUC        {:.4}", self.training_area_under_curve)
    }
}

/// A model that scores how much a text reads like the good ones it was trained on.
#[derive(Debug)]
pub struct Quality {
    model: FastText,
    good: usize,
}

impl Quality {
    /// Reads a model: ours, or any fastText classifier with a label `__label__good`.
    ///
    /// # Errors
    /// If the bytes are no fastText classifier or it has no such label.
    pub fn read(source: impl Read, name: &str) -> Result<Self, ModelError> {
        let model = FastText::read(source, name)?;
        let found = model.labels().join(", ");
        Self::with_label(model, GOOD).ok_or_else(|| ModelError::Invalid {
            name: name.to_owned(),
            at: 0,
            reason: format!("no label `__label__{GOOD}`, only {}", found.chars().take(80).collect::<String>()),
        })
    }

    /// Takes the probability of `label` (without `__label__`) in any fastText classifier for quality; `None` if the
    /// model has no such label.
    pub fn with_label(model: FastText, label: &str) -> Option<Self> {
        let good = model.label(label)?;
        Some(Self { model, good })
    }

    /// How much the text reads like the good ones, 0 to 1; `None` if it has nothing that the model knows. A long text is
    /// read in three [`Windows`].
    pub fn score(&self, text: &str, scratch: &mut Scratch) -> Option<f32> {
        let windows = Windows::of(text, WINDOW);
        let seen = self.model.look(windows.iter(), scratch)?;
        seen.probability(self.good)
    }

    /// Writes the model as a fastText `.bin` file.
    ///
    /// # Errors
    /// If `out` does not take the bytes, or if the model was read from a quantised file.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        self.model.write(out)
    }
}

/// Learns to tell `good` from `bad` texts. Memory is bounded by the settings however many texts come; their order does
/// not matter.
///
/// # Errors
/// If a setting is out of bounds or one side has too few different texts.
pub fn learn_quality<T: AsRef<str>>(
    good: impl IntoIterator<Item = T>,
    bad: impl IntoIterator<Item = T>,
    settings: &QualitySettings,
) -> Result<(Quality, QualityReport), LearnError> {
    settings.check()?;
    let mut sides = [
        Sample::new(settings.seed, settings.sample_bytes, WINDOW),
        Sample::new(settings.seed, settings.sample_bytes, WINDOW),
    ];
    good.into_iter().for_each(|text| sides[0].offer(text.as_ref()));
    bad.into_iter().for_each(|text| sides[1].offer(text.as_ref()));
    let both: Vec<u64> = sides[0].texts().keys().filter(|key| sides[1].texts().contains_key(key)).copied().collect();
    both.iter().for_each(|&key| sides.iter_mut().for_each(|side| side.remove(key)));
    for (side, name) in sides.iter().zip([GOOD, BAD]) {
        let found = side.texts().len();
        if found < FEWEST {
            return Err(LearnError::TooFew { side: name, found, needed: FEWEST });
        }
    }
    let held_out = |key: u64| xxh3_64_with_seed(&key.to_le_bytes(), settings.seed) % 100 < settings.held_out_percent;
    let (mut training, mut testing) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for (number, side) in sides.iter().enumerate() {
        for (&key, text) in side.texts() {
            let into = if held_out(key) { &mut testing } else { &mut training };
            into[number].push(text.as_str());
        }
    }
    let quality = train::train(&training, settings)?;
    let report = QualityReport {
        documents: [sides[0].texts().len(), sides[1].texts().len()],
        in_both: both.len(),
        ..evaluate::evaluate(&quality, &training, &testing)
    };
    Ok((quality, report))
}

#[cfg(test)]
mod tests;

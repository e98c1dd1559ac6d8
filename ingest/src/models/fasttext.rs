//! fastText models (Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"): supervised `.bin` and `.ftz`
//! files of format versions 11 and 12.
//!
//! Labels and probabilities are those of fastText itself, to the rounding of 32-bit floats; a probability above 1, which
//! fastText's smoothing can give, is cut to 1. A text is fed as one line: every space, tab and line end separates tokens,
//! one end-of-line token closes it, exactly as `model.predict(text.replace("\n", " "))` does in Python.

mod features;
mod index;
mod loss;
mod matrix;
pub(in crate::models) mod write;

use super::untrusted::Untrusted;
use super::{ModelError, WINDOW, Windows};
use features::{Divisor, Features};
use index::{BucketIndex, WordIndex};
use loss::{Output, Tree};
use matrix::Matrix;
use std::io::Read;

const MAGIC: i32 = 793_712_314;
const SUPERVISED: i32 = 3;
/// fastText's own constant prefix of labels in training text; `args.label` is not stored in the file.
const LABEL_PREFIX: &str = "__label__";
const LONGEST_WORD: u64 = 1 << 16;
const MOST_COLUMNS: usize = 1 << 13;
const LONGEST_NGRAM: i32 = 64;

/// A loaded classifier. Shared by threads; each has its own [`Scratch`].
#[derive(Debug)]
pub struct FastText {
    features: Features,
    labels: Vec<String>,
    label_counts: Vec<i64>,
    columns: usize,
    loss: i32,
    input: Matrix,
    output: Matrix,
    decide: Output,
}

/// Memory that predictions write to; one for each thread, used again and again.
#[derive(Debug, Default)]
pub struct Scratch {
    hidden: Vec<f32>,
    word: Vec<u8>,
    hashes: Vec<i32>,
}

/// A label and how probable it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction<'a> {
    /// The label without `__label__`.
    pub label: &'a str,
    /// 0 to 1.
    pub probability: f32,
}

/// A text that a model has read: questions about it cost little now.
#[derive(Debug)]
pub struct Seen<'m, 's> {
    model: &'m FastText,
    hidden: &'s [f32],
}

impl<'m> Seen<'m, '_> {
    /// The most probable label.
    pub fn best(&self) -> Prediction<'m> {
        let (label, probability) = self.model.decide.best(&self.model.output, self.hidden);
        Prediction { label: &self.model.labels[label], probability }
    }

    /// The probability of a label by its number in [`FastText::labels`]; `None` if there is no such label.
    pub fn probability(&self, label: usize) -> Option<f32> {
        (label < self.model.labels.len()).then(|| self.model.decide.probability(&self.model.output, self.hidden, label))
    }
}

impl FastText {
    /// Reads a model; `name` is how errors call the file.
    ///
    /// # Errors
    /// If the bytes are not a supervised fastText model of version 11 or 12, or a damaged one.
    pub fn read(source: impl Read, name: &str) -> Result<Self, ModelError> {
        let mut file = Untrusted::new(source, name);
        let arguments = Arguments::read(&mut file)?;
        let dictionary = Dictionary::read(&mut file)?;
        let Dictionary { words, labels, label_counts, buckets } = dictionary;
        let quantised = file.flag("the kind of the input matrix")?;
        if buckets.is_some() && !quantised {
            return Err(file.invalid("a pruned dictionary with a dense input matrix"));
        }
        let input = Matrix::read(&mut file, quantised, arguments.columns, "the input matrix")?;
        let quantised_output = file.flag("the kind of the output matrix")?;
        let output = Matrix::read(&mut file, quantised && quantised_output, arguments.columns, "the output matrix")?;
        file.end()?;
        if output.rows() != labels.len() {
            return Err(file.invalid(format!("{} rows of output for {} labels", output.rows(), labels.len())));
        }
        let decide = match arguments.loss {
            1 => Output::Hierarchical(
                Tree::new(&label_counts).ok_or_else(|| file.invalid("labels are counted as no text can be"))?,
            ),
            3 => Output::Softmax,
            2 | 4 => Output::Independent,
            other => return Err(file.invalid(format!("loss {other}, expected 1 to 4"))),
        };
        let features = arguments.features(words, buckets, input.rows()).map_err(|reason| file.invalid(reason))?;
        let Arguments { columns, loss, .. } = arguments;
        Ok(Self { features, labels, label_counts, columns, loss, input, output, decide })
    }

    /// All labels, without `__label__`, in the model's order: most frequent in training first.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The number of a label given without `__label__`, to ask for with [`Seen::probability`].
    pub fn label(&self, name: &str) -> Option<usize> {
        self.labels.iter().position(|label| label == name)
    }

    /// Reads the parts of a text, as one line. `None` if nothing in it is known to the model: no word and no n-gram.
    pub fn look<'m, 's, 't>(
        &'m self,
        parts: impl IntoIterator<Item = &'t str>,
        scratch: &'s mut Scratch,
    ) -> Option<Seen<'m, 's>> {
        let Scratch { hidden, word, hashes } = scratch;
        hidden.clear();
        hidden.resize(self.columns, 0.0);
        let mut rows = 0u64;
        self.features.each(parts, word, hashes, |row| {
            self.input.add_row(row, hidden);
            rows += 1;
        });
        let scale = (1.0 / rows as f64) as f32;
        hidden.iter_mut().for_each(|value| *value *= scale);
        (rows > 0).then_some(Seen { model: self, hidden })
    }

    /// Reads a text as the Measure step does: a long one in three [`Windows`], which are fed as one line.
    pub fn look_at<'m, 's>(&'m self, text: &str, scratch: &'s mut Scratch) -> Option<Seen<'m, 's>> {
        self.look(Windows::of(text, WINDOW).iter(), scratch)
    }

    /// The most probable label of a whole text, as fastText's `predict` gives it for k = 1.
    pub fn predict(&self, text: &str, scratch: &mut Scratch) -> Option<Prediction<'_>> {
        Some(self.look([text], scratch)?.best())
    }

    /// The probability of `label`, given without `__label__`; `None` if the model lacks it or knows nothing of the text.
    pub fn score_of(&self, label: &str, text: &str, scratch: &mut Scratch) -> Option<f32> {
        let label = self.label(label)?;
        let seen = self.look([text], scratch)?;
        seen.probability(label)
    }
}

/// What a file says about how it was trained, as far as predictions need it.
struct Arguments {
    columns: usize,
    word_ngrams: usize,
    loss: i32,
    buckets: u32,
    shortest: usize,
    longest: usize,
}

impl Arguments {
    fn read<R: Read>(file: &mut Untrusted<R>) -> Result<Self, ModelError> {
        const HEADER: &str = "the header";
        if file.i32(HEADER)? != MAGIC {
            return Err(file.invalid("no fastText model: it does not begin with fastText's mark"));
        }
        let version = file.i32(HEADER)?;
        if !(11..=12).contains(&version) {
            return Err(file.invalid(format!("format version {version}, expected 11 or 12")));
        }
        let mut numbers = [0; 12];
        for number in &mut numbers {
            *number = file.i32(HEADER)?;
        }
        let [columns, _, _, _, _, word_ngrams, loss, kind, buckets, shortest, longest, _] = numbers;
        file.array::<8>(HEADER)?;
        if kind != SUPERVISED {
            return Err(file.invalid(format!("model kind {kind}: word vectors, not a classifier")));
        }
        let columns = file.count(columns.into(), MOST_COLUMNS, "the dimension")?;
        // Version 11 stored lengths that its supervised models did not use.
        let longest = if version == 11 { 0 } else { longest };
        for (length, what) in [(word_ngrams, "words"), (shortest, "characters"), (longest, "characters")] {
            if !(0..=LONGEST_NGRAM).contains(&length) {
                return Err(file.invalid(format!("n-grams of {length} {what}")));
            }
        }
        if columns == 0 || buckets < 0 || (buckets == 0 && (word_ngrams > 1 || longest > 0)) {
            return Err(file.invalid(format!("dimension {columns} with {buckets} buckets")));
        }
        let [word_ngrams, shortest, longest] = [word_ngrams, shortest, longest].map(|length| length as usize);
        Ok(Self { columns, word_ngrams, loss, buckets: buckets as u32, shortest, longest })
    }

    /// Checks that every feature has its row.
    fn features(&self, words: WordIndex, pruned: Option<Vec<(u32, u32)>>, rows: usize) -> Result<Features, String> {
        let uses_buckets = self.word_ngrams > 1 || self.longest > 0;
        let first_bucket = words.len();
        let needed = match &pruned {
            Some(pruned) => pruned.iter().map(|&(_, row)| row as usize + 1).max().unwrap_or(0),
            None if uses_buckets => self.buckets as usize,
            None => 0,
        };
        let needed = first_bucket + needed;
        if rows < needed {
            return Err(format!("{rows} rows of input, expected at least {needed}"));
        }
        let pruned = match pruned {
            Some(pruned) => Some(BucketIndex::new(&pruned).ok_or("n-gram buckets that collide by design")?),
            None => None,
        };
        let (buckets, word_ngrams) = (Divisor::new(self.buckets), self.word_ngrams);
        Ok(Features {
            words,
            first_bucket,
            buckets,
            pruned,
            word_ngrams,
            shortest: self.shortest,
            longest: self.longest,
        })
    }
}

struct Dictionary {
    words: WordIndex,
    labels: Vec<String>,
    label_counts: Vec<i64>,
    /// Buckets that pruning left, each with its row after the words.
    buckets: Option<Vec<(u32, u32)>>,
}

impl Dictionary {
    fn read<R: Read>(file: &mut Untrusted<R>) -> Result<Self, ModelError> {
        const WHAT: &str = "the dictionary";
        let [size, words, labels] = [file.i32(WHAT)?, file.i32(WHAT)?, file.i32(WHAT)?];
        let (_tokens, pruned) = (file.i64(WHAT)?, file.i64(WHAT)?);
        let word_count = file.count(words.into(), i32::MAX as usize, "the number of words")?;
        let label_count = file.count(labels.into(), i32::MAX as usize, "the number of labels")?;
        if i64::from(size) != i64::from(words) + i64::from(labels) || labels == 0 {
            return Err(file.invalid(format!("{words} words and {labels} labels in a dictionary of {size}")));
        }
        let mut words = WordIndex::default();
        for _ in 0..word_count {
            let mut failure = None;
            let pushed = words.push(|text| entry(file, text, 0).map_err(|error| failure = Some(error)).ok().map(drop));
            if pushed.is_none() {
                return Err(failure.unwrap_or_else(|| file.invalid("more text in the dictionary than any model has")));
            }
        }
        words.seal().ok_or_else(|| file.invalid("words that collide by design"))?;
        let (mut labels, mut label_counts) = (Vec::new(), Vec::new());
        for _ in 0..label_count {
            let mut label = Vec::new();
            label_counts.push(entry(file, &mut label, 1)?);
            let label = String::from_utf8(label).map_err(|_| file.invalid("a label that is not UTF-8"))?;
            labels.push(label.strip_prefix(LABEL_PREFIX).map_or_else(|| label.clone(), str::to_owned));
        }
        let buckets = if pruned < 0 { None } else { Some(read_pruned(file, pruned)?) };
        Ok(Self { words, labels, label_counts, buckets })
    }
}

/// Appends one entry's text and gives its count.
fn entry<R: Read>(file: &mut Untrusted<R>, text: &mut Vec<u8>, kind: u8) -> Result<i64, ModelError> {
    file.until_zero(text, LONGEST_WORD, "a word")?;
    let count = file.i64("a word's count")?;
    match file.byte("a word's kind")? {
        found if found == kind => Ok(count),
        found => Err(file.invalid(format!("entry of kind {found} where one of kind {kind} stands"))),
    }
}

fn read_pruned<R: Read>(file: &mut Untrusted<R>, count: i64) -> Result<Vec<(u32, u32)>, ModelError> {
    const WHAT: &str = "the list of n-gram buckets";
    let count = file.count(count, i32::MAX as usize, WHAT)?;
    let mut pairs = Vec::new();
    for _ in 0..count {
        let (bucket, row) = (file.u32(WHAT)?, file.u32(WHAT)?);
        if row >= i32::MAX as u32 || bucket > i32::MAX as u32 {
            return Err(file.invalid(format!("n-gram bucket {bucket} in row {row}")));
        }
        pairs.push((bucket, row));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests;

//! Writes a dense classifier as fastText 0.9 does (format version 12).

use super::index::WordIndex;
use super::loss::Output;
use super::matrix::Matrix;
use super::{Divisor, FastText, Features, LABEL_PREFIX, MAGIC, SUPERVISED};
use std::io::{self, Write};

/// The parts of a softmax classifier that was trained here.
#[derive(Debug)]
pub(in crate::models) struct Parts {
    /// Words with a row of their own, most frequent first.
    pub(in crate::models) words: Vec<String>,
    /// Labels without `__label__`, each with the number of its documents, most frequent first.
    pub(in crate::models) labels: Vec<(String, i64)>,
    pub(in crate::models) buckets: u32,
    pub(in crate::models) word_ngrams: usize,
    pub(in crate::models) shortest: usize,
    pub(in crate::models) longest: usize,
    pub(in crate::models) columns: usize,
    /// Rows of words, then of buckets.
    pub(in crate::models) input: Vec<f32>,
    /// Rows of labels.
    pub(in crate::models) output: Vec<f32>,
}

impl FastText {
    /// `None` if the words are too many for fastText's format.
    pub(in crate::models) fn from_parts(parts: Parts) -> Option<Self> {
        let mut words = WordIndex::default();
        for word in &parts.words {
            words.push(|text| {
                text.extend_from_slice(word.as_bytes());
                Some(())
            })?;
        }
        words.seal()?;
        let first_bucket = words.len();
        let Parts { word_ngrams, shortest, longest, columns, .. } = parts;
        let buckets = Divisor::new(parts.buckets);
        let features = Features { words, first_bucket, buckets, pruned: None, word_ngrams, shortest, longest };
        let (labels, label_counts) = parts.labels.into_iter().unzip();
        Some(Self {
            features,
            labels,
            label_counts,
            columns,
            loss: 3,
            input: Matrix::dense(columns, parts.input),
            output: Matrix::dense(columns, parts.output),
            decide: Output::Softmax,
        })
    }

    /// Calls `add` with each row of the input matrix that a text adds up.
    pub(in crate::models) fn rows<'t>(
        &self,
        parts: impl IntoIterator<Item = &'t str>,
        scratch: &mut super::Scratch,
        add: impl FnMut(usize),
    ) {
        self.features.each(parts, &mut scratch.word, &mut scratch.hashes, add);
    }

    /// Writes the model as a `.bin` file that fastText itself loads.
    ///
    /// # Errors
    /// If `out` does not take the bytes, or if the model is quantised: fastText cannot write those back either.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        if self.features.pruned.is_some() {
            return Err(quantised());
        }
        let out = &mut out;
        let features = &self.features;
        let [word_ngrams, shortest, longest] =
            [features.word_ngrams, features.shortest, features.longest].map(|length| length as i32);
        // Numbers that only training reads (window, epochs, least count, negatives, update rate, threshold) are
        // fastText's defaults.
        let (columns, buckets) = (self.columns as i32, features.buckets.get() as i32);
        let numbers =
            [MAGIC, 12, columns, 5, 5, 1, 5, word_ngrams, self.loss, SUPERVISED, buckets, shortest, longest, 100];
        numbers.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))?;
        out.write_all(&1e-4f64.to_le_bytes())?;
        self.write_dictionary(out)?;
        out.write_all(&[0])?;
        self.input.write_dense(out).unwrap_or_else(|| Err(quantised()))?;
        out.write_all(&[0])?;
        self.output.write_dense(out).unwrap_or_else(|| Err(quantised()))?;
        out.flush()
    }

    fn write_dictionary(&self, out: &mut impl Write) -> io::Result<()> {
        let (words, labels) = (self.features.words.len(), self.labels.len());
        for number in [words + labels, words, labels] {
            out.write_all(&(number as i32).to_le_bytes())?;
        }
        let documents: i64 = self.label_counts.iter().sum();
        out.write_all(&documents.to_le_bytes())?;
        out.write_all(&(-1i64).to_le_bytes())?;
        for number in 0..words {
            // How often a word occurred matters to the training of word vectors only.
            write_entry(out, &[self.features.words.word(number)], 1, 0)?;
        }
        for (label, &count) in self.labels.iter().zip(&self.label_counts) {
            write_entry(out, &[LABEL_PREFIX.as_bytes(), label.as_bytes()], count, 1)?;
        }
        Ok(())
    }
}

fn write_entry(out: &mut impl Write, text: &[&[u8]], count: i64, kind: u8) -> io::Result<()> {
    text.iter().try_for_each(|part| out.write_all(part))?;
    out.write_all(&[0])?;
    out.write_all(&count.to_le_bytes())?;
    out.write_all(&[kind])
}

fn quantised() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "a quantised model cannot be written")
}

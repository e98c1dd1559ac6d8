//! Models that a user brings along or trains: what language a text is in, how much it reads like text that was chosen as
//! good, and how predictable it is.
//!
//! | question | model | file |
//! |---|---|---|
//! | which language? | [`FastText`], for example `lid.176` | fastText's `.bin` or `.ftz` |
//! | like the good or like the bad? | [`Quality`], trained by [`learn_quality`] | fastText's `.bin` |
//! | how predictable? | [`Perplexity`], trained by [`learn_perplexity`] | [our own](perplexity) |
//!
//! Model files are treated as hostile: a damaged one is an error that names the byte, never a panic, an endless loop or
//! more memory than the file itself accounts for. All models are read-only and shared by threads; what a prediction
//! writes to is a scratch value that each thread owns. Long texts are read in three [`Windows`].

pub mod fasttext;
#[cfg(test)]
mod figures;
pub mod perplexity;
pub mod quality;
mod sample;
mod untrusted;
mod windows;

pub use fasttext::{FastText, Prediction, Scratch};
pub use perplexity::{Perplexity, PerplexitySettings, learn_perplexity};
pub use quality::{Quality, QualityReport, QualitySettings, learn_quality};
pub use windows::{WINDOW, Windows};

use std::io;

/// Why a model file was refused.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The operating system would not let it be read.
    #[error("cannot read model `{name}` ({what}): {source}")]
    Read {
        /// The file as the caller named it.
        name: String,
        /// What was being read.
        what: &'static str,
        /// The operating system's own words.
        source: io::Error,
    },
    /// It ends too early.
    #[error("model `{name}` ends at byte {at}, inside {what}")]
    Truncated {
        /// The file as the caller named it.
        name: String,
        /// Where it ends.
        at: u64,
        /// What was being read.
        what: &'static str,
    },
    /// Something in it cannot be so.
    #[error("model `{name}` is damaged or of another kind: {reason} (before byte {at})")]
    Invalid {
        /// The file as the caller named it.
        name: String,
        /// How far it was read.
        at: u64,
        /// What was found and what was expected.
        reason: String,
    },
}

/// Why nothing could be learnt.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// Too few documents on one side.
    #[error("only {found} usable {side} documents, expected at least {needed}")]
    TooFew {
        /// Which collection.
        side: &'static str,
        /// Different, non-empty documents in it.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A setting outside its bounds.
    #[error("{setting} must be {expected}")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// Its bounds.
        expected: &'static str,
    },
}

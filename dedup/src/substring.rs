//! Long spans that several documents share, found by suffix array and kept once.
//!
//! Texts are sequences of eojeol; whitespace only separates them. A *run* is some consecutive eojeol of one text, as long
//! as its characters with one space between eojeol. An eojeol is *repeated* when it lies in a run of at least
//! `min_characters` that also occurs, eojeol for eojeol, in a document of a smaller key: the set of maximal matches of Lee
//! et al. (2022, *Deduplicating Training Data Makes Language Models Better*), with the eojeol in the place of the byte. The
//! document of the smallest key keeps its copy, so keys are ranks: smaller is better.
//!
//! What follows from the definition:
//!
//! - No span cuts a character or an eojeol: there is no smaller unit to cut at.
//! - The outcome is a set union over pairs of documents. It does not depend on order, and any division into parts gives
//!   it, as long as every two documents with a run in common meet in some part: see [`Fingerprints`] and [`union`].
//! - Nothing is lost: from a repeated eojeol, step to the same place of the same run in the earlier document, until one is
//!   not repeated. Keys fall with every step, and that eojeol stays.
//! - What stays untouched shares nothing: no two documents have a run of `min_characters` in common that lies wholly
//!   between removed spans. Only across a seam, where a removal joins two stretches, can a second pass find something new.

mod config;
mod earlier;
mod error;
mod fingerprint;
mod offsets;
mod part;
mod plan;
mod runs;
mod spans;
mod suffixes;
#[cfg(test)]
mod tests;

pub use config::{Action, SubstringConfig};
pub use error::SubstringError;
pub use fingerprint::{Fingerprint, Fingerprints};
pub use offsets::EojeolOffsets;
pub use part::{Document, repeats, repeats_within};
pub use plan::{Piece, pieces, tasks};
pub use spans::{Repeat, merged, union};

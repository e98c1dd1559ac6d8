//! Finds evaluation items in training documents, and says which item stands in which document.
//!
//! Both sides become streams of significant characters (`significant.rs`): letters and digits, without case, width, spacing
//! or punctuation. Korean spacing varies too much for n-grams of words (13 in Brown et al., *Language Models are Few-Shot
//! Learners*, 2020, appendix C), so the n-grams are of characters. A run of at least n characters in common is evidence;
//! the decision is on how much of the *item* such runs cover in one place of the document, never on one n-gram: a
//! quoted article of law or an idiom covers little of an item, a leaked item is covered nearly whole.
//!
//! [`Benchmarks`] takes the items, [`Index`] scans documents, [`Verdict`] says what becomes of one, and [`Contamination`]
//! adds up what was found. [`read_items`] reads the files of an evaluation set.

mod benchmarks;
mod config;
mod contamination;
mod cut;
mod index;
mod judge;
mod read;
mod run;
mod seeds;
mod significant;
#[cfg(test)]
mod tests;

pub use benchmarks::{Benchmarks, ItemId, SetId, Unsearched};
pub use config::{Action, EvalSet};
pub use contamination::Contamination;
pub use cut::Verdict;
pub use index::{Index, ScanBuffers};
pub use judge::Finding;
pub use read::{Format, ReadError, read_items};

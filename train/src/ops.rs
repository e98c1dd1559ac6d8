//! The operations of the model, each twice.
//!
//! The reference is composed of candle operations that have a backward; candle-nn's `softmax_last_dim`, `rms_norm`,
//! `rope` and `sdpa` have none and drop gradients in silence. The `forward` and `backward` beside it are one pass over
//! memory each and are what training runs; tests hold them against the reference in f64.

pub(crate) mod attention;
pub(crate) mod cross_entropy;
pub(crate) mod embedding;
pub(crate) mod heads;
pub(crate) mod norm;
mod real;
mod rope;
pub(crate) mod swiglu;

pub(crate) use real::{Real, add, with_values};
pub(crate) use rope::Rope;

//! Near neighbours among embeddings that the corpus brings along.
//!
//! A document's vector is cut by random hyperplanes (Charikar, 2002): two vectors at an angle θ lie on the same side of one
//! with probability 1 − θ/π. The bits are grouped into bands; documents that share a band are held to the bits of their whole
//! signatures, see [`neighbours`], and what is left to the cosine of the vectors themselves.
//!
//! Every number is computed by additions and multiplications in a fixed order, so it is the same on every machine.

mod banding;
mod config;
mod embedding;
mod hyperplanes;
mod neighbours;

pub use banding::{SemanticBanding, semantic_band_hashes};
pub use config::{Cosine, SemanticConfig, SemanticConfigError, Share};
pub use embedding::{Embedding, NoUsableEmbedding};
pub use hyperplanes::Hyperplanes;
pub use neighbours::{Neighbours, neighbours};

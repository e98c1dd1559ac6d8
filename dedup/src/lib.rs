//! Exact and near-duplicate detection, with every removal explained.
//!
//! A document is an exact duplicate when its text is another's but for whitespace, and a near-duplicate when the two
//! share most of their eojeol shingles, as estimated by MinHash and found by banding. Duplicates of duplicates make one
//! cluster, of which one document is kept: see [`Rank`]. Every other one names it in the ledger.
//!
//! The kernels ([`Eojeol`], [`text_hash`], [`Shingles`], [`MinHash`], [`band_hashes`], [`Components`]) know neither files
//! nor plans; [`run`] puts them to work.

mod bands;
mod components;
mod config;
mod eojeol;
mod error;
mod exact;
mod minhash;
mod plan;
mod scratch;
mod shingle;
mod stage;
mod survivor;

pub use bands::band_hashes;
pub use components::{Components, Labels, TooManyNodes};
pub use config::{Bounded, DedupConfig, OutOfBounds};
pub use eojeol::Eojeol;
pub use error::DedupError;
pub use exact::text_hash;
pub use minhash::{MinHash, agreement};
pub use shingle::Shingles;
pub use stage::{recipe_digest, run};
pub use survivor::{Cluster, Rank};

//! Exact and near-duplicate detection, with every removal explained.
//!
//! A document is an exact duplicate when its text is another's but for whitespace, and a near-duplicate when the two
//! share most of their shingles: candidates are found by MinHash and banding, then held to the threshold shingle by
//! shingle. Duplicates of duplicates make one cluster, of which one document is kept: see [`KeepChain`]. Every other one
//! names it in the ledger.
//!
//! The kernels ([`Eojeol`], [`text_hash`], [`Shingles`], [`MinHash`], [`band_hashes`], [`pairs`], [`jaccard_at_least`],
//! [`Components`]) know neither files nor plans; [`run`] puts them to work.

mod banding;
mod bands;
mod components;
mod config;
mod date;
pub mod decontaminate;
mod eojeol;
mod error;
mod exact;
mod forecast;
mod keep;
pub mod lines;
mod minhash;
mod pairs;
mod plan;
mod scratch;
pub mod semantic;
mod shingle;
mod similarity;
mod spans;
mod stage;
pub mod substring;
mod survivor;
mod url;

pub use banding::Banding;
pub use bands::band_hashes;
pub use components::{Components, Labels, TooManyNodes};
pub use config::{Bands, Bounded, ConfigError, DedupConfig, OutOfBounds, Similarity, Verify};
pub use date::instant;
pub use eojeol::Eojeol;
pub use error::DedupError;
pub use exact::text_hash;
pub use forecast::{DedupForecast, Scale};
pub use keep::{Candidate, KeepChain, KeepChainError, KeepRule};
pub use minhash::{MinHash, agreement};
pub use pairs::pairs;
pub use shingle::{ShingleUnit, Shingles};
pub use similarity::{ShingleSet, containment, jaccard, jaccard_at_least};
pub use spans::{SpanError, Spans, cut};
pub use stage::{Pilot, pilot, recipe_digest, run};
pub use survivor::{Cluster, Rank};
pub use url::{CanonicalUrl, UrlCanonicalizer};

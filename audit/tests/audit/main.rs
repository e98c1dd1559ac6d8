//! The audit of a small run that is written through the engine, as the stages write theirs.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be written is a failed test")]

mod duplicates;
mod explain;
mod fixture;
mod report;
mod rewritten;
mod status;

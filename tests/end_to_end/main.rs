//! The binary from outside: what it writes, what it says, and what becomes of it when it is disturbed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod determinism;
mod full_disk;
mod incremental;
mod kill;
mod mistakes;
mod pipeline;
mod plan;
mod s3;
#[path = "../../engine/tests/s3_server/mod.rs"]
mod s3_server;
mod semantic;
mod substring;
mod truth;

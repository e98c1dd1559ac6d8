//! How parameters move: schedule, clipping, AdamW. All state is f32 of our own, so that it can be saved exactly.

mod adamw;
mod clip;
mod schedule;

pub use adamw::{AdamW, Moments};
pub use clip::global_norm;
pub use schedule::learning_rate;

/// Elements that one task handles. A constant, so that no sum depends on the number of threads.
const CHUNK: usize = 1 << 15;

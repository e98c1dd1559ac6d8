use malmoi_schemas::ByteSize;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// `[engine]` of a recipe: how much of the machine a run may use. Nothing here changes what is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineConfig {
    /// Worker threads; all processors of the machine if not given.
    pub threads: Option<NonZeroUsize>,
    /// Memory that units and plans may hold together. What a plan cannot hold it spills.
    pub memory: ByteSize,
    /// Folder for spilled data; the system's temporary folder if not given. Emptied when the process ends.
    pub spill: Option<PathBuf>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { threads: None, memory: ByteSize(4 << 30), spill: None }
    }
}

impl EngineConfig {
    /// The number of worker threads to use.
    pub fn worker_threads(&self) -> usize {
        self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}

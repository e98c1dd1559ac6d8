use malmoi_schemas::{ByteSize, ByteSizeError};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::str::FromStr;

/// `[engine]` of a recipe: how much of the machine a run may use. Nothing here changes what is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineConfig {
    /// Worker threads; all processors of the machine if not given.
    pub threads: Option<ThreadCount>,
    /// Memory that units and plans may hold together. What a plan cannot hold it spills.
    pub memory: MemoryLimit,
    /// Folder for spilled data; the system's temporary folder if not given. A process that ends removes its own; one that
    /// is killed leaves a folder `datafusion-*` there.
    pub spill: Option<PathBuf>,
}

/// A number of worker threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "usize", into = "usize")]
pub struct ThreadCount(usize);

/// A memory limit that a run can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ByteSize", into = "ByteSize")]
pub struct MemoryLimit(ByteSize);

/// A limit that no run can keep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// See [`ThreadCount`].
    #[error("`{0}` is not a number of threads from 1 to {most}", most = ThreadCount::MOST)]
    Threads(String),
    /// See [`MemoryLimit`].
    #[error("a run needs at least {least} of memory, not {0}", least = MemoryLimit::LEAST)]
    Memory(ByteSize),
    /// Not a size at all.
    #[error(transparent)]
    Size(#[from] ByteSizeError),
}

impl ThreadCount {
    /// Beyond the processors of any machine: a larger number is a slip of the pen.
    pub const MOST: usize = 1024;

    /// The number.
    pub fn get(self) -> usize {
        self.0
    }
}

impl TryFrom<usize> for ThreadCount {
    type Error = LimitError;

    fn try_from(threads: usize) -> Result<Self, LimitError> {
        if (1..=Self::MOST).contains(&threads) {
            Ok(Self(threads))
        } else {
            Err(LimitError::Threads(threads.to_string()))
        }
    }
}

impl From<ThreadCount> for usize {
    fn from(threads: ThreadCount) -> Self {
        threads.0
    }
}

impl FromStr for ThreadCount {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        text.parse::<usize>().map_err(|_| LimitError::Threads(text.to_owned()))?.try_into()
    }
}

impl MemoryLimit {
    /// What the plans of small corpora need. Units of ingest need more with large splits and records: see their bounds.
    pub const LEAST: ByteSize = ByteSize(64 << 20);

    /// The limit in bytes.
    pub fn get(self) -> ByteSize {
        self.0
    }
}

impl Default for MemoryLimit {
    fn default() -> Self {
        Self(ByteSize(4 << 30))
    }
}

impl TryFrom<ByteSize> for MemoryLimit {
    type Error = LimitError;

    fn try_from(size: ByteSize) -> Result<Self, LimitError> {
        if size >= Self::LEAST { Ok(Self(size)) } else { Err(LimitError::Memory(size)) }
    }
}

impl From<MemoryLimit> for ByteSize {
    fn from(limit: MemoryLimit) -> Self {
        limit.0
    }
}

impl FromStr for MemoryLimit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        text.parse::<ByteSize>()?.try_into()
    }
}

impl EngineConfig {
    /// The number of worker threads to use.
    pub fn worker_threads(&self) -> usize {
        self.threads.map_or_else(processors, ThreadCount::get)
    }
}

/// Processors that this process may use.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_cannot_be_kept_are_refused_in_words() {
        let memory = "1 B".parse::<MemoryLimit>().unwrap_err();
        let threads = "100000".parse::<ThreadCount>().unwrap_err();
        assert_eq!(memory.to_string(), "a run needs at least 64 MiB of memory, not 1 B");
        assert_eq!(threads.to_string(), "`100000` is not a number of threads from 1 to 1024");
        assert!("0".parse::<ThreadCount>().is_err());
    }
}

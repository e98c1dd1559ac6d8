use crate::TrainError;
use malmoi_schemas::Digest;
use serde::{Deserialize, Serialize};

/// One line of `log.jsonl`: what happened at a step, and nothing that depends on when or where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// Step, from 1.
    pub step: u64,
    /// Number of the first sample of the step; it trains on `batch` samples from there.
    pub first_sample: u64,
    /// Mean loss over the step's tokens, in nats per token.
    pub loss: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Global norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Held-out loss after the step, in nats per token, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out_loss: Option<f64>,
}

/// The log so far, as the bytes of its file: a resumed run goes on from a checkpoint's bytes, so its log equals that of
/// an undisturbed run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    bytes: Vec<u8>,
    last: Option<LogLine>,
}

impl Log {
    /// Reads a log that a checkpoint holds.
    pub(crate) fn from_bytes(path: &str, bytes: &[u8]) -> Result<Self, TrainError> {
        let last = bytes.trim_ascii_end().rsplit(|&byte| byte == b'\n').next().filter(|line| !line.is_empty());
        let last = last.map(serde_json::from_slice).transpose().map_err(|error| TrainError::content(path, error))?;
        Ok(Self { bytes: bytes.to_vec(), last })
    }

    pub(crate) fn push(&mut self, line: LogLine) -> Result<(), TrainError> {
        serde_json::to_writer(&mut self.bytes, &line).map_err(|error| TrainError::content("log.jsonl", error))?;
        self.bytes.push(b'\n');
        self.last = Some(line);
        Ok(())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn last(&self) -> Option<&LogLine> {
        self.last.as_ref()
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }
}

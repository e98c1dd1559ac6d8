use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Clock ticks per second that Linux reports process times in, whatever the kernel's own rate.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a stage cost. Stored beside the manifest, never in it: two runs of the same recipe differ here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Wall seconds of the process that published the stage.
    pub wall_seconds: f64,
    /// CPU seconds of that process in the stage, where the system tells.
    pub cpu_seconds: Option<f64>,
    /// Largest resident memory of that process up to the end of the stage, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// Bytes of input that units of this process worked through.
    pub input_bytes: u64,
    /// Whether an earlier process had done a part.
    pub resumed: bool,
}

/// A stop watch for wall time, CPU time and peak memory.
#[derive(Debug, Clone, Copy)]
pub struct Resources {
    started: Instant,
    cpu_before: Option<f64>,
}

impl Resources {
    /// Starts measuring. On Linux the peak of resident memory is forgotten first, so that it belongs to what follows.
    pub fn start() -> Self {
        // Refused in some sandboxes; then the peak is that of the whole process, which is larger, never smaller.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self { started: Instant::now(), cpu_before: cpu_seconds() }
    }

    /// What was used since the start.
    pub fn timing(&self, input_bytes: u64, resumed: bool) -> Timing {
        Timing {
            wall_seconds: self.started.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds().zip(self.cpu_before).map(|(now, before)| now - before),
            peak_memory_bytes: peak_memory_bytes(),
            input_bytes,
            resumed,
        }
    }
}

/// User and system time of this process, from `/proc/self/stat` (proc(5), fields 14 and 15).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat[stat.rfind(')')? + 1..].split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

/// `VmHWM` of `/proc/self/status`.
fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn linux_tells_time_and_memory() {
        let timing = Resources::start().timing(0, false);
        assert!(timing.cpu_seconds.is_some_and(|s| s >= 0.0));
        assert!(timing.peak_memory_bytes.is_some_and(|b| b > 1 << 20));
    }
}

//! Pages per second of CPU time on one thread, beside Python's trafilatura on the same pages in the same run.
//!
//! `MALMOI_PEERS_PYTHON` names a Python that has trafilatura; `MALMOI_BENCH_PAGES` says how many pages both read (0 for
//! all). Without the real data or without the peer it says so and measures what it can.

#[path = "../tests/labelled/archive.rs"]
#[expect(clippy::expect_used, reason = "a benchmark without its data has nothing to say")]
mod archive;

use malmoi_ingest::extract::Extractor;
use std::process::Command;
use std::time::Instant;

/// Pages that the peer reads in less than a minute.
const SAMPLE: usize = 500;
/// Times that our side reads them.
const ROUNDS: usize = 5;

fn main() {
    let Some(data) = archive::data() else {
        eprintln!("SKIPPED: no real pages found; set MALMOI_DATA");
        return;
    };
    let pages: Vec<String> = archive::pages(&data).into_iter().map(|(_, page)| page).collect();
    let wanted = std::env::var("MALMOI_BENCH_PAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(SAMPLE);
    let step = pages.len().checked_div(wanted).unwrap_or(1).max(1);
    report("all pages", &pages, ours(&pages));
    // Every n-th page, so that each host has its share.
    let sample: Vec<String> = pages.into_iter().step_by(step).collect();
    let seconds = ours(&sample);
    report("sample", &sample, seconds);
    match peer(&sample) {
        Some(peer) => {
            report("trafilatura, sample", &sample, peer);
            println!("ratio: {:.1} times trafilatura's pages per second", peer / seconds);
        }
        None => eprintln!("PEER MISSING: set MALMOI_PEERS_PYTHON to a Python with trafilatura to have the ratio"),
    }
}

fn report(name: &str, pages: &[String], seconds: f64) {
    let bytes: usize = pages.iter().map(String::len).sum();
    let count = pages.len() as f64;
    println!("{name}: {count} pages, {:.0} pages/s, {:.1} MB/s", count / seconds, bytes as f64 / seconds / 1e6);
}

/// Seconds of one round, the fastest.
fn ours(pages: &[String]) -> f64 {
    let mut extractor = Extractor::default();
    (0..ROUNDS)
        .map(|_| {
            let clock = Clock::start();
            for page in pages {
                std::hint::black_box(extractor.extract(page)).ok();
            }
            clock.seconds()
        })
        .fold(f64::INFINITY, f64::min)
}

/// CPU time of this thread where the system tells it, wall time elsewhere.
struct Clock {
    cpu: Option<f64>,
    wall: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { cpu: Self::cpu(), wall: Instant::now() }
    }

    fn cpu() -> Option<f64> {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(stat.split(' ').next()?.parse::<f64>().ok()? / 1e9)
    }

    fn seconds(&self) -> f64 {
        match (self.cpu, Self::cpu()) {
            (Some(start), Some(end)) => end - start,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// Seconds of CPU time that trafilatura takes.
fn peer(pages: &[String]) -> Option<f64> {
    let python = std::env::var_os("MALMOI_PEERS_PYTHON")?;
    let path = std::env::temp_dir().join(format!("malmoi-extract-{}.jsonl", std::process::id()));
    let lines: String = pages.iter().map(|html| serde_json::json!({"html": html}).to_string() + "\n").collect();
    std::fs::write(&path, lines).ok()?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/extraction_peers.py");
    let output = Command::new(python).arg(script).arg("--time").arg(&path).output().ok()?;
    std::fs::remove_file(&path).ok();
    if !output.status.success() {
        eprintln!("the peer failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

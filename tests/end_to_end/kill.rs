//! SIGKILL at random moments, then the same command: the same result, nothing lost, nothing twice.

use crate::pipeline::{RECIPE, malmoi, published};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Kills of the test; `MALMOI_KILLS` asks for more, and `MALMOI_KILL_RECIPE` for another recipe, such as the quickstart.
const KILLS: u32 = 4;

/// SplitMix64 (Steele, Lea and Flood 2014), so that the moments of a failing test can be repeated from its seed.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn run(recipe: &str, folder: &Path) -> Command {
    let mut command = malmoi();
    command.args(["run", recipe, "--run"]).arg(folder);
    command
}

/// Runs to the end and returns what is published.
fn finish(recipe: &str, folder: &Path) -> std::collections::BTreeMap<std::path::PathBuf, blake3::Hash> {
    let output = run(recipe, folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    published(folder)
}

#[test]
fn a_run_killed_at_random_moments_ends_like_an_undisturbed_one() {
    let kills = std::env::var("MALMOI_KILLS").map_or(KILLS, |n| n.parse().expect("MALMOI_KILLS is a number"));
    let seed = std::env::var("MALMOI_KILL_SEED").map_or_else(|_| u64::from(std::process::id()), |n| n.parse().unwrap());
    println!("MALMOI_KILL_SEED={seed}");
    let recipe = std::env::var("MALMOI_KILL_RECIPE").unwrap_or_else(|_| RECIPE.to_owned());
    let undisturbed = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let expected = finish(&recipe, undisturbed.path());
    let whole = start.elapsed();

    let disturbed = tempfile::tempdir().unwrap();
    let mut random = seed;
    for kill in 1..=kills {
        // Each life lasts a random part of the mean share, so that the kills spread over the whole run.
        let share = splitmix(&mut random) as f64 / u64::MAX as f64;
        let moment = whole.mul_f64(2.0 * share / f64::from(kills)).max(Duration::from_millis(1));
        let mut child = run(&recipe, disturbed.path()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap();
        println!("kill {kill} of {kills} after {moment:?}");
    }
    assert_eq!(finish(&recipe, disturbed.path()), expected, "seed {seed}");
}

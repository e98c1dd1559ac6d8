//! SIGKILL at random moments, then the same command: the same result, nothing lost, nothing twice.

mod pipeline;

use pipeline::{RECIPE, malmoi, published, run_into};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Kills of the test; `MALMOI_KILLS` asks for more.
const KILLS: u32 = 4;

/// SplitMix64 (Steele, Lea and Flood 2014), so that the moments of a failing test can be repeated from its seed.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn a_run_killed_at_random_moments_ends_like_an_undisturbed_one() {
    let kills = std::env::var("MALMOI_KILLS").map_or(KILLS, |n| n.parse().expect("MALMOI_KILLS is a number"));
    let seed = std::env::var("MALMOI_KILL_SEED").map_or_else(|_| u64::from(std::process::id()), |n| n.parse().unwrap());
    println!("MALMOI_KILL_SEED={seed}");
    let undisturbed = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let output = run_into(undisturbed.path(), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let whole = start.elapsed();
    let expected = published(undisturbed.path());

    let disturbed = tempfile::tempdir().unwrap();
    let mut random = seed;
    for kill in 1..=kills {
        // Each life lasts a random part of the mean share, so that the kills spread over the whole run.
        let share = splitmix(&mut random) as f64 / u64::MAX as f64;
        let moment = whole.mul_f64(2.0 * share / f64::from(kills));
        let mut child =
            malmoi().args(["run", RECIPE, "--run"]).arg(disturbed.path()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment.max(Duration::from_millis(1)));
        child.kill().unwrap();
        child.wait().unwrap();
        println!("kill {kill} of {kills} after {moment:?}");
    }
    let output = run_into(disturbed.path(), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(published(disturbed.path()), expected, "seed {seed}");
}

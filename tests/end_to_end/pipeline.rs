//! Running the binary on the example corpus and looking at what it leaves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The whole pipeline on the example corpus, with a training of a few steps.
pub(crate) const RECIPE: &str = "tests/recipes/small.toml";

pub(crate) fn malmoi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_malmoi"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs `malmoi` with arguments and expects it to succeed.
pub(crate) fn succeed(arguments: &[&str]) -> String {
    let output = malmoi().args(arguments).output().unwrap();
    assert!(output.status.success(), "malmoi {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs the small recipe into a folder.
pub(crate) fn run_into(folder: &Path, more: &[&str]) -> Output {
    malmoi().args(["run", RECIPE, "--run"]).arg(folder).args(more).output().unwrap()
}

/// Starts a command again and again and kills it, each time a little later, so that kills fall into every phase, until it
/// comes to its end. It must have been killed a few times.
pub(crate) fn outlast_kills(command: impl Fn() -> Command) {
    let mut kills = 0;
    for life in 1.. {
        let mut child = command().stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(15 * life) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 2, "the run was killed only {kills} times");
}

/// All published files of a run with their digests, but for what tells time. `current.json` and manifests are among them.
pub(crate) fn published(run: &Path) -> BTreeMap<PathBuf, blake3::Hash> {
    let mut found = BTreeMap::new();
    let mut folders = vec![run.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !matches!(path.file_name().and_then(|name| name.to_str()), Some("timing.json" | ".lock")) {
                let digest = blake3::hash(&std::fs::read(&path).unwrap());
                found.insert(path.strip_prefix(run).unwrap().to_owned(), digest);
            }
        }
    }
    found
}

//! A write that fails: a message that names the file, the documented exit code, and nothing lost.

use crate::pipeline::{RECIPE, published, run_into};
use std::process::Command;

/// Blocks of 512 bytes that a file may have: less than one part of documents needs.
const FILE_LIMIT_BLOCKS: u32 = 8;

#[test]
fn a_write_that_fails_is_told_and_the_same_command_goes_on() {
    let run = tempfile::tempdir().unwrap();
    // With SIGXFSZ ignored, a write beyond the limit fails as it would on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {FILE_LIMIT_BLOCKS}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["-c", &script, env!("CARGO_BIN_EXE_malmoi"), "run", RECIPE, "--run"])
        .arg(run.path())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{message}");
    assert!(message.contains("cannot write") && message.contains("ingest/"), "{message}");
    assert!(!run.path().join("ingest/current.json").exists());

    assert!(run_into(run.path(), &[]).status.success());
    let undisturbed = tempfile::tempdir().unwrap();
    assert!(run_into(undisturbed.path(), &[]).status.success());
    assert_eq!(published(run.path()), published(undisturbed.path()));
}

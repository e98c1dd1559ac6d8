//! Same input and recipe, same bytes: whatever the threads, the memory limit or the folder.

use crate::pipeline::{RECIPE, published, run_into, succeed};

#[test]
fn threads_and_memory_change_nothing_that_is_written() {
    let folders: Vec<_> = [["1", "4 GiB"], ["2", "512 MiB"], ["7", "2 GiB"]]
        .into_iter()
        .map(|[threads, memory]| {
            let run = tempfile::tempdir().unwrap();
            let output = run_into(run.path(), &["--threads", threads, "--memory", memory]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            run
        })
        .collect();
    let expected = published(folders[0].path());
    for run in &folders[1..] {
        assert_eq!(published(run.path()), expected);
    }
    assert_stages_are_skipped(folders[0].path());
}

fn assert_stages_are_skipped(run: &std::path::Path) {
    let before = published(run);
    let output = run_into(run, &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    for stage in ["ingest", "dedup", "tokenize", "train"] {
        let line = said.lines().find(|line| line.starts_with(stage)).expect("a line for each stage");
        assert!(line.contains("skipped"), "{line}");
    }
    assert_eq!(published(run), before);
}

#[test]
fn stages_one_by_one_are_the_run_as_a_whole() {
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(run_into(whole.path(), &[]).status.success());
    for stage in ["ingest", "dedup", "tokenize", "train"] {
        succeed(&[stage, RECIPE, "--run", parts.path().to_str().unwrap(), "--progress", "silent"]);
    }
    assert_eq!(published(parts.path()), published(whole.path()));
}

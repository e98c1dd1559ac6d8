//! The whole pipeline with its run folder on an S3-speaking server: the same files as in a local folder.

use crate::pipeline::{RECIPE, malmoi, published, run_into};
use crate::s3_server;

#[test]
fn a_run_on_s3_is_the_run_on_disk() {
    let server = s3_server::start();
    let url = format!("s3://{}/runs/example", s3_server::BUCKET);
    let run = |arguments: &[&str]| {
        let output = malmoi().args(arguments).envs(server.environment()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["run", RECIPE, "--run", &url]);
    let local = tempfile::tempdir().unwrap();
    assert!(run_into(local.path(), &[]).status.success());
    assert_eq!(published(&server.bucket().join("runs/example")), published(local.path()));
    assert!(run(&["status", &url]).contains("ingest: balances"));
    assert!(!run(&["generate", &url, "--prompt", "오늘은", "--tokens", "5"]).trim().is_empty());
}

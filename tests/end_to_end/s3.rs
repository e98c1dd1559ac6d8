//! The whole pipeline with its run folder on an S3-speaking server: the same files as in a local folder.

use crate::pipeline::{RECIPE, malmoi, published, run_into};
use crate::s3_server;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// The Parquet files of a run with their digests. Versions are named for the input's digest, in which entity tags stand
/// for contents, and so are left out.
fn parts(run: &Path) -> BTreeMap<String, blake3::Hash> {
    let files = published(run).into_iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "parquet"));
    let named = |path: PathBuf| {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        format!("{}/{}", parts[0], parts[2..].join("/"))
    };
    files.map(|(path, digest)| (named(path), digest)).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}

/// Writes the small recipe with every source in the bucket, below a prefix.
fn recipe_in_bucket(folder: &Path, prefix: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let recipe = std::fs::read_to_string(root.join(RECIPE)).unwrap();
    let place = format!("s3://{}/{prefix}/", s3_server::BUCKET);
    let path = folder.join("remote.toml");
    std::fs::write(&path, recipe.replace("../../examples/corpus/", &place)).unwrap();
    path
}

#[test]
fn sources_on_s3_are_the_sources_on_disk() {
    let server = s3_server::start();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/corpus");
    copy(&corpus, &server.bucket().join("말뭉치/2024"));
    let (folder, local) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let recipe = recipe_in_bucket(folder.path(), "말뭉치/2024");
    let ingest = |recipe: &Path, run: &Path| {
        malmoi().arg("ingest").arg(recipe).arg("--run").arg(run).envs(server.environment()).output().unwrap()
    };
    let run = folder.path().join("run");
    let remote = ingest(&recipe, &run);
    assert!(remote.status.success(), "{}", String::from_utf8_lossy(&remote.stderr));
    assert!(ingest(Path::new(RECIPE), local.path()).status.success());
    assert_eq!(parts(&run), parts(local.path()));
    assert!(parts(&run).len() > 10);

    let again = ingest(&recipe, &run);
    assert!(String::from_utf8_lossy(&again.stderr).contains("skipped"), "{again:?}");
    std::fs::write(server.bucket().join("말뭉치/2024/news/new.html"), "<p>새 글</p>").unwrap();
    let changed = ingest(&recipe, &run);
    assert!(!String::from_utf8_lossy(&changed.stderr).contains("skipped"), "{changed:?}");
}

#[test]
fn an_object_that_is_not_there_is_named() {
    let server = s3_server::start();
    let folder = tempfile::tempdir().unwrap();
    let recipe = recipe_in_bucket(folder.path(), "nowhere");
    let run = folder.path().join("run");
    let output = malmoi().arg("ingest").arg(&recipe).arg("--run").arg(run).envs(server.environment()).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("s3://corpus/nowhere/news/**/*.html"), "{message}");
}

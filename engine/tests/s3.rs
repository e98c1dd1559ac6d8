//! The same promises on an S3-speaking server on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod s3_server;
mod toy;

use malmoi_engine::{Cancel, EngineConfig, EngineError, Session, Silent};
use malmoi_schemas::{DOCUMENTS, FileSet, LEDGER, Stage};
use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use toy::{Fault, RECORDS_PER_UNIT};

const UNITS: usize = 3;

/// The store takes its settings from the environment, as users give them: so the test proper runs in a process of its own.
#[test]
fn promises_hold_on_s3() {
    let server = s3_server::start();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "with_a_server", "--nocapture"])
        .envs(server.environment())
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    let stored = server.bucket().join("runs/one/ingest");
    assert!(stored.is_dir(), "the objects lie on the server, below the URL's prefix");
}

#[test]
#[ignore = "started by promises_hold_on_s3 with a server"]
fn with_a_server() {
    stages_resume_publish_and_skip();
    large_objects_arrive_whole_and_unfinished_ones_never();
}

fn session(run: &str) -> Session {
    Session::open(run, &EngineConfig::default(), Arc::new(Silent), Cancel::default()).unwrap()
}

fn stages_resume_publish_and_skip() {
    let session = session("s3://corpus/runs/one");
    let runs = AtomicUsize::new(0);
    let failed = toy::run(&session, "a", UNITS, Fault::FailAt(2), &runs);
    assert!(matches!(failed, Err(EngineError::Interrupted)));
    assert!(session.published(Stage::Ingest).unwrap().is_none());
    let finished = runs.load(Ordering::Relaxed) - 1;
    let published = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 1 + UNITS, "{finished} units were kept");
    assert_eq!(toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap(), published);
    assert_eq!(published.manifest.counts.read, UNITS as u64 * RECORDS_PER_UNIT);
    for (set, format) in [(FileSet::Documents, DOCUMENTS), (FileSet::Ledger, LEDGER)] {
        for file in published.manifest.files_of(set) {
            let rows: u64 = session
                .read_part(&published.path(file), format, None)
                .unwrap()
                .map(|batch| batch.unwrap().num_rows() as u64)
                .sum();
            assert_eq!(rows, file.rows);
        }
    }
    plan_over(&session, &published);
}

/// A plan reads the same objects through the same store.
fn plan_over(session: &Session, published: &malmoi_engine::Published) {
    let urls: Vec<String> =
        published.manifest.files_of(FileSet::Ledger).map(|f| session.store().url_of(&published.path(f))).collect();
    let rows = session.block_on(async {
        let context = session.context().unwrap();
        context.read_parquet(urls, Default::default()).await.unwrap().count().await.unwrap()
    });
    assert_eq!(rows as u64, published.manifest.counts.read);
}

/// 20 MiB is more than one part of a multipart upload.
fn large_objects_arrive_whole_and_unfinished_ones_never() {
    let session = session("s3://corpus/runs/two");
    let store = session.store();
    let megabyte: Vec<u8> = (0..1 << 20).map(|i| (i % 251) as u8).collect();
    let mut writer = store.writer("large");
    let mut abandoned = store.writer("abandoned");
    for _ in 0..20 {
        writer.write_all(&megabyte).unwrap();
        abandoned.write_all(&megabyte).unwrap();
    }
    drop(abandoned);
    let (bytes, hash) = writer.finish().unwrap();
    let stored = store.get("large").unwrap();
    assert_eq!((bytes, hash), (20 << 20, blake3::hash(&stored)));
    assert_eq!(store.size("abandoned").unwrap(), None);
    assert_eq!(store.list("").unwrap(), vec![("large".to_owned(), 20 << 20)]);
}

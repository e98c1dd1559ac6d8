//! The promises of the stage commit, each with an attempt to break it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod toy;

use malmoi_engine::{Begin, Cancel, EngineConfig, EngineError, Session, Silent};
use malmoi_schemas::{Details, FileSet, Stage};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use toy::{Fault, RECORDS_PER_UNIT};

const UNITS: usize = 9;

fn session(run: &Path, threads: usize) -> Session {
    let config = EngineConfig { threads: threads.try_into().ok(), ..EngineConfig::default() };
    Session::open(run.to_str().unwrap(), &config, Arc::new(Silent), Cancel::default()).unwrap()
}

/// Every file below a folder with its bytes, but for what tells time.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "timing.json" && path.file_name().unwrap() != ".lock" {
                found.push((path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn undisturbed(recipe: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let run = tempfile::tempdir().unwrap();
    toy::run(&session(run.path(), 1), recipe, UNITS, Fault::None, &AtomicUsize::new(0)).unwrap();
    contents(run.path())
}

#[test]
fn output_is_the_same_for_any_number_of_threads() {
    let expected = undisturbed("a");
    for threads in [2, 7] {
        let run = tempfile::tempdir().unwrap();
        toy::run(&session(run.path(), threads), "a", UNITS, Fault::None, &AtomicUsize::new(0)).unwrap();
        assert_eq!(contents(run.path()), expected, "{threads} threads");
    }
}

#[test]
fn a_finished_stage_is_skipped() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let session = session(run.path(), 2);
    let first = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    let second = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(first, second);
    assert_eq!(runs.load(Ordering::Relaxed), UNITS);
    assert_eq!(first.manifest.counts.read, UNITS as u64 * RECORDS_PER_UNIT);
}

#[test]
fn a_changed_recipe_makes_a_new_version_and_leaves_the_old_one_whole() {
    let run = tempfile::tempdir().unwrap();
    let session = session(run.path(), 2);
    let runs = AtomicUsize::new(0);
    let old = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    let new = toy::run(&session, "b", UNITS, Fault::None, &runs).unwrap();
    assert_ne!(old.manifest.version, new.manifest.version);
    assert_eq!(session.published(Stage::Ingest).unwrap(), Some(new));
    let back = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(session.published(Stage::Ingest).unwrap(), Some(back));
    assert_eq!(runs.load(Ordering::Relaxed), 2 * UNITS);
}

#[test]
fn units_finished_before_a_failure_are_not_repeated() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let failed = toy::run(&session(run.path(), 1), "a", UNITS, Fault::FailAt(5), &runs);
    assert!(matches!(failed, Err(EngineError::Interrupted)));
    assert!(session(run.path(), 1).published(Stage::Ingest).unwrap().is_none());
    // What a killed process can leave: a half-written file, a file without a report, a torn report.
    let version = run.path().join("ingest").join(toy::request("a").version());
    std::fs::write(version.join("documents/00007.parquet#1"), b"PAR1").unwrap();
    std::fs::write(version.join("documents/00008.parquet"), b"PAR1").unwrap();
    std::fs::write(version.join("units/toy/00006.json"), b"{\"unit\":").unwrap();
    toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), UNITS + 1);
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn a_lost_row_is_not_published() {
    let run = tempfile::tempdir().unwrap();
    let session = session(run.path(), 2);
    let error = toy::run(&session, "a", UNITS, Fault::LoseRow, &AtomicUsize::new(0)).unwrap_err();
    assert!(matches!(error, EngineError::Unbalanced { .. }), "{error}");
    assert!(session.published(Stage::Ingest).unwrap().is_none());
}

#[test]
fn a_flipped_byte_is_not_published_and_only_its_unit_is_repeated() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    {
        let session = session(run.path(), 2);
        let Begin::Work(work) = session.begin(&toy::request("a")).unwrap() else { panic!("nothing was published") };
        let reports = toy::map(&work, UNITS, Fault::None, &runs).unwrap();
        let file = reports[3].files_of(FileSet::Documents).next().unwrap();
        let path = run.path().join(work.path(file));
        flip_a_byte(&path);
        let error = work.commit(reports, Details::Ingest).unwrap_err();
        assert!(
            matches!(&error, EngineError::Damaged { path, .. } if path.ends_with("documents/00003.parquet")),
            "{error}"
        );
    }
    toy::run(&session(run.path(), 2), "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), UNITS + 1);
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn a_published_file_that_vanished_makes_the_stage_run_again() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let session = session(run.path(), 2);
    let published = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    let file = published.manifest.files_of(FileSet::Documents).next().unwrap();
    std::fs::remove_file(run.path().join(published.path(file))).unwrap();
    toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn a_damaged_manifest_makes_the_stage_run_again() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let session = session(run.path(), 2);
    let published = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    for damage in ["{", "", "{\"format\":\"malmoi/manifest/0\"}"] {
        std::fs::write(run.path().join(published.folder()).join("manifest.json"), damage).unwrap();
        toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
        assert_eq!(contents(run.path()), undisturbed("a"), "{damage}");
    }
}

#[test]
fn a_byte_flipped_after_publishing_is_found_and_the_version_withdrawn() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let session = session(run.path(), 2);
    let published = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    session.verify(&published).unwrap();
    let file = published.manifest.files_of(FileSet::Documents).next().unwrap();
    flip_a_byte(&run.path().join(published.path(file)));
    assert!(matches!(session.verify(&published), Err(EngineError::Damaged { .. })));
    toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn a_byte_flipped_in_finished_work_of_a_killed_run_costs_its_unit_alone() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let failed = toy::run(&session(run.path(), 1), "a", UNITS, Fault::FailAt(5), &runs);
    assert!(failed.is_err());
    let version = run.path().join("ingest").join(toy::request("a").version());
    flip_a_byte(&version.join("documents/00002.parquet"));
    toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), UNITS + 2);
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn a_cooked_report_is_not_published_and_the_next_process_starts_anew() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let failed = toy::run(&session(run.path(), 1), "a", UNITS, Fault::FailAt(5), &runs);
    assert!(failed.is_err());
    let report = run.path().join("ingest").join(toy::request("a").version()).join("units/toy/00001.json");
    let cooked = std::fs::read_to_string(&report).unwrap().replace("\"kept\":20", "\"kept\":21");
    std::fs::write(&report, cooked.replace("\"read\":40", "\"read\":41")).unwrap();
    let error = toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap_err();
    assert!(matches!(error, EngineError::Unbalanced { .. }), "{error}");
    toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn what_a_killed_run_left_of_another_version_is_removed() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let failed = toy::run(&session(run.path(), 1), "b", UNITS, Fault::FailAt(5), &runs);
    assert!(failed.is_err());
    toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn what_a_run_killed_just_after_publishing_left_goes_when_another_version_is_published() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    toy::run(&session(run.path(), 1), "b", UNITS, Fault::None, &runs).unwrap();
    let version = run.path().join("ingest").join(toy::request("b").version());
    let whole = contents(&version);
    std::fs::create_dir_all(version.join("units/toy")).unwrap();
    std::fs::write(version.join("units/toy/00006.json"), b"{}").unwrap();
    std::fs::write(version.join("documents/00007.parquet#1"), b"PAR1").unwrap();
    toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(contents(&version), whole);
}

#[test]
fn a_run_killed_while_it_named_its_version_current_leaves_nothing_behind() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap();
    let stage = run.path().join("ingest");
    std::fs::remove_file(stage.join("current.json")).unwrap();
    std::fs::write(stage.join("current.json#1"), b"{\"vers").unwrap();
    toy::run(&session(run.path(), 1), "a", UNITS, Fault::None, &runs).unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), UNITS);
    assert_eq!(contents(run.path()), undisturbed("a"));
}

#[test]
fn looking_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    for name in [nowhere.to_str().unwrap().to_owned(), format!("file://{}", nowhere.display())] {
        let opened = Session::open_to_read(&name, &EngineConfig::default(), Arc::new(Silent), Cancel::default());
        assert!(matches!(opened, Err(EngineError::NoRun { .. })));
    }
    assert!(!nowhere.exists());
}

fn flip_a_byte(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_second_process_is_turned_away() {
    let run = tempfile::tempdir().unwrap();
    let _first = session(run.path(), 1);
    let second =
        Session::open(run.path().to_str().unwrap(), &EngineConfig::default(), Arc::new(Silent), Cancel::default());
    assert!(matches!(second, Err(EngineError::Busy { .. })));
}

#[test]
fn a_stop_asked_for_before_the_start_does_no_unit() {
    let run = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let session = session(run.path(), 2);
    session.cancel().cancel();
    let error = toy::run(&session, "a", UNITS, Fault::None, &runs).unwrap_err();
    assert!(matches!(error, EngineError::Interrupted));
    assert_eq!(runs.load(Ordering::Relaxed), 0);
}

#[test]
fn a_plan_reads_parts_and_spills_within_its_memory() {
    use datafusion::functions_aggregate::expr_fn::count;
    use datafusion::prelude::{ParquetReadOptions, col};
    let run = tempfile::tempdir().unwrap();
    let session = session(run.path(), 2);
    let published = toy::run(&session, "a", UNITS, Fault::None, &AtomicUsize::new(0)).unwrap();
    let urls: Vec<String> =
        published.manifest.files_of(FileSet::Ledger).map(|f| session.store().url_of(&published.path(f))).collect();
    let rows = session.block_on(async {
        let context = session.context().unwrap();
        let table = context.read_parquet(urls, ParquetReadOptions::default()).await.unwrap();
        let grouped = table.aggregate(vec![col("reason")], vec![count(col("id"))]).unwrap();
        grouped.collect().await.unwrap().iter().map(|batch| batch.num_rows()).sum::<usize>()
    });
    assert_eq!(rows, 3, "kept, too-short and bad-json");
}

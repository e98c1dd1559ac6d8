use crate::fixture::{TWICE, id_of, publish, publish_records, session};
use crate::rewritten::records;
use malmoi_audit::{AuditError, DuplicateStatistics, Explanation, ExplanationText, explain};
use malmoi_schemas::Stage;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One deduplicated run of rewritten documents for all tests that only look at it.
static RUN: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let run = tempfile::tempdir().unwrap();
    publish_records(run.path(), Stage::Dedup, "", &records());
    run
});

fn explained(key: &str) -> Explanation {
    explain(&session(RUN.path(), 2), key).unwrap()
}

fn of(source: &str, ordinal: u64) -> Explanation {
    explained(&id_of(source, ordinal).to_string())
}

fn gather(run: &Path, threads: usize) -> Result<DuplicateStatistics, AuditError> {
    DuplicateStatistics::gather(&session(run, threads))
}

#[test]
fn a_rewritten_document_shows_its_cluster_and_what_differs() {
    insta::assert_snapshot!(of("forum", 0));
}

#[test]
fn a_survivor_is_compared_with_the_first_that_was_removed_for_it() {
    insta::assert_snapshot!(of("동네소식", 0));
}

#[test]
fn a_terminal_shows_what_differs_in_colour() {
    let explanation = of("동네소식", 7);
    let text = ExplanationText { explanation: &explanation, colour: true }.to_string();
    let compared = text.split_once("compared").unwrap().1;
    insta::assert_snapshot!(compared.replace('\u{1b}', "␛"));
}

#[test]
fn one_pair_of_an_address_is_compared() {
    let explanation = explained(TWICE);
    let compared: Vec<bool> = explanation.documents.iter().map(|document| document.comparison.is_some()).collect();
    assert_eq!(compared, [true, false]);
    let text = explanation.to_string();
    assert!(text.contains("compared  explain the document by its id"), "{text}");
}

#[test]
fn exact_duplicates_have_nothing_to_compare() {
    for (source, ordinal) in [("reviews", 0), ("reviews", 1), ("forum", 1)] {
        assert_eq!(of(source, ordinal).documents[0].comparison, None, "{source} {ordinal}");
    }
}

#[test]
fn duplicates_are_told_by_source_pair_size_and_similarity() {
    insta::assert_snapshot!(gather(RUN.path(), 2).unwrap());
}

#[test]
fn a_survivor_that_is_not_of_the_run_is_told_as_such() {
    let mut records = records();
    let removed = records.iter_mut().find(|record| record.id == id_of("forum", 0)).unwrap();
    removed.survivor = Some(id_of("elsewhere", 0));
    let run = tempfile::tempdir().unwrap();
    publish_records(run.path(), Stage::Dedup, "", &records);
    let statistics = gather(run.path(), 2).unwrap();
    let nowhere: Vec<_> = statistics.pairs.iter().filter(|pair| pair.kept.is_none()).collect();
    assert!(nowhere.len() == 1 && nowhere[0].removed == "forum" && nowhere[0].total() == 1, "{nowhere:?}");
    assert!(statistics.to_string().contains("(none of this run)"));
    let explanation = explain(&session(run.path(), 2), &id_of("forum", 0).to_string()).unwrap();
    assert_eq!(explanation.documents[0].comparison, None);
}

#[test]
fn threads_change_no_number() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Dedup, "");
    let [one, seven] = [1, 7].map(|threads| gather(run.path(), threads).unwrap());
    assert_eq!(one, seven);
    let counts = &one.stage.manifest.counts;
    assert_eq!(one.pairs.iter().map(|pair| pair.total()).sum::<u64>(), counts.removed_total());
    assert_eq!(one.sizes.iter().map(|bin| bin.documents).sum::<u64>(), counts.read);
}

#[test]
fn a_run_that_was_not_deduplicated_is_told() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Ingest, "");
    let error = gather(run.path(), 1).unwrap_err().to_string();
    assert!(error.contains("has no dedup") && error.contains("run `malmoi dedup RECIPE` first"), "{error}");
    publish(run.path(), Stage::Dedup, "");
    publish(run.path(), Stage::Ingest, "another recipe");
    assert!(matches!(gather(run.path(), 1), Err(AuditError::NotPublished { .. })));
}

#[test]
fn a_ledger_that_is_not_the_published_one_is_told() {
    let run = tempfile::tempdir().unwrap();
    publish_records(run.path(), Stage::Dedup, "", &records());
    let ledger = |source: &str| -> PathBuf {
        let versions = std::fs::read_dir(run.path().join("dedup")).unwrap().map(|entry| entry.unwrap().path());
        let folder = versions.map(|version| version.join("ledger")).find(|ledger| ledger.is_dir()).unwrap();
        let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.find(|file| file.file_name().unwrap().to_string_lossy().starts_with(source)).unwrap()
    };
    std::fs::copy(ledger("forum"), ledger("reviews")).unwrap();
    let error = gather(run.path(), 1).unwrap_err();
    assert!(matches!(error, AuditError::Unbalanced { .. }), "{error}");
}

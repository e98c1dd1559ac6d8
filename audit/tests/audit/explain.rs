use crate::fixture::{TWICE, id_of, publish, session};
use malmoi_audit::explain;
use malmoi_schemas::{DocumentId, Stage};
use std::sync::LazyLock;

/// One whole run for all tests that only look at it.
static RUN: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Train, "");
    run
});

fn explained(key: &str) -> String {
    explain(&session(RUN.path(), 2), key).unwrap().to_string()
}

fn of(source: &str, ordinal: u64) -> String {
    explained(&id_of(source, ordinal).to_string())
}

#[test]
fn a_survivor_names_whom_it_stands_for() {
    insta::assert_snapshot!(of("forum", 0));
}

#[test]
fn a_near_duplicate_names_its_survivor() {
    insta::assert_snapshot!(of("동네소식", 26));
}

#[test]
fn a_document_removed_by_a_rule() {
    insta::assert_snapshot!(of("reviews", 7));
}

#[test]
fn a_record_that_could_not_be_read() {
    insta::assert_snapshot!(of("reviews", 24));
}

#[test]
fn a_held_out_document_is_not_said_to_be_trained_on() {
    let text = of("reviews", 2);
    assert!(text.contains("held out of training, in held-out/00000-all.parquet"), "{text}");
    assert!(!text.contains("  train"), "{text}");
}

#[test]
fn all_documents_of_a_url_are_explained() {
    insta::assert_snapshot!(explained(TWICE));
}

#[test]
fn what_is_not_there_is_said_to_be_searched_for() {
    let error = |key: &str| explain(&session(RUN.path(), 2), key).unwrap_err().to_string();
    insta::assert_snapshot!(error("https://news.example.com/none"));
    let nobody = DocumentId([7; 16]).to_string();
    assert!(error(&nobody).starts_with(&format!("no document has the id `{nobody}`")));
}

#[test]
fn a_part_of_an_address_finds_nothing() {
    assert!(explain(&session(RUN.path(), 2), "https://news.example.com/articles").is_err());
    assert!(explain(&session(RUN.path(), 2), "%").is_err());
}

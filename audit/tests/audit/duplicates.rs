use crate::fixture::{TWICE, id_of, publish_records, session};
use crate::rewritten::records;
use malmoi_audit::{Explanation, ExplanationText, explain};
use malmoi_schemas::Stage;
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

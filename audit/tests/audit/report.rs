use crate::fixture::{TWICE, publish, records, session};
use malmoi_audit::{AuditError, Statistics, Step, html};
use malmoi_schemas::{Outcome, Stage};
use std::path::Path;

fn statistics(run: &Path) -> Statistics {
    Statistics::gather(&session(run, 2)).unwrap()
}

#[test]
fn the_text_of_a_whole_run() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Train, "");
    insta::assert_snapshot!(statistics(run.path()));
}

#[test]
fn sums_are_those_of_the_records() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Tokenize, "");
    let (statistics, records) = (statistics(run.path()), records());
    let sum = |of: &dyn Fn(&crate::fixture::Record) -> bool| {
        records.iter().filter(|r| of(r)).map(|r| u64::from(r.characters())).sum::<u64>()
    };
    let kept = |r: &crate::fixture::Record| r.ingest == Outcome::Kept && r.dedup == Outcome::Kept;
    let ingest = statistics.stage(Stage::Ingest).unwrap();
    assert_eq!(ingest.kept_of("forum").characters, sum(&|r| r.source == "forum" && r.ingest == Outcome::Kept));
    let last = statistics.last().unwrap();
    assert_eq!(last.kept().characters, sum(&kept));
    assert_eq!(last.kept().tokens, records.iter().filter(|r| kept(r)).map(|r| u64::from(r.tokens())).sum::<u64>());
    let lengths = statistics.lengths.unwrap();
    assert_eq!(lengths.characters.total, sum(&kept));
    assert_eq!(lengths.stage, Stage::Dedup);
}

#[test]
fn the_funnel_loses_nothing_unsaid() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Train, "");
    let mut left = None;
    for step in statistics(run.path()).funnel().steps {
        match step {
            Step::Level { name, documents } => assert_eq!(*left.get_or_insert(documents), documents, "{name}"),
            Step::Loss { documents, left: after, .. } => {
                assert_eq!(left.map(|before| before - documents), Some(after));
                left = Some(after);
            }
        }
    }
    assert_eq!(left, Some(560));
}

#[test]
fn threads_change_nothing() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Train, "");
    let [one, seven] = [1, 7].map(|threads| Statistics::gather(&session(run.path(), threads)).unwrap());
    assert_eq!(html(&one, "말모이"), html(&seven, "말모이"));
    assert_eq!(one, seven);
}

#[test]
fn the_run_folder_may_have_any_name() {
    let parent = tempfile::tempdir().unwrap();
    let run = parent.path().join("나의 말뭉치 #1 100%");
    publish(&run, Stage::Dedup, "");
    assert_eq!(statistics(&run).last().unwrap().stage(), Stage::Dedup);
}

#[test]
fn a_run_without_any_stage_is_an_error_that_says_so() {
    let run = tempfile::tempdir().unwrap();
    let error = Statistics::gather(&session(run.path(), 1)).unwrap_err();
    assert!(matches!(error, AuditError::NothingPublished { .. }), "{error}");
}

#[test]
fn part_of_a_run_has_its_statistics() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Ingest, "");
    let statistics = statistics(run.path());
    assert!(statistics.clusters.is_empty() && statistics.tokenized().is_none());
    assert_eq!(statistics.lengths.as_ref().unwrap().stage, Stage::Ingest);
    assert_eq!(statistics.funnel().steps.last().unwrap().left(), statistics.last().unwrap().kept().documents);
    assert_whole(&html(&statistics, "a run"));
}

#[test]
fn a_stage_of_another_version_is_not_counted() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Tokenize, "");
    publish(run.path(), Stage::Ingest, "another recipe");
    let statistics = statistics(run.path());
    assert_eq!(statistics.outdated, [Stage::Dedup, Stage::Tokenize]);
    assert_eq!(statistics.last().unwrap().stage(), Stage::Ingest);
    assert!(statistics.to_string().contains("Not counted: dedup and tokenize"));
}

#[test]
fn the_page_fetches_nothing_and_runs_nothing() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Train, "");
    let page = html(&statistics(run.path()), "동네 말뭉치");
    // Left where a person can look at it in a browser.
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("audit.html"), &page).unwrap();
    for active in
        ["<script", "<link", "<img", "<iframe", " src=", " href=", "url(", "@import", " onload=", "javascript:"]
    {
        assert!(!page.contains(active), "{active}");
    }
    assert!(page.contains("&lt;script&gt;alert(&#39;광고&#39;)&lt;/script&gt; 무료 나눔 &amp; 이벤트"));
    assert!(page.contains("오늘은 &lt;마을&gt; 도서관에"));
    assert!(page.contains("https://news.example.com/articles/0") && !page.contains(TWICE));
    assert_whole(&page);
}

/// Every element that is opened is closed, in order.
fn assert_whole(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed));
        } else if !tag.starts_with('!') && !tag.ends_with('/') && name != "meta" {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

//! Run after run against one run over everything.

use super::corpus::{Document, Fate, Fates, Numbers, altered, document, fates, prose, publish, session};
use crate::{DedupConfig, DedupError, run};
use arrow::array::AsArray;
use malmoi_engine::{Published, Session};
use malmoi_schemas::{Details, DocumentId, FileSet, SUPERSEDED, column};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Sources in the order in which their runs are made.
const CRAWLS: [&str; 3] = ["crawl-1", "crawl-2", "crawl-3"];

const ADDRESSES: [&str; 3] =
    ["https://news.example.com/1", "https://news.example.com/2", "https://m.news.example.com/1"];

/// Parts of three crawls, that repeat one another and themselves, chains and crowded buckets included.
fn crawls(seed: u64) -> [Vec<Vec<Document>>; 3] {
    let mut numbers = Numbers(seed);
    let pages: Vec<Vec<String>> = (0..30).map(|_| prose(&mut numbers, 60)).collect();
    let form = prose(&mut numbers, 60);
    CRAWLS.map(|crawl| {
        let mut documents: Vec<Document> = (0..120u64)
            .map(|number| {
                let page = match numbers.below(4) {
                    0 => form.clone(),
                    _ => pages[numbers.below(pages.len())].clone(),
                };
                let page = match numbers.below(5) {
                    0 => page,
                    changes => altered(&mut numbers, &page, changes),
                };
                let url = ADDRESSES.get(numbers.below(12)).copied();
                Document { url, ..document(crawl, number, page.join(" ")) }
            })
            .collect();
        documents.push(document(crawl, 900, "짧은 글"));
        documents.chunks(50).map(<[Document]>::to_vec).collect()
    })
}

fn config(text: &str) -> DedupConfig {
    let config: DedupConfig = toml::from_str(text).unwrap();
    DedupConfig { keep_signatures: true, ..config }
}

fn dedup_in(
    session: &Session,
    parts: &[Vec<Document>],
    sources: &[&str],
    config: &DedupConfig,
) -> Result<Published, DedupError> {
    let ingest = publish(session, parts);
    let sources: Vec<String> = sources.iter().map(|&source| source.to_owned()).collect();
    run(session, &ingest, &sources, config, Path::new("."))
}

/// What became of each document of a run, and which documents of earlier runs it took the place of.
fn outcome(session: &Session, published: &Published) -> (Fates, BTreeMap<DocumentId, DocumentId>) {
    let mut beaten = BTreeMap::new();
    for file in published.manifest.files_of(FileSet::Superseded) {
        for batch in session.read_part(&published.path(file), SUPERSEDED, None).unwrap() {
            let batch = batch.unwrap();
            let [old, new] =
                [column::ID, column::SURVIVOR].map(|name| batch.column_by_name(name).unwrap().as_fixed_size_binary());
            let id = |bytes: &[u8]| DocumentId::from_slice(bytes).unwrap();
            beaten.extend((0..batch.num_rows()).map(|row| (id(old.value(row)), id(new.value(row)))));
        }
    }
    let Details::Dedup(details) = &published.manifest.details else { panic!() };
    assert_eq!(details.superseded, beaten.len() as u64);
    (fates(session, published), beaten)
}

/// A fate as it is told without earlier runs.
fn as_told_at_once(fate: &Fate) -> Fate {
    let detail = fate.detail.as_ref().map(|detail| detail.split("; it is in").next().unwrap().to_owned());
    Fate { detail, ..fate.clone() }
}

fn check(crawls: &[Vec<Vec<Document>>; 3], recipe: &str) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let at_once = session(&folder.path().join("all"), 2);
    let published = dedup_in(&at_once, &crawls.concat(), &CRAWLS, &config(recipe)).unwrap();
    let (expected, none) = outcome(&at_once, &published);
    assert!(none.is_empty());

    let mut standing: BTreeMap<DocumentId, DocumentId> = BTreeMap::new();
    let (mut earlier, mut last, mut superseded) = (Vec::new(), Fates::new(), 0);
    for (crawl, source) in crawls.iter().zip(CRAWLS) {
        let config = DedupConfig { earlier: earlier.clone(), ..config(recipe) };
        let path = folder.path().join(source);
        let session = session(&path, 2);
        let published = dedup_in(&session, crawl, &[source], &config).unwrap();
        let (found, beaten) = outcome(&session, &published);
        for (old, new) in &beaten {
            assert_eq!(standing.insert(*old, *new), Some(*old), "{old} was not kept before");
        }
        standing.extend(found.iter().map(|(id, fate)| (*id, fate.survivor.unwrap_or(*id))));
        superseded += beaten.len();
        last = found;
        earlier.push(path.display().to_string());
    }
    let kept: Vec<&DocumentId> = standing.iter().filter(|(id, survivor)| id == survivor).map(|(id, _)| id).collect();
    let at_once: Vec<&DocumentId> =
        expected.iter().filter(|(_, fate)| fate.outcome == "kept").map(|(id, _)| id).collect();
    assert_eq!(kept, at_once);
    for (id, fate) in &last {
        assert_eq!(as_told_at_once(fate), expected[id], "{id}");
    }
    let removed = last.values().filter(|fate| fate.detail.as_ref().is_some_and(|detail| detail.contains("; it is in")));
    (removed.count(), superseded)
}

#[test]
fn three_runs_end_as_one() {
    let (against_earlier, superseded) = check(&crawls(1), "");
    assert!(against_earlier > 30, "{against_earlier}");
    assert!(superseded > 0, "no cluster of an earlier run met another");
}

#[test]
fn the_better_of_a_later_run_takes_the_place_of_an_earlier_document() {
    let (_, superseded) = check(&crawls(2), r#"keep = ["longest"]"#);
    assert!(superseded > 5, "{superseded}");
}

#[test]
fn it_holds_for_every_way_of_comparing() {
    for recipe in [
        "exact = false",
        "near = false",
        "verify = \"none\"",
        "verify = \"containment\"\nshingles = { characters = 12 }",
        "same_address = true",
        "bands = 4\nrows = 2\nthreshold = 0.9",
    ] {
        println!("{recipe}");
        check(&crawls(3), recipe);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn any_crawls_end_as_one(seed in any::<u64>(), best_first in any::<bool>()) {
        check(&crawls(seed), if best_first { "keep = [\"longest\"]" } else { "" });
    }
}

/// What opening earlier runs says.
fn refusal(folder: &Path, config: &DedupConfig) -> String {
    let session = session(&folder.join("new"), 1);
    dedup_in(&session, &crawls(4)[2], &CRAWLS[2..], config)
        .unwrap_err()
        .to_string()
        .replace(folder.to_str().unwrap(), "")
}

#[test]
fn runs_that_do_not_fit_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let [first, second, _] = crawls(4);
    let open = |name: &str| session(&folder.path().join(name), 1);
    let kept = config("");
    dedup_in(&open("first"), &first, &CRAWLS[..1], &kept).unwrap();
    dedup_in(&open("alone"), &second, &CRAWLS[1..2], &kept).unwrap();
    dedup_in(&open("bare"), &second, &CRAWLS[1..2], &DedupConfig::default()).unwrap();
    let with = |recipe: &str, names: &[&str]| DedupConfig {
        earlier: names.iter().map(|name| path(name)).collect(),
        ..config(recipe)
    };
    let refused = |config: &DedupConfig| refusal(folder.path(), config);
    insta::assert_snapshot!(refused(&with("", &["first", "alone"])), @"earlier run `/alone` was not itself compared with exactly the runs before it in `earlier`: name all that it names, oldest first");
    insta::assert_snapshot!(refused(&with("", &["bare"])), @"earlier run `/bare` kept no signatures: set `keep_signatures = true` in its recipe and run it again");
    insta::assert_snapshot!(refused(&with("seed = 9", &["first"])), @"earlier run `/first` compared documents in another way: give [dedup] the same keys as its recipe has");
    insta::assert_snapshot!(refused(&with("", &["first", "first"])), @"earlier run `/first` was not itself compared with exactly the runs before it in `earlier`: name all that it names, oldest first");
    insta::assert_snapshot!(refused(&with("", &["new"])), @"earlier run `/new` has not been deduplicated: set `keep_signatures = true` in its recipe and run it again");
    assert!(refused(&with("", &["nowhere"])).contains("nowhere"));
    let version = std::fs::read_dir(folder.path().join("first/dedup")).unwrap().map(|entry| entry.unwrap().path());
    let bands =
        version.map(|version| version.join("signatures/bands-all.parquet")).find(|path| path.is_file()).unwrap();
    let whole = std::fs::read(&bands).unwrap();
    std::fs::write(&bands, &whole[..whole.len() / 2]).unwrap();
    assert!(refused(&with("", &["first"])).contains("bands-all.parquet"));
    std::fs::write(&bands, whole).unwrap();
    publish(&open("first"), &second);
    insta::assert_snapshot!(refused(&with("", &["first"])), @"earlier run `/first` was ingested again since it was deduplicated: run its dedup again");
}

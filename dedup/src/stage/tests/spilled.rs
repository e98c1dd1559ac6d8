//! Clusters made by plans against clusters made in memory.

use super::corpus::{Document, Numbers, SOURCES, altered, document, prose, publish, session};
use crate::stage::decide::{Evidence, both_ways, details};
use crate::stage::{Corpus, Rules, relate, sign, verify};
use crate::{DedupConfig, DedupError};
use malmoi_engine::{Begin, Published, Session, StageRequest, StageWork, UnitReport};
use malmoi_schemas::{Digest, Stage};
use proptest::prelude::*;

const ADDRESSES: [&str; 3] =
    ["https://news.example.com/1", "https://news.example.com/2", "https://m.news.example.com/1"];

/// Pages that repeat, pages of one address, and a chain of revisions that begins in the middle of it.
fn parts(seed: u64, revisions: u64) -> Vec<Vec<Document>> {
    let mut numbers = Numbers(seed);
    let pages: Vec<Vec<String>> = (0..20).map(|_| prose(&mut numbers, 60)).collect();
    let mut documents: Vec<Document> = (0..150u64)
        .map(|number| {
            let page = &pages[numbers.below(pages.len())];
            let page = match numbers.below(4) {
                0 => page.clone(),
                changes => altered(&mut numbers, page, changes),
            };
            let url = ADDRESSES.get(numbers.below(12)).copied();
            Document { url, ..document(SOURCES[numbers.below(2)], number, page.join(" ")) }
        })
        .collect();
    let mut revision = prose(&mut numbers, 120);
    for number in 0..revisions {
        let place = (number * 37) % revisions;
        documents.push(document("web", 1000 + place, revision.join(" ")));
        revision = altered(&mut numbers, &revision, 2);
    }
    documents.sort_by_key(|document| document.id.0[0] % 7);
    documents.chunks(40).map(<[Document]>::to_vec).collect()
}

fn begin<'a>(session: &'a Session, ingest: &Published) -> StageWork<'a> {
    let (recipe, inputs) = (Digest::of(b"spilled"), ingest.digest().unwrap());
    let request = StageRequest { stage: Stage::Dedup, revision: 1, recipe, inputs };
    let Begin::Work(work) = session.begin(&request).unwrap() else { panic!("already done") };
    work
}

/// Everything that clusters are made from.
struct Found {
    signed: Vec<UnitReport>,
    texts: Option<UnitReport>,
    addresses: Option<UnitReport>,
    near: Vec<UnitReport>,
}

fn find(work: &StageWork<'_>, corpus: &Corpus, rules: &Rules) -> Result<Found, DedupError> {
    let context = || work.session().context();
    let signed = sign::map(work, corpus, rules, None)?;
    let texts = rules.config.exact.then(|| relate::twins(work, context()?, &signed)).transpose()?;
    let addresses = rules.config.same_address.then(|| relate::addresses(work, context()?, &signed)).transpose()?;
    let bands = crate::stage::bands::map(work, corpus, rules, &signed, texts.as_ref())?;
    let pairs = relate::pairs(work, context()?, &bands, 0)?;
    let near = verify::map(work, context()?, corpus, rules, None, &pairs)?;
    Ok(Found { signed, texts, addresses, near })
}

fn check(parts: &[Vec<Document>], recipe: &str) -> u64 {
    let config: DedupConfig = toml::from_str(recipe).unwrap();
    let rules = Rules::new(&config, &SOURCES.map(str::to_owned));
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let sessions = [0, 1].map(|at: usize| session(folders[at].path(), 2));
    let ingests = [0, 1].map(|at: usize| publish(&sessions[at], parts));
    let works = [0, 1].map(|at: usize| begin(&sessions[at], &ingests[at]));
    let corpus = Corpus::of(&ingests[0]);
    let found = find(&works[0], &corpus, &rules).unwrap();
    // The second folder holds the same files: units write the same bytes wherever they run.
    find(&works[1], &corpus, &rules).unwrap();
    let Found { signed, texts, addresses, near } = &found;
    let evidence = Evidence { texts: texts.as_ref(), addresses: addresses.as_ref(), near, meaning: None };
    let [by_plans, in_memory] = both_ways([&works[0], &works[1]], &corpus, &rules, signed, evidence).unwrap();
    assert_eq!(by_plans, in_memory);
    details(&works[0], &by_plans).unwrap().largest_cluster
}

#[test]
fn a_long_chain_is_one_cluster() {
    let largest = check(&parts(1, 150), "");
    assert!(largest >= 140, "{largest}");
}

#[test]
fn every_kind_of_evidence_is_joined() {
    for recipe in
        ["same_address = true", "exact = false", "keep = [\"shortest\"]", "same_address = true\nkeep_signatures = true"]
    {
        check(&parts(2, 30), recipe);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5))]
    #[test]
    fn plans_decide_as_memory_does(seed in any::<u64>(), revisions in 1u64..60) {
        check(&parts(seed, revisions), "same_address = true");
    }
}

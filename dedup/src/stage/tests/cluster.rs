//! The same units and plans on Ballista's standalone mode.

use super::corpus::{Document, Numbers, SOURCES, altered, document, prose, publish, session, try_dedup};
use crate::plan;
use crate::scratch::column;
use crate::stage::decide::Evidence;
use crate::stage::rows::Rows;
use crate::stage::{Corpus, Rules, apply, bands, compare, decide, relate, scratch_path, sign, verify};
use crate::{DedupConfig, DedupError};
use malmoi_engine::{Begin, Published, Session, StageRequest, StageWork, UnitReport, cluster};
use malmoi_schemas::{DedupDetails, Details, Stage};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

fn parts() -> Vec<Vec<Document>> {
    let mut numbers = Numbers(31);
    let mut documents: Vec<Document> = Vec::new();
    for group in 0..60 {
        let page = prose(&mut numbers, 80);
        for copy in 0..1 + group % 4 {
            let changes = numbers.below(4);
            documents.push(document("web", 10 * group + copy, altered(&mut numbers, &page, changes).join(" ")));
        }
    }
    documents.chunks(40).map(<[Document]>::to_vec).collect()
}

/// What an executor needs to know of a unit that signs: everything else is in the run folder.
#[derive(Serialize, Deserialize)]
struct SignDescriptor {
    ordinal: usize,
    config: DedupConfig,
    sources: Vec<String>,
}

fn begin<'a>(session: &'a Session, ingest: &Published, config: &DedupConfig) -> StageWork<'a> {
    let sources = SOURCES.map(str::to_owned);
    let request = StageRequest {
        stage: Stage::Dedup,
        revision: crate::stage::REVISION,
        recipe: crate::recipe_digest(&sources, config, Path::new(".")).unwrap(),
        inputs: ingest.manifest.digest().unwrap(),
    };
    let Begin::Work(work) = session.begin(&request).unwrap() else { panic!("already done") };
    work
}

fn edges_of(work: &StageWork<'_>, report: &UnitReport) -> Vec<(u64, u64)> {
    let path = scratch_path(work, report).unwrap();
    let mut edges = Vec::new();
    for batch in work.session().read_scratch(&path, None, None).unwrap() {
        let batch = batch.unwrap();
        let rows = Rows::of(&batch, &path);
        let (least, keys) = (rows.u64(column::LEAST).unwrap(), rows.u64(column::KEY).unwrap());
        edges.extend(least.values().iter().copied().zip(keys.values().iter().copied()));
    }
    edges.sort_unstable();
    edges
}

#[test]
fn ballista_finds_the_same_clusters() {
    let config = DedupConfig::default();
    let (parts, sources) = (parts(), SOURCES.map(str::to_owned).to_vec());
    let embedded = tempfile::tempdir().unwrap();
    let expected = try_dedup(&session(embedded.path(), 2), &parts, &config).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let session = Arc::new(session(folder.path(), 2));
    let ingest = publish(&session, &parts);
    let work = begin(&session, &ingest, &config);
    let corpus = Corpus::of(&ingest);
    let rules = Rules::new(&config, &sources);

    let context = {
        // Weak: the executor lives on the session's own threads, and must not keep the session alive.
        let (weak, ingest, folder) = (Arc::downgrade(&session), ingest.clone(), work.folder().to_owned());
        let run_unit = move |descriptor: &str| -> Result<String, String> {
            let session = weak.upgrade().ok_or("the session has ended")?;
            let descriptor: SignDescriptor = serde_json::from_str(descriptor).map_err(|e| e.to_string())?;
            let (corpus, rules) = (Corpus::of(&ingest), Rules::new(&descriptor.config, &descriptor.sources));
            let unit = sign::Sign { part: &corpus.parts[descriptor.ordinal], rules: &rules, edits: None };
            cluster::run_unit(&session, &folder, "sign", unit).map_err(|e: DedupError| e.to_string())
        };
        cluster::standalone(&session, Arc::new(run_unit), plan::functions()).unwrap()
    };
    let descriptors: Vec<String> = (0..corpus.parts.len())
        .map(|ordinal| SignDescriptor { ordinal, config: config.clone(), sources: sources.clone() })
        .map(|descriptor| serde_json::to_string(&descriptor).unwrap())
        .collect();

    // The unit pass and the plans that shuffle, on Ballista.
    let signed = cluster::map(&session, &context, &descriptors).unwrap();
    assert_eq!(signed.len(), parts.len());
    let twins = relate::twins(&work, context.clone(), &signed).unwrap();
    let bands = bands::map(&work, &corpus, &rules, &signed, Some(&twins)).unwrap();
    let pairs = relate::pairs(&work, context.clone(), &bands, 0).unwrap();
    let found = edges_of(&work, &pairs);

    // The same pass and plans, embedded, in a version of their own.
    let other = tempfile::tempdir().unwrap();
    let other_session = super::corpus::session(other.path(), 1);
    let other_ingest = publish(&other_session, &parts);
    let other_work = begin(&other_session, &other_ingest, &config);
    let other_signed = sign::map(&other_work, &corpus, &rules, None).unwrap();
    assert_eq!(signed, other_signed, "units wrote other files");
    let other_twins = relate::twins(&other_work, other_session.context().unwrap(), &other_signed).unwrap();
    assert_eq!(edges_of(&work, &twins), edges_of(&other_work, &other_twins));
    let other_bands = bands::map(&other_work, &corpus, &rules, &other_signed, Some(&other_twins)).unwrap();
    let other_pairs = relate::pairs(&other_work, other_session.context().unwrap(), &other_bands, 0).unwrap();
    assert_eq!(found, edges_of(&other_work, &other_pairs));
    assert!(found.len() > 20, "{found:?}");

    // Carried on to the end, what Ballista found publishes the same manifest, digests of files included.
    let near = verify::map(&work, context.clone(), &corpus, &rules, None, &pairs).unwrap();
    let evidence = Evidence { texts: Some(&twins), addresses: None, near: &near, meaning: None };
    let decided = decide::once(&work, &corpus, &rules, &signed, evidence).unwrap();
    let compared = compare::map(&work, &corpus, &rules, &signed, &decided).unwrap();
    let agreements = relate::agreements(&work, context, &compared).unwrap();
    let applied = apply::map(&work, &corpus, &rules, None, &decided, Some(&agreements), None).unwrap();
    let details = DedupDetails { candidate_edges: found.len() as u64, ..decide::details(&work, &decided).unwrap() };
    let published = work.commit(applied, Details::Dedup(details)).unwrap();
    assert_eq!(published.manifest, expected.manifest);
}

#[test]
fn a_unit_that_fails_on_ballista_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), 1);
    let context = cluster::standalone(
        &session,
        Arc::new(|unit: &str| Err(format!("{unit} is beyond repair"))),
        plan::functions(),
    );
    let error = cluster::map(&session, &context.unwrap(), &["this".to_owned()]).unwrap_err();
    assert!(error.to_string().contains("this is beyond repair"), "{error}");
}

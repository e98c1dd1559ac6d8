//! The preset `fineweb2-ko` against the decisions of FineWeb-2's own filters (datatrove, Kiwi morphemes) on real documents.
//!
//! `cargo test --release -p malmoi-ingest --test reference -- --nocapture` prints the figures and every disagreement.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agreement;
mod decisions;

use agreement::Agreement;
use decisions::{Decision, data, decisions, documents};
use malmoi_ingest::judge::{Preset, Rules, Verdict, judge};
use malmoi_ingest::measure::Measurer;
use std::collections::BTreeMap;

/// Sources on which the preset is held to agree: the kinds of text that the filters were made for.
const PROSE: [&str; 4] = ["court_precedents", "statutes_current", "kowiki", "novels_wikisource"];

/// The least share of documents judged alike, and the least of Cohen's kappa.
const LEAST: (f64, f64) = (0.95, 0.85);

struct Judged {
    source: String,
    id: String,
    theirs: Decision,
    ours: Verdict,
}

fn judged() -> Option<Vec<Judged>> {
    let data = data();
    let Some(mut decisions) = decisions(&data) else {
        eprintln!(
            "SKIPPED: no {}/../peers/fw2_decisions_dev.jsonl, so that agreement was not measured",
            data.display()
        );
        return None;
    };
    let rules = Rules::of(Preset::Fineweb2Ko);
    let mut measurer = Measurer::with_morphemes();
    let mut all = Vec::new();
    let files: Vec<String> = decisions.keys().cloned().collect();
    for file in files {
        let wanted = decisions.remove(&file).unwrap();
        documents(&data.join("text").join(&file), wanted, |id, text, theirs| {
            let ours = judge(&measurer.measure(text), &rules);
            let source = file.trim_end_matches(".jsonl.zst").to_owned();
            all.push(Judged { source, id: id.to_owned(), theirs, ours });
        });
    }
    Some(all)
}

#[test]
fn fineweb2_ko_decides_as_fineweb2_does() {
    let Some(all) = judged() else { return };
    let mut sources: BTreeMap<&str, Agreement> = BTreeMap::new();
    let (mut prose, mut halves) = (Agreement::default(), [Agreement::default(), Agreement::default()]);
    for document in &all {
        let pair = (document.theirs.keep, document.ours.is_kept());
        sources.entry(&document.source).or_default().add(pair);
        if PROSE.contains(&document.source.as_str()) {
            prose.add(pair);
            halves[agreement::half(&document.id)].add(pair);
            disagreement(document);
        }
    }
    for (source, agreement) in &sources {
        println!("{source:30} {agreement}");
    }
    println!("{:30} {prose}", "rulings, statutes, wiki, novels");
    for (half, agreement) in halves.iter().enumerate() {
        println!("{:30} {agreement}", format!("  half {half}"));
        assert!(agreement.share() >= LEAST.0 && agreement.kappa() >= LEAST.1, "half {half}: {agreement}");
    }
    assert!(prose.documents() > 800, "only {} documents found", prose.documents());
}

fn disagreement(document: &Judged) {
    let Judged { source, id, theirs, ours } = document;
    if theirs.keep != ours.is_kept() {
        let ours = ours.first.map_or("kept".to_owned(), |broken| broken.to_string());
        println!("  {source} {id}: FineWeb-2: {}; we: {ours}", theirs.reason.as_deref().unwrap_or("kept"));
    }
}

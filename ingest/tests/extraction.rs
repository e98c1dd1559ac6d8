//! The labelled set: the extractor against the main text as a person marked it, beside its peers.
//!
//! `MALMOI_EXPORT=FILE` writes the pages for a peer to read, `MALMOI_PEER=FILE` scores what a peer made of them;
//! `reference/extraction_peers.py` is such a peer. See docs/ingest/extraction.md.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot read its pages fails")]

#[path = "labelled/archive.rs"]
mod archive;
#[path = "labelled/labels.rs"]
mod labels;
#[path = "labelled/score.rs"]
mod score;
#[path = "labelled/stream.rs"]
mod stream;

use labels::{Label, own_page};
use malmoi_ingest::extract::Extractor;
use score::{Gold, Score, mean, score};
use std::collections::HashMap;
use std::fmt::Write;

/// F1 of Python's trafilatura 2.3.1 by set, in the best of its settings. `reference/extraction_peers.txt` has the
/// whole table.
const TRAFILATURA: [(Set, f64); 3] = [(Set::Own, 0.8710), (Set::Real, 0.8953), (Set::HeldOut, 0.8345)];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Set {
    Own,
    Real,
    /// Real pages that nothing was tuned on.
    HeldOut,
}

struct Labelled {
    name: String,
    set: Set,
    html: String,
    gold: Gold,
}

fn own() -> Vec<Labelled> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .map(|path| {
            let page = own_page(&std::fs::read_to_string(path).unwrap());
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            Labelled { name, set: Set::Own, html: page.html, gold: page.gold }
        })
        .collect()
}

fn real() -> Vec<Labelled> {
    let Some(data) = archive::data() else {
        eprintln!("SKIPPED: no real pages found; set MALMOI_DATA");
        return Vec::new();
    };
    let pages: HashMap<String, String> = archive::pages(&data).into_iter().collect();
    include_str!("pages/real.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Label>(line).unwrap())
        .map(|label| {
            let html = pages[&label.url].clone();
            let set = if label.held_out { Set::HeldOut } else { Set::Real };
            Labelled { gold: label.gold(&html), name: label.url, set, html }
        })
        .collect()
}

fn table(pages: &[Labelled], mut extract: impl FnMut(&Labelled) -> String) -> (HashMap<Set, Score>, String) {
    let mut scores: HashMap<Set, Vec<Score>> = HashMap::new();
    let mut report = String::new();
    for page in pages {
        let score = score(&page.gold, &stream::words(&extract(page)));
        scores.entry(page.set).or_default().push(score);
        let Score { precision, recall, f1 } = score;
        writeln!(report, "{f1:.3} {precision:.3} {recall:.3} {:?} {}", page.set, page.name).unwrap();
    }
    let means = scores.iter().map(|(&set, scores)| (set, mean(scores))).collect();
    (means, report)
}

#[test]
fn the_main_text_is_found_better_than_by_the_peer() {
    let mut pages = own();
    assert!(pages.len() >= 30, "{} pages", pages.len());
    pages.extend(real());
    if let Ok(path) = std::env::var("MALMOI_EXPORT") {
        let lines =
            pages.iter().map(|page| serde_json::json!({"name": page.name, "html": page.html}).to_string() + "\n");
        std::fs::write(path, lines.collect::<String>()).unwrap();
    }
    if let Ok(path) = std::env::var("MALMOI_PEER") {
        let texts: HashMap<String, String> = std::fs::read_to_string(&path)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|row| (row["name"].as_str().unwrap().to_owned(), row["text"].as_str().unwrap().to_owned()))
            .collect();
        let (means, report) = table(&pages, |page| texts[&page.name].clone());
        eprintln!("{report}peer {path}: {means:.4?}");
    }
    let mut extractor = Extractor::default();
    let (means, report) = table(&pages, |page| extractor.extract(&page.html).unwrap().text);
    eprintln!("{report}ours: {means:.4?}");
    for (set, peer) in TRAFILATURA {
        if let Some(ours) = means.get(&set) {
            assert!(ours.f1 > peer, "{set:?}: {:.4} is not above {peer:.4}\n{report}", ours.f1);
        }
    }
}

#[test]
fn title_and_date_are_found() {
    let mut extractor = Extractor::default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let page = own_page(&std::fs::read_to_string(&path).unwrap());
            let found = extractor.extract(&page.html).unwrap();
            assert_eq!((found.title, found.date), (page.title, page.date), "{}", path.display());
        }
    }
}

/// Writes labels of real pages from numbers of pieces: `MALMOI_LABELS=FILE` has lines of number of the page in the
/// archive, main pieces, optional pieces, and `held out` or nothing, with tabs between.
#[test]
#[ignore = "makes the labels; run by hand"]
fn labels_are_made_from_pieces() {
    let pages = archive::pages(&archive::data().unwrap());
    let mut lines = String::new();
    let ranges = std::fs::read_to_string(std::env::var("MALMOI_LABELS").unwrap()).unwrap();
    for line in ranges.lines() {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (url, html) = &pages[next().parse::<usize>().unwrap()];
        let (main, optional, held_out) = (next(), next(), next() == "held out");
        let label = Label::from_pieces(url, held_out, html, main, optional);
        lines += &(serde_json::to_string(&label).unwrap() + "\n");
    }
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages/real.jsonl"), lines).unwrap();
}

/// Shows the numbered pieces of pages, for labelling: `MALMOI_SHOW="3 17"`.
#[test]
#[ignore = "shows pages; run by hand"]
fn pieces_are_shown() {
    let pages = archive::pages(&archive::data().unwrap());
    for number in std::env::var("MALMOI_SHOW").unwrap().split_whitespace() {
        let (url, html) = &pages[number.parse::<usize>().unwrap()];
        eprintln!("===== {number} {url}");
        for (index, piece) in stream::pieces(html).iter().enumerate() {
            eprintln!("{index} {}", piece.text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}

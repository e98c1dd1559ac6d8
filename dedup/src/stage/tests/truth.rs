//! What is found, against what is there by the definition.

use super::check_clusters;
use super::corpus::{Document, Numbers, altered, dedup, document, jaccard, prose};
use crate::{DedupConfig, Verify};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Pairs of planted similarity, by tenths from .5 to 1: as many are found as the curve of the banding says.
#[test]
fn planted_pairs_are_found_as_often_as_the_curve_says() {
    let config = DedupConfig { verify: Verify::None, ..DedupConfig::default() };
    let mut numbers = Numbers(21);
    let mut pairs = Vec::new();
    for number in 0..400 {
        let page = prose(&mut numbers, 120);
        let changes = numbers.below(12);
        let other = altered(&mut numbers, &page, changes);
        let number = 2 * number;
        pairs.push((document("web", number, page.join(" ")), document("web", number + 1, other.join(" "))));
    }
    let parts: Vec<Vec<Document>> =
        pairs.chunks(100).map(|c| c.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect()).collect();
    let folder = tempfile::tempdir().unwrap();
    let (_, fates) = dedup(folder.path(), &parts, &config);
    check_clusters(&fates);
    // Pairs, found, expected to be found, and the variance of that, by the tenth of the similarity.
    let mut by_tenth = BTreeMap::<u32, [f64; 4]>::new();
    let mut error = (0.0, 0.0);
    for (left, right) in &pairs {
        let truth = jaccard(&left.text, &right.text, config.shingles.size());
        let fate = [left, right].map(|d| &fates[&d.id]).into_iter().find(|fate| fate.survivor.is_some());
        let probability = config.banding().candidate_probability(truth);
        let tenth = by_tenth.entry((truth * 10.0) as u32).or_default();
        let cell = [1.0, f64::from(u8::from(fate.is_some())), probability, probability * (1.0 - probability)];
        tenth.iter_mut().zip(cell).for_each(|(sum, value)| *sum += value);
        if let Some(fate) = fate {
            assert!([left.id, right.id].contains(&fate.survivor.unwrap()), "a stranger was taken for a duplicate");
            error.0 += f64::from(fate.similarity.unwrap()) - truth;
            error.1 += 1.0;
        }
    }
    for (tenth, [count, found, expected, variance]) in &by_tenth {
        eprintln!("similarity .{tenth}: {found} of {count} found, {expected:.1} expected");
        assert!((found - expected).abs() <= 4.0 * variance.sqrt() + 0.5, "at .{tenth}: {found} found, not {expected}");
    }
    assert!(by_tenth.len() >= 5, "{by_tenth:?}");
    // Pairs that are found agree a little more than they are alike: the bands chose them.
    assert!((error.0 / error.1).abs() < 0.02, "mean error {}", error.0 / error.1);
}

/// With verification, to be removed is to be as similar as the threshold says, whatever the bands propose.
#[test]
fn only_what_reaches_the_threshold_is_removed() {
    let mut numbers = Numbers(22);
    let mut pairs = Vec::new();
    for number in 0..300 {
        let page = prose(&mut numbers, 120);
        let changes = numbers.below(9);
        let other = altered(&mut numbers, &page, changes);
        pairs.push((document("web", 2 * number, page.join(" ")), document("web", 2 * number + 1, other.join(" "))));
    }
    let parts: Vec<Vec<Document>> =
        pairs.chunks(70).map(|c| c.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect()).collect();
    let config = DedupConfig::default();
    let folder = tempfile::tempdir().unwrap();
    let (_, fates) = dedup(folder.path(), &parts, &config);
    check_clusters(&fates);
    let (mut below, mut above, mut found) = (0, 0, 0);
    for (left, right) in &pairs {
        let removed = [left, right].iter().any(|d| fates[&d.id].survivor.is_some());
        if jaccard(&left.text, &right.text, config.shingles.size()) >= config.threshold.get() {
            above += 1;
            found += u32::from(removed);
        } else {
            below += 1;
            assert!(!removed, "{} and {} were joined", left.text, right.text);
        }
    }
    assert!(below > 50 && above > 50, "{below} below, {above} above");
    assert!(f64::from(found) >= 0.97 * f64::from(above), "{found} of {above}");
}

/// Revisions of laws: found pairs are alike, and pairs that are much alike are found.
#[test]
fn revisions_of_a_law_are_found() {
    let Some(laws) = revisions(120) else { return };
    let config = DedupConfig::default();
    let documents: Vec<Document> = laws.iter().map(|(_, document)| document.clone()).collect();
    let folder = tempfile::tempdir().unwrap();
    let (_, fates) = dedup(folder.path(), std::slice::from_ref(&documents), &config);
    check_clusters(&fates);
    let cluster: Vec<_> = documents.iter().map(|d| fates[&d.id].survivor.unwrap_or(d.id)).collect();
    let sets = shingle_sets(&documents, config.shingles.size());
    let threshold = config.threshold.get();
    let (mut alike, mut found, mut strangers, mut joined, mut joined_alike) = (0, 0, 0, 0, 0);
    for left in 0..laws.len() {
        for right in 0..left {
            let same = cluster[left] == cluster[right];
            joined += u32::from(same);
            strangers += u32::from(same && laws[left].0 != laws[right].0);
            let shared = sets[left].intersection(&sets[right]).count();
            let jaccard = shared as f64 / (sets[left].len() + sets[right].len() - shared) as f64;
            alike += u32::from(jaccard >= threshold);
            found += u32::from(jaccard >= threshold && same);
            joined_alike += u32::from(same && jaccard >= 0.5);
        }
    }
    eprintln!(
        "{} revisions: {alike} pairs of {threshold} and more, {found} found; {joined} pairs in one cluster, \
         {joined_alike} of them of .5 and more, {strangers} of different laws",
        laws.len()
    );
    assert!(f64::from(found) >= 0.98 * f64::from(alike), "{found} of {alike}");
    assert_eq!(strangers, 0);
}

/// The shingles of each document, every different one as a number.
fn shingle_sets(documents: &[Document], size: usize) -> Vec<HashSet<usize>> {
    let mut numbers = HashMap::new();
    let mut set = |document: &Document| -> HashSet<usize> {
        let eojeol: Vec<&str> = document.text.split_whitespace().collect();
        let shingles = eojeol.windows(size.min(eojeol.len()).max(1)).map(|window| window.join(" "));
        shingles
            .map(|shingle| {
                let next = numbers.len();
                *numbers.entry(shingle).or_insert(next)
            })
            .collect()
    };
    documents.iter().map(&mut set).collect()
}

/// The first revisions of the sample, with their laws. Says so and gives nothing where the data is not there.
fn revisions(count: usize) -> Option<Vec<(String, Document)>> {
    use std::io::BufRead;
    #[derive(serde::Deserialize)]
    struct Revision {
        group: serde_json::Value,
        text: String,
    }
    let data =
        std::env::var("MALMOI_DATA").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let path = format!("{data}/text/statute_revisions_sample.jsonl.zst");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("SKIPPED: no {path}; set MALMOI_DATA to the folder with the sample");
        return None;
    };
    let lines = std::io::BufReader::new(zstd::Decoder::new(file).unwrap()).lines();
    let laws = lines.take(count).zip(0..).map(|(line, number)| {
        let revision: Revision = serde_json::from_str(&line.unwrap()).unwrap();
        (revision.group.to_string(), document("web", number, revision.text))
    });
    Some(laws.collect())
}

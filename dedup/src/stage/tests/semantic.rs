//! Documents near in meaning, through the whole stage.

use super::check_clusters;
use super::corpus::{Document, Fates, Numbers, dedup, document, prose, session, try_dedup};
use super::robustness::stopped_everywhere;
use crate::semantic::SemanticConfig;
use crate::{DedupConfig, DedupError};
use malmoi_schemas::{DedupDetails, Details, DocumentId, Reason, SemanticDetails};
use std::collections::BTreeSet;

const DIMENSION: usize = 48;

fn by_meaning(table: &str) -> DedupConfig {
    let semantic: SemanticConfig = toml::from_str(table).unwrap();
    DedupConfig { semantic: Some(semantic), ..DedupConfig::default() }
}

fn details(published: &malmoi_engine::Published) -> DedupDetails {
    let Details::Dedup(details) = published.manifest.details.clone() else { panic!("not the details of dedup") };
    details
}

/// About normal: the sum of twelve uniform variables.
fn normal(numbers: &mut Numbers) -> f64 {
    (0..12).map(|_| numbers.below(1 << 20) as f64 / f64::from(1 << 20)).sum::<f64>() - 6.0
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn direction(numbers: &mut Numbers) -> Vec<f64> {
    let vector: Vec<f64> = (0..DIMENSION).map(|_| normal(numbers)).collect();
    let norm = dot(&vector, &vector).sqrt();
    vector.into_iter().map(|x| x / norm).collect()
}

/// A vector at this cosine from a unit vector.
fn at_cosine(numbers: &mut Numbers, from: &[f64], cosine: f64) -> Vec<f64> {
    let other = direction(numbers);
    let along = dot(from, &other);
    let across: Vec<f64> = other.iter().zip(from).map(|(b, a)| b - along * a).collect();
    let norm = dot(&across, &across).sqrt();
    let sine = (1.0 - cosine * cosine).sqrt();
    from.iter().zip(&across).map(|(a, b)| cosine * a + sine * b / norm).collect()
}

fn narrow(vector: &[f64]) -> Option<Vec<f32>> {
    Some(vector.iter().map(|&x| x as f32).collect())
}

/// A document of words that nobody else has.
fn page(numbers: &mut Numbers, number: u64, embedding: Option<Vec<f32>>) -> Document {
    Document { embedding, ..document("web", number, prose(numbers, 30).join(" ")) }
}

fn cosine(left: &Document, right: &Document) -> f64 {
    let wide = |document: &Document| -> Vec<f64> {
        document.embedding.as_ref().unwrap().iter().map(|&x| f64::from(x)).collect()
    };
    let (left, right) = (wide(left), wide(right));
    dot(&left, &right) / (dot(&left, &left) * dot(&right, &right)).sqrt()
}

#[test]
fn what_is_near_in_meaning_is_removed_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(1);
    let centre = direction(&mut numbers);
    let first = page(&mut numbers, 0, narrow(&centre));
    let at = at_cosine(&mut numbers, &centre, 0.97);
    let near = Document {
        text: format!("{} 그리고 더 길게", prose(&mut numbers, 40).join(" ")),
        ..page(&mut numbers, 1, narrow(&at))
    };
    let scaled = page(&mut numbers, 2, narrow(&centre.iter().map(|x| x * 3.0).collect::<Vec<_>>()));
    let stranger = page(&mut numbers, 3, narrow(&direction(&mut Numbers(9))));
    // The same text as the first: that is said before all else of a cluster that is held together by meaning.
    let copy = Document { embedding: None, ..document("web", 4, near.text.clone()) };
    let parts = vec![vec![first.clone(), stranger.clone(), copy.clone()], vec![near.clone(), scaled.clone()]];
    let (published, fates) = dedup(folder.path(), &parts, &by_meaning(""));
    check_clusters(&fates);
    assert_eq!(fates[&stranger.id].outcome, "kept");
    let kept = if fates[&near.id].outcome == "kept" { near.id } else { copy.id };
    let fate = |id: DocumentId| (fates[&id].outcome.as_str(), fates[&id].survivor, fates[&id].similarity);
    assert_eq!(fate(first.id), ("semantic-duplicate", Some(kept), None));
    assert_eq!(fate(scaled.id), ("semantic-duplicate", Some(kept), None));
    let same = if kept == near.id { copy.id } else { near.id };
    assert_eq!(fate(same), ("exact-duplicate", Some(kept), Some(1.0)));
    let told: Vec<&str> = [first.id, scaled.id].iter().map(|id| fates[id].detail.as_deref().unwrap()).collect();
    let expected = match kept == near.id {
        true => "cosine 0.970 with the survivor's embedding; cluster of 4; kept by longest",
        false => "near in meaning to the survivor's duplicates, by embeddings; cluster of 4; kept by longest",
    };
    assert_eq!(told, [expected; 2]);
    let found = details(&published);
    assert_eq!((found.exact_clusters, found.near_clusters, found.largest_cluster), (1, 0, 4));
    let semantic = found.semantic.unwrap();
    assert_eq!((semantic.clusters, semantic.missing, semantic.unusable(), semantic.dimension), (1, 1, 1, 48));
    assert_eq!(published.manifest.counts.removed[&Reason::SemanticDuplicate], 2);
}

#[test]
fn without_the_table_embeddings_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(2);
    let centre = narrow(&direction(&mut numbers));
    let parts = vec![(0..3).map(|number| page(&mut numbers, number, centre.clone())).collect()];
    let (published, _) = dedup(folder.path(), &parts, &DedupConfig::default());
    assert_eq!((published.manifest.counts.kept, details(&published).semantic), (3, None));
}

#[test]
fn documents_without_a_usable_embedding_are_kept_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(3);
    let usable = direction(&mut numbers);
    let embedding = |value: f32| Some(vec![value; DIMENSION]);
    let vectors = [
        narrow(&usable),
        narrow(&usable),
        None,
        None,
        Some(vec![1.0; DIMENSION + 1]),
        Some(vec![1.0; 3]),
        Some(Vec::new()),
        embedding(f32::NAN),
        embedding(f32::NEG_INFINITY),
        embedding(0.0),
        embedding(-0.0),
        embedding(f32::MAX),
    ];
    let all: Vec<Document> =
        vectors.into_iter().zip(0..).map(|(vector, number)| page(&mut numbers, number, vector)).collect();
    let (published, fates) = dedup(folder.path(), &[all[..5].to_vec(), all[5..].to_vec()], &by_meaning(""));
    check_clusters(&fates);
    assert!(all[2..].iter().all(|document| fates[&document.id].outcome == "kept"));
    let expected = SemanticDetails {
        dimension: 48,
        candidate_pairs: 0,
        clusters: 1,
        missing: 2,
        other_length: 3,
        not_finite: 2,
        zero: 2,
        magnitude: 1,
    };
    assert_eq!(details(&published).semantic, Some(Box::new(expected)));
}

/// Pairs at planted cosines: those that end in one document are as many as the curve says, and none is below the wanted cosine.
#[test]
fn planted_cosines_are_found_as_often_as_the_curve_says() {
    const PAIRS: u64 = 120;
    let config = by_meaning("cosine = 0.9\nrecall = 0.8");
    let banding = config.semantic.unwrap().solve().unwrap();
    for (planted, seed) in [(0.85, 1), (0.899, 2), (0.901, 3), (0.95, 4)] {
        let mut numbers = Numbers(seed);
        let mut all = Vec::new();
        for pair in 0..PAIRS {
            let left = direction(&mut numbers);
            let right = at_cosine(&mut numbers, &left, planted);
            all.push(page(&mut numbers, 2 * pair, narrow(&left)));
            all.push(page(&mut numbers, 2 * pair + 1, narrow(&right)));
        }
        let folder = tempfile::tempdir().unwrap();
        let parts: Vec<Vec<Document>> = all.chunks(50).map(<[Document]>::to_vec).collect();
        let (_, fates) = dedup(folder.path(), &parts, &config);
        check_clusters(&fates);
        for document in &all {
            if let Some(survivor) = fates[&document.id].survivor {
                let survivor = all.iter().find(|other| other.id == survivor).unwrap();
                assert!(cosine(document, survivor) >= 0.9 - 1e-6, "{} at {planted}", cosine(document, survivor));
            }
        }
        let found = all.iter().filter(|document| fates[&document.id].survivor.is_some()).count() as f64;
        let share = if planted < 0.9 { 0.0 } else { banding.candidate_probability(planted) };
        let error = 5.0 * (share * (1.0 - share) * PAIRS as f64).sqrt() + 1.0;
        assert!((found - share * PAIRS as f64).abs() <= error, "{planted}: {found} of {PAIRS}, expected {share}");
    }
}

/// Groups of meaning among strangers of moderate cosine, as real embeddings are.
fn topics() -> Vec<Document> {
    let mut numbers = Numbers(77);
    let common = direction(&mut numbers);
    let mut all = Vec::new();
    for group in 0..40u64 {
        let topic = at_cosine(&mut numbers, &common, 0.6);
        for member in 0..1 + group % 5 {
            let vector = at_cosine(&mut numbers, &topic, 0.985);
            all.push(page(&mut numbers, 10 * group + member, narrow(&vector)));
        }
    }
    all
}

fn removed(fates: &Fates) -> BTreeSet<(DocumentId, DocumentId)> {
    fates.iter().filter_map(|(id, fate)| Some((*id, fate.survivor?))).collect()
}

/// Against comparing every pair with every other.
#[test]
fn clusters_are_those_of_all_pairs_whatever_the_parts_and_their_order() {
    let all = topics();
    let near = |left: &Document, right: &Document| cosine(left, right) >= 0.95;
    let mut components = crate::Components::over((0..all.len() as u64).collect()).unwrap();
    for left in 0..all.len() {
        for right in 0..left {
            if near(&all[left], &all[right]) {
                components.join(left as u32, right as u32);
            }
        }
    }
    let config = by_meaning("recall = 0.999");
    let outcome = |documents: &[Document], size: usize| {
        let folder = tempfile::tempdir().unwrap();
        let parts: Vec<Vec<Document>> = documents.chunks(size).map(<[Document]>::to_vec).collect();
        let (published, fates) = dedup(folder.path(), &parts, &config);
        check_clusters(&fates);
        (removed(&fates), fates, details(&published))
    };
    let (expected, fates, found) = outcome(&all, 1000);
    let clusters = components.label().count as usize;
    assert_eq!(all.len() - expected.len(), clusters);
    assert!(expected.len() > 60, "{}", expected.len());
    let mut shuffled = all.clone();
    shuffled.reverse();
    shuffled.rotate_left(17);
    assert_eq!(outcome(&shuffled, 7), (expected.clone(), fates.clone(), found.clone()));
    shuffled.sort_by_key(|document| std::cmp::Reverse(document.text.len()));
    assert_eq!(outcome(&shuffled, 31), (expected, fates, found));
}

#[test]
fn a_group_larger_than_the_pairs_of_a_bucket_ends_in_one_document() {
    let mut numbers = Numbers(5);
    let centre = direction(&mut numbers);
    let member = |numbers: &mut Numbers, number| {
        let vector = at_cosine(numbers, &centre, 0.995);
        page(numbers, number, narrow(&vector))
    };
    let all: Vec<Document> = (0..300).map(|number| member(&mut numbers, number)).collect();
    let parts: Vec<Vec<Document>> = all.chunks(90).map(<[Document]>::to_vec).collect();
    let folder = tempfile::tempdir().unwrap();
    let (published, fates) = dedup(folder.path(), &parts, &by_meaning(""));
    check_clusters(&fates);
    assert_eq!(published.manifest.counts.kept, 1);
    let pairs = details(&published).semantic.unwrap().candidate_pairs;
    assert!(pairs < 300 * 299 / 4, "{pairs} pairs were compared");
}

#[test]
fn a_search_that_is_stopped_goes_on_to_the_same_result() {
    let all = topics();
    let parts: Vec<Vec<Document>> = all.chunks(40).map(<[Document]>::to_vec).collect();
    let stops = stopped_everywhere(&parts, by_meaning(""));
    assert!(stops >= 8, "the run was stopped only {stops} times");
}

#[test]
fn hyperplanes_that_do_not_fit_are_an_error_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), 1);
    let mut numbers = Numbers(6);
    let wide = page(&mut numbers, 0, Some(vec![1.0; 1 << 14]));
    let error =
        try_dedup(&session, &[vec![wide]], &by_meaning("bits = 8192\ncosine = 0.99\nrecall = 0.999")).unwrap_err();
    assert!(matches!(error, DedupError::Hyperplanes { dimension: 16384, .. }), "{error}");
}

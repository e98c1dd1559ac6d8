#[cfg(feature = "cluster")]
mod cluster;
mod corpus;
mod edits;
mod incremental;
mod robustness;
mod semantic;
mod spilled;
mod substring;
mod tasks;
mod truth;

use crate::stage::tests::corpus::{Fate, Fates, Numbers, altered, dedup, document, prose};
use crate::{DedupConfig, DedupError};
use malmoi_schemas::{Details, Reason};

fn kept(cluster_size: u32) -> Fate {
    Fate {
        outcome: "kept".to_owned(),
        survivor: None,
        similarity: None,
        detail: None,
        cluster_size: Some(cluster_size),
    }
}

/// Checks what must hold of any outcome: who is named as a survivor is kept, and its cluster is as large as it says.
fn check_clusters(fates: &Fates) {
    let mut sizes = std::collections::BTreeMap::new();
    for (id, fate) in fates {
        if ["contaminated", "left-too-short"].contains(&fate.outcome.as_str()) {
            assert_eq!(fate.survivor, None, "taken out for what it holds, not for another document");
            continue;
        }
        let survivor = fate.survivor.unwrap_or(*id);
        assert_eq!(fates[&survivor].outcome, "kept", "{survivor} was named and is not kept");
        assert_eq!(fate.survivor.is_none(), fate.outcome == "kept");
        *sizes.entry(survivor).or_insert(0) += 1;
    }
    sizes.iter().for_each(|(id, size)| assert_eq!(fates[id].cluster_size, Some(*size)));
}

#[test]
fn duplicates_are_removed_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(1);
    let page = prose(&mut numbers, 300);
    let original = document("web", 0, page.join(" "));
    let spaced = document("web", 1, page.join("\n  "));
    let edited = document("web", 2, altered(&mut numbers, &page, 2).join(" "));
    let other = document("web", 3, prose(&mut numbers, 300).join(" "));
    let all = vec![vec![original.clone(), spaced.clone()], vec![edited.clone(), other.clone()]];
    let (published, fates) = dedup(folder.path(), &all, &DedupConfig::default());
    check_clusters(&fates);
    assert_eq!(fates[&other.id], kept(1));
    // The longest is kept: two spaces and a line feed between eojeol count as characters.
    assert_eq!(fates[&spaced.id], kept(3));
    let exact = &fates[&original.id];
    assert_eq!(
        (exact.outcome.as_str(), exact.survivor, exact.similarity),
        ("exact-duplicate", Some(spaced.id), Some(1.0))
    );
    insta::assert_snapshot!(exact.detail.as_deref().unwrap(), @"same text as the survivor, whitespace aside; cluster of 3; kept by longest");
    let near = &fates[&edited.id];
    assert_eq!((near.outcome.as_str(), near.survivor), ("near-duplicate", Some(spaced.id)));
    insta::assert_snapshot!(near.detail.as_deref().unwrap(), @"104 of 112 hashes agree with the survivor's; cluster of 3; kept by longest");
    let counts = &published.manifest.counts;
    assert_eq!((counts.read, counts.kept), (4, 2));
    assert_eq!((counts.removed[&Reason::ExactDuplicate], counts.removed[&Reason::NearDuplicate]), (1, 1));
    let Details::Dedup(details) = &published.manifest.details else { panic!("not the details of dedup") };
    assert_eq!(
        (details.exact_clusters, details.near_clusters, details.largest_cluster, details.candidate_edges),
        (1, 1, 3, 1)
    );
}

/// The copy of a document that is itself a near-duplicate of a third: both must name the third, which is kept.
#[test]
fn the_end_of_a_chain_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(2);
    let page = prose(&mut numbers, 300);
    let middle = altered(&mut numbers, &page, 1);
    let far = altered(&mut numbers, &middle, 1);
    // The best of the exact pair is better than its twin and worse than the third.
    let best = document("dictionary", 0, page.join(" "));
    let (twin, copy) = (document("web", 1, middle.join(" ")), document("web", 2, middle.join("  ")));
    let (end, end_copy) = (document("web", 3, far.join(" ")), document("web", 4, far.join(" ")));
    let all = vec![vec![end_copy.clone(), copy.clone(), twin.clone()], vec![best.clone(), end.clone()]];
    let (_, fates) = dedup(folder.path(), &all, &DedupConfig::default());
    check_clusters(&fates);
    assert_eq!(fates[&best.id], kept(5));
    for removed in [&twin, &copy, &end, &end_copy] {
        let fate = &fates[&removed.id];
        // Not `exact-duplicate`: the text is the same as a document's that was removed, not the survivor's.
        assert_eq!((fate.outcome.as_str(), fate.survivor), ("near-duplicate", Some(best.id)));
        let truth = corpus::jaccard(&best.text, &removed.text, 5);
        let estimate = f64::from(fate.similarity.unwrap());
        assert!((estimate - truth).abs() < 5.0 * (truth * (1.0 - truth) / 112.0).sqrt(), "{estimate}, truly {truth}");
    }
    assert_eq!(fates[&twin.id].similarity, fates[&copy.id].similarity);
}

#[test]
fn each_kind_can_be_left_out() {
    let mut numbers = Numbers(3);
    let page = prose(&mut numbers, 300);
    let one = document("web", 0, page.join(" "));
    let same = document("web", 1, page.join(" "));
    let near = document("web", 2, altered(&mut numbers, &page, 1).join(" "));
    let (short, short_same) = (document("web", 3, "짧은 글"), document("web", 4, "짧은  글"));
    let all = vec![vec![one.clone(), same, near.clone(), short, short_same]];
    let outcomes = |exact, near| {
        let folder = tempfile::tempdir().unwrap();
        let (_, fates) = dedup(folder.path(), &all, &DedupConfig { exact, near, ..DedupConfig::default() });
        check_clusters(&fates);
        all[0].iter().map(|d| fates[&d.id].outcome.clone()).collect::<Vec<_>>().join(" ")
    };
    insta::assert_snapshot!(outcomes(true, true), @"near-duplicate near-duplicate kept exact-duplicate kept");
    insta::assert_snapshot!(outcomes(true, false), @"kept exact-duplicate kept exact-duplicate kept");
    insta::assert_snapshot!(outcomes(false, true), @"near-duplicate near-duplicate kept near-duplicate kept");
    insta::assert_snapshot!(outcomes(false, false), @"kept kept kept kept kept");
}

#[test]
fn a_source_without_a_place_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let session = corpus::session(folder.path(), 1);
    let stranger = document("forum", 0, "누구의 글인지 모른다");
    let error = corpus::try_dedup(&session, &[vec![stranger]], &DedupConfig::default()).unwrap_err();
    assert!(matches!(&error, DedupError::UnknownSource { name, .. } if name == "forum"), "{error}");
}

#[test]
fn nothing_in_nothing_out() {
    for parts in [vec![], vec![vec![]]] {
        let folder = tempfile::tempdir().unwrap();
        let (published, fates) = dedup(folder.path(), &parts, &DedupConfig::default());
        assert!(fates.is_empty());
        assert_eq!(published.manifest.counts.read, 0);
    }
}

/// Two visits to one page, and a third page that only looks alike by its address.
#[test]
fn documents_of_one_page_are_removed_if_asked_for() {
    let mut numbers = Numbers(5);
    let texts: Vec<String> = (0..3).map(|_| prose(&mut numbers, 60).join(" ")).collect();
    let mut pages: Vec<_> = (0..3).map(|number| document("web", number, &texts[number as usize])).collect();
    pages[0].url = Some("https://m.malmoi.example/글/1?utm_source=newsletter");
    pages[1].url = Some("http://malmoi.example/%EA%B8%80/1/");
    pages[2].url = Some("http://malmoi.example/%EA%B8%80/2/");
    (pages[0].date, pages[1].date) = (Some("2024-03-01"), Some("2023년 5월 2일"));
    let removed = |same_address, keep: &str| {
        let config = DedupConfig { same_address, keep: serde_json::from_str(keep).unwrap(), ..DedupConfig::default() };
        let folder = tempfile::tempdir().unwrap();
        let (_, fates) = dedup(folder.path(), std::slice::from_ref(&pages), &config);
        check_clusters(&fates);
        let removed = pages.iter().filter(|page| fates[&page.id].survivor.is_some());
        removed.map(|page| (page.id, fates[&page.id].detail.clone().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(removed(false, "[]"), []);
    let newest = removed(true, r#"["newest"]"#);
    assert_eq!(newest.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [pages[1].id]);
    insta::assert_snapshot!(newest[0].1, @"same address as the survivor; cluster of 2; kept by newest");
    assert_eq!(removed(true, r#"["oldest"]"#).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [pages[0].id]);
}

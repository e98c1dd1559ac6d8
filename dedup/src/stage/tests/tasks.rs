//! Comparisons that take more than one task, and where the shingles for them go.

use super::check_clusters;
use super::corpus::{Document, Numbers, altered, dedup, document, prose, publish, session};
use crate::DedupConfig;
use std::path::Path;

/// `groups` groups of `members` near-duplicates, strewn over `parts` parts: the members of a group lie far apart.
fn strewn(groups: u64, members: u64, parts: usize) -> Vec<Vec<Document>> {
    let mut numbers = Numbers(groups * 1000 + members);
    let pages: Vec<_> = (0..groups).map(|_| prose(&mut numbers, 120)).collect();
    let mut split = vec![Vec::new(); parts];
    for member in 0..members {
        for (group, page) in (0..).zip(&pages) {
            let number = member * groups + group;
            let text = altered(&mut numbers, page, 1).join(" ");
            split[number as usize % parts].push(document("web", number, text));
        }
    }
    split
}

/// 64 members make 2,016 pairs: several tasks, and several row groups in a part.
#[test]
fn groups_whose_pairs_fill_several_tasks_end_in_one_document_each() {
    for parts in [1, 3] {
        let folder = tempfile::tempdir().unwrap();
        let (published, fates) = dedup(folder.path(), &strewn(5, 64, parts), &DedupConfig::default());
        check_clusters(&fates);
        assert_eq!((published.manifest.counts.read, published.manifest.counts.kept), (320, 5));
    }
}

/// If pairs were sorted by their own documents, each member would be wanted by about half as many tasks as its group has
/// members, and the shingles of a corpus with many copies would take more room than its text.
#[test]
fn a_document_is_gathered_for_few_tasks() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), 2);
    let published = publish(&session, &strewn(60, 12, 3));
    let sources = ["web".to_owned()];
    // Tasks of 82 pairs; a group has 66.
    let pilot = crate::pilot(&session, &published, &sources, &DedupConfig::default(), Path::new("."), 0.02).unwrap();
    assert!(pilot.details.candidate_edges > 60 * 50, "{}", pilot.details.candidate_edges);
    assert!(pilot.spread < 2.2, "{}", pilot.spread);
}

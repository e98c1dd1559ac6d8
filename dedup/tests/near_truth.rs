//! Near-duplicates against the truth: planted similarities, large buckets, and every pair of a real corpus.
//!
//! `cargo test --release --test near_truth -- --nocapture` prints the tables of the documentation.

#![expect(clippy::unwrap_used, reason = "a test of its own file, whose helpers are part of it")]

use malmoi_dedup::{
    Banding, Components, DedupConfig, Eojeol, MinHash, ShingleSet, Shingles, band_hashes, jaccard_at_least, pairs,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Buckets up to this size give all pairs.
const ALL: usize = 64;

/// SplitMix64.
fn mixed(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

fn bands(family: &MinHash, banding: Banding, shingles: &[u32]) -> Vec<u64> {
    let mut signature = vec![0; family.hashes()];
    family.sign(shingles, &mut signature);
    let stored: Vec<u8> = signature.iter().flat_map(|hash| hash.to_le_bytes()).collect();
    band_hashes(&stored, banding.rows()).collect()
}

/// Planted pairs become candidates as often as the curve of their banding says, within four standard errors.
#[test]
fn candidates_follow_the_curve() {
    const TRIALS: usize = 600;
    let mut state = 0;
    println!("| Jaccard | 14 × 8: curve | measured | 16 × 7: curve | measured |\n|---|---|---|---|---|");
    for shared in [2000, 2400, 2800, 3000, 3200, 3400, 3600, 3800, 4000] {
        let similarity = f64::from(shared) / 4000.0;
        let mut row = format!("| {similarity:.2} |");
        for banding in [Banding::new(14, 8), Banding::new(16, 7)] {
            let family = MinHash::new(banding.hashes(), 1);
            let met = (0..TRIALS).filter(|_| {
                let union: Vec<u32> = (0..4000).map(|_| (mixed(&mut state) >> 32) as u32).collect();
                let each = (4000 - shared as usize) / 2;
                let left = bands(&family, banding, &union[..4000 - each]);
                let right = bands(&family, banding, &union[each..]);
                left.iter().zip(&right).any(|(a, b)| a == b)
            });
            let (rate, curve) = (met.count() as f64 / TRIALS as f64, banding.candidate_probability(similarity));
            let error = (curve * (1.0 - curve) / TRIALS as f64).sqrt();
            row += &format!(" {curve:.3} | {rate:.3} |");
            assert!((rate - curve).abs() <= 4.0 * error + 1e-9, "{similarity}: {rate}, not {curve}");
        }
        println!("{row}");
    }
}

/// Of `groups` groups of near-duplicates in one bucket of `count`: the share of pairs of a group that verified components join.
/// `runs` puts members of a group side by side in runs of that length.
fn joined(count: usize, groups: u64, run: usize) -> f64 {
    let mut state = 5;
    let mut group_of = Vec::new();
    while group_of.len() < count {
        let group = mixed(&mut state) % groups;
        group_of.extend(std::iter::repeat_n(group, run));
    }
    let keys: Vec<u64> = (0..count as u64).collect();
    let mut components = Components::over(keys.clone()).unwrap();
    for (left, right) in pairs(&keys, ALL) {
        if group_of[left as usize] == group_of[right as usize] {
            components.join(components.node(left).unwrap(), components.node(right).unwrap());
        }
    }
    let labels = components.label();
    let (mut of_group, mut of_component) = (BTreeMap::<u64, f64>::new(), BTreeMap::<u32, f64>::new());
    for (&key, &component) in labels.keys.iter().zip(&labels.component) {
        *of_group.entry(group_of[key as usize]).or_default() += 1.0;
        *of_component.entry(component).or_default() += 1.0;
    }
    let two = |counts: Vec<f64>| counts.iter().map(|n| n * (n - 1.0)).sum::<f64>();
    two(of_component.into_values().collect()) / two(of_group.into_values().collect())
}

/// What the bounded pairs of a large bucket cost in recall, if no other band brings the members together.
#[test]
fn large_buckets_hold_together() {
    println!("| groups in a bucket of 5,000 | members strewn | in runs of 4 | in runs of 32 |\n|---|---|---|---|");
    for groups in [1, 2, 3, 5, 10, 100] {
        let shares = [1, 4, 32].map(|run| joined(5000, groups, run));
        println!("| {groups} | {:.3} | {:.3} | {:.3} |", shares[0], shares[1], shares[2]);
        assert!(groups > 1 || shares == [1.0; 3]);
        assert!(groups > 2 || shares.iter().all(|&share| share > 0.9), "{shares:?}");
    }
}

struct Corpus {
    texts: Vec<String>,
}

/// Every revision of a sample of laws.
fn corpus() -> Option<Corpus> {
    let data = std::env::var_os("MALMOI_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let file = File::open(data.join("text/statute_revisions_sample.jsonl.zst")).ok()?;
    let lines = BufReader::new(zstd::Decoder::new(file).unwrap()).lines();
    let text = |line: String| {
        let record: serde_json::Value = serde_json::from_str(&line).unwrap();
        record["text"].as_str().unwrap().to_owned()
    };
    Some(Corpus { texts: lines.map(|line| text(line.unwrap())).collect() })
}

/// What is found of the pairs that should be.
struct Found {
    candidates: BTreeSet<(u64, u64)>,
    largest_bucket: usize,
}

fn candidates(sets: &[Vec<u32>], banding: Banding) -> Found {
    let family = MinHash::new(banding.hashes(), 1);
    let mut buckets = BTreeMap::<u64, Vec<u64>>::new();
    for (key, set) in sets.iter().enumerate() {
        bands(&family, banding, set).into_iter().for_each(|band| buckets.entry(band).or_default().push(key as u64));
    }
    let largest_bucket = buckets.values().map(Vec::len).max().unwrap_or(0);
    Found { candidates: buckets.values().flat_map(|keys| pairs(keys, ALL)).collect(), largest_bucket }
}

/// Recall, precision and F1.
fn score(found: usize, right: usize, wanted: usize) -> [f64; 3] {
    let (found, right, wanted) = (found as f64, right as f64, wanted as f64);
    [right / wanted, right / found, 2.0 * right / (found + wanted)]
}

/// Every pair of 1,443 documents: exact similarity against what bands find and what is left of it after comparison.
#[test]
fn pairs_of_statute_revisions_are_found() {
    let Some(corpus) = corpus() else {
        eprintln!("SKIPPED: no statute revisions under MALMOI_DATA");
        return;
    };
    println!(
        "| shingles | recipe | bands × rows | largest bucket | pairs | candidates | recall | precision | F1 | after comparison: recall | precision | F1 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for unit in ["{ eojeol = 5 }", "{ characters = 18 }"] {
        let config: DedupConfig = toml::from_str(&format!("shingles = {unit}")).unwrap();
        let sets = sets(&corpus, &config);
        let similar = similar(&sets, 0.6);
        let given = "bands = 14\nrows = 8";
        let recipes = [
            ("threshold = 0.7", 0.7),
            (given, 0.719),
            (given, 0.8),
            ("threshold = 0.8", 0.8),
            ("threshold = 0.9", 0.9),
        ];
        for (recipe, threshold) in recipes {
            let banding = toml::from_str::<DedupConfig>(recipe).unwrap().banding();
            let wanted: BTreeSet<(u64, u64)> =
                similar.iter().filter(|pair| pair.1 >= threshold).map(|pair| pair.0).collect();
            let found = candidates(&sets, banding);
            let verified: BTreeSet<(u64, u64)> = found
                .candidates
                .iter()
                .copied()
                .filter(|pair| jaccard_at_least(&sets[pair.0 as usize], &sets[pair.1 as usize], threshold).is_some())
                .collect();
            let right = found.candidates.intersection(&wanted).count();
            let plain = score(found.candidates.len(), right, wanted.len());
            let after = score(verified.len(), verified.intersection(&wanted).count(), wanted.len());
            println!(
                "| {unit} | {} (J ≥ {threshold:.3}) | {} × {} | {} | {} | {} | {:.4} | {:.4} | {:.4} | {:.4} | {:.4} | {:.4} |",
                recipe.replace('\n', ", "),
                banding.bands(),
                banding.rows(),
                found.largest_bucket,
                wanted.len(),
                found.candidates.len(),
                plain[0],
                plain[1],
                plain[2],
                after[0],
                after[1],
                after[2]
            );
            assert!(after[1] == 1.0 && after[0] == plain[0]);
            if recipe.starts_with("threshold") {
                assert!(after[2] >= 0.98, "{recipe}: {after:?}");
            }
        }
    }
}

fn sets(corpus: &Corpus, config: &DedupConfig) -> Vec<Vec<u32>> {
    let (mut eojeol, mut set) = (Eojeol::default(), ShingleSet::default());
    let mut shingles = Shingles::new(config.shingles, config.seed);
    let of = |text: &String| {
        eojeol.cut(text);
        set.take(shingles.of(&eojeol));
        set.hashes().to_vec()
    };
    corpus.texts.iter().map(of).collect()
}

/// All pairs of a similarity of `least` or more.
fn similar(sets: &[Vec<u32>], least: f64) -> Vec<((u64, u64), f64)> {
    let with = |left: usize| {
        let rights = left + 1..sets.len();
        let jaccard = move |right: usize| jaccard_at_least(&sets[left], &sets[right], least);
        rights.filter_map(move |right| Some(((left as u64, right as u64), jaccard(right)?)))
    };
    (0..sets.len()).flat_map(with).collect()
}

use super::super::{SemanticBanding, neighbours, semantic_band_hashes};
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Independent normal variables, by the polar method: another source of randomness than the one under test.
struct Normal(u64);

impl Normal {
    fn next(&mut self) -> f64 {
        let mut uniform = || {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        loop {
            let (x, y) = (uniform(), uniform());
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    fn direction(&mut self, dimension: usize) -> Vec<f64> {
        let vector: Vec<f64> = (0..dimension).map(|_| self.next()).collect();
        let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        vector.into_iter().map(|x| x / norm).collect()
    }

    /// A vector at just this cosine from a unit vector.
    fn at_cosine(&mut self, from: &[f64], cosine: f64) -> Vec<f64> {
        let other = self.direction(from.len());
        let along: f64 = from.iter().zip(&other).map(|(a, b)| a * b).sum();
        let across: Vec<f64> = from.iter().zip(&other).map(|(a, b)| b - along * a).collect();
        let norm = across.iter().map(|x| x * x).sum::<f64>().sqrt();
        let sine = (1.0 - cosine * cosine).sqrt();
        from.iter().zip(&across).map(|(a, b)| cosine * a + sine * b / norm).collect()
    }
}

fn narrow(vector: &[f64]) -> Vec<f32> {
    vector.iter().map(|&x| x as f32).collect()
}

fn signature(planes: &Hyperplanes, vector: &[f32]) -> Vec<u8> {
    let mut signature = vec![0; planes.signature_bytes()];
    planes.sign(&[Embedding::check(Some(vector), planes.dimension()).unwrap()], &mut signature);
    signature
}

fn agreeing(left: &[u8], right: &[u8]) -> u32 {
    left.iter().zip(right).map(|(a, b)| (a ^ b).count_zeros()).sum()
}

/// Planted cosines: bits agree as often as 1 − θ/π says, and pairs become candidates as often as the curve says. Bounds
/// are five standard errors; every few pairs see other hyperplanes, for the pairs of one family are not independent.
#[test]
fn planted_cosines_follow_the_curve() {
    const PAIRS: usize = 60;
    let (dimension, bits) = (48, 512);
    let banding = SemanticBanding::solve(0.9, 0.9, bits).unwrap();
    for cosine in [-0.5, 0.0, 0.5, 0.8, 0.9, 0.95, 0.99] {
        let mut normal = Normal(5);
        let (mut agreed, mut candidates, mut trials) = (0u64, 0usize, 0usize);
        for seed in 0..20 {
            let planes = Hyperplanes::new(dimension, bits, seed);
            for _ in 0..PAIRS {
                let left = normal.direction(dimension);
                let right = normal.at_cosine(&left, cosine);
                let (left, right) = (signature(&planes, &narrow(&left)), signature(&planes, &narrow(&right)));
                agreed += u64::from(agreeing(&left, &right));
                let shared = semantic_band_hashes(&left, banding).zip(semantic_band_hashes(&right, banding));
                candidates += usize::from(shared.into_iter().any(|(a, b)| a == b));
                trials += 1;
            }
        }
        let (n, p) = (trials as f64, 1.0 - cosine.acos() / std::f64::consts::PI);
        let share = agreed as f64 / (n * bits as f64);
        assert!((share - p).abs() < 5.0 * (p * (1.0 - p) / (n * bits as f64)).sqrt(), "{cosine}: {share}, not {p}");
        let (found, expected) = (candidates as f64 / n, banding.candidate_probability(cosine));
        let error = 5.0 * (expected * (1.0 - expected) / n).sqrt() + 1.0 / n;
        assert!((found - expected).abs() < error, "{cosine}: {found} candidates, not {expected}");
    }
}

/// Random clusters, against comparing every pair: what is found is true, and about as much is found as was asked for.
#[test]
fn clusters_are_found_as_brute_force_finds_them() {
    const WANTED: f64 = 0.9;
    let dimension = 64;
    let mut normal = Normal(11);
    let mut vectors = Vec::new();
    for _ in 0..120 {
        let centre = normal.direction(dimension);
        (0..5).for_each(|_| vectors.push(narrow(&normal.at_cosine(&centre, 0.96))));
    }
    (0..600).for_each(|_| vectors.push(narrow(&normal.direction(dimension))));
    let banding = SemanticBanding::solve(WANTED, 0.95, 1024).unwrap();
    let planes = Hyperplanes::new(dimension, banding.bits(), 1);
    let signatures: Vec<Vec<u8>> = vectors.iter().map(|vector| signature(&planes, vector)).collect();
    let embedding = |at: usize| Embedding::check(Some(&vectors[at]), dimension).unwrap();
    let mut buckets = BTreeMap::<u64, Vec<(u64, &[u8])>>::new();
    for (at, signature) in signatures.iter().enumerate() {
        for hash in semantic_band_hashes(signature, banding) {
            buckets.entry(hash).or_default().push((at as u64, signature));
        }
    }
    let mut candidates = BTreeSet::new();
    for (hash, members) in buckets {
        let found = neighbours(members, banding.radius(WANTED), 1024, hash as usize).unwrap();
        candidates.extend(found.into_iter().map(|pair| (pair.least as usize, pair.key as usize)));
    }
    let mut near = BTreeSet::new();
    for left in 0..vectors.len() {
        near.extend((0..left).filter(|&right| embedding(left).cosine(&embedding(right)) >= WANTED).map(|r| (r, left)));
    }
    assert!(near.len() > 600, "{} pairs to find", near.len());
    let found = near.intersection(&candidates).count();
    assert!(found as f64 >= 0.95 * near.len() as f64, "{found} of {}", near.len());
    assert!(
        candidates.len() < 3 * near.len(),
        "signatures must save work: {} pairs for {}",
        candidates.len(),
        near.len()
    );
}

/// A signature is stored: another build or machine must give the same.
#[test]
fn the_family_is_stable() {
    let planes = Hyperplanes::new(5, 72, 1);
    insta::assert_snapshot!(format!("{:?}", signature(&planes, &[0.25, -1.0, 3.0, 0.5, -0.125])), @"[223, 89, 99, 5, 23, 10, 254, 52, 65]");
    assert_ne!(Hyperplanes::new(5, 72, 2).coordinates, planes.coordinates);
    assert_eq!(Hyperplanes::new(5, 128, 1).coordinates[..5], planes.coordinates[..5]);
}

#[test]
fn coordinates_are_as_good_as_normal() {
    let values: Vec<f64> = Hyperplanes::new(500, 640, 3).coordinates.iter().flatten().map(|&x| f64::from(x)).collect();
    let n = values.len() as f64;
    let moment = |power: i32| values.iter().map(|x| x.powi(power)).sum::<f64>() / n;
    let variance = f64::from(COINS) + 1.0 / 3.0;
    assert!(moment(1).abs() < 5.0 * (variance / n).sqrt(), "mean {}", moment(1));
    assert!((moment(2) / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "variance {}", moment(2));
    assert!((moment(4) / variance.powi(2) - 3.0).abs() < 0.1, "kurtosis {}", moment(4) / variance.powi(2));
}

fn vector() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-10f32..10.0, 1..150)
}

proptest! {
    #[test]
    fn wide_and_portable_signatures_are_equal(vector in vector(), bits in 1usize..300, seed in any::<u64>()) {
        let planes = Hyperplanes::new(vector.len(), bits, seed);
        if let Ok(embedding) = Embedding::check(Some(&vector), planes.dimension()) {
            let mut portable = vec![0; planes.signature_bytes()];
            planes.sign_portably(&[embedding], &mut portable);
            prop_assert_eq!(signature(&planes, &vector), portable);
        }
    }

    #[test]
    fn a_batch_gives_what_one_after_the_other_gives(
        vectors in prop::collection::vec(prop::collection::vec(0.5f32..10.0, 7), 0..20), bits in 1usize..200,
    ) {
        let planes = Hyperplanes::new(7, bits, 4);
        let embeddings: Vec<_> = vectors.iter().map(|vector| Embedding::check(Some(vector), 7).unwrap()).collect();
        let mut batch = vec![0; vectors.len() * planes.signature_bytes()];
        planes.sign(&embeddings, &mut batch);
        let single: Vec<u8> = vectors.iter().flat_map(|vector| signature(&planes, vector)).collect();
        prop_assert_eq!(batch, single);
    }

    /// To the bit for powers of two, which are exact; but for a bit or two on the edge for any other scale.
    #[test]
    fn the_length_of_a_vector_does_not_matter(vector in vector(), power in -20i32..20, scale in 1e-3f32..1e3) {
        let planes = Hyperplanes::new(vector.len(), 256, 9);
        prop_assume!(Embedding::check(Some(&vector), vector.len()).is_ok());
        let scaled = |by: f32| vector.iter().map(|x| x * by).collect::<Vec<f32>>();
        let own = signature(&planes, &vector);
        prop_assert_eq!(&signature(&planes, &scaled(2f32.powi(power))), &own);
        prop_assert!(agreeing(&signature(&planes, &scaled(scale)), &own) >= 254);
    }
}

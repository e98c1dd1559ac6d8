use super::*;
use proptest::prelude::*;

const HASHES: usize = 112;

/// Two sets with `shared` common members and `each` of their own, never seen before.
fn planted(state: &mut u64, shared: usize, each: usize) -> (Vec<u32>, Vec<u32>) {
    let mut fresh = |count: usize| -> Vec<u32> {
        (0..count)
            .map(|_| {
                *state += 1;
                (mix(*state) >> 32) as u32
            })
            .collect()
    };
    let common = fresh(shared);
    let left = [common.clone(), fresh(each)].concat();
    let right = [common, fresh(each)].concat();
    (left, right)
}

fn signature(family: &MinHash, set: &[u32]) -> Vec<u32> {
    let mut signature = vec![0; family.hashes()];
    family.sign(set, &mut signature);
    signature
}

/// Mean and variance of the agreement over `trials` planted pairs, and the share of bands of eight that agree.
fn measure(family: &MinHash, shared: usize, each: usize, trials: usize) -> (f64, f64, f64) {
    let mut state = 7 << 32;
    let (mut sum, mut squares, mut bands) = (0.0, 0.0, 0.0);
    for _ in 0..trials {
        let (left, right) = planted(&mut state, shared, each);
        let (left, right) = (signature(family, &left), signature(family, &right));
        let share = left.iter().zip(&right).filter(|(a, b)| a == b).count() as f64 / HASHES as f64;
        sum += share;
        squares += share * share;
        let equal = left.chunks(8).zip(right.chunks(8)).filter(|(a, b)| a == b).count();
        bands += equal as f64 / (HASHES / 8) as f64;
    }
    let n = trials as f64;
    (sum / n, squares / n - (sum / n).powi(2), bands / n)
}

/// Planted similarities from .5 to 1 in sets of a tweet's size and of a page's: the estimate is unbiased, varies no more
/// than that of independent hashes, and bands of eight agree as often as s⁸ says, or in small sets hardly less.
/// Bounds are five standard errors.
#[test]
fn planted_similarity_is_estimated_within_sampling_error() {
    let family = MinHash::new(HASHES, 1);
    for (shared, each) in [(4, 2), (8, 1), (40, 10), (100, 50), (150, 25), (180, 10), (197, 1), (100, 0), (1000, 500)] {
        let trials = if shared > 500 { 500 } else { 1500 };
        let similarity = shared as f64 / (shared + 2 * each) as f64;
        let (mean, variance, bands) = measure(&family, shared, each, trials);
        let expected = similarity * (1.0 - similarity) / HASHES as f64;
        let n = trials as f64;
        assert!((mean - similarity).abs() <= 5.0 * (expected / n).sqrt() + 1e-9, "s {similarity}: mean {mean}");
        let spread = 5.0 * expected * (2.0 / n).sqrt();
        assert!(variance <= expected + spread + 1e-9, "s {similarity}: variance {variance}, not {expected}");
        let band = similarity.powi(8);
        let error = 5.0 * (band * (1.0 - band) / (n * (HASHES / 8) as f64)).sqrt() + 1e-9;
        assert!(bands <= band + error, "s {similarity}: bands {bands}, above {band}");
        assert!(bands >= without_replacement(shared, each) - error, "s {similarity}: bands {bands}, below {band}");
    }
}

/// Chance that eight different members of the union are all shared ones: what bands would agree in if no two hashes of a
/// signature ever held the same shingle.
fn without_replacement(shared: usize, each: usize) -> f64 {
    (0..8).map(|drawn| shared.saturating_sub(drawn) as f64 / (shared + 2 * each - drawn) as f64).product()
}

#[test]
fn unrelated_sets_do_not_agree() {
    let family = MinHash::new(HASHES, 1);
    let (mean, _, _) = measure(&family, 0, 3000, 50);
    assert!(mean < 1e-3, "{mean}");
}

#[test]
fn agreement_counts_equal_hashes() {
    let bytes = |hashes: &[u32]| hashes.iter().flat_map(|h| h.to_le_bytes()).collect::<Vec<u8>>();
    assert_eq!(agreement(&bytes(&[1, 2, 3, 4]), &bytes(&[1, 0, 3, 0x0104])), 2);
}

/// A signature is stored: another build or machine must give the same.
#[test]
fn the_family_is_stable() {
    let signature = signature(&MinHash::new(5, 1), &[1, 2, 3]);
    insta::assert_snapshot!(format!("{signature:?}"), @"[3871426476, 797101574, 2262223443, 19783114, 945313256]");
}

proptest! {
    /// Wide vectors, narrow vectors and one order at a time are the same function of the set, whichever way buckets fill.
    #[test]
    fn vectors_and_scalars_agree(
        length in prop_oneof![1usize..60, 60usize..900],
        hashes in prop_oneof![2usize..10, 10usize..130],
        seed in any::<u64>(),
    ) {
        let family = MinHash::new(hashes, seed);
        let set: Vec<u32> = (0..length as u64).map(|x| (mix(x ^ seed) >> 32) as u32).collect();
        let wide = signature(&family, &set);
        let mut narrow = vec![0; hashes];
        family.sign_portably(&set, &mut narrow);
        prop_assert_eq!(&wide, &narrow);
        for (k, &least) in wide.iter().enumerate() {
            let (flip, factor) = (family.flips[k / LANES][k % LANES], family.factors[k / LANES][k % LANES]);
            let order = |x: u32| {
                let mut throws = family.throws.iter().map(|throw| family.bucket(throw, x)).zip(0..);
                match throws.find(|&((bucket, _), _)| bucket == k) {
                    Some(((_, place), throw)) => throw << 30 | place,
                    None => 3 << 30 | Permutation { flip, factor }.image(x) >> 2,
                }
            };
            prop_assert_eq!(Some(least), set.iter().map(|&x| order(x)).min());
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter(mut set in prop::collection::vec(any::<u32>(), 1..60)) {
        let family = MinHash::new(HASHES, 3);
        let once = signature(&family, &set);
        set.reverse();
        set.extend_from_within(..set.len() / 2);
        prop_assert_eq!(once, signature(&family, &set));
    }
}

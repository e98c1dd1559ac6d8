//! Numbers that are a pure function of a seed and a position: no state to save, any order of evaluation.

use std::f64::consts::TAU;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The stream of random numbers that `name` owns under `seed`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream(u64);

impl Stream {
    pub(crate) fn new(name: &str, seed: u64) -> Self {
        Self(xxh3_64_with_seed(name.as_bytes(), seed))
    }

    /// The number at `index`: SplitMix64 (Steele, Lea and Flood, 2014), whose n-th output needs none before it.
    pub(crate) fn bits(self, index: u64) -> u64 {
        let mut z = self.0.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in (0, 1): never 0, so that its logarithm is finite.
    pub(crate) fn uniform(self, index: u64) -> f64 {
        ((self.bits(index) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller's cosine branch.
    pub(crate) fn normal(self, index: u64) -> f64 {
        let (radius, angle) = (self.uniform(2 * index), self.uniform(2 * index + 1));
        (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let stream = Stream::new("model.norm.weight", 7);
        let n = 100_000;
        let values: Vec<f64> = (0..n).map(|i| stream.normal(i)).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
        // Four standard errors of each estimate.
        assert!(mean.abs() < 4.0 / (n as f64).sqrt(), "{mean}");
        assert!((variance - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt(), "{variance}");
    }

    #[test]
    fn streams_of_different_names_and_seeds_differ() {
        let first = |name, seed| Stream::new(name, seed).bits(0);
        assert_ne!(first("a", 0), first("b", 0));
        assert_ne!(first("a", 0), first("a", 1));
    }
}

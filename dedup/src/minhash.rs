use crate::shingle::mix;

/// Permutations that are computed side by side: one AVX-512 register, two of AVX2, four of SSE2 or NEON.
const LANES: usize = 16;

/// A family of permutations of 32-bit hashes, and the signatures they give (Broder, 1997).
///
/// Permutation k takes x to `(x ^ bₖ) * aₖ` modulo 2³² with odd aₖ. That would be too simple for raw data, but shingles are
/// well-mixed hashes: planted similarities in sets of 8 to 75,000 shingles come out without bias and with the variance of
/// independent hashes, and another round of mixing, at half as much again, was measured to change neither.
#[derive(Debug, Clone)]
pub struct MinHash {
    hashes: usize,
    flips: Vec<[u32; LANES]>,
    factors: Vec<[u32; LANES]>,
    arch: pulp::Arch,
}

impl MinHash {
    /// A family of `hashes` permutations. The same seed gives the same family on every machine.
    pub fn new(hashes: usize, seed: u64) -> Self {
        let mut state = mix(seed);
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            (mix(state) >> 32) as u32
        };
        // Lanes behind the last hash are computed and dropped: every block has the same shape.
        let blocks = hashes.div_ceil(LANES);
        let flips = (0..blocks).map(|_| std::array::from_fn(|_| next())).collect();
        let factors = (0..blocks).map(|_| std::array::from_fn(|_| next() | 1)).collect();
        Self { hashes, flips, factors, arch: pulp::Arch::new() }
    }

    /// Hashes of a signature.
    pub fn hashes(&self) -> usize {
        self.hashes
    }

    /// Writes the signature of a set of shingles: for each permutation the least image. `signature` is [`MinHash::hashes`] long.
    ///
    /// Runs with the widest vectors of the machine; [`MinHash::sign_portably`] gives the same.
    pub fn sign(&self, shingles: &[u32], signature: &mut [u32]) {
        self.arch.dispatch(Signing { family: self, shingles, signature });
    }

    /// [`MinHash::sign`] with the vectors that the build may assume of any machine.
    #[inline(always)]
    pub fn sign_portably(&self, shingles: &[u32], signature: &mut [u32]) {
        let blocks = self.flips.iter().zip(&self.factors);
        for (signature, (flips, factors)) in signature.chunks_mut(LANES).zip(blocks) {
            let mut least = [u32::MAX; LANES];
            for &shingle in shingles {
                for lane in 0..LANES {
                    least[lane] = least[lane].min(permute(shingle, flips[lane], factors[lane]));
                }
            }
            signature.copy_from_slice(&least[..signature.len()]);
        }
    }
}

/// A call of [`MinHash::sign_portably`] that is inlined into, and so compiled for, each kind of vector. A closure would not be.
struct Signing<'a> {
    family: &'a MinHash,
    shingles: &'a [u32],
    signature: &'a mut [u32],
}

impl pulp::WithSimd for Signing<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.family.sign_portably(self.shingles, self.signature);
    }
}

#[inline(always)]
fn permute(shingle: u32, flip: u32, factor: u32) -> u32 {
    (shingle ^ flip).wrapping_mul(factor)
}

/// Bytes of one hash in a stored signature, little-endian.
pub(crate) const HASH_BYTES: usize = size_of::<u32>();

/// In how many hashes two stored signatures agree. Over the number of hashes it estimates the Jaccard similarity
/// of the shingle sets without bias, with variance s(1 − s)/k.
pub fn agreement(left: &[u8], right: &[u8]) -> u32 {
    let pairs = left.chunks_exact(HASH_BYTES).zip(right.chunks_exact(HASH_BYTES));
    pairs.map(|(a, b)| u32::from(a == b)).sum()
}

#[cfg(test)]
mod tests;

use crate::shingle::mix;

/// Permutations that are computed side by side: one AVX-512 register, two of AVX2, four of SSE2 or NEON.
const LANES: usize = 16;

/// How often shingles are thrown at buckets. Three throws instead of one take a tenth to a fifth off the variance of texts
/// with fewer shingles than hashes.
const THROWS: u32 = 3;

/// The upper bits of a hash say in which throw it was found, or that none found it.
const THROW_SHIFT: u32 = 30;

/// Marks an image by permutation. Every throw comes before all of them.
const PERMUTED: u32 = THROWS << THROW_SHIFT;

/// A family of orders of 32-bit hashes, and the signatures they give: the least shingle in each order (Broder, 1997).
///
/// A throw sends every shingle to one bucket of the signature. The order of hash k has the shingles first that the first
/// throw sends to bucket k, by their place in it, then those of the second and third throw, and all others behind them, by
/// permutation k, which takes x to `(x ^ bₖ) * aₖ` modulo 2³² with odd aₖ. So a long text costs one throw per shingle, and
/// only buckets that stay empty, those of short texts, cost a permutation (fast similarity sketching: Dahlgaard, Knudsen
/// and Thorup, 2017, with permutations for its second half).
///
/// Every order is as likely as any other, so the share of agreeing hashes estimates the similarity without bias, down to
/// sets of a single shingle. Buckets of a throw never hold the same shingle, so that its variance is at most that of
/// independent permutations: about half of it where there are about as many shingles as hashes.
#[derive(Debug, Clone)]
pub struct MinHash {
    hashes: usize,
    throws: [Permutation; THROWS as usize],
    flips: Vec<[u32; LANES]>,
    factors: Vec<[u32; LANES]>,
    arch: pulp::Arch,
}

impl MinHash {
    /// A family of `hashes` orders. The same seed gives the same family on every machine.
    pub fn new(hashes: usize, seed: u64) -> Self {
        let mut state = mix(seed);
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            (mix(state) >> 32) as u32
        };
        let throws = std::array::from_fn(|_| Permutation { flip: next(), factor: next() | 1 });
        // Lanes behind the last hash are computed and dropped: every block has the same shape.
        let blocks = hashes.div_ceil(LANES);
        let flips = (0..blocks).map(|_| std::array::from_fn(|_| next())).collect();
        let factors = (0..blocks).map(|_| std::array::from_fn(|_| next() | 1)).collect();
        Self { hashes, throws, flips, factors, arch: pulp::Arch::new() }
    }

    /// Hashes of a signature.
    pub fn hashes(&self) -> usize {
        self.hashes
    }

    /// Writes the signature of a set of shingles: for each order the least image. `signature` is [`MinHash::hashes`] long.
    ///
    /// Runs with the widest vectors of the machine; [`MinHash::sign_portably`] gives the same.
    pub fn sign(&self, shingles: &[u32], signature: &mut [u32]) {
        self.arch.dispatch(Signing { family: self, shingles, signature });
    }

    /// [`MinHash::sign`] with the vectors that the build may assume of any machine.
    #[inline(always)]
    pub fn sign_portably(&self, shingles: &[u32], signature: &mut [u32]) {
        signature.fill(u32::MAX);
        if shingles.len() * self.throws.len() < signature.len() {
            // Too short to fill all buckets. One pass, where three would be left by surprise each.
            self.permute_blocks(shingles, signature);
            for &shingle in shingles {
                for (throw, found) in self.throws.iter().zip(0..) {
                    self.lower(throw, found << THROW_SHIFT, shingle, signature);
                }
            }
            return;
        }
        for (throw, found) in self.throws.iter().zip(0..) {
            self.throw(throw, found << THROW_SHIFT, shingles, signature);
            if signature.iter().fold(0, |most, &least| least.max(most)) >> THROW_SHIFT == found {
                return;
            }
        }
        // A block of lanes costs as much as two or three single hashes.
        let empty = signature.iter().filter(|&&least| least >= PERMUTED).count();
        if empty > signature.len() / 3 {
            self.permute_blocks(shingles, signature);
        } else {
            self.permute_empty(shingles, signature);
        }
    }

    #[inline(always)]
    fn throw(&self, throw: &Permutation, found: u32, shingles: &[u32], signature: &mut [u32]) {
        // While minima still fall often, a branch would be mispredicted; later on, a store would be wasted.
        let (falling, settled) = shingles.split_at(shingles.len().min(16 * signature.len()));
        for &shingle in falling {
            self.lower(throw, found, shingle, signature);
        }
        for &shingle in settled {
            let (bucket, place) = self.bucket(throw, shingle);
            if let Some(least) = signature.get_mut(bucket)
                && found | place < *least
            {
                *least = found | place;
            }
        }
    }

    #[inline(always)]
    fn lower(&self, throw: &Permutation, found: u32, shingle: u32, signature: &mut [u32]) {
        let (bucket, place) = self.bucket(throw, shingle);
        if let Some(least) = signature.get_mut(bucket) {
            *least = (found | place).min(*least);
        }
    }

    /// Which bucket a shingle falls into and where in it (Lemire, 2019). The place lacks two bits, and still tells all shingles
    /// of a bucket apart if there are four buckets or more.
    #[inline(always)]
    fn bucket(&self, throw: &Permutation, shingle: u32) -> (usize, u32) {
        let scaled = u64::from(throw.image(shingle)) * self.hashes as u64;
        ((scaled >> 32) as usize, scaled as u32 >> (u32::BITS - THROW_SHIFT))
    }

    /// Fills empty buckets, computing all of them: many shingles' worth of lanes would stay empty in a short text.
    #[inline(always)]
    fn permute_blocks(&self, shingles: &[u32], signature: &mut [u32]) {
        let blocks = self.flips.iter().zip(&self.factors);
        for (signature, (flips, factors)) in signature.chunks_mut(LANES).zip(blocks) {
            let mut least = [u32::MAX; LANES];
            for &shingle in shingles {
                for lane in 0..LANES {
                    let permutation = Permutation { flip: flips[lane], factor: factors[lane] };
                    least[lane] = least[lane].min(permutation.image(shingle));
                }
            }
            for (hash, least) in signature.iter_mut().zip(least) {
                *hash = (*hash).min(PERMUTED | least >> (u32::BITS - THROW_SHIFT));
            }
        }
    }

    /// Fills empty buckets one by one, with shingles in the lanes.
    #[inline(always)]
    fn permute_empty(&self, shingles: &[u32], signature: &mut [u32]) {
        let permutations = self.flips.as_flattened().iter().zip(self.factors.as_flattened());
        for (hash, (&flip, &factor)) in signature.iter_mut().zip(permutations) {
            if *hash < PERMUTED {
                continue;
            }
            let permutation = Permutation { flip, factor };
            let least = shingles.iter().fold(u32::MAX, |least, &shingle| least.min(permutation.image(shingle)));
            *hash = PERMUTED | least >> (u32::BITS - THROW_SHIFT);
        }
    }
}

/// A permutation of 32-bit hashes. It would be too simple for raw data, but shingles are well-mixed hashes: another round
/// of mixing was measured to change neither bias nor variance.
#[derive(Debug, Clone, Copy)]
struct Permutation {
    flip: u32,
    /// Odd.
    factor: u32,
}

impl Permutation {
    #[inline(always)]
    fn image(self, shingle: u32) -> u32 {
        (shingle ^ self.flip).wrapping_mul(self.factor)
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

/// Bytes of one hash in a stored signature, little-endian.
pub(crate) const HASH_BYTES: usize = size_of::<u32>();

/// In how many hashes two stored signatures agree. Over the number of hashes k it estimates the Jaccard similarity s
/// of the shingle sets without bias, with variance of at most s(1 − s)/k.
pub fn agreement(left: &[u8], right: &[u8]) -> u32 {
    let pairs = left.chunks_exact(HASH_BYTES).zip(right.chunks_exact(HASH_BYTES));
    pairs.map(|(a, b)| u32::from(a == b)).sum()
}

#[cfg(test)]
mod tests;

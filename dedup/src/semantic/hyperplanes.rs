use super::Embedding;
use crate::shingle::mix;

/// Hyperplanes that are computed side by side: four registers of AVX-512, eight of AVX2, enough chains of additions to hide
/// their latency.
const LANES: usize = 64;

/// Bits of a random word whose number gives the binomial part of a coordinate. Odd, so that the part is never zero.
const COINS: u32 = 47;

/// Random hyperplanes through the origin, and the side of each that a vector lies on (Charikar, 2002).
///
/// A coordinate is 47 fair coins of ±1 and a uniform part that smooths them: a normal variable for the purpose, since what
/// matters is a sum over hundreds of coordinates, and made of integers alone. Logarithms and cosines, which the usual
/// methods draw normal variables with, differ between machines in the last bit, and signatures are stored.
#[derive(Debug, Clone)]
pub struct Hyperplanes {
    dimension: usize,
    bytes: usize,
    /// For each block of hyperplanes, for each dimension, their coordinates.
    coordinates: Vec<[f32; LANES]>,
    arch: pulp::Arch,
}

impl Hyperplanes {
    /// `bits` hyperplanes, rounded up to whole bytes, in a space of `dimension`; at least one of both. The same seed gives the
    /// same family on every machine; more bits prolong a signature and leave its beginning as it is.
    pub fn new(dimension: usize, bits: usize, seed: u64) -> Self {
        let (dimension, bits) = (dimension.max(1), bits.max(1));
        let bytes = bits.div_ceil(8);
        let mut state = mix(seed);
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            coordinate(mix(state))
        };
        // Lanes behind the last bit are computed and dropped: every block has the same shape.
        let blocks = bits.div_ceil(LANES);
        let coordinates = (0..blocks * dimension).map(|_| std::array::from_fn(|_| next())).collect();
        Self { dimension, bytes, coordinates, arch: pulp::Arch::new() }
    }

    /// Bytes that a family takes.
    pub fn memory(dimension: usize, bits: usize) -> u64 {
        (bits.div_ceil(LANES) * dimension * size_of::<[f32; LANES]>()) as u64
    }

    /// Numbers that a vector must have.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Bytes of a signature.
    pub fn signature_bytes(&self) -> usize {
        self.bytes
    }

    /// Writes the signatures of vectors one after the other, each [`Hyperplanes::signature_bytes`] long: a bit for each
    /// hyperplane, least significant first. The vectors have [`Hyperplanes::dimension`] numbers.
    ///
    /// The hyperplanes outgrow a core's cache where a vector does not: a batch of eight vectors or more takes a tenth less time
    /// than its vectors one by one, and half where neighbours use the cache too. Runs with the widest vectors of the
    /// machine; [`Hyperplanes::sign_portably`] gives the same.
    pub fn sign(&self, embeddings: &[Embedding<'_>], signatures: &mut [u8]) {
        self.arch.dispatch(Signing { planes: self, embeddings, signatures });
    }

    /// [`Hyperplanes::sign`] with the vectors that the build may assume of any machine.
    pub fn sign_portably(&self, embeddings: &[Embedding<'_>], signatures: &mut [u8]) {
        self.sides(embeddings, signatures);
    }

    #[inline(always)]
    fn sides(&self, embeddings: &[Embedding<'_>], signatures: &mut [u8]) {
        const BYTES: usize = LANES / 8;
        for (block, coordinates) in self.coordinates.chunks_exact(self.dimension).enumerate() {
            let bytes = block * BYTES..self.bytes.min((block + 1) * BYTES);
            for (embedding, signature) in embeddings.iter().zip(signatures.chunks_exact_mut(self.bytes)) {
                let sums = sums(embedding.values(), coordinates);
                for (byte, sums) in signature[bytes.clone()].iter_mut().zip(sums.as_chunks::<8>().0) {
                    *byte = sums.iter().rev().fold(0, |byte, &sum| byte << 1 | u8::from(sum > 0.0));
                }
            }
        }
    }
}

/// Each lane sums over the dimensions in order, and multiplication and addition stay apart: fused, they would be half the
/// work on machines that can and would round otherwise.
#[inline(always)]
fn sums(vector: &[f32], coordinates: &[[f32; LANES]]) -> [f32; LANES] {
    let mut sums = [0f32; LANES];
    for (&value, coordinates) in vector.iter().zip(coordinates) {
        for lane in 0..LANES {
            sums[lane] += value * coordinates[lane];
        }
    }
    sums
}

/// One coordinate from 64 random bits. Every value is exact in 32-bit floating point.
fn coordinate(word: u64) -> f32 {
    let heads = (word >> (u64::BITS - COINS)).count_ones();
    let smoothing = (word & 0xffff) as f32 / f32::from(1u16 << 15) - 1.0;
    (2 * heads) as f32 - COINS as f32 + smoothing
}

/// A call of [`Hyperplanes::sides`] that is inlined into, and so compiled for, each kind of vector. A closure would not be.
struct Signing<'a> {
    planes: &'a Hyperplanes,
    embeddings: &'a [Embedding<'a>],
    signatures: &'a mut [u8],
}

impl pulp::WithSimd for Signing<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.planes.sides(self.embeddings, self.signatures);
    }
}

#[cfg(test)]
mod tests;

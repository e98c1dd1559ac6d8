use crate::minhash::HASH_BYTES;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// One hash for each band of `rows` hashes of a stored signature. Two documents are candidates if any of theirs are equal.
///
/// The band's ordinal seeds the hash, so that hashes of different bands do not meet and need no second column to tell
/// them apart. A false candidate needs a collision of 64 bits: a handful among ten billion band hashes, and their
/// similarity, which is measured afterwards, gives them away.
pub fn band_hashes(signature: &[u8], rows: usize) -> impl Iterator<Item = u64> {
    let bands = signature.chunks_exact(rows * HASH_BYTES).enumerate();
    bands.map(|(band, bytes)| xxh3_64_with_seed(bytes, band as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_matches_only_itself() {
        let mut signature = vec![0u8; 14 * 8 * HASH_BYTES];
        let alike: Vec<u64> = band_hashes(&signature, 8).collect();
        assert_eq!(alike.len(), 14);
        assert!((1..14).all(|band| !alike[..band].contains(&alike[band])), "equal rows in two bands must not meet");
        signature[3 * 8 * HASH_BYTES + 5] = 1;
        let changed: Vec<u64> = band_hashes(&signature, 8).collect();
        let differing: Vec<usize> = (0..14).filter(|&band| alike[band] != changed[band]).collect();
        assert_eq!(differing, [3]);
    }
}

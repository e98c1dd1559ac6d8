//! Any bytes as a model file: an error, or a model that reads any text without panicking and within bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::models::{FastText, Perplexity, Scratch};

const TEXT: &str = "봄비가 그치자 마당에 풀이 돋았다. 2층 window에서 大門까지 ㅋㅋㅋ 😀";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(model) = FastText::read(bytes, "fuzz") {
        let mut scratch = Scratch::default();
        if let Some(seen) = model.look([TEXT], &mut scratch) {
            assert!((0.0..=1.0).contains(&seen.best().probability));
            assert!(
                (0..model.labels().len())
                    .all(|label| seen.probability(label).is_some_and(|p| (0.0..=1.0).contains(&p)))
            );
        }
        let mut written = Vec::new();
        if model.write(&mut written).is_ok() {
            assert!(FastText::read(&written[..], "again").is_ok());
        }
    }
    // The fuzzer does not find checksums: the last eight bytes are mended.
    let mut forged = bytes.to_vec();
    if let Some(end) = forged.len().checked_sub(8) {
        let digest = xxhash_rust::xxh3::xxh3_64(&forged[..end]);
        forged[end..].copy_from_slice(&digest.to_le_bytes());
        if let Ok(model) = Perplexity::read(&forged[..], "fuzz") {
            assert!(model.perplexity(TEXT).is_some_and(|perplexity| perplexity.is_finite() && perplexity > 0.0));
        }
    }
});

//! The signature function: from text to the bytes that are stored, in MB of text per second on one core.
#![expect(missing_docs, reason = "criterion's macros generate undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use malmoi_dedup::{DedupConfig, Eojeol, MinHash, Shingles, text_hash};
use std::hint::black_box;

/// Eojeol of two to five syllables in no meaningful order: the kernels look at bytes, not at sense.
fn text(eojeol: usize) -> String {
    let mut state = 1u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % below
    };
    let mut text = String::new();
    for _ in 0..eojeol {
        let syllables = 2 + next(4);
        text.extend((0..syllables).filter_map(|_| char::from_u32(0xac00 + next(11_172) as u32)));
        text.push(' ');
    }
    text
}

fn signature(criterion: &mut Criterion) {
    let config = DedupConfig::default();
    let family = MinHash::new(config.hashes(), config.seed);
    let mut shingles = Shingles::new(config.shingle.get(), config.seed);
    let mut eojeol = Eojeol::default();
    let mut signature = vec![0; family.hashes()];
    for (name, length) in [("review of 12 eojeol", 12), ("article of 500 eojeol", 500), ("law of 50000 eojeol", 50_000)]
    {
        let text = text(length);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("cut into eojeol", |b| b.iter(|| eojeol.cut(black_box(&text))));
        group.bench_function("text hash", |b| b.iter(|| text_hash(black_box(&eojeol))));
        group.bench_function("shingles", |b| b.iter(|| shingles.of(black_box(&eojeol)).len()));
        let hashes = shingles.of(&eojeol).to_vec();
        group.bench_function("minhash", |b| b.iter(|| family.sign(black_box(&hashes), &mut signature)));
        group.bench_function("minhash, portable", |b| {
            b.iter(|| family.sign_portably(black_box(&hashes), &mut signature));
        });
        group.bench_function("all", |b| {
            b.iter(|| {
                eojeol.cut(black_box(&text));
                let hash = text_hash(&eojeol);
                family.sign(shingles.of(&eojeol), &mut signature);
                (hash, signature[0])
            });
        });
        group.finish();
    }
}

criterion_group!(benches, signature);
criterion_main!(benches);

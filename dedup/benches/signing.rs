//! Signing, from text to signature, in MB of UTF-8 text per second of one core, step by step and as a whole; and MinHash
//! alone beside rensa, speed and statistical quality, on the same shingles.
//!
//! `MALMOI_DATA` names the data; `MALMOI_PEERS_PYTHON` a Python that has rensa. Without the data nothing is measured,
//! without the peer no ratio is printed.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark reports on standard output and may stop")]

use malmoi_dedup::{Eojeol, MinHash, ShingleSet, ShingleUnit, Shingles, jaccard, jaccard_at_least, text_hash};
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Text taken from the beginning of each file.
const BYTES_OF_EACH: usize = 8 << 20;

/// Text that is measured together. Runs this short escape interruption often enough for the least to mean something on a
/// busy machine.
const GROUP_BYTES: usize = 1 << 19;

const RUNS: usize = 15;

const HASHES: usize = 112;

const FILES: [&str; 7] = [
    "court_precedents",
    "statutes_current",
    "kowiki",
    "msdocs_sql_2020",
    "naver_movie_reviews",
    "news_comments",
    "novels_wikisource",
];

/// Members that two planted sets share, and members that each has alone.
const PLANTED: [(usize, usize); 6] = [(8, 1), (40, 10), (100, 50), (180, 10), (1000, 500), (4000, 1000)];

fn main() {
    quality();
    let data = std::env::var_os("MALMOI_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    if !data.join("text").is_dir() {
        println!("skipped: no data in `{}`; set MALMOI_DATA", data.display());
        return;
    }
    for name in FILES {
        measure(name, &groups(&data.join("text").join(format!("{name}.jsonl.zst"))));
    }
}

/// Texts of a file, in groups.
fn groups(path: &Path) -> Vec<Vec<String>> {
    let lines = BufReader::new(zstd::Decoder::new(File::open(path).unwrap()).unwrap()).lines();
    let (mut groups, mut bytes) = (vec![Vec::new()], 0);
    for line in lines {
        let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = record["text"].as_str().unwrap().to_owned();
        if bytes / GROUP_BYTES != (bytes + text.len()) / GROUP_BYTES {
            groups.push(Vec::new());
        }
        bytes += text.len();
        groups.last_mut().unwrap().push(text);
        if bytes > BYTES_OF_EACH {
            break;
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Seconds for all items, each the least of several runs.
fn seconds<T>(items: &[T], mut work: impl FnMut(&T)) -> f64 {
    let once = |item: &T, work: &mut dyn FnMut(&T)| {
        let started = Instant::now();
        work(black_box(item));
        started.elapsed().as_secs_f64()
    };
    items.iter().map(|item| (0..RUNS).map(|_| once(item, &mut work)).fold(f64::MAX, f64::min)).sum()
}

fn measure(name: &str, groups: &[Vec<String>]) {
    let megabytes = groups.iter().flatten().map(String::len).sum::<usize>() as f64 / 1e6;
    let cut_up = |text: &String| {
        let mut eojeol = Eojeol::default();
        eojeol.cut(text);
        eojeol
    };
    let cut: Vec<Vec<Eojeol>> = groups.iter().map(|group| group.iter().map(cut_up).collect()).collect();
    let mut eojeol = Eojeol::default();
    let cutting = seconds(groups, |group| group.iter().for_each(|text| eojeol.cut(text)));
    let hashing = seconds(&cut, |group| group.iter().for_each(|text| _ = black_box(text_hash(text))));
    println!("{name}: {megabytes:.1} MB; cut {:.0}, text hash {:.0} MB/s", megabytes / cutting, megabytes / hashing);
    for unit in [r#"{"eojeol":5}"#, r#"{"characters":12}"#, r#"{"letters":12}"#] {
        let unit: ShingleUnit = serde_json::from_str(unit).unwrap();
        let mut shingles = Shingles::new(unit, 1);
        let of = |text: &Eojeol| Shingles::new(unit, 1).of(text).to_vec();
        let sets: Vec<Vec<Vec<u32>>> = cut.iter().map(|group| group.iter().map(of).collect()).collect();
        let family = MinHash::new(HASHES, 1);
        let mut signature = vec![0; HASHES];
        let shingling = seconds(&cut, |group| group.iter().for_each(|text| _ = black_box(shingles.of(text))));
        let signing = seconds(&sets, |group| group.iter().for_each(|set| family.sign(set, black_box(&mut signature))));
        let all = seconds(groups, |group| {
            for text in group {
                eojeol.cut(text);
                black_box(text_hash(&eojeol));
                family.sign(shingles.of(&eojeol), black_box(&mut signature));
            }
        });
        let count = sets.iter().flatten().map(Vec::len).sum::<usize>() as f64;
        println!(
            "  {unit:?}: shingles {:.0}, minhash {:.0} MB/s ({:.2} ns a shingle), all {:.0} MB/s",
            megabytes / shingling,
            megabytes / signing,
            signing * 1e9 / count,
            megabytes / all
        );
        match peer(&sets).first() {
            Some(&[peer, ..]) => {
                println!("    rensa {:.2} ns a shingle; ratio {:.1}", peer * 1e9 / count, peer / signing)
            }
            _ => println!("    skipped the peer: set MALMOI_PEERS_PYTHON to a Python that has rensa"),
        }
        if let ShingleUnit::Eojeol(_) = unit {
            compare(&sets, megabytes);
        }
    }
}

/// Sets and the similarity of each document with the next.
fn compare(sets: &[Vec<Vec<u32>>], megabytes: f64) {
    let mut set = ShingleSet::default();
    let building = seconds(sets, |group| group.iter().for_each(|shingles| set.take(shingles)));
    let built: Vec<Vec<Vec<u32>>> = sets
        .iter()
        .map(|group| {
            group
                .iter()
                .map(|shingles| {
                    set.take(shingles);
                    set.hashes().to_vec()
                })
                .collect()
        })
        .collect();
    let exact = seconds(&built, |group| group.windows(2).for_each(|two| _ = black_box(jaccard(&two[0], &two[1]))));
    let bounded = seconds(&built, |group| {
        group.windows(2).for_each(|two| _ = black_box(jaccard_at_least(&two[0], &two[1], 0.8)))
    });
    println!(
        "    set {:.0}, jaccard {:.0}, jaccard of 0.8 or more {:.0} MB/s",
        megabytes / building,
        2.0 * megabytes / exact,
        2.0 * megabytes / bounded
    );
}

/// Bias, variance and bands on planted pairs, of ours and the peer's signatures.
fn quality() {
    let family = MinHash::new(HASHES, 1);
    let mut state = 0u64;
    let mut fresh = |count: usize| -> Vec<u32> {
        (0..count)
            .map(|_| {
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                ((mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32) as u32
            })
            .collect()
    };
    let planted = PLANTED.map(|(shared, each)| {
        (0..2000)
            .flat_map(|_| {
                let common = fresh(shared);
                [[common.clone(), fresh(each)].concat(), [common, fresh(each)].concat()]
            })
            .collect::<Vec<_>>()
    });
    let of_peer = peer(&planted);
    for (at, ((shared, each), sets)) in PLANTED.into_iter().zip(&planted).enumerate() {
        let similarity = shared as f64 / (shared + 2 * each) as f64;
        let shares: Vec<(f64, f64)> = sets.chunks(2).map(|pair| agreement(&family, pair)).collect();
        let n = shares.len() as f64;
        let mean = shares.iter().map(|share| share.0).sum::<f64>() / n;
        let variance = shares.iter().map(|share| (share.0 - mean).powi(2)).sum::<f64>() / n;
        let bands = shares.iter().map(|share| share.1).sum::<f64>() / n;
        let independent = similarity * (1.0 - similarity) / HASHES as f64;
        println!("similarity {similarity:.3} of {} shingles; bands of 8: {:.4}", shared + each, similarity.powi(8));
        let print = |who: &str, [mean, variance, bands]: [f64; 3]| {
            println!(
                "  {who}: bias {:+.5} (standard error {:.5}), variance {:.3} of independent hashes, bands {bands:.4}",
                mean - similarity,
                (variance / n).sqrt(),
                variance / independent
            );
        };
        print("ours ", [mean, variance, bands]);
        if let Some(&measures) = of_peer.get(at + 1) {
            print("rensa", measures);
        }
    }
}

/// Share of equal hashes, and of equal bands of eight.
fn agreement(family: &MinHash, pair: &[Vec<u32>]) -> (f64, f64) {
    let (mut left, mut right) = ([0; HASHES], [0; HASHES]);
    family.sign(&pair[0], &mut left);
    family.sign(&pair[1], &mut right);
    let equal = left.iter().zip(&right).filter(|(a, b)| a == b).count();
    let bands = left.chunks(8).zip(right.chunks(8)).filter(|(a, b)| a == b).count();
    (equal as f64 / HASHES as f64, bands as f64 / (HASHES / 8) as f64)
}

/// What the peer prints of groups of sets: its seconds, then mean, variance and bands of each group. Empty without a peer.
fn peer(groups: &[Vec<Vec<u32>>]) -> Vec<[f64; 3]> {
    let Some(python) = std::env::var_os("MALMOI_PEERS_PYTHON") else { return Vec::new() };
    let file = std::env::temp_dir().join(format!("malmoi-signing-{}.bin", std::process::id()));
    let mut bytes = Vec::new();
    for sets in groups {
        let mut end = 0;
        let offsets = sets.iter().map(|set| {
            end += set.len() as u64;
            end
        });
        let header = [sets.len() as u64, 0].into_iter().chain(offsets);
        // The peer takes 64-bit hashes and mixes them itself.
        let numbers = header.chain(sets.iter().flatten().map(|&shingle| u64::from(shingle)));
        bytes.extend(numbers.flat_map(u64::to_le_bytes));
    }
    std::fs::write(&file, bytes).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/rensa_minhash.py");
    let output = Command::new(python)
        .env("RAYON_NUM_THREADS", "1")
        .arg(script)
        .arg(&file)
        .args([HASHES.to_string(), RUNS.to_string()])
        .output();
    std::fs::remove_file(&file).unwrap();
    let printed = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let line = |line: &str| {
        let mut numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
        [numbers.next().unwrap_or(f64::NAN), numbers.next().unwrap_or(0.0), numbers.next().unwrap_or(0.0)]
    };
    printed.lines().map(line).collect()
}

//! `malmoi plan` against the run that it foretells.

use crate::pipeline::{RECIPE, malmoi, succeed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How far a figure of the plan may be from the run's.
const TOLERANCE: f64 = 0.25;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const NOUNS: [&str; 36] = [
    "마을",
    "사람",
    "산골",
    "시장",
    "골목",
    "지붕",
    "창문",
    "책상",
    "강물",
    "들판",
    "구름",
    "별빛",
    "논밭",
    "교실",
    "식당",
    "화분",
    "신발",
    "우산",
    "가방",
    "수첩",
    "연필",
    "기찻길",
    "언덕",
    "달력",
    "부엌",
    "장독",
    "감나무밭",
    "돌담",
    "정거장",
    "도서관",
    "양복점",
    "방앗간",
    "이발관",
    "운동장",
    "놀이판",
    "서점",
];
const ADVERBS: [&str; 12] =
    ["오늘", "어제", "천천히", "문득", "다시", "조용히", "함께", "가끔", "먼저", "새벽마다", "겨우", "마침내"];
const VERBS: [&str; 20] = [
    "바라보았다",
    "지나갔다",
    "기억했다",
    "찾아냈다",
    "그려 보았다",
    "고쳐 놓았다",
    "알아보았다",
    "남겨 두었다",
    "옮겼다",
    "돌아보았다",
    "기다렸다",
    "두드렸다",
    "건넜다",
    "열었다",
    "닫았다",
    "적어 두었다",
    "떠올렸다",
    "살펴보았다",
    "좋아했다",
    "잊었다",
];

fn story(random: &mut Random) -> String {
    let mut text = String::new();
    for sentence in 0..4 + random.below(40) {
        let (subject, place, object) = (random.of(&NOUNS), random.of(&NOUNS), random.of(&NOUNS));
        let (adverb, verb) = (random.of(&ADVERBS), random.of(&VERBS));
        let end = if sentence % 4 == 3 { "\n" } else { " " };
        let _ = write!(text, "{adverb} {subject}은 {place} 앞에서 {object}을 {verb}.{end}");
    }
    text
}

/// Stories, and among a hundred of them ten copies and twenty copies with a word in thirty changed.
fn write_corpus(folder: &Path, documents: usize) {
    let mut random = Random(7);
    let mut stories: Vec<String> = Vec::new();
    let mut files = vec![String::new(); 3];
    for number in 0..documents {
        let text = match random.below(100) {
            0..10 if number > 0 => stories[random.below(stories.len())].clone(),
            10..30 if number > 0 => {
                let original = &stories[random.below(stories.len())];
                let words = original.split(' ').map(|word| match random.below(30) {
                    0 => random.of(&ADVERBS),
                    _ => word,
                });
                words.collect::<Vec<_>>().join(" ")
            }
            _ => {
                stories.push(story(&mut random));
                stories[stories.len() - 1].clone()
            }
        };
        let line = serde_json::json!({ "id": number, "url": format!("https://example.kr/{number}"), "text": text });
        let file = number % files.len();
        let _ = writeln!(files[file], "{line}");
    }
    for (number, lines) in files.iter().enumerate() {
        std::fs::write(folder.join(format!("{number}.jsonl")), lines).unwrap();
    }
}

/// Sizes of the files below a folder, half-written ones included, by path.
fn sizes(folder: &Path) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(path),
                Ok(metadata) => drop(found.insert(path.display().to_string(), metadata.len())),
                // Swept between the listing and the look.
                Err(_) => {}
            }
        }
    }
    found
}

/// What a run took, seen from outside.
#[derive(Default)]
struct Seen {
    peak_bytes: u64,
    signature_bytes: u64,
}

/// Runs ingest and dedup of a recipe and watches the run folder meanwhile.
fn watched_run(recipe: &str, run: &Path) -> Seen {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut seen = Seen::default();
            while !done.load(Ordering::Relaxed) {
                let sizes = sizes(run);
                let signatures = sizes.iter().filter(|(path, _)| path.contains("/scratch/sign-"));
                seen.signature_bytes = seen.signature_bytes.max(signatures.map(|(_, bytes)| bytes).sum());
                seen.peak_bytes = seen.peak_bytes.max(sizes.values().sum());
                std::thread::sleep(Duration::from_millis(2));
            }
            seen
        });
        for stage in ["ingest", "dedup"] {
            succeed(&[stage, recipe, "--run", run.to_str().unwrap(), "--progress", "silent"]);
        }
        done.store(true, Ordering::Relaxed);
        watcher.join().unwrap()
    })
}

fn plan(recipe: &str, run: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["plan", recipe, "--run", run.to_str().unwrap(), "--json"];
    arguments.extend(more);
    serde_json::from_str(&succeed(&arguments)).unwrap()
}

/// Documents and bytes of files of a published stage.
fn published(run: &Path, stage: &str) -> (u64, u64) {
    let read = |path: &Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let stage = run.join(stage);
    let version = read(&stage.join("current.json"))["version"].as_str().unwrap().to_owned();
    let manifest = read(&stage.join(version).join("manifest.json"));
    let bytes = manifest["files"].as_array().unwrap().iter().map(|file| file["bytes"].as_u64().unwrap()).sum();
    (manifest["counts"]["kept"].as_u64().unwrap(), bytes)
}

/// Compares a plan with the run; the words of what is off.
fn differences(plan: &Value, run: &Path, seen: &Seen) -> Vec<String> {
    let ((ingested, cleaned_bytes), (kept, kept_bytes)) = (published(run, "ingest"), published(run, "dedup"));
    let figure = |pointer: &str| plan.pointer(pointer).and_then(Value::as_u64).unwrap();
    let figures = [
        ("documents of ingest", figure("/stages/0/documents"), ingested),
        ("documents of dedup", figure("/stages/1/documents"), kept),
        ("output of ingest", figure("/stages/0/output_bytes"), cleaned_bytes),
        ("output of dedup", figure("/stages/1/output_bytes"), kept_bytes),
        ("signatures", figure("/signature_bytes"), seen.signature_bytes),
        ("peak", figure("/peak_bytes"), seen.peak_bytes),
    ];
    let off = |&(_, planned, found): &(&str, u64, u64)| (planned as f64 / found as f64 - 1.0).abs() > TOLERANCE;
    let said = |(what, planned, found)| format!("{what}: {planned} planned, {found} found");
    figures.into_iter().filter(off).map(said).collect()
}

#[test]
fn a_plan_from_a_tenth_of_a_corpus_is_what_the_run_needs() {
    let folder = tempfile::tempdir().unwrap();
    write_corpus(folder.path(), 12_000);
    let recipe = folder.path().join("recipe.toml");
    let text = "[run]\nfolder = \"run\"\n\n[[source]]\nname = \"stories\"\npaths = \"*.jsonl\"\nformat = \"jsonl\"\n";
    std::fs::write(&recipe, text).unwrap();
    let (recipe, run) = (recipe.to_str().unwrap(), folder.path().join("run"));
    let planned = plan(recipe, &run, &["--sample", "1400 KiB"]);
    assert!(planned["sample"]["factor"].as_f64().unwrap() > 6.0, "the sample is nearly all: {}", planned["sample"]);
    assert!(!run.exists(), "a plan leaves nothing behind");
    assert_eq!(without_times(planned.clone()), without_times(plan(recipe, &run, &["--sample", "1400 KiB"])));
    let seen = watched_run(recipe, &run);
    assert_eq!(differences(&planned, &run, &seen), Vec::<String>::new());

    // Now that ingest stands published, its figures are exact.
    let planned = plan(recipe, &run, &["--sample", "1400 KiB"]);
    let exact = published(&run, "ingest");
    let stage = &planned["stages"][0];
    assert_eq!((stage["documents"].as_u64(), stage["output_bytes"].as_u64()), (Some(exact.0), Some(exact.1)));
    assert_eq!((stage["published"].as_bool(), stage["seconds"].as_f64()), (Some(true), Some(0.0)));
}

/// A plan but for what differs from moment to moment.
fn without_times(mut plan: Value) -> Value {
    fn remove(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| name != "seconds" && name != "room");
                fields.values_mut().for_each(remove);
            }
            Value::Array(items) => items.iter_mut().for_each(remove),
            _ => {}
        }
    }
    remove(&mut plan);
    plan
}

#[test]
fn a_plan_of_a_corpus_smaller_than_the_sample_is_nearly_exact() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let planned = plan(RECIPE, &run, &[]);
    assert_eq!(planned["sample"]["factor"].as_f64(), Some(1.0));
    let seen = watched_run(RECIPE, &run);
    assert_eq!(differences(&planned, &run, &seen), Vec::<String>::new());
    assert_eq!(planned["stages"][0]["documents"].as_u64(), Some(published(&run, "ingest").0));
    assert_eq!(planned["stages"][1]["documents"].as_u64(), Some(published(&run, "dedup").0));
}

#[test]
fn a_plan_says_in_words_what_it_rests_on() {
    let folder = tempfile::tempdir().unwrap();
    let output = malmoi().args(["plan", RECIPE, "--run"]).arg(folder.path().join("run")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    for word in
        ["reviews", "sign", "run folder", "spill folder", "measured", "estimated", "not here   tokenize and train"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    let none = malmoi().args(["plan", "tests/recipes/none.toml"]).output().unwrap();
    assert_eq!(none.status.code(), Some(2));
}

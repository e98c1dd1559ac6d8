use super::*;
use crate::fixture::{Fixture, INPUT, Watch, config};
use crate::{GenerateOptions, generate};
use std::collections::BTreeMap;
use std::fs;

const OUTPUT: &str = "run/train/fedcba9876543210";

fn inputs(fixture: &Fixture, threads: usize) -> TrainInputs<'_> {
    TrainInputs { files: &fixture.files, manifest: &fixture.manifest, folder: INPUT, seed: 11, threads, memory: None }
}

fn trained(fixture: &Fixture, config: &TrainConfig, threads: usize) -> TrainOutcome {
    train(&inputs(fixture, threads), config, OUTPUT, &Watch::default()).unwrap()
}

/// Digest of every file of the finished checkpoint.
fn digests(outcome: &TrainOutcome) -> BTreeMap<&str, Digest> {
    outcome.files.iter().map(|file| (file.path.as_str(), file.blake3)).collect()
}

fn losses(watch: &Watch) -> Vec<(u64, u64)> {
    let events = watch.events.lock().unwrap();
    let loss = |event: &TrainEvent| match event {
        TrainEvent::Step { step, loss, .. } => Some((*step, loss.to_bits())),
        _ => None,
    };
    events.iter().filter_map(loss).collect()
}

#[test]
fn training_lowers_the_loss_and_writes_what_it_names() {
    let fixture = Fixture::of_sentences();
    let config = config(40);
    let watch = Watch::default();
    let outcome = train(&inputs(&fixture, 2), &config, OUTPUT, &watch).unwrap();
    let names: Vec<&str> = outcome.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        names,
        ["config.json", "log.jsonl", "model.safetensors", "optimizer.safetensors", "state.json", "tokenizer.json"]
            .map(|name| format!("checkpoint/{name}"))
    );
    for file in &outcome.files {
        let bytes = fixture.files.read(&format!("{OUTPUT}/{}", file.path)).unwrap();
        assert_eq!((Digest::of(&bytes), bytes.len() as u64), (file.blake3, file.bytes));
    }
    let log = fixture.files.read(&format!("{OUTPUT}/checkpoint/log.jsonl")).unwrap();
    let lines: Vec<LogLine> =
        log.split(|&b| b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
    assert_eq!(lines.len(), 40);
    assert_eq!((lines[3].step, lines[3].first_sample), (4, 12));
    assert_eq!(lines.iter().filter(|line| line.held_out_loss.is_some()).count(), 8);
    // A vocabulary of 257 starts near ln 257 = 5.5.
    assert!((lines[0].loss - 257f64.ln()).abs() < 0.2, "{}", lines[0].loss);
    assert!(lines[39].loss < 0.8 * lines[0].loss, "{}", lines[39].loss);
    let details = &outcome.details;
    assert_eq!((details.steps, details.tokens, details.documents), (40, 40 * 4 * 16, 24));
    assert_eq!((details.loss, details.held_out_loss), (lines[39].loss, lines[39].held_out_loss));
    assert!(details.sample.starts_with("비가"));
    let events = watch.events.lock().unwrap();
    assert!(
        matches!(events[0], TrainEvent::Started { resumed_from: None, parameters, .. } if parameters == details.parameters)
    );
    assert!(matches!(events.last(), Some(TrainEvent::Sampled { text }) if *text == details.sample));
}

#[test]
fn the_finished_model_generates_the_sample_again() {
    let fixture = Fixture::of_sentences();
    let config = config(6);
    let outcome = trained(&fixture, &config, 1);
    let options = GenerateOptions::from_sample(&config.sample, 11);
    let text = generate(&fixture.files, &format!("{OUTPUT}/checkpoint"), &config.sample.prompt, &options).unwrap();
    assert_eq!(text, outcome.details.sample);
}

#[test]
fn resuming_gives_the_undisturbed_run_bit_for_bit() {
    let undisturbed = Fixture::of_sentences();
    let config = config(20);
    let watch = Watch::default();
    let expected = train(&inputs(&undisturbed, 2), &config, OUTPUT, &watch).unwrap();
    // Stopped at a checkpoint, between two, and twice; with another number of threads each time.
    for stops in [vec![8], vec![10], vec![3, 9]] {
        let fixture = Fixture::of_sentences();
        let mut seen = Vec::new();
        for (threads, &stop) in (1..).zip(&stops) {
            let part = Watch::stopping_after(stop);
            let error = train(&inputs(&fixture, threads), &config, OUTPUT, &part).unwrap_err();
            assert!(matches!(error, TrainError::Interrupted { .. }), "{error}");
            seen.extend(losses(&part));
        }
        let rest = Watch::default();
        let resumed = train(&inputs(&fixture, 3), &config, OUTPUT, &rest).unwrap();
        seen.extend(losses(&rest));
        assert_eq!(seen, losses(&watch), "{stops:?}");
        assert_eq!(resumed, expected, "{stops:?}");
    }
}

/// Storage that fails once a number of writes were made, as if the process died there.
struct Dying<'a> {
    files: &'a dyn Files,
    left: std::sync::atomic::AtomicI64,
}

impl Files for Dying<'_> {
    fn read(&self, path: &str) -> std::io::Result<Bytes> {
        self.files.read(path)
    }

    fn put(&self, path: &str, bytes: Bytes) -> std::io::Result<()> {
        if self.left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) <= 0 {
            return Err(std::io::Error::other("killed"));
        }
        self.files.put(path, bytes)
    }

    fn list(&self, folder: &str) -> std::io::Result<Vec<String>> {
        self.files.list(folder)
    }

    fn delete(&self, path: &str) -> std::io::Result<()> {
        if self.left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) <= 0 {
            return Err(std::io::Error::other("killed"));
        }
        self.files.delete(path)
    }
}

#[test]
fn dying_at_any_write_or_deletion_changes_nothing_in_the_end() {
    let config = TrainConfig { checkpoint_every: 2, keep_checkpoints: 1, evaluate_every: 3, ..config(6) };
    let expected = trained(&Fixture::of_sentences(), &config, 1);
    for left in 0.. {
        let fixture = Fixture::of_sentences();
        let dying = Dying { files: &fixture.files, left: left.into() };
        let inputs = TrainInputs { files: &dying, ..inputs(&fixture, 1) };
        if train(&inputs, &config, OUTPUT, &Watch::default()).is_ok() {
            assert!(left > 20, "the test must have died at many places, not {left}");
            break;
        }
        let again = trained(&fixture, &config, 1);
        assert_eq!(again, expected, "died at {left}");
        // Nothing of the killed run is left but one checkpoint and latest.json.
        let scratch = fixture.files.list(&format!("{OUTPUT}/scratch")).unwrap();
        assert_eq!(scratch.len(), 5, "{scratch:?}");
    }
}

#[test]
fn another_run_is_refused_and_the_difference_named() {
    let fixture = Fixture::of_sentences();
    let config = config(4);
    trained(&fixture, &config, 1);
    let mut other = config.clone();
    other.optimizer.learning_rate = 0.001;
    let error = train(&inputs(&fixture, 1), &other, OUTPUT, &Watch::default()).unwrap_err();
    let expected = "the checkpoints in `run/train/fedcba9876543210/scratch` belong to another run \
                    (`recipe.optimizer.learning_rate` was 0.003, is 0.001): delete the folder to start again";
    assert_eq!(error.to_string(), expected);
    let error =
        train(&TrainInputs { seed: 12, ..inputs(&fixture, 1) }, &config, OUTPUT, &Watch::default()).unwrap_err();
    assert!(error.to_string().contains("(`seed` was 11, is 12)"), "{error}");
    let mut manifest = fixture.manifest.clone();
    manifest.revision += 1;
    let other = TrainInputs { manifest: &manifest, ..inputs(&fixture, 1) };
    let error = train(&other, &config, OUTPUT, &Watch::default()).unwrap_err();
    assert!(error.to_string().contains("`data` was"), "{error}");
}

#[test]
fn numbers_that_explode_stop_the_run_at_their_step() {
    let fixture = Fixture::of_sentences();
    let mut config = config(30);
    config.optimizer.learning_rate = 1e30;
    config.optimizer.warm_up_steps = 0;
    let watch = Watch::default();
    let error = train(&inputs(&fixture, 1), &config, OUTPUT, &watch).unwrap_err();
    let TrainError::NotFinite { step, .. } = error else { panic!("{error}") };
    assert_eq!(step, losses(&watch).len() as u64 + 1);
}

#[test]
fn a_held_out_set_shorter_than_a_row_is_measured() {
    let train_on = vec![vec![vec![vec![7; 100]]]];
    let outcome = trained(&Fixture::new(&train_on, &vec![vec![vec![vec![7, 8, 9]]]]), &config(3), 1);
    assert!(outcome.details.held_out_loss.unwrap() > 0.0);
}

#[test]
fn without_held_out_text_the_training_is_the_same_and_nothing_is_measured() {
    let measured = trained(&Fixture::of_sentences(), &config(6), 1);
    // No shard at all, and one without a document.
    for held_out in [vec![], vec![vec![]]] {
        let mut fixture = Fixture::of_sentences();
        let empty = Fixture::new(&vec![], &held_out);
        fixture.manifest.files.retain(|file| file.set != FileSet::HeldOut);
        for file in empty.manifest.files_of(FileSet::HeldOut) {
            let path = format!("{INPUT}/{}", file.path);
            fixture.files.put(&path, empty.files.read(&path).unwrap()).unwrap();
            fixture.manifest.files.push(file.clone());
        }
        let watch = Watch::default();
        let outcome = train(&inputs(&fixture, 1), &config(6), OUTPUT, &watch).unwrap();
        assert_eq!(outcome.details, TrainDetails { held_out_loss: None, ..measured.details.clone() });
        assert_eq!(
            digests(&outcome)["checkpoint/model.safetensors"],
            digests(&measured)["checkpoint/model.safetensors"]
        );
        assert!(!watch.events.lock().unwrap().iter().any(|event| matches!(event, TrainEvent::Evaluated { .. })));
        let log = fixture.files.read(&format!("{OUTPUT}/checkpoint/log.jsonl")).unwrap();
        let lines: Vec<LogLine> =
            log.trim_ascii().split(|&b| b == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect();
        assert_eq!((lines.len(), lines.iter().filter(|line| line.held_out_loss.is_some()).count()), (6, 0));
    }
}

#[test]
fn stopped_while_it_writes_the_text_it_goes_on_there() {
    let config = config(6);
    let expected = trained(&Fixture::of_sentences(), &config, 1);
    let fixture = Fixture::of_sentences();
    let error = train(&inputs(&fixture, 1), &config, OUTPUT, &Watch::stopping_after(6)).unwrap_err();
    assert!(matches!(error, TrainError::Interrupted { step: 6 }), "{error}");
    assert_eq!(fixture.files.list(&format!("{OUTPUT}/checkpoint")).unwrap_or_default(), [""; 0]);
    let watch = Watch::default();
    assert_eq!(train(&inputs(&fixture, 1), &config, OUTPUT, &watch).unwrap(), expected);
    assert_eq!(losses(&watch), []);
}

#[test]
fn a_model_beyond_the_memory_limit_is_refused_before_anything_is_written() {
    let fixture = Fixture::of_sentences();
    let mut large = config(6);
    (large.model.width, large.model.layers) = (4096, 32);
    let limited = TrainInputs { memory: Some(1 << 30), ..inputs(&fixture, 1) };
    let error = train(&limited, &large, OUTPUT, &Watch::default()).unwrap_err();
    assert!(matches!(error, TrainError::Memory { limit, needed } if limit == 1 << 30 && needed > 32 << 30), "{error}");
    assert_eq!(fixture.files.list(OUTPUT).unwrap_or_default(), [""; 0]);
    assert!(train(&limited, &config(6), OUTPUT, &Watch::default()).is_ok());
}

#[test]
fn a_damaged_vocabulary_is_refused() {
    let fixture = Fixture::of_sentences();
    fs::write(fixture.folder.path().join(INPUT).join("vocabulary/tokenizer.json"), "{}").unwrap();
    let error = train(&inputs(&fixture, 1), &config(3), OUTPUT, &Watch::default()).unwrap_err();
    assert!(matches!(error, TrainError::Damaged { path, .. } if path.ends_with("tokenizer.json")));
}

/// Not a test of its own: what `threads_of_candle_change_nothing` runs in processes of their own.
#[test]
#[ignore = "started by another test"]
fn prints_digests() {
    let mut config = config(5);
    config.model.width = 128;
    config.model.feed_forward = 256;
    config.batch = 16;
    config.micro_batch = 16;
    let outcome = trained(&Fixture::of_sentences(), &config, 3);
    println!("digests {:?} {}", digests(&outcome), outcome.details.loss);
}

#[test]
fn threads_of_candle_change_nothing() {
    // candle reads its number of threads from the environment of the process.
    let run = |threads: &str| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["run::tests::prints_digests", "--exact", "--ignored", "--nocapture"])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().find_map(|line| line.split_once("digests ")).expect(&text).1.to_owned()
    };
    let one = run("1");
    assert!(one.contains("model.safetensors"));
    assert_eq!(one, run("2"));
    assert_eq!(one, run("7"));
}

use super::*;
use crate::fixture::{Fixture, INPUT, Watch, config};
use crate::{TrainConfig, TrainEvent, TrainInputs, TrainOutcome, train};
use std::fs;

const OUTPUT: &str = "out";

fn run(fixture: &Fixture, config: &TrainConfig, watch: &Watch) -> Result<TrainOutcome, TrainError> {
    let inputs = TrainInputs {
        files: &fixture.files,
        manifest: &fixture.manifest,
        folder: INPUT,
        seed: 11,
        threads: 2,
        memory: None,
    };
    train(&inputs, config, OUTPUT, watch)
}

fn steps_kept(fixture: &Fixture) -> Vec<String> {
    let files = fixture.files.list("out/scratch").unwrap();
    files.iter().filter_map(|path| path.strip_suffix("/state.json")).map(str::to_owned).collect()
}

#[test]
fn only_the_newest_checkpoints_are_kept() {
    let fixture = Fixture::of_sentences();
    let config = TrainConfig { keep_checkpoints: 2, checkpoint_every: 3, ..config(11) };
    fixture.files.put("out/scratch/step-000999/model.safetensors", "leftover".into()).unwrap();
    run(&fixture, &config, &Watch::default()).unwrap();
    assert_eq!(steps_kept(&fixture), ["out/scratch/step-000009", "out/scratch/step-000011"]);
    let all = fixture.files.list("out/scratch").unwrap();
    assert!(!all.iter().any(|path| path.contains("000999")), "{all:?}");
}

#[test]
fn a_damaged_checkpoint_is_passed_over_and_the_result_is_the_same() {
    let config = config(11);
    let expected = run(&Fixture::of_sentences(), &config, &Watch::default()).unwrap();
    for name in [MODEL, OPTIMIZER, STATE, LOG] {
        for harm in ["tear", "flip", "lose"] {
            let fixture = Fixture::of_sentences();
            run(&fixture, &config, &Watch::stopping_after(9)).unwrap_err();
            assert_eq!(steps_kept(&fixture), ["out/scratch/step-000008", "out/scratch/step-000009"]);
            let place = fixture.folder.path().join("out/scratch/step-000009").join(name);
            let mut bytes = fs::read(&place).unwrap();
            let middle = bytes.len() / 2;
            match harm {
                "tear" => bytes.truncate(middle),
                _ => bytes[middle] ^= 1,
            }
            match harm {
                "lose" => fs::remove_file(&place).unwrap(),
                _ => fs::write(&place, bytes).unwrap(),
            }
            let watch = Watch::default();
            assert_eq!(run(&fixture, &config, &watch).unwrap(), expected, "{name} {harm}");
            let events = watch.events.lock().unwrap();
            let ignored = |e: &TrainEvent| matches!(e, TrainEvent::CheckpointIgnored { step: 9, message } if message.contains(name));
            assert!(ignored(&events[0]), "{:?}", events[0]);
            assert!(matches!(events[1], TrainEvent::Started { resumed_from: Some(8), .. }));
        }
    }
}

#[test]
fn without_a_sound_checkpoint_the_run_says_how_to_start_again() {
    let fixture = Fixture::of_sentences();
    run(&fixture, &config(11), &Watch::stopping_after(9)).unwrap_err();
    for step in steps_kept(&fixture) {
        fs::write(fixture.folder.path().join(step).join(MODEL), "torn").unwrap();
    }
    let error = run(&fixture, &config(11), &Watch::default()).unwrap_err().to_string();
    assert!(error.contains("none of its checkpoints can be read: delete the folder `out/scratch`"), "{error}");
    fs::write(fixture.folder.path().join("out/scratch/latest.json"), "{").unwrap();
    let error = run(&fixture, &config(11), &Watch::default()).unwrap_err().to_string();
    assert!(error.contains("latest.json") && error.contains("delete the folder `out/scratch`"), "{error}");
}

#[test]
fn a_finished_run_that_runs_again_takes_no_step() {
    let fixture = Fixture::of_sentences();
    let expected = run(&fixture, &config(5), &Watch::default()).unwrap();
    let watch = Watch::default();
    assert_eq!(run(&fixture, &config(5), &watch).unwrap(), expected);
    assert!(!watch.events.lock().unwrap().iter().any(|event| matches!(event, TrainEvent::Step { .. })));
}

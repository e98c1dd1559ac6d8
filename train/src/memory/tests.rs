use super::*;
use crate::fixture::{Fixture, INPUT, VOCABULARY, Watch, config};
use crate::{TrainInputs, train};

fn needed_by(change: impl FnOnce(&mut TrainConfig)) -> u64 {
    let mut config = TrainConfig::default();
    change(&mut config);
    needed(&config, VOCABULARY as usize, &Fixture::of_sentences().manifest)
}

#[test]
fn the_settings_that_the_message_names_lower_the_need() {
    let whole = needed_by(|_| {});
    assert!(needed_by(|config| config.micro_batch = 4) < whole);
    assert!(needed_by(|config| config.model.context = 64) < whole);
    assert!(needed_by(|config| config.model.width = 64) < whole);
    assert!(needed_by(|config| config.model.layers = 2) < whole);
    let message = TrainError::Memory { needed: (70 << 20) + 1, limit: 64 << 20 }.to_string();
    assert_eq!(
        message,
        "training needs about 71 MiB of memory, the limit is 64 MiB: lower `train.micro_batch`, \
         `train.model.context`, `train.model.width` or `train.model.layers`, or raise the limit"
    );
}

#[test]
fn a_number_beyond_all_memory_is_the_largest() {
    let huge = |config: &mut TrainConfig| {
        (config.batch, config.micro_batch) = (1 << 16, 1 << 16);
        (config.model.layers, config.model.width, config.model.heads) = (1 << 10, 1 << 16, 1 << 15);
        (config.model.context, config.model.feed_forward) = (1 << 17, 1 << 18);
    };
    assert_eq!(needed_by(huge), u64::MAX);
}

/// Not a test of its own: what `the_estimate_is_near_what_a_training_takes` runs in a process of its own.
#[test]
#[ignore = "started by another test"]
fn prints_the_peak() {
    let status = |name: &str| -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    };
    let fixture = Fixture::of_sentences();
    let mut config = config(3);
    match std::env::var("MALMOI_SHAPE").unwrap().as_str() {
        "activations" => {
            (config.batch, config.micro_batch) = (24, 12);
            (config.model.layers, config.model.width, config.model.feed_forward) = (8, 64, 192);
            config.model.context = 128;
        }
        "attention" => {
            (config.batch, config.micro_batch) = (2, 1);
            (config.model.width, config.model.heads, config.model.context) = (32, 8, 512);
        }
        _ => (config.model.layers, config.model.width, config.model.feed_forward) = (4, 256, 1024),
    }
    let before = status("VmRSS:");
    let inputs = TrainInputs {
        files: &fixture.files,
        manifest: &fixture.manifest,
        folder: INPUT,
        seed: 1,
        threads: 2,
        memory: None,
    };
    train(&inputs, &config, "out", &Watch::default()).unwrap();
    let taken = status("VmHWM:") - before;
    println!("peak {taken} {}", needed(&config, VOCABULARY as usize, &fixture.manifest));
}

#[test]
#[cfg(target_os = "linux")]
fn the_estimate_is_near_what_a_training_takes() {
    for shape in ["activations", "attention", "parameters"] {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["memory::tests::prints_the_peak", "--exact", "--ignored", "--nocapture"])
            .env("MALMOI_SHAPE", shape)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find_map(|line| line.split_once("peak ")).expect(&text).1;
        let numbers: Vec<f64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
        let ratio = numbers[0] / numbers[1];
        eprintln!("{shape}: {line} {ratio:.2}");
        assert!((0.6..1.4).contains(&ratio), "{shape}: took and estimated {line}");
    }
}

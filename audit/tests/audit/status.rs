use crate::fixture::{publish, session};
use malmoi_audit::Status;
use malmoi_engine::Timing;
use malmoi_schemas::Stage;

#[test]
fn stages_balance_and_say_what_they_cost() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Train, "");
    let mut status = Status::gather(&session(run.path(), 1)).unwrap();
    // What differs between runs and between versions of the compressor is replaced.
    for (number, stage) in (0u32..).zip(&mut status.stages) {
        assert!(stage.timing.is_some_and(|timing| timing.wall_seconds > 0.0));
        stage.timing = (number != 1).then_some(Timing {
            wall_seconds: 12.5 * f64::from(number + 1).powi(3),
            cpu_seconds: Some(20.0),
            peak_memory_bytes: Some(700 << 20),
            input_bytes: 450_000_000,
            resumed: number == 2,
        });
        stage.manifest.version = format!("{number:016x}");
        stage.sets.values_mut().for_each(|set| set.bytes = 1 << (20 + number));
    }
    insta::assert_snapshot!(status);
}

#[test]
fn an_outdated_stage_is_marked() {
    let run = tempfile::tempdir().unwrap();
    publish(run.path(), Stage::Dedup, "");
    publish(run.path(), Stage::Ingest, "another recipe");
    let status = Status::gather(&session(run.path(), 1)).unwrap();
    assert_eq!(status.stages.iter().map(|stage| stage.outdated).collect::<Vec<_>>(), [false, true]);
    let text = status.to_string();
    assert!(text.contains("out of date") && text.contains("tokenize  not published"), "{text}");
}

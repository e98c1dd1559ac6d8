//! What a user gets who makes a mistake: a message that points at it, and the documented exit code.

use std::path::Path;
use std::process::{Command, Output};

const SOURCES: &str = r#"
[[source]]
name = "essays"
paths = "essays/*.txt"
format = "text"
"#;

fn malmoi(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_malmoi")).current_dir(folder).args(arguments).output().unwrap()
}

/// Runs a recipe in a folder with one essay, and returns exit code and message.
fn run(recipe: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("essays")).unwrap();
    std::fs::write(folder.path().join("essays/a.txt"), "오늘은 바람이 많이 불었다.").unwrap();
    std::fs::write(folder.path().join("recipe.toml"), recipe).unwrap();
    let output = malmoi(folder.path(), &["run", "recipe.toml"]);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn with_sources(head: &str) -> String {
    format!("{head}{SOURCES}")
}

#[test]
fn an_unknown_field_is_pointed_at() {
    let (code, message) = run(&with_sources("[run]\nfolder = \"run\"\nsead = 7\n"));
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(message);
}

#[test]
fn a_wrong_type_is_pointed_at() {
    let (code, message) = run(&with_sources("[run]\nfolder = \"run\"\n\n[ingest]\nkeep_removed = \"ja\"\n"));
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(message);
}

#[test]
fn a_value_out_of_bounds_is_pointed_at() {
    let (code, message) = run(&with_sources("[run]\nfolder = \"run\"\n\n[ingest.rules]\nmin_hangul_share = 25.0\n"));
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(message);
}

#[test]
fn a_path_that_matches_nothing_is_pointed_at() {
    let (code, message) = run(&with_sources("[run]\nfolder = \"run\"\n").replace("essays/*.txt", "essay/*.txt"));
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(message);
}

#[test]
fn a_missing_recipe_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = malmoi(folder.path(), &["run", "nowhere.toml"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}

#[test]
fn a_stage_without_its_input_says_what_to_run_first() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("essays")).unwrap();
    std::fs::write(folder.path().join("essays/a.txt"), "비가 온다.").unwrap();
    std::fs::write(folder.path().join("recipe.toml"), with_sources("[run]\nfolder = \"run\"\n")).unwrap();
    let output = malmoi(folder.path(), &["tokenize", "recipe.toml"]);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}

#[test]
fn a_folder_that_is_no_run_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let output = malmoi(folder.path(), &["status", "."]);
    assert_eq!(output.status.code(), Some(3));
    let here = folder.path().canonicalize().unwrap();
    let message = String::from_utf8(output.stderr).unwrap().replace(here.to_str().unwrap(), "RUN");
    insta::assert_snapshot!(message);
}

#[test]
fn a_file_in_place_of_the_run_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("run"), "a file where the run folder should be").unwrap();
    std::fs::create_dir(folder.path().join("essays")).unwrap();
    std::fs::write(folder.path().join("essays/a.txt"), "눈이 온다.").unwrap();
    std::fs::write(folder.path().join("recipe.toml"), with_sources("[run]\nfolder = \"run\"\n")).unwrap();
    let output = malmoi(folder.path(), &["run", "recipe.toml"]);
    assert_eq!(output.status.code(), Some(4));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("cannot create the run folder") && message.contains("/run`"), "{message}");
}

#[test]
fn a_stage_of_a_changed_recipe_does_not_take_the_old_input() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("essays")).unwrap();
    let essay = "가을걷이가 끝난 들판에는 짚가리만 남았다. 아이들은 그 사이를 뛰어다니며 해가 지는 줄도 몰랐다. ";
    for number in 0..3 {
        let text = format!("{number}번째 이야기. {}", essay.repeat(number + 1));
        std::fs::write(folder.path().join(format!("essays/{number}.txt")), text).unwrap();
    }
    let recipe = |rest: &str| {
        let text = with_sources(&format!("[run]\nfolder = \"run\"\n{rest}"));
        std::fs::write(folder.path().join("recipe.toml"), text).unwrap();
    };
    recipe("");
    assert!(malmoi(folder.path(), &["run", "recipe.toml"]).status.success());
    recipe("[ingest.rules]\nmin_characters = 60\n");
    let output = malmoi(folder.path(), &["tokenize", "recipe.toml"]);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}

#[test]
fn limits_that_cannot_be_kept_are_refused_before_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for limits in [["--memory", "1 B"], ["--threads", "100000"], ["--threads", "0"]] {
        let output = malmoi(folder.path(), &["run", "recipe.toml", limits[0], limits[1]]);
        assert_eq!(output.status.code(), Some(2), "{limits:?}");
    }
}

#[test]
fn nobody_reading_the_progress_is_no_reason_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("essays")).unwrap();
    let essay =
        "장날이면 할머니는 새벽부터 나물을 다듬어 보자기에 쌌다. 첫차를 타야 좋은 자리를 얻을 수 있었기 때문이다.";
    std::fs::write(folder.path().join("essays/a.txt"), essay).unwrap();
    std::fs::write(folder.path().join("recipe.toml"), with_sources("[run]\nfolder = \"run\"\n")).unwrap();
    for style in ["json", "bar"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_malmoi"))
            .current_dir(folder.path())
            .args(["run", "recipe.toml", "--progress", style])
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{style}");
    }
}

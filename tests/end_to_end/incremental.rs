//! Crawl after crawl against all of them at once, with the binary: threads, kills, and what is said of an old document.

use crate::pipeline::{malmoi, outlast_kills, published, succeed};
use std::path::{Path, PathBuf};

const SEEN: [&str; 6] = ["물안개", "첫눈", "장독대", "기찻길", "빨랫줄", "나룻배"];
const DONE: [&str; 5] = ["그리고 돌아왔다", "적어 두었다", "오래 바라보았다", "친구에게 보냈다", "노래로 불렀다"];

/// Diaries of sixty sentences; those of one number in two crawls differ in a few words.
fn diary(number: usize, revision: usize) -> String {
    let sentence = |line: usize| {
        let changed = if revision > 0 && line == 7 * revision { " 고쳐 적는다." } else { "" };
        let (seen, done) = (SEEN[(number + line) % 6], DONE[(number + 2 * line) % 5]);
        format!("{number}번 집의 {line}째 날에는 {seen}을 보고 {done}.{changed}")
    };
    (0..60).map(sentence).collect::<Vec<_>>().join(" ")
}

/// Numbers and revisions of the diaries in each crawl. The third joins what the first kept apart: it has its own, both of
/// the first's, and the second's again.
fn crawls() -> [Vec<String>; 3] {
    let of = |diaries: &[(usize, usize)]| diaries.iter().map(|&(number, revision)| diary(number, revision)).collect();
    [
        of(&[(1, 0), (2, 0), (3, 0), (3, 1), (4, 0)]),
        of(&[(5, 0), (2, 1), (4, 0), (6, 0), (6, 2)]),
        of(&[(6, 3), (1, 2), (7, 0), (5, 0), (7, 1), (2, 3)]),
    ]
}

/// A recipe that reads the given crawls and comes after those of `earlier`.
fn recipe(folder: &Path, name: &str, crawls: &[usize], earlier: &[usize]) -> PathBuf {
    let sources: String = crawls
        .iter()
        .map(|crawl| format!("[[source]]\nname = \"crawl-{crawl}\"\npaths = \"{crawl}.jsonl\"\nformat = \"jsonl\"\n"))
        .collect();
    let earlier: Vec<String> = earlier.iter().map(|crawl| format!("run-{crawl}")).collect();
    let recipe = folder.join(format!("{name}.toml"));
    let text = format!(
        "[run]\nfolder = \"run-{name}\"\nseed = 1\n{sources}[ingest]\nsplit = \"4KiB\"\n\
         [dedup]\nkeep_signatures = true\nearlier = {earlier:?}\n"
    );
    std::fs::write(&recipe, text).unwrap();
    recipe
}

fn write_crawls(folder: &Path) {
    for (number, texts) in crawls().iter().enumerate() {
        let lines: Vec<String> = texts.iter().map(|text| serde_json::json!({"text": text}).to_string()).collect();
        std::fs::write(folder.join(format!("{number}.jsonl")), lines.join("\n")).unwrap();
    }
}

fn dedup(recipe: &Path, more: &[&str]) {
    for stage in ["ingest", "dedup"] {
        let output = malmoi().arg(stage).arg(recipe).args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// How many documents a run kept and how many documents of earlier runs it beat.
fn kept(run: &Path) -> (u64, u64) {
    let current = std::fs::read(run.join("dedup/current.json")).unwrap();
    let current: serde_json::Value = serde_json::from_slice(&current).unwrap();
    let manifest = run.join("dedup").join(current["version"].as_str().unwrap()).join("manifest.json");
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(manifest).unwrap()).unwrap();
    (manifest["counts"]["kept"].as_u64().unwrap(), manifest["details"]["superseded"].as_u64().unwrap_or(0))
}

#[test]
fn crawl_after_crawl_ends_as_one_run_and_old_documents_are_named() {
    let folder = tempfile::tempdir().unwrap();
    write_crawls(folder.path());
    dedup(&recipe(folder.path(), "all", &[0, 1, 2], &[]), &[]);
    let mut standing = 0;
    for crawl in 0..3 {
        let earlier: Vec<usize> = (0..crawl).collect();
        dedup(&recipe(folder.path(), &crawl.to_string(), &[crawl], &earlier), &[]);
        let (kept, superseded) = kept(&folder.path().join(format!("run-{crawl}")));
        standing += kept - superseded;
    }
    assert_eq!(kept(&folder.path().join("run-all")), (standing, 0));
    // 1, 2, 3, 4, 5, 6, 7.
    assert_eq!(standing, 7);
    let run = folder.path().join("run-2");
    let told = succeed(&["dedup", "stats", run.to_str().unwrap()]);
    assert!(told.contains("crawl-2"), "{told}");
}

#[test]
fn an_old_document_is_named_with_its_run() {
    let folder = tempfile::tempdir().unwrap();
    write_crawls(folder.path());
    dedup(&recipe(folder.path(), "0", &[0], &[]), &[]);
    let copy = serde_json::json!({"text": diary(1, 0), "url": "https://diary.example.com/1"}).to_string();
    std::fs::write(folder.path().join("1.jsonl"), copy).unwrap();
    let text = "[run]\nfolder = \"run-1\"\nseed = 1\n[[source]]\nname = \"crawl-1\"\npaths = \"1.jsonl\"\nformat = \"jsonl\"\n\
                fields = { text = \"text\", url = \"url\" }\n[dedup]\nearlier = [\"run-0\"]\n";
    let second = folder.path().join("second.toml");
    std::fs::write(&second, text).unwrap();
    dedup(&second, &[]);
    let told = succeed(&["explain", folder.path().join("run-1").to_str().unwrap(), "https://diary.example.com/1"]);
    assert!(told.contains("removed: exact-duplicate") && told.contains("it is in `run-0`"), "{told}");

    // The earlier run is made again from other documents: what stands on it is made again too.
    std::fs::write(folder.path().join("0.jsonl"), serde_json::json!({"text": diary(9, 0)}).to_string()).unwrap();
    let output = malmoi().arg("tokenize").arg(&second).output().unwrap();
    assert!(output.status.success() || output.status.code() == Some(3), "{output:?}");
    dedup(&folder.path().join("0.toml"), &[]);
    let output = malmoi().arg("tokenize").arg(&second).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("run `malmoi dedup` with this recipe before tokenize"), "{said}");
    dedup(&second, &[]);
    assert_eq!(kept(&folder.path().join("run-1")), (1, 0));

    // A run that kept nothing cannot be built on.
    let third = std::fs::read_to_string(&second)
        .unwrap()
        .replace("run-0", "run-1")
        .replace("folder = \"run-1\"", "folder = \"run-2\"");
    std::fs::write(&second, third).unwrap();
    assert!(malmoi().arg("ingest").arg(&second).output().unwrap().status.success());
    let output = malmoi().arg("dedup").arg(&second).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("earlier run `run-1` kept no signatures: set `keep_signatures = true`"), "{said}");
}

#[test]
fn threads_and_kills_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write_crawls(folder.path());
    for crawl in [0, 1] {
        let earlier: Vec<usize> = (0..crawl).collect();
        dedup(&recipe(folder.path(), &crawl.to_string(), &[crawl], &earlier), &["--threads", "2"]);
    }
    let last = recipe(folder.path(), "2", &[2], &[0, 1]);
    let run = |name: &str| folder.path().join(name);
    let into = |name: &str| run(name).display().to_string();
    dedup(&last, &["--threads", "1", "--run", &into("one")]);
    dedup(&last, &["--threads", "7", "--run", &into("seven")]);
    assert_eq!(published(&run("one")), published(&run("seven")));

    let command = |stage: &str| {
        let mut command = malmoi();
        command.arg(stage).arg(&last).args(["--threads", "2", "--run", &into("killed")]);
        command
    };
    assert!(command("ingest").status().unwrap().success());
    outlast_kills(|| command("dedup"));
    assert_eq!(published(&run("killed")), published(&run("one")));
}

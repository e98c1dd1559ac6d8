//! The whole near-duplicate stage, Parquet in and Parquet out, in MB of text per CPU second of all its processes, and
//! datatrove's MinHash pipeline beside it on the documents of a smaller run.
//!
//! `MALMOI_DATA` names the data; `MALMOI_PEERS_PYTHON` a Python that has datatrove. Without the data nothing is measured,
//! without the peer no ratio is printed.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark reports on standard output and may stop")]

use arrow::array::AsArray;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Text of the run that the peer works on too: with Korean words it does less than one megabyte a second.
const PEER_BYTES: usize = 32 << 20;

/// What the peer is asked for, and by what bands and rows both work then.
const PEERS: [&str; 3] = ["kiwi", "whitespace", "eojeol"];

fn main() {
    let data =
        std::env::var_os("MALMOI_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from).join("text");
    if !data.is_dir() {
        println!("skipped: no data in `{}`; set MALMOI_DATA", data.display());
        return;
    }
    let folder = std::env::temp_dir().join(format!("malmoi-near-dedup-{}", std::process::id()));
    let all = std::path::absolute(data).unwrap();
    let (rate, megabytes) = stage(&folder.join("all"), &all, "");
    println!("malmoi, as the recipe's defaults say, {megabytes:.0} MB: {rate:.1} MB/s");

    let sample = folder.join("sample-text");
    cut(&all, &sample);
    // As the peer does: candidates are duplicates, without a look at the texts.
    let (rate, megabytes) = stage(&folder.join("sample"), &sample, "bands = 14\nrows = 8\nverify = \"none\"\n");
    println!("malmoi, 14 bands of 8 rows, {megabytes:.0} MB: {rate:.1} MB/s");
    for words in PEERS {
        match peer(&folder, words) {
            Some(peer) => println!("datatrove, {words}: {peer:.3} MB/s; ratio {:.1}", rate / peer),
            None => println!("skipped datatrove, {words}: set MALMOI_PEERS_PYTHON to a Python that has it"),
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// The beginning of every file, as much of each as makes the sample.
fn cut(text: &Path, sample: &Path) {
    std::fs::create_dir_all(sample).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(text).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".jsonl.zst"));
    files.sort();
    for path in &files {
        let name = path.file_stem().unwrap();
        let bytes = (PEER_BYTES / files.len()).to_string();
        let mut shell = Command::new("sh");
        let head = shell.args(["-c", "zstd -dc \"$0\" | head -c \"$1\""]).arg(path).arg(bytes).output();
        let mut head = head.unwrap().stdout;
        let whole = head.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        head.truncate(whole);
        std::fs::write(sample.join(name), head).unwrap();
    }
}

/// Megabytes per CPU second of `malmoi dedup` over the texts of a folder, and the megabytes.
fn stage(folder: &Path, text: &Path, dedup: &str) -> (f64, f64) {
    std::fs::create_dir_all(folder).unwrap();
    let recipe = folder.join("recipe.toml");
    let rules = "rules = { min_characters = 1, min_hangul_share = 0 }";
    std::fs::write(
        &recipe,
        format!(
            "[run]\nfolder = \"run\"\n[[source]]\nname = \"text\"\npaths = \"{}/*.jsonl*\"\nformat = \"jsonl\"\n\
             preset = \"korean-service\"\n{rules}\n[dedup]\n{dedup}",
            text.display()
        ),
    )
    .unwrap();
    malmoi("ingest", &recipe);
    let before = cpu_seconds_of_children();
    malmoi("dedup", &recipe);
    let took = cpu_seconds_of_children() - before;
    let megabytes = text_bytes(&folder.join("run")) / 1e6;
    (megabytes / took, megabytes)
}

fn malmoi(stage: &str, recipe: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_malmoi"));
    assert!(command.args([stage, "--progress", "silent"]).arg(recipe).status().unwrap().success());
}

/// Bytes of text that the run's ingest published.
fn text_bytes(run: &Path) -> f64 {
    let stage = run.join("ingest");
    let current = std::fs::read_to_string(stage.join("current.json")).unwrap();
    let current: serde_json::Value = serde_json::from_str(&current).unwrap();
    let parts = stage.join(current["version"].as_str().unwrap()).join("documents");
    let parts = std::fs::read_dir(parts).unwrap().map(|entry| File::open(entry.unwrap().path()).unwrap());
    let batches = parts.flat_map(|part| {
        let builder = ParquetRecordBatchReaderBuilder::try_new(part).unwrap();
        let text = ProjectionMask::columns(builder.parquet_schema(), ["text"]);
        builder.with_projection(text).build().unwrap()
    });
    let bytes = batches.map(|batch| {
        let batch = batch.unwrap();
        batch.column(0).as_string::<i32>().iter().flatten().map(str::len).sum::<usize>()
    });
    bytes.sum::<usize>() as f64
}

/// User and system time of the processes that have ended (proc(5), fields 16 and 17 of `stat`), in hundredths of a second.
fn cpu_seconds_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(13).take(2);
    fields.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// Megabytes per CPU second of the peer on the documents of the smaller run.
fn peer(folder: &Path, words: &str) -> Option<f64> {
    let python = std::env::var_os("MALMOI_PEERS_PYTHON")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/datatrove_minhash.py");
    let work = folder.join(words);
    let output = Command::new(python).arg(script).arg(folder.join("sample/run")).arg(work).arg(words).output().ok()?;
    let told = String::from_utf8_lossy(&output.stderr);
    for line in told.lines().filter(|line| line.starts_with("clusters:") || line.starts_with("  pairs")) {
        println!("{line}");
    }
    let printed = String::from_utf8(output.stdout).ok()?;
    let mut numbers = printed.split_whitespace().rev().filter_map(|word| word.parse::<f64>().ok());
    let (seconds, bytes) = (numbers.next()?, numbers.next()?);
    Some(bytes / 1e6 / seconds)
}

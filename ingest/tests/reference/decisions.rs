//! Decisions of the peer, and the documents that they are about.

use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs::{File, read_to_string};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// What FineWeb-2's filters say of a document.
pub(crate) struct Decision {
    pub(crate) keep: bool,
    /// The filter and its reason, unless kept.
    pub(crate) reason: Option<String>,
}

/// Decisions by id and, since ids occur twice, characters.
pub(crate) type Decisions = HashMap<(String, usize), Decision>;

/// Where the real data is: `MALMOI_DATA`, or `shared/data` beside the project.
pub(crate) fn data() -> PathBuf {
    std::env::var_os("MALMOI_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from)
}

/// Decisions by file.
pub(crate) fn decisions(data: &Path) -> Option<BTreeMap<String, Decisions>> {
    let text = read_to_string(data.join("../peers/fw2_decisions_dev.jsonl")).ok()?;
    let mut files: BTreeMap<String, Decisions> = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| row[key].as_str().map(str::to_owned);
        let decision = Decision { keep: row["keep"].as_bool().unwrap(), reason: word("reason") };
        let key = (word("id").unwrap(), row["chars"].as_u64().unwrap() as usize);
        files.entry(word("file").unwrap()).or_default().insert(key, decision);
    }
    Some(files)
}

/// Hands over each wanted document of a file of JSON lines, until all are found.
pub(crate) fn documents(path: &Path, mut wanted: Decisions, mut found: impl FnMut(&str, &str, Decision)) {
    let reader = BufReader::new(zstd::Decoder::new(File::open(path).unwrap()).unwrap());
    for line in reader.lines() {
        if wanted.is_empty() {
            return;
        }
        let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let (id, text) = (row["id"].as_str().unwrap(), row["text"].as_str().unwrap());
        if let Some(decision) = wanted.remove(&(id.to_owned(), text.chars().count())) {
            found(id, text, decision);
        }
    }
}

//! The edges between crates that ARCHITECTURE.md allows, and no other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Crate → crates of the workspace it may depend on, tests and build scripts included.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("schemas", &[]),
    ("engine", &["schemas"]),
    ("ingest", &["engine", "schemas"]),
    ("dedup", &["engine", "schemas"]),
    ("tokenize", &["engine", "schemas"]),
    ("train", &["schemas"]),
    ("audit", &["engine", "schemas"]),
    ("malmoi", &["audit", "dedup", "engine", "ingest", "schemas", "tokenize", "train"]),
];

fn dependencies(manifest: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(manifest).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let targets = manifest.get("target").and_then(|t| t.as_table()).into_iter().flatten().map(|(_, table)| table);
    let tables = targets.filter_map(|t| t.as_table()).chain([&manifest]);
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    tables
        .flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()))
        .flatten()
        .filter_map(|(key, value)| {
            // A dependency may be renamed: then its `package` says what it is.
            let package = value.get("package").and_then(|package| package.as_str()).unwrap_or(key);
            let path = value.get("path").and_then(|path| path.as_str()).map(|path| path.trim_start_matches("../"));
            package.strip_prefix("malmoi-").or(path).map(str::to_owned)
        })
        .collect()
}

fn members() -> BTreeSet<String> {
    let root = std::fs::read_to_string("Cargo.toml").unwrap().parse::<toml::Table>().unwrap();
    let members = root["workspace"]["members"].as_array().unwrap();
    members.iter().map(|member| member.as_str().unwrap().to_owned()).chain(["malmoi".to_owned()]).collect()
}

#[test]
fn no_crate_gains_an_edge() {
    for (name, allowed) in ALLOWED {
        let manifest = if name == "malmoi" { "Cargo.toml".to_owned() } else { format!("{name}/Cargo.toml") };
        let allowed: BTreeSet<String> = allowed.iter().map(|&edge| edge.to_owned()).collect();
        let extra: Vec<_> = dependencies(Path::new(&manifest)).difference(&allowed).cloned().collect();
        assert!(extra.is_empty(), "{name} must not depend on {extra:?}: see ARCHITECTURE.md");
    }
}

#[test]
fn every_member_has_its_edges_written_down() {
    let listed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    assert_eq!(members().iter().map(String::as_str).collect::<Vec<_>>(), listed.keys().copied().collect::<Vec<_>>());
}

#[test]
fn the_trainer_builds_without_the_engine() {
    let text = std::fs::read_to_string("train/Cargo.toml").unwrap();
    assert!(!text.contains("datafusion") && !text.contains("malmoi-engine"));
}

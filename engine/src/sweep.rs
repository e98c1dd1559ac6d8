//! Removes what no manifest and no unit report names: the leavings of killed processes.

use crate::{EngineError, Published, Session, Store, UnitReport, commit};
use malmoi_schemas::Manifest;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Files of a published version that are not stage output.
const BESIDE: [&str; 2] = ["manifest.json", "timing.json"];

/// The first file of a published version that is missing or has another size than its manifest says.
pub(crate) fn first_missing(store: &Store, published: &Published) -> Result<Option<String>, EngineError> {
    let present: BTreeMap<String, u64> = store.list(&published.folder())?.into_iter().collect();
    let wrong = published.manifest.files.iter().find(|file| present.get(&published.path(file)) != Some(&file.bytes));
    Ok(wrong.map(|file| published.path(file)))
}

/// Removes everything from a published version's folder but what the manifest names, and what a process killed while it
/// wrote `current.json` left beside it.
pub(crate) fn after_publishing(store: &Store, published: &Published) -> Result<(), EngineError> {
    unnamed_in_version(store, published)?;
    match store.local_path(published.manifest.stage.as_str()) {
        Some(stage) => remove_staged(&stage, Depth::Folder),
        None => Ok(()),
    }
}

fn unnamed_in_version(store: &Store, published: &Published) -> Result<(), EngineError> {
    let folder = published.folder();
    let beside = BESIDE.iter().map(|name| format!("{folder}/{name}"));
    let named: BTreeSet<String> =
        published.manifest.files.iter().map(|file| published.path(file)).chain(beside).collect();
    remove_unnamed(store, &folder, &named)
}

/// What becomes of files that no unit report names when an unfinished stage is begun again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leftovers {
    Sweep,
    Keep,
}

/// Finds the units that earlier processes finished, and removes everything that is not theirs.
///
/// A report counts only while each of its files is there and what was written; otherwise its unit is done again. Hashing
/// them costs a fraction of what the units cost.
pub(crate) fn before_working(
    session: &Session,
    folder: &str,
    leftovers: Leftovers,
) -> Result<BTreeMap<(String, String), UnitReport>, EngineError> {
    let store = session.store();
    let present = store.list(folder)?;
    let prefix = format!("{folder}/units/");
    let mut finished = BTreeMap::new();
    let mut named = BTreeSet::new();
    for (path, _) in &present {
        let Some((phase, file)) = path.strip_prefix(&prefix).and_then(|rest| rest.split_once('/')) else { continue };
        let Some(unit) = file.strip_suffix(".json") else { continue };
        let Some(report) = read_report(store, path)? else { continue };
        let files: Vec<String> = report.files.iter().map(|file| format!("{folder}/{}", file.path)).collect();
        let differs = |(path, file): (&String, _)| commit::difference(session, file, path).map(|what| what.is_some());
        let damaged = files.iter().zip(&report.files).map(differs).collect::<Result<Vec<_>, _>>()?;
        if !damaged.contains(&true) {
            named.extend(files);
            named.insert(path.clone());
            finished.insert((phase.to_owned(), unit.to_owned()), report);
        }
    }
    if leftovers == Leftovers::Sweep {
        remove_unnamed(store, folder, &named)?;
    }
    Ok(finished)
}

/// A unit report, or `None` if it is not one: a torn report is a unit that was not finished.
fn read_report(store: &Store, path: &str) -> Result<Option<UnitReport>, EngineError> {
    Ok(serde_json::from_slice(&store.get(path)?).ok())
}

/// Removes what killed processes left of other versions of the stage: all of those that never published a manifest, and
/// from the others what their manifests do not name.
///
/// Only in local run folders, whose lock says that no other process is at work on them.
pub(crate) fn abandoned_versions(store: &Store, published: &Published) -> Result<(), EngineError> {
    if store.local_root().is_none() {
        return Ok(());
    }
    let stage = published.manifest.stage.as_str();
    let present = store.list(stage)?;
    let version_of = |path: &str| Some(path.strip_prefix(stage)?.strip_prefix('/')?.split_once('/')?.0.to_owned());
    let whole: BTreeSet<String> = present
        .iter()
        .filter(|(path, _)| path.ends_with("/manifest.json"))
        .filter_map(|(path, _)| version_of(path))
        .collect();
    let abandoned: BTreeSet<String> =
        present.iter().filter_map(|(path, _)| version_of(path)).filter(|version| !whole.contains(version)).collect();
    for version in abandoned {
        remove_unnamed(store, &format!("{stage}/{version}"), &BTreeSet::new())?;
    }
    for version in whole.iter().filter(|version| **version != published.manifest.version) {
        let json = store.get(&format!("{stage}/{version}/manifest.json"))?;
        // A manifest that cannot be read names nothing, and whoever asks for its version is told so.
        if let Ok(manifest) = Manifest::from_json(&json) {
            unnamed_in_version(store, &Published { manifest })?;
        }
    }
    Ok(())
}

/// Forgets every finished unit of an unpublished version.
pub(crate) fn forget_all(store: &Store, folder: &str) -> Result<(), EngineError> {
    for (path, _) in store.list(&format!("{folder}/units"))? {
        store.delete(&path)?;
    }
    Ok(())
}

/// Forgets the unit that wrote a file, so that the next process does it again.
pub(crate) fn forget_writer_of(store: &Store, folder: &str, file: &str) -> Result<(), EngineError> {
    for (path, _) in store.list(&format!("{folder}/units"))? {
        let wrote = |report: &UnitReport| report.files.iter().any(|entry| entry.path == file);
        if read_report(store, &path)?.as_ref().is_some_and(wrote) {
            store.delete(&path)?;
        }
    }
    Ok(())
}

fn remove_unnamed(store: &Store, folder: &str, named: &BTreeSet<String>) -> Result<(), EngineError> {
    for (path, _) in store.list(folder)? {
        if !named.contains(&path) {
            tracing::debug!(path, "removing what no report names");
            store.delete(&path)?;
        }
    }
    match store.local_path(folder) {
        Some(local) => remove_staged(&local, Depth::Tree),
        None => Ok(()),
    }
}

/// How far down half-written files are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Folder,
    Tree,
}

/// Removes half-written files of a local store (`name#1`), which its listing hides, and folders that became empty.
fn remove_staged(folder: &Path, depth: Depth) -> Result<(), EngineError> {
    let failed = |action, path: &Path| {
        let path = path.display().to_string();
        move |source| EngineError::Io { action, path, source }
    };
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(failed("list", folder))? {
        let path = entry.map_err(failed("list", folder))?.path();
        if path.is_dir() && !path.is_symlink() {
            if depth == Depth::Folder {
                continue;
            }
            remove_staged(&path, depth)?;
            // Fails where files are left, which is what is wanted.
            let _ = std::fs::remove_dir(&path);
        } else if is_staged(&path) {
            std::fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
    }
    Ok(())
}

fn is_staged(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.rsplit_once('#').is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

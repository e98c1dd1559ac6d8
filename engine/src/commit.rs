//! The stage commit: written aside, checked from the files as they lie, published last.

use crate::work::StageWork;
use crate::{EngineError, Event, PartReader, Published, Session, UnitReport, sweep};
use arrow::array::{Array, AsArray};
use bytes::Bytes;
use malmoi_schemas::{
    Counts, Details, Digest, FileEntry, FileSet, LEDGER, MANIFEST_FORMAT, Manifest, Outcome, Reason, column,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a file read at once when it is hashed again.
const CHECK_WINDOW: u64 = 4 << 20;

/// Outcomes by source.
type Balance = BTreeMap<String, Counts>;

impl StageWork<'_> {
    /// Checks everything that the reports name against the files as written, and publishes it.
    ///
    /// A file that is not what its unit wrote is [`EngineError::Damaged`] and its unit forgotten; counts that do not
    /// balance are [`EngineError::Unbalanced`]. In both cases nothing is published.
    pub fn commit(self, reports: Vec<UnitReport>, details: Details) -> Result<Published, EngineError> {
        let mut claimed = Balance::new();
        let mut files: Vec<FileEntry> = Vec::new();
        for report in reports {
            for (source, counts) in &report.counts {
                claimed.entry(source.clone()).or_default().merge(counts);
            }
            files.extend(report.files.into_iter().filter(|file| file.set != FileSet::Scratch));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let found = self.check_files(&files)?;
        let balanced = self.check_balance(&claimed, &found, &files);
        if balanced.is_err() {
            // Reports of an earlier process may be to blame: the next one starts without them.
            sweep::forget_all(self.session.store(), &self.folder)?;
        }
        balanced?;
        let published = Published { manifest: self.manifest(claimed, files, details) };
        self.publish(&published)?;
        Ok(published)
    }

    fn manifest(&self, sources: Balance, files: Vec<FileEntry>, details: Details) -> Manifest {
        let mut counts = Counts::default();
        sources.values().for_each(|of_source| counts.merge(of_source));
        Manifest {
            format: MANIFEST_FORMAT.to_owned(),
            stage: self.request.stage,
            version: self.version.clone(),
            revision: self.request.revision,
            recipe: self.request.recipe,
            inputs: self.request.inputs,
            counts,
            sources,
            files,
            details,
        }
    }

    /// Reads every file back, compares it with its entry, and adds up the ledger's outcomes by source.
    fn check_files(&self, files: &[FileEntry]) -> Result<Balance, EngineError> {
        let found = Mutex::new(Balance::new());
        for_each_file(self.session, files, |file| {
            let path = self.path(file);
            if let Some(what) = difference(self.session, file, &path)? {
                sweep::forget_writer_of(self.session.store(), &self.folder, &file.path)?;
                return Err(EngineError::Damaged { path, what });
            }
            self.session.store().sync(&path)?;
            if file.set == FileSet::Ledger {
                let part = read_balance(self, &path)?;
                let mut found = found.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                part.into_iter().for_each(|(source, counts)| found.entry(source).or_default().merge(&counts));
            }
            Ok(())
        })?;
        Ok(found.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Compares what units counted with what the ledger says and with the rows that go on to the next stage.
    fn check_balance(&self, claimed: &Balance, found: &Balance, files: &[FileEntry]) -> Result<(), EngineError> {
        let stage = self.request.stage;
        let unbalanced = |what: String| Err(EngineError::Unbalanced { stage, what });
        for (source, counts) in claimed {
            if !counts.is_balanced() {
                return unbalanced(format!(
                    "of `{source}` {} records were read, {} kept, {} removed and {} errored",
                    counts.read,
                    counts.kept,
                    counts.removed_total(),
                    counts.errored_total()
                ));
            }
        }
        if claimed != found {
            let total = |side: &Balance| side.values().map(|counts| counts.read).sum::<u64>();
            let (counted, held) = (total(claimed), total(found));
            let unequal = claimed.iter().find(|(source, counts)| found.get(*source) != Some(counts));
            let source = unequal.map_or("another source", |(source, _)| source.as_str());
            return unbalanced(format!(
                "units counted {counted} records, the ledger holds {held}; they differ for `{source}`"
            ));
        }
        let kept: u64 = claimed.values().map(|counts| counts.kept).sum();
        let onward = [FileSet::Documents, FileSet::Tokens, FileSet::HeldOut];
        let rows: u64 = files.iter().filter(|file| onward.contains(&file.set)).map(|file| file.rows).sum();
        if rows != kept && !claimed.is_empty() {
            return unbalanced(format!("{kept} documents were counted as kept, {rows} rows were written"));
        }
        Ok(())
    }

    fn publish(&self, published: &Published) -> Result<(), EngineError> {
        let store = self.session.store();
        let manifest = format!("{}/manifest.json", self.folder);
        let json =
            published.manifest.to_json().map_err(|source| EngineError::Manifest { path: manifest.clone(), source })?;
        let timing = self.resources.timing(self.input_bytes.load(Ordering::Relaxed), self.resumed);
        let timing_path = format!("{}/timing.json", self.folder);
        let timing_json = serde_json::to_vec(&timing).map_err(EngineError::not_json(&timing_path))?;
        store.put(&timing_path, Bytes::from(timing_json))?;
        store.put(&manifest, Bytes::from(json))?;
        store.sync(&manifest)?;
        self.session.point_to(self.request.stage, &self.version)?;
        sweep::after_publishing(store, published)?;
        sweep::abandoned_versions(store, published)?;
        self.session.emit(Event::StagePublished {
            stage: self.request.stage,
            version: &self.version,
            counts: &published.manifest.counts,
            files: published.manifest.files.len(),
            bytes: published.manifest.files.iter().map(|file| file.bytes).sum(),
            seconds: timing.wall_seconds,
        });
        Ok(())
    }
}

/// Reads every file of a published version back and compares it with its entry.
pub(crate) fn check_published(session: &Session, published: &Published) -> Result<(), EngineError> {
    for_each_file(session, &published.manifest.files, |file| {
        let path = published.path(file);
        match difference(session, file, &path)? {
            Some(what) => Err(EngineError::Damaged { path, what }),
            None => Ok(()),
        }
    })
}

/// Does something with every file on the session's threads, until the first error.
fn for_each_file(
    session: &Session,
    files: &[FileEntry],
    check: impl Fn(&FileEntry) -> Result<(), EngineError> + Sync,
) -> Result<(), EngineError> {
    let next = AtomicUsize::new(0);
    let outcome = Mutex::new(Ok(()));
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = session.cancel().check().and_then(|()| check(file)) {
                next.store(files.len(), Ordering::Relaxed);
                let mut outcome = outcome.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                *outcome = outcome.as_ref().map_or(Ok(()), |()| Err(error));
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        // This thread works too: where the system gives no more threads, fewer do the same.
        for _ in 1..session.threads().min(files.len()) {
            if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    outcome.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// How a stored file differs from what its unit wrote, if it does.
pub(crate) fn difference(session: &Session, file: &FileEntry, path: &str) -> Result<Option<String>, EngineError> {
    let store = session.store();
    match store.size(path)? {
        None => return Ok(Some("the file is gone".to_owned())),
        Some(bytes) if bytes != file.bytes => {
            return Ok(Some(format!("it has {bytes} bytes, {} were written", file.bytes)));
        }
        Some(_) => {}
    }
    let mut hash = blake3::Hasher::new();
    let mut at = 0;
    while at < file.bytes {
        let end = file.bytes.min(at + CHECK_WINDOW);
        hash.update(&store.get_range(path, at..end)?);
        at = end;
    }
    if Digest::from(hash.finalize()) != file.blake3 {
        return Ok(Some("its checksum is not that of what was written".to_owned()));
    }
    if path.ends_with(".parquet") {
        let rows = PartReader::count_rows(store, path)?;
        if rows != file.rows {
            return Ok(Some(format!("it has {rows} rows, {} were written", file.rows)));
        }
    }
    Ok(None)
}

/// Adds up the outcomes of one ledger part by source.
fn read_balance(work: &StageWork<'_>, path: &str) -> Result<Balance, EngineError> {
    let columns = [column::SOURCE, column::OUTCOME, column::REASON];
    let mut balance = Balance::new();
    for batch in work.session.read_part(path, LEDGER, Some(&columns))? {
        let batch = batch?;
        let [source, outcome, reason] = [0, 1, 2].map(|i| batch.column(i).as_string::<i32>());
        for row in 0..batch.num_rows() {
            let reason = reason.is_valid(row).then(|| reason.value(row));
            let outcome = read_outcome(outcome.value(row), reason).ok_or_else(|| EngineError::Damaged {
                path: path.to_owned(),
                what: format!("row {row} has no known outcome"),
            })?;
            match balance.get_mut(source.value(row)) {
                Some(counts) => counts.add(outcome),
                None => balance.entry(source.value(row).to_owned()).or_default().add(outcome),
            }
        }
    }
    Ok(balance)
}

fn read_outcome(word: &str, reason: Option<&str>) -> Option<Outcome> {
    let reason = || reason?.parse::<Reason>().ok();
    match word {
        "kept" => Some(Outcome::Kept),
        "removed" => reason().map(Outcome::Removed),
        "errored" => reason().map(Outcome::Errored),
        _ => None,
    }
}

//! Whether a run fits the file systems that it writes to.

use serde::Serialize;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file system that a run writes to, and how full it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Room {
    /// The folder on it: the run's, or where data is spilled.
    pub(crate) path: PathBuf,
    pub(crate) needed_bytes: u64,
    pub(crate) free_bytes: u64,
}

/// The file systems of a run folder and of a spill folder: one if both lie on the same. A run in a bucket has the room it
/// needs, and of a place that cannot be looked at nothing is said.
pub(super) fn rooms(run: &str, run_bytes: u64, spill: &Path, spill_bytes: u64) -> Vec<Room> {
    let local = if run.contains("://") { run.strip_prefix("file://") } else { Some(run) };
    let mut rooms: Vec<(u64, Room)> = Vec::new();
    let places = [(local.map(Path::new), run_bytes), (Some(spill), spill_bytes)];
    for (path, needed_bytes) in places.into_iter().filter_map(|(path, bytes)| Some((path?, bytes))) {
        let Some((device, free_bytes)) = existing(path).and_then(look_at) else { continue };
        match rooms.iter_mut().find(|(of, _)| *of == device) {
            Some((_, room)) => room.needed_bytes += needed_bytes,
            None => rooms.push((device, Room { path: path.to_owned(), needed_bytes, free_bytes })),
        }
    }
    rooms.into_iter().map(|(_, room)| room).collect()
}

/// The path itself, or the nearest folder above it that is there.
fn existing(path: &Path) -> Option<&Path> {
    let above = path.ancestors().map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path });
    above.into_iter().find(|path| path.exists())
}

/// The device that a path is on, and what an ordinary user may still write there.
fn look_at(path: &Path) -> Option<(u64, u64)> {
    let device = std::fs::metadata(path).ok()?.dev();
    let space = rustix::fs::statvfs(path).ok()?;
    Some((device, space.f_bavail.saturating_mul(space.f_frsize)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_on_one_file_system_share_its_room() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("runs/that/is/not/there");
        let found = rooms(&run.display().to_string(), 70, folder.path(), 7);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].needed_bytes, &found[0].path), (77, &run));
        assert!(found[0].free_bytes > 0);
        let bucket = rooms("s3://bucket/run", 70, folder.path(), 7);
        assert_eq!((bucket.len(), bucket[0].needed_bytes), (1, 7));
    }
}

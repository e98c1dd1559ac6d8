use bytes::Bytes;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

/// A place that holds files: a folder, an object store. Paths are relative to it, with `/` between parts.
///
/// Calls block. A missing file is an error of kind [`io::ErrorKind::NotFound`].
pub trait Files: Send + Sync {
    /// The whole file.
    fn read(&self, path: &str) -> io::Result<Bytes>;

    /// Some bytes of a file; fewer than asked for is an error.
    fn read_range(&self, path: &str, range: Range<u64>) -> io::Result<Bytes> {
        let whole = self.read(path)?;
        let end = usize::try_from(range.end).ok().filter(|&end| end <= whole.len());
        match end {
            Some(end) if range.start <= range.end => Ok(whole.slice(range.start as usize..end)),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Writes a file whole: a reader sees the file before or the file after, never a part, whenever the process dies.
    fn put(&self, path: &str, bytes: Bytes) -> io::Result<()>;

    /// The paths of all files below a folder, at any depth, sorted; none if there is no such folder.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Deletes a file; one that is not there is deleted already.
    fn delete(&self, path: &str) -> io::Result<()>;
}

/// Files in a folder of this machine.
#[derive(Debug, Clone)]
pub struct LocalFiles {
    root: PathBuf,
}

/// Ends the names of files being written. [`LocalFiles::list`] does not show them.
const ASIDE: &str = ".aside";

impl LocalFiles {
    /// The files below `root`, which need not exist before the first [`Files::put`].
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The place of a path, which must stay below the root.
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let relative = Path::new(path);
        if relative.components().all(|part| matches!(part, Component::Normal(_))) {
            Ok(self.root.join(relative))
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leaves its folder"))
        }
    }
}

impl Files for LocalFiles {
    fn read(&self, path: &str) -> io::Result<Bytes> {
        fs::read(self.place(path)?).map(Bytes::from)
    }

    fn read_range(&self, path: &str, range: Range<u64>) -> io::Result<Bytes> {
        let mut file = File::open(self.place(path)?)?;
        // Checked before allocating: a length out of a damaged footer must not ask for all memory.
        if range.start > range.end || range.end > file.metadata()?.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.seek(SeekFrom::Start(range.start))?;
        let mut bytes = vec![0; (range.end - range.start) as usize];
        file.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }

    fn put(&self, path: &str, bytes: Bytes) -> io::Result<()> {
        let place = self.place(path)?;
        let folder = place.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let mut aside = place.clone().into_os_string();
        aside.push(ASIDE);
        let mut file = File::create(&aside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&aside, &place)?;
        // The rename itself is on disk only when the folder is.
        File::open(folder)?.sync_all()
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        let mut folders = vec![folder.trim_end_matches('/').to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(self.place(&folder)?) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for entry in entries {
                let entry = entry?;
                let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
                let path = format!("{folder}/{name}");
                if entry.file_type()?.is_dir() {
                    folders.push(path);
                } else if !name.ends_with(ASIDE) {
                    found.push(path);
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn delete(&self, path: &str) -> io::Result<()> {
        let place = self.place(path)?;
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // Folders are not files here: an emptied one disappears, as in an object store.
        for folder in place.ancestors().skip(1).take_while(|&folder| folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_listed_read_and_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::new(folder.path());
        assert!(files.list("run").unwrap().is_empty());
        files.put("run/b/2", "둘".into()).unwrap();
        files.put("run/a", "하나".into()).unwrap();
        files.put("run/a", "하나 더".into()).unwrap();
        assert_eq!(files.list("run").unwrap(), ["run/a", "run/b/2"]);
        assert_eq!(files.read("run/a").unwrap(), "하나 더".as_bytes());
        assert_eq!(files.read_range("run/a", 3..6).unwrap(), "나".as_bytes());
        assert!(files.read_range("run/a", 3..60).is_err());
        files.delete("run/b/2").unwrap();
        files.delete("run/b/2").unwrap();
        assert!(!folder.path().join("run/b").exists());
        assert_eq!(files.read("run/b/2").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_left_half_written_is_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("model.safetensors.aside"), "half").unwrap();
        fs::create_dir(folder.path().join("x")).unwrap();
        fs::write(folder.path().join("x/model.safetensors.aside"), "half").unwrap();
        assert!(LocalFiles::new(folder.path()).list("x").unwrap().is_empty());
    }

    #[test]
    fn a_path_that_climbs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::new(folder.path().join("inside"));
        for path in ["../secret", "a/../../secret", "/etc/hostname"] {
            assert_eq!(files.put(path, Bytes::new()).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path}");
        }
    }
}

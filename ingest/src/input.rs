//! From path patterns to files, their stable names, their digest and their bytes.

use crate::error::IngestError;
use crate::source::{PathPattern, SourceConfig};
use glob::{MatchOptions, Pattern};
use malmoi_schemas::Digest;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that can be read from any place: what every kind of storage must offer.
pub trait Input: Read + Seek + Send {}

impl<T: Read + Seek + Send> Input for T {}

/// One file of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputFile {
    /// The file's name inside its source, with `/` between parts. Document ids are made from it, so it says nothing of
    /// where the recipe happens to lie on this machine.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
}

impl InputFile {
    /// Opens the file. Every byte that ingest reads comes through here.
    pub fn open(&self) -> Result<Box<dyn Input>, IngestError> {
        match File::open(&self.path) {
            Ok(file) => Ok(Box::new(file)),
            Err(source) => Err(IngestError::Read { path: self.path.clone(), source }),
        }
    }
}

impl SourceConfig {
    /// The files that the source's paths name, sorted by name. Relative paths start from `base`, the recipe's folder.
    ///
    /// Each pattern must match at least one file. Folders reached twice, as through a symbolic link, are walked once.
    pub fn resolve(&self, base: &Path) -> Result<Vec<InputFile>, IngestError> {
        let mut files: BTreeMap<String, InputFile> = BTreeMap::new();
        for pattern in &self.paths {
            for file in self.expand(pattern, base)? {
                match files.get(&file.name) {
                    Some(known) if known.path != file.path => {
                        return Err(IngestError::NameClash {
                            name: self.name.as_str().to_owned(),
                            file: file.name,
                            first: known.path.clone(),
                            second: file.path,
                        });
                    }
                    Some(_) => {}
                    None => drop(files.insert(file.name.clone(), file)),
                }
            }
        }
        Ok(files.into_values().collect())
    }

    fn expand(&self, pattern: &PathPattern, base: &Path) -> Result<Vec<InputFile>, IngestError> {
        let name = || self.name.as_str().to_owned();
        let written = pattern.as_str();
        let (fixed, wild) = split_pattern(written);
        let root = base.join(&fixed);
        if wild.is_empty() {
            if root.is_dir() {
                return Err(IngestError::Folder { name: name(), pattern: written.to_owned() });
            }
            let file = input_file(&root, file_name(&fixed, ""));
            return match file {
                Some(file) => Ok(vec![file]),
                None => Err(self.no_match(written, base)),
            };
        }
        let glob = Pattern::new(&wild).map_err(|e| IngestError::Pattern {
            name: name(),
            pattern: written.to_owned(),
            reason: e.to_string(),
        })?;
        let depth = if wild.contains("**") { usize::MAX } else { wild.split('/').count() };
        let mut walk = Walk { glob, seen: HashSet::new(), found: BTreeSet::new() };
        walk.folder(&root, "", depth).map_err(|source| IngestError::Read { path: root.clone(), source })?;
        let files: Vec<_> = walk
            .found
            .iter()
            .filter_map(|below| input_file(&root.join(&below.1), file_name(&fixed, &below.0)))
            .collect();
        if files.is_empty() { Err(self.no_match(written, base)) } else { Ok(files) }
    }

    fn no_match(&self, pattern: &str, base: &Path) -> IngestError {
        IngestError::NoMatch { name: self.name.as_str().to_owned(), pattern: pattern.to_owned(), base: base.to_owned() }
    }
}

/// Splits a pattern into the folders (or the file) that it names outright and the part with wildcards.
fn split_pattern(pattern: &str) -> (String, String) {
    let is_wild = |part: &str| part.contains(['*', '?', '[']);
    let mut at = 0;
    for part in pattern.split_inclusive('/') {
        if is_wild(part) {
            break;
        }
        at += part.len();
    }
    (pattern[..at].to_owned(), pattern[at..].to_owned())
}

/// The name inside the source: what the wildcards matched, or the file's own name. The folders before it are left out,
/// so that moving a corpus, or naming it from elsewhere, does not change its document ids.
fn file_name(fixed: &str, below: &str) -> String {
    if !below.is_empty() {
        return below.to_owned();
    }
    Path::new(fixed).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn input_file(path: &Path, name: String) -> Option<InputFile> {
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(InputFile { name, path: path.to_owned(), bytes: meta.len() })
}

/// A walk below one folder. The `glob` crate's own walk follows links in circles and panics on names that are not UTF-8,
/// which legacy Korean archives have; only its matcher is used.
struct Walk {
    glob: Pattern,
    seen: HashSet<PathBuf>,
    /// Matches: the name with replacement characters, and the path below the root as it is.
    found: BTreeSet<(String, PathBuf)>,
}

impl Walk {
    fn folder(&mut self, root: &Path, below: &str, depth: usize) -> io::Result<()> {
        let mut open = vec![(below.to_owned(), PathBuf::new(), depth)];
        while let Some((prefix, path, depth)) = open.pop() {
            let folder = root.join(&path);
            let Ok(real) = folder.canonicalize() else { continue };
            if !self.seen.insert(real) {
                continue;
            }
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let name = entry.file_name();
                let text = name.to_string_lossy();
                if text.starts_with('.') {
                    continue;
                }
                let shown = if prefix.is_empty() { text.into_owned() } else { format!("{prefix}/{text}") };
                let below = path.join(&name);
                if entry.file_type()?.is_dir() || (entry.file_type()?.is_symlink() && root.join(&below).is_dir()) {
                    if depth > 1 {
                        open.push((shown, below, depth.saturating_sub(1)));
                    }
                } else if self.glob.matches_with(&shown, MATCHING) {
                    self.found.insert((shown, below));
                }
            }
        }
        Ok(())
    }
}

/// As a shell matches: `*` stays inside a folder, case counts.
const MATCHING: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// The digest of all input: sources, names, sizes and contents. `workers` files are read at once.
///
/// Contents and not times of change, so that a copied or freshly checked-out corpus is known again; it costs one more
/// pass over the files as they are stored.
pub fn fingerprint(sources: &[(String, Vec<InputFile>)], workers: usize) -> Result<Digest, IngestError> {
    let files: Vec<&InputFile> = sources.iter().flat_map(|(_, files)| files).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, blake3::Hash)>, IngestError> {
        let mut hashes = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(at) else { return Ok(hashes) };
            hashes.push((at, hash_file(file)?));
        }
    };
    let mut hashes = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers.min(files.len())).map(|_| scope.spawn(work)).collect();
        let mut all = work()?;
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok::<_, IngestError>(all)
    })?;
    hashes.sort_unstable_by_key(|&(at, _)| at);

    let mut digest = blake3::Hasher::new();
    let mut put = |bytes: &[u8]| {
        digest.update(&(bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    let mut hashes = hashes.iter();
    for (name, files) in sources {
        put(name.as_bytes());
        put(&(files.len() as u64).to_le_bytes());
        for (file, (_, hash)) in files.iter().zip(&mut hashes) {
            put(file.name.as_bytes());
            put(&file.bytes.to_le_bytes());
            put(hash.as_bytes());
        }
    }
    Ok(Digest::from(digest.finalize()))
}

fn hash_file(file: &InputFile) -> Result<blake3::Hash, IngestError> {
    let mut hasher = blake3::Hasher::new();
    hasher
        .update_reader(file.open()?)
        .map(|hasher| hasher.finalize())
        .map_err(|source| IngestError::Read { path: file.path.clone(), source })
}

#[cfg(test)]
mod tests;

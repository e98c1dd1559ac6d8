//! From path patterns to files.

use super::remote::{Remote, RemoteObject};
use super::{InputFile, Place};
use crate::error::{IngestError, Owner};
use crate::source::{PathPattern, SourceConfig};
use glob::{MatchOptions, Pattern};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// Opens a bucket by its name.
pub type OpenBucket<'a> = dyn Fn(&str) -> io::Result<Arc<dyn Remote>> + 'a;

/// Finds the files that paths name.
pub(crate) struct Resolver<'a> {
    /// Folder that relative paths start from: the recipe's.
    pub(crate) base: &'a Path,
    /// How buckets are opened.
    pub(crate) buckets: &'a OpenBucket<'a>,
}

impl SourceConfig {
    /// The files that the source's paths name, sorted by name. Relative paths start from `base`, the recipe's folder.
    ///
    /// Each pattern must match at least one file. Folders reached twice, as through a symbolic link, are walked once.
    /// `s3://bucket/key` patterns are matched against the keys below their part without wildcards.
    pub fn resolve(&self, base: &Path, buckets: &OpenBucket<'_>) -> Result<Vec<InputFile>, IngestError> {
        Resolver { base, buckets }.files(&Owner::Source(self.name.as_str().to_owned()), &self.paths)
    }
}

impl Resolver<'_> {
    /// The files of the source or the setting `owner`, sorted by name.
    pub(crate) fn files(&self, owner: &Owner, paths: &[PathPattern]) -> Result<Vec<InputFile>, IngestError> {
        let mut files: BTreeMap<String, InputFile> = BTreeMap::new();
        for pattern in paths {
            for file in self.expand(owner, pattern.as_str())? {
                match files.get(&file.name) {
                    Some(known) if !known.place.is(&file.place) => {
                        return Err(IngestError::NameClash {
                            owner: owner.clone(),
                            file: file.name,
                            first: known.place.to_string(),
                            second: file.place.to_string(),
                        });
                    }
                    Some(_) => {}
                    None => drop(files.insert(file.name.clone(), file)),
                }
            }
        }
        Ok(files.into_values().collect())
    }

    fn expand(&self, owner: &Owner, written: &str) -> Result<Vec<InputFile>, IngestError> {
        let files = match written.split_once("://") {
            Some(("s3", place)) => self.expand_remote(owner, written, place)?,
            Some(("file", path)) => self.expand_local(owner, written, path)?,
            Some((scheme, _)) => {
                let reason = format!("`{scheme}://` is not supported; use a path, file:// or s3://");
                return Err(not_a_pattern(owner, written, reason));
            }
            None => self.expand_local(owner, written, written)?,
        };
        if files.is_empty() {
            let (owner, pattern) = (owner.clone(), written.to_owned());
            return Err(IngestError::NoMatch { owner, pattern, base: self.base.to_owned() });
        }
        Ok(files)
    }

    fn expand_local(&self, owner: &Owner, written: &str, pattern: &str) -> Result<Vec<InputFile>, IngestError> {
        let pattern: String = pattern.nfc().collect();
        let (fixed, wild) = split_pattern(&pattern);
        let root = as_stored(self.base, &fixed);
        if wild.is_empty() {
            if root.is_dir() {
                return Err(IngestError::Folder { owner: owner.clone(), pattern: written.to_owned() });
            }
            return Ok(input_file(&root, file_name(&fixed, ""))?.into_iter().collect());
        }
        let glob = glob(owner, written, &wild)?;
        let depth = if wild.contains("**") { usize::MAX } else { wild.split('/').count() };
        let mut walk = Walk { glob, seen: HashSet::new(), found: BTreeSet::new() };
        walk.folder(&root, depth)?;
        let files = walk.found.iter().map(|(name, below)| {
            let path = root.join(below);
            // A link to nowhere is a file that was meant to be there: a disk that is not mounted.
            match input_file(&path, file_name(&fixed, name))? {
                None if !path.exists() => Err(cannot_read(&path, io::ErrorKind::NotFound.into())),
                file => Ok(file),
            }
        });
        files.filter_map(Result::transpose).collect()
    }

    fn expand_remote(&self, owner: &Owner, written: &str, place: &str) -> Result<Vec<InputFile>, IngestError> {
        let failed = |source| IngestError::Read { place: written.to_owned(), source };
        let (name, pattern) = match place.split_once('/') {
            Some((name, pattern)) if !name.is_empty() && !pattern.is_empty() => (name, pattern),
            _ => return Err(not_a_pattern(owner, written, "expected s3://bucket/key".to_owned())),
        };
        let bucket = (self.buckets)(name).map_err(failed)?;
        let file = |file_name, object: RemoteObject| {
            let url = format!("s3://{name}/{}", object.key);
            let bytes = object.bytes;
            InputFile { name: file_name, bytes, place: Place::Object { bucket: Arc::clone(&bucket), url, object } }
        };
        let (fixed, wild) = split_pattern(pattern);
        if wild.is_empty() {
            let found = bucket.find(&fixed).map_err(failed)?;
            return Ok(found.map(|object| file(file_name(&fixed, ""), object)).into_iter().collect());
        }
        let glob = glob(owner, written, &wild)?;
        let objects = bucket.list(fixed.trim_end_matches('/')).map_err(failed)?;
        let files = objects.into_iter().filter_map(|object| {
            let below = object.key.strip_prefix(&fixed)?.to_owned();
            let hidden = below.split('/').any(|part| part.is_empty() || part.starts_with('.'));
            (!hidden && glob.matches_with(&below, MATCHING)).then(|| file(below, object))
        });
        Ok(files.collect())
    }
}

fn glob(owner: &Owner, written: &str, wild: &str) -> Result<Pattern, IngestError> {
    Pattern::new(wild).map_err(|error| not_a_pattern(owner, written, error.to_string()))
}

fn not_a_pattern(owner: &Owner, pattern: &str, reason: String) -> IngestError {
    IngestError::Pattern { owner: owner.clone(), pattern: pattern.to_owned(), reason }
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
    Path::new(fixed).file_name().map(shown).unwrap_or_default()
}

/// A name as documents carry it, in NFC. One that is no UTF-8, as archives packed under Korean Windows leave them, has its bytes
/// beyond ASCII in hexadecimal, so that different names stay different.
fn shown(name: &OsStr) -> String {
    let written = |&byte: &u8| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.to_str().map_or_else(|| name.as_encoded_bytes().iter().map(written).collect(), |name| name.nfc().collect())
}

/// The path below `base` that a recipe names, as the file system has it: the name 뉴스 is stored in conjoining jamo where a
/// Mac wrote it, and typed in syllables. A part that is not there as it is typed is looked for among its siblings.
fn as_stored(base: &Path, named: &str) -> PathBuf {
    let mut path = base.to_owned();
    for part in Path::new(named).components() {
        let (typed, name) = (path.join(part), shown(part.as_os_str()));
        let is_name = matches!(part, Component::Normal(_)) && !name.is_ascii();
        let stored = || fs::read_dir(&path).ok()?.flatten().find(|entry| shown(&entry.file_name()) == name);
        path = match is_name && !typed.exists() {
            true => stored().map_or(typed, |entry| entry.path()),
            false => typed,
        };
    }
    path
}

/// The regular file at a path, if there is one. What is there and cannot be looked at is an error: passed over, it would
/// be missing from the books.
fn input_file(path: &Path, name: String) -> Result<Option<InputFile>, IngestError> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_file() => {
            Ok(Some(InputFile { name, place: Place::Local(path.to_owned()), bytes: meta.len() }))
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot_read(path, error)),
    }
}

fn cannot_read(path: &Path, source: io::Error) -> IngestError {
    IngestError::Read { place: path.display().to_string(), source }
}

/// A walk below one folder. The `glob` crate's own walk follows links in circles and panics on names that are not UTF-8,
/// which legacy Korean archives have; only its matcher is used.
struct Walk {
    glob: Pattern,
    seen: HashSet<PathBuf>,
    /// Matches: the name as documents carry it, and the path below the root as it is.
    found: BTreeSet<(String, PathBuf)>,
}

impl Walk {
    fn folder(&mut self, root: &Path, depth: usize) -> Result<(), IngestError> {
        let mut open = vec![(String::new(), PathBuf::new(), depth)];
        while let Some((prefix, path, depth)) = open.pop() {
            let folder = root.join(&path);
            let failed = |error| cannot_read(&folder, error);
            match folder.canonicalize().map(|real| self.seen.insert(real)) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(error)),
            }
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = shown(&entry.file_name());
                if name.starts_with('.') {
                    continue;
                }
                let below = path.join(entry.file_name());
                let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
                let kind = entry.file_type().map_err(failed)?;
                if kind.is_dir() || (kind.is_symlink() && root.join(&below).is_dir()) {
                    if depth > 1 {
                        open.push((name, below, depth.saturating_sub(1)));
                    }
                } else if self.glob.matches_with(&name, MATCHING) {
                    self.found.insert((name, below));
                }
            }
        }
        Ok(())
    }
}

/// As a shell matches: `*` stays inside a folder, case counts.
const MATCHING: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

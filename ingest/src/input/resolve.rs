//! From path patterns to files.

use super::remote::{Remote, RemoteObject};
use super::{InputFile, Place};
use crate::error::{IngestError, Owner};
use crate::source::{PathPattern, SourceConfig};
use glob::{MatchOptions, Pattern};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
                    Some(known) if known.place.to_string() != file.place.to_string() => {
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
        let (fixed, wild) = split_pattern(pattern);
        let root = self.base.join(&fixed);
        if wild.is_empty() {
            if root.is_dir() {
                return Err(IngestError::Folder { owner: owner.clone(), pattern: written.to_owned() });
            }
            return Ok(input_file(&root, file_name(&fixed, "")).into_iter().collect());
        }
        let glob = glob(owner, written, &wild)?;
        let depth = if wild.contains("**") { usize::MAX } else { wild.split('/').count() };
        let mut walk = Walk { glob, seen: HashSet::new(), found: BTreeSet::new() };
        walk.folder(&root, "", depth)
            .map_err(|source| IngestError::Read { place: root.display().to_string(), source })?;
        let files = walk.found.iter().filter_map(|below| input_file(&root.join(&below.1), file_name(&fixed, &below.0)));
        Ok(files.collect())
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
    Path::new(fixed).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn input_file(path: &Path, name: String) -> Option<InputFile> {
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(InputFile { name, place: Place::Local(path.to_owned()), bytes: meta.len() })
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

use super::{InputFile, Place, RemoteObject};
use crate::error::IngestError;
use malmoi_schemas::Digest;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

/// The digest of all input: sources, names, sizes and contents. `workers` files are read at once.
///
/// Contents and not times of change, so that a copied or freshly checked-out corpus is known again; it costs one more
/// pass over the files as they are stored. An object in a bucket is known by its entity tag, which saves fetching it
/// twice; the same bytes uploaded anew may have another tag, and then count as changed.
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
        // Where the system gives no more threads, fewer do the same.
        let spawned = (1..workers.min(files.len())).map(|_| Builder::new().spawn_scoped(scope, work));
        let others: Vec<_> = spawned.map_while(Result::ok).collect();
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
    if let Place::Object { object: RemoteObject { entity_tag: Some(tag), .. }, .. } = &file.place {
        return Ok(blake3::hash(format!("entity tag {tag}").as_bytes()));
    }
    let mut hasher = blake3::Hasher::new();
    hasher
        .update_reader(file.open()?)
        .map(|hasher| hasher.finalize())
        .map_err(|source| IngestError::Read { place: file.place.to_string(), source })
}

use crate::EngineError;
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;
use url::Url;

/// Bytes that a writer gathers before it sends them: S3 wants parts of 5 MiB or more.
const UPLOAD_PART: usize = 8 << 20;

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To look at; a local folder must be there.
    Read,
    /// To work in; a local folder is created.
    Write,
}

/// A folder of objects: a local folder or a prefix of an S3 bucket. Calls block.
///
/// A write becomes visible whole or not at all. Paths are relative, with `/` between parts of ASCII letters, digits, `-`,
/// `_` and `.`; the root itself may be named as one likes.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// URL of the store's root, without a trailing slash.
    base: Url,
    /// Path of the root inside `objects`.
    prefix: ObjectPath,
    /// The root's local folder, if it is one.
    local: Option<PathBuf>,
    runtime: Handle,
}

impl Store {
    /// Opens a local path, a `file://` URL or an `s3://bucket/prefix` URL.
    ///
    /// S3 takes endpoint, region and credentials from the environment (`AWS_ENDPOINT_URL`, `AWS_REGION`,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`), as other tools do.
    pub fn open(location: &str, access: Access, runtime: Handle) -> Result<Self, EngineError> {
        if location.chars().any(char::is_control) {
            return Err(unusable(location, "a name with control characters"));
        }
        // Without `//` it is a path, also where a folder's name has a colon.
        if !location.contains("://") {
            return Self::open_local(Path::new(location), access, runtime);
        }
        let url = Url::parse(location).map_err(|e| unusable(location, &e.to_string()))?;
        match url.scheme() {
            "s3" => Self::open_s3(url, runtime),
            "file" => match url.to_file_path() {
                Ok(path) => Self::open_local(&path, access, runtime),
                Err(()) => Err(unusable(location, "the URL names no local path")),
            },
            other => Err(unusable(location, &format!("`{other}://` is not supported; use a path, file:// or s3://"))),
        }
    }

    fn open_local(path: &Path, access: Access, runtime: Handle) -> Result<Self, EngineError> {
        let shown = path.display().to_string();
        let failed = |action| {
            let path = shown.clone();
            move |source| EngineError::Io { action, path, source }
        };
        match access {
            Access::Write => std::fs::create_dir_all(path).map_err(failed("create the run folder"))?,
            Access::Read if !path.is_dir() => return Err(EngineError::NoRun { location: shown }),
            Access::Read => {}
        }
        let root = path.canonicalize().map_err(failed("open the run folder"))?;
        let base = Url::from_file_path(&root).map_err(|()| unusable(&shown, "not an absolute path"))?;
        let objects = LocalFileSystem::new_with_prefix(&root).map_err(|e| unusable(&shown, &e.to_string()))?;
        Ok(Self { objects: Arc::new(objects), base, prefix: ObjectPath::default(), local: Some(root), runtime })
    }

    fn open_s3(url: Url, runtime: Handle) -> Result<Self, EngineError> {
        let objects = AmazonS3Builder::from_env()
            .with_url(url.as_str())
            .build()
            .map_err(|e| unusable(url.as_str(), &e.to_string()))?;
        let prefix = ObjectPath::from_url_path(url.path()).map_err(|e| unusable(url.as_str(), &e.to_string()))?;
        let mut base = url;
        let trimmed = base.path().trim_end_matches('/').to_owned();
        base.set_path(&trimmed);
        Ok(Self { objects: Arc::new(objects), base, prefix, local: None, runtime })
    }

    /// The local folder, if the store is one.
    pub fn local_root(&self) -> Option<&Path> {
        self.local.as_deref()
    }

    /// The URL of the whole store.
    pub fn url(&self) -> &Url {
        &self.base
    }

    /// The URL of one object, as DataFusion wants it.
    pub fn url_of(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// The underlying store, to be registered with DataFusion under [`Store::url`].
    pub fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.objects)
    }

    /// A local path to an object, if the store is local.
    pub(crate) fn local_path(&self, path: &str) -> Option<PathBuf> {
        self.local.as_ref().map(|root| root.join(self.object(path).as_ref()))
    }

    fn object(&self, path: &str) -> ObjectPath {
        path.split('/').filter(|part| !part.is_empty()).fold(self.prefix.clone(), |parent, part| parent.join(part))
    }

    /// Reads a whole object.
    pub fn get(&self, path: &str) -> Result<Bytes, EngineError> {
        self.runtime
            .block_on(async { self.objects.get(&self.object(path)).await?.bytes().await })
            .map_err(|source| failed("read", path, source))
    }

    /// Reads a whole object, or `None` if there is none.
    pub fn get_if_exists(&self, path: &str) -> Result<Option<Bytes>, EngineError> {
        match self.get(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(EngineError::Store { source: object_store::Error::NotFound { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a range of bytes.
    pub fn get_range(&self, path: &str, range: Range<u64>) -> Result<Bytes, EngineError> {
        self.runtime
            .block_on(self.objects.get_range(&self.object(path), range))
            .map_err(|source| failed("read", path, source))
    }

    /// The size of an object in bytes, or `None` if there is none.
    pub fn size(&self, path: &str) -> Result<Option<u64>, EngineError> {
        match self.runtime.block_on(self.objects.head(&self.object(path))) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed("read", path, source)),
        }
    }

    /// Writes a whole object atomically.
    pub fn put(&self, path: &str, bytes: Bytes) -> Result<(), EngineError> {
        self.runtime
            .block_on(self.objects.put(&self.object(path), PutPayload::from_bytes(bytes)))
            .map(drop)
            .map_err(|source| failed("write", path, source))
    }

    /// Deletes an object; that there is none is no error.
    pub fn delete(&self, path: &str) -> Result<(), EngineError> {
        match self.runtime.block_on(self.objects.delete(&self.object(path))) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed("delete", path, source)),
        }
    }

    /// Paths and sizes of all objects below a folder, sorted by path.
    pub fn list(&self, folder: &str) -> Result<Vec<(String, u64)>, EngineError> {
        let prefix = self.object(folder);
        let found: Vec<_> = self
            .runtime
            .block_on(self.objects.list(Some(&prefix)).try_collect())
            .map_err(|source| failed("list", folder, source))?;
        let strip = |location: &ObjectPath| -> Option<String> {
            let parts: Vec<_> = location.prefix_match(&self.prefix)?.map(|part| part.as_ref().to_owned()).collect();
            Some(parts.join("/"))
        };
        let mut paths: Vec<_> = found.iter().filter_map(|meta| Some((strip(&meta.location)?, meta.size))).collect();
        paths.sort_unstable();
        Ok(paths)
    }

    /// Starts writing an object of unknown length; it appears when [`ObjectWriter::finish`] returns.
    pub fn writer(&self, path: &str) -> ObjectWriter {
        ObjectWriter {
            store: self.clone(),
            path: path.to_owned(),
            buffer: Vec::new(),
            upload: None,
            hash: blake3::Hasher::new(),
            bytes: 0,
        }
    }

    /// Makes a local object and its folder survive a power cut; remote stores answer only once they do.
    pub fn sync(&self, path: &str) -> Result<(), EngineError> {
        let Some(file) = self.local_path(path) else { return Ok(()) };
        for target in file.parent().into_iter().chain([file.as_path()]) {
            std::fs::File::open(target).and_then(|f| f.sync_all()).map_err(|source| EngineError::Io {
                action: "sync",
                path: target.display().to_string(),
                source,
            })?;
        }
        Ok(())
    }
}

fn unusable(location: &str, reason: &str) -> EngineError {
    EngineError::Location { location: location.to_owned(), reason: reason.to_owned() }
}

fn failed(action: &'static str, path: &str, source: object_store::Error) -> EngineError {
    EngineError::Store { action, path: path.to_owned(), source }
}

/// Writes one object, hashing as it goes. Dropped unfinished, it leaves nothing that a reader could see.
pub struct ObjectWriter {
    store: Store,
    path: String,
    buffer: Vec<u8>,
    upload: Option<Box<dyn MultipartUpload>>,
    hash: blake3::Hasher,
    bytes: u64,
}

impl ObjectWriter {
    /// Sends the rest and makes the object visible. Returns its size and BLAKE3.
    pub fn finish(mut self) -> Result<(u64, blake3::Hash), EngineError> {
        match self.upload.take() {
            None => self.store.put(&self.path, Bytes::from(std::mem::take(&mut self.buffer)))?,
            Some(mut upload) => {
                let rest = PutPayload::from(std::mem::take(&mut self.buffer));
                self.store
                    .runtime
                    .block_on(async {
                        if rest.content_length() > 0 {
                            upload.put_part(rest).await?;
                        }
                        upload.complete().await
                    })
                    .map_err(|source| failed("write", &self.path, source))?;
            }
        }
        Ok((self.bytes, self.hash.finalize()))
    }

    fn send_part(&mut self) -> object_store::Result<()> {
        let runtime = self.store.runtime.clone();
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => {
                let started = runtime.block_on(self.store.objects.put_multipart(&self.store.object(&self.path)))?;
                none.insert(started)
            }
        };
        let part = PutPayload::from(std::mem::take(&mut self.buffer));
        runtime.block_on(upload.put_part(part))
    }
}

impl io::Write for ObjectWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= UPLOAD_PART {
            self.send_part().map_err(io::Error::other)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for ObjectWriter {
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take() {
            // Best effort: what stays behind is swept when the stage is begun again.
            let _ = self.store.runtime.block_on(upload.abort());
        }
    }
}

use crate::EngineError;
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as ObjectPath;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use tokio::runtime::Handle;

/// An S3 bucket with input in it: listed and read, never written. Calls block.
///
/// Keys are taken as they are, whatever characters they have; [`crate::Store`] is for keys of our own making.
#[derive(Clone)]
pub struct Bucket {
    name: String,
    objects: Arc<dyn ObjectStore>,
    runtime: Handle,
}

/// What a listing says of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectSummary {
    /// The whole key.
    pub key: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The server's tag of the contents (RFC 9110, 8.8.3), if it gives one.
    pub entity_tag: Option<String>,
}

impl Bucket {
    /// Opens a bucket by its name. Endpoint, region and credentials come from the environment, as for [`crate::Store::open`].
    pub(crate) fn open(name: &str, runtime: Handle) -> Result<Self, EngineError> {
        let objects = AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .build()
            .map_err(|e| EngineError::Location { location: format!("s3://{name}"), reason: e.to_string() })?;
        Ok(Self { name: name.to_owned(), objects: Arc::new(objects), runtime })
    }

    /// All objects below a folder (whole parts of keys between `/`), sorted by key.
    pub fn list(&self, folder: &str) -> Result<Vec<ObjectSummary>, EngineError> {
        let prefix = (!folder.is_empty()).then(|| self.path("list", folder)).transpose()?;
        let found: Vec<_> = self
            .runtime
            .block_on(self.objects.list(prefix.as_ref()).try_collect())
            .map_err(|source| self.failed("list", folder, source))?;
        let mut objects: Vec<_> = found
            .into_iter()
            .map(|meta| ObjectSummary { key: meta.location.into(), bytes: meta.size, entity_tag: meta.e_tag })
            .collect();
        objects.sort_unstable();
        Ok(objects)
    }

    /// One object by its key, or `None` if there is none.
    pub fn find(&self, key: &str) -> Result<Option<ObjectSummary>, EngineError> {
        match self.runtime.block_on(self.objects.head(&self.path("read", key)?)) {
            Ok(meta) => Ok(Some(ObjectSummary { key: meta.location.into(), bytes: meta.size, entity_tag: meta.e_tag })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.failed("read", key, source)),
        }
    }

    /// Reads a range of an object's bytes; with an entity tag, only as long as the object is still the one that had it.
    pub fn read(&self, key: &str, range: Range<u64>, entity_tag: Option<&str>) -> Result<Vec<u8>, EngineError> {
        let path = self.path("read", key)?;
        let options =
            GetOptions { range: Some(range.into()), if_match: entity_tag.map(str::to_owned), ..GetOptions::default() };
        self.runtime
            .block_on(async { self.objects.get_opts(&path, options).await?.bytes().await })
            .map(Vec::from)
            .map_err(|source| self.failed("read", key, source))
    }

    fn path(&self, action: &'static str, key: &str) -> Result<ObjectPath, EngineError> {
        ObjectPath::parse(key).map_err(|source| self.failed(action, key, source.into()))
    }

    fn failed(&self, action: &'static str, key: &str, source: object_store::Error) -> EngineError {
        EngineError::Store { action, path: format!("s3://{}/{key}", self.name), source }
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.name)
    }
}

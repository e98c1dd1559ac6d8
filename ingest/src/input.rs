//! Input files: where they lie, how they are found, told apart by their contents, and opened.

mod fingerprint;
mod remote;
mod resolve;

pub use fingerprint::fingerprint;
pub use remote::{Remote, RemoteObject};
pub use resolve::OpenBucket;
pub(crate) use resolve::Resolver;

use crate::error::IngestError;
use remote::RemoteReader;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes that can be read from any place: what every kind of storage must offer.
pub trait Input: Read + Seek + Send {}

impl<T: Read + Seek + Send> Input for T {}

/// One file of a source.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// The file's name inside its source, with `/` between parts. Document ids are made from it, so it says nothing of
    /// where the recipe happens to lie on this machine.
    pub name: String,
    /// Where the file is.
    pub place: Place,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Where a file is.
#[derive(Debug, Clone)]
pub enum Place {
    /// On a mounted disk.
    Local(PathBuf),
    /// In a bucket.
    Object {
        /// The bucket.
        bucket: Arc<dyn Remote>,
        /// The object's `s3://` URL, for messages.
        url: String,
        /// What the bucket knows of the object.
        object: RemoteObject,
    },
}

impl Place {
    /// Whether two places are one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local(path), Self::Local(other)) => path == other,
            (Self::Object { url, .. }, Self::Object { url: other, .. }) => url == other,
            _ => false,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => path.display().fmt(f),
            Self::Object { url, .. } => f.write_str(url),
        }
    }
}

impl InputFile {
    /// Opens the file. Every byte that ingest reads comes through here.
    pub fn open(&self) -> Result<Box<dyn Input>, IngestError> {
        match &self.place {
            Place::Local(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(source) => Err(IngestError::Read { place: self.place.to_string(), source }),
            },
            Place::Object { bucket, object, .. } => Ok(Box::new(RemoteReader::new(Arc::clone(bucket), object.clone()))),
        }
    }
}

#[cfg(test)]
mod tests;

//! The engine's buckets as places of input.

use crate::input::{Remote, RemoteObject};
use malmoi_engine::{Bucket, ObjectSummary, Session};
use std::io;
use std::ops::Range;
use std::sync::Arc;

pub(super) fn open(session: &Session, name: &str) -> io::Result<Arc<dyn Remote>> {
    let bucket = session.bucket(name).map_err(io::Error::other)?;
    Ok(Arc::new(InputBucket(bucket)))
}

#[derive(Debug)]
struct InputBucket(Bucket);

impl Remote for InputBucket {
    fn list(&self, folder: &str) -> io::Result<Vec<RemoteObject>> {
        let objects = self.0.list(folder).map_err(io::Error::other)?;
        Ok(objects.into_iter().map(remote).collect())
    }

    fn find(&self, key: &str) -> io::Result<Option<RemoteObject>> {
        Ok(self.0.find(key).map_err(io::Error::other)?.map(remote))
    }

    fn read(&self, object: &RemoteObject, range: Range<u64>) -> io::Result<Vec<u8>> {
        self.0.read(&object.key, range, object.entity_tag.as_deref()).map_err(io::Error::other)
    }
}

fn remote(summary: ObjectSummary) -> RemoteObject {
    let ObjectSummary { key, bytes, entity_tag } = summary;
    RemoteObject { key, bytes, entity_tag }
}

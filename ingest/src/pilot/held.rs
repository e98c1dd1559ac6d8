use crate::read::RawRecord;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a record of the sample stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Ordinal of the source.
    pub(super) source: usize,
    /// Ordinal of the file among the source's.
    pub(super) file: usize,
    /// The file's name inside the source.
    pub(super) name: Arc<str>,
}

/// The records with the least hashes, as many as fit a number of bytes; those of one hash all or none.
pub(super) struct Held {
    groups: BTreeMap<u64, Vec<(Place, RawRecord)>>,
    bytes: u64,
    limit: u64,
    /// Hashes from here on have been turned away.
    bound: u64,
}

impl Held {
    pub(super) fn new(limit: u64) -> Self {
        Self { groups: BTreeMap::new(), bytes: 0, limit, bound: u64::MAX }
    }

    pub(super) fn offer(&mut self, hash: u64, place: Place, record: RawRecord) {
        if hash >= self.bound {
            return;
        }
        self.bytes += record.memory();
        self.groups.entry(hash).or_default().push((place, record));
        // The last group stays whatever its size: a sample of nothing foretells nothing.
        while self.bytes > self.limit && self.groups.len() > 1 {
            let Some((hash, turned_away)) = self.groups.pop_last() else { break };
            self.bound = hash;
            self.bytes -= turned_away.iter().map(|(_, record)| record.memory()).sum::<u64>();
        }
    }

    /// In the order of the sources, files and records.
    pub(super) fn into_records(self) -> Vec<(Place, RawRecord)> {
        let mut records: Vec<_> = self.groups.into_values().flatten().collect();
        records.sort_by_key(|(place, record)| (place.source, place.file, record.ordinal));
        records
    }
}

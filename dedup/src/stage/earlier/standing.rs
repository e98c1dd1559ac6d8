use super::Earlier;
use crate::scratch::{Key, column};
use crate::stage::DECISIONS;
use crate::stage::rows::Rows;
use crate::{DedupError, Rank};
use malmoi_schemas::column::CLUSTER_SIZE;

/// Where documents of earlier runs stand by what those runs decided: a row for each document, sorted by key.
#[derive(Debug, Default)]
pub(in crate::stage) struct Standing {
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    key: u64,
    /// The document that was kept in its place, or itself.
    survivor: u64,
    /// Documents in the survivor's cluster.
    cluster_size: u32,
}

impl Standing {
    /// Of documents of earlier runs, by sorted and distinct keys; their survivors are added.
    ///
    /// Each run in its turn: it may have put survivors of runs before it into clusters with others.
    pub(in crate::stage) fn of(earlier: &Earlier, keys: &[u64]) -> Result<Self, DedupError> {
        let mut rows: Vec<Row> = keys.iter().map(|&key| Row { key, survivor: key, cluster_size: 1 }).collect();
        for run in earlier.runs() {
            let mut survivors: Vec<u64> = rows.iter().map(|row| row.survivor).collect();
            survivors.sort_unstable();
            survivors.dedup();
            let path = run.needed(&format!("{DECISIONS}-all"))?;
            let columns = [column::KEY, column::SURVIVOR, CLUSTER_SIZE];
            let mut decided = Vec::new();
            for batch in run.read_keys(&path, &columns, &survivors)? {
                let batch = batch?;
                let batch = Rows::of(&batch, &path);
                let (keys, of) = (batch.u64(column::KEY)?, batch.u64(column::SURVIVOR)?);
                let sizes = batch.u32(CLUSTER_SIZE)?;
                let asked = (0..keys.len()).filter(|&at| survivors.binary_search(&keys.value(at)).is_ok());
                decided.extend(asked.map(|at| (keys.value(at), of.value(at), sizes.value(at))));
            }
            for row in &mut rows {
                if let Ok(at) = decided.binary_search_by_key(&row.survivor, |&(key, ..)| key) {
                    (_, row.survivor, row.cluster_size) = decided[at];
                }
            }
        }
        let survivors: Vec<Row> = rows.iter().map(|&row| Row { key: row.survivor, ..row }).collect();
        rows.extend(survivors);
        rows.sort_unstable();
        rows.dedup();
        Ok(Self { rows })
    }

    /// Memory that it takes, with what is held of each document that an earlier run kept: see [`crate::stage::superseded`].
    pub(in crate::stage) fn memory(&self) -> u64 {
        (self.rows.len() * (size_of::<Row>() + size_of::<(Key, Rank)>())) as u64
    }

    /// Documents and their survivors.
    pub(in crate::stage) fn edges(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.rows.iter().map(|row| (row.survivor, row.key))
    }

    /// How many documents stand behind a document of an earlier run: its cluster behind a survivor, none behind another.
    pub(in crate::stage) fn weight(&self, key: u64) -> u32 {
        let row = self.rows.binary_search_by_key(&key, |row| row.key).ok().map(|at| self.rows[at]);
        row.map_or(1, |row| if row.survivor == key { row.cluster_size } else { 0 })
    }

    /// Whether a document was kept by the earlier runs.
    pub(in crate::stage) fn was_kept(&self, key: u64) -> bool {
        self.rows.binary_search_by_key(&key, |row| row.key).is_ok_and(|at| self.rows[at].survivor == key)
    }
}

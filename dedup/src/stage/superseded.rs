use super::Rules;
use super::earlier::Earlier;
use crate::scratch::Key;
use crate::{DedupError, Rank};
use arrow::array::{ArrayRef, FixedSizeBinaryArray, RecordBatch, StringArray};
use malmoi_engine::UnitOutput;
use malmoi_schemas::{FileSet, superseded};
use std::sync::Arc;

/// Documents that earlier runs kept and that met a duplicate now, with their ranks.
#[derive(Default)]
pub(super) struct Superseded {
    watched: Vec<(Key, Rank)>,
}

impl Superseded {
    pub(super) fn watch(&mut self, key: u64, rank: Rank) {
        self.watched.push((Key(key), rank));
    }

    /// Writes those that are not the best of their cluster any more, and says how many they are. Nothing is written where there
    /// are no earlier runs.
    pub(super) fn write(
        &self,
        earlier: &Earlier,
        rules: &Rules,
        output: &mut UnitOutput<'_>,
        best_of: impl Fn(u64) -> Option<(Rank, u32)>,
    ) -> Result<u64, DedupError> {
        if earlier.is_empty() {
            return Ok(0);
        }
        let beaten = || {
            let best = |&(key, rank): &(Key, Rank)| Some((key, rank, best_of(key.0)?));
            self.watched.iter().filter_map(best).filter(|(_, rank, (best, _))| best != rank)
        };
        let run = |key: Key| earlier.run_of(key.part()).map_or("", |run| &run.name);
        let detail = |rank: Rank, (best, documents): (Rank, u32)| {
            let rule = rules.config.keep.decisive(best.as_slice(), rank.as_slice());
            format!("cluster of {documents}; kept by {rule}")
        };
        let failed = |error| DedupError::Rows { path: "superseded".to_owned(), error };
        let ids = |ids: Vec<[u8; 16]>| -> Result<ArrayRef, DedupError> {
            let values = ids.into_iter().map(Some);
            let column = FixedSizeBinaryArray::try_from_sparse_iter_with_size(values, 16).map_err(failed)?;
            Ok(Arc::new(column))
        };
        let columns = vec![
            ids(beaten().map(|(_, rank, _)| rank.id().0).collect())?,
            Arc::new(StringArray::from_iter_values(beaten().map(|(key, ..)| run(key)))),
            ids(beaten().map(|(.., (best, _))| best.id().0).collect())?,
            Arc::new(StringArray::from_iter_values(beaten().map(|(_, rank, best)| detail(rank, best)))),
        ];
        let rows = RecordBatch::try_new(superseded(), columns).map_err(failed)?;
        let mut writer = output.create(FileSet::Superseded, superseded())?;
        writer.write(&rows)?;
        output.finish(writer)?;
        Ok(rows.num_rows() as u64)
    }
}

//! Rows of token shards: scattered into buckets by one pass, put into the order of the shuffle by the next.

use crate::TokenizeError;
use crate::shuffle::Lot;
use arrow::array::{
    ArrayRef, AsArray, FixedSizeBinaryBuilder, ListArray, RecordBatch, StringBuilder, UInt16Array, UInt32Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::interleave_record_batch;
use arrow::datatypes::{DataType, Field};
use malmoi_schemas::{DocumentId, TokenWidth, column, tokens};
use std::ops::Range;
use std::sync::Arc;

/// One encoded document.
#[derive(Debug)]
pub(crate) struct Row {
    /// Where it goes; buckets are numbered over both sets.
    pub(crate) bucket: u32,
    /// Its place in the shuffle.
    pub(crate) lot: Lot,
    /// Position of its source in [`Scatter::sources`].
    pub(crate) source: usize,
    pub(crate) characters: u32,
    pub(crate) cluster_size: u32,
    /// Where its ids lie in [`Scatter::ids`].
    pub(crate) tokens: Range<usize>,
}

/// The encoded documents of one input part.
#[derive(Default)]
pub(crate) struct Scatter {
    pub(crate) rows: Vec<Row>,
    pub(crate) ids: Vec<u32>,
    pub(crate) sources: Vec<String>,
}

impl Scatter {
    /// The position of a source among those seen.
    pub(crate) fn source(&mut self, name: &str) -> usize {
        self.sources.iter().position(|known| known == name).unwrap_or_else(|| {
            self.sources.push(name.to_owned());
            self.sources.len() - 1
        })
    }

    /// Orders the rows by bucket and place in the shuffle.
    pub(crate) fn sort(&mut self) {
        self.rows.sort_unstable_by_key(|row| (row.bucket, row.lot));
    }

    /// The rows of each bucket that has any, in order of bucket; [`Scatter::sort`] comes first.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunk_by(|a, b| a.bucket == b.bucket)
    }

    /// Some rows as a table of [`malmoi_schemas::tokens`].
    pub(crate) fn table(&self, rows: &[Row], width: TokenWidth) -> Result<RecordBatch, TokenizeError> {
        let mut id = FixedSizeBinaryBuilder::with_capacity(rows.len(), DocumentId::LEN as i32);
        let mut source = StringBuilder::new();
        for row in rows {
            id.append_value(row.lot.1.0)?;
            source.append_value(&self.sources[row.source]);
        }
        let ids = || rows.iter().flat_map(|row| &self.ids[row.tokens.clone()]);
        let values: ArrayRef = match width {
            TokenWidth::U16 => Arc::new(ids().map(|&id| id as u16).collect::<UInt16Array>()),
            TokenWidth::U32 => Arc::new(ids().copied().collect::<UInt32Array>()),
        };
        let offsets = OffsetBuffer::from_lengths(rows.iter().map(|row| row.tokens.len()));
        let item = Arc::new(Field::new_list_field(width.data_type(), false));
        let columns: Vec<ArrayRef> = vec![
            Arc::new(id.finish()),
            Arc::new(source.finish()),
            Arc::new(rows.iter().map(|row| row.characters).collect::<UInt32Array>()),
            Arc::new(rows.iter().map(|row| row.cluster_size).collect::<UInt32Array>()),
            Arc::new(ListArray::try_new(item, offsets, values, None)?),
        ];
        Ok(RecordBatch::try_new(tokens(width), columns)?)
    }
}

/// The rows of one bucket, gathered from all parts.
pub(crate) struct Shard {
    batches: Vec<RecordBatch>,
    /// Rows in the order of the shuffle: their lot, batch and row in the batch, and their number of tokens.
    order: Vec<(Lot, (usize, usize), u64)>,
}

impl Shard {
    /// Orders rows by their lots under the shuffle's key.
    pub(crate) fn new(batches: Vec<RecordBatch>, key: u64) -> Result<Self, TokenizeError> {
        let mut order = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
        for (number, batch) in batches.iter().enumerate() {
            let wrong = |column| TokenizeError::Column { path: "scratch".to_owned(), column };
            let ids = batch.column_by_name(column::ID).and_then(|c| c.as_fixed_size_binary_opt());
            let ids = ids.ok_or(wrong(column::ID))?;
            let lists = batch.column_by_name(column::TOKENS).and_then(|c| c.as_list_opt::<i32>());
            let lists = lists.ok_or(wrong(column::TOKENS))?;
            for row in 0..batch.num_rows() {
                let id = DocumentId::from_slice(ids.value(row)).ok_or(wrong(column::ID))?;
                order.push(((id.keyed(key), id), (number, row), u64::from(lists.value_length(row).unsigned_abs())));
            }
        }
        order.sort_unstable();
        Ok(Self { batches, order })
    }

    /// Row groups in order with their tokens. Each ends with the document that brings it to `least` tokens; an empty shard has none.
    pub(crate) fn row_groups(&self, least: u64) -> impl Iterator<Item = Result<(RecordBatch, u64), TokenizeError>> {
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        let mut rest = self.order.as_slice();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let mut tokens = 0;
            let full = rest.iter().position(|(_, _, more)| {
                tokens += more;
                tokens >= least
            });
            let (group, after) = rest.split_at(full.map_or(rest.len(), |last| last + 1));
            rest = after;
            let places: Vec<(usize, usize)> = group.iter().map(|&(_, place, _)| place).collect();
            Some(interleave_record_batch(&batches, &places).map(|table| (table, tokens)).map_err(TokenizeError::from))
        })
    }
}

/// Bytes of memory that one token of a shard takes while it is sorted: gathered, and once more in its row group's buffers.
pub(crate) fn bytes_per_token(width: TokenWidth) -> u64 {
    let id = if width.data_type() == DataType::UInt16 { 2 } else { 4 };
    2 * id + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shuffle::Keys;
    use arrow::array::Array;
    use arrow::datatypes::{UInt16Type, UInt32Type};
    use proptest::prelude::*;

    fn scatter(lengths: &[usize], buckets: u32) -> Scatter {
        let mut scatter = Scatter::default();
        for (number, &length) in lengths.iter().enumerate() {
            let id = DocumentId::of_place("상담", "대화.jsonl", number as u64);
            let start = scatter.ids.len();
            scatter.ids.extend((0..length).map(|n| (number * 31 + n) as u32 % 50_000));
            let source = scatter.source(["상담", "리뷰"][number % 2]);
            scatter.rows.push(Row {
                bucket: number as u32 % buckets,
                lot: (id.keyed(Keys::new(9).order), id),
                source,
                characters: number as u32,
                cluster_size: 1,
                tokens: start..start + length,
            });
        }
        scatter.sort();
        scatter
    }

    proptest! {
        #[test]
        fn scattering_and_gathering_is_a_permutation_in_row_groups(
            lengths in prop::collection::vec(0usize..40, 0..60), buckets in 1u32..5, least in 1u64..100,
        ) {
            let scatter = scatter(&lengths, buckets);
            let tables: Vec<_> = scatter.buckets().map(|rows| scatter.table(rows, TokenWidth::U16).unwrap()).collect();
            let shard = Shard::new(tables, Keys::new(9).order).unwrap();
            let groups: Vec<_> = shard.row_groups(least).map(Result::unwrap).collect();
            let mut seen = Vec::new();
            for (number, (table, tokens)) in groups.iter().enumerate() {
                let lists = table.column(4).as_list::<i32>();
                prop_assert_eq!(lists.values().len() as u64, *tokens);
                prop_assert!(*tokens >= least || number == groups.len() - 1);
                let last = lists.value_length(lists.len() - 1) as u64;
                prop_assert!(tokens - last < least, "a row group ends with the document that fills it");
                for row in 0..table.num_rows() {
                    let number = table.column(2).as_primitive::<UInt32Type>().value(row) as usize;
                    let ids: Vec<u32> =
                        lists.value(row).as_primitive::<UInt16Type>().values().iter().map(|&id| u32::from(id)).collect();
                    let expected: Vec<u32> = (0..lengths[number]).map(|n| (number * 31 + n) as u32 % 50_000).collect();
                    prop_assert_eq!(ids, expected);
                    let source = table.column(1).as_string::<i32>().value(row);
                    prop_assert_eq!(source, ["상담", "리뷰"][number % 2]);
                    let id = DocumentId::from_slice(table.column(0).as_fixed_size_binary().value(row)).unwrap();
                    seen.push((id.keyed(Keys::new(9).order), number));
                }
            }
            prop_assert!(seen.is_sorted());
            seen.sort_by_key(|&(_, number)| number);
            prop_assert!(seen.iter().map(|&(_, number)| number).eq(0..lengths.len()));
        }
    }

    #[test]
    fn wide_ids_stay_whole() {
        let mut scatter = scatter(&[3], 1);
        scatter.ids = vec![70_000, 65_536, 1];
        let table = scatter.table(&scatter.rows, TokenWidth::U32).unwrap();
        let values = table.column(4).as_list::<i32>().value(0);
        assert_eq!(values.as_primitive::<UInt32Type>().values(), &[70_000, 65_536, 1]);
    }
}

//! Close pairs among documents that share a band of their embeddings.

use super::read;
use crate::scratch::column;
use crate::semantic::neighbours;
use arrow::array::{Array, ArrayRef, ListArray, StructArray, UInt64Array};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::cast::{as_fixed_size_binary_array, as_list_array, as_uint64_array};
use datafusion::common::{Result, exec_datafusion_err};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::functions_aggregate::expr_fn::{array_agg, count, min};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::prelude::{DataFrame, SessionContext, col, ident, lit};
use std::sync::Arc;

/// Bytes of a member before its signature.
const KEY_BYTES: usize = size_of::<u64>();

/// Pairs whose signatures are close, from all groups of documents that share a band: see [`neighbours`]. No pair comes twice;
/// they are sorted as [`super::pairs`] sorts them, by the least document that hangs together with both.
pub(crate) async fn close_pairs(
    context: SessionContext,
    bands: Vec<String>,
    radius: u32,
    window: usize,
) -> Result<DataFrame> {
    const MEMBERS: &str = "members";
    const PAIR: &str = "pair";
    let close = ScalarUDF::from(Close { radius, window, signature: Signature::any(2, Volatility::Immutable) });
    let by = || vec![ident(column::LEAST), ident(column::KEY)];
    let of_pair = |name: &str| get_field(ident(PAIR), name.to_owned()).alias(name);
    read(&context, bands)
        .await?
        .aggregate(
            vec![ident(column::BAND)],
            vec![count(ident(column::MEMBER)).alias(MEMBERS), array_agg(ident(column::MEMBER)).alias(column::MEMBER)],
        )?
        .filter(col(MEMBERS).gt(lit(1i64)))?
        .select(vec![close.call(vec![ident(column::MEMBER), ident(column::BAND)]).alias(PAIR)])?
        .unnest_columns(&[PAIR])?
        .filter(ident(PAIR).is_not_null())?
        .select([column::ANCHOR, column::LEAST, column::KEY].map(of_pair).to_vec())?
        .aggregate(by(), vec![min(ident(column::ANCHOR)).alias(column::ANCHOR)])?
        .sort([column::ANCHOR, column::LEAST, column::KEY].map(|name| ident(name).sort(true, true)).to_vec())?
        .select(by())
}

/// [`neighbours`] of a column of lists of members; the band of each says where its signatures are read from.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Close {
    radius: u32,
    window: usize,
    signature: Signature,
}

fn pair() -> Fields {
    let names = [column::ANCHOR, column::LEAST, column::KEY];
    names.into_iter().map(|name| Field::new(name, DataType::UInt64, false)).collect()
}

impl ScalarUDFImpl for Close {
    fn name(&self) -> &str {
        "malmoi_close_pairs"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::new_list(DataType::Struct(pair()), true))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (buckets, bands) = (as_list_array(&arrays[0])?, as_uint64_array(&arrays[1])?);
        let mut lengths = Vec::with_capacity(buckets.len());
        let mut found: [Vec<u64>; 3] = Default::default();
        for row in 0..buckets.len() {
            let bucket = buckets.value(row);
            let members = as_fixed_size_binary_array(&bucket)?;
            let members =
                (0..members.len()).map(|at| members.value(at)).filter_map(<[u8]>::split_first_chunk::<KEY_BYTES>);
            let members = members.map(|(&key, signature)| (u64::from_be_bytes(key), signature)).collect();
            let pairs = neighbours(members, self.radius, self.window, bands.value(row) as usize)
                .map_err(|_| exec_datafusion_err!("more documents share a band than can be compared"))?;
            lengths.push(pairs.len());
            for pair in pairs {
                found[0].push(pair.anchor);
                found[1].push(pair.least);
                found[2].push(pair.key);
            }
        }
        let columns = found.map(|numbers| Arc::new(UInt64Array::from(numbers)) as ArrayRef);
        let pairs = StructArray::try_new(pair(), columns.to_vec(), None)?;
        let item = Arc::new(Field::new_list_field(DataType::Struct(pair()), true));
        let lists = ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), Arc::new(pairs), None)?;
        Ok(ColumnarValue::Array(Arc::new(lists)))
    }
}

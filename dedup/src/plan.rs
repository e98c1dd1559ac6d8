//! The relational work: DataFrames over narrow scratch columns. Only the context says where they run.

use crate::minhash::agreement;
use crate::scratch::column;
use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::datatypes::DataType;
use datafusion::common::cast::as_fixed_size_binary_array;
use datafusion::common::{JoinType, Result};
use datafusion::functions_aggregate::expr_fn::{array_agg, count, min};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::prelude::{DataFrame, Expr, ParquetReadOptions, SessionContext, col, ident, lit};
use std::sync::Arc;

/// Documents of the same text as a star: one row (`least`, `key`) for each key of a group but the least, sorted by `key`.
pub(crate) async fn twins(context: SessionContext, signatures: Vec<String>) -> Result<DataFrame> {
    let documents = read(&context, signatures).await?;
    stars(documents, &[column::TEXT_HIGH, column::TEXT_LOW])?.sort(vec![ident(column::KEY).sort(true, true)])
}

/// Candidate pairs: within each group of documents that share a band, a star around the least key. No pair comes twice.
pub(crate) async fn edges(context: SessionContext, bands: Vec<String>) -> Result<DataFrame> {
    stars(read(&context, bands).await?, &[column::BAND])?.distinct()
}

/// In how many hashes each removed near-duplicate agrees with its survivor: (`key`, `agreement`), sorted by `key`.
///
/// Sort-merge: both sides carry signatures, and a hash join cannot spill the side that it builds.
pub(crate) async fn agreements(context: SessionContext, compared: Vec<String>) -> Result<DataFrame> {
    let state = context.state_ref();
    state.write().config_mut().options_mut().optimizer.prefer_hash_join = false;
    let documents = read(&context, compared).await?;
    let survives = || ident(column::KEY).eq(ident(column::SURVIVOR));
    let survivors = documents
        .clone()
        .filter(survives())?
        .select(vec![ident(column::SURVIVOR).alias("kept"), ident(column::SIGNATURE).alias("kept_signature")])?;
    documents
        .filter(survives().is_false())?
        .join(survivors, JoinType::Inner, &[column::SURVIVOR], &["kept"], None)?
        .select(vec![
            ident(column::KEY),
            ScalarUDF::from(Agreement::default())
                .call(vec![ident(column::SIGNATURE), ident("kept_signature")])
                .alias(column::AGREEMENT),
        ])?
        .sort(vec![ident(column::KEY).sort(true, true)])
}

/// Functions that the plans call and that executors must know by name.
#[cfg(all(test, feature = "cluster"))]
pub(crate) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![Arc::new(ScalarUDF::from(Agreement::default()))]
}

async fn read(context: &SessionContext, urls: Vec<String>) -> Result<DataFrame> {
    context.read_parquet(urls, ParquetReadOptions::default()).await
}

/// Groups of two or more keys, each as a star around its least key. A group-by and not a window: it is half the
/// work and spills.
fn stars(rows: DataFrame, by: &[&str]) -> Result<DataFrame> {
    const MEMBERS: &str = "members";
    let key = || ident(column::KEY);
    let by: Vec<Expr> = by.iter().map(|&name| ident(name)).collect();
    rows.aggregate(
        by,
        vec![min(key()).alias(column::LEAST), count(key()).alias(MEMBERS), array_agg(key()).alias(column::KEY)],
    )?
    .filter(col(MEMBERS).gt(lit(1i64)))?
    .select(vec![ident(column::LEAST), key()])?
    .unnest_columns(&[column::KEY])?
    .filter(key().not_eq(ident(column::LEAST)))
}

/// [`agreement`] of two columns of signatures.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Agreement {
    signature: Signature,
}

impl Default for Agreement {
    fn default() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Agreement {
    fn name(&self) -> &str {
        "malmoi_agreement"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = [as_fixed_size_binary_array(&arrays[0])?, as_fixed_size_binary_array(&arrays[1])?];
        let agreements = (0..left.len()).map(|row| agreement(left.value(row), right.value(row)));
        Ok(ColumnarValue::Array(Arc::new(UInt32Array::from_iter_values(agreements)) as ArrayRef))
    }
}

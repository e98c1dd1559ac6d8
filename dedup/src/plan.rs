//! The relational work: DataFrames over narrow scratch columns. Only the context says where they run.

mod contract;
mod decisions;
mod neighbours;

pub(crate) use contract::{centres, contract};
pub(crate) use decisions::decisions;
pub(crate) use neighbours::close_pairs;

use crate::minhash::agreement;
use crate::scratch::column;
use arrow::array::{Array, ArrayRef, ListBuilder, UInt32Array, UInt64Array, UInt64Builder};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_fixed_size_binary_array, as_list_array, as_uint64_array};
use datafusion::common::{JoinType, Result};
use datafusion::functions_aggregate::expr_fn::{array_agg, count, min};
use datafusion::logical_expr::cast;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::prelude::{DataFrame, Expr, ParquetReadOptions, SessionContext, col, ident, lit};
use datafusion::scalar::ScalarValue;
use std::sync::Arc;

/// Counts of documents: of every site, of every line of a site that `of_site` documents have, and, if asked for, of every
/// line that `over_all` documents have. Sites first; within a site its own count first.
pub(crate) async fn line_counts(
    context: SessionContext,
    lines: Vec<String>,
    of_site: u64,
    over_all: Option<u64>,
) -> Result<DataFrame> {
    let lines = read(&context, lines).await?;
    let enough = |least: u64| ident(column::DOCUMENTS).gt_eq(lit(least));
    let counted = |by: Vec<Expr>| -> Result<DataFrame> {
        let counted = lines.clone().aggregate(by, vec![count(lit(1i64)).alias(column::DOCUMENTS)])?;
        let columns = counted.schema().fields().iter().map(|field| match field.name().as_str() {
            column::DOCUMENTS => cast(ident(column::DOCUMENTS), DataType::UInt64).alias(column::DOCUMENTS),
            name => ident(name),
        });
        let columns: Vec<Expr> = columns.collect();
        counted.select(columns)
    };
    let mut counts = counted(vec![ident(column::SITE), ident(column::LINE)])?
        .filter(ident(column::LINE).is_null().or(enough(of_site)))?;
    if let Some(least) = over_all {
        let over_all =
            counted(vec![ident(column::LINE)])?.filter(ident(column::LINE).is_not_null().and(enough(least)))?;
        counts = counts.union(over_all.select(vec![
            lit(ScalarValue::UInt64(None)).alias(column::SITE),
            ident(column::LINE),
            ident(column::DOCUMENTS),
        ])?)?;
    }
    counts.sort(vec![ident(column::SITE).sort(true, false), ident(column::LINE).sort(true, true)])
}

/// Hashes with the keys of their documents, sorted; documents without one are left out.
pub(crate) async fn postings(context: SessionContext, parts: Vec<String>, hash: &[&str]) -> Result<DataFrame> {
    let columns = || hash.iter().copied().chain([column::KEY]);
    let rows = read(&context, parts).await?;
    let present = hash.iter().map(|&name| ident(name).is_not_null()).reduce(Expr::and).unwrap_or_else(|| lit(true));
    rows.filter(present)?
        .select(columns().map(ident).collect::<Vec<_>>())?
        .sort(columns().map(|name| ident(name).sort(true, true)).collect())
}

/// Documents of the same text as a star: one row (`least`, `key`) for each key of a group but the least, sorted by `key`.
pub(crate) async fn twins(context: SessionContext, signatures: Vec<String>) -> Result<DataFrame> {
    let documents = read(&context, signatures).await?;
    sorted(stars(documents, &[column::TEXT_HIGH, column::TEXT_LOW])?)
}

/// Documents of the same address as a star, as [`twins`] gives those of the same text.
pub(crate) async fn addresses(context: SessionContext, signatures: Vec<String>) -> Result<DataFrame> {
    let documents = read(&context, signatures).await?.filter(ident(column::ADDRESS_HIGH).is_not_null())?;
    sorted(stars(documents, &[column::ADDRESS_HIGH, column::ADDRESS_LOW])?)
}

/// Documents of the same embedding as a star, as [`twins`] gives those of the same text.
pub(crate) async fn same_vectors(context: SessionContext, vectors: Vec<String>) -> Result<DataFrame> {
    sorted(stars(read(&context, vectors).await?, &[column::VECTOR_HIGH, column::VECTOR_LOW])?)
}

/// Candidate pairs: within each group of documents that share a band, a star around the least key. No pair comes twice, and
/// none without a document from `first` on.
pub(crate) async fn edges(context: SessionContext, bands: Vec<String>, first: u64) -> Result<DataFrame> {
    since(stars(read(&context, bands).await?, &[column::BAND])?, first)?.distinct()
}

/// Candidate pairs that are to be compared: see [`crate::pairs`]. No pair comes twice, and none without a document from
/// `first` on.
///
/// Sorted by the least document that stood in a bucket with both: so the pairs of a group of near-duplicates lie together,
/// and a document's shingles are gathered for one task and not for nearly every pair that it is in.
pub(crate) async fn pairs(context: SessionContext, bands: Vec<String>, first: u64) -> Result<DataFrame> {
    let pairs = groups(read(&context, bands).await?, &[column::BAND])?.select(vec![
        ident(column::LEAST).alias(column::ANCHOR),
        ScalarUDF::from(Pairs::of(Side::Least)).call(vec![ident(column::KEY)]).alias(column::LEAST),
        ScalarUDF::from(Pairs::of(Side::Other)).call(vec![ident(column::KEY)]).alias(column::KEY),
    ])?;
    let by = || vec![ident(column::LEAST), ident(column::KEY)];
    since(pairs.unnest_columns(&[column::LEAST, column::KEY])?, first)?
        .aggregate(by(), vec![min(ident(column::ANCHOR)).alias(column::ANCHOR)])?
        .sort([column::ANCHOR, column::LEAST, column::KEY].map(|name| ident(name).sort(true, true)).to_vec())?
        .select(by())
}

/// Which tasks want which document: (`key`, `task`), sorted.
pub(crate) async fn wanted(context: SessionContext, pairs: Vec<String>) -> Result<DataFrame> {
    let pairs = read(&context, pairs).await?;
    let side = |name: &str| vec![ident(name).alias(column::KEY), ident(column::TASK)];
    let least = pairs.clone().select(side(column::LEAST))?;
    least
        .union_distinct(pairs.select(side(column::KEY))?)?
        .sort(vec![ident(column::KEY).sort(true, true), ident(column::TASK).sort(true, true)])
}

/// Fingerprints that several documents have, for each of them: (`key`, `fingerprint`), sorted. Each document must bring a
/// fingerprint once.
pub(crate) async fn shared(context: SessionContext, fingerprints: Vec<String>) -> Result<DataFrame> {
    let (key, fingerprint) = (|| ident(column::KEY), || ident(column::FINGERPRINT));
    grouped(read(&context, fingerprints).await?, &[column::FINGERPRINT])?
        .select(vec![key(), fingerprint()])?
        .unnest_columns(&[column::KEY])?
        .sort(vec![key().sort(true, true), fingerprint().sort(true, true)])
}

/// Repeated spans by document and place, whatever task found them.
pub(crate) async fn repeats(context: SessionContext, found: Vec<String>) -> Result<DataFrame> {
    let order = [column::KEY, column::FIRST, column::END].map(|name| ident(name).sort(true, true));
    read(&context, found).await?.sort(order.into())
}

/// In how many hashes each removed near-duplicate agrees with its survivor: (`key`, `agreement`), sorted by `key`.
///
/// Sort-merge: both sides carry signatures, and a hash join cannot spill the side that it builds.
pub(crate) async fn agreements(context: SessionContext, compared: Vec<String>) -> Result<DataFrame> {
    contract::sort_merge(&context);
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
    let own = [Pairs::of(Side::Least), Pairs::of(Side::Other)].map(|side| Arc::new(ScalarUDF::from(side)));
    own.into_iter().chain([Arc::new(ScalarUDF::from(Agreement::default()))]).collect()
}

async fn read(context: &SessionContext, urls: Vec<String>) -> Result<DataFrame> {
    context.read_parquet(urls, ParquetReadOptions::default()).await
}

/// Groups of two or more keys, each as a star around its least key.
fn stars(rows: DataFrame, by: &[&str]) -> Result<DataFrame> {
    groups(rows, by)?.unnest_columns(&[column::KEY])?.filter(ident(column::KEY).not_eq(ident(column::LEAST)))
}

/// Edges whose greater key is `first` or more: those before are of earlier runs, which have looked at them.
fn since(edges: DataFrame, first: u64) -> Result<DataFrame> {
    if first == 0 { Ok(edges) } else { edges.filter(ident(column::KEY).gt_eq(lit(first))) }
}

fn sorted(edges: DataFrame) -> Result<DataFrame> {
    edges.sort(vec![ident(column::KEY).sort(true, true)])
}

/// Groups of two or more keys: the least, and a list of all.
fn groups(rows: DataFrame, by: &[&str]) -> Result<DataFrame> {
    grouped(rows, by)?.select(vec![ident(column::LEAST), ident(column::KEY)])
}

/// The same beside what they have in common. A group-by and not a window: it is half the work and spills.
fn grouped(rows: DataFrame, by: &[&str]) -> Result<DataFrame> {
    const MEMBERS: &str = "members";
    let key = || ident(column::KEY);
    let by: Vec<Expr> = by.iter().map(|&name| ident(name)).collect();
    rows.aggregate(
        by,
        vec![min(key()).alias(column::LEAST), count(key()).alias(MEMBERS), array_agg(key()).alias(column::KEY)],
    )?
    .filter(col(MEMBERS).gt(lit(1i64)))
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

/// One side of the [`crate::pairs`] of a column of lists of keys. Both sides list the same pairs in the same order.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Pairs {
    side: Side,
    signature: Signature,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Side {
    Least,
    Other,
}

/// Documents of a bucket up to which all pairs are compared.
const ALL_PAIRS: usize = 64;

impl Pairs {
    fn of(side: Side) -> Self {
        Self { side, signature: Signature::any(1, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Pairs {
    fn name(&self) -> &str {
        match self.side {
            Side::Least => "malmoi_pairs_least",
            Side::Other => "malmoi_pairs_other",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::new_list(DataType::UInt64, true))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let buckets = as_list_array(&arrays[0])?;
        let mut listed = ListBuilder::new(UInt64Builder::new());
        for bucket in buckets.iter() {
            let bucket = bucket.unwrap_or_else(|| Arc::new(UInt64Array::from(Vec::<u64>::new())));
            let mut keys = as_uint64_array(&bucket)?.values().to_vec();
            keys.sort_unstable();
            keys.dedup();
            for (least, other) in crate::pairs(&keys, ALL_PAIRS) {
                listed.values().append_value(match self.side {
                    Side::Least => least,
                    Side::Other => other,
                });
            }
            listed.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(listed.finish())))
    }
}

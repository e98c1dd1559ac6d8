use super::contract::sort_merge;
use super::read;
use crate::scratch::column;
use arrow::datatypes::DataType;
use datafusion::common::{JoinType, Result};
use datafusion::functions_aggregate::expr_fn::{count, min};
use datafusion::logical_expr::{cast, when};
use datafusion::prelude::{DataFrame, Expr, SessionContext, ident, lit};
use datafusion::scalar::ScalarValue;
use malmoi_schemas::column::CLUSTER_SIZE;

const ROOT: &str = "root";
const TEXT: &str = "text_of";
const ADDRESS: &str = "address_of";
const TEXTS: &str = "texts";

/// What becomes of every document that has a duplicate, in the columns of [`crate::scratch::decisions`], sorted by key.
///
/// `stars` are the components, each around its least key; `texts` and `addresses` the stars of the same text and address,
/// where they were looked for; `signatures` hold the rank of every document. Nothing is tied by embeddings.
pub(crate) async fn decisions(
    context: SessionContext,
    stars: Vec<String>,
    texts: Option<String>,
    addresses: Option<String>,
    signatures: Vec<String>,
) -> Result<DataFrame> {
    sort_merge(&context);
    let stars = read(&context, stars).await?;
    let member = |root: &str, key: &str| vec![ident(root).alias(ROOT), ident(key).alias(column::KEY)];
    let roots = stars.clone().select(member(column::LEAST, column::LEAST))?.distinct()?;
    let members = stars.select(member(column::LEAST, column::KEY))?.union(roots)?;
    let members = with_representative(&context, members, texts, TEXT).await?;
    let members = with_representative(&context, members, addresses, ADDRESS).await?;
    let ranks =
        read(&context, signatures).await?.select(vec![ident(column::KEY).alias("ranked"), ident(column::RANK)])?;
    let members = members.join(ranks, JoinType::Inner, &[column::KEY], &["ranked"], None)?;
    let decided = members.clone().join(survivors(members)?, JoinType::Inner, &[ROOT], &["of_root"], None)?;
    let same = |own: &str, survivors: &str| ident(own).eq(ident(survivors));
    let survives = ident(column::KEY).eq(ident(column::SURVIVOR));
    let several = ident(TEXTS).gt(lit(1i64));
    decided
        .select(vec![
            ident(column::KEY),
            ident(column::SURVIVOR),
            ident(column::SURVIVOR_RANK),
            ident(CLUSTER_SIZE),
            same(TEXT, "survivor_text").alias(column::SAME_TEXT),
            same(ADDRESS, "survivor_address").alias(column::SAME_ADDRESS),
            same(TEXT, "survivor_text").is_false().or(survives.and(several)).alias(column::COMPARED),
            lit(false).alias(column::BY_MEANING),
            lit(ScalarValue::Float32(None)).alias(column::COSINE),
        ])?
        .sort(vec![ident(column::KEY).sort(true, true)])
}

/// Members with the key that stands for their text or address: the least of a star, or their own.
async fn with_representative(
    context: &SessionContext,
    members: DataFrame,
    stars: Option<String>,
    name: &str,
) -> Result<DataFrame> {
    let columns = members.schema().fields().iter().map(|field| ident(field.name()));
    let mut columns: Vec<Expr> = columns.collect();
    let Some(stars) = stars else {
        columns.push(ident(column::KEY).alias(name));
        return members.select(columns);
    };
    let stars = read(context, vec![stars])
        .await?
        .select(vec![ident(column::KEY).alias("tied"), ident(column::LEAST).alias("to")])?;
    let own = when(ident("to").is_null(), ident(column::KEY)).otherwise(ident("to"))?;
    columns.push(own.alias(name));
    members.join(stars, JoinType::Left, &[column::KEY], &["tied"], None)?.select(columns)
}

/// The best member of each component, with what its cluster comes to.
fn survivors(members: DataFrame) -> Result<DataFrame> {
    let stands_for_its_text = when(ident(TEXT).eq(ident(column::KEY)), lit(1i64)).end()?;
    let best = members.clone().aggregate(
        vec![ident(ROOT)],
        vec![
            min(ident(column::RANK)).alias(column::SURVIVOR_RANK),
            count(lit(1i64)).alias(CLUSTER_SIZE),
            count(stands_for_its_text).alias(TEXTS),
        ],
    )?;
    let best = best.select(vec![
        ident(ROOT).alias("of_root"),
        ident(column::SURVIVOR_RANK),
        cast(ident(CLUSTER_SIZE), DataType::UInt32).alias(CLUSTER_SIZE),
        ident(TEXTS),
    ])?;
    members.join(best, JoinType::Inner, &[ROOT, column::RANK], &["of_root", column::SURVIVOR_RANK], None)?.select(vec![
        ident("of_root"),
        ident(column::KEY).alias(column::SURVIVOR),
        ident(TEXT).alias("survivor_text"),
        ident(ADDRESS).alias("survivor_address"),
        ident(column::SURVIVOR_RANK),
        ident(CLUSTER_SIZE),
        ident(TEXTS),
    ])
}

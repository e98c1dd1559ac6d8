//! Connected components as plans, for graphs that do not fit in memory.

use super::read;
use crate::scratch::column;
use datafusion::common::{JoinType, Result};
use datafusion::functions_aggregate::expr_fn::min;
use datafusion::prelude::{DataFrame, Expr, SessionContext, ident};

const NODE: &str = "node";
const NEIGHBOUR: &str = "neighbour";
const LOWEST: &str = "lowest";
const OF: &str = "of";

/// One large-star and one small-star operation (Kiveris et al., "Connected components in MapReduce and beyond", 2014) on
/// edges (`least`, `key`): the same components with more edges to the least node of each. Applied until nothing changes it
/// gives stars around the least key, in about as many rounds as the logarithm of the longest chain. Sorted by `key`, then
/// `least`; no edge comes twice.
///
/// Every step is a group-by or a sort-merge join whose right side has one row a node, so it spills and a node of many edges
/// costs no more than they do.
pub(crate) async fn contract(context: SessionContext, edges: Vec<String>) -> Result<DataFrame> {
    sort_merge(&context);
    let edges = read(&context, edges).await?;
    let pair = |node: &str, neighbour: &str| vec![ident(node).alias(NODE), ident(neighbour).alias(NEIGHBOUR)];
    let both = edges
        .clone()
        .select(pair(column::LEAST, column::KEY))?
        .union(edges.select(pair(column::KEY, column::LEAST))?)?;
    // Large star: each neighbour above a node is tied to the lowest of the node and its neighbours.
    let large = with_lowest(both, NODE, NEIGHBOUR)?
        .filter(ident(NEIGHBOUR).gt(ident(NODE)))?
        .select(vec![ident(NEIGHBOUR).alias(NODE), lower(ident(NODE), ident(LOWEST)).alias(NEIGHBOUR)])?;
    // Small star: each neighbour below a node, and the node itself, are tied to the lowest of them.
    let small = with_lowest(large, NODE, NEIGHBOUR)?;
    let edge = |least: &str, key: &str| vec![ident(least).alias(column::LEAST), ident(key).alias(column::KEY)];
    let below = small.clone().filter(ident(NEIGHBOUR).not_eq(ident(LOWEST)))?.select(edge(LOWEST, NEIGHBOUR))?;
    small
        .select(edge(LOWEST, NODE))?
        .union(below)?
        .distinct()?
        .sort([column::KEY, column::LEAST].map(|name| ident(name).sort(true, true)).to_vec())
}

/// The least keys of stars, each once.
pub(crate) async fn centres(context: SessionContext, stars: Vec<String>) -> Result<DataFrame> {
    read(&context, stars).await?.select(vec![ident(column::LEAST)])?.distinct()
}

/// Rows with the lowest `value` of all rows of the same `node`.
fn with_lowest(rows: DataFrame, node: &str, value: &str) -> Result<DataFrame> {
    let lowest = rows
        .clone()
        .aggregate(vec![ident(node)], vec![min(ident(value)).alias(LOWEST)])?
        .select(vec![ident(node).alias(OF), ident(LOWEST)])?;
    rows.join(lowest, JoinType::Inner, &[node], &[OF], None)
}

fn lower(left: Expr, right: Expr) -> Expr {
    use datafusion::logical_expr::when;
    // `when` fails only for arms of different types.
    when(left.clone().lt(right.clone()), left).otherwise(right.clone()).unwrap_or(right)
}

/// A hash join cannot spill the side that it builds.
pub(super) fn sort_merge(context: &SessionContext) {
    let state = context.state_ref();
    state.write().config_mut().options_mut().optimizer.prefer_hash_join = false;
}

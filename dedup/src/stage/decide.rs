mod spilled;

use super::earlier::Standing;
use super::keyed::{self, Index, KeyedWriter};
use super::rows::Rows;
use super::semantic::Ties;
use super::superseded::Superseded;
use super::{Corpus, DECISIONS, Rules, phase, scratch_path};
use crate::scratch::{self, Key, column};
use crate::{Cluster, Components, DedupError, Labels, Rank};
use arrow::array::{BooleanArray, FixedSizeBinaryArray, Float32Array, RecordBatch, UInt32Array, UInt64Array};
use arrow::datatypes::SchemaRef;
use malmoi_engine::{EngineError, PartReader, Session, StageWork, UnitOutput, UnitReport};
use malmoi_schemas::{ByteSize, DedupDetails, SemanticDetails};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// Upper bound on what one document that has a duplicate costs while clusters are made: its key, twice while keys are
/// sorted in, its parent, the nodes of its text and of its address, and a cluster for every two.
const NODE_BYTES: u64 = 72;

/// Decisions that are put together before they are written.
const BATCH_ROWS: usize = 1 << 16;

#[derive(Serialize, Deserialize)]
struct Facts {
    index: Index,
    details: DedupDetails,
}

/// What was found, but for the candidate edges.
pub(super) fn details(work: &StageWork<'_>, decided: &UnitReport) -> Result<DedupDetails, DedupError> {
    let facts: Facts = keyed::facts(work, decided)?;
    Ok(facts.details)
}

/// What says that two documents are duplicates: each a report of edges, where it was asked for.
#[derive(Clone, Copy)]
pub(super) struct Evidence<'a> {
    /// Documents of the same text.
    pub(super) texts: Option<&'a UnitReport>,
    /// Documents of the same address.
    pub(super) addresses: Option<&'a UnitReport>,
    /// Near-duplicates.
    pub(super) near: &'a [UnitReport],
    /// Documents of the same embedding, and of near ones.
    pub(super) meaning: Option<(&'a UnitReport, &'a [UnitReport])>,
}

/// Joins duplicates of duplicates into clusters, chooses the survivor of each and writes what becomes of every member: in
/// memory, or by plans if that is too small.
pub(super) fn once(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    signed: &[UnitReport],
    evidence: Evidence<'_>,
) -> Result<UnitReport, DedupError> {
    let signatures = signed.iter().map(|report| scratch_path(work, report)).collect::<Result<Vec<_>, _>>()?;
    let edges = Edges::of(work, evidence)?;
    match in_memory(work, corpus, rules, &signatures, &edges) {
        // Plans know nothing of where documents of earlier runs stood, nor what embeddings alone tie together.
        Err(DedupError::TooManyDuplicates { .. }) if corpus.earlier.is_empty() && edges.vectors.is_none() => {
            spilled::once(work, rules, &edges, &signatures)
        }
        decided => decided,
    }
}

fn in_memory(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    signatures: &[String],
    edges: &Edges,
) -> Result<UnitReport, DedupError> {
    work.once(phase("decide", None), |output| {
        let graph = Graph::build(output.session(), corpus, edges)?;
        let mut superseded = Superseded::default();
        let signatures = Signatures { corpus, own: signatures };
        let clusters = graph.clusters(output.session(), &signatures, &mut superseded)?;
        let found = graph.write(&clusters, rules, output)?;
        let beaten = superseded.write(&corpus.earlier, rules, output, |key| graph.best_of(&clusters, key))?;
        output.set_facts(Facts { details: DedupDetails { superseded: beaten, ..found.details }, ..found })?;
        Ok(())
    })
}

/// Where the ranks of documents lie.
struct Signatures<'a> {
    corpus: &'a Corpus,
    /// Path of each part of this run.
    own: &'a [String],
}

impl Signatures<'_> {
    /// Keys and ranks of a part, which may be of an earlier run: all of this run's, and of an earlier run's those that lie
    /// near `keys`, which are sorted.
    fn ranks(&self, session: &Session, part: u32, keys: &[u64]) -> Result<(String, PartReader), DedupError> {
        let columns = [column::KEY, column::RANK];
        let earlier = &self.corpus.earlier;
        if let Some(run) = earlier.run_of(part) {
            let path = run.signatures(part)?;
            let rows = run.read_keys(&path, &columns, keys)?;
            return Ok((path, rows));
        }
        let path = self.own.get((part - earlier.parts()) as usize).ok_or_else(|| EngineError::Damaged {
            path: "edges".to_owned(),
            what: format!("a document of part {part}, which is not there"),
        })?;
        Ok((path.clone(), session.read_scratch(path, Some(&columns), None)?))
    }
}

/// The parts that hold the edges of each kind of evidence.
struct Edges {
    texts: Option<String>,
    addresses: Option<String>,
    near: Vec<String>,
    /// Documents of the same embedding, where embeddings are looked at.
    vectors: Option<String>,
    semantic: Vec<String>,
}

impl Edges {
    fn of(work: &StageWork<'_>, evidence: Evidence<'_>) -> Result<Self, DedupError> {
        let path = |report| scratch_path(work, report);
        let Evidence { texts, addresses, near, meaning } = evidence;
        Ok(Self {
            texts: texts.map(path).transpose()?,
            addresses: addresses.map(path).transpose()?,
            near: near.iter().map(path).collect::<Result<_, _>>()?,
            vectors: meaning.map(|(vectors, _)| path(vectors)).transpose()?,
            semantic: meaning.map_or(&[][..], |(_, edges)| edges).iter().map(path).collect::<Result<_, _>>()?,
        })
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let stars = [&self.texts, &self.addresses, &self.vectors].into_iter().flatten();
        stars.chain(&self.near).chain(&self.semantic).map(String::as_str)
    }
}

/// The documents that have a duplicate, and how they hang together.
struct Graph {
    labels: Labels,
    /// For each node, the node that stands for its text: the least of the same text.
    text: Vec<u32>,
    /// For each node, the least of the same address, or itself.
    address: Vec<u32>,
    /// Where the nodes of earlier runs stood.
    standing: Standing,
    ties: Option<Ties>,
}

impl Graph {
    fn build(session: &Session, corpus: &Corpus, edges: &Edges) -> Result<Self, DedupError> {
        let mut keys = Vec::new();
        let mut distinct = 0;
        for path in edges.all() {
            each_edge(session, path, |least, key| {
                keys.extend([least, key]);
                if keys.len() > 2 * distinct + BATCH_ROWS {
                    keys.sort_unstable();
                    keys.dedup();
                    distinct = keys.len();
                }
                check_memory(session, distinct, edges.vectors.is_some(), 0).map(|_| ())
            })?;
        }
        keys.sort_unstable();
        keys.dedup();
        let old = keys.partition_point(|&key| key < corpus.earlier.first_key());
        let standing = Standing::of(&corpus.earlier, &keys[..old])?;
        keys.extend(standing.edges().map(|(survivor, _)| survivor));
        let (documents, semantic) = (keys.len(), edges.vectors.is_some());
        let needed = check_memory(session, documents, semantic, standing.memory())?;
        let mut components = Components::over(keys).map_err(|_| too_many(session, documents, needed))?;
        let text = join(session, edges.texts.as_deref(), &mut components)?;
        let address = join(session, edges.addresses.as_deref(), &mut components)?;
        for path in &edges.near {
            join(session, Some(path), &mut components)?;
        }
        for (survivor, key) in standing.edges() {
            // Both keys were given to `over`.
            if let (Some(survivor), Some(node)) = (components.node(survivor), components.node(key)) {
                components.join(survivor, node);
            }
        }
        let ties = match &edges.vectors {
            Some(vectors) => Some(Ties::join(session, vectors, &edges.semantic, &mut components)?),
            None => None,
        };
        Ok(Self { labels: components.label(), text, address, standing, ties })
    }

    /// The clusters, from the ranks that the signature parts hold. Parts without a duplicate are not read.
    fn clusters(
        &self,
        session: &Session,
        signatures: &Signatures<'_>,
        superseded: &mut Superseded,
    ) -> Result<Vec<Cluster>, DedupError> {
        let mut clusters: Vec<Option<Cluster>> = vec![None; self.labels.count as usize];
        let mut nodes = (0u32..).zip(&self.labels.keys).peekable();
        while let Some(&(first, &key)) = nodes.peek() {
            let part = Key(key).part();
            let (path, ranks) = signatures.ranks(session, part, &self.labels.keys[first as usize..])?;
            for batch in ranks {
                session.cancel().check()?;
                let batch = batch?;
                let rows = Rows::of(&batch, &path);
                let (keys, ranks) = (rows.u64(column::KEY)?, rows.bytes(column::RANK)?);
                for (row, key) in keys.values().iter().enumerate() {
                    let Some((node, _)) = nodes.next_if(|&(_, node_key)| node_key == key) else { continue };
                    let rank = Rank::from_slice(ranks.value(row))
                        .ok_or_else(|| DedupError::Column { path: path.clone(), column: column::RANK })?;
                    let cluster = &mut clusters[self.labels.component[node as usize] as usize];
                    let weight = self.standing.weight(*key);
                    match cluster {
                        Some(cluster) => cluster.add(rank, node, weight),
                        None => *cluster = Some(Cluster::of(rank, node, weight)),
                    }
                    if self.standing.was_kept(*key) {
                        superseded.watch(*key, rank);
                    }
                }
            }
            // A key of this part that no row had would be looked for without end.
            if let Some(&(_, &key)) = nodes.peek().filter(|&&(_, &key)| Key(key).part() == part) {
                return Err(EngineError::Damaged { path, what: format!("document {key:#x} is missing") }.into());
            }
        }
        let mut clusters: Vec<Cluster> = clusters.into_iter().flatten().collect();
        for (node, &text) in (0u32..).zip(&self.text) {
            if let Some(cluster) = clusters.get_mut(self.labels.component[node as usize] as usize) {
                cluster.texts += u32::from(node == text);
            }
        }
        Ok(clusters)
    }

    /// The best document of the cluster of a document that has a duplicate, and how many documents the cluster has.
    fn best_of(&self, clusters: &[Cluster], key: u64) -> Option<(Rank, u32)> {
        let node = self.labels.keys.binary_search(&key).ok()?;
        let cluster = clusters.get(self.labels.component[node] as usize)?;
        Some((cluster.best, cluster.documents))
    }

    fn write(&self, clusters: &[Cluster], rules: &Rules, output: &mut UnitOutput<'_>) -> Result<Facts, DedupError> {
        let schema = scratch::decisions(rules.config.keep.width());
        let mut writer = KeyedWriter::new(rules.create_kept(output, DECISIONS, Arc::clone(&schema))?, "decisions");
        let count = self.labels.keys.len() as u32;
        let survivor = |node: u32| clusters[self.labels.component[node as usize] as usize].survivor;
        let cosines = match &self.ties {
            Some(ties) => ties.cosines(output.session(), &self.labels.keys, survivor)?,
            None => Vec::new(),
        };
        for start in (0..count).step_by(BATCH_ROWS) {
            output.check_cancelled()?;
            writer.write(&self.decisions(
                clusters,
                &cosines,
                &schema,
                start..count.min(start + BATCH_ROWS as u32),
            )?)?;
        }
        let (writer, index) = writer.into_parts();
        output.finish(writer)?;
        Ok(Facts { index, details: self.details(clusters) })
    }

    /// What becomes of some nodes, in the columns of [`scratch::decisions`].
    fn decisions(
        &self,
        clusters: &[Cluster],
        cosines: &[Option<f32>],
        schema: &SchemaRef,
        nodes: Range<u32>,
    ) -> Result<RecordBatch, DedupError> {
        let of = |node: u32| &clusters[self.labels.component[node as usize] as usize];
        let key = |node: u32| self.labels.keys[node as usize];
        let same_text = |node: u32| self.text[node as usize] == self.text[of(node).survivor as usize];
        let same_address = |node: u32| self.address[node as usize] == self.address[of(node).survivor as usize];
        let by_meaning = |node: u32| self.ties.as_ref().is_some_and(|ties| ties.only(node, of(node).survivor));
        let compared =
            |node: u32| !(same_text(node) || by_meaning(node)) || (of(node).texts > 1 && of(node).survivor == node);
        let cosine = |node: u32| cosines.get(node as usize).copied().flatten();
        let ranks = nodes.clone().map(|node| of(node).best.as_slice());
        let failed = |error| DedupError::Rows { path: "decisions".to_owned(), error };
        RecordBatch::try_new(
            Arc::clone(schema),
            vec![
                Arc::new(UInt64Array::from_iter_values(nodes.clone().map(key))),
                Arc::new(UInt64Array::from_iter_values(nodes.clone().map(|node| key(of(node).survivor)))),
                Arc::new(FixedSizeBinaryArray::try_from_iter(ranks).map_err(failed)?),
                Arc::new(UInt32Array::from_iter_values(nodes.clone().map(|node| of(node).documents))),
                Arc::new(BooleanArray::from_iter(nodes.clone().map(|node| Some(same_text(node))))),
                Arc::new(BooleanArray::from_iter(nodes.clone().map(|node| Some(same_address(node))))),
                Arc::new(BooleanArray::from_iter(nodes.clone().map(|node| Some(compared(node))))),
                Arc::new(BooleanArray::from_iter(nodes.clone().map(|node| Some(by_meaning(node))))),
                Arc::new(Float32Array::from_iter(nodes.clone().map(cosine))),
            ],
        )
        .map_err(failed)
    }

    fn details(&self, clusters: &[Cluster]) -> DedupDetails {
        let mut standing: Vec<u32> =
            (0u32..).zip(&self.text).filter(|&(node, &text)| node != text).map(|(_, &text)| text).collect();
        standing.sort_unstable();
        standing.dedup();
        DedupDetails {
            exact_clusters: standing.len() as u64,
            near_clusters: self.near_clusters(clusters),
            semantic: self.ties.as_ref().map(|ties| {
                Box::new(SemanticDetails { clusters: ties.clusters(&self.labels), ..SemanticDetails::default() })
            }),
            largest_cluster: clusters.iter().map(|cluster| u64::from(cluster.documents)).max().unwrap_or(0),
            ..DedupDetails::default()
        }
    }
}

impl Graph {
    /// Clusters of different texts, of what something else than embeddings ties together.
    fn near_clusters(&self, clusters: &[Cluster]) -> u64 {
        let Some(ties) = &self.ties else {
            return clusters.iter().filter(|cluster| cluster.texts > 1).count() as u64;
        };
        let mut texts = vec![0u32; self.text.len()];
        for ((&text, &before), node) in self.text.iter().zip(ties.before()).zip(0u32..) {
            texts[before as usize] += u32::from(node == text);
        }
        texts.into_iter().filter(|&texts| texts > 1).count() as u64
    }
}

/// Joins the documents of every edge. For each node, the least of the nodes that an edge star ties it to, or itself.
pub(super) fn join(session: &Session, path: Option<&str>, components: &mut Components) -> Result<Vec<u32>, DedupError> {
    let mut least_of: Vec<u32> = components.nodes().collect();
    let Some(path) = path else { return Ok(least_of) };
    each_edge(session, path, |least, key| {
        // Both keys were given to `over`: the file is the same as a moment ago.
        if let (Some(least), Some(node)) = (components.node(least), components.node(key)) {
            components.join(least, node);
            least_of[node as usize] = least;
        }
        Ok(())
    })?;
    Ok(least_of)
}

fn each_edge(
    session: &Session,
    path: &str,
    mut take: impl FnMut(u64, u64) -> Result<(), DedupError>,
) -> Result<(), DedupError> {
    for batch in session.read_scratch(path, None, None)? {
        session.cancel().check()?;
        let batch = batch?;
        let rows = Rows::of(&batch, path);
        let (least, keys) = (rows.u64(column::LEAST)?, rows.u64(column::KEY)?);
        least.values().iter().zip(keys.values()).try_for_each(|(&least, &key)| take(least, key))?;
    }
    Ok(())
}

/// Memory that making clusters of so many documents that have a duplicate takes; `semantic` is whether embeddings tie some.
pub(crate) fn clustering_memory(documents: u64, semantic: bool) -> ByteSize {
    ByteSize(documents * (NODE_BYTES + if semantic { super::semantic::NODE_BYTES } else { 0 }))
}

/// What making clusters takes beside `held`, if that is granted.
fn check_memory(session: &Session, documents: usize, semantic: bool, held: u64) -> Result<ByteSize, DedupError> {
    let needed = ByteSize(clustering_memory(documents as u64, semantic).0 + held);
    if needed <= session.memory() { Ok(needed) } else { Err(too_many(session, documents, needed)) }
}

/// The decisions as plans make them and as they are made in memory: for tests.
#[cfg(test)]
pub(super) fn both_ways(
    work: [&StageWork<'_>; 2],
    corpus: &Corpus,
    rules: &Rules,
    signed: &[UnitReport],
    evidence: Evidence<'_>,
) -> Result<[UnitReport; 2], DedupError> {
    let signatures = |work| signed.iter().map(|report| scratch_path(work, report)).collect::<Result<Vec<_>, _>>();
    let [by_plans, in_one] = work;
    Ok([
        spilled::once(by_plans, rules, &Edges::of(by_plans, evidence)?, &signatures(by_plans)?)?,
        in_memory(in_one, corpus, rules, &signatures(in_one)?, &Edges::of(in_one, evidence)?)?,
    ])
}

fn too_many(session: &Session, documents: usize, needed: ByteSize) -> DedupError {
    DedupError::TooManyDuplicates { documents: documents as u64, needed, limit: session.memory() }
}

use super::super::decide::join;
use super::super::rows::Rows;
use crate::scratch::column;
use crate::{Components, DedupError, Labels};
use malmoi_engine::Session;

/// Bytes that a document with a duplicate costs besides while clusters are made: its place before, its vector, its cosine.
pub(in crate::stage) const NODE_BYTES: u64 = 12;

/// How embeddings tie documents together that nothing else does.
pub(in crate::stage) struct Ties {
    /// For each node, the least one that text, address or shingles tie it to.
    before: Vec<u32>,
    /// For each node, the least of the same vector, or itself.
    vector: Vec<u32>,
    edges: Vec<String>,
}

impl Ties {
    /// Joins what embeddings tie together, after all else has been joined.
    pub(in crate::stage) fn join(
        session: &Session,
        vectors: &str,
        edges: &[String],
        components: &mut Components,
    ) -> Result<Self, DedupError> {
        let before = components.nodes().map(|node| components.root(node)).collect();
        let vector = join(session, Some(vectors), components)?;
        for path in edges {
            join(session, Some(path), components)?;
        }
        Ok(Self { before, vector, edges: edges.to_vec() })
    }

    /// Whether only embeddings tie two nodes together.
    pub(in crate::stage) fn only(&self, left: u32, right: u32) -> bool {
        self.before[left as usize] != self.before[right as usize]
    }

    /// For each node, the least one that something else than embeddings ties it to.
    pub(in crate::stage) fn before(&self) -> &[u32] {
        &self.before
    }

    /// Clusters that would be several without embeddings.
    pub(in crate::stage) fn clusters(&self, labels: &Labels) -> u64 {
        let mut first: Vec<Option<u32>> = vec![None; labels.count as usize];
        let mut several = vec![false; labels.count as usize];
        for (&component, &before) in labels.component.iter().zip(&self.before) {
            let component = component as usize;
            several[component] |= *first[component].get_or_insert(before) != before;
        }
        several.into_iter().filter(|&several| several).count() as u64
    }

    /// For each node the cosine with its survivor, where the two were compared; `survivor` gives that of a node.
    pub(in crate::stage) fn cosines(
        &self,
        session: &Session,
        keys: &[u64],
        survivor: impl Fn(u32) -> u32,
    ) -> Result<Vec<Option<f32>>, DedupError> {
        let same = |node: u32| self.vector[node as usize] == self.vector[survivor(node) as usize];
        let mut cosines: Vec<Option<f32>> = (0..keys.len() as u32).map(|node| same(node).then_some(1.0)).collect();
        let node = |key: u64| keys.binary_search(&key).ok().map(|at| at as u32);
        for path in &self.edges {
            for batch in session.read_scratch(path, None, None)? {
                session.cancel().check()?;
                let batch = batch?;
                let rows = Rows::of(&batch, path);
                let (least, others) = (rows.u64(column::LEAST)?, rows.u64(column::KEY)?);
                let found = rows.f32(column::COSINE)?;
                for ((&left, &right), &cosine) in least.values().iter().zip(others.values()).zip(found.values()) {
                    let (Some(left), Some(right)) = (node(left), node(right)) else { continue };
                    for (one, other) in [(left, right), (right, left)] {
                        if survivor(one) == other {
                            cosines[one as usize].get_or_insert(cosine);
                        }
                    }
                }
            }
        }
        Ok(cosines)
    }
}

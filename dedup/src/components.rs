/// Connected components of a graph whose nodes are 64-bit keys: union-find with path halving (Tarjan and van Leeuwen, 1984).
///
/// Only keys that some edge touches are held: twelve bytes each.
#[derive(Debug)]
pub struct Components {
    /// Sorted and distinct; a node is a position here.
    keys: Vec<u64>,
    /// A node at or before this one in the same component; itself for the first node of a component.
    parent: Vec<u32>,
}

/// More nodes than a position of 32 bits can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyNodes;

impl Components {
    /// One component per key. Keys may come in any order and repeatedly.
    pub fn over(mut keys: Vec<u64>) -> Result<Self, TooManyNodes> {
        keys.sort_unstable();
        keys.dedup();
        let nodes = u32::try_from(keys.len()).map_err(|_| TooManyNodes)?;
        Ok(Self { keys, parent: (0..nodes).collect() })
    }

    /// All nodes, in order of their keys.
    pub fn nodes(&self) -> impl Iterator<Item = u32> + use<> {
        // Fits: `over` has checked the number of keys.
        0..self.keys.len() as u32
    }

    /// The node of a key, or `None` if the key was not given.
    pub fn node(&self, key: u64) -> Option<u32> {
        self.keys.binary_search(&key).ok().map(|at| at as u32)
    }

    /// The keys, sorted: each node's is in its place.
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The same nodes, of which none is joined to another.
    pub fn apart(&self) -> Self {
        Self { keys: self.keys.clone(), parent: (0..self.parent.len() as u32).collect() }
    }

    /// Makes one component of the components of two nodes. Whether they were two.
    pub fn join(&mut self, left: u32, right: u32) -> bool {
        let (left, right) = (self.root(left), self.root(right));
        // The smaller node leads, so that the outcome does not depend on the order of the edges.
        self.parent[left.max(right) as usize] = left.min(right);
        left != right
    }

    /// The least node of a node's component, as far as it has been joined.
    pub fn root(&mut self, mut node: u32) -> u32 {
        while self.parent[node as usize] != node {
            let grandparent = self.parent[self.parent[node as usize] as usize];
            self.parent[node as usize] = grandparent;
            node = grandparent;
        }
        node
    }

    /// The finished components.
    pub fn label(mut self) -> Labels {
        let mut count = 0;
        for node in 0..self.parent.len() {
            // A parent comes before its child and was labelled already; it is a leader or its label is the leader's.
            let parent = self.parent[node] as usize;
            self.parent[node] = if parent == node {
                count += 1;
                count - 1
            } else {
                self.parent[parent]
            };
        }
        Labels { keys: self.keys, component: self.parent, count }
    }
}

/// Which component each key is in.
#[derive(Debug, PartialEq, Eq)]
pub struct Labels {
    /// All keys, sorted.
    pub keys: Vec<u64>,
    /// The component of the key in the same place: numbered from 0 in order of their smallest keys.
    pub component: Vec<u32>,
    /// How many components there are.
    pub count: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn label(edges: &[(u64, u64)]) -> Labels {
        let mut components = Components::over(edges.iter().flat_map(|&(a, b)| [a, b]).collect()).unwrap();
        for &(a, b) in edges {
            let (a, b) = (components.node(a).unwrap(), components.node(b).unwrap());
            components.join(a, b);
        }
        components.label()
    }

    #[test]
    fn chains_join_and_strangers_stay_apart() {
        let labels = label(&[(9, 7), (1, 2), (7, 5), (2, 1 << 40)]);
        assert_eq!(labels.keys, [1, 2, 5, 7, 9, 1 << 40]);
        assert_eq!(labels.component, [0, 0, 1, 1, 1, 0]);
        assert_eq!(labels.count, 2);
    }

    fn edges() -> impl Strategy<Value = Vec<(u64, u64)>> {
        prop::collection::vec((0u64..40, 0u64..40), 0..40)
    }

    proptest! {
        #[test]
        fn any_order_and_direction_of_edges_gives_the_same(mut edges in edges(), shift in any::<prop::sample::Index>()) {
            let expected = label(&edges);
            if !edges.is_empty() {
                let shift = shift.index(edges.len());
                edges.rotate_left(shift);
                edges.iter_mut().step_by(2).for_each(|edge| *edge = (edge.1, edge.0));
            }
            prop_assert_eq!(label(&edges), expected);
        }

        /// Against flooding: repeat "take the smaller label across each edge" until nothing changes.
        #[test]
        fn components_are_those_of_flooding(edges in edges()) {
            let mut flooded: BTreeMap<u64, u64> = edges.iter().flat_map(|&(a, b)| [(a, a), (b, b)]).collect();
            for _ in 0..flooded.len() {
                for &(a, b) in &edges {
                    let least = flooded[&a].min(flooded[&b]);
                    flooded.insert(a, least);
                    flooded.insert(b, least);
                }
            }
            let labels = label(&edges);
            let partition = |of: Vec<(u64, u64)>| -> BTreeSet<BTreeSet<u64>> {
                let mut groups = BTreeMap::<u64, BTreeSet<u64>>::new();
                of.into_iter().for_each(|(key, group)| { groups.entry(group).or_default().insert(key); });
                groups.into_values().collect()
            };
            let found = labels.keys.iter().zip(&labels.component).map(|(&key, &c)| (key, u64::from(c))).collect();
            prop_assert_eq!(partition(found), partition(flooded.into_iter().collect()));
        }
    }
}

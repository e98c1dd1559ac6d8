use malmoi_schemas::DocumentId;
use std::cmp::Reverse;

/// How good a document is among its duplicates; the least is kept.
///
/// The source that the recipe names first, then more characters, then the smaller id. Ids are distinct, so the order is
/// total and the survivor does not depend on the order in which documents or edges are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Place of the document's source in the recipe.
    pub priority: u32,
    /// Characters of the text.
    pub characters: Reverse<u32>,
    /// The document.
    pub id: DocumentId,
}

/// A set of duplicates of one another, as far as it has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster {
    /// The best document.
    pub best: Rank,
    /// Where the best document is: a node of the graph of duplicates.
    pub survivor: u32,
    /// Documents, the survivor included.
    pub documents: u32,
    /// Different texts among them.
    pub texts: u32,
}

impl Cluster {
    /// A cluster of one.
    pub fn of(rank: Rank, node: u32) -> Self {
        Self { best: rank, survivor: node, documents: 1, texts: 0 }
    }

    /// Adds another document.
    pub fn add(&mut self, rank: Rank, node: u32) {
        self.documents += 1;
        if rank < self.best {
            self.best = rank;
            self.survivor = node;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rank(priority: u32, characters: u32, id: u8) -> Rank {
        Rank { priority, characters: Reverse(characters), id: DocumentId([id; DocumentId::LEN]) }
    }

    #[test]
    fn the_rules_apply_in_order() {
        assert!(rank(0, 10, 9) < rank(1, 500, 1), "the source comes first");
        assert!(rank(1, 500, 9) < rank(1, 10, 1), "then the longer text");
        assert!(rank(1, 10, 1) < rank(1, 10, 2), "then the smaller id");
    }

    proptest! {
        #[test]
        fn the_survivor_does_not_depend_on_the_order(
            mut members in prop::collection::vec((0u32..3, 0u32..4), 1..20).prop_map(|all| {
                all.into_iter().enumerate().map(|(i, (p, c))| (rank(p, c, i as u8), i as u32)).collect::<Vec<_>>()
            }),
            by in any::<prop::sample::Index>(),
        ) {
            let cluster = |members: &[(Rank, u32)]| {
                let mut cluster = Cluster::of(members[0].0, members[0].1);
                members[1..].iter().for_each(|&(rank, node)| cluster.add(rank, node));
                cluster
            };
            let expected = cluster(&members);
            let shift = by.index(members.len());
            members.rotate_left(shift);
            prop_assert_eq!(cluster(&members), expected);
            members.reverse();
            prop_assert_eq!(cluster(&members), expected);
            prop_assert_eq!(Some(expected.best), members.iter().map(|&(rank, _)| rank).min());
        }
    }
}

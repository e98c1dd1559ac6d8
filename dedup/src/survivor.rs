use malmoi_schemas::DocumentId;
use std::fmt;

/// How good a document is among its duplicates, as bytes in the order of goodness; the least is kept.
///
/// One key for each rule of a [`crate::KeepChain`], then the document's id. Ids are distinct, so the order is total and the
/// survivor does not depend on the order in which documents or edges are looked at. Ranks of one chain have one length and
/// fit a column of fixed-size binary, whose least value a plan finds; those of different chains say nothing to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    bytes: [u8; Rank::MAX],
    length: u8,
}

impl Rank {
    /// Bytes of the rank of the longest chain.
    pub const MAX: usize = 64;

    /// A rank read from a column, or `None` if it is none: too short to hold an id, or too long.
    pub fn from_slice(key: &[u8]) -> Option<Self> {
        if !(DocumentId::LEN..=Self::MAX).contains(&key.len()) {
            return None;
        }
        let mut rank = Self { bytes: [0; Self::MAX], length: key.len() as u8 };
        rank.bytes[..key.len()].copy_from_slice(key);
        Some(rank)
    }

    /// A rank without any key.
    pub(crate) fn empty() -> Self {
        Self { bytes: [0; Self::MAX], length: 0 }
    }

    /// Appends a key. The chain's own bounds keep it within [`Rank::MAX`].
    pub(crate) fn push(&mut self, key: &[u8]) {
        let start = usize::from(self.length);
        self.bytes[start..start + key.len()].copy_from_slice(key);
        self.length += key.len() as u8;
    }

    /// The bytes that are stored and compared.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The document.
    pub fn id(&self) -> DocumentId {
        let mut id = [0; DocumentId::LEN];
        id.copy_from_slice(&self.bytes[usize::from(self.length) - DocumentId::LEN..usize::from(self.length)]);
        DocumentId(id)
    }
}

impl fmt::Debug for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
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
    /// A cluster of one document that stands for `weight`: for itself, or for a cluster that was made before.
    pub fn of(rank: Rank, node: u32, weight: u32) -> Self {
        Self { best: rank, survivor: node, documents: weight, texts: 0 }
    }

    /// Adds another document that stands for `weight`.
    pub fn add(&mut self, rank: Rank, node: u32, weight: u32) {
        self.documents = self.documents.saturating_add(weight);
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

    #[test]
    fn a_rank_is_read_back_from_its_bytes() {
        let mut rank = Rank::empty();
        rank.push(&7u32.to_be_bytes());
        rank.push(&[9; DocumentId::LEN]);
        assert_eq!(Rank::from_slice(rank.as_slice()), Some(rank));
        assert_eq!(rank.id(), DocumentId([9; DocumentId::LEN]));
        assert_eq!(Rank::from_slice(&[0; DocumentId::LEN - 1]), None);
        assert_eq!(Rank::from_slice(&[0; Rank::MAX + 1]), None);
    }

    proptest! {
        #[test]
        fn the_survivor_does_not_depend_on_the_order(
            (members, shuffled) in prop::collection::vec(0u32..4, 1..20).prop_flat_map(|keys| {
                let member = |(node, key): (u8, u32)| {
                    let mut rank = Rank::empty();
                    rank.push(&key.to_be_bytes());
                    rank.push(&[node; DocumentId::LEN]);
                    (rank, u32::from(node))
                };
                let members: Vec<_> = (0..).zip(keys).map(member).collect();
                (Just(members.clone()), Just(members).prop_shuffle())
            }),
        ) {
            let cluster = |members: &[(Rank, u32)]| {
                let mut cluster = Cluster::of(members[0].0, members[0].1, 1);
                members[1..].iter().for_each(|&(rank, node)| cluster.add(rank, node, 1));
                cluster
            };
            let expected = cluster(&members);
            prop_assert_eq!(cluster(&shuffled), expected);
            prop_assert_eq!(Some(expected.best), members.iter().map(|&(rank, _)| rank).min());
            prop_assert_eq!(DocumentId([expected.survivor as u8; DocumentId::LEN]), expected.best.id());
        }
    }
}

use super::Index;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// In which order an epoch visits the row groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As the manifest lists them, in every epoch.
    Stored,
    /// Permuted anew in each epoch, by a hash of the epoch and the row group under this seed.
    Shuffled(u64),
}

/// The row groups in the order of one epoch, with the position in the stream at which each begins.
#[derive(Debug)]
pub(super) struct Epoch {
    number: u64,
    order: Vec<usize>,
    starts: Vec<u64>,
    lengths: Vec<u64>,
}

impl Epoch {
    pub(super) fn new(index: &Index, order: Order, number: u64) -> Self {
        let mut visit: Vec<usize> = (0..index.row_groups().len()).collect();
        if let Order::Shuffled(seed) = order {
            visit.sort_by_cached_key(|&row_group| {
                let mut key = [0; 16];
                key[..8].copy_from_slice(&number.to_le_bytes());
                key[8..].copy_from_slice(&(row_group as u64).to_le_bytes());
                (xxh3_64_with_seed(&key, seed), row_group)
            });
        }
        let lengths: Vec<u64> = visit.iter().map(|&row_group| index.row_groups()[row_group].stream()).collect();
        let starts = lengths
            .iter()
            .scan(0, |next, length| {
                let start = *next;
                *next += length;
                Some(start)
            })
            .collect();
        Self { number, order: visit, starts, lengths }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The place in the order, and the offset there, of a position in the stream.
    pub(super) fn locate(&self, position: u64) -> (usize, u64) {
        let slot = self.starts.partition_point(|&start| start <= position).saturating_sub(1);
        (slot, position - self.starts.get(slot).copied().unwrap_or(0))
    }

    /// The row group at a place in the order.
    pub(super) fn row_group(&self, slot: usize) -> Option<usize> {
        self.order.get(slot).copied()
    }

    /// Raises `reached[row group]` to how far a read of the first `tokens` of this epoch goes into it.
    pub(super) fn reach(&self, tokens: u64, reached: &mut [u64]) {
        for ((&row_group, &start), &length) in self.order.iter().zip(&self.starts).zip(&self.lengths) {
            let far = tokens.saturating_sub(start).min(length);
            reached[row_group] = reached[row_group].max(far);
        }
    }
}

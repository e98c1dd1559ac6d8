//! Exact and near-duplicate detection, with every removal explained

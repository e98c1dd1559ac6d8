//! Spans that several surviving documents have: documents send what they may share to the groups of their fingerprints, each
//! group is searched alone, and what was found is brought home by document.
//!
//! Every group finds only true repeats, and every repeat is found in some group; so the union is what one search of all texts
//! would find, whatever the groups and parts (see [`crate::substring`]).

mod cutter;
mod fingerprints;
mod pieces;
mod search;

pub(super) use cutter::{Cutter, Place};

use super::edit::Edits;
use super::keyed::{self, Index, KeyedPart};
use super::{Corpus, Rules, phase, relate};
use crate::substring::SubstringConfig;
use crate::{DedupError, scratch};
use fingerprints::Sample;
use malmoi_engine::{StageWork, UnitReport};
use malmoi_schemas::ByteSize;
use pieces::Scatter;
use serde::{Deserialize, Serialize};

/// The repeated spans of each document that survives, but for what it repeats of itself.
pub(super) fn find(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    config: &SubstringConfig,
    edits: Option<&Edits>,
    decided: &UnitReport,
) -> Result<UnitReport, DedupError> {
    let session = work.session();
    let decisions = KeyedPart::open(work, decided)?;
    let units = corpus.parts.iter().map(|part| {
        let edits = edits.map(|edits| edits.of_part(work, part.ordinal)).transpose()?;
        Ok(Sample { part, config, edits, decisions: &decisions })
    });
    let sampled = work.map(phase("fingerprints", Some(corpus.bytes())), units)?;
    let shared = relate::shared(work, session.context()?, &sampled, |rows, index| {
        let division = Division::of(rows, config.min_characters.get(), session.memory());
        Facts { index, division }
    })?;
    let Facts { division, .. } = keyed::facts(work, &shared)?;
    let shared = KeyedPart::open(work, &shared)?;
    let units = corpus.parts.iter().map(|part| {
        let edits = edits.map(|edits| edits.of_part(work, part.ordinal)).transpose()?;
        Ok(Scatter { part, rules, config, edits, shared: &shared, division })
    });
    let sent = work.map(phase("pieces", Some(corpus.bytes())), units)?;
    let found = search::map(work, rules, config, &sent, division)?;
    relate::repeats(work, session.context()?, &found, scratch::repeats(rules.config.keep.width()))
}

#[derive(Serialize, Deserialize)]
struct Facts {
    index: Index,
    division: Division,
}

/// How the search is shared out. Decided once and kept, so that a run that goes on with other limits goes on with the same
/// groups. Nothing that is published depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Division {
    /// Groups that fingerprints are dealt out to by their hash.
    groups: u32,
    /// What a task may hold, in bytes.
    memory: u64,
}

/// What a task holds at most, where the limit allows it: the larger, the fewer stretches are sent twice.
const TASK_MEMORY: u64 = 512 << 20;

/// Part of the memory limit that one task may take, so that a few run side by side.
const TASKS_IN_MEMORY: u64 = 8;

/// Bytes that an eojeol takes in a task beside its text. Eleven 32-bit numbers while suffixes are sorted; while eojeol are
/// numbered, three of them and a place in a hash table that has just grown. The bound is of texts without a word said twice;
/// running text takes a third.
const EOJEOL_MEMORY: u64 = 112;

/// Bytes that a stretch takes in a task beside its text and its eojeol: its rank three times, and where it is.
const PIECE_MEMORY: u64 = 320;

/// Bytes that a character of Korean takes in a task: its own, and its share in an eojeol of four to five with the space.
const CHARACTER_MEMORY: u64 = 26;

impl Division {
    /// For so many shared fingerprints. Each sends a stretch of about twice `min_characters`, or less where it joins another;
    /// groups are half of what fits a task, for hashes do not deal out evenly.
    fn of(fingerprints: u64, min_characters: usize, limit: ByteSize) -> Self {
        let memory = (limit.0 / TASKS_IN_MEMORY).clamp(1, TASK_MEMORY);
        let stretch = 2 * min_characters as u64 * CHARACTER_MEMORY + PIECE_MEMORY;
        let groups = fingerprints.saturating_mul(stretch).div_ceil(memory.div_ceil(2)).max(1);
        Self { groups: u32::try_from(groups).unwrap_or(u32::MAX), memory }
    }
}

/// Upper bound on what a stretch takes in a task.
fn memory_of(bytes: usize, eojeol: u64) -> u64 {
    bytes as u64 + PIECE_MEMORY + (eojeol + 1) * EOJEOL_MEMORY
}

/// [`DedupError::Repeats`] if texts that must be held together do not fit the limit.
fn check_memory(limit: ByteSize, needed: u64) -> Result<(), DedupError> {
    if needed <= limit.0 { Ok(()) } else { Err(DedupError::Repeats { needed: ByteSize(needed), limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_follow_from_what_is_shared_and_from_the_limit() {
        let groups = |fingerprints, limit| Division::of(fingerprints, 100, ByteSize(limit)).groups;
        assert_eq!([0, 1, 1000].map(|fingerprints| groups(fingerprints, 4 << 30)), [1, 1, 1]);
        // A gigabyte of text, all of it shared.
        assert_eq!(groups(14_000_000, 4 << 30), 288);
        assert_eq!(groups(14_000_000, 64 << 30), 288);
        assert_eq!(groups(14_000_000, 1 << 30), 1152);
        assert_eq!(groups(u64::MAX, 64 << 20), u32::MAX);
    }

    #[test]
    fn what_cannot_be_held_is_told_with_what_it_takes() {
        let needed = memory_of(10 << 20, 1 << 20);
        check_memory(ByteSize(needed), needed).unwrap();
        let error = check_memory(ByteSize(64 << 20), needed).unwrap_err().to_string();
        let told = "takes 122.0 MiB of memory, the limit is 64 MiB: raise `memory` in [engine]";
        assert!(error.ends_with(told), "{error}");
    }
}

//! From an alignment to what a person reads of it.

use super::align::{Kind, Stretch};
use super::pair::Pair;
use super::words::Word;
use super::{Counts, Differences, Gap, Hunk, Limits, Side};
use crate::member::printable;

/// Eojeol that are shown rather than left out: the note that they are left out is as long.
const SHORT: u64 = 4;

/// Counts everything, and lists changes and what stands around them as far as the limits go.
pub(super) fn list(pair: &Pair<'_>, stretches: &[Stretch], limits: &Limits) -> Differences {
    let mut counts = Counts::default();
    let mut runs = Vec::new();
    for stretch in stretches {
        let removed = &pair.removed[stretch.removed.clone()];
        let kept = &pair.kept[stretch.kept.clone()];
        let eojeol = |words: &[Word<'_>]| words.iter().map(Word::eojeol).sum::<u64>();
        match stretch.kind {
            Kind::Alike => {
                counts.alike += eojeol(kept);
                add_alike(removed, kept, &mut runs);
            }
            Kind::Respaced => {
                counts.respaced_removed += eojeol(removed);
                counts.respaced_kept += eojeol(kept);
                add_respaced(removed, kept, &mut runs);
            }
            Kind::Changed => {
                counts.removed += eojeol(removed);
                counts.kept += eojeol(kept);
                add_changed(removed, kept, &mut runs);
            }
        }
    }
    counts.spacing = runs.iter().filter(|run| matches!(run, Run::Spacing { .. })).count() as u64;
    let hunks = elide(&runs, limits);
    cut_short(counts, hunks, limits.changes)
}

/// A hunk before anything is left out.
enum Run<'a> {
    Words { side: Side, gap: Gap, words: Vec<Word<'a>> },
    Spacing { removed: Gap, kept: Gap },
}

/// Adds a word that both texts have, after a gap that may differ.
fn add_word<'a>(removed: Gap, kept: Word<'a>, runs: &mut Vec<Run<'a>>) {
    // Behind a change a gap belongs to the change, and before everything there is none to compare.
    let comparable = matches!(runs.last(), Some(Run::Words { side: Side::Both, .. }));
    let differs = comparable && removed != kept.gap;
    if differs {
        runs.push(Run::Spacing { removed, kept: kept.gap });
    }
    match runs.last_mut() {
        Some(Run::Words { side: Side::Both, words, .. }) => words.push(kept),
        _ => {
            let gap = if differs { Gap::None } else { kept.gap };
            runs.push(Run::Words { side: Side::Both, gap, words: vec![kept] });
        }
    }
}

fn add_alike<'a>(removed: &[Word<'a>], kept: &[Word<'a>], runs: &mut Vec<Run<'a>>) {
    for (removed, &kept) in removed.iter().zip(kept) {
        add_word(removed.gap, kept, runs);
    }
}

/// Walks words of the same characters, and cuts them wherever either side does.
fn add_respaced<'a>(removed: &[Word<'a>], kept: &[Word<'a>], runs: &mut Vec<Run<'a>>) {
    let mut of_removed = removed.iter();
    let (mut left, mut gap) = (0, Gap::None);
    for &(mut word) in kept {
        while !word.text.is_empty() {
            if left == 0 {
                let Some(next) = of_removed.next() else { return };
                (left, gap) = (next.text.len(), next.gap);
            }
            let (text, rest) = word.text.split_at(left.min(word.text.len()));
            add_word(gap, Word { text, gap: word.gap }, runs);
            left -= text.len();
            (word, gap) = (Word { text: rest, gap: Gap::None }, Gap::None);
        }
    }
}

fn add_changed<'a>(removed: &[Word<'a>], kept: &[Word<'a>], runs: &mut Vec<Run<'a>>) {
    let gap = kept.first().or(removed.first()).map_or(Gap::None, |word| word.gap);
    if !removed.is_empty() {
        runs.push(Run::Words { side: Side::Removed, gap, words: removed.to_vec() });
    }
    if !kept.is_empty() {
        // Words that replace words stand beside them, lines that replace lines below.
        let of_lines = |words: &[Word<'_>]| words.iter().skip(1).any(|word| word.gap == Gap::Line);
        let beside = !removed.is_empty() && !(gap == Gap::Line && (of_lines(removed) || of_lines(kept)));
        runs.push(Run::Words { side: Side::Kept, gap: if beside { Gap::None } else { gap }, words: kept.to_vec() });
    }
}

fn elide(runs: &[Run<'_>], limits: &Limits) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        match run {
            Run::Spacing { removed, kept } => hunks.push(Hunk::Spacing { removed: *removed, kept: *kept }),
            Run::Words { side, gap, words } => {
                let (head, tail) = match side {
                    Side::Both => (
                        if at == 0 { 0 } else { rest_of_line(words, limits.context) },
                        if at + 1 == runs.len() { 0 } else { start_of_line(words, limits.context) },
                    ),
                    _ => (limits.stretch.div_ceil(2), limits.stretch / 2),
                };
                show(*side, *gap, words, (head, tail), &mut hunks);
            }
        }
    }
    hunks
}

/// Words up to the first line break, at most `limit`.
fn rest_of_line(words: &[Word<'_>], limit: usize) -> usize {
    let line = words.iter().skip(1).take(limit).position(|word| word.gap == Gap::Line);
    line.map_or(limit, |at| at + 1).min(words.len())
}

/// Words from the last line break on, at most `limit`.
fn start_of_line(words: &[Word<'_>], limit: usize) -> usize {
    let line = words.iter().rev().take(limit).position(|word| word.gap == Gap::Line);
    line.map_or(limit, |at| at + 1).min(words.len())
}

/// Lists the first and the last words of a run, and how many there are between them.
fn show(side: Side, gap: Gap, words: &[Word<'_>], (head, tail): (usize, usize), hunks: &mut Vec<Hunk>) {
    let count = |words: &[Word<'_>]| words.iter().map(Word::eojeol).sum::<u64>();
    let between = words.get(head..words.len().saturating_sub(tail)).unwrap_or_default();
    if count(between) <= SHORT && between.len() as u64 <= 2 * SHORT {
        hunks.push(Hunk::Text { side, gap, text: join(words) });
        return;
    }
    let tail_gap = words.len().checked_sub(tail).and_then(|at| words.get(at)).map_or(Gap::Line, |word| word.gap);
    let gap_at = |at: usize| if at == 0 { gap } else { words[at].gap };
    if head > 0 {
        hunks.push(Hunk::Text { side, gap, text: join(&words[..head]) });
    }
    hunks.push(Hunk::Elided { side, gap: gap_at(head), eojeol: count(between), lines: whole_lines(between, tail_gap) });
    if tail > 0 {
        let at = words.len() - tail;
        hunks.push(Hunk::Text { side, gap: gap_at(at), text: join(&words[at..]) });
    }
}

/// Lines that begin and end among words, before a word with this gap.
fn whole_lines(words: &[Word<'_>], next: Gap) -> u64 {
    let begun = words.iter().filter(|word| word.gap == Gap::Line).count() as u64;
    if next == Gap::Line { begun } else { begun.saturating_sub(1) }
}

fn join(words: &[Word<'_>]) -> String {
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        match word.gap {
            _ if at == 0 => {}
            Gap::None => {}
            Gap::Space => text.push(' '),
            Gap::Line => text.push('\n'),
        }
        text.push_str(&printable(word.text));
    }
    text
}

/// Drops what comes after so many changes. Neighbours are one change: words, and those that replace them.
fn cut_short(counts: Counts, mut hunks: Vec<Hunk>, changes: usize) -> Differences {
    let begins = |&at: &usize| hunks[at].is_change() && !(at > 0 && hunks[at - 1].is_change());
    let all: Vec<usize> = (0..hunks.len()).filter(begins).collect();
    if let Some(&beyond) = all.get(changes) {
        hunks.truncate(beyond);
    }
    Differences { counts, hunks, more: all.len().saturating_sub(changes) as u64 }
}

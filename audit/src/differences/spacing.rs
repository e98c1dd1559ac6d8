//! Tells what is spaced otherwise (`할 수 있다`, `할수있다`) from what reads otherwise.

use super::align::{Kind, Stretches, align};
use super::pair::Pair;
use super::words::Word;
use std::ops::Range;

/// Characters of both sides up to which a changed stretch is compared by characters. Where a stretch is longer, whole
/// lines have been rewritten.
const CHARACTERS: usize = 4_096;

/// Words of the same characters, divided into words that are alike and words that are spaced otherwise.
pub(super) fn split(pair: &Pair<'_>, removed: Range<usize>, kept: Range<usize>, done: &mut Stretches) {
    let (mut r, mut k) = (removed.start, kept.start);
    while r < removed.end && k < kept.end {
        let (r_start, k_start) = (r, k);
        let (mut r_bytes, mut k_bytes) = (pair.removed[r].text.len(), pair.kept[k].text.len());
        (r, k) = (r + 1, k + 1);
        while r_bytes != k_bytes && (r < removed.end || k < kept.end) {
            if k == kept.end || (r_bytes < k_bytes && r < removed.end) {
                r_bytes += pair.removed[r].text.len();
                r += 1;
            } else {
                k_bytes += pair.kept[k].text.len();
                k += 1;
            }
        }
        let kind = if r - r_start == 1 && k - k_start == 1 { Kind::Alike } else { Kind::Respaced };
        done.push(kind, r_start..r, k_start..k);
    }
}

/// Divides a changed stretch into words that are alike but for spacing and words that are not.
pub(super) fn refine(pair: &Pair<'_>, removed: Range<usize>, kept: Range<usize>, done: &mut Stretches) {
    let (of_removed, of_kept) = (&pair.removed[removed.clone()], &pair.kept[kept.clone()]);
    let bytes: usize = of_removed.iter().chain(of_kept).map(|word| word.text.len()).sum();
    // A stretch of one word on both sides cannot be spaced otherwise.
    if removed.len().min(kept.len()) == 0 || removed.len().max(kept.len()) == 1 || bytes > CHARACTERS * 4 {
        done.push(Kind::Changed, removed, kept);
        return;
    }
    let (before, after) = (Characters::of(of_removed), Characters::of(of_kept));
    if before.characters.len() + after.characters.len() > CHARACTERS {
        done.push(Kind::Changed, removed, kept);
        return;
    }
    let (mut r, mut k) = (removed.start, kept.start);
    for stretch in align(&before.characters, &after.characters).iter().filter(|stretch| stretch.kind == Kind::Alike) {
        let common = (0..=stretch.removed.len()).filter_map(|at| {
            let place = before.word_at(stretch.removed.start + at)?;
            Some((place, after.word_at(stretch.kept.start + at)?))
        });
        let common: Vec<(usize, usize)> = common.collect();
        if let (Some(first), Some(last)) = (common.first(), common.last())
            && first != last
        {
            let (start, end) =
                ((removed.start + first.0, kept.start + first.1), (removed.start + last.0, kept.start + last.1));
            done.push(Kind::Changed, r..start.0, k..start.1);
            split(pair, start.0..end.0, start.1..end.1, done);
            (r, k) = end;
        }
    }
    done.push(Kind::Changed, r..removed.end, k..kept.end);
}

/// The characters of some words, and where the words begin among them.
struct Characters {
    characters: Vec<u32>,
    starts: Vec<usize>,
}

impl Characters {
    fn of(words: &[Word<'_>]) -> Self {
        let (mut characters, mut starts) = (Vec::new(), Vec::new());
        for word in words {
            starts.push(characters.len());
            characters.extend(word.text.chars().map(u32::from));
        }
        starts.push(characters.len());
        Self { characters, starts }
    }

    /// The word that begins at a character, if one does; the number of words at the end.
    fn word_at(&self, character: usize) -> Option<usize> {
        self.starts.binary_search(&character).ok()
    }
}

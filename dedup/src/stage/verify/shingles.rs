use super::{CandidatePart, Comparison, Gathered, Held, Wanted};
use crate::scratch::Key;
use crate::similarity::{HALVED_ABOVE, at_halvings};
use crate::stage::Rules;
use crate::stage::edit::{EditReader, Edited};
use crate::stage::relate::TASK_PAIRS;
use crate::stage::rows::Rows;
use crate::{DedupError, Eojeol, ShingleSet, Verify, containment, jaccard_at_least};
use malmoi_engine::UnitOutput;
use malmoi_schemas::{ByteSize, DOCUMENTS, column as documents};

/// What a task holds at most: the shingles of two documents for each pair.
const TASK_MEMORY: ByteSize = ByteSize((2 * TASK_PAIRS * HALVED_ABOVE * size_of::<u32>()) as u64);

/// Candidates held to their shingles.
pub(super) struct ByShingles<'a> {
    pub(super) rules: &'a Rules,
}

impl Comparison for ByShingles<'_> {
    const PHASES: [&'static str; 3] = ["wanted", "gather", "verify"];
    const READS_TEXT: bool = true;
    const SCORED: bool = false;

    fn task_memory(&self) -> ByteSize {
        TASK_MEMORY
    }

    fn gather(
        &self,
        output: &UnitOutput<'_>,
        part: &CandidatePart<'_>,
        wanted: &Wanted,
        gathered: &mut Gathered,
    ) -> Result<(), DedupError> {
        let (mut eojeol, mut shingles, mut set) = (Eojeol::default(), self.rules.shingles(), ShingleSet::default());
        let mut edits = EditReader::open(part.session, part.edits.clone())?;
        for (group, first) in part.row_groups(wanted)? {
            let mut next_row = first;
            for batch in part.session.read_row_groups(part.path, DOCUMENTS, Some(&[documents::TEXT]), vec![group])? {
                output.check_cancelled()?;
                let batch = batch?;
                let texts = Rows::of(&batch, part.path).text(documents::TEXT)?;
                for row in 0..batch.num_rows() {
                    let key = Key::new(part.ordinal, next_row);
                    next_row += 1;
                    let Some(tasks) = wanted.get(&key.0) else { continue };
                    match edits.of(key)? {
                        Edited::Text { text, .. } => eojeol.cut(text),
                        Edited::AsItCame | Edited::Removed { .. } => eojeol.cut(texts.value(row)),
                    }
                    set.take(shingles.of(&eojeol));
                    let (halvings, hashes) = set.halved();
                    gathered.add(key.0, Held { halvings, words: hashes.to_vec() }, tasks);
                }
            }
        }
        Ok(())
    }

    fn score(&self, left: &Held, right: &Held) -> Option<f32> {
        let halvings = left.halvings.max(right.halvings);
        let hashes = |held: &'_ Held| at_halvings(&held.words, halvings).len();
        let (left, right) = (&left.words[..hashes(left)], &right.words[..hashes(right)]);
        let least = self.rules.config.threshold.get();
        match self.rules.config.verify {
            Verify::Jaccard => jaccard_at_least(left, right, least).map(|jaccard| jaccard as f32),
            Verify::Containment => Some(containment(left, right)).filter(|&share| share >= least).map(|s| s as f32),
            Verify::None => Some(1.0),
        }
    }
}

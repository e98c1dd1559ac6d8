use super::super::relate::TASK_PAIRS;
use super::super::rows::Rows;
use super::super::verify::{CandidatePart, Comparison, Gathered, Held, Wanted};
use crate::DedupError;
use crate::scratch::Key;
use crate::semantic::Embedding;
use malmoi_engine::UnitOutput;
use malmoi_schemas::{ByteSize, DOCUMENTS, column};

/// Candidates held to the cosine of their vectors.
pub(super) struct ByVectors {
    /// The wanted cosine.
    pub(super) cosine: f64,
    /// Numbers of a vector.
    pub(super) dimension: u32,
}

impl Comparison for ByVectors {
    const PHASES: [&'static str; 3] = ["semantic-wanted", "semantic-gather", "semantic-verify"];
    const READS_TEXT: bool = false;
    const SCORED: bool = true;

    fn task_memory(&self) -> ByteSize {
        ByteSize(2 * TASK_PAIRS as u64 * u64::from(self.dimension) * size_of::<u32>() as u64)
    }

    fn gather(
        &self,
        output: &UnitOutput<'_>,
        part: &CandidatePart<'_>,
        wanted: &Wanted,
        gathered: &mut Gathered,
    ) -> Result<(), DedupError> {
        let mut row_of_part = 0;
        for batch in part.session.read_part(part.path, DOCUMENTS, Some(&[column::EMBEDDING]))? {
            output.check_cancelled()?;
            let batch = batch?;
            let vectors = Rows::of(&batch, part.path).vectors(column::EMBEDDING)?;
            for row in 0..batch.num_rows() {
                let key = Key::new(part.ordinal, row_of_part);
                row_of_part += 1;
                if let (Some(tasks), Some(vector)) = (wanted.get(&key.0), vectors.get(row)) {
                    let bits = vector.iter().map(|number| number.to_bits()).collect();
                    gathered.add(key.0, Held { halvings: 0, words: bits }, tasks);
                }
            }
        }
        Ok(())
    }

    fn score(&self, left: &Held, right: &Held) -> Option<f32> {
        let numbers = |held: &Held| held.words.iter().map(|&bits| f32::from_bits(bits)).collect::<Vec<f32>>();
        let (left, right) = (numbers(left), numbers(right));
        let check = |numbers| Embedding::check(Some(numbers), self.dimension as usize).ok();
        let cosine = check(&left)?.cosine(&check(&right)?);
        (cosine >= self.cosine).then_some(cosine as f32)
    }
}

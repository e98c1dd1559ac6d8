use super::super::rows::Rows;
use super::super::{Corpus, InputPart, keyed, phase};
use crate::DedupError;
use malmoi_engine::{StageWork, Unit, UnitOutput};
use malmoi_schemas::{DOCUMENTS, column};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Numbers that most vectors have; of lengths that are equally common the smallest, and 1 where there are no vectors. It does
/// not depend on which document comes first.
pub(super) fn of(work: &StageWork<'_>, corpus: &Corpus) -> Result<u32, DedupError> {
    let units = corpus.parts.iter().map(|part| Ok(Lengths { part }));
    let mut lengths = BTreeMap::<u32, u64>::new();
    for report in work.map(phase("dimension", None), units)? {
        let facts: Facts = keyed::facts(work, &report)?;
        facts.lengths.iter().for_each(|&(length, documents)| *lengths.entry(length).or_default() += documents);
    }
    let most = lengths.iter().max_by_key(|&(&length, &documents)| (documents, std::cmp::Reverse(length)));
    Ok(most.map_or(1, |(&length, _)| length))
}

#[derive(Serialize, Deserialize)]
struct Facts {
    /// Lengths of vectors, and documents that have one of it.
    lengths: Vec<(u32, u64)>,
}

/// Counts the lengths of one part's vectors.
struct Lengths<'a> {
    part: &'a InputPart,
}

impl Unit for Lengths<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let mut lengths = BTreeMap::<u32, u64>::new();
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, Some(&[column::EMBEDDING]))? {
            output.check_cancelled()?;
            let batch = batch?;
            let vectors = Rows::of(&batch, &self.part.path).vectors(column::EMBEDDING)?;
            for vector in (0..batch.num_rows()).filter_map(|row| vectors.get(row)).filter(|vector| !vector.is_empty()) {
                *lengths.entry(u32::try_from(vector.len()).unwrap_or(u32::MAX)).or_default() += 1;
            }
        }
        Ok(output.set_facts(Facts { lengths: lengths.into_iter().collect() })?)
    }
}

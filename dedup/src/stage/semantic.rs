//! Documents near in meaning, by their embeddings: where the kernels of [`crate::semantic`] meet parts and plans.

mod bands;
mod dimension;
mod sign;
mod ties;
mod vectors;

pub(super) use ties::{NODE_BYTES, Ties};

use super::relate::{keyed, tasks, urls};
use super::{Corpus, Rules, phase, verify};
use crate::semantic::{Hyperplanes, SemanticBanding, SemanticConfig};
use crate::{DedupError, plan, scratch};
use datafusion::prelude::SessionContext;
use malmoi_engine::{StageWork, UnitReport};
use malmoi_schemas::{ByteSize, SemanticDetails};

/// What was found.
pub(super) struct Meaning {
    /// Documents of the same vector, as stars.
    pub(super) vectors: UnitReport,
    /// Pairs that reach the wanted cosine, with it.
    pub(super) edges: Vec<UnitReport>,
    /// Documents that took no part, and candidates.
    pub(super) details: SemanticDetails,
}

/// The configuration, ready to work on vectors of one length.
struct Family {
    config: SemanticConfig,
    banding: SemanticBanding,
    planes: Hyperplanes,
}

/// Looks for documents near in meaning among those that were not taken out before.
pub(super) fn find(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    config: &SemanticConfig,
    signed: &[UnitReport],
) -> Result<Meaning, DedupError> {
    let context = || work.session().context();
    let dimension = dimension::of(work, corpus)?;
    let family = Family::new(config, dimension as usize, work.session().memory())?;
    let cut = sign::map(work, corpus, &family, signed)?;
    let vectors = same_vectors(work, context()?, &cut)?;
    let banded = bands::map(work, corpus, &family, &cut, &vectors)?;
    let pairs = close_pairs(work, context()?, &family, &banded)?;
    let by = vectors::ByVectors { cosine: rules.config.semantic.map_or(1.0, |config| config.cosine.get()), dimension };
    let edges = verify::compare(work, context()?, corpus, &by, None, &pairs)?;
    let candidate_pairs = pairs.files.iter().map(|file| file.rows).sum();
    let details = SemanticDetails { dimension, candidate_pairs, ..sign::unusable(work, &cut)? };
    Ok(Meaning { vectors, edges, details })
}

impl Family {
    fn new(config: &SemanticConfig, dimension: usize, memory: ByteSize) -> Result<Self, DedupError> {
        let banding = config.solve()?;
        let needed = Hyperplanes::memory(dimension, banding.bits());
        // All units share them; a quarter of the limit leaves the units theirs.
        let limit = ByteSize(memory.0 / 4);
        if needed > limit.0 {
            return Err(DedupError::Hyperplanes { dimension, needed: ByteSize(needed), limit });
        }
        Ok(Self { config: *config, banding, planes: Hyperplanes::new(dimension, banding.bits(), config.seed) })
    }

    fn signature_bytes(&self) -> usize {
        self.planes.signature_bytes()
    }
}

/// Documents of the same vector, from all parts of signatures: they are alike, and one of them stands for all.
fn same_vectors(work: &StageWork<'_>, context: SessionContext, cut: &[UnitReport]) -> Result<UnitReport, DedupError> {
    let urls = urls(work, cut)?;
    work.once(phase("same-vectors", None), |output| {
        keyed(output, scratch::edges(), urls, |urls| plan::same_vectors(context, urls))
    })
}

/// Pairs whose vectors are to be compared, from all band parts, cut into tasks.
fn close_pairs(
    work: &StageWork<'_>,
    context: SessionContext,
    family: &Family,
    banded: &[UnitReport],
) -> Result<UnitReport, DedupError> {
    let radius = family.banding.radius(family.config.cosine.get());
    let window = family.config.window.get();
    tasks(work, "close-pairs", urls(work, banded)?, |urls| plan::close_pairs(context, urls, radius, window))
}

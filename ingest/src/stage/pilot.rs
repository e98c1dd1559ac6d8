//! A run over a sample, to foretell the run over everything.

use super::{CleanSplit, REVISION, buckets, check as rules_of, clean_phase, files_of, recipe_digest};
use crate::config::IngestConfig;
use crate::equipment::{Equipment, EquipmentFiles};
use crate::error::IngestError;
use crate::input::Resolver;
use crate::pilot::{Choice, PilotRequest, SourcePilot};
use crate::source::SourceConfig;
use malmoi_engine::{Begin, EngineError, Published, Session, StageRequest, UnitReport};
use malmoi_schemas::{Details, Digest, Stage};
use serde::Deserialize;
use std::path::Path;
use std::time::{Duration, Instant};

/// A sample of the sources, published as if it were all.
#[derive(Debug, Clone)]
pub struct Pilot {
    /// The published sample.
    pub published: Published,
    /// What was seen of each source, in the order of the recipe.
    pub sources: Vec<SourcePilot>,
    /// Reports of the units: the name of each begins with the ordinal of its source, see [`Pilot::source_of`].
    pub reports: Vec<UnitReport>,
    /// How long the sources were read to choose from.
    pub reading: Duration,
    /// How long the sample was cleaned and published.
    pub cleaning: Duration,
}

impl Pilot {
    /// The source that a unit, or the part of the same name, is of.
    pub fn source_of(&self, unit: &str) -> Option<&SourcePilot> {
        self.sources.get(source_ordinal(unit)?)
    }
}

/// Chooses a sample of the sources and publishes it in a run of its own.
///
/// The session's run folder is to be a temporary one: the sample stands there as a version that no run would make.
///
/// # Errors
///
/// As [`super::run`].
pub fn pilot(
    session: &Session,
    sources: &[SourceConfig],
    config: &IngestConfig,
    base: &Path,
    request: &PilotRequest,
) -> Result<Pilot, IngestError> {
    let rules = rules_of(sources, config)?;
    let buckets = |bucket: &str| buckets::open(session, bucket);
    let resolver = Resolver { base, buckets: &buckets };
    let equipment = EquipmentFiles::find(config, &resolver)?;
    let files = files_of(sources, &resolver)?;
    let equipment = Equipment::read(config, &equipment)?;
    let started = Instant::now();
    let check = || Ok(session.cancel().check()?);
    let (limit, scratch) = (config.max_record.bytes(), session.spill_folder());
    let choice = Choice::of(sources, &files, limit, &scratch, request, session.threads(), &check)?;
    let reading = started.elapsed();
    let inputs = Digest::of(format!("a sample of {}, seed {}", request.sample, request.seed).as_bytes());
    let begin =
        StageRequest { stage: Stage::Ingest, revision: REVISION, recipe: recipe_digest(sources, config)?, inputs };
    let Begin::Work(work) = session.begin(&begin)? else {
        let path = session.store().url().to_string();
        return Err(EngineError::Damaged { path, what: "a plan needs a folder of its own".to_owned() }.into());
    };
    let mut seen = choice.sources.clone();
    let splits = choice.into_splits(config.split.bytes()).into_iter().map(|split| {
        let source = split.source;
        Ok(CleanSplit { split, source: &sources[source], rules: &rules[source], equipment: &equipment, config })
    });
    let started = Instant::now();
    let reports = work.map(clean_phase(sources, config, None), splits)?;
    let published = work.commit(reports.clone(), Details::Ingest)?;
    let cleaning = started.elapsed();
    for source in &mut seen {
        source.kept = published.manifest.sources.get(&source.name).map_or(0, |counts| counts.kept);
    }
    let mut pilot = Pilot { published, sources: seen, reports, reading, cleaning };
    pilot.add_text_bytes();
    Ok(pilot)
}

/// The ordinal that a unit's name begins with.
fn source_ordinal(unit: &str) -> Option<usize> {
    unit.split_once('-')?.0.parse().ok()
}

impl Pilot {
    fn add_text_bytes(&mut self) {
        #[derive(Deserialize)]
        struct Facts {
            text_bytes: u64,
        }
        for report in &self.reports {
            let text_bytes = Facts::deserialize(&report.facts).map_or(0, |facts| facts.text_bytes);
            if let Some(source) = source_ordinal(&report.unit).and_then(|source| self.sources.get_mut(source)) {
                source.text_bytes += text_bytes;
            }
        }
    }
}

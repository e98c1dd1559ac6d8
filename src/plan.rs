//! `malmoi plan`: what a run will need, from a run over a sample.

mod room;
mod stopwatch;

use crate::cli::PlanArgs;
use crate::failure::Failure;
use crate::inspect::print;
use crate::recipe::Recipe;
use crate::render::{PlanText, say};
use crate::run::{recipe_digest, with_arguments};
use malmoi_dedup::{DedupForecast, Scale};
use malmoi_engine::{Cancel, PhaseForecast, Published, Session, Silent};
use malmoi_ingest::pilot::{PilotRequest, SourcePilot};
use malmoi_schemas::{ByteSize, Stage};
pub(crate) use room::Room;
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;
use stopwatch::Stopwatch;

/// What a run will need.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    /// The run folder.
    pub(crate) run: String,
    pub(crate) sample: Sample,
    pub(crate) sources: Vec<SourcePlan>,
    pub(crate) stages: Vec<StagePlan>,
    /// Documents that dedup signs, and the bytes of their signatures as they lie on disk.
    pub(crate) signed: u64,
    pub(crate) signature_bytes: u64,
    /// Pairs of documents that dedup compares.
    pub(crate) candidate_pairs: u64,
    /// Bytes in the run folder when it is fullest: just before dedup is published.
    pub(crate) peak_bytes: u64,
    /// Bytes in the spill folder when it is fullest.
    pub(crate) spill_bytes: u64,
    /// The limit that units and plans keep to.
    pub(crate) memory_bytes: u64,
    /// What the clusters of duplicates take of it.
    pub(crate) clustering_bytes: u64,
    /// File systems that the run writes to.
    pub(crate) room: Vec<Room>,
}

/// What the plan was made from.
#[derive(Debug, Serialize)]
pub(crate) struct Sample {
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    /// How many times the sample the run is.
    pub(crate) factor: f64,
    /// How long it took to read the sources and to clean and deduplicate the sample.
    pub(crate) seconds: f64,
}

/// What a source gives.
#[derive(Debug, Serialize)]
pub(crate) struct SourcePlan {
    pub(crate) name: String,
    pub(crate) files: u64,
    /// Size of the files as stored, and how much of that was read to choose the sample.
    pub(crate) stored_bytes: u64,
    pub(crate) read_bytes: u64,
    /// Size of its records.
    pub(crate) raw_bytes: u64,
    pub(crate) records: u64,
    /// Documents that ingest keeps, and the bytes of their text.
    pub(crate) documents: u64,
    pub(crate) text_bytes: u64,
}

/// What a stage needs.
#[derive(Debug, Serialize)]
pub(crate) struct StagePlan {
    pub(crate) stage: Stage,
    /// Whether the stage stands published: its figures are then exact and nothing is left to do.
    pub(crate) published: bool,
    pub(crate) documents: u64,
    pub(crate) output_bytes: u64,
    pub(crate) scratch_bytes: u64,
    pub(crate) seconds: f64,
    pub(crate) phases: Vec<PhasePlan>,
}

/// What a phase of a stage needs.
#[derive(Debug, Serialize)]
pub(crate) struct PhasePlan {
    pub(crate) phase: String,
    pub(crate) output_bytes: u64,
    pub(crate) scratch_bytes: u64,
    pub(crate) seconds: f64,
}

/// Plans a recipe and prints the plan.
pub(crate) fn run(args: &PlanArgs, cancel: Cancel) -> Result<(), Failure> {
    let recipe = with_arguments(Recipe::read(&args.recipe.recipe)?, &args.recipe);
    let plan = plan(&recipe, args, cancel)?;
    for room in plan.room.iter().filter(|room| room.needed_bytes > room.free_bytes) {
        say(&format!(
            "warning: `{}` has {} free, and {} will be needed there",
            room.path.display(),
            ByteSize(room.free_bytes),
            ByteSize(room.needed_bytes)
        ));
    }
    if args.json {
        let json = serde_json::to_string_pretty(&plan).map_err(|error| Failure::Output(error.into()))?;
        return print(&json);
    }
    print(&PlanText(&plan))
}

fn plan(recipe: &Recipe, args: &PlanArgs, cancel: Cancel) -> Result<Plan, Failure> {
    let started = Instant::now();
    let folder = tempfile::tempdir().map_err(|source| Failure::Write { path: std::env::temp_dir(), source })?;
    let watch = Arc::new(Stopwatch::default());
    let place = folder.path().display().to_string();
    let session = Session::open(&place, &recipe.engine, watch.clone(), cancel)?;
    let request = PilotRequest { sample: args.sample, look: args.look, seed: args.seed };
    let ingest = malmoi_ingest::run_pilot(&session, &recipe.sources, &recipe.ingest, &recipe.base, &request);
    let ingest = ingest.map_err(|error| recipe.blame(error))?;
    let published = published_ingest(recipe)?;
    let documents = |source: &SourcePilot| match &published {
        Some(published) => published.manifest.sources.get(&source.name).map_or(0, |counts| counts.kept),
        None => (source.kept as f64 * source.record_factor()).round() as u64,
    };
    let scale = scale(&ingest, &documents, recipe.engine.memory.get());
    let names = recipe.source_names();
    let dedup =
        malmoi_dedup::pilot(&session, &ingest.published, &names, &recipe.dedup, &recipe.base, 1.0 / scale.overall);
    let dedup = dedup.map_err(Failure::Dedup)?;
    let forecast = dedup.forecast(&scale);
    let cleaned = ingest_plan(&ingest, published.as_ref(), &documents);
    let rest = dedup.working.as_secs_f64() - watch.seconds_of(Stage::Dedup);
    let seconds = dedup.reading_items.as_secs_f64() + rest.max(0.0) * forecast.time_factor;
    let deduplicated = dedup_plan(&forecast, &watch, seconds);
    let total = deduplicated.output_bytes + deduplicated.scratch_bytes;
    let missing = if cleaned.published { total } else { total + cleaned.output_bytes };
    let room = room::rooms(&recipe.run, missing, &session.spill_folder(), forecast.spill_bytes);
    let sampled = |of: fn(&SourcePilot) -> u64| ingest.sources.iter().map(of).sum::<u64>();
    Ok(Plan {
        run: recipe.run.clone(),
        sample: Sample {
            records: sampled(|source| source.sample_records),
            bytes: sampled(|source| source.sample_bytes),
            factor: scale.overall,
            seconds: started.elapsed().as_secs_f64(),
        },
        sources: ingest.sources.iter().map(|source| source_plan(source, documents(source))).collect(),
        signed: forecast.signed,
        signature_bytes: forecast.signature_bytes,
        candidate_pairs: forecast.candidate_pairs,
        peak_bytes: cleaned.output_bytes + total,
        spill_bytes: forecast.spill_bytes,
        memory_bytes: recipe.engine.memory.get().0,
        clustering_bytes: forecast.clustering_bytes,
        stages: vec![cleaned, deduplicated],
        room,
    })
}

/// The published ingest of this recipe, whatever its input was: to compare inputs would be to read all of them.
fn published_ingest(recipe: &Recipe) -> Result<Option<Published>, Failure> {
    let Ok(run) = Session::open_to_read(&recipe.run, &recipe.engine, Arc::new(Silent), Cancel::default()) else {
        return Ok(None);
    };
    let published = run.published(Stage::Ingest)?;
    let recipe = recipe_digest(recipe, Stage::Ingest)?;
    Ok(published.filter(|published| published.manifest.recipe == recipe))
}

/// How the documents of the run relate to those of the sample.
fn scale(ingest: &malmoi_ingest::Pilot, documents: &dyn Fn(&SourcePilot) -> u64, memory: ByteSize) -> Scale {
    let factor =
        |source: &SourcePilot| if source.kept == 0 { 0.0 } else { documents(source) as f64 / source.kept as f64 };
    let of_unit = |unit: &str| ingest.source_of(unit).map(factor);
    let parts = ingest.reports.iter().filter_map(|report| Some((report.unit.clone(), of_unit(&report.unit)?)));
    let kept: u64 = ingest.sources.iter().map(|source| source.kept).sum();
    let whole: u64 = ingest.sources.iter().map(documents).sum();
    let overall = if kept == 0 { 1.0 } else { whole as f64 / kept as f64 };
    Scale { parts: parts.collect(), overall, memory }
}

fn source_plan(source: &SourcePilot, documents: u64) -> SourcePlan {
    let times = |bytes: u64| (bytes as f64 * source.byte_factor()).round() as u64;
    SourcePlan {
        name: source.name.clone(),
        files: source.files,
        stored_bytes: source.stored_bytes,
        read_bytes: source.read_bytes,
        raw_bytes: times(source.sample_bytes),
        records: (source.sample_records as f64 * source.record_factor()).round() as u64,
        documents,
        text_bytes: times(source.text_bytes),
    }
}

fn ingest_plan(
    ingest: &malmoi_ingest::Pilot,
    published: Option<&Published>,
    documents: &dyn Fn(&SourcePilot) -> u64,
) -> StagePlan {
    let documents = ingest.sources.iter().map(documents).sum();
    let times = |unit: &str| ingest.source_of(unit).map_or(1.0, SourcePilot::byte_factor);
    let clean = PhaseForecast::of("clean", &ingest.reports, |report| times(&report.unit));
    let sampled: f64 = ingest.sources.iter().map(|source| source.sample_bytes as f64).sum();
    let read: f64 = ingest.sources.iter().map(|source| source.raw_bytes as f64).sum();
    let whole: f64 = ingest.sources.iter().map(SourcePilot::whole_bytes).sum();
    let seconds =
        ingest.reading.as_secs_f64() * whole / read.max(1.0) + ingest.cleaning.as_secs_f64() * whole / sampled.max(1.0);
    let output = match published {
        Some(published) => published.manifest.files.iter().map(|file| file.bytes).sum(),
        None => clean.published_bytes(),
    };
    StagePlan {
        stage: Stage::Ingest,
        published: published.is_some(),
        documents,
        output_bytes: output,
        scratch_bytes: 0,
        seconds: if published.is_some() { 0.0 } else { seconds },
        phases: Vec::new(),
    }
}

/// `seconds` is what no phase takes.
fn dedup_plan(forecast: &DedupForecast, watch: &Stopwatch, seconds: f64) -> StagePlan {
    let phases: Vec<PhasePlan> = forecast
        .phases
        .iter()
        .map(|phase| PhasePlan {
            phase: phase.phase.clone(),
            output_bytes: phase.published_bytes(),
            scratch_bytes: phase.scratch_bytes(),
            seconds: watch.seconds(Stage::Dedup, &phase.phase) * phase.factor,
        })
        .collect();
    StagePlan {
        stage: Stage::Dedup,
        published: false,
        documents: forecast.kept,
        output_bytes: phases.iter().map(|phase| phase.output_bytes).sum(),
        scratch_bytes: phases.iter().map(|phase| phase.scratch_bytes).sum(),
        seconds: seconds + phases.iter().map(|phase| phase.seconds).sum::<f64>(),
        phases,
    }
}

//! A plan as a text for a terminal.

use super::numbers::{duration, grouped};
use crate::plan::{Plan, StagePlan};
use malmoi_schemas::ByteSize;
use std::fmt;

/// A plan in tables, with what is measured and what is estimated.
pub(crate) struct PlanText<'a>(pub(crate) &'a Plan);

impl fmt::Display for PlanText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        writeln!(f, "plan for {}", plan.run)?;
        self.write_sources(f)?;
        for stage in &plan.stages {
            self.write_stage(f, stage)?;
        }
        self.write_sums(f)?;
        self.write_rules(f)
    }
}

impl PlanText<'_> {
    fn write_sources(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = &self.0.sources;
        let width = sources.iter().map(|source| source.name.len()).max().unwrap_or(0).max("source".len());
        let (files, stored, raw, records, documents, text) = ("files", "stored", "raw", "records", "documents", "text");
        writeln!(
            f,
            "\n{:width$}  {files:>9}  {stored:>10}  {raw:>10}  {records:>13}  {documents:>13}  {text:>10}",
            "source"
        )?;
        for source in sources {
            writeln!(
                f,
                "{:width$}  {:>9}  {:>10}  {:>10}  {:>13}  {:>13}  {:>10}",
                source.name,
                grouped(source.files),
                size(source.stored_bytes),
                size(source.raw_bytes),
                grouped(source.records),
                grouped(source.documents),
                size(source.text_bytes)
            )?;
        }
        Ok(())
    }

    fn write_stage(&self, f: &mut fmt::Formatter<'_>, stage: &StagePlan) -> fmt::Result {
        let (output, scratch, time) = ("output", "scratch", "time");
        writeln!(f, "\n{:<12}  {output:>10}  {scratch:>10}  {time:>12}", stage.stage)?;
        for phase in &stage.phases {
            let (written, kept) = (size(phase.output_bytes), size(phase.scratch_bytes));
            writeln!(f, "  {:<10}  {written:>10}  {kept:>10}  {:>12}", phase.phase, duration(phase.seconds))?;
        }
        let (written, kept) = (size(stage.output_bytes), size(stage.scratch_bytes));
        let time = if stage.published { "published".to_owned() } else { duration(stage.seconds) };
        writeln!(
            f,
            "  {:<10}  {written:>10}  {kept:>10}  {time:>12}  {} documents go on",
            "all",
            grouped(stage.documents)
        )
    }

    fn write_sums(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        let seconds: f64 = plan.stages.iter().map(|stage| stage.seconds).sum();
        writeln!(f, "\nsignatures    {} in {}", grouped(plan.signed), ByteSize(plan.signature_bytes))?;
        writeln!(f, "comparisons   {} candidate pairs", grouped(plan.candidate_pairs))?;
        writeln!(f, "run folder    {} at its fullest, just before dedup is published", ByteSize(plan.peak_bytes))?;
        writeln!(f, "spill folder  {} at its fullest", ByteSize(plan.spill_bytes))?;
        let (limit, clusters) = (ByteSize(plan.memory_bytes), ByteSize(plan.clustering_bytes));
        match plan.clustering_bytes <= plan.memory_bytes {
            true => writeln!(f, "memory        {limit} at most; clusters of duplicates take {clusters} of it")?,
            false => writeln!(
                f,
                "memory        {limit} at most; clusters of duplicates would take {clusters} and are made on disk; dedup stops where embeddings or earlier runs are compared"
            )?,
        }
        for room in &plan.room {
            let (free, needed) = (ByteSize(room.free_bytes), ByteSize(room.needed_bytes));
            writeln!(f, "disk          {needed} more needed, {free} free at {}", room.path.display())?;
        }
        writeln!(f, "time          {}", duration(seconds))
    }

    fn write_rules(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        let sample = &plan.sample;
        let (read, stored) = plan
            .sources
            .iter()
            .fold((0, 0), |(read, stored), source| (read + source.read_bytes, stored + source.stored_bytes));
        writeln!(
            f,
            "\nmeasured   {} of {} of the sources read; {} records, {}, cleaned and deduplicated in {}",
            ByteSize(read),
            ByteSize(stored),
            grouped(sample.records),
            ByteSize(sample.bytes),
            duration(sample.seconds)
        )?;
        writeln!(
            f,
            "estimated  all else, {:.1} times the sample. Copies are sampled together, so that duplicates grow with the rest;\n           \
             near copies less often than they occur. Time is of this machine as busy as it was.",
            sample.factor
        )?;
        if read < stored {
            writeln!(f, "           Duplicates between what was read and what was not are not foreseen: see --look.")?;
        }
        writeln!(f, "spilling   if what dedup groups is more than a quarter of the memory: by rule, not measured")?;
        writeln!(f, "not here   tokenize and train")
    }
}

/// A size, or a dash for none.
fn size(bytes: u64) -> String {
    if bytes == 0 { "-".to_owned() } else { ByteSize(bytes).to_string() }
}

//! Statistics as a text for a terminal.

use super::{Align, Table, bar, list, share, thousands};
use crate::member::printable;
use crate::stats::{Cluster, Funnel, Histogram, StageStatistics, Statistics, Step};
use malmoi_schemas::{Reason, Stage, TrainDetails};
use std::fmt;

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sections = vec![("From read to trained", funnel(&self.funnel()))];
        for stage in self.stages.iter().filter(|stage| stage.stage() != Stage::Train) {
            let title = match stage.stage() {
                Stage::Ingest => "Kept by ingest",
                Stage::Dedup => "Kept by deduplication",
                Stage::Tokenize | Stage::Train => "Tokenized",
            };
            sections.push((title, volumes(stage)));
        }
        if let Some(lengths) = &self.lengths {
            sections.push(("Length in characters", histogram(&lengths.characters)));
            sections.push(("Length in eojeol", histogram(&lengths.eojeol)));
        }
        if let Some(dedup) = self.stage(Stage::Dedup) {
            sections.push(("Duplicates", duplicates(dedup)));
        }
        if !self.clusters.is_empty() {
            sections.push(("Largest clusters of duplicates", clusters(&self.clusters)));
        }
        if let Some(trained) = self.trained() {
            sections.push(("Training", training(trained)));
        }
        for (number, (title, body)) in sections.iter().enumerate() {
            let gap = if number > 0 { "\n" } else { "" };
            write!(f, "{gap}{title}\n{body}")?;
        }
        if !self.outdated.is_empty() {
            let stages = list(self.outdated.iter().map(|stage| stage.as_str()));
            writeln!(f, "\nNot counted: {stages}, made from an earlier version of the stage before.")?;
        }
        Ok(())
    }
}

fn funnel(funnel: &Funnel) -> String {
    let read = funnel.read();
    let mut table = Table::bare(&[Align::Left, Align::Left, Align::Right, Align::Right, Align::Left]);
    for step in &funnel.steps {
        match step {
            Step::Level { name, documents } => {
                table.row([
                    name.clone(),
                    String::new(),
                    thousands(*documents),
                    share(*documents, read),
                    bar(*documents, read),
                ]);
            }
            Step::Loss { loss, reason, documents, .. } => {
                let documents = *documents;
                let cells = [format!("  {}", loss.as_str()), (*reason).to_owned()];
                table.row(cells.into_iter().chain([format!("-{}", thousands(documents)), share(documents, read)]));
            }
        }
    }
    table.to_string()
}

fn volumes(stage: &StageStatistics) -> String {
    let tokenized = stage.stage() == Stage::Tokenize;
    let mut columns = vec![
        ("source", Align::Left),
        ("documents", Align::Right),
        ("characters", Align::Right),
        ("eojeol", Align::Right),
    ];
    if tokenized {
        columns.push(("tokens", Align::Right));
    }
    columns.push(("share", Align::Right));
    let mut table = Table::new(&columns);
    let all = stage.kept();
    let sources = stage.volumes.keys().map(|source| (printable(source), stage.kept_of(source)));
    for (name, volume) in sources.chain([("all".to_owned(), all)]) {
        let mut cells = vec![name];
        cells.extend([volume.documents, volume.characters, volume.eojeol].map(thousands));
        cells.extend(tokenized.then(|| thousands(volume.tokens)));
        cells.push(match tokenized {
            true => share(volume.tokens, all.tokens),
            false => share(volume.characters, all.characters),
        });
        table.row(cells);
    }
    table.to_string()
}

fn histogram(histogram: &Histogram) -> String {
    let mut table = Table::bare(&[Align::Right, Align::Right, Align::Right, Align::Left]);
    let highest = histogram.bins.iter().map(|bin| bin.documents).max().unwrap_or(0);
    for bin in &histogram.bins {
        let range = match bin.from == bin.to {
            true => thousands(bin.from.into()),
            false => format!("{} to {}", thousands(bin.from.into()), thousands(bin.to.into())),
        };
        let documents = bin.documents;
        table.row([range, thousands(documents), share(documents, histogram.documents), bar(documents, highest)]);
    }
    let Histogram { median, percentile_95, longest, .. } = histogram;
    let [median, percentile_95, longest] = [median, percentile_95, longest].map(|&length| thousands(length.into()));
    let mean = histogram.mean();
    format!("{table}  median {median}, mean {mean:.1}, 95% are no longer than {percentile_95}, longest {longest}\n")
}

fn duplicates(dedup: &StageStatistics) -> String {
    let mut table = Table::new(&[
        ("source", Align::Left),
        ("documents", Align::Right),
        ("exact", Align::Right),
        ("near", Align::Right),
        ("duplicates", Align::Right),
    ]);
    let manifest = &dedup.manifest;
    let sources = manifest.sources.iter().map(|(source, counts)| (printable(source), counts));
    for (name, counts) in sources.chain([("all".to_owned(), &manifest.counts)]) {
        let of = |reason| counts.removed.get(&reason).copied().unwrap_or(0);
        let removed = counts.removed_total();
        let mut cells = vec![name];
        let amounts = [counts.read, of(Reason::ExactDuplicate), of(Reason::NearDuplicate)];
        cells.extend(amounts.map(thousands));
        cells.push(share(removed, counts.read));
        table.row(cells);
    }
    table.to_string()
}

fn clusters(clusters: &[Cluster]) -> String {
    let mut table = Table::bare(&[Align::Right, Align::Left]);
    for (number, cluster) in clusters.iter().enumerate() {
        if number > 0 {
            table.gap();
        }
        table.row([thousands(cluster.size), cluster.known.heading()]);
        table.row(["", &format!("kept: {}", cluster.known.place)]);
        for member in &cluster.members {
            table.row(["", &format!("removed: {} ({})", member.place, member.reason)]);
        }
        let more = (cluster.exact + cluster.near).saturating_sub(cluster.members.len() as u64);
        if more > 0 {
            table.row(["", &format!("and {} more", thousands(more))]);
        }
    }
    table.to_string()
}

fn training(details: &TrainDetails) -> String {
    let mut table = Table::bare(&[Align::Left, Align::Right]);
    for (name, number) in [("steps", details.steps), ("parameters", details.parameters), ("tokens", details.tokens)] {
        table.row([name.to_owned(), thousands(number)]);
    }
    let held_out = details.held_out_loss.map_or_else(|| "none held out".to_owned(), |loss| format!("{loss:.4}"));
    for (name, loss) in [("loss", format!("{:.4}", details.loss)), ("held-out loss", held_out)] {
        table.row([name, &loss]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_without_held_out_documents_says_so() {
        let details = TrainDetails {
            steps: 3,
            parameters: 1_000,
            tokens: 48,
            documents: 2,
            loss: 5.5,
            held_out_loss: None,
            sample: String::new(),
        };
        assert!(training(&details).contains("none held out"), "{}", training(&details));
        let measured = training(&TrainDetails { held_out_loss: Some(5.25), ..details });
        assert!(measured.contains("5.2500") && !measured.contains("none held out"), "{measured}");
    }
}

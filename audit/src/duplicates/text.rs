//! Statistics of duplicates as a text for a terminal.

use super::{DuplicateStatistics, Similarities, SizeBin, SourcePair};
use crate::lookup::Known;
use crate::member::printable;
use crate::report::{Align, Table, bar, share, thousands};
use crate::stats::{Cluster, StageStatistics};
use malmoi_schemas::{Outcome, Reason};
use std::fmt;

/// Pairs of sources that are listed; of more the number is told.
const PAIRS: usize = 40;

impl fmt::Display for DuplicateStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<Reason> = self.stage.manifest.counts.removed.keys().copied().collect();
        write!(f, "Duplicates by source\n{}", sources(&self.stage, &reasons))?;
        write!(f, "\nClusters by size\n{}", sizes(&self.sizes))?;
        if !self.pairs.is_empty() {
            write!(f, "\nDuplicates by pair of sources\n{}", self.pairs(&reasons))?;
        }
        if self.similarities.documents() > 0 {
            write!(f, "\nSimilarity of near-duplicates to what was kept\n{}", similarities(&self.similarities))?;
        }
        if !self.clusters.is_empty() {
            write!(f, "\nLargest clusters\n{}", clusters(&self.clusters))?;
        }
        Ok(())
    }
}

fn sources(stage: &StageStatistics, reasons: &[Reason]) -> Table {
    let mut columns = vec![("source", Align::Left), ("read", Align::Right)];
    columns.extend(reasons.iter().map(|reason| (reason.as_str(), Align::Right)));
    columns.extend([("of documents", Align::Right), ("of characters", Align::Right)]);
    let mut table = Table::new(&columns);
    let manifest = &stage.manifest;
    let removed_characters = |source: Option<&str>| {
        let of_source = stage.volumes.iter().filter(|(name, _)| source.is_none_or(|source| source == *name));
        let (mut removed, mut read) = (0, 0);
        for (outcome, volume) in of_source.flat_map(|(_, of)| of) {
            read += volume.characters;
            removed += if matches!(outcome, Outcome::Removed(_)) { volume.characters } else { 0 };
        }
        share(removed, read)
    };
    let of_sources = manifest.sources.iter().map(|(source, counts)| (Some(source.as_str()), counts));
    for (source, counts) in of_sources.chain([(None, &manifest.counts)]) {
        let mut cells = vec![source.map_or("all".to_owned(), printable), thousands(counts.read)];
        cells.extend(reasons.iter().map(|reason| thousands(counts.removed.get(reason).copied().unwrap_or(0))));
        cells.extend([share(counts.removed_total(), counts.read), removed_characters(source)]);
        table.row(cells);
    }
    table
}

fn sizes(bins: &[SizeBin]) -> Table {
    let names = [("documents in a cluster", Align::Right), ("clusters", Align::Right), ("documents", Align::Right)];
    let mut table = Table::new(&[names[0], names[1], names[2], ("", Align::Left)]);
    let most = bins.iter().map(|bin| bin.clusters).max().unwrap_or(0);
    for SizeBin { from, to, clusters, documents } in bins.iter().copied() {
        let range = match from == to {
            true => thousands(from.into()),
            false => format!("{} to {}", thousands(from.into()), thousands(to.into())),
        };
        table.row([range, thousands(clusters), thousands(documents), bar(clusters, most)]);
    }
    table
}

impl DuplicateStatistics {
    fn pairs(&self, reasons: &[Reason]) -> String {
        let mut columns = vec![("removed from", Align::Left), ("kept in", Align::Left)];
        columns.extend(reasons.iter().map(|reason| (reason.as_str(), Align::Right)));
        columns.push(("share", Align::Right));
        let mut table = Table::new(&columns);
        for SourcePair { removed, kept, documents } in self.pairs.iter().take(PAIRS) {
            let mut cells =
                vec![printable(removed), kept.as_deref().map_or("(none of this run)".to_owned(), printable)];
            cells.extend(reasons.iter().map(|reason| thousands(documents.get(reason).copied().unwrap_or(0))));
            let read = self.stage.manifest.sources.get(removed).map_or(0, |counts| counts.read);
            cells.push(share(documents.values().sum(), read));
            table.row(cells);
        }
        match self.pairs.len().saturating_sub(PAIRS) {
            0 => table.to_string(),
            more => format!("{table}  and {} more pairs\n", thousands(more as u64)),
        }
    }
}

fn similarities(similarities: &Similarities) -> Table {
    let mut table = Table::bare(&[Align::Right, Align::Right, Align::Right, Align::Left]);
    let (all, most) = (similarities.documents(), similarities.tenths.iter().copied().max().unwrap_or(0));
    let lowest = similarities.tenths.iter().position(|&documents| documents > 0).unwrap_or(10);
    for (tenth, &documents) in similarities.tenths.iter().enumerate().skip(lowest) {
        let range = format!("{:.1} to {:.1}", tenth as f64 / 10.0, (tenth + 1) as f64 / 10.0);
        table.row([range, thousands(documents), share(documents, all), bar(documents, most)]);
    }
    if similarities.unknown > 0 {
        let documents = similarities.unknown;
        table.row(["not measured".to_owned(), thousands(documents), share(documents, all)]);
    }
    table
}

fn clusters(clusters: &[Cluster]) -> Table {
    let mut table = Table::bare(&[Align::Right, Align::Left]);
    for (number, cluster) in clusters.iter().enumerate() {
        if number > 0 {
            table.gap();
        }
        table.row([thousands(cluster.size), format!("{}  kept  {}", cluster.survivor, cluster.known.place)]);
        beginnings(&cluster.known, &mut table);
        for member in &cluster.members {
            let similarity = member.similarity.map(|s| format!(" {s:.3}")).unwrap_or_default();
            table.row(["", &format!("{}  {}{similarity}  {}", member.id, member.reason, member.place)]);
            if let Some(known) = &member.known {
                beginnings(known, &mut table);
            }
        }
        let more = (cluster.exact + cluster.near).saturating_sub(cluster.members.len() as u64);
        if more > 0 {
            table.row(["", &format!("and {} more", thousands(more))]);
        }
    }
    table
}

/// The title and the beginning of the text, as far as there are any.
fn beginnings(known: &Known, table: &mut Table) {
    for start in [&known.title, &known.text].into_iter().flatten() {
        table.row(["", &format!("  {start}")]);
    }
}

use super::chart::{Stretch, bar};
use super::markup::{CHART, Grid, NUMBER, WORDS, escape};
use crate::report::{share, thousands};
use crate::stats::{StageStatistics, Volume};
use crate::{Statistics, stats};
use malmoi_schemas::{Counts, Reason, Stage};

/// Documents of each source at each stage.
pub(super) fn documents(statistics: &Statistics) -> String {
    let stages: Vec<&StageStatistics> = keeping(statistics).filter(|of| of.stage() != Stage::Tokenize).collect();
    let Some(first) = stages.first() else { return String::new() };
    let names: Vec<String> = stages.iter().map(|of| format!("kept by {}", of.stage())).collect();
    let mut columns = vec![("source", WORDS), ("read", NUMBER)];
    columns.extend(names.iter().map(|name| (name.as_str(), NUMBER)));
    columns.extend([("of read", NUMBER), ("", CHART)]);
    let mut grid = Grid::new(&columns);
    let counts =
        |stage: &StageStatistics, source: &str| stage.manifest.sources.get(source).cloned().unwrap_or_default();
    let widest = first.manifest.sources.values().map(|counts| counts.read).max().unwrap_or(0);
    for source in statistics.sources() {
        let of_stages: Vec<Counts> = stages.iter().map(|stage| counts(stage, source)).collect();
        let bar = documents_bar(&of_stages, widest);
        grid.row("", documents_row(&escape(source), &of_stages, &bar));
    }
    let all: Vec<Counts> = stages.iter().map(|stage| stage.manifest.counts.clone()).collect();
    grid.row("sum", documents_row("all", &all, ""));
    grid.markup()
}

/// Stages that keep documents.
fn keeping(statistics: &Statistics) -> impl Iterator<Item = &StageStatistics> {
    statistics.stages.iter().filter(|of| of.stage() != Stage::Train)
}

fn documents_row(name: &str, of_stages: &[Counts], bar: &str) -> Vec<String> {
    let read = of_stages.first().map_or(0, |counts| counts.read);
    let kept = of_stages.last().map_or(0, |counts| counts.kept);
    let mut cells = vec![name.to_owned(), thousands(read)];
    cells.extend(of_stages.iter().map(|counts| thousands(counts.kept)));
    cells.extend([share(kept, read), bar.to_owned()]);
    cells
}

/// What is left at the end, then what each stage took, from the last to the first: together what was read.
fn documents_bar(of_stages: &[Counts], widest: u64) -> String {
    let mut from = of_stages.last().map_or(0, |counts| counts.kept);
    let mut stretches = vec![Stretch { class: "kept", from: 0, length: from }];
    for (place, counts) in of_stages.iter().enumerate().rev() {
        let removed = if place == 0 { "removed" } else { "duplicate" };
        for (class, length) in [(removed, counts.removed_total()), ("errored", counts.errored_total())] {
            stretches.push(Stretch { class, from, length });
            from += length;
        }
    }
    bar(widest, &stretches)
}

/// Characters, eojeol and tokens of each source.
pub(super) fn text(statistics: &Statistics) -> String {
    let Some(last) = statistics.last() else { return String::new() };
    let tokenized = last.stage() == Stage::Tokenize;
    let stages: Vec<&StageStatistics> = keeping(statistics).filter(|of| of.stage() != Stage::Tokenize).collect();
    let names: Vec<String> = stages.iter().map(|of| format!("characters, {}", of.stage())).collect();
    let mut columns = vec![("source", WORDS)];
    columns.extend(names.iter().map(|name| (name.as_str(), NUMBER)));
    columns.push(("eojeol", NUMBER));
    if tokenized {
        columns.extend([("tokens", NUMBER), ("per eojeol", NUMBER)]);
    }
    columns.extend([("share", NUMBER), ("", CHART)]);
    let mut grid = Grid::new(&columns);
    let amount = |volume: &Volume| if tokenized { volume.tokens } else { volume.characters };
    let all = last.kept();
    let sources = statistics.sources();
    let widest = sources.iter().map(|source| amount(&last.kept_of(source))).max().unwrap_or(0);
    let rows = sources.iter().map(|source| (escape(source), Some(*source))).chain([("all".to_owned(), None)]);
    for (name, source) in rows {
        let of = |stage: &StageStatistics| source.map_or_else(|| stage.kept(), |source| stage.kept_of(source));
        let volume = of(last);
        let mut cells = vec![name];
        cells.extend(stages.iter().map(|stage| thousands(of(stage).characters)));
        cells.push(thousands(volume.eojeol));
        if tokenized {
            cells.extend([thousands(volume.tokens), per_eojeol(&volume)]);
        }
        cells.push(share(amount(&volume), amount(&all)));
        let bar = |_| bar(widest, &[Stretch { class: "kept", from: 0, length: amount(&volume) }]);
        cells.push(source.map(bar).unwrap_or_default());
        grid.row(if source.is_none() { "sum" } else { "" }, cells);
    }
    grid.markup() + &share_note(tokenized, last)
}

fn per_eojeol(volume: &Volume) -> String {
    match volume.eojeol {
        0 => "-".to_owned(),
        eojeol => format!("{:.2}", volume.tokens as f64 / eojeol as f64),
    }
}

fn share_note(tokenized: bool, last: &stats::StageStatistics) -> String {
    let of = if tokenized { "tokens" } else { "characters" };
    format!("<p class=\"note\">Eojeol are those kept by {}; shares and bars are of {of}.</p>\n", last.stage())
}

/// Duplicate rates, if duplicates were looked for.
pub(super) fn duplicates(statistics: &Statistics) -> Option<String> {
    let manifest = &statistics.stage(Stage::Dedup)?.manifest;
    let rate = |counts: &Counts| (counts.removed_total() * 100).div_ceil(counts.read.max(1));
    let highest = manifest.sources.values().map(rate).max().unwrap_or(0);
    let scale = [1, 2, 5, 10, 20, 50].into_iter().find(|&percent| highest <= percent).unwrap_or(100);
    let axis = format!("0 to {scale}%");
    let mut grid = Grid::new(&[
        ("source", WORDS),
        ("documents", NUMBER),
        ("exact", NUMBER),
        ("near", NUMBER),
        ("duplicates", NUMBER),
        (&axis, CHART),
    ]);
    let sources = manifest.sources.iter().map(|(source, counts)| (escape(source), counts, ""));
    for (name, counts, class) in sources.chain([("all".to_owned(), &manifest.counts, "sum")]) {
        let of = |reason| counts.removed.get(&reason).copied().unwrap_or(0);
        let (exact, near) = (of(Reason::ExactDuplicate), of(Reason::NearDuplicate));
        let stretches = [
            Stretch { class: "duplicate", from: 0, length: exact * 100 },
            Stretch { class: "near", from: exact * 100, length: near * 100 },
        ];
        let mut cells = vec![name];
        cells.extend([counts.read, exact, near].map(thousands));
        cells.extend([share(counts.removed_total(), counts.read), bar(counts.read * scale, &stretches)]);
        grid.row(class, cells);
    }
    let legend = "<p class=\"legend\"><span><i class=\"key duplicate\"></i>the same text</span>\n\
                  <span><i class=\"key near\"></i>nearly the same text</span></p>\n";
    Some(grid.markup() + legend)
}

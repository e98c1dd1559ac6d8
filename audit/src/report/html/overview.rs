use super::chart::{Stretch, bar, histogram};
use super::markup::{CHART, Grid, NUMBER, WORDS, escape};
use crate::Statistics;
use crate::report::{compact, list, share, thousands};
use crate::stats::{Funnel, Histogram, Lengths, Loss, Step};
use malmoi_schemas::TrainDetails;

/// The corpus in four or five numbers.
pub(super) fn totals(statistics: &Statistics) -> String {
    let Some(last) = statistics.last() else { return String::new() };
    let (read, kept) = (statistics.funnel().read(), last.kept());
    let mut totals = vec![
        ("documents read", compact(read)),
        ("documents kept", compact(kept.documents)),
        ("characters kept", compact(kept.characters)),
        ("eojeol kept", compact(kept.eojeol)),
    ];
    if let Some(tokenized) = statistics.tokenized() {
        totals.push(("tokens", compact(tokenized.tokens + tokenized.held_out_tokens)));
    }
    let items: String =
        totals.iter().map(|(name, number)| format!("<div><dd>{number}</dd><dt>{name}</dt></div>\n")).collect();
    format!("<dl class=\"totals\">\n{items}</dl>\n")
}

/// A waterfall: each loss takes its piece off the level above it.
pub(super) fn funnel(funnel: &Funnel) -> String {
    let read = funnel.read();
    let columns = [("", WORDS), ("documents", NUMBER), ("of read", NUMBER), ("", CHART)];
    let mut grid = Grid::new(&columns);
    for step in &funnel.steps {
        match step {
            Step::Level { name, documents } => {
                let bar = bar(read, &[Stretch { class: "kept", from: 0, length: *documents }]);
                grid.row("level", [escape(name), thousands(*documents), share(*documents, read), bar]);
            }
            Step::Loss { loss, reason, documents, left } => {
                let bar = bar(read, &[Stretch { class: class_of(*loss), from: *left, length: *documents }]);
                let name = format!("<i class=\"key {}\"></i>{reason}", class_of(*loss));
                let documents_lost = format!("−{}", thousands(*documents));
                grid.row("loss", [name, documents_lost, share(*documents, read), bar]);
            }
        }
    }
    grid.markup() + &legend(funnel)
}

fn class_of(loss: Loss) -> &'static str {
    match loss {
        Loss::Errored => "errored",
        Loss::Removed => "removed",
        Loss::Duplicate => "duplicate",
        Loss::Unused => "unused",
    }
}

fn legend(funnel: &Funnel) -> String {
    let meanings = [
        (Loss::Errored, "could not be read"),
        (Loss::Removed, "removed by a rule"),
        (Loss::Duplicate, "duplicates another document"),
        (Loss::Unused, "kept, but not trained on"),
    ];
    let occurs = |of: Loss| funnel.steps.iter().any(|step| matches!(step, Step::Loss { loss, .. } if *loss == of));
    let keys: String = meanings
        .iter()
        .filter(|&&(loss, _)| occurs(loss))
        .map(|&(loss, words)| format!("<span><i class=\"key {}\"></i>{words}</span>\n", class_of(loss)))
        .collect();
    if keys.is_empty() { keys } else { format!("<p class=\"legend\">\n{keys}</p>\n") }
}

/// Two histograms, side by side where there is room.
pub(super) fn lengths(lengths: &Lengths) -> String {
    let figure = |of: &Histogram, unit: &str| {
        let mean = compact(of.mean().round() as u64);
        let [long, longest] = [of.percentile_95, of.longest].map(|length| thousands(length.into()));
        format!(
            "<figure>\n<figcaption>In {unit}</figcaption>\n{}\
             <p class=\"note\">Mean {mean}; 95% are no longer than {long}; the longest has {longest}.</p>\n</figure>\n",
            histogram(of, unit)
        )
    };
    let figures = figure(&lengths.characters, "characters") + &figure(&lengths.eojeol, "eojeol");
    let documents = thousands(lengths.characters.documents);
    format!(
        "<p class=\"note\">{documents} documents kept by {}. The axis is logarithmic: each column begins at twice the \
         length of the one before.</p>\n<div class=\"figures\">\n{figures}</div>\n",
        lengths.stage
    )
}

/// What training came to.
pub(super) fn training(details: &TrainDetails) -> String {
    let mut grid = Grid::new(&[("", WORDS), ("", NUMBER)]);
    for (name, number) in [("steps", details.steps), ("parameters", details.parameters), ("tokens", details.tokens)] {
        grid.row("", [name.to_owned(), thousands(number)]);
    }
    let held_out = details.held_out_loss.map_or_else(|| "none held out".to_owned(), |loss| format!("{loss:.4}"));
    for (name, loss) in [("loss, nats per token", format!("{:.4}", details.loss)), ("held-out loss", held_out)] {
        grid.row("", [name.to_owned(), loss]);
    }
    // Escaping replaces control characters, and here a line's end is meant.
    let lines: Vec<String> = details.sample.trim().lines().map(escape).collect();
    let sample = lines.join("\n");
    let sample = match sample.is_empty() {
        true => String::new(),
        false => format!(
            "<figure class=\"sample\"><figcaption>Written by the model</figcaption><blockquote lang=\"ko\">{sample}</blockquote></figure>\n"
        ),
    };
    format!("<div class=\"narrow\">{}</div>\n{sample}", grid.markup())
}

/// Versions and digests: what the page's numbers can be checked against.
pub(super) fn provenance(statistics: &Statistics) -> String {
    let mut blocks = String::new();
    for stage in &statistics.stages {
        let manifest = &stage.manifest;
        blocks += &format!(
            "<div class=\"stage\"><h3>{} <span>version {}, revision {}, {} files</span></h3>\n<dl>\n",
            manifest.stage,
            escape(&manifest.version),
            manifest.revision,
            thousands(manifest.files.len() as u64)
        );
        for (name, digest) in [("manifest", stage.digest), ("recipe", manifest.recipe), ("inputs", manifest.inputs)] {
            blocks += &format!("<dt>{name}</dt><dd>{digest}</dd>\n");
        }
        blocks += "</dl></div>\n";
    }
    let outdated = list(statistics.outdated.iter().map(|stage| stage.as_str()));
    let warning = match outdated.is_empty() {
        true => String::new(),
        false => format!("<p>Not counted: {outdated}, made from an earlier version of the stage before.</p>\n"),
    };
    format!(
        "{warning}<p class=\"note\">BLAKE3 digests. The inputs of a stage are the manifest of the stage before.</p>\n<div class=\"provenance\">\n{blocks}</div>\n"
    )
}

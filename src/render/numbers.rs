//! Numbers and sentences that several displays share.

use malmoi_engine::Event;
use malmoi_schemas::{ByteSize, Counts, Reason, SemanticDetails};
use std::collections::BTreeMap;
use std::fmt::Write;

/// `1234567` as `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds as `1.2 s`, `3 min 4 s` or `2 h 5 min`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// `read 9 = 6 kept + 2 removed (too-short 2) + 1 errored (bad-json 1)`.
pub(super) fn balance(counts: &Counts) -> String {
    let mut text = format!("{} read = {} kept", grouped(counts.read), grouped(counts.kept));
    for (word, total, reasons) in
        [("removed", counts.removed_total(), &counts.removed), ("errored", counts.errored_total(), &counts.errored)]
    {
        if total > 0 {
            let _ = write!(text, " + {} {word} ({})", grouped(total), by_reason(reasons));
        }
    }
    text
}

fn by_reason(reasons: &BTreeMap<Reason, u64>) -> String {
    let listed: Vec<String> = reasons.iter().map(|(reason, n)| format!("{reason} {}", grouped(*n))).collect();
    listed.join(", ")
}

/// The line that a stage ends with, or `None` for events within a stage.
pub(super) fn stage_line(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::StageSkipped { stage, version, counts } => {
            let counts = if counts.read > 0 { format!(": {}", balance(counts)) } else { String::new() };
            format!("{stage:<9} same recipe and input, version {version} stands, skipped{counts}")
        }
        Event::StageDamaged { stage, path } => {
            format!("{stage:<9} `{path}` is missing or has another size than was published; running again")
        }
        Event::StageStarted { stage, version, finished_units } if *finished_units > 0 => {
            format!("{stage:<9} going on with version {version}: {finished_units} finished units are not repeated")
        }
        Event::StagePublished { stage, counts, files, bytes, seconds, .. } => {
            let counts = if counts.read > 0 { format!("{}; ", balance(counts)) } else { String::new() };
            format!("{stage:<9} {counts}{files} files, {}, {}", ByteSize(*bytes), duration(*seconds))
        }
        _ => return None,
    })
}

/// What deduplication found by embeddings.
pub(super) fn embeddings_line(found: &SemanticDetails) -> String {
    let mut text =
        format!("          {} clusters by embeddings of {} numbers", grouped(found.clusters), found.dimension);
    let causes = [
        ("missing", found.missing),
        ("of another length", found.other_length),
        ("not finite", found.not_finite),
        ("all zeros", found.zero),
        ("too short or too long", found.magnitude),
    ];
    let causes = causes.iter().filter(|(_, documents)| *documents > 0);
    let causes: Vec<String> = causes.map(|(cause, documents)| format!("{cause} {}", grouped(*documents))).collect();
    if !causes.is_empty() {
        let _ = write!(text, "; {} documents without a usable one ({})", grouped(found.unusable()), causes.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_without_an_embedding_are_told_by_cause() {
        let found = SemanticDetails { dimension: 768, clusters: 1200, ..SemanticDetails::default() };
        insta::assert_snapshot!(embeddings_line(&found).trim(), @"1,200 clusters by embeddings of 768 numbers");
        let found = SemanticDetails { missing: 4, zero: 1, ..found };
        insta::assert_snapshot!(embeddings_line(&found).trim(), @"1,200 clusters by embeddings of 768 numbers; 5 documents without a usable one (missing 4, all zeros 1)");
    }
    use malmoi_schemas::{Outcome, Stage};

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 1234567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn durations_read_naturally() {
        assert_eq!([0.04, 59.4, 61.0, 7500.0].map(duration), ["0.0 s", "59.4 s", "1 min 1 s", "2 h 5 min"]);
    }

    #[test]
    fn stage_lines_read_well() {
        let mut counts = Counts::default();
        for outcome in [Outcome::Kept, Outcome::Removed(Reason::TooShort), Outcome::Errored(Reason::BadJson)] {
            counts.add(outcome);
        }
        let (stage, version) = (Stage::Ingest, "0123456789abcdef");
        let lines: Vec<String> = [
            Event::StageSkipped { stage, version, counts: &counts },
            Event::StageDamaged { stage, path: "ingest/0123456789abcdef/documents/00000.parquet" },
            Event::StageStarted { stage, version, finished_units: 3 },
            Event::StagePublished { stage, version, counts: &counts, files: 4, bytes: 5 << 20, seconds: 6.0 },
        ]
        .iter()
        .filter_map(stage_line)
        .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}

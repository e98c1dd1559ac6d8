//! The example corpus states what must become of each planted case; here the pipeline is held to it.

use crate::pipeline::{RECIPE, succeed};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{UInt32Type, UInt64Type};
use malmoi_engine::{Cancel, EngineConfig, Published, Session, Silent};
use malmoi_schemas::{DOCUMENTS, FileSet, FormatId, LEDGER, Stage, column};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

#[derive(Deserialize)]
struct Truth {
    sources: Vec<SourceTruth>,
    cases: Vec<Case>,
    clusters: Vec<Cluster>,
}

#[derive(Deserialize)]
struct SourceTruth {
    name: String,
    records: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
struct Place {
    source: String,
    file: String,
    record: u64,
}

#[derive(Deserialize)]
struct Case {
    case: String,
    #[serde(flatten)]
    place: Place,
    stage: String,
    outcome: String,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    #[serde(default)]
    measures: HashMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Cluster {
    case: String,
    reasons: Vec<String>,
    members: Vec<Place>,
    survivor: Option<Place>,
}

/// What a ledger says of a record.
#[derive(Debug, Clone)]
struct Fate {
    id: Vec<u8>,
    outcome: String,
    reason: Option<String>,
    survivor: Option<Vec<u8>>,
}

struct Document {
    text: String,
    charset: String,
    replaced: u32,
}

struct Run {
    fates: BTreeMap<Stage, HashMap<Place, Fate>>,
    /// Documents after ingest.
    documents: HashMap<Place, Document>,
}

fn rows(
    session: &Session,
    published: &Published,
    set: FileSet,
    format: FormatId,
    mut take: impl FnMut(&RecordBatch, usize),
) {
    for file in published.manifest.files_of(set) {
        for batch in session.read_part(&published.path(file), format, None).unwrap() {
            let batch = batch.unwrap();
            (0..batch.num_rows()).for_each(|row| take(&batch, row));
        }
    }
}

fn string(batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(name).unwrap().as_string::<i32>();
    column.is_valid(row).then(|| column.value(row).to_owned())
}

fn bytes(batch: &RecordBatch, name: &str, row: usize) -> Option<Vec<u8>> {
    let column = batch.column_by_name(name).unwrap().as_fixed_size_binary();
    column.is_valid(row).then(|| column.value(row).to_vec())
}

fn place(batch: &RecordBatch, row: usize) -> Place {
    Place {
        source: string(batch, column::SOURCE, row).unwrap(),
        file: string(batch, column::FILE, row).unwrap(),
        record: batch.column_by_name(column::RECORD).unwrap().as_primitive::<UInt64Type>().value(row),
    }
}

impl Run {
    fn read(folder: &str) -> Self {
        let session =
            Session::open_to_read(folder, &EngineConfig::default(), Arc::new(Silent), Cancel::default()).unwrap();
        let mut run = Self { fates: BTreeMap::new(), documents: HashMap::new() };
        for stage in [Stage::Ingest, Stage::Dedup, Stage::Tokenize] {
            let published = session.published(stage).unwrap().unwrap();
            let fates = run.fates.entry(stage).or_default();
            rows(&session, &published, FileSet::Ledger, LEDGER, |batch, row| {
                let fate = Fate {
                    id: bytes(batch, column::ID, row).unwrap(),
                    outcome: string(batch, column::OUTCOME, row).unwrap(),
                    reason: string(batch, column::REASON, row),
                    survivor: bytes(batch, column::SURVIVOR, row),
                };
                assert!(fates.insert(place(batch, row), fate).is_none(), "{:?} stands twice", place(batch, row));
            });
        }
        let published = session.published(Stage::Ingest).unwrap().unwrap();
        rows(&session, &published, FileSet::Documents, DOCUMENTS, |batch, row| {
            let document = Document {
                text: string(batch, column::TEXT, row).unwrap(),
                charset: string(batch, column::CHARSET, row).unwrap(),
                replaced: batch.column_by_name(column::REPLACED).unwrap().as_primitive::<UInt32Type>().value(row),
            };
            run.documents.insert(place(batch, row), document);
        });
        run
    }

    fn fate(&self, stage: Stage, place: &Place) -> &Fate {
        self.fates[&stage].get(place).unwrap_or_else(|| panic!("{stage} knows nothing of {place:?}"))
    }
}

fn check_case(run: &Run, case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    let stage = if case.stage == "ingest" { Stage::Ingest } else { Stage::Dedup };
    if stage == Stage::Dedup && run.fate(Stage::Ingest, &case.place).outcome != "kept" {
        return vec![format!(
            "{}: ingest did not keep {:?}: {:?}",
            case.case,
            case.place,
            run.fate(Stage::Ingest, &case.place)
        )];
    }
    let fate = run.fate(stage, &case.place);
    let reason_fits = case.reasons.is_empty() || fate.reason.as_ref().is_some_and(|r| case.reasons.contains(r));
    if fate.outcome != case.outcome || !reason_fits {
        wrong.push(format!("{}: {:?} became {fate:?}, not {} {:?}", case.case, case.place, case.outcome, case.reasons));
    }
    if case.outcome == "kept" {
        let document = &run.documents[&case.place];
        for part in case.contains.iter().filter(|part| !document.text.contains(part.as_str())) {
            wrong.push(format!("{}: the text of {:?} lacks {part:?}:\n{}", case.case, case.place, document.text));
        }
        for part in case.lacks.iter().filter(|part| document.text.contains(part.as_str())) {
            wrong.push(format!("{}: the text of {:?} has {part:?}", case.case, case.place));
        }
        for (name, value) in &case.measures {
            let found = match name.as_str() {
                "charset" => serde_json::json!(document.charset),
                "replaced" => serde_json::json!(document.replaced),
                other => panic!("truth.json measures {other}, which this test does not know"),
            };
            if found != *value {
                wrong.push(format!("{}: {name} of {:?} is {found}, not {value}", case.case, case.place));
            }
        }
    }
    wrong
}

fn check_cluster(run: &Run, cluster: &Cluster) -> Vec<String> {
    let fates: Vec<_> = cluster.members.iter().map(|member| (member, run.fate(Stage::Dedup, member))).collect();
    let kept: Vec<_> = fates.iter().filter(|(_, fate)| fate.outcome == "kept").collect();
    let [(survivor, survivor_fate)] = kept.as_slice() else {
        return vec![format!("{}: {} members are kept: {fates:?}", cluster.case, kept.len())];
    };
    let mut wrong = Vec::new();
    if cluster.survivor.as_ref().is_some_and(|expected| expected != *survivor) {
        wrong.push(format!("{}: {survivor:?} survived, not {:?}", cluster.case, cluster.survivor));
    }
    for (member, fate) in fates.iter().filter(|(_, fate)| fate.outcome != "kept") {
        if !fate.reason.as_ref().is_some_and(|r| cluster.reasons.contains(r)) {
            wrong.push(format!("{}: {member:?} was removed for {:?}", cluster.case, fate.reason));
        }
        if fate.survivor.as_ref() != Some(&survivor_fate.id) {
            wrong.push(format!("{}: {member:?} names another survivor than {survivor:?}", cluster.case));
        }
    }
    wrong
}

/// Records that no case speaks of are kept to the end.
fn check_unlisted(run: &Run, truth: &Truth) -> Vec<String> {
    let listed: std::collections::HashSet<&Place> = (truth.cases.iter().map(|case| &case.place))
        .chain(truth.clusters.iter().flat_map(|cluster| &cluster.members))
        .collect();
    let mut wrong: Vec<String> = run.fates[&Stage::Ingest]
        .keys()
        .filter(|place| !listed.contains(place))
        .filter_map(|place| match (run.fate(Stage::Ingest, place), run.fates[&Stage::Dedup].get(place)) {
            (_, Some(fate)) if fate.outcome == "kept" => None,
            (ingest, dedup) => Some(format!("{place:?} is not listed, yet became {ingest:?}, then {dedup:?}")),
        })
        .collect();
    wrong.sort();
    wrong
}

#[test]
fn the_planted_cases_end_as_the_truth_says() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().to_str().unwrap();
    for stage in ["ingest", "dedup", "tokenize"] {
        succeed(&[stage, RECIPE, "--run", run, "--progress", "silent"]);
    }
    let truth: Truth = serde_json::from_slice(
        &std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/corpus/truth.json")).unwrap(),
    )
    .unwrap();
    let run = Run::read(run);
    for source in &truth.sources {
        let read = run.fates[&Stage::Ingest].keys().filter(|place| place.source == source.name).count();
        assert_eq!(read as u64, source.records, "records of {}", source.name);
    }
    let wrong: Vec<String> = (truth.cases.iter().flat_map(|case| check_case(&run, case)))
        .chain(truth.clusters.iter().flat_map(|cluster| check_cluster(&run, cluster)))
        .chain(check_unlisted(&run, &truth))
        .collect();
    assert!(wrong.is_empty(), "{} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

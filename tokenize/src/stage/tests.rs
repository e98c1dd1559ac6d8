use super::*;
use crate::shuffle::lot;
use arrow::array::{ArrayRef, AsArray, FixedSizeBinaryBuilder, StringArray, UInt32Array, UInt64Array, new_null_array};
use arrow::datatypes::{UInt16Type, UInt32Type};
use malmoi_engine::{Cancel, EngineConfig, EngineError, Event, EventSink, Silent, Unit, UnitOutput};
use malmoi_schemas::{DocumentId, LEDGER, Outcome, TOKENS, column as name, documents, ledger};
use std::collections::BTreeMap;
use std::sync::Arc;

const SEED: u64 = 42;

/// A document of the tests: its place and text.
#[derive(Clone)]
struct Document {
    source: &'static str,
    record: u64,
    text: String,
}

impl Document {
    fn id(&self) -> DocumentId {
        DocumentId::of_place(self.source, "입력.jsonl", self.record)
    }
}

/// Documents of two sources, made of sentences of our own and a number that tells them apart.
fn corpus(number: usize) -> Vec<Document> {
    let sentences: Vec<&str> = include_str!("../../tests/reference/corpus.txt").lines().collect();
    (0..number)
        .map(|n| {
            let chosen: Vec<&str> = (0..1 + n % 5).map(|k| sentences[(n * 7 + k * 13) % sentences.len()]).collect();
            let source = if n % 3 == 0 { "후기" } else { "기사" };
            Document { source, record: n as u64, text: format!("{n}번째 글\n{}", chosen.join(" ")) }
        })
        .collect()
}

/// A part of a deduplication that kept everything.
struct PartOf<'a> {
    number: usize,
    documents: &'a [Document],
}

impl Unit for PartOf<'_> {
    type Error = EngineError;

    fn name(&self) -> String {
        format!("{:05}", self.number)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), EngineError> {
        let table = document_table(self.documents);
        let mut part = output.create(FileSet::Documents, documents())?;
        part.write(&table)?;
        output.finish(part)?;
        let schema = ledger();
        let columns = schema.fields().iter().map(|field| match field.name().as_str() {
            name::OUTCOME => Arc::new(StringArray::from(vec!["kept"; table.num_rows()])) as ArrayRef,
            shared => table
                .column_by_name(shared)
                .map_or_else(|| new_null_array(field.data_type(), table.num_rows()), Arc::clone),
        });
        let mut part = output.create(FileSet::Ledger, ledger())?;
        part.write(&RecordBatch::try_new(ledger(), columns.collect()).unwrap())?;
        self.documents.iter().for_each(|document| output.count(document.source, Outcome::Kept));
        output.finish(part)
    }
}

fn document_table(rows: &[Document]) -> RecordBatch {
    let mut ids = FixedSizeBinaryBuilder::new(16);
    rows.iter().for_each(|row| ids.append_value(row.id().0).unwrap());
    let strings = |of: fn(&Document) -> String| Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>());
    let numbers = |of: fn(&Document) -> u32| Arc::new(rows.iter().map(of).collect::<UInt32Array>());
    let schema = documents();
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        name::SOURCE => strings(|row| row.source.to_owned()) as ArrayRef,
        name::FILE => strings(|_| "입력.jsonl".to_owned()),
        name::CHARSET => strings(|_| "UTF-8".to_owned()),
        name::TEXT => strings(|row| row.text.clone()),
        name::RECORD => Arc::new(rows.iter().map(|row| row.record).collect::<UInt64Array>()),
        name::CHARACTERS => numbers(|row| row.text.chars().count() as u32),
        name::EOJEOL => numbers(|row| row.text.split_whitespace().count() as u32),
        name::REPLACED => numbers(|_| 0),
        name::CLUSTER_SIZE => numbers(|row| 1 + row.record as u32 % 3),
        _ => new_null_array(field.data_type(), rows.len()),
    });
    let columns: Vec<ArrayRef> = std::iter::once(Arc::new(ids.finish()) as ArrayRef).chain(columns.skip(1)).collect();
    RecordBatch::try_new(documents(), columns).unwrap()
}

/// Puts a finished deduplication into the run folder.
fn publish(session: &Session, parts: &[&[Document]]) -> Published {
    let (recipe, inputs) = (Digest::of(b"recipe"), Digest::of(b"inputs"));
    let request = StageRequest { stage: Stage::Dedup, revision: 1, recipe, inputs };
    let work = match session.begin(&request).unwrap() {
        Begin::Finished(published) => return *published,
        Begin::Work(work) => work,
    };
    let phase = Phase { name: "apply", unit_memory: ByteSize(1), total_bytes: None };
    let units = parts.iter().enumerate().map(|(number, documents)| Ok(PartOf { number, documents }));
    let reports = work.map(phase, units).unwrap();
    work.commit(reports, Details::Dedup(Default::default())).unwrap()
}

fn open(folder: &tempfile::TempDir, threads: usize, events: Arc<dyn EventSink>, cancel: Cancel) -> Session {
    let config = EngineConfig { threads: threads.try_into().ok(), ..EngineConfig::default() };
    Session::open(folder.path().to_str().unwrap(), &config, events, cancel).unwrap()
}

fn config() -> TokenizeConfig {
    TokenizeConfig {
        vocabulary: 600.try_into().unwrap(),
        sample: ByteSize(6_000).try_into().unwrap(),
        held_out: 0.05.try_into().unwrap(),
        shard_tokens: 3_000.try_into().unwrap(),
        row_group_tokens: 500.try_into().unwrap(),
        ..TokenizeConfig::default()
    }
}

/// A row of a token shard.
#[derive(Debug, Clone, PartialEq)]
struct Encoded16 {
    id: DocumentId,
    source: String,
    characters: u32,
    cluster_size: u32,
    tokens: Vec<u32>,
}

fn rows(session: &Session, published: &Published, set: FileSet) -> Vec<Encoded16> {
    let mut rows = Vec::new();
    for file in published.manifest.files_of(set) {
        let before = rows.len();
        for batch in session.read_part(&published.path(file), TOKENS, None).unwrap() {
            let batch = batch.unwrap();
            for row in 0..batch.num_rows() {
                let number = |column: usize| batch.column(column).as_primitive::<UInt32Type>().value(row);
                rows.push(Encoded16 {
                    id: DocumentId::from_slice(batch.column(0).as_fixed_size_binary().value(row)).unwrap(),
                    source: batch.column(1).as_string::<i32>().value(row).to_owned(),
                    characters: number(2),
                    cluster_size: number(3),
                    tokens: batch
                        .column(4)
                        .as_list::<i32>()
                        .value(row)
                        .as_primitive::<UInt16Type>()
                        .iter()
                        .map(|id| u32::from(id.unwrap()))
                        .collect(),
                });
            }
        }
        let groups = &file.row_groups;
        assert_eq!(groups.iter().map(|group| group.documents).sum::<u64>(), (rows.len() - before) as u64);
        let mut from = before;
        for group in groups {
            let to = from + group.documents as usize;
            assert_eq!(rows[from..to].iter().map(|row| row.tokens.len() as u64).sum::<u64>(), group.tokens);
            from = to;
        }
    }
    rows
}

fn details(published: &Published) -> &TokenizeDetails {
    match &published.manifest.details {
        Details::Tokenize(details) => details,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_document_ends_in_one_shard_with_its_own_text() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder, 2, Arc::new(Silent), Cancel::default());
    let corpus = corpus(400);
    let parts: Vec<&[Document]> = corpus.chunks(150).collect();
    let published = run(&session, &publish(&session, &parts), &config(), SEED).unwrap();
    assert_eq!(published.manifest.counts.read, 400);
    assert_eq!(published.manifest.counts.kept, 400);

    let vocabulary = published.manifest.files_of(FileSet::Vocabulary).next().unwrap();
    let json = session.store().get(&published.path(vocabulary)).unwrap();
    let encoder = Encoder::new(Vocabulary::from_json(&json).unwrap());
    let (tokens, held_out) =
        (rows(&session, &published, FileSet::Tokens), rows(&session, &published, FileSet::HeldOut));
    let mut found: BTreeMap<DocumentId, &Encoded16> = BTreeMap::new();
    for row in tokens.iter().chain(&held_out) {
        assert!(found.insert(row.id, row).is_none(), "{} is there twice", row.id);
    }
    assert_eq!(found.len(), corpus.len());
    for document in &corpus {
        let row = found[&document.id()];
        assert_eq!(encoder.decode(&row.tokens).unwrap(), document.text);
        assert_eq!(row.source, document.source);
        assert_eq!(row.characters, document.text.chars().count() as u32);
        assert_eq!(row.cluster_size, 1 + document.record as u32 % 3);
    }
    assert!((5..50).contains(&held_out.len()), "{}", held_out.len());

    let facts = details(&published);
    let sum = |rows: &[Encoded16]| rows.iter().map(|row| row.tokens.len() as u64).sum::<u64>();
    assert_eq!((facts.tokens, facts.held_out_tokens), (sum(&tokens), sum(&held_out)));
    assert_eq!(facts.held_out_documents, held_out.len() as u64);
    assert_eq!(facts.tokens_by_source.values().sum::<u64>(), sum(&tokens) + sum(&held_out));
    assert_eq!((facts.vocabulary, facts.end_of_text, facts.width), (600, 0, TokenWidth::U16));

    for file in published.manifest.files_of(FileSet::Ledger) {
        for batch in session.read_part(&published.path(file), LEDGER, None).unwrap() {
            let batch = batch.unwrap();
            let counts = batch.column_by_name(name::TOKEN_COUNT).unwrap().as_primitive::<UInt32Type>();
            for (row, id) in survey::ids(&batch, "ledger").unwrap().enumerate() {
                assert_eq!(counts.value(row) as usize, found[&id.unwrap()].tokens.len());
            }
        }
    }
}

#[test]
fn the_shuffle_is_one_order_over_all_shards() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder, 2, Arc::new(Silent), Cancel::default());
    let corpus = corpus(400);
    let parts: Vec<&[Document]> = corpus.chunks(40).collect();
    let published = run(&session, &publish(&session, &parts), &config(), SEED).unwrap();
    assert!(published.manifest.files_of(FileSet::Tokens).count() > 5);
    let rows = rows(&session, &published, FileSet::Tokens);
    assert!(rows.is_sorted_by_key(|row| lot(row.id, Keys::new(SEED).order)));
    let place: BTreeMap<DocumentId, usize> = rows.iter().enumerate().map(|(place, row)| (row.id, place)).collect();
    for part in parts {
        let places: Vec<usize> = part.iter().filter_map(|document| place.get(&document.id()).copied()).collect();
        let apart: usize = places.windows(2).map(|pair| pair[0].abs_diff(pair[1])).sum::<usize>() / (places.len() - 1);
        // Two places drawn at random are a third of the whole apart.
        assert!(apart > rows.len() / 5, "neighbours of a part lie only {apart} documents apart");
    }
}

#[test]
fn threads_change_nothing_and_neither_does_the_division_into_parts() {
    let corpus = corpus(300);
    let mut manifests = Vec::new();
    for (threads, part) in [(1, 60), (2, 60), (7, 60), (2, 37)] {
        let folder = tempfile::tempdir().unwrap();
        let session = open(&folder, threads, Arc::new(Silent), Cancel::default());
        let parts: Vec<&[Document]> = corpus.chunks(part).collect();
        manifests.push(run(&session, &publish(&session, &parts), &config(), SEED).unwrap().manifest);
    }
    let other_parts = manifests.pop().unwrap();
    assert!(manifests.windows(2).all(|pair| pair[0] == pair[1]));
    for set in [FileSet::Vocabulary, FileSet::Tokens, FileSet::HeldOut] {
        assert!(manifests[0].files_of(set).eq(other_parts.files_of(set)), "{set:?}");
    }
}

#[test]
fn another_seed_is_another_order() {
    let corpus = corpus(60);
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder, 2, Arc::new(Silent), Cancel::default());
    let dedup = publish(&session, &[&corpus]);
    let ids = |published: &Published| -> Vec<DocumentId> {
        rows(&session, published, FileSet::Tokens).iter().map(|row| row.id).collect()
    };
    let one = run(&session, &dedup, &config(), 1).unwrap();
    let two = run(&session, &dedup, &config(), 2).unwrap();
    assert_ne!(one.manifest.version, two.manifest.version);
    assert_ne!(ids(&one), ids(&two));
}

/// Asks for a stop when a unit of a phase is finished.
struct StopAfter {
    phase: &'static str,
    cancel: Cancel,
}

impl EventSink for StopAfter {
    fn emit(&self, event: Event<'_>) {
        if matches!(event, Event::UnitFinished { stage: Stage::Tokenize, phase, .. } if phase == self.phase) {
            self.cancel.cancel();
        }
    }
}

#[test]
fn a_stage_stopped_in_any_phase_ends_as_if_it_had_not_been() {
    let corpus = corpus(120);
    let parts: Vec<&[Document]> = corpus.chunks(30).collect();
    let undisturbed = {
        let folder = tempfile::tempdir().unwrap();
        let session = open(&folder, 2, Arc::new(Silent), Cancel::default());
        run(&session, &publish(&session, &parts), &config(), SEED).unwrap()
    };
    for phase in ["survey", "sample", "learn", "encode", "shard"] {
        let folder = tempfile::tempdir().unwrap();
        let cancel = Cancel::default();
        let session = open(&folder, 2, Arc::new(StopAfter { phase, cancel: cancel.clone() }), cancel);
        let stopped = run(&session, &publish(&session, &parts), &config(), SEED);
        assert!(matches!(stopped, Err(TokenizeError::Engine(EngineError::Interrupted))), "{phase}: {stopped:?}");
        drop(session);
        let session = open(&folder, 2, Arc::new(Silent), Cancel::default());
        assert_eq!(run(&session, &publish(&session, &parts), &config(), SEED).unwrap(), undisturbed, "{phase}");
    }
}

#[test]
fn two_documents_are_one_to_train_on_and_one_to_hold_out() {
    let corpus = corpus(2);
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder, 1, Arc::new(Silent), Cancel::default());
    let published = run(&session, &publish(&session, &[&corpus]), &config(), SEED).unwrap();
    assert_eq!(rows(&session, &published, FileSet::Tokens).len(), 1);
    assert_eq!(rows(&session, &published, FileSet::HeldOut).len(), 1);
}

#[test]
fn nothing_kept_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder, 1, Arc::new(Silent), Cancel::default());
    let nothing = run(&session, &publish(&session, &[&[]]), &config(), SEED);
    assert!(matches!(nothing, Err(TokenizeError::NoDocuments)), "{nothing:?}");
}

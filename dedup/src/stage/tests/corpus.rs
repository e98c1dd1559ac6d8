//! Corpora that ingest could have published, and what dedup made of them.

use crate::{DedupConfig, DedupError, run};
use arrow::array::Array;
use arrow::array::{
    ArrayRef, AsArray, FixedSizeBinaryArray, Float32Builder, ListBuilder, RecordBatch, StringArray, UInt32Array,
    UInt64Array, new_null_array,
};
use arrow::datatypes::{DataType, Field};
use malmoi_engine::{
    Begin, Cancel, EngineConfig, EngineError, EventSink, Phase, Published, Session, Silent, StageRequest, Unit,
    UnitOutput,
};
use malmoi_schemas::{
    ByteSize, DOCUMENTS, Details, Digest, DocumentId, FileSet, LEDGER, Outcome, Stage, column, documents, ledger,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) struct Document {
    pub(crate) id: DocumentId,
    pub(crate) source: &'static str,
    pub(crate) text: String,
    pub(crate) url: Option<&'static str>,
    pub(crate) date: Option<&'static str>,
    pub(crate) embedding: Option<Vec<f32>>,
}

pub(crate) fn document(source: &'static str, number: u64, text: impl Into<String>) -> Document {
    let id = DocumentId::of_place(source, "test.jsonl", number);
    Document { id, source, text: text.into(), url: None, date: None, embedding: None }
}

pub(crate) const SOURCES: [&str; 2] = ["dictionary", "web"];

pub(crate) fn session(folder: &Path, threads: usize) -> Session {
    session_with(folder, threads, Arc::new(Silent), Cancel::default())
}

pub(crate) fn session_with(folder: &Path, threads: usize, events: Arc<dyn EventSink>, cancel: Cancel) -> Session {
    let config =
        EngineConfig { threads: threads.try_into().ok(), memory: ByteSize(512 << 20).try_into().unwrap(), spill: None };
    Session::open(folder.to_str().unwrap(), &config, events, cancel).unwrap()
}

/// Publishes parts of documents as ingest would.
pub(crate) fn publish(session: &Session, parts: &[Vec<Document>]) -> Published {
    let inputs = Digest::of(format!("{parts:?}").as_bytes());
    let request = StageRequest { stage: Stage::Ingest, revision: 1, recipe: Digest::of(b""), inputs };
    let work = match session.begin(&request).unwrap() {
        Begin::Finished(published) => return *published,
        Begin::Work(work) => work,
    };
    let units = parts.iter().enumerate().map(|(ordinal, part)| Ok(Part { ordinal, part }));
    let phase = Phase { name: "ingest", unit_memory: ByteSize(1), total_bytes: None };
    let reports = work.map(phase, units).unwrap();
    work.commit(reports, Details::Ingest).unwrap()
}

struct Part<'a> {
    ordinal: usize,
    part: &'a [Document],
}

impl Unit for Part<'_> {
    type Error = EngineError;

    fn name(&self) -> String {
        format!("00000-{:05}", self.ordinal)
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), EngineError> {
        for (set, schema) in [(FileSet::Documents, documents()), (FileSet::Ledger, ledger())] {
            let mut writer = output.create(set, Arc::clone(&schema))?;
            for documents in self.part.chunks(100) {
                let columns = schema.fields().iter().map(|field| column_of(field, documents)).collect();
                writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns).unwrap())?;
            }
            output.finish(writer)?;
        }
        self.part.iter().for_each(|document| output.count(document.source, Outcome::Kept));
        Ok(())
    }
}

fn column_of(field: &arrow::datatypes::Field, documents: &[Document]) -> ArrayRef {
    let numbers = |of: &dyn Fn(&Document) -> usize| -> ArrayRef {
        Arc::new(UInt32Array::from_iter_values(documents.iter().map(|d| of(d) as u32)))
    };
    let texts = |of: &dyn Fn(&Document) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(documents.iter().map(of)))
    };
    match field.name().as_str() {
        column::ID => Arc::new(FixedSizeBinaryArray::try_from_iter(documents.iter().map(|d| d.id.0)).unwrap()),
        column::SOURCE => texts(&|d| d.source.to_owned()),
        column::FILE => texts(&|_| "test.jsonl".to_owned()),
        column::CHARSET => texts(&|_| "UTF-8".to_owned()),
        column::OUTCOME => texts(&|_| Outcome::Kept.as_str().to_owned()),
        column::TEXT => texts(&|d| d.text.clone()),
        column::RECORD => Arc::new(UInt64Array::from_iter_values(0..documents.len() as u64)),
        column::URL => Arc::new(StringArray::from_iter(documents.iter().map(|d| d.url))),
        column::DATE => Arc::new(StringArray::from_iter(documents.iter().map(|d| d.date))),
        column::CHARACTERS => numbers(&|d| d.text.chars().count()),
        column::EOJEOL => numbers(&|d| d.text.split_whitespace().count()),
        column::REPLACED => numbers(&|_| 0),
        column::CLUSTER_SIZE => numbers(&|_| 1),
        column::EMBEDDING => {
            let item = Field::new_list_field(DataType::Float32, false);
            let mut lists = ListBuilder::new(Float32Builder::new()).with_field(item);
            for embedding in documents.iter().map(|d| &d.embedding) {
                lists.values().append_slice(embedding.as_deref().unwrap_or_default());
                lists.append(embedding.is_some());
            }
            Arc::new(lists.finish())
        }
        _ => new_null_array(field.data_type(), documents.len()),
    }
}

/// What the ledger and the documents say about one document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fate {
    /// The reason, or `kept`.
    pub(crate) outcome: String,
    pub(crate) survivor: Option<DocumentId>,
    pub(crate) similarity: Option<f32>,
    pub(crate) detail: Option<String>,
    /// Of kept documents.
    pub(crate) cluster_size: Option<u32>,
}

pub(crate) type Fates = BTreeMap<DocumentId, Fate>;

/// Runs dedup over parts in a folder and reads back what became of each document.
pub(crate) fn dedup(folder: &Path, parts: &[Vec<Document>], config: &DedupConfig) -> (Published, Fates) {
    let session = session(folder, 2);
    let published = try_dedup(&session, parts, config).unwrap();
    let fates = fates(&session, &published);
    (published, fates)
}

pub(crate) fn try_dedup(
    session: &Session,
    parts: &[Vec<Document>],
    config: &DedupConfig,
) -> Result<Published, DedupError> {
    let ingest = publish(session, parts);
    run(session, &ingest, &SOURCES.map(str::to_owned), config, Path::new("."))
}

pub(crate) fn fates(session: &Session, published: &Published) -> Fates {
    let mut fates = Fates::new();
    for file in published.manifest.files_of(FileSet::Ledger) {
        for batch in session.read_part(&published.path(file), LEDGER, None).unwrap() {
            let batch = batch.unwrap();
            let get = |name| batch.column_by_name(name).unwrap();
            let [outcome, reason, detail] =
                [column::OUTCOME, column::REASON, column::DETAIL].map(|name| get(name).as_string::<i32>());
            let [id, survivor] = [column::ID, column::SURVIVOR].map(|name| get(name).as_fixed_size_binary());
            let similarity = get(column::SIMILARITY).as_primitive::<arrow::datatypes::Float32Type>();
            for row in 0..batch.num_rows() {
                let removed = reason.is_valid(row);
                assert_eq!(outcome.value(row), if removed { "removed" } else { "kept" });
                let fate = Fate {
                    outcome: if removed { reason.value(row) } else { "kept" }.to_owned(),
                    survivor: survivor.is_valid(row).then(|| DocumentId::from_slice(survivor.value(row)).unwrap()),
                    similarity: similarity.is_valid(row).then(|| similarity.value(row)),
                    detail: detail.is_valid(row).then(|| detail.value(row).to_owned()),
                    cluster_size: None,
                };
                let before = fates.insert(DocumentId::from_slice(id.value(row)).unwrap(), fate);
                assert_eq!(before, None, "one ledger row per document");
            }
        }
    }
    for file in published.manifest.files_of(FileSet::Documents) {
        for batch in session.read_part(&published.path(file), DOCUMENTS, None).unwrap() {
            let batch = batch.unwrap();
            let id = batch.column_by_name(column::ID).unwrap().as_fixed_size_binary();
            let sizes = batch.column_by_name(column::CLUSTER_SIZE).unwrap();
            let sizes = sizes.as_primitive::<arrow::datatypes::UInt32Type>();
            for row in 0..batch.num_rows() {
                let fate = fates.get_mut(&DocumentId::from_slice(id.value(row)).unwrap()).unwrap();
                assert_eq!(
                    (fate.outcome.as_str(), fate.cluster_size),
                    ("kept", None),
                    "kept once, and only what is kept"
                );
                fate.cluster_size = Some(sizes.value(row));
            }
        }
    }
    fates
}

/// A source of numbers that is the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (crate::shingle::mix(self.0) % bound as u64) as usize
    }
}

const STEMS: [&str; 24] = [
    "바다",
    "하늘",
    "사전",
    "아침",
    "도시",
    "나무",
    "기차",
    "편지",
    "시장",
    "골목",
    "강물",
    "사람",
    "이야기",
    "학교",
    "노래",
    "겨울",
    "마을",
    "연필",
    "그림",
    "소리",
    "창문",
    "우산",
    "부엌",
    "길목",
];
const ENDINGS: [&str; 14] =
    ["은", "이", "을", "에", "에서", "으로", "와", "도", "만", "까지", "처럼", "부터", "의", "라는"];

/// Text that looks like Korean and says nothing.
pub(crate) fn prose(numbers: &mut Numbers, eojeol: usize) -> Vec<String> {
    let mut word = || {
        let (stem, ending) = (STEMS[numbers.below(STEMS.len())], ENDINGS[numbers.below(ENDINGS.len())]);
        format!("{stem}{}{ending}", STEMS[numbers.below(STEMS.len())])
    };
    (0..eojeol).map(|_| word()).collect()
}

/// The same prose with `changes` eojeol replaced by others that occur nowhere else.
pub(crate) fn altered(numbers: &mut Numbers, prose: &[String], changes: usize) -> Vec<String> {
    let mut altered = prose.to_vec();
    for _ in 0..changes {
        let at = numbers.below(altered.len());
        altered[at] = format!("고친말{}", numbers.below(usize::MAX));
    }
    altered
}

/// Jaccard similarity of the sets of eojeol shingles, by the definition.
pub(crate) fn jaccard(left: &str, right: &str, size: usize) -> f64 {
    let shingles = |text: &str| -> std::collections::HashSet<Vec<String>> {
        let eojeol: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if eojeol.len() < size { [eojeol].into() } else { eojeol.windows(size).map(<[String]>::to_vec).collect() }
    };
    let (left, right) = (shingles(left), shingles(right));
    left.intersection(&right).count() as f64 / left.union(&right).count() as f64
}

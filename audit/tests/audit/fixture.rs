//! A run of 760 invented records from three sources.

use arrow::array::{Array, ListBuilder, StringBuilder, StructArray, UInt16Builder, new_null_array};
use arrow::array::{ArrayRef, FixedSizeBinaryArray, Float32Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow::datatypes::{DataType, Field, SchemaRef};
use malmoi_engine::{
    Begin, Cancel, EngineConfig, EngineError, Phase, Published, Session, Silent, StageRequest, UnitOutput,
};
use malmoi_schemas::{
    ByteSize, DedupDetails, Details, Digest, DocumentId, FileSet, Outcome, Reason, Stage, TokenWidth, TokenizeDetails,
    TrainDetails, column, documents, ledger, signal_fields, tokens,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Sources and how many records each has.
const SOURCES: [(&str, u64); 3] = [("동네소식", 260), ("forum", 180), ("reviews", 320)];

/// The address of two records.
pub(crate) const TWICE: &str = "https://news.example.com/articles/7";

const SENTENCES: [&str; 6] = [
    "어제 내린 비로 마을 앞 개울물이 많이 불었습니다.",
    "도서관은 다음 달부터 저녁 아홉 시까지 문을 엽니다.",
    "새로 생긴 빵집은 아침마다 줄이 길게 늘어섭니다.",
    "할머니께서는 올해도 김장을 이백 포기나 담그셨다.",
    "배송은 빨랐지만 상자 모서리가 조금 찌그러져 있었어요.",
    "주말에는 아이들과 함께 뒷산에 올라 단풍을 구경했다.",
];

/// One record, and what each stage will say of it.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) source: &'static str,
    pub(crate) ordinal: u64,
    pub(crate) id: DocumentId,
    pub(crate) text: String,
    pub(crate) title: Option<String>,
    pub(crate) ingest: Outcome,
    pub(crate) dedup: Outcome,
    pub(crate) survivor: Option<DocumentId>,
    pub(crate) similarity: Option<f32>,
    pub(crate) cluster_size: u32,
}

impl Record {
    fn url(&self) -> Option<String> {
        match (self.source, self.ordinal) {
            ("동네소식", 7 | 8) => Some(TWICE.to_owned()),
            ("동네소식", n) => Some(format!("https://news.example.com/articles/{n}")),
            _ => None,
        }
    }

    pub(crate) fn characters(&self) -> u32 {
        self.text.chars().count() as u32
    }

    pub(crate) fn eojeol(&self) -> u32 {
        self.text.split_whitespace().count() as u32
    }

    pub(crate) fn tokens(&self) -> u32 {
        self.characters() * 3 / 5
    }

    pub(crate) fn held_out(&self) -> bool {
        self.ordinal % 40 == 2
    }
}

fn file_of(source: &str) -> &'static str {
    if source == "동네소식" { "pages/2024.warc.gz" } else { "export.jsonl" }
}

pub(crate) fn id_of(source: &str, ordinal: u64) -> DocumentId {
    DocumentId::of_place(source, file_of(source), ordinal)
}

/// Every record of the run.
pub(crate) fn records() -> Vec<Record> {
    let all = SOURCES.iter().flat_map(|&(source, count)| (0..count).map(move |ordinal| record(source, ordinal)));
    let mut all: Vec<Record> = all.collect();
    for (survivor, reason, similarity) in [
        (id_of("forum", 0), Reason::ExactDuplicate, 1.0),
        (id_of("동네소식", 0), Reason::NearDuplicate, 0.875),
        (id_of("reviews", 1), Reason::NearDuplicate, 0.9375),
    ] {
        let of = all.iter().position(|record| record.id == survivor).unwrap();
        let every = if reason == Reason::ExactDuplicate { 5 } else { 26 };
        let source = all[of].source;
        let mut size = 1;
        for record in all.iter_mut().filter(|r| r.source == source && r.ordinal > 1 && r.ordinal % every == 0) {
            if record.ingest == Outcome::Kept {
                record.dedup = Outcome::Removed(reason);
                (record.survivor, record.similarity) = (Some(survivor), Some(similarity));
                size += 1;
            }
        }
        all[of].cluster_size = size;
    }
    all
}

fn record(source: &'static str, ordinal: u64) -> Record {
    let ingest = match ordinal % 25 {
        24 => Outcome::Errored(if source == "동네소식" { Reason::BadRecord } else { Reason::BadJson }),
        7 if source != "동네소식" => Outcome::Removed(Reason::TooShort),
        13 => Outcome::Removed(Reason::LowHangul),
        19 => Outcome::Removed(Reason::RepeatedLines),
        _ => Outcome::Kept,
    };
    // Spread over six octaves, thicker in the middle, as lengths of real documents are.
    let mixed = id_of(source, ordinal).keyed(1);
    let octaves = (mixed % 4 + mixed / 4 % 4) as u32;
    let sentences = (1 << octaves) + mixed / 64 % (1 << octaves);
    let text: Vec<&str> = (0..sentences).map(|n| SENTENCES[((ordinal + n * (n + 1)) % 6) as usize]).collect();
    let title = match (source, ordinal) {
        ("동네소식", n) => Some(format!("동네 소식 {n}호: 우리 마을에 생긴 일")),
        ("forum", 0) => Some("<script>alert('광고')</script> 무료 나눔 & 이벤트".to_owned()),
        _ => None,
    };
    Record {
        source,
        ordinal,
        id: id_of(source, ordinal),
        text: if ingest == Outcome::Removed(Reason::TooShort) { "잘 쓸게요!".to_owned() } else { text.join(" ") },
        title,
        ingest,
        dedup: Outcome::Kept,
        survivor: None,
        similarity: None,
        cluster_size: 1,
    }
}

pub(crate) fn session(run: &Path, threads: usize) -> Session {
    let config = EngineConfig { threads: threads.try_into().ok(), ..EngineConfig::default() };
    Session::open_to_read(run.to_str().unwrap(), &config, Arc::new(Silent), Cancel::default()).unwrap()
}

/// Publishes the stages up to `last`. Another `recipe` of ingest makes another version of it.
pub(crate) fn publish(run: &Path, last: Stage, recipe: &str) {
    publish_records(run, last, recipe, &records());
}

/// The same for other records than [`records`], of the same sources.
pub(crate) fn publish_records(run: &Path, last: Stage, recipe: &str, records: &[Record]) {
    let session =
        Session::open(run.to_str().unwrap(), &EngineConfig::default(), Arc::new(Silent), Cancel::default()).unwrap();
    let ingest = stage(&session, Stage::Ingest, Digest::of(b"files"), recipe, Details::Ingest, |output| {
        write_ingest(output, records)
    });
    if last >= Stage::Dedup {
        let dedup = publish_dedup(&session, &ingest, records);
        if last >= Stage::Tokenize {
            let tokenize = publish_tokenize(&session, &dedup, records);
            if last >= Stage::Train {
                publish_train(&session, &tokenize);
            }
        }
    }
}

fn publish_dedup(session: &Session, ingest: &Published, records: &[Record]) -> Published {
    let details = DedupDetails {
        exact_clusters: 1,
        near_clusters: 2,
        largest_cluster: 35,
        candidate_edges: 90,
        ..DedupDetails::default()
    };
    stage(session, Stage::Dedup, ingest.manifest.digest().unwrap(), "", Details::Dedup(details), |output| {
        let read: Vec<&Record> = records.iter().filter(|record| record.ingest == Outcome::Kept).collect();
        for (source, _) in SOURCES {
            let of: Vec<&Record> = read.iter().copied().filter(|record| record.source == source).collect();
            let kept: Vec<&Record> = of.iter().copied().filter(|record| record.dedup == Outcome::Kept).collect();
            write(output, FileSet::Documents, source, documents(), &kept, |r| r.dedup)?;
            write(output, FileSet::Ledger, source, ledger(), &of, |r| r.dedup)?;
            of.iter().for_each(|record| output.count(source, record.dedup));
        }
        Ok(())
    })
}

fn write_ingest(output: &mut UnitOutput<'_>, records: &[Record]) -> Result<(), EngineError> {
    for (source, _) in SOURCES {
        let of: Vec<&Record> = records.iter().filter(|record| record.source == source).collect();
        let kept: Vec<&Record> = of.iter().copied().filter(|record| record.ingest == Outcome::Kept).collect();
        let removed: Vec<&Record> =
            of.iter().copied().filter(|record| matches!(record.ingest, Outcome::Removed(_))).collect();
        write(output, FileSet::Documents, source, documents(), &kept, |r| r.ingest)?;
        write(output, FileSet::Removed, source, documents(), &removed, |r| r.ingest)?;
        write(output, FileSet::Ledger, source, ledger(), &of, |r| r.ingest)?;
        of.iter().for_each(|record| output.count(source, record.ingest));
    }
    Ok(())
}

fn publish_tokenize(session: &Session, dedup: &Published, records: &[Record]) -> Published {
    let kept = |record: &&Record| record.ingest == Outcome::Kept && record.dedup == Outcome::Kept;
    let read: Vec<&Record> = records.iter().filter(kept).collect();
    let (held_out, train): (Vec<&Record>, Vec<&Record>) = read.iter().copied().partition(|r| r.held_out());
    let sum = |of: &[&Record]| of.iter().map(|record| u64::from(record.tokens())).sum();
    let mut tokens_by_source = BTreeMap::new();
    for record in &read {
        *tokens_by_source.entry(record.source.to_owned()).or_default() += u64::from(record.tokens());
    }
    let details = TokenizeDetails {
        vocabulary: 8192,
        width: TokenWidth::U16,
        end_of_text: 0,
        tokens: sum(&train),
        held_out_tokens: sum(&held_out),
        held_out_documents: held_out.len() as u64,
        tokens_by_source,
    };
    let inputs = dedup.manifest.digest().unwrap();
    stage(session, Stage::Tokenize, inputs, "", Details::Tokenize(details), |output| {
        write(output, FileSet::Ledger, "all", ledger(), &read, |_| Outcome::Kept)?;
        read.iter().for_each(|record| output.count(record.source, Outcome::Kept));
        write(output, FileSet::HeldOut, "00000", tokens(TokenWidth::U16), &held_out, |_| Outcome::Kept)?;
        write(output, FileSet::Tokens, "00000", tokens(TokenWidth::U16), &train, |_| Outcome::Kept)
    })
}

fn publish_train(session: &Session, tokenize: &Published) -> Published {
    let details = TrainDetails {
        steps: 400,
        parameters: 1_245_184,
        tokens: 409_600,
        documents: 560,
        loss: 3.90625,
        held_out_loss: Some(4.125),
        sample: "오늘은 <마을> 도서관에\n새 책이 들어왔습니다.".to_owned(),
    };
    stage(session, Stage::Train, tokenize.manifest.digest().unwrap(), "", Details::Train(details), |output| {
        output.put(FileSet::Checkpoint, "model.safetensors", vec![0; 64].into())
    })
}

fn stage(
    session: &Session,
    stage: Stage,
    inputs: Digest,
    recipe: &str,
    details: Details,
    work: impl FnOnce(&mut UnitOutput<'_>) -> Result<(), EngineError> + Send,
) -> Published {
    let request = StageRequest { stage, revision: 1, recipe: Digest::of(recipe.as_bytes()), inputs };
    match session.begin(&request).unwrap() {
        Begin::Finished(published) => *published,
        Begin::Work(begun) => {
            let phase = Phase { name: "all", unit_memory: ByteSize(1 << 20), total_bytes: None };
            let report = begun.once(phase, work).unwrap();
            begun.commit(vec![report], details).unwrap()
        }
    }
}

fn write(
    output: &mut UnitOutput<'_>,
    set: FileSet,
    name: &str,
    schema: SchemaRef,
    records: &[&Record],
    outcome: impl Fn(&Record) -> Outcome,
) -> Result<(), EngineError> {
    let columns = schema.fields().iter().map(|field| {
        let column = column_of(field.name(), records, &outcome);
        column.unwrap_or_else(|| new_null_array(field.data_type(), records.len()))
    });
    let batch = RecordBatch::try_new(SchemaRef::clone(&schema), columns.collect()).unwrap();
    // A part's name is ASCII, whatever the source is called.
    let name = if name.is_ascii() { name } else { "news" };
    let mut part = output.create_named(set, name, schema)?;
    part.write(&batch)?;
    output.finish(part)
}

fn column_of(name: &str, records: &[&Record], outcome: &impl Fn(&Record) -> Outcome) -> Option<ArrayRef> {
    let known = |r: &&Record| !matches!(r.ingest, Outcome::Errored(_));
    let texts = |of: &dyn Fn(&Record) -> Option<String>| -> ArrayRef {
        Arc::new(records.iter().map(|record| of(record)).collect::<StringArray>())
    };
    let numbers = |of: &dyn Fn(&Record) -> u32| -> ArrayRef {
        Arc::new(records.iter().map(|record| known(record).then(|| of(record))).collect::<UInt32Array>())
    };
    let removed = |r: &Record| matches!(outcome(r), Outcome::Removed(Reason::ExactDuplicate | Reason::NearDuplicate));
    let tokenized = records.iter().all(|r| (r.ingest, r.dedup) == (Outcome::Kept, Outcome::Kept));
    Some(match name {
        column::ID => {
            Arc::new(FixedSizeBinaryArray::try_from_iter(non_empty(records.iter().map(|r| r.id.0))?).unwrap())
        }
        column::SOURCE => texts(&|r| Some(r.source.to_owned())),
        column::FILE => texts(&|r| Some(file_of(r.source).to_owned())),
        column::RECORD => Arc::new(UInt64Array::from_iter_values(records.iter().map(|r| r.ordinal))),
        column::URL => texts(&Record::url),
        column::TITLE => texts(&|r| r.title.clone()),
        column::TEXT => texts(&|r| Some(r.text.clone())),
        column::CHARSET => texts(&|r| Some(if r.ordinal == 3 { "EUC-KR" } else { "UTF-8" }.to_owned())),
        column::REPLACED => numbers(&|r| u32::from(r.ordinal == 3) * 2),
        column::CHARACTERS => numbers(&Record::characters),
        column::EOJEOL => numbers(&Record::eojeol),
        column::SIGNALS => signals(records),
        column::BROKEN_RULES => broken_rules(records, outcome),
        column::REPAIRED => texts(&|r| (r.ordinal == 5).then(|| "utf-8-as-windows-1252".to_owned())),
        column::CLUSTER_SIZE => numbers(&|r| r.cluster_size),
        column::OUTCOME => texts(&|r| Some(outcome(r).as_str().to_owned())),
        column::REASON => texts(&|r| outcome(r).reason().map(|reason| reason.to_string())),
        column::DETAIL => texts(&|r| match outcome(r) {
            Outcome::Removed(Reason::TooShort) => Some(format!("{} characters, at least 50 wanted", r.characters())),
            Outcome::Errored(Reason::BadJson) => Some("line 25: expected `,` or `}`".to_owned()),
            _ => None,
        }),
        column::OFFSET => Arc::new(UInt64Array::from_iter_values(records.iter().map(|r| r.ordinal * 1000))),
        column::SURVIVOR if records.iter().any(|r| removed(r)) => {
            let survivors = records.iter().map(|r| r.survivor.filter(|_| removed(r)).map(|id| id.0));
            Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(survivors, 16).unwrap())
        }
        column::SIMILARITY => {
            Arc::new(records.iter().map(|r| r.similarity.filter(|_| removed(r))).collect::<Float32Array>())
        }
        column::TOKEN_COUNT if tokenized => numbers(&Record::tokens),
        column::TOKENS => token_lists(records),
        _ => return None,
    })
}

fn non_empty<T>(values: impl Iterator<Item = T>) -> Option<std::iter::Peekable<impl Iterator<Item = T>>> {
    let mut values = values.peekable();
    values.peek().is_some().then_some(values)
}

fn signals(records: &[&Record]) -> ArrayRef {
    let fields = signal_fields();
    let column = |field: &Arc<Field>| -> ArrayRef {
        match (field.name().as_str(), field.data_type()) {
            ("hangul_share", _) => Arc::new(Float32Array::from(vec![0.9375; records.len()])),
            ("eojeol", _) => Arc::new(records.iter().map(|r| Some(r.eojeol())).collect::<UInt32Array>()),
            (_, DataType::UInt32) => Arc::new(UInt32Array::from(vec![0; records.len()])),
            _ => Arc::new(Float32Array::from(vec![0.0; records.len()])),
        }
    };
    Arc::new(StructArray::new(fields.clone(), fields.iter().map(column).collect(), None))
}

fn broken_rules(records: &[&Record], outcome: &impl Fn(&Record) -> Outcome) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for record in records {
        lists.append_value(outcome(record).reason().map(|reason| Some(reason.as_str())));
    }
    Arc::new(lists.finish())
}

fn token_lists(records: &[&Record]) -> ArrayRef {
    let item = Arc::new(arrow::datatypes::Field::new_list_field(TokenWidth::U16.data_type(), false));
    let mut lists = ListBuilder::new(UInt16Builder::new()).with_field(item);
    for record in records {
        lists.append_value((0..record.tokens()).map(|n| Some((n % 8192) as u16)));
    }
    let lists = lists.finish();
    assert_eq!(lists.len(), records.len());
    Arc::new(lists)
}

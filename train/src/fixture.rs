//! A small tokenize stage for tests: shards, vocabulary and manifest in a temporary folder.

use crate::{Files, LocalFiles, ModelConfig, OptimizerConfig, SampleConfig, TrainConfig, TrainEvent, TrainObserver};
use arrow::array::{FixedSizeBinaryArray, ListArray, RecordBatch, StringArray, UInt16Array, UInt32Array};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field};
use malmoi_schemas::{
    Counts, Details, Digest, DocumentId, FileEntry, FileSet, MANIFEST_FORMAT, Manifest, RowGroupEntry, Stage,
    TokenWidth, TokenizeDetails, tokens,
};
use parquet::arrow::ArrowWriter;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub(crate) const END_OF_TEXT: u32 = 256;
pub(crate) const VOCABULARY: u32 = 257;
pub(crate) const INPUT: &str = "run/tokenize/0123456789abcdef";

/// Documents by row group by file.
pub(crate) type Documents = Vec<Vec<Vec<Vec<u16>>>>;

pub(crate) struct Fixture {
    pub(crate) folder: TempDir,
    pub(crate) files: LocalFiles,
    pub(crate) manifest: Manifest,
}

pub(crate) fn id(n: usize) -> DocumentId {
    DocumentId::of_place("시험", "문서", n as u64)
}

impl Fixture {
    /// Shards to train on and held-out shards; documents are numbered in the order given.
    pub(crate) fn new(train: &Documents, held_out: &Documents) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::new(folder.path());
        let mut entries = Vec::new();
        let mut next = 0;
        for (set, shards) in [(FileSet::Tokens, train), (FileSet::HeldOut, held_out)] {
            for (number, row_groups) in shards.iter().enumerate() {
                let path = format!("{}/{number:05}.parquet", set.as_str());
                entries.push(put(&files, set, path, shard(row_groups, &mut next), row_groups));
            }
        }
        let path = "vocabulary/tokenizer.json".to_owned();
        entries.push(put(&files, FileSet::Vocabulary, path, tokenizer(), &[]));
        let manifest = Manifest {
            format: MANIFEST_FORMAT.to_owned(),
            stage: Stage::Tokenize,
            version: "0123456789abcdef".to_owned(),
            revision: 1,
            recipe: Digest::of(b"recipe"),
            inputs: Digest::of(b"inputs"),
            counts: Counts::default(),
            sources: BTreeMap::new(),
            files: entries,
            details: Details::Tokenize(TokenizeDetails {
                vocabulary: VOCABULARY,
                width: TokenWidth::U16,
                end_of_text: END_OF_TEXT,
                tokens: 0,
                held_out_tokens: 0,
                held_out_documents: 0,
                tokens_by_source: BTreeMap::new(),
            }),
        };
        Self { folder, files, manifest }
    }

    /// Sentences as bytes, two files of two row groups each, and one held-out document.
    pub(crate) fn of_sentences() -> Self {
        let sentence = |n: usize| {
            let text = match n % 4 {
                0 => format!("우리 동네 도서관은 {n}월에 문을 연다."),
                1 => format!("비가 {n}일 동안 내려서 강물이 불었다."),
                2 => format!("시장에서 사과 {n}개를 샀다."),
                _ => format!("기차는 {n}시에 떠난다."),
            };
            text.bytes().map(u16::from).collect::<Vec<_>>()
        };
        let group = |start: usize| (start..start + 6).map(sentence).collect::<Vec<_>>();
        Self::new(
            &vec![vec![group(0), group(6)], vec![group(12), group(18)]],
            &vec![vec![vec![sentence(40), sentence(41)]]],
        )
    }
}

/// A model small enough to be trained in a test.
pub(crate) fn config(steps: u64) -> TrainConfig {
    TrainConfig {
        steps,
        batch: 4,
        micro_batch: 2,
        evaluate_every: 5,
        evaluate_rows: 4,
        checkpoint_every: 4,
        keep_checkpoints: 2,
        model: ModelConfig {
            layers: 2,
            width: 16,
            heads: 4,
            key_value_heads: 2,
            feed_forward: 24,
            context: 16,
            ..ModelConfig::default()
        },
        optimizer: OptimizerConfig { warm_up_steps: 2, ..OptimizerConfig::default() },
        sample: SampleConfig { prompt: "비가".to_owned(), tokens: 40, ..SampleConfig::default() },
    }
}

/// Remembers events and cancels once a number of steps were seen.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) events: Mutex<Vec<TrainEvent>>,
    pub(crate) stop_after: Option<u64>,
    steps: AtomicU64,
}

impl Watch {
    pub(crate) fn stopping_after(steps: u64) -> Self {
        Self { stop_after: Some(steps), ..Self::default() }
    }
}

impl TrainObserver for Watch {
    fn event(&self, event: &TrainEvent) {
        if matches!(event, TrainEvent::Step { .. }) {
            self.steps.fetch_add(1, Ordering::SeqCst);
        }
        self.events.lock().unwrap().push(event.clone());
    }

    fn cancelled(&self) -> bool {
        self.stop_after.is_some_and(|steps| self.steps.load(Ordering::SeqCst) >= steps)
    }
}

fn shard(row_groups: &[Vec<Vec<u16>>], next: &mut usize) -> Vec<u8> {
    let schema = tokens(TokenWidth::U16);
    let mut writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), None).unwrap();
    for documents in row_groups {
        let ids: Vec<_> = documents.iter().enumerate().map(|(n, _)| id(*next + n).0).collect();
        *next += documents.len();
        let values = UInt16Array::from(documents.concat());
        let offsets = OffsetBuffer::from_lengths(documents.iter().map(Vec::len));
        let item = Arc::new(Field::new_list_field(DataType::UInt16, false));
        let batch = RecordBatch::try_new(
            Arc::clone(&schema),
            vec![
                Arc::new(FixedSizeBinaryArray::try_from_iter(ids.iter()).unwrap()),
                Arc::new(StringArray::from(vec!["시험"; documents.len()])),
                Arc::new(UInt32Array::from_iter_values(documents.iter().map(|d| d.len() as u32))),
                Arc::new(UInt32Array::from(vec![1; documents.len()])),
                Arc::new(ListArray::try_new(item, offsets, Arc::new(values), None).unwrap()),
            ],
        );
        writer.write(&batch.unwrap()).unwrap();
        writer.flush().unwrap();
    }
    writer.into_inner().unwrap()
}

fn put(files: &LocalFiles, set: FileSet, path: String, bytes: Vec<u8>, row_groups: &[Vec<Vec<u16>>]) -> FileEntry {
    let entry = FileEntry {
        set,
        rows: row_groups.iter().map(|group| group.len() as u64).sum(),
        bytes: bytes.len() as u64,
        blake3: Digest::of(&bytes),
        row_groups: row_groups
            .iter()
            .map(|group| RowGroupEntry {
                documents: group.len() as u64,
                tokens: group.iter().map(|document| document.len() as u64).sum(),
            })
            .collect(),
        path,
    };
    files.put(&format!("{INPUT}/{}", entry.path), bytes.into()).unwrap();
    entry
}

/// Bytes as tokens: byte-level BPE without merges, ids in the order of the byte values.
fn tokenizer() -> Vec<u8> {
    let printable = |b: u32| (0x21..=0x7e).contains(&b) || (0xa1..=0xac).contains(&b) || (0xae..=0xff).contains(&b);
    let mut beyond = 256;
    let mut vocabulary = serde_json::Map::new();
    for byte in 0..256u32 {
        let code = if printable(byte) { byte } else { beyond };
        beyond += u32::from(!printable(byte));
        vocabulary.insert(char::from_u32(code).unwrap().to_string(), byte.into());
    }
    vocabulary.insert("<|endoftext|>".to_owned(), END_OF_TEXT.into());
    let byte_level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    let end = json!({
        "id": END_OF_TEXT, "content": "<|endoftext|>", "special": true,
        "single_word": false, "lstrip": false, "rstrip": false, "normalized": false
    });
    let tokenizer = json!({
        "version": "1.0",
        "added_tokens": [end],
        "pre_tokenizer": byte_level,
        "decoder": byte_level,
        "model": {"type": "BPE", "vocab": vocabulary, "merges": []}
    });
    serde_json::to_vec(&tokenizer).unwrap()
}

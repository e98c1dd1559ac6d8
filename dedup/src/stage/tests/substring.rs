//! Spans that documents share, through the whole stage.

use super::corpus::{Document, Fates, Numbers, SOURCES, document, fates, prose, publish, session};
use super::robustness::stopped_everywhere;
use crate::lines::LinesConfig;
use crate::substring::{Action, EojeolOffsets, SubstringConfig, merged, repeats, repeats_within};
use crate::{Bounded, Candidate, DedupConfig, Rank, Spans, cut, run};
use arrow::array::AsArray;
use arrow::datatypes::UInt32Type;
use malmoi_engine::{Cancel, EngineConfig, Event, EventSink, Session};
use malmoi_schemas::{
    ByteSize, DOCUMENTS, DedupDetails, Details, DocumentId, FileSet, REPEATS, Reason, RepeatDetails, column,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

const NOTICE: &str = "이 글의 저작권은 글쓴이에게 있으며 허락 없이 옮기거나 고쳐 쓸 수 없습니다. 옮겨 실으려면 먼저 편지를 보내 주십시오.";
const RECIPE: &str = "늙은 호박은 껍질을 벗겨 큼직하게 썰고, 팥은 전날 밤에 물에 담가 두었다가 무르도록 삶는다.\n호박이 다 \
익으면 나무 주걱으로 으깨고 찹쌀가루를 조금씩 뿌리며 눋지 않게 젓는다.";

fn spans_of(min_characters: u32) -> SubstringConfig {
    SubstringConfig { min_characters: min_characters.try_into().unwrap(), ..SubstringConfig::default() }
}

fn only_spans(config: SubstringConfig) -> DedupConfig {
    DedupConfig { exact: false, near: false, substring: Some(config), ..DedupConfig::default() }
}

/// A span as the set `repeats` has it: document, first character, characters, where to read it.
type Span = (DocumentId, u32, u32, DocumentId);

#[derive(Debug, PartialEq)]
struct Outcome {
    fates: Fates,
    texts: BTreeMap<DocumentId, String>,
    spans: BTreeSet<Span>,
    details: DedupDetails,
}

fn dedup(session: &Session, parts: &[Vec<Document>], config: &DedupConfig) -> Outcome {
    let ingest = publish(session, parts);
    let published = run(session, &ingest, &SOURCES.map(str::to_owned), config, Path::new(".")).unwrap();
    let id = |bytes: &[u8]| DocumentId::from_slice(bytes).unwrap();
    let mut texts = BTreeMap::new();
    for file in published.manifest.files_of(FileSet::Documents) {
        for batch in session.read_part(&published.path(file), DOCUMENTS, None).unwrap() {
            let batch = batch.unwrap();
            let get = |name| batch.column_by_name(name).unwrap();
            let lengths = get(column::CHARACTERS).as_primitive::<UInt32Type>();
            for row in 0..batch.num_rows() {
                let text = get(column::TEXT).as_string::<i32>().value(row);
                assert_eq!(lengths.value(row) as usize, text.chars().count());
                texts.insert(id(get(column::ID).as_fixed_size_binary().value(row)), text.to_owned());
            }
        }
    }
    let mut spans = BTreeSet::new();
    for file in published.manifest.files_of(FileSet::Repeats) {
        for batch in session.read_part(&published.path(file), REPEATS, None).unwrap() {
            let batch = batch.unwrap();
            let get = |name| batch.column_by_name(name).unwrap();
            let number = |name, row| get(name).as_primitive::<UInt32Type>().value(row);
            let document = |name, row| id(get(name).as_fixed_size_binary().value(row));
            for row in 0..batch.num_rows() {
                let (start, length) = (number(column::CHARACTER, row), number(column::CHARACTERS, row));
                spans.insert((document(column::ID, row), start, length, document(column::COPY_OF, row)));
            }
        }
    }
    let fates = fates(session, &published);
    let Details::Dedup(details) = published.manifest.details else { panic!("not the details of dedup") };
    Outcome { fates, texts, spans, details }
}

fn dedup_afresh(parts: &[Vec<Document>], config: &DedupConfig) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    dedup(&session(folder.path(), 2), parts, config)
}

/// Texts and spans by one search of all texts, in the order of their ranks.
fn in_one_piece(documents: &[Document], config: &DedupConfig) -> (BTreeMap<DocumentId, String>, BTreeSet<Span>) {
    let substring = config.substring.as_ref().unwrap();
    let least = substring.min_characters.get();
    let rank = |document: &Document| -> Rank {
        config.keep.rank(&Candidate {
            priority: SOURCES.iter().position(|source| *source == document.source).unwrap() as u32,
            characters: document.text.chars().count() as u32,
            date: None,
            url: None,
            signals: &[],
            id: document.id,
        })
    };
    let mut ranked: Vec<&Document> = documents.iter().collect();
    ranked.sort_by_key(|document| rank(document));
    let part: Vec<_> = (0..)
        .zip(&ranked)
        .map(|(key, document)| crate::substring::Document { key, first: 0, text: &document.text })
        .collect();
    let mut found: BTreeMap<u64, _> = repeats(&part, least).unwrap().into_iter().collect();
    let (mut texts, mut spans, mut offsets) = (BTreeMap::new(), BTreeSet::new(), EojeolOffsets::default());
    for document in part {
        let mut own = found.remove(&document.key).unwrap_or_default();
        if substring.within_documents {
            own.extend(repeats_within(document, least).unwrap());
        }
        offsets.cut(document.text);
        let id = ranked[document.key as usize].id;
        let own = merged(own);
        let ranges: Vec<_> = own.iter().map(|span| offsets.bytes(&span.eojeol).unwrap()).collect();
        for (span, range) in own.iter().zip(&ranges) {
            let characters = |text: &str| text.chars().count() as u32;
            let (start, length) =
                (characters(&document.text[..range.start]), characters(&document.text[range.clone()]));
            spans.insert((id, start, length, ranked[span.of as usize].id));
        }
        let mut left = String::new();
        cut(document.text, &Spans::new(document.text, ranges).unwrap(), &mut left);
        if own.is_empty() || !substring.leaves_too_little(&left) {
            texts.insert(id, left);
        }
    }
    (texts, spans)
}

/// Four documents: the longest of the first source is the best.
fn letters() -> Vec<Document> {
    vec![
        document(
            "web",
            0,
            format!("장독대를 손보았다. 금이 간 독이 둘이다.\n{NOTICE}\n내일은 메주를 띄운다. 볏짚을 구해야 한다."),
        ),
        document("web", 1, format!("{NOTICE}\n\n비가 왔다.")),
        document("dictionary", 2, format!("봄나물을 데쳐 무치는 법을 적어 둔다.\n\n{NOTICE}")),
        document(
            "web",
            3,
            format!("호박죽을 쑤었다. {RECIPE}\n\n맛이 좋아 이웃과 나누었고 그릇을 씻어 엎어 두었다. 하루가 길었다."),
        ),
        document(
            "web",
            4,
            format!(
                "어머니께 배운 대로 적는다.\n\n{RECIPE}\n\n{NOTICE}\n오래 저을수록 곱다. 소금은 조금만 넣고, 설탕 대신 조청을 쓴다."
            ),
        ),
    ]
}

#[test]
fn the_best_document_keeps_the_span() {
    let documents = letters();
    let config = only_spans(SubstringConfig { min_remaining: 20u32.try_into().unwrap(), ..spans_of(60) });
    let outcome = dedup_afresh(&[documents[..2].to_vec(), documents[2..].to_vec()], &config);
    let told = |at: usize| {
        let fate = &outcome.fates[&documents[at].id];
        let text = outcome.texts.get(&documents[at].id).map_or("", String::as_str);
        let detail = fate.detail.clone().unwrap_or_default();
        let named = (0..)
            .zip(&documents)
            .fold(detail, |detail, (at, of): (usize, _)| detail.replace(&of.id.to_string(), &format!("document {at}")));
        format!("{}: {named}\n{text}", fate.outcome)
    };
    insta::assert_snapshot!(told(0), @r"
    kept: 67 characters of repeated spans cut, as in document 2
    장독대를 손보았다. 금이 간 독이 둘이다.
    내일은 메주를 띄운다. 볏짚을 구해야 한다.
    ");
    insta::assert_snapshot!(told(1), @"left-too-short: 67 characters of repeated spans cut, as in document 2");
    assert_eq!(outcome.texts[&documents[2].id], documents[2].text);
    insta::assert_snapshot!(told(3), @r"
    kept: 99 characters of repeated spans cut, as in document 4
    호박죽을 쑤었다.

    맛이 좋아 이웃과 나누었고 그릇을 씻어 엎어 두었다. 하루가 길었다.
    ");
    insta::assert_snapshot!(told(4), @r"
    kept: 67 characters of repeated spans cut, as in document 2
    어머니께 배운 대로 적는다.

    늙은 호박은 껍질을 벗겨 큼직하게 썰고, 팥은 전날 밤에 물에 담가 두었다가 무르도록 삶는다.
    호박이 다 익으면 나무 주걱으로 으깨고 찹쌀가루를 조금씩 뿌리며 눋지 않게 젓는다.

    오래 저을수록 곱다. 소금은 조금만 넣고, 설탕 대신 조청을 쓴다.
    ");
    let details = outcome.details.repeats.unwrap();
    assert_eq!(details, RepeatDetails { documents: 4, spans: 4, characters: 300, removed: 1 });
    assert_eq!(outcome.details.documents_cut, 3);
    let (texts, spans) = in_one_piece(&documents, &config);
    assert_eq!((outcome.texts, outcome.spans), (texts, spans));
}

#[test]
fn marked_spans_stay_and_are_listed() {
    let documents = letters();
    let config = spans_of(60);
    let removed = dedup_afresh(std::slice::from_ref(&documents), &only_spans(config.clone()));
    let marked =
        dedup_afresh(std::slice::from_ref(&documents), &only_spans(SubstringConfig { action: Action::Mark, ..config }));
    assert_eq!(marked.spans, removed.spans);
    assert_eq!(marked.details.documents_cut, 0);
    assert_eq!(marked.details.repeats, Some(RepeatDetails { removed: 0, ..removed.details.repeats.unwrap() }));
    for document in &documents {
        assert_eq!(marked.texts[&document.id], document.text);
    }
    let detail = marked.fates[&documents[1].id].detail.clone().unwrap();
    assert_eq!(detail, format!("67 characters of repeated spans marked, as in {}", documents[2].id));
    for (id, start, length, of) in marked.spans {
        let text = |id| &documents.iter().find(|document| document.id == id).unwrap().text;
        let span: String = text(id).chars().skip(start as usize).take(length as usize).collect();
        assert!(text(of).contains(&span), "{span}");
    }
}

/// Of documents that are removed as duplicates no span counts, nor of lines that were cut.
#[test]
fn only_what_is_left_is_searched() {
    let mut numbers = Numbers(51);
    let page = prose(&mut numbers, 100).join(" ");
    let mut documents: Vec<Document> = (0..12)
        .map(|at| document("web", at, format!("{}\n{NOTICE}", prose(&mut numbers, 60 + at as usize).join(" "))))
        .collect();
    documents.push(document("web", 20, page.as_str()));
    documents.push(document("dictionary", 21, page.as_str()));
    let config =
        DedupConfig { lines: Some(LinesConfig::default()), substring: Some(spans_of(60)), ..DedupConfig::default() };
    let outcome = dedup_afresh(std::slice::from_ref(&documents), &config);
    assert_eq!(outcome.details.repeats, Some(RepeatDetails::default()));
    assert_eq!(outcome.fates[&documents[12].id].outcome, Reason::ExactDuplicate.as_str());
    // Without near-duplicates, edits and spans are told in one line.
    let config = DedupConfig { exact: false, near: false, ..config };
    let outcome = dedup_afresh(std::slice::from_ref(&documents), &config);
    assert_eq!(outcome.details.repeats.unwrap().removed, 1);
    assert_eq!(outcome.fates[&documents[12].id].outcome, Reason::LeftTooShort.as_str());
}

#[test]
fn nothing_changes_without_the_table() {
    let documents = letters();
    let config = DedupConfig { exact: false, near: false, ..DedupConfig::default() };
    let outcome = dedup_afresh(std::slice::from_ref(&documents), &config);
    assert_eq!(outcome.details.repeats, None);
    assert!(outcome.spans.is_empty());
    assert!(documents.iter().all(|document| outcome.texts[&document.id] == document.text));
    assert!(!serde_json::to_string(&outcome.details).unwrap().contains("repeats"));
    for parts in [vec![], vec![vec![]], vec![vec![document("web", 0, "짧은 글")]]] {
        let outcome = dedup_afresh(&parts, &only_spans(spans_of(10)));
        assert_eq!(outcome.details.repeats.unwrap_or_default(), RepeatDetails::default());
    }
}

/// Documents with paragraphs out of a few, between words of their own; copies and near copies among them.
fn pages(count: usize, paragraphs: usize) -> Vec<Document> {
    let mut numbers = Numbers(52);
    let paragraphs: Vec<String> = (0..paragraphs).map(|_| prose(&mut numbers, 40).join(" ")).collect();
    let page = |number: usize| {
        let (before, after) = (1 + numbers.below(40), 20 + numbers.below(20));
        let pick = |numbers: &mut Numbers| paragraphs[numbers.below(paragraphs.len())].clone();
        let mut parts = vec![prose(&mut numbers, before).join(" "), pick(&mut numbers)];
        parts.extend((0..numbers.below(2)).map(|_| pick(&mut numbers)));
        parts.push(prose(&mut numbers, after).join("\n"));
        document(SOURCES[numbers.below(2)], number as u64, parts.join("\n\n"))
    };
    let mut pages: Vec<Document> = (0..count).map(page).collect();
    for number in 0..count / 5 {
        pages.push(document("web", (count + number) as u64, format!("{} 끝.", pages[number].text)));
    }
    pages
}

#[test]
fn threads_order_and_split_change_nothing() {
    let mut documents = pages(120, 9);
    let config = DedupConfig { substring: Some(spans_of(80)), ..DedupConfig::default() };
    let outcome = |documents: &[Document], threads: usize, size: usize| {
        let folder = tempfile::tempdir().unwrap();
        let parts: Vec<_> = documents.chunks(size).map(<[Document]>::to_vec).collect();
        dedup(&session(folder.path(), threads), &parts, &config)
    };
    let expected = outcome(&documents, 2, 1000);
    let found = expected.details.repeats.unwrap();
    assert!(found.documents > 60, "{found:?}");
    for (threads, size) in [(1, 50), (2, 7), (7, 31)] {
        documents.rotate_left(17);
        documents.sort_by_key(|document| crate::shingle::mix(document.id.keyed(threads as u64)));
        assert_eq!(outcome(&documents, threads, size), expected, "{threads} threads, parts of {size}");
    }
}

/// How many units each phase ran.
#[derive(Default)]
struct Units(Mutex<BTreeMap<String, usize>>);

impl EventSink for Units {
    fn emit(&self, event: Event<'_>) {
        if let Event::UnitFinished { phase, .. } = event {
            *self.0.lock().unwrap().entry(phase.to_owned()).or_default() += 1;
        }
    }
}

/// So little memory that there are several groups, some of them cut into blocks: as one search of everything.
#[test]
fn in_groups_and_blocks_as_in_one_piece() {
    let documents = pages(3000, 3);
    let config = only_spans(spans_of(100));
    let folder = tempfile::tempdir().unwrap();
    let engine =
        EngineConfig { threads: 2.try_into().ok(), memory: ByteSize(64 << 20).try_into().unwrap(), spill: None };
    let units = Arc::new(Units::default());
    let events = Arc::clone(&units) as Arc<dyn EventSink>;
    let session = Session::open(folder.path().to_str().unwrap(), &engine, events, Cancel::default()).unwrap();
    let parts: Vec<_> = documents.chunks(700).map(<[Document]>::to_vec).collect();
    let outcome = dedup(&session, &parts, &config);
    let (texts, spans) = in_one_piece(&documents, &config);
    assert!(spans.len() > 3000);
    assert_eq!(outcome.spans, spans);
    assert_eq!(outcome.texts, texts);
    let tasks = units.0.lock().unwrap()["repeats"];
    assert!(tasks > 12, "{tasks} tasks: the test shows nothing");
}

/// Stopped after units of every phase and started again: the same manifest.
#[test]
fn a_stopped_search_goes_on_to_the_same_result() {
    let documents = pages(60, 5);
    let parts: Vec<_> = documents.chunks(30).map(<[Document]>::to_vec).collect();
    let config = DedupConfig { substring: Some(spans_of(80)), ..DedupConfig::default() };
    let stops = stopped_everywhere(&parts, config);
    assert!(stops >= 7, "the run was stopped only {stops} times");
}

/// Few words of unequal length, so that texts share much by chance, and whitespace of all kinds.
fn corpus() -> impl Strategy<Value = Vec<Document>> {
    let word = prop::sample::select(vec!["가", "나무", "다리미질", "라디오방송국에서도", "ab"]);
    let gap = prop::sample::select(vec![" ", "\n\n", "\u{3000} "]);
    let text = prop::collection::vec((word, gap), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect::<String>());
    prop::collection::vec((text, 0..2usize), 1..9).prop_map(|texts| {
        (0..).zip(texts).map(|(number, (text, source))| document(SOURCES[source], number, text)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_stage_finds_what_one_search_finds(
        documents in corpus(),
        min_characters in 10u32..40,
        min_remaining in 1u32..20,
        within_documents: bool,
        size in 1usize..9,
    ) {
        let config = only_spans(SubstringConfig {
            min_remaining: Bounded::try_from(min_remaining).unwrap(),
            within_documents,
            ..spans_of(min_characters)
        });
        let parts: Vec<_> = documents.chunks(size).map(<[Document]>::to_vec).collect();
        let outcome = dedup_afresh(&parts, &config);
        let (texts, spans) = in_one_piece(&documents, &config);
        prop_assert_eq!(outcome.spans, spans);
        prop_assert_eq!(outcome.texts, texts);
    }
}

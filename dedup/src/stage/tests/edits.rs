//! Texts that are edited before they are compared.

use super::check_clusters;
use super::corpus::{Document, Fate, Numbers, document, fates, prose, publish, session};
use crate::decontaminate::{Action, EvalSet};
use crate::lines::LinesConfig;
use crate::{DedupConfig, DedupError, run};
use arrow::array::AsArray;
use malmoi_schemas::{CONTAMINATION, DOCUMENTS, DedupDetails, Details, DocumentId, FileSet, Reason, column};
use std::collections::BTreeMap;
use std::path::Path;

const FOOTER: &str = "마을신문 누리집은 누구나 글을 옮겨 실을 수 있습니다. 문의는 편집부로 해 주세요.";

/// Every page of a site ends in the same line; one page is nothing else.
fn pages() -> Vec<Document> {
    let mut numbers = Numbers(41);
    let mut pages: Vec<Document> = (0..20)
        .map(|number| document("web", number, format!("{}\n\n{FOOTER}", prose(&mut numbers, 40).join(" "))))
        .collect();
    pages.push(document("web", 20, FOOTER));
    pages.push(document("dictionary", 21, format!("{}\n{FOOTER}", prose(&mut numbers, 40).join(" "))));
    pages
}

struct Outcome {
    fates: BTreeMap<DocumentId, Fate>,
    texts: BTreeMap<DocumentId, (String, u32)>,
    details: DedupDetails,
    contamination: Vec<(DocumentId, String, String)>,
}

fn dedup(parts: &[Vec<Document>], config: &DedupConfig, base: &Path) -> Result<Outcome, DedupError> {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), 2);
    let ingest = publish(&session, parts);
    let sources = super::corpus::SOURCES.map(str::to_owned);
    let published = run(&session, &ingest, &sources, config, base)?;
    let fates = fates(&session, &published);
    let mut texts = BTreeMap::new();
    for file in published.manifest.files_of(FileSet::Documents) {
        for batch in session.read_part(&published.path(file), DOCUMENTS, None).unwrap() {
            let batch = batch.unwrap();
            let get = |name| batch.column_by_name(name).unwrap();
            let lengths = get(column::CHARACTERS).as_primitive::<arrow::datatypes::UInt32Type>();
            for row in 0..batch.num_rows() {
                let id = DocumentId::from_slice(get(column::ID).as_fixed_size_binary().value(row)).unwrap();
                let text = get(column::TEXT).as_string::<i32>().value(row).to_owned();
                texts.insert(id, (text, lengths.value(row)));
            }
        }
    }
    let mut contamination = Vec::new();
    for file in published.manifest.files_of(FileSet::Contamination) {
        for batch in session.read_part(&published.path(file), CONTAMINATION, None).unwrap() {
            let batch = batch.unwrap();
            let get = |name| batch.column_by_name(name).unwrap();
            for row in 0..batch.num_rows() {
                let id = DocumentId::from_slice(get(column::ID).as_fixed_size_binary().value(row)).unwrap();
                let [set, item] = [column::EVALUATION_SET, column::ITEM]
                    .map(|name| get(name).as_string::<i32>().value(row).to_owned());
                contamination.push((id, set, item));
            }
        }
    }
    let Details::Dedup(details) = published.manifest.details else { panic!("not the details of dedup") };
    Ok(Outcome { fates, texts, details, contamination })
}

#[test]
fn lines_that_a_site_repeats_are_cut() {
    let pages = pages();
    let config = DedupConfig { lines: Some(LinesConfig::default()), ..DedupConfig::default() };
    let outcome = dedup(&[pages[..9].to_vec(), pages[9..].to_vec()], &config, Path::new(".")).unwrap();
    check_clusters(&outcome.fates);
    for page in &pages[..20] {
        let (text, characters) = &outcome.texts[&page.id];
        assert_eq!(text, page.text.strip_suffix(FOOTER).unwrap().trim_end());
        assert_eq!(*characters as usize, text.chars().count());
        insta::allow_duplicates! {
            insta::assert_snapshot!(outcome.fates[&page.id].detail.as_deref().unwrap(), @"46 characters of repeated lines cut");
        }
    }
    assert_eq!(outcome.fates[&pages[20].id].outcome, Reason::LeftTooShort.as_str());
    // Another site has the line once.
    assert_eq!(outcome.texts[&pages[21].id].0, pages[21].text);
    assert_eq!((outcome.details.repeated_lines, outcome.details.documents_cut), (1, 20));
    let untouched = dedup(std::slice::from_ref(&pages), &DedupConfig::default(), Path::new(".")).unwrap();
    assert_eq!(untouched.texts[&pages[0].id].0, pages[0].text);
    assert_eq!((untouched.details.repeated_lines, untouched.details.documents_cut), (0, 0));
}

/// Pages that differ in nothing but the furniture of their sites are the same page once it is cut.
#[test]
fn texts_are_compared_as_they_are_edited() {
    let mut pages = pages();
    let bare = document("dictionary", 30, pages[3].text.strip_suffix(FOOTER).unwrap().trim_end());
    pages.push(bare.clone());
    let config = DedupConfig { lines: Some(LinesConfig::default()), near: false, ..DedupConfig::default() };
    let outcome = dedup(std::slice::from_ref(&pages), &config, Path::new(".")).unwrap();
    assert_eq!(outcome.fates[&pages[3].id].survivor, Some(bare.id));
    assert_eq!(outcome.fates[&pages[3].id].outcome, Reason::ExactDuplicate.as_str());
}

const QUESTION: &str = "조선 시대에 가뭄이 들었을 때 비가 오기를 빌던 제사를 무엇이라고 하는지 고르시오.";

fn evaluation(folder: &Path, action: Action) -> DedupConfig {
    let line = serde_json::json!({"id": "역사-7", "question": QUESTION, "answer": "기우제"});
    std::fs::write(folder.join("quiz.jsonl"), format!("{line}\n")).unwrap();
    let set = EvalSet { paths: vec!["*.jsonl".to_owned()], action, ..EvalSet::named("역사 퀴즈") };
    DedupConfig { decontaminate: vec![set], ..DedupConfig::default() }
}

#[test]
fn evaluation_items_are_found_whatever_their_spacing() {
    let mut numbers = Numbers(42);
    let around = [prose(&mut numbers, 30).join(" "), prose(&mut numbers, 30).join(" ")];
    let spaced = QUESTION.replace("들었을 때", "들었을때").replace("제사를 무엇이라고", "제사를  무엇이라고");
    let leaked = document("web", 0, format!("{}\n{spaced}\n{}", around[0], around[1]));
    let copy = document("web", 1, leaked.text.as_str());
    let clean = document("web", 2, prose(&mut numbers, 60).join(" "));
    let parts = [vec![leaked.clone(), copy.clone(), clean.clone()]];
    let folder = tempfile::tempdir().unwrap();

    let removed = dedup(&parts, &evaluation(folder.path(), Action::Remove), folder.path()).unwrap();
    for id in [leaked.id, copy.id] {
        assert_eq!((removed.fates[&id].outcome.as_str(), removed.fates[&id].survivor), ("contaminated", None));
        insta::allow_duplicates! {
            insta::assert_snapshot!(removed.fates[&id].detail.as_deref().unwrap(), @"100 % of item 역사-7 of 역사 퀴즈");
        }
    }
    assert_eq!(removed.texts.keys().collect::<Vec<_>>(), [&clean.id]);
    let rows: Vec<_> = [leaked.id, copy.id].map(|id| (id, "역사 퀴즈".to_owned(), "역사-7".to_owned())).into();
    assert_eq!(removed.contamination, rows);
    insta::assert_snapshot!(serde_json::to_string(&removed.details.evaluations).unwrap(), @r#"[{"name":"역사 퀴즈","items":1,"too_short":0,"indistinct":0,"found":1,"marked":0,"cut":0,"removed":2}]"#);

    let cut = dedup(&parts, &evaluation(folder.path(), Action::Cut), folder.path()).unwrap();
    check_clusters(&cut.fates);
    let (text, _) = cut.texts.iter().find(|(id, _)| **id != clean.id).unwrap().1;
    assert_eq!(*text, format!("{}\n{}", around[0], around[1]));
    assert_eq!(cut.details.documents_cut, 1);

    let marked = dedup(&parts, &evaluation(folder.path(), Action::Mark), folder.path()).unwrap();
    assert_eq!(marked.details.documents_cut, 0);
    assert_eq!(marked.details.evaluations[0].marked, 2);
    assert_eq!(marked.texts.iter().find(|(id, _)| **id != clean.id).unwrap().1.0, leaked.text);
}

/// Contents of evaluation sets are part of the version: another item is other work.
#[test]
fn an_evaluation_set_that_changes_makes_another_version() {
    let folder = tempfile::tempdir().unwrap();
    let config = evaluation(folder.path(), Action::Remove);
    let digest = || crate::recipe_digest(&["web".to_owned()], &config, folder.path()).unwrap();
    let before = digest();
    assert_eq!(digest(), before);
    std::fs::write(folder.path().join("quiz.jsonl"), "{\"id\": \"역사-8\", \"question\": \"다른 물음입니다.\"}\n")
        .unwrap();
    assert_ne!(digest(), before);
}

#[test]
fn a_set_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let parts = [vec![document("web", 0, "글")]];
    let error = |name: &str, contents: &str, paths: &str| {
        std::fs::write(folder.path().join(name), contents).unwrap();
        let set = EvalSet { paths: vec![paths.to_owned()], ..EvalSet::named("퀴즈") };
        let config = DedupConfig { decontaminate: vec![set], ..DedupConfig::default() };
        let error = dedup(&parts, &config, folder.path()).err().unwrap().to_string();
        error.replace(folder.path().to_str().unwrap(), "FOLDER")
    };
    insta::assert_snapshot!(error("a.jsonl", "{\"question\": \"물음이 하나 있다\"}\nnot json\n", "a.jsonl"), @"cannot read evaluation items from `FOLDER/a.jsonl`: line 2: expected ident at line 1 column 2");
    insta::assert_snapshot!(error("b.jsonl", "", "b.jsonl"), @"cannot read evaluation items from `FOLDER/b.jsonl`: no items: expected a JSON object per line");
    insta::assert_snapshot!(error("c.txt", "물음", "c.txt"), @"evaluation set `퀴즈`: `c.txt` `FOLDER/c.txt` is none of .jsonl, .json, .tsv, .csv, .parquet");
    insta::assert_snapshot!(error("c.txt", "물음", "none/*.jsonl"), @"evaluation set `퀴즈`: `none/*.jsonl` matches no file");
}

/// What is cut from a text follows from all documents, not from how they were shared out or in which order they came.
#[test]
fn order_and_split_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut documents = pages();
    documents.push(document("dictionary", 40, format!("{QUESTION} {}", prose(&mut Numbers(43), 30).join(" "))));
    let config = DedupConfig { lines: Some(LinesConfig::default()), ..evaluation(folder.path(), Action::Cut) };
    let outcome = |documents: &[Document], size: usize| {
        let parts: Vec<_> = documents.chunks(size).map(<[Document]>::to_vec).collect();
        let outcome = dedup(&parts, &config, folder.path()).unwrap();
        (outcome.fates, outcome.texts, outcome.details)
    };
    let expected = outcome(&documents, 100);
    assert_eq!((expected.2.repeated_lines, expected.2.documents_cut), (1, 21));
    documents.reverse();
    assert_eq!(outcome(&documents, 5), expected);
    documents.rotate_left(9);
    assert_eq!(outcome(&documents, 1), expected);
}

use super::*;
use crate::fixture::{Documents, END_OF_TEXT, Fixture, INPUT, VOCABULARY, id};
use malmoi_schemas::Digest;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;

fn open(fixture: &Fixture, context: usize, order: Order) -> Loader<'_> {
    Loader::open(&fixture.files, INPUT, &fixture.manifest, FileSet::Tokens, context, order).unwrap()
}

/// Three files with row groups of different sizes; document n holds the tokens 10n, 10n + 1, ...
fn documents() -> Documents {
    let lengths: [&[&[usize]]; 3] = [&[&[3, 5], &[1]], &[&[4, 0, 2]], &[&[7], &[2, 2, 2]]];
    let mut n = 0;
    let mut document = |&length: &usize| {
        n += 1;
        (0..length as u16).map(|i| 10 * (n - 1) + i).collect::<Vec<_>>()
    };
    lengths.iter().map(|file| file.iter().map(|group| group.iter().map(&mut document).collect()).collect()).collect()
}

#[test]
fn stored_order_is_the_documents_each_with_its_end_of_text() {
    let fixture = Fixture::new(&documents(), &vec![]);
    let mut loader = open(&fixture, 4, Order::Stored);
    let expected: Vec<u32> = documents()
        .concat()
        .concat()
        .iter()
        .flat_map(|document| document.iter().map(|&t| u32::from(t)).chain([END_OF_TEXT]))
        .collect();
    assert_eq!(loader.index().stream(), expected.len() as u64);
    assert_eq!(loader.samples_per_epoch(), (expected.len() as u64 - 1) / 4);
    for k in 0..loader.samples_per_epoch() {
        let start = 4 * k as usize;
        assert_eq!(loader.sample(k).unwrap().tokens, expected[start..start + 5], "sample {k}");
    }
    // Nothing is permuted, so the next epoch begins alike.
    assert_eq!(loader.sample(loader.samples_per_epoch()).unwrap(), loader.sample(0).unwrap());
}

#[test]
fn a_sample_names_its_documents() {
    let fixture = Fixture::new(&documents(), &vec![]);
    let sample = open(&fixture, 8, Order::Stored).sample(1).unwrap();
    let span = |n, row, first| DocumentSpan { id: id(n), row, first };
    assert_eq!(sample.tokens, [14, END_OF_TEXT, 20, END_OF_TEXT, 30, 31, 32, 33, END_OF_TEXT]);
    assert_eq!(sample.documents, [span(1, 0..2, 4), span(2, 2..4, 0), span(3, 4..9, 0)]);
}

#[test]
fn epochs_differ_and_hold_the_same_documents() {
    let fixture = Fixture::new(&documents(), &vec![]);
    let mut loader = open(&fixture, 1, Order::Shuffled(5));
    let samples = loader.samples_per_epoch();
    let mut epoch = |e: u64| (e * samples..(e + 1) * samples).map(|k| loader.sample(k).unwrap()).collect::<Vec<_>>();
    let tokens = |rows: &[Sample]| {
        let mut tokens: Vec<u32> =
            rows.iter().map(|row| row.tokens[0]).chain([rows[rows.len() - 1].tokens[1]]).collect();
        tokens.sort_unstable();
        tokens
    };
    let (first, second) = (epoch(0), epoch(1));
    assert_ne!(first, second);
    assert_eq!(tokens(&first), tokens(&second));
    assert_ne!(first, open(&fixture, 1, Order::Shuffled(6)).rows(samples));
}

impl Loader<'_> {
    fn rows(&mut self, n: u64) -> Vec<Sample> {
        (0..n).map(|k| self.sample(k).unwrap()).collect()
    }
}

fn any_documents() -> impl Strategy<Value = Documents> {
    let document = prop::collection::vec(0..VOCABULARY as u16, 0..9);
    let group = prop::collection::vec(document, 1..5);
    prop::collection::vec(prop::collection::vec(group, 1..4), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_sample_depends_on_its_number_alone(
        documents in any_documents(),
        context in 1usize..7,
        seed in any::<u64>(),
        mut numbers in prop::collection::vec(0u64..60, 1..20),
    ) {
        let fixture = Fixture::new(&documents, &vec![]);
        let mut loader = open(&fixture, context, Order::Shuffled(seed));
        prop_assume!(loader.samples_per_epoch() > 0);
        let in_order = loader.rows(60);
        numbers.push(0);
        for k in numbers {
            prop_assert_eq!(&loader.sample(k).unwrap(), &in_order[k as usize]);
            let fresh = open(&fixture, context, Order::Shuffled(seed)).sample(k).unwrap();
            prop_assert_eq!(&fresh, &in_order[k as usize]);
        }
    }

    #[test]
    fn spans_cover_the_row_and_name_where_each_token_stands(
        documents in any_documents(), context in 1usize..9, seed in any::<u64>(),
    ) {
        let fixture = Fixture::new(&documents, &vec![]);
        let mut loader = open(&fixture, context, Order::Shuffled(seed));
        prop_assume!(loader.samples_per_epoch() > 0);
        let all: Vec<_> = documents.concat().concat();
        for sample in loader.rows(20) {
            let mut next = 0;
            for span in &sample.documents {
                prop_assert_eq!(span.row.start, next);
                next = span.row.end;
                let document = &all[(0..all.len()).find(|&n| id(n) == span.id).unwrap()];
                for (offset, &token) in sample.tokens[span.row.clone()].iter().enumerate() {
                    let place = span.first as usize + offset;
                    prop_assert_eq!(token, document.get(place).map_or(END_OF_TEXT, |&token| u32::from(token)));
                }
            }
            prop_assert_eq!(next, context + 1);
        }
    }

    #[test]
    fn counted_documents_are_those_that_samples_name(
        documents in any_documents(), context in 1usize..9, seed in any::<u64>(), n in 0u64..40,
    ) {
        let fixture = Fixture::new(&documents, &vec![]);
        let mut loader = open(&fixture, context, Order::Shuffled(seed));
        prop_assume!(loader.samples_per_epoch() > 0);
        let named: BTreeSet<_> = loader.rows(n).into_iter().flat_map(|s| s.documents).map(|span| span.id).collect();
        prop_assert_eq!(loader.documents_in(n).unwrap(), named.len() as u64);
    }
}

#[test]
fn a_flipped_byte_is_found_and_the_file_named() {
    let fixture = Fixture::new(&documents(), &vec![]);
    let place = fixture.folder.path().join(INPUT).join("tokens/00001.parquet");
    let mut bytes = fs::read(&place).unwrap();
    bytes[60] ^= 1;
    fs::write(&place, bytes).unwrap();
    let mut loader = open(&fixture, 4, Order::Stored);
    loader.sample(0).unwrap();
    let error = (0..loader.samples_per_epoch()).find_map(|k| loader.sample(k).err()).unwrap();
    assert!(matches!(&error, TrainError::Damaged { path, .. } if path.ends_with("tokens/00001.parquet")), "{error}");
}

#[test]
fn a_manifest_that_contradicts_its_file_is_refused() {
    let mut fixture = Fixture::new(&documents(), &vec![]);
    let groups = &mut fixture.manifest.files[0].row_groups;
    groups[0].tokens += 1;
    let error = open(&fixture, 4, Order::Stored).sample(0).unwrap_err().to_string();
    assert!(error.contains("row group 0 holds 2 documents and 8 tokens, the manifest says 2 and 9"), "{error}");
    fixture.manifest.files[0].row_groups[0].documents += 1;
    let opened = Loader::open(&fixture.files, INPUT, &fixture.manifest, FileSet::Tokens, 4, Order::Stored);
    assert!(matches!(opened, Err(TrainError::Content { .. })));
}

#[test]
fn a_token_beyond_the_vocabulary_is_refused_with_its_document() {
    let fixture = Fixture::new(&vec![vec![vec![vec![1; 9], vec![VOCABULARY as u16]]]], &vec![]);
    let error = open(&fixture, 4, Order::Stored).sample(0).unwrap_err().to_string();
    assert!(error.contains(&id(1).to_string()) && error.contains("holds token 257"), "{error}");
}

#[test]
fn what_is_no_parquet_file_is_refused() {
    for bytes in [&b"PAR1"[..], b"not a parquet file at all", b"PAR1____\xff\xff\xff\x7fPAR1", b"____\x04\0\0\0PAR1"] {
        let mut fixture = Fixture::new(&documents(), &vec![]);
        fs::write(fixture.folder.path().join(INPUT).join("tokens/00000.parquet"), bytes).unwrap();
        let entry = &mut fixture.manifest.files[0];
        (entry.blake3, entry.bytes) = (Digest::of(bytes), bytes.len() as u64);
        let error = open(&fixture, 4, Order::Stored).sample(0).unwrap_err();
        assert!(matches!(&error, TrainError::Content { path, .. } if path.ends_with("00000.parquet")), "{error}");
    }
}

#[test]
fn too_little_text_for_a_row_says_what_to_do() {
    let fixture = Fixture::new(&vec![vec![vec![vec![1, 2, 3]]]], &vec![]);
    let error = open(&fixture, 4, Order::Shuffled(0)).sample(0).unwrap_err().to_string();
    assert!(
        error.contains("4 tokens") && error.contains("needs 5") && error.contains("train.model.context"),
        "{error}"
    );
    assert_eq!(open(&fixture, 3, Order::Shuffled(0)).samples_per_epoch(), 1);
}

//! The kernel as a whole, against the definition.

use super::*;
use crate::{Eojeol, Spans, cut};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::PathBuf;

type Found = Vec<(u64, Vec<Repeat>)>;

fn documents(texts: &[String]) -> Vec<Document<'_>> {
    (0..).zip(texts).map(|(key, text)| Document { key, first: 0, text }).collect()
}

fn bytes(text: &str, spans: &[Repeat]) -> Vec<Range<usize>> {
    let mut offsets = EojeolOffsets::default();
    offsets.cut(text);
    spans.iter().map(|span| offsets.bytes(&span.eojeol).unwrap()).collect()
}

fn length(run: &[&str]) -> usize {
    run.iter().map(|eojeol| eojeol.chars().count() + 1).sum::<usize>().saturating_sub(1)
}

/// The definition, word for word: every run of every document, looked for in every earlier one.
fn by_definition(texts: &[String], min_characters: usize) -> Found {
    let cut: Vec<Vec<&str>> = texts.iter().map(|text| text.split_whitespace().collect()).collect();
    let runs = |at: usize| {
        let cut = &cut[at];
        let ends = (0..cut.len()).flat_map(move |start| (start + 1..=cut.len()).map(move |end| (start, end)));
        ends.filter(move |&(start, end)| length(&cut[start..end]) >= min_characters)
    };
    let mut found = Vec::new();
    for later in 0..cut.len() {
        for (start, end) in runs(later) {
            let run = &cut[later][start..end];
            let first = cut[..later].iter().position(|earlier| earlier.windows(run.len()).any(|window| window == run));
            if let Some(first) = first {
                found.push((later as u64, vec![Repeat { eojeol: start as u32..end as u32, of: first as u64 }]));
            }
        }
    }
    union(found)
}

/// The whole way of a corpus that does not fit in one part: fingerprints, groups, parts, union.
fn in_parts(texts: &[String], min_characters: usize, groups: u32, budget: u64) -> Found {
    let mut fingerprints = Fingerprints::new(min_characters);
    let mut eojeol = Eojeol::default();
    let mut holders = BTreeMap::<u64, BTreeSet<usize>>::new();
    let mut of_document = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        eojeol.cut(text);
        of_document.push(fingerprints.of(&eojeol).unwrap().to_vec());
        of_document[at].iter().for_each(|print| _ = holders.entry(print.hash).or_default().insert(at));
    }
    let mut offsets = EojeolOffsets::default();
    let mut members = BTreeMap::<u32, Vec<Document<'_>>>::new();
    for ((key, text), prints) in (0..).zip(texts).zip(&of_document) {
        offsets.cut(text);
        for piece in pieces(prints, |hash| holders[&hash].len() > 1, groups) {
            let text = &text[offsets.bytes(&piece.eojeol).unwrap()];
            let stretch = Document { key, first: piece.eojeol.start, text };
            members.entry(piece.group).or_default().push(stretch);
        }
    }
    let mut found = Vec::new();
    for group in members.values() {
        let sizes: Vec<u64> = group.iter().map(|document| document.text.len() as u64).collect();
        for task in tasks(&sizes, budget) {
            let part: Vec<Document<'_>> = task.iter().map(|&member| group[member]).collect();
            found.push(repeats(&part, min_characters).unwrap());
        }
    }
    union(found.concat())
}

/// Few words of unequal length, so that texts share much by chance, and whitespace of all kinds.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let word = prop::sample::select(vec!["가", "나", "다다다", "라라라라라라라라라라라라", "ab"]);
    let gap = prop::sample::select(vec![" ", "\n", "\u{3000} "]);
    let text = prop::collection::vec((word, gap), 0..24)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect::<String>());
    prop::collection::vec(text, 0..7)
}

#[test]
fn the_first_copy_stays_and_later_ones_go() {
    let notice = "이 글의 저작권은 글쓴이에게 있으며 허락 없이 옮기거나 고쳐 쓸 수 없습니다.";
    let texts = [
        format!("봄나물을 데쳐 무치는 법을 적어 둔다.\n\n{notice}"),
        format!("{notice}\n\n뒷산에 올라 진달래를 보고 왔다. 내려오는 길에 비를 만났다."),
        format!("장독대를 손보았다. 금이 간 독이 둘이다.\n{notice}\n내일은 메주를 띄운다."),
    ];
    let found = repeats(&documents(&texts), 30).unwrap();
    let cut: Vec<String> = found
        .iter()
        .map(|(key, spans)| {
            let text = &texts[*key as usize];
            let mut left = String::new();
            cut(text, &Spans::new(text, bytes(text, spans)).unwrap(), &mut left);
            format!("{key}, as in {}: {left:?}", spans[0].of)
        })
        .collect();
    insta::assert_snapshot!(cut.join("\n"), @r#"
    1, as in 0: "뒷산에 올라 진달래를 보고 왔다. 내려오는 길에 비를 만났다."
    2, as in 0: "장독대를 손보았다. 금이 간 독이 둘이다.\n내일은 메주를 띄운다."
    "#);
}

/// 한 (U+D55C) and 핟 (U+D55F) differ in their last byte only, as do many pairs of syllables: a match of bytes would end
/// within the character.
#[test]
fn no_character_and_no_eojeol_is_cut() {
    let shared = "아주 길고 흔한 구절이 여기에 이어진다";
    let texts = [format!("가{shared}한 글"), format!("나{shared}핟 말")];
    let found = repeats(&documents(&texts), 10).unwrap();
    let cut = bytes(&texts[1], &found[0].1);
    assert_eq!(cut.iter().map(|range| &texts[1][range.clone()]).collect::<Vec<_>>(), ["길고 흔한 구절이 여기에"]);
    assert_eq!(repeats(&documents(&texts), 14).unwrap(), []);
    assert_eq!(found[0].1[0].eojeol, 1..5);
}

#[test]
fn of_a_run_that_repeats_itself_one_period_stays() {
    let document = Document { key: 5, first: 100, text: "처음 덩 기덕 쿵 덩 기덕 쿵 덩 기덕 쿵 끝" };
    let found = repeats_within(document, 6).unwrap();
    assert_eq!(found, [Repeat { eojeol: 104..110, of: 5 }]);
    assert_eq!(repeats(&[document, document], 6).unwrap(), []);
}

/// Time is linear where every suffix has everything in common with the next.
#[test]
fn one_word_over_and_over_is_no_burden() {
    let texts =
        ["a ".repeat(1 << 20), "a ".repeat(1 << 20), "a".repeat(1 << 20), format!("{0} {0}", "가".repeat(1 << 19))];
    let found = repeats(&documents(&texts), 100).unwrap();
    assert_eq!(found, [(1, vec![Repeat { eojeol: 0..1 << 20, of: 0 }])]);
    let mut eojeol = Eojeol::default();
    eojeol.cut(&texts[0]);
    let mut fingerprints = Fingerprints::new(100);
    assert!(fingerprints.of(&eojeol).unwrap().len() < (1 << 20) / 20);
}

proptest! {
    #[test]
    fn what_is_found_is_what_is_defined(texts in texts(), min_characters in 1usize..30) {
        prop_assert_eq!(repeats(&documents(&texts), min_characters).unwrap(), by_definition(&texts, min_characters));
    }

    #[test]
    fn parts_of_any_size_find_the_same(texts in texts(), min_characters in 2usize..30, groups in 1u32..9, budget in 0u64..400) {
        let whole = by_definition(&texts, min_characters);
        prop_assert_eq!(in_parts(&texts, min_characters, groups, budget), whole);
    }

    #[test]
    fn the_order_of_documents_does_not_matter(texts in texts(), min_characters in 1usize..30, shift in any::<prop::sample::Index>()) {
        let mut documents = documents(&texts);
        let expected = repeats(&documents, min_characters).unwrap();
        documents.reverse();
        if !documents.is_empty() {
            let shift = shift.index(documents.len());
            documents.rotate_left(shift);
        }
        prop_assert_eq!(repeats(&documents, min_characters).unwrap(), expected);
    }

    /// With something unheard-of at every seam, a second pass finds nothing; without it, only what lies across a seam.
    #[test]
    fn nothing_is_left_to_find_between_the_seams(texts in texts(), min_characters in 1usize..30) {
        let found: BTreeMap<u64, Vec<Repeat>> = repeats(&documents(&texts), min_characters).unwrap().into_iter().collect();
        let mut left = Vec::new();
        for (key, text) in (0u64..).zip(&texts) {
            let cut = found.get(&key).map_or(&[][..], Vec::as_slice);
            let mut kept = String::new();
            for (at, eojeol) in (0u32..).zip(text.split_whitespace()) {
                match cut.iter().find(|span| span.eojeol.contains(&at)) {
                    Some(span) if span.eojeol.start == at => kept.push_str(&format!("{key}:{at} ")),
                    Some(_) => {}
                    None => kept.extend([eojeol, " "]),
                }
            }
            left.push(kept);
        }
        prop_assert_eq!(repeats(&documents(&left), min_characters).unwrap(), []);
    }

    /// From a repeated eojeol, the same place of the same run in an earlier document, and so on, is one that stays.
    #[test]
    fn every_repeated_eojeol_leads_to_one_that_stays(texts in texts(), min_characters in 1usize..30) {
        let found: BTreeMap<u64, Vec<Repeat>> = repeats(&documents(&texts), min_characters).unwrap().into_iter().collect();
        let cut: Vec<Vec<&str>> = texts.iter().map(|text| text.split_whitespace().collect()).collect();
        let mut earlier = BTreeMap::new();
        for (later, text) in cut.iter().enumerate() {
            for (start, run) in (0..text.len()).flat_map(|start| (start + 1..=text.len()).map(move |end| (start, &text[start..end]))) {
                let places = cut[..later].iter().enumerate();
                let place = places.filter_map(|(at, other)| Some((at, other.windows(run.len()).position(|window| window == run)?)));
                if length(run) >= min_characters && let Some((document, from)) = { place }.next() {
                    (0..run.len()).for_each(|step| _ = earlier.insert((later, start + step), (document, from + step)));
                }
            }
        }
        for (&key, spans) in &found {
            for at in spans.iter().flat_map(|span| span.eojeol.clone()) {
                let mut place = (key as usize, at as usize);
                while let Some(&before) = earlier.get(&place) {
                    prop_assert_eq!(cut[place.0][place.1], cut[before.0][before.1]);
                    place = before;
                }
                let stays = found.get(&(place.0 as u64)).is_none_or(|spans| spans.iter().all(|span| !span.eojeol.contains(&(place.1 as u32))));
                prop_assert!(stays && place.0 < key as usize);
            }
        }
    }

    #[test]
    fn repeats_within_are_those_of_smaller_places(text in texts(), min_characters in 1usize..20) {
        let text = text.concat();
        let cut: Vec<&str> = text.split_whitespace().collect();
        let mut spans = Vec::new();
        for start in 0..cut.len() {
            for end in start + 1..=cut.len() {
                let run = &cut[start..end];
                let earlier = cut.windows(run.len()).take(start).any(|window| window == run);
                if length(run) >= min_characters && earlier {
                    spans.push(Repeat { eojeol: start as u32..end as u32, of: 3 });
                }
            }
        }
        let expected = union([(3, spans)]).pop().map_or(Vec::new(), |(_, spans)| spans);
        let found = repeats_within(Document { key: 3, first: 0, text: &text }, min_characters).unwrap();
        prop_assert_eq!(found, expected);
    }
}

/// The beginning of real sources, where the beginning is what fits a test.
fn real_texts(name: &str, bytes: usize) -> Option<Vec<String>> {
    let data = std::env::var("MALMOI_DATA").unwrap_or_else(|_| "../../shared/data".into());
    let file = File::open(PathBuf::from(data).join("text").join(name)).ok()?;
    let mut texts = Vec::new();
    let mut left = bytes;
    for line in BufReader::new(zstd::Decoder::new(file).unwrap()).lines() {
        let document: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = document["text"].as_str().unwrap().to_owned();
        left = left.saturating_sub(text.len());
        texts.push(text);
        if left == 0 {
            break;
        }
    }
    Some(texts)
}

#[test]
fn real_texts_in_parts_are_as_in_one() {
    for name in ["statute_revisions_sample.jsonl.zst", "court_precedents.jsonl.zst", "kowiki.jsonl.zst"] {
        let Some(texts) = real_texts(name, 4_000_000) else {
            eprintln!("skipped: no real data; set MALMOI_DATA");
            return;
        };
        let whole = repeats(&documents(&texts), 100).unwrap();
        assert!(!whole.is_empty(), "{name}");
        assert_eq!(in_parts(&texts, 100, 5, 1_000_000), whole, "{name}");
        for (key, spans) in &whole {
            let text = &texts[*key as usize];
            for range in bytes(text, spans) {
                // Slicing panics within a character.
                let (before, span, after) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
                assert!(span.chars().count() >= 100, "{name}, {key}: {span}");
                assert!(before.chars().next_back().is_none_or(char::is_whitespace), "{name}, {key}: {span}");
                assert!(after.chars().next().is_none_or(char::is_whitespace), "{name}, {key}: {span}");
            }
        }
    }
}

use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::path::PathBuf;

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/");

fn reference(name: &str) -> Vec<u8> {
    std::fs::read(format!("{REFERENCE}{name}")).unwrap()
}

fn language_model() -> Option<Vec<u8>> {
    let data = std::env::var_os("MALMOI_DATA")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into(), PathBuf::from);
    let path = data.join("models/lid.176.ftz");
    let model = std::fs::read(&path).ok();
    if model.is_none() {
        eprintln!("SKIPPED: no {} (set MALMOI_DATA)", path.display());
    }
    model
}

fn model(name: &str) -> Option<FastText> {
    let bytes = if name.starts_with("lid") { language_model()? } else { reference(name) };
    Some(FastText::read(&bytes[..], name).unwrap())
}

/// Predictions that fastText itself made: `fasttext_predictions.py` beside them.
#[test]
fn predictions_are_fasttexts_own() {
    let stored: Value = serde_json::from_slice(&reference("fasttext_predictions.json")).unwrap();
    let texts: Vec<&str> = stored["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    let mut scratch = Scratch::default();
    for (name, expected) in stored["expected"].as_object().unwrap() {
        let Some(model) = model(name) else { continue };
        for (text, expected) in texts.iter().zip(expected.as_array().unwrap()) {
            let expected: Vec<(&str, f64)> = expected
                .as_array()
                .unwrap()
                .iter()
                .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_f64().unwrap()))
                .collect();
            let Some(best) = model.predict(text, &mut scratch) else {
                assert!(expected.is_empty(), "{name}: {text:?}");
                continue;
            };
            assert!(
                (f64::from(best.probability) - expected[0].1.min(1.0)).abs() < 2e-5,
                "{name}: {text:?} {best:?} {expected:?}"
            );
            let tied = expected.get(1).is_some_and(|second| expected[0].1 - second.1 < 2e-5);
            assert!(best.label == expected[0].0 || tied, "{name}: {text:?} {best:?} {expected:?}");
            for (label, probability) in expected {
                let ours = f64::from(model.score_of(label, text, &mut scratch).unwrap());
                assert!((ours - probability.min(1.0)).abs() < 2e-5, "{name}: {text:?} {label} {ours} {probability}");
            }
        }
    }
}

#[test]
fn unknown_labels_and_empty_texts_have_no_score() {
    let model = model("fasttext_plain.bin").unwrap();
    let mut scratch = Scratch::default();
    assert_eq!(model.labels(), ["good", "bad", "other"]);
    assert_eq!(model.score_of("ko", "마을 도서관은", &mut scratch), None);
    let seen = model.look(["마을 도서관은", "토요일에도"], &mut scratch).unwrap();
    assert_eq!(seen.probability(3), None);
    assert_eq!(seen.best().label, "good");
}

/// Windows of a text are one line: the same as the text with spaces between them.
#[test]
fn parts_are_read_as_one_line() {
    let model = model("fasttext_softmax.bin").unwrap();
    let (mut one, mut other) = (Scratch::default(), Scratch::default());
    let whole = model.look(["강을 따라 걷다 보면"], &mut one).unwrap();
    let parts = model.look(["강을 따라", "걷다 보면"], &mut other).unwrap();
    assert_eq!(whole.hidden, parts.hidden);
}

#[test]
fn a_model_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<FastText>();
}

#[test]
fn a_dense_model_is_written_as_it_was_read() {
    for name in ["fasttext_softmax.bin", "fasttext_hs.bin", "fasttext_plain.bin"] {
        let model = model(name).unwrap();
        let mut written = Vec::new();
        model.write(&mut written).unwrap();
        let again = FastText::read(&written[..], name).unwrap();
        let (mut one, mut other) = (Scratch::default(), Scratch::default());
        for text in ["시험이 끝난 뒤에", "무료 상담 클릭", "처음 보는 글"] {
            assert_eq!(model.predict(text, &mut one), again.predict(text, &mut other));
        }
    }
    assert!(model("fasttext_cut.ftz").unwrap().write(Vec::new()).is_err());
}

#[test]
fn every_truncation_is_an_error() {
    for name in ["fasttext_plain.bin", "fasttext_cut.ftz"] {
        let bytes = reference(name);
        for length in 0..bytes.len() {
            let error = FastText::read(&bytes[..length], name).unwrap_err();
            assert!(
                matches!(error, ModelError::Truncated { .. } | ModelError::Invalid { .. }),
                "{name} {length}: {error}"
            );
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(FastText::read(&longer[..], name).is_err());
    }
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let say = |bytes: &[u8]| FastText::read(bytes, "m.bin").unwrap_err().to_string();
    assert_eq!(say(b"PK"), "model `m.bin` ends at byte 0, inside the header");
    assert_eq!(
        say(b"PK\x03\x04 and more"),
        "model `m.bin` is damaged or of another kind: no fastText model: it does not begin with fastText's mark (before byte 4)"
    );
    let mut vectors = reference("fasttext_plain.bin");
    vectors[8 + 7 * 4] = 2;
    assert!(say(&vectors).contains("word vectors, not a classifier"));
}

/// A header that promises what the file does not hold costs no memory.
#[test]
fn promises_of_gigabytes_cost_nothing() {
    let bytes = reference("fasttext_plain.bin");
    let dictionary = 8 + 12 * 4 + 8;
    for (at, value) in [(dictionary, i32::MAX), (dictionary + 4, i32::MAX - 3), (8, 1 << 13), (8 + 8 * 4, i32::MAX)] {
        let mut damaged = bytes.clone();
        damaged[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let _ = FastText::read(&damaged[..], "m.bin");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn damage_is_an_error_or_a_usable_model(
        name in prop::sample::select(vec!["fasttext_plain.bin", "fasttext_hs.bin", "fasttext_cut.ftz", "fasttext_whole.ftz"]),
        damage in prop::collection::vec((0.0f64..1.0, any::<u8>()), 1..4),
        header in any::<bool>(),
    ) {
        let mut bytes = reference(name);
        let reach = if header { 96 } else { bytes.len() };
        for (place, value) in damage {
            bytes[(place * reach as f64) as usize] = value;
        }
        let mut scratch = Scratch::default();
        let model = FastText::read(&bytes[..], name);
        if let Some(best) = model.as_ref().ok().and_then(|model| model.predict("마을 도서관은 토요일에도", &mut scratch)) {
            prop_assert!((0.0..=1.0).contains(&best.probability));
        }
    }
}

//! Any text under any settings: normalising twice changes nothing, no Hangul syllable is lost, and growth is bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::normalize::{Change, NormalizeConfig, Normalizer};

fuzz_target!(|input: (&str, [u8; 5])| {
    let (text, [switches, letters, marks, blank_lines, _]) = input;
    let normalizer = Normalizer::new(&NormalizeConfig {
        fold_width: switches & 1 == 0,
        entities: switches & 2 == 0,
        max_letter_run: letters % 5,
        max_mark_run: marks % 5,
        max_blank_lines: blank_lines % 4,
    });
    let once = normalizer.normalize(text);
    let twice = normalizer.normalize(&once.text);
    assert_eq!(twice.text, once.text);
    assert!(twice.changes.is_empty());
    assert_eq!(once.changes.is_empty(), once.text == text);
    assert!(once.text.len() <= 3 * text.len());
    let syllables = |text: &str| text.chars().filter(|c| ('가'..='힣').contains(c)).count();
    assert!(syllables(&once.text) >= syllables(text), "{:?}", once.changes.get(Change::Composed));
});

//! Any text: normalising twice changes nothing, and no Hangul syllable is lost.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::measure::Measurer;
use malmoi_ingest::normalize::normalize;

fuzz_target!(|text: &str| {
    let once = normalize(text);
    assert_eq!(normalize(&once), once);
    let syllables = |text: &str| text.chars().filter(|c| ('가'..='힣').contains(c)).count();
    assert!(syllables(&once) >= syllables(text));
    let measures = Measurer::default().measure(&once);
    assert_eq!(measures.characters as usize, once.chars().count());
    assert!((0.0..=1.0).contains(&measures.hangul_share) && (0.0..=1.0).contains(&measures.repeated_line_share));
});

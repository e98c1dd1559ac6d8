//! Any page: extraction ends, gives the same twice, and takes no Hangul from nowhere.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::extract::{Extractor, extract, text_of};

fuzz_target!(|page: &str| {
    let mut extractor = Extractor::default();
    let first = extractor.extract(page);
    assert_eq!(extractor.extract(page), first);
    assert_eq!(extract(page), first);
    let _ = text_of(page);
    if let Ok(extracted) = first {
        // Character references make characters: each takes four bytes and more.
        let syllables = |text: &str| text.chars().filter(|c| ('가'..='힣').contains(c)).count();
        let references = page.matches('&').count() + page.matches("\\u").count();
        assert!(syllables(&extracted.text) <= 2 * (syllables(page) + references));
    }
});

//! Any markup: the text has no marks of the converter and no run of blank lines, and does not depend on the page before.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::wikitext::{Wikitext, redirect_target};

fuzz_target!(|markup: &str| {
    let mut converter = Wikitext::default();
    let text = converter.text(markup);
    assert!(!text.chars().any(|c| ('\u{1}'..='\u{6}').contains(&c)));
    assert!(!text.contains("\n\n\n"));
    assert_eq!(converter.text(markup), text);
    redirect_target(markup);
});

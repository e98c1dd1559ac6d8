//! Lists of any text and addresses of any kind: nothing panics, a listed word is found where it stands, hits are apart.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::lists::{BadWords, ListKind, UrlLists};

fuzz_target!(|input: (&[u8], &[u8], &str)| {
    let (urls, words, text) = input;
    if let Ok(lists) = UrlLists::read([(ListKind::Block, "urls".to_owned(), urls)]) {
        for address in text.lines() {
            lists.verdict(address);
        }
    }
    if let Ok(words) = BadWords::read("words", words) {
        let mut end = 0;
        for hit in words.hits(text) {
            assert!(hit.range.start >= end && hit.range.end > hit.range.start && hit.weight > 0.0);
            assert!(text.get(hit.range.clone()).is_some());
            end = hit.range.end;
        }
        assert!(words.score(text) >= 0.0);
    }
});

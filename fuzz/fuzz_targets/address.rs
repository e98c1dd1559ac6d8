//! Any address: its canonical form is its own canonical form, whatever buffers held before.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_dedup::UrlCanonicalizer;

fuzz_target!(|url: &str| {
    let mut addresses = UrlCanonicalizer::default();
    let Some(canonical) = addresses.canonical(url).map(|canonical| canonical.as_str().to_owned()) else { return };
    let again = addresses.canonical(&canonical).expect("a canonical form is an address");
    assert_eq!(again.as_str(), canonical);
    assert!(canonical.contains(again.site()));
    assert_eq!(UrlCanonicalizer::default().canonical(url).expect("as before").as_str(), canonical);
});

//! A page of any bytes under any label: it decodes, and what is valid UTF-8 without a label comes back as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::decode::{decode, decode_page};

fuzz_target!(|input: (&str, &[u8])| {
    let (label, bytes) = input;
    decode_page(bytes.to_vec(), Some(label));
    let decoded = decode(bytes.to_vec(), None);
    let marks = decoded.text.matches('\u{fffd}').count();
    assert!(marks >= decoded.replaced as usize);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let marked =
            bytes.starts_with(b"\xef\xbb\xbf") || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        assert!(marked || decoded.text == text);
    }
});

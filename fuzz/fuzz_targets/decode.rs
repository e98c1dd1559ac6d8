//! A page of any bytes under any label: it decodes, the faults are in the text, and what is valid UTF-8 without a label comes
//! back as it is unless a repair or another charset is named.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::decode::{Charset, decode, decode_page, repair_mojibake};

fuzz_target!(|input: (&str, &[u8])| {
    let (label, bytes) = input;
    let labels = [None, Some("euc-kr"), Some("johab"), Some("iso-2022-kr"), Some(label)];
    for label in labels {
        let decoded = decode(bytes.to_vec(), label.and_then(Charset::for_label));
        if decoded.repaired.is_none() {
            let marks = decoded.text.matches('\u{fffd}').count();
            assert!(marks >= decoded.replaced as usize);
        }
    }
    decode_page(bytes.to_vec(), Some(label));
    if let Ok(text) = std::str::from_utf8(bytes) {
        let marked =
            bytes.starts_with(b"\xef\xbb\xbf") || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        let decoded = decode(bytes.to_vec(), None);
        let is_other = decoded.repaired.is_some() || decoded.charset != "UTF-8";
        assert!(marked || is_other || decoded.text == text);
        repair_mojibake(text);
    }
});

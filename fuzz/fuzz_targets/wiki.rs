//! A dump of any bytes: every record is given once, in order, and nothing panics or runs on for ever.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::read::{Payload, Stream, WikiReader};
use malmoi_ingest::wikitext::Wikitext;
use std::collections::BTreeSet;
use std::io::Cursor;

/// Small, so that the fuzzer finds the way past it.
const LIMIT: usize = 4096;

fuzz_target!(|bytes: &[u8]| {
    let stream = Stream::new(Box::new(Cursor::new(bytes.to_vec())));
    let mut reader = WikiReader::new(stream, LIMIT, BTreeSet::from([0, 1]));
    let mut converter = Wikitext::default();
    let mut ordinal = 0;
    while let Some(record) = reader.next_record().expect("memory does not fail") {
        assert_eq!(record.ordinal, ordinal);
        ordinal += 1;
        if let Payload::Fields(fields) = record.payload {
            converter.text(fields.text.as_deref().expect("a page that is read has its text"));
        }
    }
});

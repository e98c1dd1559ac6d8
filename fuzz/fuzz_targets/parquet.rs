//! A Parquet file of any bytes: ordinals grow, rows keep to the limit, and nothing panics or runs on for ever.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::read::{Payload, RecordReader};
use malmoi_ingest::{Format, SourceConfig};
use std::io::Cursor;

/// Small, so that the fuzzer finds the way past it.
const LIMIT: usize = 4096;

/// Rows after which a file has proved to hold many: levels can repeat a row as often as they like in a few bytes.
const ENOUGH: usize = 10_000;

fuzz_target!(|bytes: &[u8]| {
    let plain = SourceConfig::of(Format::Parquet);
    let mut with_embeddings = plain.clone();
    with_embeddings.fields.embedding = "embedding".to_owned().try_into().ok();
    for source in [plain, with_embeddings] {
        read(bytes, &source);
    }
});

fn read(bytes: &[u8], source: &SourceConfig) {
    let mut reader = RecordReader::new(source, Box::new(Cursor::new(bytes.to_vec())), LIMIT, &std::env::temp_dir());
    let mut last = None;
    for _ in 0..ENOUGH {
        let Some(record) = reader.next_record().expect("memory does not fail") else { break };
        assert!(last < Some(record.ordinal));
        last = Some(record.ordinal);
        if let Payload::Fields(fields) = &record.payload {
            assert!(record.bytes() <= 3 * LIMIT as u64 && fields.replaced as usize <= LIMIT);
        }
    }
}

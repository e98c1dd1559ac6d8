//! JSON lines of any bytes: line numbers grow, lines keep to the limit, and every line is settled.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::clean::Cleaner;
use malmoi_ingest::equipment::Equipment;
use malmoi_ingest::read::{Payload, RecordReader};
use malmoi_ingest::{Format, IngestConfig, Rules, SourceConfig};
use std::io::Cursor;
use std::sync::LazyLock;

/// Small, so that the fuzzer finds the way past it.
const LIMIT: usize = 4096;

static EQUIPMENT: LazyLock<Equipment> = LazyLock::new(|| {
    let equipment = Equipment::of_config(&IngestConfig::default()).expect("the built-in list can be read");
    Equipment { limit: LIMIT, ..equipment }
});

fuzz_target!(|bytes: &[u8]| {
    let source = SourceConfig::of(Format::Jsonl);
    let mut reader = RecordReader::new(&source, Box::new(Cursor::new(bytes.to_vec())), LIMIT, &std::env::temp_dir());
    let mut cleaner = Cleaner::new(&source, Rules::default(), &EQUIPMENT);
    let mut last = None;
    while let Some(record) = reader.next_record().expect("memory does not fail") {
        assert!(last < Some(record.ordinal));
        last = Some(record.ordinal);
        if let Payload::Json(line) = &record.payload {
            assert!(line.len() <= LIMIT && !line.contains(&b'\n'));
        }
        cleaner.clean(record.payload);
    }
});

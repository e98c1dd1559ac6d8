//! An archive of any bytes: every record is given once, in order, and nothing panics or runs on for ever.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::clean::Cleaner;
use malmoi_ingest::equipment::Equipment;
use malmoi_ingest::read::RecordReader;
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
    let source = SourceConfig::of(Format::Warc);
    let mut reader = RecordReader::new(&source, Box::new(Cursor::new(bytes.to_vec())), LIMIT, &std::env::temp_dir());
    let mut cleaner = Cleaner::new(&source, Rules::default(), &EQUIPMENT);
    let mut ordinal = 0;
    while let Some(record) = reader.next_record().expect("memory does not fail") {
        assert_eq!(record.ordinal, ordinal);
        ordinal += 1;
        cleaner.clean(record.payload);
    }
});

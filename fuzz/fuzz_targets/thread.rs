//! Lines of any messages: each that is one is counted in one document, with much room and with little.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::source::{FieldPath, Fields};
use malmoi_ingest::thread::{Grouper, ThreadConfig, read_message, read_scattered};
use std::io::Cursor;
use std::num::NonZeroU64;

fuzz_target!(|bytes: &[u8]| {
    let mut scattered = bytes;
    while let Ok(Some(_)) = read_scattered(&mut scattered) {}
    let field = |name: &str| FieldPath::try_from(name.to_owned()).expect("the name is one");
    let config = ThreadConfig {
        order: Some(field("o")),
        speaker: Some(field("s")),
        max_messages: NonZeroU64::MIN.saturating_add(2),
        max_characters: NonZeroU64::MIN.saturating_add(19),
        ..ThreadConfig::by_key(field("k"))
    };
    let lines = String::from_utf8_lossy(bytes);
    for room in [0, 1 << 20] {
        let mut grouper = Grouper::new(config.clone(), room, || Ok(Cursor::new(Vec::new())));
        for (ordinal, line) in (0..).zip(lines.lines()) {
            if let Ok(message) = read_message(line, &Fields::default(), &config, (ordinal, ordinal)) {
                grouper.push(message).expect("memory does not fail");
            }
        }
        let (pushed, mut counted) = (grouper.messages(), 0);
        let mut records = grouper.into_records().expect("memory does not fail");
        while let Some(record) = records.next_record().expect("memory does not fail") {
            counted += record.messages;
        }
        assert_eq!(counted, pushed);
    }
});

//! A packed file of any bytes: offsets never go back, the buffers stay bounded, and the search for members ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::read::{Stream, StreamError};
use std::io::Cursor;

/// Decompressed bytes after which a bomb has proved to be one.
const ENOUGH: u64 = 64 << 20;

fuzz_target!(|bytes: &[u8]| {
    let mut stream = Stream::new(Box::new(Cursor::new(bytes.to_vec())));
    let (mut offset, mut members) = (0, 0);
    while offset < ENOUGH {
        match stream.fill() {
            Ok([]) => break,
            Ok(more) => {
                assert!(more.len() <= 1 << 20);
                let used = more.len().div_ceil(2);
                stream.consume(used);
            }
            Err(StreamError::Disk(error)) => panic!("memory does not fail: {error}"),
            Err(StreamError::Damaged(damage)) => {
                assert!(damage.at <= bytes.len() as u64);
                members += 1;
                assert!(members <= bytes.len() + 1);
                if !stream.search_member().expect("memory does not fail") {
                    break;
                }
            }
        }
        assert!(stream.offset() >= offset);
        assert!(stream.stored_bytes() <= bytes.len() as u64);
        offset = stream.offset();
    }
});

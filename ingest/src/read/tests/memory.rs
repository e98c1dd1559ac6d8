//! Input without end must cost time only. What the codecs' libraries hold is bounded by their own limits on windows; what
//! is held here is counted.

use super::*;
use std::io::{Read, Seek, SeekFrom};

/// The same bytes over and over.
struct Repeated {
    unit: Vec<u8>,
    bytes: u64,
    at: u64,
}

impl Repeated {
    fn new(unit: Vec<u8>, times: u64) -> Box<Self> {
        let bytes = times.saturating_mul(unit.len() as u64);
        Box::new(Self { unit, bytes, at: 0 })
    }
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let from = (self.at % self.unit.len() as u64) as usize;
        let there = (self.unit.len() - from).min(buffer.len()).min((self.bytes - self.at) as usize);
        buffer[..there].copy_from_slice(&self.unit[from..from + there]);
        self.at += there as u64;
        Ok(there)
    }
}

impl Seek for Repeated {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(at) = to {
            self.at = at.min(self.bytes);
        }
        Ok(self.at)
    }
}

/// As much as readers may hold besides a record.
const BUFFERS: usize = 1 << 20;

fn packings(bytes: &[u8]) -> [(&'static str, Vec<u8>); 5] {
    [
        ("plain", bytes.to_vec()),
        ("gzip", gzip(bytes)),
        ("zstd", zstd(bytes)),
        ("bzip2", bzip2(bytes)),
        ("xz", xz(bytes)),
    ]
}

#[test]
fn a_line_of_a_gigabyte_is_passed_over() {
    let megabyte = vec![b'x'; 1 << 20];
    for (name, unit) in packings(&megabyte) {
        // Bzip2 and xz are slow, and their bombs the strongest: the same megabyte takes less than a kilobyte.
        let times = if matches!(name, "bzip2" | "xz") { 64 } else { 1024 };
        let mut lines = JsonLines::new(Stream::new(Repeated::new(unit, times)), 1000);
        let record = lines.next_record().unwrap().unwrap();
        assert_eq!(reasons(std::slice::from_ref(&record)), ["record-too-long"], "{name}");
        let Payload::Settled(settled) = record.payload else { panic!("{name}") };
        assert_eq!(settled.detail, format!("{} bytes, 1000 are allowed", times << 20), "{name}");
        assert!(lines.stream().held() <= BUFFERS, "{name} holds {}", lines.stream().held());
        assert_eq!(lines.next_record().unwrap(), None, "{name}");
    }
}

#[test]
fn a_file_without_end_is_given_up_at_the_limit() {
    for (name, unit) in packings(&vec![b'x'; 1 << 20]) {
        for wrap in [WholeFile::text, WholeFile::html] {
            let mut file = wrap(Stream::new(Repeated::new(unit.clone(), u64::MAX)), 1 << 20);
            let record = file.next_record().unwrap().unwrap();
            assert_eq!(reasons(&[record]), ["record-too-long"], "{name}");
            assert!(file.stream().held() <= BUFFERS && file.stream().offset() <= 4 << 20, "{name}");
        }
    }
}

#[test]
fn a_block_of_a_gigabyte_is_passed_over() {
    let head = format!("WARC/1.1\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n", 256u64 << 20);
    let megabyte = vec![b'x'; 1 << 20];
    // One member holds the head, the next ones a megabyte of the block each.
    struct Chained(Cursor<Vec<u8>>, Box<Repeated>);
    impl Read for Chained {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => self.1.read(buffer),
                read => Ok(read),
            }
        }
    }
    impl Seek for Chained {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            panic!("nothing is to be searched")
        }
    }
    for (first, unit) in [(gzip(head.as_bytes()), gzip(&megabyte)), (zstd(head.as_bytes()), zstd(&megabyte))] {
        let input = Chained(Cursor::new(first), Repeated::new(unit, 256));
        let mut archive = WarcReader::new(Stream::new(Box::new(input)), 1000);
        let record = archive.next_record().unwrap().unwrap();
        assert_eq!(reasons(&[record]), ["record-too-long"]);
        assert!(archive.stream().held() <= BUFFERS);
    }
}

/// Run alone, for a figure: `cargo test --release -p malmoi-ingest five_gigabytes -- --ignored --nocapture`.
#[test]
#[ignore = "takes a minute"]
fn five_gigabytes_take_no_more_memory_than_little() {
    let unit = lines(10_000).into_bytes();
    for bytes in [100u64 << 20, 5 << 30] {
        let packed = gzip(&unit);
        let times = bytes / unit.len() as u64;
        let mut lines = JsonLines::new(Stream::new(Repeated::new(packed, times)), LIMIT);
        let mut count = 0;
        while lines.next_record().unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, times * 10_000);
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown");
        eprintln!("{} MiB: {peak}", bytes >> 20);
    }
}

//! The pages of the real archive, decoded by the charset of its manifest.

use flate2::read::MultiGzDecoder;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where the real data stand, if they are there.
pub(crate) fn data() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into();
    let folder = std::env::var_os("MALMOI_DATA").map_or(default, PathBuf::from);
    folder.join("web/ko_pages.warc.gz").exists().then_some(folder)
}

/// Address and HTML of every page.
pub(crate) fn pages(data: &Path) -> Vec<(String, String)> {
    let charsets: HashMap<String, String> = std::fs::read_to_string(data.join("web/manifest.jsonl"))
        .expect("the manifest is there")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON"))
        .map(|row| (row["url"].as_str().unwrap_or_default().into(), row["charset"].as_str().unwrap_or_default().into()))
        .collect();
    let file = std::fs::File::open(data.join("web/ko_pages.warc.gz")).expect("the archive opens");
    let mut bytes = Vec::new();
    MultiGzDecoder::new(std::io::BufReader::new(file)).read_to_end(&mut bytes).expect("the archive is whole");
    let mut pages = Vec::new();
    let mut rest = &bytes[..];
    while let Some(end) = memchr::memmem::find(rest, b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&rest[..end]);
        let field = |name: &str| {
            head.lines()
                .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
                .map(|(_, value)| value)
        };
        let length: usize =
            field("Content-Length").and_then(|length| length.parse().ok()).expect("a record has a length");
        let body = &rest[end + 4..end + 4 + length];
        if field("WARC-Type") == Some("response") {
            let url = field("WARC-Target-URI").unwrap_or_default().to_owned();
            let start = memchr::memmem::find(body, b"\r\n\r\n").map_or(0, |end| end + 4);
            let charset = charsets.get(&url).map_or("utf-8", String::as_str);
            let encoding = if charset == "utf-8" { encoding_rs::UTF_8 } else { encoding_rs::EUC_KR };
            pages.push((url, encoding.decode(&body[start..]).0.into_owned()));
        }
        rest = rest.get(end + 4 + length + 4..).unwrap_or_default();
    }
    pages
}

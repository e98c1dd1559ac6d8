//! The heads of archive records: WARC (ISO 28500) and ARC, the format before it.

use super::super::bounded_url;
use malmoi_schemas::Reason;

/// The parts of a record's head that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: Option<Kind>,
    pub(super) length: Option<u64>,
    pub(super) url: Option<String>,
    pub(super) date: Option<String>,
    pub(super) content_type: Option<String>,
    /// Whether the block goes on in other records.
    pub(super) segmented: bool,
}

/// What a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// An HTTP message.
    Response,
    /// A document as it is: `resource` and `conversion` records.
    Document,
    /// What an ARC record holds shows only in its block.
    Arc,
    /// A type that holds no document, in the archive's own word.
    Other(String),
}

impl Head {
    /// Takes one header line of a WARC record.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        if name.eq_ignore_ascii_case("WARC-Type") {
            self.kind = text().map(|kind| Kind::of_word(kind.to_ascii_lowercase()));
        } else if name.eq_ignore_ascii_case("Content-Length") {
            self.length = value.parse().ok();
        } else if name.eq_ignore_ascii_case("WARC-Target-URI") {
            // Wget 1.14 writes the grammar's angle brackets.
            let bare = value.strip_prefix('<').and_then(|url| url.strip_suffix('>'));
            self.url = Some(bounded_url(bare.unwrap_or(value)).to_owned()).filter(|url| !url.is_empty());
        } else if name.eq_ignore_ascii_case("WARC-Date") {
            self.date = text();
        } else if name.eq_ignore_ascii_case("Content-Type") {
            self.content_type = text();
        } else if name.eq_ignore_ascii_case("WARC-Segment-Number") {
            self.segmented = true;
        }
    }

    /// The head that one line of an ARC file is, or `None` if the line is not one.
    ///
    /// Version 1 has five fields: address, IP, date, media type, length. Version 2 puts five more before the length. The
    /// address comes first and may hold spaces, so fields are counted from the end.
    pub(super) fn of_arc_line(line: &str) -> Option<Self> {
        let fields = |count| line.rsplitn(count, ' ').collect::<Vec<_>>();
        let is_date = |word: &str| (12..=18).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
        let (length, media_type, date, url) = match fields(5)[..] {
            [length, media_type, date, _, url] if is_date(date) => (length, media_type, date, url),
            _ => match fields(10)[..] {
                [length, _, _, _, _, _, media_type, date, _, url] if is_date(date) => (length, media_type, date, url),
                _ => return None,
            },
        };
        let (scheme, _) = url.split_once(':')?;
        if scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) {
            return None;
        }
        let kind = match scheme {
            "filedesc" | "dns" => Kind::Other(scheme.to_owned()),
            _ => Kind::Arc,
        };
        Some(Self {
            kind: Some(kind),
            length: length.parse().ok(),
            url: Some(bounded_url(url).to_owned()),
            date: Some(iso_date(date)),
            content_type: Some(media_type.to_owned()).filter(|kind| kind.contains('/')),
            segmented: false,
        })
    }

    /// Why a record with this head cannot be a whole document although it is of a type that holds one.
    pub(super) fn fault(&self) -> Option<(Reason, &'static str)> {
        self.segmented.then_some((Reason::BadRecord, "the first of several segments, which are not joined"))
    }
}

impl Kind {
    fn of_word(word: String) -> Self {
        match word.as_str() {
            "response" => Self::Response,
            "resource" | "conversion" => Self::Document,
            _ => Self::Other(word.chars().take(40).collect()),
        }
    }
}

/// Fourteen digits as ISO 8601 writes them, which is how WARC has its dates. More digits are left out.
fn iso_date(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("00");
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    format!("{year}-{month}-{day}T{}:{}:{}Z", part(8, 10), part(10, 12), part(12, 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(line: &str) -> Option<(String, Option<u64>)> {
        Head::of_arc_line(line).map(|head| (head.url.unwrap(), head.length))
    }

    #[test]
    fn both_versions_of_arc_are_told_apart() {
        let one = "http://example.kr/글 하나 127.0.0.1 20140216050221 text/html 1591";
        assert_eq!(places(one), Some(("http://example.kr/글 하나".to_owned(), Some(1591))));
        let two = "http://example.kr/ 127.0.0.1 20140216050221 text/html 200 abc - 17 a.arc 1591";
        assert_eq!(places(two), Some(("http://example.kr/".to_owned(), Some(1591))));
        let head = Head::of_arc_line(one).unwrap();
        assert_eq!(head.date.as_deref(), Some("2014-02-16T05:02:21Z"));
        assert_eq!(head.content_type.as_deref(), Some("text/html"));
    }

    #[test]
    fn text_is_no_arc_line() {
        for line in
            ["", "1 0 InternetArchive", "글이 이어집니다 a b 20140216050221 c d", "http://a b c d 1", "a:b 1 2 3 4"]
        {
            assert_eq!(places(line), None, "{line}");
        }
        assert_eq!(places("http://example.kr/ 1.1.1.1 20140216050221 text/html -1").unwrap().1, None);
    }
}

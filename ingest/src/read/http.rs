//! HTTP messages as archives keep them: often not quite as RFC 9112 wants them, sometimes already decoded.

mod coding;

pub use coding::decode_content;

use std::borrow::Cow;

/// The parts of a response that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse<'a> {
    /// Three digits.
    pub status: u16,
    /// `Content-Type`, as sent.
    pub content_type: Option<Cow<'a, str>>,
    chunked: bool,
    encoding: Option<String>,
    body: &'a [u8],
}

/// Why a body cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The block does not begin with a status line.
    #[error("no HTTP status line")]
    NoStatus,
    /// A content coding that is not read.
    #[error("the content coding `{0}` is not supported; gzip, deflate, br and zstd are")]
    Coding(String),
    /// The decoded body would be longer than the limit.
    #[error("the decoded body has more than {0} bytes, which is the limit")]
    TooLong(usize),
    /// The body is not what its coding says, and not plain either.
    #[error("the {0} body is broken")]
    Broken(&'static str),
}

/// Reads status line and headers. Line ends may lack the carriage return, the reason phrase may be missing.
pub fn parse_response(block: &[u8]) -> Result<HttpResponse<'_>, HttpError> {
    let (status_line, mut rest) = split_line(block);
    let status = parse_status(status_line).ok_or(HttpError::NoStatus)?;
    let mut response = HttpResponse { status, content_type: None, chunked: false, encoding: None, body: &[] };
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        rest = after;
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = split_header(line) else { continue };
        if name.eq_ignore_ascii_case(b"content-type") && !value.is_empty() {
            response.content_type = Some(String::from_utf8_lossy(value));
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            response.chunked |= value.to_ascii_lowercase().ends_with(b"chunked");
        } else if name.eq_ignore_ascii_case(b"content-encoding") {
            response.encoding = Some(String::from_utf8_lossy(value).trim().to_ascii_lowercase());
        }
    }
    response.body = rest;
    Ok(response)
}

impl<'a> HttpResponse<'a> {
    /// The body with its transfer and content codings taken off, at most `limit` bytes.
    ///
    /// Crawlers often store the decoded body under the headers of the encoded one; such a body is taken as it is.
    pub fn into_body(self, limit: usize) -> Result<Cow<'a, [u8]>, HttpError> {
        let body = match self.chunked {
            true => unchunk(self.body).map_or(Cow::Borrowed(self.body), Cow::Owned),
            false => Cow::Borrowed(self.body),
        };
        match self.encoding.as_deref() {
            None | Some("" | "identity" | "none") => Ok(body),
            Some(coding) => decode_content(body, coding, limit),
        }
    }
}

fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', bytes) {
        Some(at) => (bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]), &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

fn split_header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b':', line)?;
    Some((line[..at].trim_ascii(), line[at + 1..].trim_ascii()))
}

fn parse_status(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/").or_else(|| line.strip_prefix(b"http/"))?;
    let word = rest.split(|&b| b == b' ').skip(1).find(|word| !word.is_empty())?;
    let digits = word.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    Some(digits.iter().fold(0, |n, digit| n * 10 + u16::from(digit - b'0')))
}

/// Joins chunks (RFC 9112, 7.1), or `None` if the body does not begin with a chunk. Where the chunks break off or turn
/// into something else, the rest is taken as it is: it is more often text than not.
fn unchunk(body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut first = true;
    loop {
        let (line, after) = split_line(rest);
        let Some(size) = chunk_size(line) else {
            if first {
                return None;
            }
            joined.extend_from_slice(rest);
            return Some(joined);
        };
        if size == 0 || after.is_empty() {
            return Some(joined);
        }
        let there = size.min(after.len());
        joined.extend_from_slice(&after[..there]);
        rest = &after[there..];
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        if rest.is_empty() {
            return Some(joined);
        }
        first = false;
    }
}

fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|&b| b == b';').next()?.trim_ascii();
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.is_empty() && text.len() <= 8)?;
    usize::from_str_radix(text, 16).ok().filter(|_| !text.starts_with('+'))
}

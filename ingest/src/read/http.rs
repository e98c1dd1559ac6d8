//! HTTP messages as archives keep them: often not quite as RFC 9112 wants them, sometimes already decoded.

use flate2::{Decompress, FlushDecompress, Status};
use std::borrow::Cow;
use zstd::stream::raw::Operation;

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
    /// A content coding that is not read, such as Brotli.
    #[error("the content coding `{0}` is not supported; gzip, deflate and zstd are")]
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

/// Takes off a content coding (RFC 9110, 8.4.1). `limit` bounds what a hostile body can swell to.
pub fn decode_content<'a>(body: Cow<'a, [u8]>, coding: &str, limit: usize) -> Result<Cow<'a, [u8]>, HttpError> {
    match coding {
        "gzip" | "x-gzip" if body.starts_with(&[0x1f, 0x8b]) => {
            let start = gzip_body(&body).ok_or(HttpError::Broken("gzip"))?;
            inflate(&body[start..], Decompress::new(false), limit, "gzip").map(Cow::Owned)
        }
        "deflate"
            if body.len() > 2 && body[0] & 0x0f == 8 && u16::from_be_bytes([body[0], body[1]]).is_multiple_of(31) =>
        {
            inflate(&body, Decompress::new(true), limit, "deflate").map(Cow::Owned)
        }
        // Some servers send raw deflate under this name; text never begins like it and decodes.
        "deflate" => match inflate(&body, Decompress::new(false), limit, "deflate") {
            Ok(decoded) => Ok(Cow::Owned(decoded)),
            Err(HttpError::Broken(_)) if looks_like_text(&body) => Ok(body),
            Err(error) => Err(error),
        },
        "zstd" if body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => unzstd(&body, limit).map(Cow::Owned),
        _ if looks_like_text(&body) => Ok(body),
        "gzip" | "x-gzip" => Err(HttpError::Broken("gzip")),
        "zstd" => Err(HttpError::Broken("zstd")),
        other => Err(HttpError::Coding(other.chars().take(40).collect())),
    }
}

fn looks_like_text(body: &[u8]) -> bool {
    let head = &body[..body.len().min(512)];
    !head.iter().any(|&b| b < 9 || (b > 13 && b < 27))
}

/// Where the deflate stream begins behind a gzip header.
fn gzip_body(body: &[u8]) -> Option<usize> {
    let flags = *body.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]));
    }
    for text in [8, 16] {
        if flags & text != 0 {
            at += 1 + memchr::memchr(0, body.get(at..)?)?;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    (at < body.len()).then_some(at)
}

/// Inflates; a stream that breaks off gives what came before.
fn inflate(body: &[u8], mut inflate: Decompress, limit: usize, name: &'static str) -> Result<Vec<u8>, HttpError> {
    let mut out = Vec::with_capacity((body.len() * 4).min(limit));
    loop {
        let input = &body[inflate.total_in() as usize..];
        let before = (inflate.total_in(), inflate.total_out());
        let result = inflate.decompress_vec(input, &mut out, FlushDecompress::None);
        if out.len() > limit {
            return Err(HttpError::TooLong(limit));
        }
        match result {
            Ok(Status::StreamEnd) => return Ok(out),
            Err(_) if out.is_empty() => return Err(HttpError::Broken(name)),
            Err(_) => return Ok(out),
            Ok(_) if (inflate.total_in(), inflate.total_out()) == before && out.len() < out.capacity() => {
                return Ok(out);
            }
            Ok(_) => out.reserve(64 << 10),
        }
    }
}

fn unzstd(body: &[u8], limit: usize) -> Result<Vec<u8>, HttpError> {
    let broken = |_| HttpError::Broken("zstd");
    let mut decoder = zstd::stream::raw::Decoder::new().map_err(broken)?;
    let mut out = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    let mut at = 0;
    loop {
        let status = decoder.run_on_buffers(&body[at..], &mut buffer).map_err(broken)?;
        at += status.bytes_read;
        out.extend_from_slice(&buffer[..status.bytes_written]);
        if out.len() > limit {
            return Err(HttpError::TooLong(limit));
        }
        if status.bytes_read + status.bytes_written == 0 {
            return Ok(out);
        }
    }
}

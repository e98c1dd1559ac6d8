//! What a body is, by its media type and its first bytes.

/// What a body of a media type is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// HTML, XHTML or a feed.
    Page,
    /// Plain text.
    Text,
    /// Nothing that says what it is.
    Unknown,
    /// Pictures, programs and all else.
    Other,
}

pub(super) fn medium(content_type: Option<&str>) -> Medium {
    match content_type.map(mime).as_deref() {
        None | Some("" | "application/octet-stream" | "unknown/unknown" | "application/x-unknown-content-type") => {
            Medium::Unknown
        }
        Some("text/plain") => Medium::Text,
        Some("text/html" | "application/xhtml+xml" | "text/xml" | "application/xml") => Medium::Page,
        Some("application/rss+xml" | "application/atom+xml" | "application/rdf+xml") => Medium::Page,
        Some(_) => Medium::Other,
    }
}

pub(super) fn begins_like_page(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let begins = |start: &[u8]| body.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    begins(b"<!doctype html") || begins(b"<html") || begins(b"<?xml") || begins(b"<rss") || begins(b"<head")
}

pub(super) fn mime(content_type: &str) -> String {
    content_type.split([';', ',']).next().unwrap_or("").trim().to_ascii_lowercase()
}

pub(super) fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

//! Content codings (RFC 9110, 8.4.1; RFC 7932 for `br`; RFC 8878 for `zstd`).

use super::HttpError;
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};
use std::borrow::Cow;
use zstd::stream::raw::Operation;

/// Output grows by so much at a time: a coding says nothing reliable about the size of what it packs.
const STEP: usize = 64 << 10;

/// Codings of one body that are taken off. More than one is rare, and each can multiply the work.
const MAX_CODINGS: usize = 3;

/// Largest zstd window, as a power of two; see the streams of whole files.
const ZSTD_WINDOW_LOG: u32 = 27;

/// Takes off content codings, the last one first. `limit` bounds what a hostile body can swell to.
pub fn decode_content<'a>(body: Cow<'a, [u8]>, codings: &str, limit: usize) -> Result<Cow<'a, [u8]>, HttpError> {
    let mut codings = codings.split(',').map(str::trim).filter(|coding| !matches!(*coding, "" | "identity" | "none"));
    let mut body = body;
    for _ in 0..MAX_CODINGS {
        let Some(coding) = codings.next_back() else { return Ok(body) };
        body = decode_one(body, coding, limit)?;
    }
    match codings.next() {
        None => Ok(body),
        Some(_) => Err(HttpError::Coding(format!("more than {MAX_CODINGS} at once"))),
    }
}

fn decode_one<'a>(body: Cow<'a, [u8]>, coding: &str, limit: usize) -> Result<Cow<'a, [u8]>, HttpError> {
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
        // Brotli has no mark to be known by, so a body that was stored decoded shows only by not being whole.
        "br" => match unbrotli(&body, limit)? {
            Brotli::Whole(decoded) => Ok(Cow::Owned(decoded)),
            Brotli::Partial(_) if looks_like_text(&body) => Ok(body),
            Brotli::Partial(decoded) if decoded.is_empty() => Err(HttpError::Broken("br")),
            Brotli::Partial(decoded) => Ok(Cow::Owned(decoded)),
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
    // Shift-out, shift-in and escape are controls that ISO-2022-KR text is full of.
    !head.iter().any(|&b| b < 9 || (16..32).contains(&b) && b != 27)
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
            Ok(_) => out.reserve(STEP),
        }
    }
}

/// What a Brotli stream gave, and whether it came to its end.
enum Brotli {
    Whole(Vec<u8>),
    Partial(Vec<u8>),
}

fn unbrotli(body: &[u8], limit: usize) -> Result<Brotli, HttpError> {
    // The strict state refuses the windows of up to a gigabyte that HTTP does not allow.
    let mut state =
        BrotliState::new_strict(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
    let (mut out, mut step) = (Vec::new(), vec![0; STEP]);
    let (mut left, mut at, mut total) = (body.len(), 0, 0);
    loop {
        let (mut room, mut written) = (step.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            body,
            &mut room,
            &mut written,
            &mut step,
            &mut total,
            &mut state,
        );
        out.extend_from_slice(&step[..written]);
        if out.len() > limit {
            return Err(HttpError::TooLong(limit));
        }
        match result {
            BrotliResult::ResultSuccess => return Ok(Brotli::Whole(out)),
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::NeedsMoreInput | BrotliResult::ResultFailure => return Ok(Brotli::Partial(out)),
        }
    }
}

fn unzstd(body: &[u8], limit: usize) -> Result<Vec<u8>, HttpError> {
    let broken = |_| HttpError::Broken("zstd");
    let mut decoder = zstd::stream::raw::Decoder::new().map_err(broken)?;
    decoder.set_parameter(zstd::zstd_safe::DParameter::WindowLogMax(ZSTD_WINDOW_LOG)).map_err(broken)?;
    let mut out = Vec::new();
    let mut buffer = vec![0; STEP];
    let mut at = 0;
    loop {
        let status = match decoder.run_on_buffers(&body[at..], &mut buffer) {
            Ok(status) => status,
            Err(_) if out.is_empty() => return Err(HttpError::Broken("zstd")),
            // As for the other codings: what came before the break is kept.
            Err(_) => return Ok(out),
        };
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

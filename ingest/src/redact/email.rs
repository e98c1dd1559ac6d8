//! E-mail addresses, plain and with the at sign spelled out.

use super::Confidence::{Checked, Likely};
use super::kind::{Kind, begins_with_token};
use super::number::{is_space, spaces};
use super::place::Place;
use super::scan::Candidate;
use super::stand_in::STAND_IN_PROVIDER;

/// Most labels that are looked at from the end of a domain for one that is a top-level domain.
const MAX_LABELS: usize = 6;

/// Mail providers by the names that Korean writers use.
const PROVIDERS: &[&str] = &[
    STAND_IN_PROVIDER,
    "네이버",
    "지메일",
    "구글",
    "다음",
    "한메일",
    "네이트",
    "핫메일",
    "카카오",
    "야후",
    "드림위즈",
    "아웃룩",
    "파란",
    "코리아닷컴",
    "엠파스",
    "naver",
    "gmail",
    "daum",
    "hanmail",
    "nate",
    "hotmail",
    "kakao",
    "yahoo",
    "outlook",
    "icloud",
];
/// Endings of domains as they are spelled out, with and without what stands for the dot.
const SPELLED_ENDINGS: &[&str] =
    &["닷컴", "점컴", "점 컴", "닷 컴", "닷넷", "점넷", "쩜컴", "쩜 컴", ".컴", "컴", "닷케이알"];
/// Top-level domains that may be followed by more text without a space between.
const KNOWN_TOPS: &[&str] = &["com", "net", "org", "kr", "edu", "io", "info", "biz", "me", "co", "jp", "cn", "us"];
/// Endings of file names, which stand behind `@2x` in names of pictures.
const FILE_ENDINGS: &[&str] =
    &["png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "html", "ts", "mp4", "json", "php", "py", "md"];
/// Domains that belong to nobody (RFC 2606), and those of companies that exist in manuals alone.
const RESERVED: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "example.co.kr",
    "contoso.com",
    "fabrikam.com",
    "adventure-works.com",
];

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-')
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// An address around an at sign of `width` bytes.
///
/// Name and domain are taken whole, also beyond the lengths of RFC 5321 (4.5.3.1): what a cut leaves behind is glued to
/// the token or stand-in, and would be read as another address the next time.
pub(super) fn plain(place: &Place<'_>, at: usize, width: usize) -> Option<Candidate> {
    let (start, spaced_left) = local_before(place, at)?;
    let after = at + width;
    let space = spaces(&place.text[after..]);
    let end = match domain(&place.text[after + space..]) {
        Some(length) => after + space + length,
        None if space == 0 && !spaced_left => {
            let end = after + provider(&place.text[after..])?;
            let stand_in = is_reserved(&place.text[after..end]);
            return (!goes_on(place.text, end))
                .then(|| Candidate::new(start, end, Kind::Email, Likely).nobodys_if(stand_in));
        }
        None => return None,
    };
    let name = place.text[after + space..end].to_ascii_lowercase();
    let spaced = space > 0 || spaced_left;
    let known = PROVIDERS.iter().any(|provider| name.starts_with(provider)) || name.ends_with(".co.kr");
    let reserved = is_reserved(&name);
    if is_no_mail(&place.text[start..at], &name) || (spaced && !known && !reserved) {
        return None;
    }
    Some(Candidate::new(start, end, Kind::Email, if spaced { Likely } else { Checked }).nobodys_if(reserved))
}

/// Whether a domain is kept for examples.
fn is_reserved(domain: &str) -> bool {
    domain.starts_with(STAND_IN_PROVIDER)
        || RESERVED
            .iter()
            .any(|name| domain.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Names of version control, of machines, and of files.
fn is_no_mail(local: &str, domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or(domain);
    local == "git" || FILE_ENDINGS.contains(&top) || matches!(top, "invalid" | "test" | "local" | "localhost")
}

/// The name before an at sign, and whether spaces stand between.
fn local_before(place: &Place<'_>, at: usize) -> Option<(usize, bool)> {
    let before = &place.text[place.floor..at];
    let trimmed = before.trim_end_matches(is_space);
    if before.len() - trimmed.len() > 2 {
        return None;
    }
    let bytes = trimmed.as_bytes();
    let length = bytes.iter().rev().take_while(|&&byte| is_local(byte)).count();
    let local = trimmed[trimmed.len() - length..].trim_start_matches(['.', '-', '%', '+']);
    let start = place.floor + trimmed.len() - local.len();
    (!local.is_empty() && !local.ends_with('.')).then_some((start, trimmed.len() < before.len()))
}

/// Length of the domain at the start of a text: labels, and letters behind the last dot.
fn domain(text: &str) -> Option<usize> {
    let length = text.bytes().take_while(|&byte| is_domain(byte)).count();
    let run = text[..length].trim_end_matches(['.', '-']);
    let mut end = run.len();
    // What is glued behind a known ending is no part of it: `hong@naver.com010`.
    for _ in 0..MAX_LABELS {
        let dot = run[..end].rfind('.')?;
        let top = &run[dot + 1..end];
        let letters = top.bytes().take_while(u8::is_ascii_alphabetic).count();
        let host = &run[..dot];
        let fits = !host.is_empty() && !host.starts_with(['.', '-']) && !host.ends_with('.') && !host.contains("..");
        if fits && letters == top.len() && (2..=24).contains(&letters) {
            return Some(end);
        }
        if fits && letters < top.len() && KNOWN_TOPS.contains(&&*top[..letters].to_ascii_lowercase()) {
            return Some(dot + 1 + letters);
        }
        end = dot;
    }
    None
}

/// Length of a provider's name with its spelled-out ending, if any.
fn provider(text: &str) -> Option<usize> {
    let name = PROVIDERS.iter().find(|name| starts_with_any_case(text, name))?;
    let mut at = name.len();
    let space = spaces(&text[at..]);
    if let Some(ending) = SPELLED_ENDINGS.iter().find(|ending| text[at + space..].starts_with(**ending)) {
        at += space + ending.len();
    } else if let Some(length) = spelled_ending(&text[at..]) {
        at += length;
    }
    Some(at)
}

fn starts_with_any_case(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Whether a Latin name goes on, so that the provider's name was only the start of a word.
fn goes_on(text: &str, end: usize) -> bool {
    let latin = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = text.as_bytes();
    latin(&bytes[end - 1]) && (bytes.get(end).is_some_and(latin) || begins_with_token(&text[end..]))
}

/// Length of ` [dot] com`, `점com`, `.com` and the like, repeated for `co dot kr`.
fn spelled_ending(text: &str) -> Option<usize> {
    let mut end = 0;
    for _ in 0..2 {
        let mut at = end + spaces(&text[end..]);
        let dots = ["[dot]", "(dot)", "{dot}", "dot ", "[.]", "(.)", "점", "닷", "."];
        let Some(dot) = dots.iter().find(|dot| starts_with_any_case(&text[at..], dot)) else { break };
        at += dot.len();
        at += spaces(&text[at..]);
        let letters = text[at..].bytes().take_while(u8::is_ascii_alphabetic).count();
        if !KNOWN_TOPS.contains(&&*text[at..at + letters].to_ascii_lowercase()) {
            break;
        }
        end = at + letters;
    }
    (end > 0).then_some(end)
}

/// An address whose at sign is the word at `word`: 골뱅이, `[at]`, `(at)`.
pub(super) fn spelled(place: &Place<'_>, word: std::ops::Range<usize>) -> Option<Candidate> {
    let text = place.text;
    let opened = text[place.floor..word.start].trim_end_matches(['(', '[', '{', '<']).len() + place.floor;
    let (start, _) = local_before(place, opened)?;
    let after = text[word.end..].trim_start_matches([')', ']', '}', '>']);
    let at = text.len() - after.len();
    let at = at + spaces(&text[at..]);
    let end = at + domain_or_spelled(&text[at..])?;
    let local = &text[start..opened];
    let domain = text[at..end].to_ascii_lowercase();
    (!is_no_mail(local.trim_end_matches(is_space), &domain) && local.len() >= 2 && !goes_on(text, end))
        .then(|| Candidate::new(start, end, Kind::Email, Likely).nobodys_if(is_reserved(&domain)))
}

fn domain_or_spelled(text: &str) -> Option<usize> {
    if let Some(length) = domain(text) {
        return Some(length);
    }
    if let Some(length) = provider(text) {
        return Some(length);
    }
    let host = text.bytes().take(63).take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'-').count();
    let ending = spelled_ending(&text[host..])?;
    (host > 0).then_some(host + ending)
}

/// `hong at naver dot com` around the word ` dot ` at `word`.
pub(super) fn spelled_dot(place: &Place<'_>, word: std::ops::Range<usize>) -> Option<Candidate> {
    let before = &place.text[place.floor..word.start];
    let host = before.bytes().rev().take(63).take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'-').count();
    let head = &before[..before.len() - host];
    let name = ["at", "AT", "At"].iter().find_map(|at| head.strip_suffix(' ')?.strip_suffix(at)?.strip_suffix(' '))?;
    let local = name.bytes().rev().take_while(|&byte| is_local(byte)).count();
    let end = word.start + spelled_ending(&place.text[word.start..])?;
    (host > 0 && local >= 2 && !goes_on(place.text, end))
        .then(|| Candidate::new(place.floor + name.len() - local, end, Kind::Email, Likely))
}

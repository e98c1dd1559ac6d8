//! Public IP addresses.

use super::Confidence::{Checked, Likely};
use super::kind::Kind;
use super::number::{Gap, Number};
use super::place::{Neighbour, Place, has_any, named};
use super::scan::Candidate;
use std::net::{Ipv4Addr, Ipv6Addr};

const IP_LABELS: &[&str] =
    &["IP", "ip", "Ip", "아이피", "주소", "접속", "서버", "ping", "host", "Host", "호스트", "DNS"];
const VERSION_LABELS: &[&str] =
    &["버전", "버젼", "version", "Version", "ver", "Ver", "빌드", "build", "Build", "릴리스", "펌웨어", "절", "항목"];
const VERSIONS_AFTER: &[&str] = &["버전", "or newer", "or later", "version"];
/// How far a label may stand from its number, in bytes.
const REACH: usize = 24;

/// An address of version 4 that a number begins with: four groups below 256 with full stops between them, and no zero
/// before other digits.
pub(super) fn reads_as_version_4(place: &Place<'_>, number: &Number) -> Option<Ipv4Addr> {
    let &[a, b, c, d, ..] = number.lengths() else { return None };
    let short = [a, b, c, d].iter().all(|length| (1..=3).contains(length));
    if !short || number.gaps(4) != [Gap::Dot; 3] {
        return None;
    }
    place.text[number.start()..number.end(4)].parse().ok()
}

/// Four numbers below 256 with full stops between them. Section and version numbers have the same form: without a
/// label, one of the four must have three digits.
pub(super) fn version_4(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let address = reads_as_version_4(place, number)?;
    let (start, end) = (number.start(), number.end(4));
    let glued =
        matches!(place.left(start), Neighbour::Joined | Neighbour::Letter) && !place.text[..start].ends_with('@');
    if glued || !matches!(place.right(end), Neighbour::Open | Neighbour::Url) {
        return None;
    }
    let window = place.before(start, REACH);
    let label = has_any(window, IP_LABELS);
    let version = named(window, VERSION_LABELS, IP_LABELS) || has_any(place.after(end, REACH), VERSIONS_AFTER);
    let octets = address.octets();
    let bracketed = place.text[..start].ends_with('(') && place.text[end..].starts_with(')');
    let long = octets.into_iter().any(|octet| octet > 99)
        || (bracketed && octets.into_iter().filter(|octet| *octet > 9).count() >= 3);
    let confidence = match (label, long) {
        (true, _) if !version => Checked,
        (false, true) if !version => Likely,
        _ => return None,
    };
    let stand_in = address.is_documentation();
    (stand_in || is_public_4(address))
        .then(|| Candidate::new(start, end, Kind::IpAddress, confidence).nobodys_if(stand_in))
}

/// Addresses of machines that the whole net can reach (RFC 6890): not private, not in examples, not a netmask.
fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let testing = a == 198 && matches!(b, 18 | 19);
    !(a == 0
        || a >= 224
        || shared
        || testing
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation())
}

/// The longest text of an address.
const LONGEST: usize = 45;

/// An address of version 6 around a colon: eight groups, or `::` for the zeros and at least three more.
pub(super) fn version_6(place: &Place<'_>, colon: usize) -> Option<Candidate> {
    let bytes = place.text.as_bytes();
    let part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let before = &bytes[place.floor.max(colon.saturating_sub(LONGEST))..colon];
    let start = colon - before.iter().rev().take_while(|byte| part(byte)).count();
    let length = bytes[colon..].iter().take(LONGEST + 1).take_while(|byte| part(byte)).count();
    let text = place.text[start..colon + length].trim_end_matches(['.', ':']);
    if text.len() < 8 || text.len() > LONGEST || colon >= start + text.len() {
        return None;
    }
    let end = start + text.len();
    let address: Ipv6Addr = text.parse().ok()?;
    let groups: Vec<&str> = text.split(':').filter(|group| !group.is_empty()).collect();
    let long = groups.iter().any(|group| group.len() >= 3);
    let digit = text.bytes().any(|byte| byte.is_ascii_digit());
    // A colon ends a label here, or more follows that is none of an address.
    let ends = !place.text[end..].starts_with(':')
        || place.text[end + 1..].is_empty()
        || place.text[end + 1..].starts_with([' ', '\n']);
    let free = ends && place.left(start) != Neighbour::Letter && place.right(end) != Neighbour::Letter;
    let public = address.segments()[0] & 0xe000 == 0x2000;
    let stand_in = address.segments()[..2] == [0x2001, 0xdb8];
    (groups.len() >= 3 && long && digit && free && public)
        .then(|| Candidate::new(start, end, Kind::IpAddress, Checked).nobodys_if(stand_in))
}

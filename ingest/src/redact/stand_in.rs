//! Keyed hashes of findings, and stand-ins of the same form that belong to nobody.
//!
//! A stand-in lies where nobody can be: a day that no calendar has, an exchange that is not given out, a domain that is
//! reserved for examples. The detectors know these places and find nothing there.

use super::card::luhn_sum;
use super::identity::{STAND_IN_DAY, business_check, corporate_check, resident_check};
use super::kind::Kind;
use super::messenger::{SYLLABLES, spelled_digit};
use super::number::digit_at;
use super::scan::Candidate;

/// The mail provider that nobody has, where the original's was written in Hangul.
pub(super) const STAND_IN_PROVIDER: &str = "예시";
/// What the stand-in of a messenger account begins with.
pub(super) const STAND_IN_ID: &str = "example_";

/// What is left of a finding: enough to tell whether two are the same datum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Datum {
    pub(super) hash: u64,
    /// More bytes of the same hash, for stand-ins.
    stream: [u8; 32],
}

impl Datum {
    fn digit(&self, place: usize) -> u8 {
        self.stream[8 + place % 24] % 10
    }

    fn bits(&self) -> u32 {
        u32::from_le_bytes([self.stream[8], self.stream[9], self.stream[10], self.stream[11]])
    }
}

/// Hashes and replaces under one key.
pub(super) struct Standins {
    key: [u8; 32],
}

impl std::fmt::Debug for Standins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Standins(secret)")
    }
}

impl Standins {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The hash of a datum: its kind and its letters and digits, whatever stands between them.
    pub(super) fn datum(&self, candidate: &Candidate, span: &str) -> Datum {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(candidate.kind.as_str().as_bytes());
        hasher.update(&[0]);
        let mut digits = digits_of(span);
        if is_number(candidate.kind) {
            if is_phone(candidate.kind) && candidate.kind != Kind::ForeignPhone {
                national(&mut digits, usize::from(candidate.kept));
            }
            hasher.update(&digits);
        } else {
            hasher.update(span.to_lowercase().as_bytes());
        }
        let stream = *hasher.finalize().as_bytes();
        let [a, b, c, d, e, f, g, h, ..] = stream;
        Datum { hash: u64::from_le_bytes([a, b, c, d, e, f, g, h]), stream }
    }

    /// The stand-in of a span.
    pub(super) fn of(&self, candidate: &Candidate, span: &str, datum: &Datum) -> String {
        let bits = datum.bits();
        match candidate.kind {
            // Letters may follow an address that ends in Hangul, and must not follow a Latin one.
            Kind::Email if !span.ends_with(|c: char| c.is_ascii()) => format!("u{bits:08x}@{STAND_IN_PROVIDER}닷컴"),
            Kind::Email => format!("u{bits:08x}@example.com"),
            Kind::MessengerId => format!("{STAND_IN_ID}{bits:08x}"),
            Kind::RoadAddress | Kind::LotAddress => (90_000 + bits % 10_000).to_string(),
            Kind::IpAddress if span.contains(':') => format!("2001:db8::{:x}:{:x}", bits >> 16, bits & 0xffff),
            Kind::IpAddress => {
                let net = ["192.0.2", "198.51.100", "203.0.113"][(bits >> 8) as usize % 3];
                format!("{net}.{}", bits & 0xff)
            }
            _ => with_digits(span, &stand_in_digits(candidate, &digits_of(span), datum)),
        }
    }
}

fn is_phone(kind: Kind) -> bool {
    matches!(kind, Kind::MobilePhone | Kind::Landline | Kind::VirtualPhone | Kind::ServicePhone | Kind::ForeignPhone)
}

/// Whether the digits alone say what it is.
fn is_number(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Email | Kind::MessengerId | Kind::RoadAddress | Kind::LotAddress | Kind::IpAddress | Kind::Passport
    )
}

fn digits_of(span: &str) -> Vec<u8> {
    let bytes = span.as_bytes();
    let spelled = !bytes.iter().any(u8::is_ascii_digit);
    span.char_indices()
        .filter_map(|(at, c)| digit_at(bytes, at).map(|(digit, _)| digit).or(spelled_digit(c).filter(|_| spelled)))
        .collect()
}

/// Brings a number with a country code into national form, so that both forms have one hash.
fn national(digits: &mut Vec<u8>, kept: usize) {
    let code = if digits.starts_with(&[0, 0, 8, 2]) {
        4
    } else if digits.starts_with(&[8, 2]) && kept > 2 {
        2
    } else {
        return;
    };
    digits.drain(..code);
    if digits.first() != Some(&0) {
        digits.insert(0, 0);
    }
}

/// Digits of the same number that nobody has.
fn stand_in_digits(candidate: &Candidate, digits: &[u8], datum: &Datum) -> Vec<u8> {
    let kept = usize::from(candidate.kept).min(digits.len());
    let mut new: Vec<u8> = (0..digits.len()).map(|place| datum.digit(place)).collect();
    new[..kept].copy_from_slice(&digits[..kept]);
    let zeros = |new: &mut [u8], range: std::ops::Range<usize>| {
        let end = range.end.min(new.len());
        new[range.start.min(end)..end].fill(0);
    };
    match candidate.kind {
        Kind::ResidentNumber | Kind::ForeignerNumber => {
            new[2..6].copy_from_slice(&STAND_IN_DAY);
            new[6] = digits[6];
            new[12] = resident_check(&new);
        }
        Kind::CorporateNumber => {
            zeros(&mut new, 0..6);
            new[12] = corporate_check(&new);
        }
        Kind::BusinessNumber => {
            zeros(&mut new, 0..3);
            new[9] = business_check(&new);
        }
        Kind::Card => {
            zeros(&mut new, 0..4);
            let last = new.len() - 1;
            new[last] = 0;
            new[last] = ((10 - luhn_sum(&new) % 10) % 10) as u8;
        }
        Kind::ServicePhone if kept == 0 => new[..4].copy_from_slice(&[1, 5, 0, 0]),
        Kind::ForeignPhone => zeros(&mut new, kept..kept + 3),
        kind if is_phone(kind) => zeros(&mut new, kept..kept + 1),
        // Where the region is a word, the year stays and the serial number is zero.
        Kind::DrivingLicence if digits.len() == 10 => zeros(&mut new, 2..8),
        Kind::DrivingLicence => zeros(&mut new, 0..2),
        // A fourth zero, lest thirteen digits read as a day.
        _ => zeros(&mut new, 0..4),
    }
    new
}

/// The span with other digits in the places of its own, full-width and spelled ones included.
fn with_digits(span: &str, digits: &[u8]) -> String {
    let spelled = !span.bytes().any(|byte| byte.is_ascii_digit());
    let mut digits = digits.iter().copied();
    span.char_indices()
        .map(|(at, c)| {
            if digit_at(span.as_bytes(), at).is_some() {
                digits.next().map_or(c, |digit| char::from(b'0' + digit))
            } else if spelled && spelled_digit(c).is_some() {
                digits.next().map_or(c, |digit| if digit == 0 { '공' } else { SYLLABLES[usize::from(digit)] })
            } else {
                c
            }
        })
        .collect()
}

//! Passports and driving licences.

use super::Confidence::{Checked, Likely};
use super::kind::Kind;
use super::number::{Gap, Number, digit_at, is_space, skip_digits};
use super::place::{Neighbour, OTHER_LABELS, Place, has_any, labelled};
use super::scan::Candidate;

const PASSPORT_LABELS: &[&str] = &["여권", "passport", "Passport", "PASSPORT"];
const LICENCE_LABELS: &[&str] = &["면허"];
const REGIONS: &[&str] = &[
    "서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종", "경기", "강원", "충북", "충남", "전북", "전남",
    "경북", "경남", "제주",
];
/// How far a label may stand from its number, in bytes.
const REACH: usize = 45;

/// A passport: a letter and eight digits, or since 2021 a letter, three digits, a letter and four digits. Part numbers
/// have the same form, so that a word for passport must stand near.
pub(super) fn passport(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let start = number.start();
    let letter = place.text[place.floor..start].chars().next_back()?;
    if !matches!(letter.to_ascii_uppercase(), 'M' | 'S' | 'R' | 'O' | 'D' | 'G') {
        return None;
    }
    let end = match number.lengths()[0] {
        8 => number.end(1),
        3 => end_of_new_form(place.text, number.end(1))?,
        _ => return None,
    };
    let stand_in = number.digits(1).starts_with(&[0; 3]);
    if place.right(end) != Neighbour::Open {
        return None;
    }
    let start = start - letter.len_utf8();
    let glued = place.text[place.floor..start].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let near = has_any(place.before(start, REACH), PASSPORT_LABELS) || has_any(place.after(end, 15), PASSPORT_LABELS);
    (!glued && near).then(|| Candidate::new(start, end, Kind::Passport, Checked).nobodys_if(stand_in))
}

fn end_of_new_form(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = at + usize::from(bytes.get(at)?.is_ascii_uppercase());
    digit_at(bytes, digits)?;
    let end = skip_digits(bytes, digits);
    (digits > at && end == digits + 4).then_some(end)
}

/// A driving licence: region, year, serial number, check digits: `11-19-123456-42`, `서울 19-123456-42`.
pub(super) fn driving_licence(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let groups = match number.lengths() {
        [2, 2, 6, 2, ..] => 4,
        [2, 6, 2, ..] => 3,
        [12, ..] => 1,
        _ => return None,
    };
    let (mut start, end) = (number.start(), number.end(groups));
    let stand_in = match groups {
        // A stand-in's serial number is zero where the region is a word.
        3 => number.digits(3)[2..8] == [0; 6],
        _ => number.digits(groups).starts_with(&[0; 2]),
    };
    let regional = stand_in
        || number.digits(groups)[0] == 1 && number.digits(groups)[1] > 0
        || number.digits(groups)[0] == 2 && number.digits(groups)[1] <= 8;
    let gaps = number.gaps(groups);
    let even = gaps.iter().all(|gap| gap.is_hyphen()) || gaps.iter().all(|&gap| gap == Gap::Space);
    if !even || !place.stands_free(start, end) {
        return None;
    }
    let window = place.before(start, REACH);
    let label = labelled(window, LICENCE_LABELS, OTHER_LABELS);
    let confidence = if groups == 3 {
        let before = place.text[place.floor..start].trim_end_matches(|c| is_space(c) || c == '-');
        let region = REGIONS.iter().find(|region| before.ends_with(**region))?;
        start = place.floor + before.len() - region.len();
        if label { Checked } else { Likely }
    } else {
        match (label, regional) {
            (true, true) => Checked,
            (false, true) if groups == 4 && gaps[0].is_hyphen() => Likely,
            _ => return None,
        }
    };
    Some(Candidate::new(start, end, Kind::DrivingLicence, confidence).nobodys_if(stand_in))
}

//! Resident, foreigner, corporate and business registration numbers, which look alike and mean different things.

use super::account::names_account;
use super::kind::Kind;
use super::number::{Gap, Number, value};
use super::place::{OTHER_LABELS, Place, labelled, named};
use super::scan::Candidate;
use super::{Confidence, Confidence::Checked, Confidence::Likely};

const RESIDENT_LABELS: &[&str] = &["주민", "외국인등록", "외국인 등록", "거소신고", "RRN", "생년월일"];
const CORPORATE_LABELS: &[&str] = &["법인"];
const BUSINESS_LABELS: &[&str] = &["사업자", "등록번호", "Business"];
/// How far a label may stand from its number, in bytes.
const REACH: usize = 45;

/// Check digit of a resident or foreigner number. For foreigners the same sum is moved by two.
///
/// Numbers given out since October 2020 are random from the eighth digit on, so that most fail: it may raise the
/// confidence and never clears a match.
pub(super) fn resident_check(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    let foreigner = matches!(digits[6], 5..=8);
    ((11 - sum % 11 + if foreigner { 2 } else { 0 }) % 10) as u8
}

/// Check digit of a corporate number (regulation on corporate registration, weights 1 and 2 in turn).
pub(super) fn corporate_check(digits: &[u8]) -> u8 {
    let sum: u32 = digits.iter().take(12).zip([1, 2].into_iter().cycle()).map(|(&d, w)| u32::from(d) * w).sum();
    ((10 - sum % 10) % 10) as u8
}

/// Check digit of a business number (National Tax Service, weights 1 3 7 1 3 7 1 3 5, the last product's tens carried).
pub(super) fn business_check(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    ((10 - (sum + u32::from(digits[8]) * 5 / 10) % 10) % 10) as u8
}

/// Whether the first six digits are a day, taking February for leap.
fn is_day(digits: &[u8]) -> bool {
    let last = match value(&digits[2..4]) {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&value(&digits[4..6]))
}

/// The day that stand-ins are born on, which no calendar has.
pub(super) const STAND_IN_DAY: [u8; 4] = [0, 2, 3, 0];

/// Last two digits of the last year in which somebody in the text can have been born.
const LAST_BIRTH_YEAR: u64 = 35;

/// Whether the seventh digit's century and the year make somebody who may have been alive since such numbers exist.
fn is_likely_birth(digits: &[u8]) -> bool {
    match digits[6] {
        9 | 0 => false,
        3 | 4 | 7 | 8 => value(&digits[..2]) <= LAST_BIRTH_YEAR,
        _ => true,
    }
}

/// A resident, foreigner or corporate number: six digits and seven.
pub(super) fn registration(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let groups = match number.lengths() {
        [13, ..] => 1,
        [6, 7, ..] if number.gaps(2)[0] != Gap::Paren => 2,
        _ => return None,
    };
    let (start, end) = (number.start(), number.end(groups));
    let digits = number.digits(groups);
    if !place.stands_free(start, end) {
        return None;
    }
    let kind = if matches!(digits[6], 5..=8) { Kind::ForeignerNumber } else { Kind::ResidentNumber };
    if digits[2..6] == STAND_IN_DAY {
        return Some(Candidate::new(start, end, kind, Likely).nobodys_if(true));
    }
    let window = place.before(start, REACH);
    let resident = labelled(window, RESIDENT_LABELS, CORPORATE_LABELS);
    let corporate = labelled(window, CORPORATE_LABELS, RESIDENT_LABELS);
    let hyphen = groups == 2 && number.gaps(2)[0].is_hyphen();
    let evidence = Evidence { hyphen, resident, alone: groups == 1 };
    let candidate = |kind, confidence| Candidate::new(start, end, kind, confidence);
    if let Some(confidence) = corporate_evidence(digits, hyphen, corporate, resident) {
        return Some(candidate(Kind::CorporateNumber, confidence).nobodys_if(digits.starts_with(&[0; 6])));
    }
    if !is_day(digits) || corporate {
        return None;
    }
    evidence.of_resident(place, digits, (start, end)).map(|confidence| candidate(kind, confidence))
}

fn corporate_evidence(digits: &[u8], hyphen: bool, labelled: bool, resident: bool) -> Option<Confidence> {
    // Registry offices are numbered from 11 up; stand-ins begin with zeros.
    let checked = digits[12] == corporate_check(digits);
    if digits.starts_with(&[0; 6]) {
        return checked.then_some(Likely);
    }
    if resident || digits[0] == 0 {
        return None;
    }
    // The Seoul registry's companies, whose number reads as a day in January 2011 or 1911.
    let seoul = digits.starts_with(&[1, 1, 0, 1, 1, 1]) || digits.starts_with(&[1, 1, 0, 1, 1, 4]);
    match (labelled, checked) {
        (true, true) => Some(Checked),
        (true, false) => Some(Likely),
        (false, true) if hyphen && matches!(digits[0], 1 | 2) && (seoul || !is_day(digits) || digits[6] == 0) => {
            Some(Likely)
        }
        _ => None,
    }
}

/// What speaks for a resident number besides its form.
struct Evidence {
    hyphen: bool,
    /// A label says so.
    resident: bool,
    /// Thirteen digits in one run.
    alone: bool,
}

impl Evidence {
    fn of_resident(&self, place: &Place<'_>, digits: &[u8], (start, end): (usize, usize)) -> Option<Confidence> {
        let checked = digits[12] == resident_check(digits);
        if self.resident {
            return Some(Checked);
        }
        if named(place.before(start, REACH), OTHER_LABELS, RESIDENT_LABELS) {
            return None;
        }
        if self.hyphen {
            return Some(if checked && is_likely_birth(digits) { Checked } else { Likely });
        }
        if !is_likely_birth(digits) {
            return None;
        }
        if self.alone {
            // Thirteen digits are also an article number of Korean goods or the milliseconds of a day since 2001.
            let clock = matches!(digits, [1, 0..=8, ..]) && !checked;
            let goods = digits.starts_with(&[8, 8]) && digits[2] == 0 && is_article_number(digits);
            let glued = place.text[place.floor..start].ends_with(|c: char| c.is_alphanumeric());
            let other = clock || goods || glued || names_account(place.before(start, REACH));
            return (place.stands_alone(start, end) && !other).then_some(Likely);
        }
        (!place.in_a_row(start, end) || checked).then_some(Likely)
    }
}

/// Check digit of GS1 article numbers (EAN-13).
fn is_article_number(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().zip([1, 3].into_iter().cycle()).map(|(&d, w)| u32::from(d) * w).sum();
    sum.is_multiple_of(10)
}

/// A business number: three digits, two and five, or ten behind a label.
pub(super) fn business(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let groups = match number.lengths() {
        [3, 2, 5, ..] if number.gaps(3).iter().all(|&gap| gap.is_hyphen() || matches!(gap, Gap::Dot | Gap::Space)) => 3,
        [10, ..] => 1,
        _ => return None,
    };
    let (start, end) = (number.start(), number.end(groups));
    let digits = number.digits(groups);
    // Tax offices are numbered from 101 up; stand-ins begin with zeros.
    let stand_in = digits.starts_with(&[0; 3]);
    if (digits[0] == 0 && !stand_in) || !place.stands_free(start, end) {
        return None;
    }
    let labelled = labelled(place.before(start, REACH), BUSINESS_LABELS, OTHER_LABELS);
    let checked = digits[9] == business_check(digits);
    let hyphens = groups == 3 && number.gaps(3).iter().all(|&gap| gap == Gap::Hyphen);
    let confidence = match (labelled, checked) {
        (true, true) => Checked,
        (true, false) | (false, true) if hyphens => Likely,
        _ => return None,
    };
    Some(Candidate::new(start, end, Kind::BusinessNumber, confidence).nobodys_if(stand_in))
}

//! Payment cards: issuer prefix, length and Luhn's check digit.

use super::Confidence::{Checked, Likely};
use super::kind::Kind;
use super::number::{Gap, Number, is_space, value};
use super::place::{OTHER_LABELS, Place, labelled, named};
use super::scan::Candidate;

const CARD_LABELS: &[&str] = &["카드", "card", "Card", "CARD", "결제"];
/// How far a label may stand from its number, in bytes.
const REACH: usize = 36;

/// Luhn's sum over all digits (ISO/IEC 7812-1): a multiple of ten if the last digit is right.
pub(super) fn luhn_sum(digits: &[u8]) -> u32 {
    digits.iter().rev().enumerate().fold(0, |sum, (place, &digit)| {
        let doubled = u32::from(digit) << (place % 2);
        sum + if doubled > 9 { doubled - 9 } else { doubled }
    })
}

/// Whether the length is right for the issuer. `None` for a prefix that no issuer has.
fn issuer_length(digits: &[u8]) -> Option<usize> {
    let four = value(&digits[..4]);
    match (digits[0], digits[1]) {
        (3, 4 | 7) => Some(15),
        (3, 6 | 8) => Some(14),
        (3, 5) if (3528..=3589).contains(&four) => Some(16),
        (4, _) | (5, 1..=6) | (6, 2 | 4 | 5) | (9, 0..=6) => Some(16),
        (6, 0) if four == 6011 => Some(16),
        (2, 2..=7) if (2221..=2720).contains(&four) => Some(16),
        _ => None,
    }
}

/// A card number in the groups that are printed on it, or in one run.
pub(super) fn card(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let groups = match number.lengths() {
        [4, 4, 4, 4, ..] => 4,
        [4, 6, 5 | 4, ..] => 3,
        [14..=16, ..] => 1,
        _ => return None,
    };
    let digits = number.digits(groups);
    let (start, end) = (number.start(), number.end(groups));
    // No issuer has four zeros.
    let stand_in = digits.starts_with(&[0; 4]);
    let fits = (stand_in || issuer_length(digits) == Some(digits.len())) && luhn_sum(digits).is_multiple_of(10);
    if !fits || number.gaps(groups).contains(&Gap::Loose) || !place.stands_free(start, end) {
        return None;
    }
    let window = place.before(start, REACH);
    let label = labelled(window, CARD_LABELS, OTHER_LABELS);
    let other = named(window, OTHER_LABELS, CARD_LABELS);
    // Numbers of orders, waybills and accounts are long runs as well, and one in ten passes the check.
    let common = matches!(digits[0], 4 | 5) || digits.len() == 15 || stand_in;
    match groups {
        _ if label => Some(Checked),
        _ if other => None,
        1 if !common || !place.stands_alone(start, end) => None,
        1 => Some(Likely),
        // Four numbers in a row of a table, unless they have a line of their own.
        _ if number.gaps(groups).iter().all(|&gap| gap == Gap::Space) && !has_own_line(place, start, end) => None,
        _ => Some(Checked),
    }
    .map(|confidence| Candidate::new(start, end, Kind::Card, confidence).nobodys_if(stand_in))
}

/// Whether nothing else stands on the line.
fn has_own_line(place: &Place<'_>, start: usize, end: usize) -> bool {
    let before = place.text[place.floor..start].trim_end_matches(is_space);
    let after = place.text[end..].trim_start_matches(is_space);
    (before.is_empty() && place.floor == 0 || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'))
}

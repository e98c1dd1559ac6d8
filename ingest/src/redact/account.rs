//! Bank accounts. No check digit is common to the banks, so that a word must speak for each number.

use super::Confidence::{Checked, Likely};
use super::kind::Kind;
use super::number::{Gap, Number, is_hyphen};
use super::phone::PHONE_LABELS;
use super::place::{OTHER_LABELS, Place, has_any, last_of};
use super::scan::Candidate;

/// Words that say that the number after them is an account.
const STRONG: &[&str] = &[
    "계좌",
    "입금",
    "송금",
    "이체",
    "통장",
    "예금주",
    "은행",
    "카카오뱅크",
    "카뱅",
    "케이뱅크",
    "토스뱅크",
    "새마을금고",
    "신협",
    "우체국",
    "농협",
    "수협",
    "저축",
    "증권",
    "후원",
];
/// Names of banks that are also other words, believed only right beside the number.
const WEAK: &[&str] = &[
    "국민", "신한", "우리", "하나", "기업", "제일", "씨티", "산업", "대구", "부산", "광주", "전북", "경남", "제주",
    "토스", "외환", "KB", "IBK", "NH", "SC", "BNK", "DGB", "KDB",
];
/// Words of other numbers, which go before those above where they stand nearer.
const OTHERS: &[&str] = &[
    "사업자",
    "법인",
    "주민",
    "면허",
    "카드",
    "여권",
    "우편",
    "등록번호",
    "수표",
    "어음",
    "증서",
    "법률",
    "고시",
    "코드",
];

/// Digits in each group of the banks' accounts.
const SHAPES: &[&[u8]] = &[
    &[6, 2, 6],
    &[3, 2, 4, 3],
    &[3, 3, 6],
    &[3, 2, 6],
    &[4, 3, 6],
    &[3, 6, 2, 3],
    &[3, 6, 5],
    &[3, 4, 4, 2],
    &[4, 2, 7],
    &[4, 4, 4],
    &[4, 4, 4, 1],
    &[3, 6, 3],
    &[3, 4, 4, 3],
    &[3, 2, 6, 1],
    &[3, 2, 7],
    &[2, 2, 6],
    &[3, 3, 7],
    &[3, 4, 6],
];

/// How far a strong label may stand before its number, in bytes.
const REACH: usize = 60;
/// How far the name of a bank may stand after a number, in bytes.
const REACH_AFTER: usize = 18;

/// An account with two to four groups between hyphens, or in one run behind a label.
pub(super) fn account(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let gaps = number.gaps(number.lengths().len());
    let kind_of_gap = gaps.first().copied();
    let groups = match kind_of_gap {
        Some(gap @ (Gap::Hyphen | Gap::Space | Gap::Dot)) => gaps.iter().take_while(|&&other| other == gap).count() + 1,
        _ => 1,
    };
    let groups = if kind_of_gap == Some(Gap::Space) { shaped_prefix(number, groups) } else { groups };
    let digits = number.digits(groups);
    let lengths = &number.lengths()[..groups];
    let (start, end) = (number.start(), number.end(groups));
    if !(10..=14).contains(&digits.len()) || is_other(digits, lengths) || !place.stands_free(start, end) {
        return None;
    }
    let shaped = SHAPES.contains(&lengths);
    let fits = match groups {
        1 => place.stands_alone(start, end),
        2 => kind_of_gap == Some(Gap::Hyphen) && lengths.iter().all(|&length| length >= 3),
        3..=5 => shaped || kind_of_gap == Some(Gap::Hyphen),
        _ => false,
    };
    let confidence = if shaped { Checked } else { Likely };
    let stand_in = digits.starts_with(&[0; 3]);
    (fits && is_labelled(place, start, end))
        .then(|| Candidate::new(start, end, Kind::BankAccount, confidence).nobodys_if(stand_in))
}

/// Groups of spaced digits that make the shape of an account; one if none do.
fn shaped_prefix(number: &Number, groups: usize) -> usize {
    (2..=groups).rev().find(|&n| SHAPES.contains(&&number.lengths()[..n])).unwrap_or(1)
}

/// Phones, dates and licences.
fn is_other(digits: &[u8], lengths: &[u8]) -> bool {
    let phone = match lengths {
        [2..=4, 3 | 4, 4] => digits[0] == 0,
        // The serial number of a licence behind its region, which is also the name of a bank.
        [2, 6, 2] => true,
        [9..=12] => digits[0] == 0 && !digits.starts_with(&[0; 3]),
        _ => false,
    };
    let clock = lengths.len() == 1 && matches!(digits, [2, 0, 0..=3, _, 0 | 1, _, 0..=3, ..]) && digits.len() != 11;
    phone || clock
}

fn is_labelled(place: &Place<'_>, start: usize, end: usize) -> bool {
    let window = place.before(start, REACH);
    let named = names_account(window);
    let others = [OTHERS, OTHER_LABELS, PHONE_LABELS];
    named || (!others.iter().any(|words| named_on_line(window, words)) && follows(place, end))
}

fn named_on_line(window: &str, words: &[&str]) -> bool {
    super::place::named(window, words, &[])
}

/// Whether what follows a window is an account by the words in it: a bank's name right before, or a label with no other
/// number and no other label between.
pub(super) fn names_account(window: &str) -> bool {
    let near = window.trim_end_matches(|c: char| matches!(c, ' ' | ':' | '(' | ')') || is_hyphen(c));
    if WEAK.iter().any(|bank| near.strip_suffix(bank).is_some_and(|rest| starts_word(rest, bank))) {
        return true;
    }
    let Some(label) = last_of(window, STRONG) else { return false };
    let between = &window[label..];
    // 계좌번호는 is no label of a phone.
    let between = between.strip_prefix("번호").unwrap_or(between);
    let others = [OTHERS, OTHER_LABELS, PHONE_LABELS];
    // A percentage or an amount behind a bank's name begins a table.
    !between.contains(|c: char| c.is_ascii_digit()) && !others.iter().any(|words| last_of(between, words).is_some())
}

/// Whether a Latin name is not the end of a longer one.
fn starts_word(before: &str, name: &str) -> bool {
    !name.is_ascii() || !before.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether a bank or the holder is named right after the number.
fn follows(place: &Place<'_>, end: usize) -> bool {
    let window = place.after(end, REACH_AFTER);
    let near = window.trim_start_matches([' ', '(', ',', '/', '[']);
    has_any(window, &["예금주", "은행"])
        || STRONG.iter().chain(WEAK).any(|bank| near.starts_with(bank) && !bank.is_ascii())
}

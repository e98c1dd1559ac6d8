//! Phone numbers of the Korean numbering plan, and those of other countries behind their country code.

use super::ip::reads_as_version_4;
use super::kind::Kind;
use super::number::{Gap, Number, is_space};
use super::place::{Neighbour, OTHER_LABELS, Place, has_any, labelled, named};
use super::scan::Candidate;
use super::{Confidence::Checked, Confidence::Likely};

pub(super) const PHONE_LABELS: &[&str] = &[
    "전화",
    "연락",
    "문의",
    "상담",
    "휴대",
    "핸드폰",
    "폰",
    "모바일",
    "제 번호",
    "내 번호",
    "번호는",
    "콜",
    "고객센터",
    "대표",
    "예약",
    "배달",
    "담당",
    "팩스",
    "☎",
    "☏",
    "📞",
    "📱",
    "TEL",
    "Tel",
    "tel",
    "FAX",
    "Fax",
    "fax",
    "HP",
    "H.P",
    "hp",
    "h.p",
    "Mobile",
    "mobile",
    "Phone",
    "phone",
    "T.",
    "M.",
    "T)",
    "F)",
    "T:",
    "M:",
    "C.P",
    "호출",
    "신고",
    "문자",
];
/// Latin words and letters that stand directly before a number, without a space.
const GLUED_LABELS: &[&str] =
    &["tel", "t", "hp", "h.p", "p", "m", "mobile", "phone", "fax", "f", "c", "c.p", "cp", "call", "ph", "sms"];
/// How far a label may stand from its number, in bytes.
const REACH: usize = 36;
/// How far a label may stand after a service line's number.
const REACH_AFTER: usize = 24;

/// Prefixes of service lines (numbers of the whole country that a company rents).
const SERVICE: [u64; 24] = [
    1522, 1533, 1544, 1551, 1555, 1566, 1577, 1588, 1599, 1600, 1644, 1660, 1661, 1666, 1668, 1670, 1688, 1800, 1811,
    1833, 1844, 1855, 1877, 1899,
];

/// What the digits of a national number, trunk zero included, are.
#[derive(Debug, Clone, Copy)]
struct Line {
    kind: Kind,
    /// Digits of the prefix.
    prefix: usize,
    /// Subscriber numbers in this network have eight digits, never seven.
    eight: bool,
}

fn line(digits: &[u8]) -> Option<Line> {
    let line = |kind, prefix, eight| Some(Line { kind, prefix, eight });
    match *digits {
        [0, 1, 0, ..] => line(Kind::MobilePhone, 3, true),
        [0, 1, 1 | 6..=9, ..] => line(Kind::MobilePhone, 3, false),
        [0, 2, ..] => line(Kind::Landline, 2, false),
        [0, 3, 1..=3, ..] | [0, 4, 1..=4, ..] | [0, 5, 1..=5, ..] | [0, 6, 1..=4, ..] => line(Kind::Landline, 3, false),
        [0, 7, 0, ..] => line(Kind::Landline, 3, true),
        [0, 8, 0, ..] => line(Kind::ServicePhone, 3, false),
        [0, 5, 0, ..] => line(Kind::VirtualPhone, 4, false),
        _ => None,
    }
}

/// Korean phones in national form, and with 82 or +82 before them.
pub(super) fn korean(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    match number.digits(1) {
        [0, 0, 8, 2] | [8, 2] => country_code(place, number),
        [0, 0, 8, 2, ..] | [8, 2, ..] if number.lengths()[0] >= 11 => run_with_country(place, number),
        [0, ..] => national(place, number),
        [1, 5 | 6 | 8, ..] => service(place, number),
        _ => None,
    }
}

/// How many groups of a number make a phone, the groups before `first` apart.
struct Form {
    line: Line,
    groups: usize,
    /// Digits before the subscriber's own, all groups counted.
    kept: usize,
    /// Exchanges that begin with a zero are not given out.
    unassigned: bool,
}

/// Reads prefix, exchange and line from the group `first` on. `trunk` is false where the zero was left out.
fn form(number: &Number, first: usize, trunk: bool) -> Option<Form> {
    let before = if first == 0 { 0 } else { number.digits(first).len() };
    let all = number.digits(number.lengths().len());
    let mut national = [0; 24];
    let own = &all[before..];
    let shift = usize::from(!trunk);
    national[shift..own.len().min(24 - shift) + shift].copy_from_slice(&own[..own.len().min(24 - shift)]);
    let line = line(&national)?;
    let prefix = line.prefix - shift;
    let lengths = &number.lengths()[first..];
    let p = prefix as u8;
    let (groups, subscriber) = match *lengths {
        // 050-7123-4567: the prefix of four digits is cut after the third.
        [3, b @ (4 | 5), 4, ..] if p == 4 => (3, b + 3),
        [a, b @ (3 | 4), 4, ..] if a == p => (3, b + 4),
        [a, b @ (7 | 8), ..] if a == p => (2, b),
        [a, 4, ..] if a == p + 3 || a == p + 4 => (2, a - p + 4),
        [a, ..] if a == p + 7 || a == p + 8 => (1, a - p),
        _ => return None,
    };
    let unassigned = national[line.prefix] == 0;
    if line.eight && subscriber != 8 {
        return None;
    }
    Some(Form { line, groups, kept: before + prefix, unassigned })
}

fn separators_fit(number: &Number, groups: usize) -> bool {
    number.gaps(groups).iter().all(|&gap| gap != Gap::Loose)
}

fn national(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let form = form(number, 0, true)?;
    if !separators_fit(number, form.groups) {
        return None;
    }
    let (mut start, end) = (number.start(), number.end(form.groups));
    let gaps = number.gaps(form.groups);
    if gaps.first() == Some(&Gap::Paren) && place.text[place.floor..start].ends_with(['(', '（']) {
        start -= place.text[..start].chars().next_back().map_or(0, char::len_utf8);
    }
    let window = place.before(start, REACH);
    if !has_free_sides(place, start, end) || named(window, OTHER_LABELS, PHONE_LABELS) {
        return None;
    }
    let mobile = number.digits(1).starts_with(&[0, 1, 0]);
    let known = labelled(window, PHONE_LABELS, OTHER_LABELS) || ends_with_glued_label(place, start);
    let confidence = match form.groups {
        // Ten or eleven digits in one run could be anything, but for the commonest prefix.
        1 if !known && (!mobile || !place.stands_alone(start, end)) => return None,
        1 if !known => Likely,
        _ if known || mobile => Checked,
        _ if gaps.iter().all(|&gap| gap == Gap::Space) && place.in_a_row(start, end) => return None,
        _ => Likely,
    };
    Some(Candidate::new(start, end, form.line.kind, confidence).keeping(form.kept).nobodys_if(form.unassigned))
}

fn has_free_sides(place: &Place<'_>, start: usize, end: usize) -> bool {
    let left = match place.left(start) {
        Neighbour::Letter => ends_with_glued_label(place, start),
        side => side != Neighbour::Joined,
    };
    left && matches!(place.right(end), Neighbour::Open | Neighbour::Url)
}

/// Whether the Latin word right before a number is a label such as `Tel`, `HP` or `M.`.
fn ends_with_glued_label(place: &Place<'_>, start: usize) -> bool {
    let before = place.text[place.floor..start].trim_end_matches(['.', ')', ']', '-', ':']);
    let from =
        before.len() - before.bytes().rev().take(8).take_while(|b| b.is_ascii_alphabetic() || *b == b'.').count();
    let word = before[from..].trim_start_matches('.');
    !word.is_empty()
        && GLUED_LABELS.iter().any(|label| word.eq_ignore_ascii_case(label))
        && !before[..from].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '-'))
}

/// `82-10-…`, `+82 (0)10 …`, `0082 2 …`: the number goes on behind the code.
fn country_code(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let (start, plus) = with_plus(place, number.start());
    if !plus && number.digits(1) == [8, 2] && !number.gaps(number.lengths().len()).starts_with(&[Gap::Hyphen]) {
        return None;
    }
    if number.lengths().len() > 1 {
        let trunk = number.digits(2).len() > number.digits(1).len() && number.digits(2)[number.digits(1).len()] == 0;
        let first = if number.lengths()[1] == 1 && trunk { 2 } else { 1 };
        let form = form(number, first, trunk && first == 1)?;
        let groups = first + form.groups;
        return finish(place, (start, number.end(groups)), &form, separators_fit(number, groups));
    }
    // `+82 (0)10-…` and `+82(10) …`, whose parenthesis no number is read across.
    let rest = &place.text[number.end(1)..];
    let inner = rest.trim_start_matches(is_space).strip_prefix('(')?;
    let number = Number::read(place.text, place.text.len() - inner.len())?;
    let (first, trunk) = if number.lengths()[0] == 1 { (1, false) } else { (0, number.digits(1)[0] == 0) };
    if first == 1 && (number.digits(1) != [0] || number.lengths().len() < 2) {
        return None;
    }
    let mut form = form(&number, first, trunk)?;
    form.kept += 2;
    finish(place, (start, number.end(first + form.groups)), &form, separators_fit(&number, first + form.groups))
}

/// `+821023456789`.
fn run_with_country(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let (start, plus) = with_plus(place, number.start());
    let digits = number.digits(1);
    let code = if digits[0] == 0 { 4 } else { 2 };
    let mut national = [0; 24];
    let rest = &digits[code..];
    let shift = usize::from(rest[0] != 0);
    national[shift..shift + rest.len()].copy_from_slice(rest);
    let line = line(&national)?;
    let subscriber = (rest.len() + shift).checked_sub(line.prefix)?;
    let fits = if line.eight { subscriber == 8 } else { matches!(subscriber, 7 | 8) };
    let mobile = line.kind == Kind::MobilePhone;
    if !fits || !(plus || (code == 2 && mobile && line.eight)) {
        return None;
    }
    let form = Form { line, groups: 1, kept: code + line.prefix - shift, unassigned: national[line.prefix] == 0 };
    finish(place, (start, number.end(1)), &form, true)
}

fn finish(place: &Place<'_>, (start, end): (usize, usize), form: &Form, fits: bool) -> Option<Candidate> {
    let other = named(place.before(start, REACH), OTHER_LABELS, PHONE_LABELS);
    (fits && !other && has_free_sides(place, start, end))
        .then(|| Candidate::new(start, end, form.line.kind, Checked).keeping(form.kept).nobodys_if(form.unassigned))
}

/// Takes in a plus sign before a country code.
fn with_plus(place: &Place<'_>, start: usize) -> (usize, bool) {
    match place.text[place.floor..start].chars().next_back() {
        Some(plus @ ('+' | '＋')) => {
            let plus = start - plus.len_utf8();
            let bracket = place.text[place.floor..plus].ends_with('(') && place.text[start..].starts_with("82)");
            (plus - usize::from(bracket), true)
        }
        _ => (start, false),
    }
}

/// `1588-1234`, `15881234` behind a label. Two years in the same form are years.
fn service(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let (groups, prefix, rest) = match number.lengths() {
        [4, 4, ..] => (2, number.value(0), number.value(1)),
        [8, ..] => (1, number.value(0) / 10_000, number.value(0) % 10_000),
        _ => return None,
    };
    let (start, end) = (number.start(), number.end(groups));
    let stand_in = prefix == 1500;
    if !(SERVICE.contains(&prefix) || stand_in) || !separators_fit(number, groups) {
        return None;
    }
    if !has_free_sides(place, start, end) || (groups == 1 && place.left(start) == Neighbour::Letter) {
        return None;
    }
    let window = place.before(start, REACH);
    // A letter and eight digits are a passport or a part.
    let label = labelled(window, PHONE_LABELS, OTHER_LABELS)
        || (groups == 2 && ends_with_glued_label(place, start))
        || has_any(place.after(end, REACH_AFTER), PHONE_LABELS);
    let other = named(window, OTHER_LABELS, PHONE_LABELS);
    let bracketed = place.text[..start].ends_with('(') && rest <= 2100;
    let years = (prefix..=2100).contains(&rest) || bracketed || place.text[end..].starts_with('년');
    let hyphen = groups == 2 && number.gaps(2)[0].is_hyphen();
    let confidence = match (label, hyphen) {
        (true, _) => Checked,
        (false, true) if !years && !other => Likely,
        _ => return None,
    };
    Some(Candidate::new(start, end, Kind::ServicePhone, confidence).nobodys_if(stand_in))
}

/// Whether digits begin with a country code (ITU-T E.164), and how long it is.
fn foreign_code(digits: &[u8]) -> Option<usize> {
    match *digits {
        [1 | 7, ..] => Some(1),
        [2, 0 | 7, ..] | [3, 0..=4 | 6 | 9, ..] | [4, 0 | 1 | 3..=9, ..] | [5, 1..=8, ..] => Some(2),
        [6, 0..=6, ..] | [8, 1 | 4 | 6, ..] | [9, 0..=5 | 8, ..] => Some(2),
        [2 | 3 | 4 | 5 | 6 | 8 | 9, 0..=9, 0..=9, ..] if digits[..2] != [8, 2] => Some(3),
        _ => None,
    }
}

/// `+1-650-253-0000`, `+81 3 1234 5678`: a plus sign, a code, and digits in groups.
pub(super) fn foreign(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let (start, true) = with_plus(place, number.start()) else { return None };
    let joined = number.gaps(number.lengths().len()).iter().take_while(|&&gap| gap != Gap::Loose).count() + 1;
    let code = foreign_code(number.digits(joined))?;
    // North America and Russia have ten digits, others eight to twelve. What follows may be another number.
    let least = if code == 1 { 10 } else { 8 };
    let groups = (1..=joined).find(|&groups| number.digits(groups).len() >= code + least)?;
    // `+203.0.113.200` is an address behind a sign, and what `ip` puts in the place of addresses has this form.
    if groups == 4 && reads_as_version_4(place, number).is_some() {
        return None;
    }
    let digits = number.digits(groups);
    let open = !place.text[place.floor..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '+' | ']'));
    let national = digits.len() - code;
    let fits = (least..=12).contains(&national) && digits.len() <= 15;
    let right = matches!(place.right(number.end(groups)), Neighbour::Open | Neighbour::Url);
    let label = has_any(place.before(start, REACH), PHONE_LABELS);
    let dotted = number.gaps(groups).contains(&Gap::Dot);
    (open && fits && right && (label || (groups >= 3 && !dotted) || (groups == 1 && national >= 9))).then(|| {
        let confidence = if label { Checked } else { Likely };
        Candidate::new(start, number.end(groups), Kind::ForeignPhone, confidence)
            .keeping(code)
            .nobodys_if(digits[code..].starts_with(&[0; 3]))
    })
}

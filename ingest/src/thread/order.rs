/// A message's place in its thread, as its order field gives it.
///
/// Numbers and times are compared on one scale, on which a time is its seconds since 1970, so that a thread may hold
/// Unix time and ISO 8601 side by side. Times without a zone are taken as of one zone. A message without a readable
/// order comes behind those that have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// Billionths of the number, or of a second.
    At(i128),
    /// No order, or one that is neither a number nor a time.
    Unknown,
}

const BILLION: i128 = 1_000_000_000;

/// Longest order that is read, in bytes.
const MAX_LENGTH: usize = 64;

impl Order {
    /// Reads a number (`17`, `1709181234.5`, `-3`) or a time (`2024-02-29`, `2024-02-29T13:05:00+09:00`,
    /// `2024.02.29 13:05`).
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Self::Unknown;
        }
        number(text).or_else(|| time(text)).map_or(Self::Unknown, Self::At)
    }
}

fn number(text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let value = digits_of(whole)?.checked_mul(BILLION)?.checked_add(billionths(fraction)?)?;
    Some(if negative { -value } else { value })
}

fn digits_of(text: &str) -> Option<i128> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// The digits behind a point as billionths; more than nine are cut.
fn billionths(fraction: &str) -> Option<i128> {
    if fraction.is_empty() {
        return Some(0);
    }
    let nine = &fraction[..fraction.floor_char_boundary(9)];
    let scale = 10i128.pow(9 - u32::try_from(nine.len()).ok()?);
    digits_of(fraction).and(digits_of(nine)).map(|digits| digits * scale)
}

fn time(text: &str) -> Option<i128> {
    let (date, rest) = text.split_at_checked(10)?;
    let mark = date.as_bytes()[4];
    if !matches!(mark, b'-' | b'.' | b'/') || date.as_bytes()[7] != mark {
        return None;
    }
    let part = |from: usize, to: usize| digits_of(date.get(from..to)?);
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_since_1970(year, month, day);
    let rest = rest.trim_start_matches('.').trim_start();
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest);
    if rest.is_empty() {
        return Some(days * 86_400 * BILLION);
    }
    let (clock, zone) = rest.split_at(rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len()));
    let seconds = days * 86_400 - offset(zone.trim())?;
    seconds.checked_mul(BILLION)?.checked_add(time_of_day(clock)?)
}

/// Days from 1 January 1970 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days_since_1970(year: i128, month: i128, day: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// `13:05`, `13:05:00` or `13:05:00.25` in billionths of a second.
fn time_of_day(clock: &str) -> Option<i128> {
    let mut parts = clock.split(':');
    let (hours, minutes) = (digits_of(parts.next()?)?, digits_of(parts.next()?)?);
    let seconds = number(parts.next().unwrap_or("0"))?;
    let valid = hours <= 24 && minutes < 60 && (0..61 * BILLION).contains(&seconds) && parts.next().is_none();
    valid.then_some((hours * 3600 + minutes * 60) * BILLION + seconds)
}

/// `Z`, `+09:00`, `+0900` or `+09` in seconds.
fn offset(zone: &str) -> Option<i128> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = match zone.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, zone.strip_prefix('-')?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => digits.split_at_checked(2)?,
    };
    let minutes = if minutes.is_empty() { 0 } else { digits_of(minutes)? };
    Some(sign * (digits_of(hours)? * 3600 + minutes * 60))
}

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
    /// `2024.2.29 13:05`, `2024년 2월 29일 오후 1:05`).
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
    let (days, rest) = date(text)?;
    let rest = rest.trim_start_matches('.').trim_start();
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest);
    if rest.is_empty() {
        return Some(days * 86_400 * BILLION);
    }
    let (half, rest) = match (rest.strip_prefix("오전"), rest.strip_prefix("오후")) {
        (Some(rest), _) => (Some(0), rest.trim_start()),
        (_, Some(rest)) => (Some(HALF_DAY), rest.trim_start()),
        _ => (None, rest),
    };
    let (clock, zone) = rest.split_at(rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len()));
    let of_day = time_of_day(clock)?;
    let of_day = match half {
        // 오전 12:05 is five past midnight, 오후 12:05 five past noon.
        Some(half) if of_day < HALF_DAY + HALF_DAY / 12 => of_day % HALF_DAY + half,
        Some(_) => return None,
        None => of_day,
    };
    let seconds = days * 86_400 - offset(zone.trim())?;
    seconds.checked_mul(BILLION)?.checked_add(of_day)
}

/// Twelve hours in billionths of a second.
const HALF_DAY: i128 = 43_200 * BILLION;

/// `2024-02-29`, `2024.2.29`, `2024. 2. 29.`, `2024/02/29` or `2024년 2월 29일` as days from 1970, and what follows.
fn date(text: &str) -> Option<(i128, &str)> {
    let (year, rest) = leading(text, 4).filter(|(_, rest)| text.len() - rest.len() == 4)?;
    let mark = rest.chars().next().filter(|mark| matches!(mark, '-' | '.' | '/' | '년'))?;
    let (month, rest) = leading(rest[mark.len_utf8()..].trim_start(), 2)?;
    let (day, rest) = leading(rest.strip_prefix(if mark == '년' { '월' } else { mark })?.trim_start(), 2)?;
    let rest = if mark == '년' { rest.strip_prefix('일')? } else { rest };
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| (days_since_1970(year, month, day), rest))
}

/// At most so many digits that a text begins with, and what follows them.
fn leading(text: &str, most: usize) -> Option<(i128, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    Some((digits_of(&text[..digits])?, &text[digits..]))
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
    valid.then(|| (hours * 3600 + minutes * 60) * BILLION + seconds)
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
    let (hours, minutes) = (digits_of(hours)?, if minutes.is_empty() { 0 } else { digits_of(minutes)? });
    (hours <= 24 && minutes < 60).then(|| sign * (hours * 3600 + minutes * 60))
}

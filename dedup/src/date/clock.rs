//! Times of day.

use super::KOREAN_TIME;
use super::cursor::Cursor;

/// Seconds from midnight UTC to the time that follows a date; midnight in Korea if none does.
pub(super) fn seconds_of_day(cursor: &mut Cursor<'_>) -> i64 {
    skip_weekday(cursor);
    match time(cursor) {
        Some(seconds) => seconds - zone(cursor).unwrap_or(KOREAN_TIME),
        None => -KOREAN_TIME,
    }
}

/// What may stand between a date and a time: `T`, commas, `(월)`, `월요일`.
fn skip_weekday(cursor: &mut Cursor<'_>) {
    loop {
        cursor.skip_spaces();
        let passed = cursor.one_of(&[',', '(', ')', '.', 'T', 't', '-']).is_some();
        let weekday = || cursor.rest().chars().next().filter(|c| "월화수목금토일".contains(*c));
        if !passed && weekday().is_none() {
            return;
        }
        if !passed {
            cursor.word();
        }
    }
}

/// Seconds from midnight to a time: `15:05:00.5`, `오후 3:05`, `3:05 PM`, `오후 3시 5분`, `150500`.
fn time(cursor: &mut Cursor<'_>) -> Option<i64> {
    const HALVES: &[&str] = &["오전", "am", "오후", "pm"];
    let before = cursor.any_word(HALVES);
    cursor.skip_spaces();
    let digits = cursor.digits()?;
    let (hour, minute, second) = if digits.len() == 6 {
        let number: i64 = digits.parse().ok()?;
        (number / 10_000, number / 100 % 100, number % 100)
    } else {
        let hour = Some(digits).filter(|digits| digits.len() <= 2)?.parse().ok()?;
        cursor.one_of(&[':', '시'])?;
        cursor.skip_spaces();
        let minute = cursor.number(2).unwrap_or(0);
        let seconds_follow = cursor.one_of(&[':', '분']).is_some();
        cursor.skip_spaces();
        let second = if seconds_follow { cursor.number(2).unwrap_or(0) } else { 0 };
        (hour, minute, second)
    };
    cursor.one_of(&['초']);
    if cursor.one_of(&['.', ',']).is_some() {
        cursor.digits();
    }
    cursor.skip_spaces();
    let half = before.or_else(|| cursor.any_word(HALVES));
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + if half < 2 { 0 } else { 12 },
        _ => hour,
    };
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

/// Offset of a zone in seconds: `Z`, `+09:00`, `+0900`, `GMT`, `KST`.
fn zone(cursor: &mut Cursor<'_>) -> Option<i64> {
    cursor.skip_spaces();
    if cursor.any_word(&["KST"]).is_some() {
        return Some(KOREAN_TIME);
    }
    let universal = cursor.any_word(&["UTC", "GMT", "UT", "Z"]).map(|_| 0);
    let Some(sign) = cursor.one_of(&['+', '-']) else { return universal };
    let hours = cursor.digits()?;
    let number: i64 = hours.parse().ok()?;
    let (hours, minutes) = match hours.len() {
        4 => (number / 100, number % 100),
        1 | 2 => (number, cursor.one_of(&[':']).and_then(|_| cursor.number(2)).unwrap_or(0)),
        _ => return universal,
    };
    let offset = hours * 3600 + minutes * 60;
    if hours > 14 || minutes > 59 {
        return universal;
    }
    Some(if sign == '-' { -offset } else { offset })
}

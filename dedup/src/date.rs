//! Dates as people and programs write them, as one number.

mod clock;
mod cursor;

use clock::seconds_of_day;
use cursor::Cursor;

/// Longest date that is looked at, in bytes.
const MAX_BYTES: usize = 128;

/// Offset of Korean time, in seconds, which a date without a zone is taken to be in. There has been no summer time in Korea
/// since 1988.
const KOREAN_TIME: i64 = 9 * 3600;

/// Years that are taken for real. Earlier ones are what programs write for an unknown date.
const YEARS: std::ops::Range<i64> = 1000..3000;

/// The moment that a document's date names, in seconds from 1970 UTC, or `None` if it cannot be told.
///
/// Read are ISO 8601 and RFC 3339 (`2023-05-01T15:05:00+09:00`, `20230501`, `2023-05`, `2023`), the same with dots or
/// slashes (`2023.05.01`, `2023. 5. 1.`), Korean (`2023년 5월 1일 오후 3시 5분`), RFC 2822 (`Mon, 01 May 2023 15:05:00
/// +0900`), American dates (`05/01/2023`, `May 1, 2023`), and seconds or milliseconds from 1970. Words before the date
/// (`입력`) are skipped, and what follows it if it is no time of day. What is missing is the first of its kind; a date
/// without a zone is in Korean time. Years of two digits are not guessed at, nor are days before the month.
pub fn instant(date: &str) -> Option<i64> {
    let date = date.trim();
    if date.len() > MAX_BYTES {
        return None;
    }
    let mut cursor = Cursor::new(date);
    let day = loop {
        if let Some(digits) = cursor.digits() {
            match leading_number(digits, &mut cursor)? {
                Start::Day(day) => break day,
                Start::Instant(seconds) => return Some(seconds),
            }
        }
        let word = cursor.word();
        match month_named(word) {
            Some(month) => break american(month, &mut cursor)?,
            None if word.is_empty() && !cursor.skip() => return None,
            None => {}
        }
    };
    Some(day * 86_400 + seconds_of_day(&mut cursor))
}

enum Start {
    /// Days from 1970.
    Day(i64),
    Instant(i64),
}

/// What a date that begins with a number is, by how many digits that has.
fn leading_number(digits: &str, cursor: &mut Cursor<'_>) -> Option<Start> {
    let number: i64 = digits.parse().ok()?;
    let day = match digits.len() {
        14 => return compact(number / 1_000_000, number % 1_000_000),
        12 => return compact(number / 10_000, number % 10_000 * 100),
        13 if number >= 0 => return Some(Start::Instant(number.div_euclid(1000))),
        // Below are the years until 2030 as seconds, above those since 1900 as `2023050115`.
        10 if number >= 1_900_000_000 => return compact(number / 100, number % 100 * 10_000),
        10 => return Some(Start::Instant(number)),
        8 => day(number / 10_000, number / 100 % 100, number % 100)?,
        4 => year_first(number, cursor)?,
        1 | 2 => day_or_month_first(number, cursor)?,
        _ => return None,
    };
    Some(Start::Day(day))
}

/// `20230501150500`.
fn compact(date: i64, time: i64) -> Option<Start> {
    let day = day(date / 10_000, date / 100 % 100, date % 100)?;
    let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
    let valid = hour < 24 && minute < 60 && second <= 60;
    valid.then_some(Start::Instant(day * 86_400 + hour * 3600 + minute * 60 + second - KOREAN_TIME))
}

/// `2023-05-01`, `2023. 5. 1.`, `2023년 5월 1일`, `2023-05`, `2023`.
fn year_first(year: i64, cursor: &mut Cursor<'_>) -> Option<i64> {
    let Some(separator) = cursor.one_of(&['-', '.', '/', '년']) else { return day(year, 1, 1) };
    cursor.skip_spaces();
    let Some(month) = cursor.number(2) else { return day(year, 1, 1) };
    let separator = if separator == '년' { '월' } else { separator };
    if cursor.one_of(&[separator]).is_none() {
        return day(year, month, 1);
    }
    cursor.skip_spaces();
    let Some(number) = cursor.number(2) else { return day(year, month, 1) };
    cursor.one_of(&['일', '.']);
    day(year, month, number)
}

/// `05/01/2023` or `01 May 2023`.
fn day_or_month_first(number: i64, cursor: &mut Cursor<'_>) -> Option<i64> {
    if cursor.one_of(&['/']).is_some() {
        let in_month = cursor.number(2)?;
        cursor.one_of(&['/'])?;
        return day(cursor.number(4)?, number, in_month);
    }
    cursor.skip_spaces();
    cursor.one_of(&['-']);
    let month = month_named(cursor.word())?;
    cursor.skip_spaces();
    cursor.one_of(&['-', ',']);
    cursor.skip_spaces();
    day(cursor.number(4)?, month, number)
}

/// `May 1, 2023`, after the month.
fn american(month: i64, cursor: &mut Cursor<'_>) -> Option<i64> {
    cursor.one_of(&['.']);
    cursor.skip_spaces();
    let number = cursor.number(2)?;
    cursor.one_of(&[',']);
    cursor.skip_spaces();
    day(cursor.number(4)?, month, number)
}

fn month_named(word: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let known = |month: &&str| word.eq_ignore_ascii_case(month) || word.eq_ignore_ascii_case(&month[..3]);
    (1..).zip(&MONTHS).find(|(_, month)| known(month)).map(|(number, _)| number)
}

/// Days from 1970 to a date of the Gregorian calendar, or `None` if there is no such day (Hinnant, *chrono-Compatible
/// Low-Level Date Algorithms*, `days_from_civil`).
fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !YEARS.contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests;

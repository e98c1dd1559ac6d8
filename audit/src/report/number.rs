/// `411138` as `411,138`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number in three or four figures, such as `9,214`, `411k` or `12.3M`.
pub(crate) fn compact(number: u64) -> String {
    if number < 10_000 {
        return thousands(number);
    }
    let mut value = number as f64;
    for unit in ["k", "M", "G"] {
        value /= 1e3;
        if value < 99.95 {
            return format!("{value:.1}{unit}");
        }
        if value < 999.5 {
            return format!("{value:.0}{unit}");
        }
    }
    format!("{:.1}T", value / 1e3)
}

/// A part of a whole in percent with one decimal; what is neither none nor all never looks so.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let percent = part as f64 / whole as f64 * 100.0;
    match percent {
        p if part > 0 && p < 0.05 => "<0.1%".to_owned(),
        p if part < whole && p >= 99.95 => ">99.9%".to_owned(),
        p => format!("{p:.1}%"),
    }
}

/// A duration, in the unit that fits it.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        0..3_600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3_600, whole % 3_600 / 60),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<T> = words.into_iter().collect();
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        let compacted = [9_999, 10_000, 99_950, 999_499, 999_500, 12_345_678].map(compact);
        assert_eq!(compacted, ["9,999", "10.0k", "100k", "999k", "1.0M", "12.3M"]);
        assert_eq!([3.25, 61.0, 3_725.0].map(seconds), ["3.2 s", "1 min 01 s", "1 h 02 min"]);
    }

    #[test]
    fn a_share_never_claims_none_or_all_wrongly() {
        assert_eq!([(0, 9), (9, 9), (1, 3)].map(|(part, whole)| share(part, whole)), ["0.0%", "100.0%", "33.3%"]);
        assert_eq!(
            [(1, 9_999), (9_998, 9_999), (0, 0)].map(|(part, whole)| share(part, whole)),
            ["<0.1%", ">99.9%", "-"]
        );
    }

    proptest! {
        #[test]
        fn grouping_changes_no_digit(number in any::<u64>()) {
            prop_assert_eq!(thousands(number).replace(',', ""), number.to_string());
        }

        #[test]
        fn compact_numbers_are_short(number in any::<u64>()) {
            prop_assert!(compact(number).len() <= 11, "{}", compact(number));
        }
    }
}

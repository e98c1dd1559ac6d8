/// A line in the form in which lines are compared: no whitespace at its ends, one space for every run of it between words.
/// With `digits`, every number (thousands commas included) is `0`.
///
/// `line` is trimmed. Most lines are their own folded form and are not copied.
pub(super) fn fold<'a>(line: &'a str, digits: bool, buffer: &'a mut String) -> &'a str {
    if is_folded(line) && !(digits && line.bytes().any(|byte| byte.is_ascii_digit())) {
        return line;
    }
    buffer.clear();
    for word in line.split_whitespace() {
        if !buffer.is_empty() {
            buffer.push(' ');
        }
        if digits { fold_numbers(word, buffer) } else { buffer.push_str(word) }
    }
    buffer
}

/// Whether a trimmed line has plain single spaces only.
///
/// Bytes tell that of most lines. Those that hold a byte with which some space of Unicode's begins (as “ and 。 do) are
/// looked at by characters.
fn is_folded(line: &str) -> bool {
    let bytes = line.as_bytes();
    // Without early exits, for the compiler to make vectors of it.
    let doubled = bytes.windows(2).fold(false, |found, pair| found | (pair[0] == b' ') & (pair[1] == b' '));
    let odd = bytes.iter().fold(false, |found, &byte| found | matches!(byte, b'\t'..=b'\r' | 0xc2 | 0xe1..=0xe3));
    !(doubled || odd && line.contains(|c: char| c != ' ' && c.is_whitespace()))
}

fn fold_numbers(word: &str, into: &mut String) {
    let mut rest = word;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        into.push_str(&rest[..at]);
        into.push('0');
        rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_digit());
        while let Some(after) = rest.strip_prefix(',').filter(|after| after.starts_with(|c: char| c.is_ascii_digit())) {
            rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(line: &str, digits: bool) -> String {
        fold(line.trim(), digits, &mut String::from("이전 줄")).to_owned()
    }

    #[test]
    fn numbers_are_one_class() {
        assert_eq!(folded("조회 1,234", true), folded("조회 9", true));
        assert_eq!(folded("2024.03.05  입력", true), "0.0.0 입력");
        assert_eq!(folded("1,2,가3나,4", true), "0,가0나,0");
        assert_ne!(folded("조회 1,234", false), folded("조회 9", false));
    }

    proptest! {
        /// Against the definition, whichever path a line takes.
        #[test]
        fn whitespace_folds(line in "[가a1, \t\u{a0}\u{3000}\u{2003}\u{1680}\u{85}。…é]{0,30}") {
            let words: Vec<&str> = line.split_whitespace().collect();
            prop_assert_eq!(folded(&line, false), words.join(" "));
            prop_assert_eq!(folded(&folded(&line, true), true), folded(&line, true));
        }
    }
}

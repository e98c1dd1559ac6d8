//! Percent-encoding, written one way.

/// What becomes of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Kept,
    Escaped,
    /// Tabs and line ends, which browsers ignore wherever they stand (WHATWG URL).
    Dropped,
    Percent,
    /// A space in a query, itself in a path.
    Plus,
}

const BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Escaped; 256];
    let mut at = 0;
    while at < 128 {
        bytes[at] = match at as u8 {
            b'%' => Byte::Percent,
            b'+' => Byte::Plus,
            b'\t' | b'\n' | b'\r' => Byte::Dropped,
            byte if stands_for_itself(byte) || matches!(byte, b'$' | b'&' | b';' | b'=' | b'/' | b'?') => Byte::Kept,
            _ => Byte::Escaped,
        };
        at += 1;
    }
    bytes
};

/// Whether a byte means the same escaped or not: the unreserved ones, the marks that RFC 2396 held unreserved, and those
/// that delimit nothing in a path or a query but that some writers escape (`/%40name`, `%EB%B6%84%EB%A5%98%3A`).
const fn stands_for_itself(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'!' | b'*' | b'\'' | b'(' | b')' | b'@' | b':' | b',')
}

/// Appends a part of an address: escapes in upper case and only where they are needed, none missing.
pub(super) fn push(text: &str, in_query: bool, into: &mut String) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match BYTES[byte as usize] {
            Byte::Kept => {
                let run = bytes[at..].iter().take_while(|&&b| BYTES[b as usize] == Byte::Kept).count();
                into.push_str(&text[at..at + run]);
                at += run - 1;
            }
            Byte::Escaped => push_escape(byte, into),
            Byte::Dropped => {}
            Byte::Plus if in_query => push_escape(b' ', into),
            Byte::Plus => into.push('+'),
            Byte::Percent => match escaped(&bytes[at + 1..]) {
                Some(byte) => {
                    at += 2;
                    if stands_for_itself(byte) { into.push(char::from(byte)) } else { push_escape(byte, into) }
                }
                None => push_escape(b'%', into),
            },
        }
        at += 1;
    }
}

/// The byte that two hexadecimal digits, what follows a `%`, stand for.
pub(super) fn escaped(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*digits.get(at)?).to_digit(16);
    Some((digit(0)? * 16 + digit(1)?) as u8)
}

fn push_escape(byte: u8, into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    into.push('%');
    into.push(char::from(DIGITS[usize::from(byte >> 4)]));
    into.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn normal(text: &str, in_query: bool) -> String {
        let mut into = String::new();
        push(text, in_query, &mut into);
        into
    }

    #[test]
    fn escapes_are_written_one_way() {
        assert_eq!(normal("%ea%b0%80", false), "%EA%B0%80");
        assert_eq!(normal("가", false), "%EA%B0%80");
        assert_eq!(normal("%41%7e%2f%40a", false), "A~%2F@a");
        assert_eq!(normal("100%", false), "100%25");
        assert_eq!(normal("%%34%31", false), "%2541", "what is decoded makes no new escape");
        assert_eq!(normal("a b+c", false), "a%20b+c");
        assert_eq!(normal("a b+c%2b", true), "a%20b%20c%2B");
        assert_eq!(normal("a\tb\nc", false), "abc");
        assert_ne!(normal("%B0%A1", false), normal("%EA%B0%80", false), "EUC-KR is no UTF-8");
    }

    proptest! {
        #[test]
        fn the_normal_form_is_ascii_and_its_own(text in "[%0-9a-fA-F+ 가~/&=\t]{0,30}|\\PC{0,20}", in_query in any::<bool>()) {
            let once = normal(&text, in_query);
            prop_assert!(once.is_ascii());
            prop_assert_eq!(normal(&once, in_query), once);
        }
    }
}

//! A number as people write it: groups of digits with separators between them, each read once.

/// Most groups that a detector asks for: the eight of a spaced international number, with one to see that it goes on.
pub(super) const MAX_GROUPS: usize = 7;
/// Most digits of a number; a longer one is nobody's.
pub(super) const MAX_DIGITS: usize = 24;

/// What stands between two groups of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// A hyphen or one of the characters used for it.
    Hyphen,
    /// The same with spaces beside it.
    SpacedHyphen,
    /// A full stop or middle dot without spaces.
    Dot,
    /// Spaces alone.
    Space,
    /// A closing parenthesis.
    Paren,
    /// A full stop, middle dot or slash with spaces, or a slash: dates, lists, fractions.
    Loose,
}

/// Hyphens, dashes, and characters that are typed for them: the vowel ㅡ, the long-vowel mark ー, box drawing ─.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{ad}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{30fc}'
                | '\u{3161}'
                | '\u{1173}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{2796}'
                | '\u{ff70}'
                | '\u{207b}'
    )
}

/// Full stops and middle dots.
pub(super) fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '\u{b7}'
            | '\u{2022}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22c5}'
            | '\u{30fb}'
            | '\u{318d}'
            | '\u{ff0e}'
            | '\u{ff65}'
            | '\u{119e}'
            | '\u{387}'
    )
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}')
}

/// The digit at a byte position, ASCII or full-width, and its length in bytes.
#[inline]
pub(super) fn digit_at(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    match *bytes.get(at)? {
        digit @ b'0'..=b'9' => Some((digit - b'0', 1)),
        0xef if bytes.get(at + 1) == Some(&0xbc) => match bytes.get(at + 2) {
            Some(&last @ 0x90..=0x99) => Some((last - 0x90, 3)),
            _ => None,
        },
        _ => None,
    }
}

/// A run of digits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Groups of digits from a place in the text on.
#[derive(Debug)]
pub(super) struct Number {
    groups: [Group; MAX_GROUPS],
    lengths: [u8; MAX_GROUPS],
    gaps: [Gap; MAX_GROUPS],
    count: usize,
    digits: [u8; MAX_DIGITS],
    total: usize,
}

impl Gap {
    pub(super) fn is_hyphen(self) -> bool {
        matches!(self, Self::Hyphen | Self::SpacedHyphen)
    }
}

impl Number {
    /// Reads on from a digit. `None` if there is none, or if the first group alone is longer than any number.
    pub(super) fn read(text: &str, start: usize) -> Option<Self> {
        digit_at(text.as_bytes(), start)?;
        let mut number = Self {
            groups: [Group::default(); MAX_GROUPS],
            lengths: [0; MAX_GROUPS],
            gaps: [Gap::Loose; MAX_GROUPS],
            count: 0,
            digits: [0; MAX_DIGITS],
            total: 0,
        };
        let mut at = start;
        while number.read_group(text.as_bytes(), at) {
            let end = number.groups[number.count - 1].end;
            if number.count == MAX_GROUPS {
                break;
            }
            match gap_after(text, end) {
                Some((gap, next)) => {
                    number.gaps[number.count - 1] = gap;
                    at = next;
                }
                None => break,
            }
        }
        (number.count > 0).then_some(number)
    }

    fn read_group(&mut self, bytes: &[u8], start: usize) -> bool {
        let (mut at, before) = (start, self.total);
        while let Some((digit, length)) = digit_at(bytes, at) {
            if self.total == MAX_DIGITS {
                self.total = before;
                return false;
            }
            self.digits[self.total] = digit;
            self.total += 1;
            at += length;
        }
        self.groups[self.count] = Group { start, end: at };
        self.lengths[self.count] = (self.total - before) as u8;
        self.count += 1;
        true
    }

    /// Digits in each group.
    pub(super) fn lengths(&self) -> &[u8] {
        &self.lengths[..self.count]
    }

    /// Digits of the first groups.
    pub(super) fn digits(&self, groups: usize) -> &[u8] {
        &self.digits[..self.lengths[..groups].iter().map(|&length| usize::from(length)).sum()]
    }

    /// What stands between the first groups.
    pub(super) fn gaps(&self, groups: usize) -> &[Gap] {
        &self.gaps[..groups - 1]
    }

    pub(super) fn start(&self) -> usize {
        self.groups[0].start
    }

    /// Where the first groups end in the text, in bytes.
    pub(super) fn end(&self, groups: usize) -> usize {
        self.groups[groups - 1].end
    }

    /// The value of one group, which has few enough digits.
    pub(super) fn value(&self, group: usize) -> u64 {
        let from = self.lengths[..group].iter().map(|&length| usize::from(length)).sum::<usize>();
        value(&self.digits[from..from + usize::from(self.lengths[group])])
    }
}

/// The value of at most 19 digits.
pub(super) fn value(digits: &[u8]) -> u64 {
    digits.iter().take(19).fold(0, |value, &digit| value * 10 + u64::from(digit))
}

/// Where the run of digits that begins at `start` ends.
pub(super) fn skip_digits(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some((_, length)) = digit_at(bytes, at) {
        at += length;
    }
    at
}

/// Most spaces between two groups of one number.
const MAX_SPACES: usize = 2;

/// The bytes of a few spaces.
pub(super) fn spaces(text: &str) -> usize {
    text.chars().take(MAX_SPACES).take_while(|&c| is_space(c)).map(char::len_utf8).sum()
}

/// The separator after a group and where the next group begins, if one follows.
fn gap_after(text: &str, end: usize) -> Option<(Gap, usize)> {
    let bytes = text.as_bytes();
    // Most groups are followed by a syllable.
    if matches!(bytes.get(end), None | Some(0xea..=0xee | b'\n' | b',' | b'a'..=b'z' | b'A'..=b'Z')) {
        return None;
    }
    let mut at = end + spaces(&text[end..]);
    let spaced = at > end;
    let c = text[at..].chars().next()?;
    let mut gap = match c {
        _ if is_hyphen(c) => Gap::Hyphen,
        _ if is_dot(c) => Gap::Dot,
        ')' | '）' => Gap::Paren,
        '/' | '／' => Gap::Loose,
        _ => Gap::Space,
    };
    if gap == Gap::Space {
        return (spaced && digit_at(bytes, at).is_some()).then_some((gap, at));
    }
    at += c.len_utf8();
    if gap == Gap::Paren {
        at += text[at..].chars().next().filter(|&c| is_hyphen(c) || is_dot(c)).map_or(0, char::len_utf8);
    }
    let after = spaces(&text[at..]);
    if spaced || after > 0 {
        gap = match gap {
            Gap::Dot => Gap::Loose,
            Gap::Hyphen => Gap::SpacedHyphen,
            other => other,
        };
    }
    digit_at(bytes, at + after).is_some().then_some((gap, at + after))
}

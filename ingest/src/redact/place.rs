//! What stands around a place in the text: neighbours that glue a number to something longer, and words near it.
//!
//! Nothing here looks across an earlier finding, and a token counts as a number, so that what is decided about the
//! rest of a text is the same before and after its first part was masked.

use super::kind::{Kind, begins_with_token, ends_with_token};
use super::number::{digit_at, is_dot, is_hyphen, is_space, spaces};

/// A text and the end of the last finding in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    pub(super) floor: usize,
}

/// What a number touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Neighbour {
    /// Nothing that matters.
    Open,
    /// A Latin letter or underscore.
    Letter,
    /// A character of addresses in the web, behind which long digit runs are no numbers of people.
    Url,
    /// Another part of the same longer number, a currency sign, a percent sign.
    Joined,
}

impl<'a> Place<'a> {
    /// What stands left of `at`.
    pub(super) fn left(&self, at: usize) -> Neighbour {
        if at == self.floor {
            return Neighbour::Open;
        }
        let before = &self.text[self.floor..at];
        let mut reversed = before.chars().rev();
        let Some(c) = reversed.next() else { return Neighbour::Open };
        let rest = &before[..before.len() - c.len_utf8()];
        let further = reversed.next();
        let after_number = (rest.is_empty() && self.floor > 0)
            || further.is_some_and(|c| c.is_ascii_digit() || ('０'..='９').contains(&c))
            || ends_with_token(rest);
        match c {
            'a'..='z' | 'A'..='Z' | '_' => Neighbour::Letter,
            _ if is_hyphen(c) && further.is_some_and(|c| c.is_ascii_alphabetic()) => Neighbour::Letter,
            ',' | '/' if rest.is_empty() || ends_with_token(rest) => Neighbour::Open,
            _ if after_number && (is_hyphen(c) || is_dot(c) || matches!(c, ',' | ':' | '/' | '*' | '×' | '^')) => {
                Neighbour::Joined
            }
            '$' | '₩' | '￦' | '\\' | '€' | '¥' | '£' | '#' | '%' | '@' | '^' => Neighbour::Joined,
            '/' | '=' | '?' | '&' => Neighbour::Url,
            _ => Neighbour::Open,
        }
    }

    /// What stands right of `at`.
    pub(super) fn right(&self, at: usize) -> Neighbour {
        let rest = &self.text[at..];
        let Some(c) = rest.chars().next() else { return Neighbour::Open };
        let behind = &rest[c.len_utf8()..];
        match c {
            'a'..='z' | 'A'..='Z' | '_' => Neighbour::Letter,
            '0'..='9' | '０'..='９' | '@' | '＠' | '%' | '％' | '℃' | '$' | '€' | '₩' => Neighbour::Joined,
            '<' if begins_with_token(rest) => Neighbour::Joined,
            _ if (is_hyphen(c) || is_dot(c) || c == '*')
                && (digit_at(behind.as_bytes(), 0).is_some() || begins_with_token(behind)) =>
            {
                Neighbour::Joined
            }
            '=' | '&' => Neighbour::Url,
            _ => Neighbour::Open,
        }
    }

    /// Whether nothing is glued to either side, a plus sign of a phone included.
    pub(super) fn stands_free(&self, start: usize, end: usize) -> bool {
        let free = |side| matches!(side, Neighbour::Open | Neighbour::Url);
        free(self.left(start)) && free(self.right(end)) && !self.text[..start].ends_with(['+', '＋'])
    }

    /// The same for a bare digit run, which an address in the web may hold as well.
    pub(super) fn stands_alone(&self, start: usize, end: usize) -> bool {
        self.stands_free(start, end) && self.left(start) == Neighbour::Open && self.right(end) == Neighbour::Open
    }

    /// Whether another number stands beside, with only spaces between: a row of a table.
    pub(super) fn in_a_row(&self, start: usize, end: usize) -> bool {
        let before = self.text[self.floor..start].trim_end_matches(is_space);
        let after = &self.text[end..];
        let after = &after[spaces(after)..];
        (before.is_empty() && self.floor > 0)
            || before.ends_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c))
            || ends_with_token(before)
            || digit_at(after.as_bytes(), 0).is_some()
            || begins_with_token(after)
    }

    /// At most `reach` bytes before `at`, on this line or the end of the one above.
    pub(super) fn before(&self, at: usize, reach: usize) -> &'a str {
        let mut from = at.saturating_sub(reach).max(self.floor);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let window = &self.text[from..at];
        let window = window.rmatch_indices('\n').nth(1).map_or(window, |(line, _)| &window[line + 1..]);
        match last_token_end(window) {
            Some(end) => &window[end..],
            None => window,
        }
    }

    /// At most `reach` bytes after `at`, on this line.
    pub(super) fn after(&self, at: usize, reach: usize) -> &'a str {
        let mut to = (at + reach).min(self.text.len());
        while !self.text.is_char_boundary(to) {
            to -= 1;
        }
        let window = &self.text[at..to];
        let window = window.split('\n').next().unwrap_or(window);
        match window.match_indices('<').find(|&(place, _)| begins_with_token(&self.text[at + place..])) {
            Some((token, _)) => &window[..token],
            None => window,
        }
    }
}

/// Where the last token in a window ends, even if it begins before the window.
fn last_token_end(window: &str) -> Option<usize> {
    window.rmatch_indices('>').map(|(place, _)| place + 1).find(|&end| {
        let head = &window[..end];
        ends_with_token(head) || Kind::ALL.iter().any(|kind| kind.token().ends_with(head))
    })
}

/// Where the last of some words ends in a window.
pub(super) fn last_of(window: &str, words: &[&str]) -> Option<usize> {
    words.iter().filter_map(|word| window.rfind(word).map(|at| at + word.len())).max()
}

/// Whether some word occurs in a window.
pub(super) fn has_any(window: &str, words: &[&str]) -> bool {
    words.iter().any(|word| window.contains(word))
}

/// Whether one of `labels` stands in a window, with none of `others` nearer to its end.
pub(super) fn labelled(window: &str, labels: &[&str], others: &[&str]) -> bool {
    match (last_of(window, labels), last_of(window, others)) {
        (Some(label), Some(other)) => label >= other,
        (label, None) => label.is_some(),
        (None, Some(_)) => false,
    }
}

/// Whether what follows a window is named by one of `labels`: on the same line, with no other number between and none
/// of `own` nearer.
pub(super) fn named(window: &str, labels: &[&str], own: &[&str]) -> bool {
    labelled(window, labels, own)
        && last_of(window, labels).is_some_and(|end| !window[end..].contains(|c: char| c == '\n' || c.is_ascii_digit()))
}

/// Labels of numbers that are nobody's phone, card or identity.
pub(super) const OTHER_LABELS: &[&str] = &[
    "ISBN",
    "isbn",
    "ISSN",
    "바코드",
    "특허",
    "도서번호",
    "주문번호",
    "주문 번호",
    "송장",
    "품번",
    "모델",
    "일련번호",
    "시리얼",
    "접수번호",
    "관리번호",
    "문서번호",
    "승인번호",
    "거래번호",
    "예약번호",
    "쿠폰",
    "상품코드",
    "상품 코드",
    "제품코드",
    "제품번호",
    "코드번호",
    "부품",
    "사건",
    "등록번호 제",
    "S/N",
    "Serial",
    "EAN",
    "UPC",
    "버전",
    "좌표",
    "타임스탬프",
    "timestamp",
];

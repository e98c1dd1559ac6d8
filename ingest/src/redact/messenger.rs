//! Names of accounts with messengers, and phone numbers spelled in words: what an anchor word gives away.

use super::Confidence::{Checked, Likely};
use super::kind::Kind;
use super::number::{is_dot, is_hyphen, is_space};
use super::place::Place;
use super::scan::Candidate;
use super::stand_in::STAND_IN_ID;

/// Words between a messenger's name and the account's.
const FILLERS: &[&str] = &[
    "친구추가",
    "친구 추가",
    "친추",
    "추가",
    "문의",
    "상담",
    "검색",
    "메신저",
    "오픈채팅",
    "채널",
    "플친",
    "플러스친구",
    "연락처",
    "연락",
    "주세요",
    "으로",
    "은",
    "는",
    "로",
    "에서",
    "에",
    "도",
    "그램",
    "talk",
    "Talk",
    "TALK",
    "gram",
    "주소",
    "톡",
];
const ID_WORDS: &[&str] = &["아이디", "아뒤", "계정", "ID", "Id", "id", "아디", "핸들"];
const LEAST: usize = 4;
const MOST: usize = 32;
/// Most words and signs between a messenger's name and the account's.
const MAX_FILLERS: usize = 8;

/// How a messenger's name was written, which says how much more has to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Messenger {
    /// Hardly anything else: 카톡, 텔레그램.
    Plain,
    /// Also a word of its own: 라인, LINE, 카카오.
    Ambiguous,
    /// The start of a link that ends with the account's name.
    Link,
}

/// What was seen between the messenger's name and the account's.
#[derive(Default)]
struct Seen {
    id: bool,
    colon: bool,
    at: bool,
}

/// An account's name behind a messenger's, which stands at `word`.
pub(super) fn account_name(place: &Place<'_>, word: std::ops::Range<usize>, how: Messenger) -> Option<Candidate> {
    let before = place.text[place.floor..word.start].chars().next_back();
    let mut seen = Seen::default();
    let start = match how {
        Messenger::Link => word.end,
        _ => skip_fillers(place.text, word.end, &mut seen),
    };
    let name = name_at(&place.text[start..])?;
    let end = start + name.len();
    let marked = name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'_');
    let known = match how {
        Messenger::Link => !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-'),
        Messenger::Plain => seen.id || seen.at || (marked && (seen.colon || is_invited(name, &place.text[end..]))),
        Messenger::Ambiguous => seen.id && !before.is_some_and(char::is_alphanumeric),
    };
    let confidence = if seen.id || how == Messenger::Link { Checked } else { Likely };
    let stand_in = name.starts_with(STAND_IN_ID);
    known.then(|| Candidate::new(start, end, Kind::MessengerId, confidence).nobodys_if(stand_in))
}

/// Whether a name with no label is one that only an account has, or is told to be written to.
fn is_invited(name: &str, behind: &str) -> bool {
    let behind = behind.strip_prefix("으로").or_else(|| behind.strip_prefix('로')).unwrap_or(behind).trim_start();
    name.contains('_') || ["연락", "추가", "문의", "주세요", "톡"].iter().any(|word| behind.starts_with(word))
}

fn skip_fillers(text: &str, from: usize, seen: &mut Seen) -> usize {
    let mut at = from;
    for _ in 0..MAX_FILLERS {
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else { break };
        let whole = |word: &&&str| {
            rest.strip_prefix(**word).is_some_and(|behind| {
                !word.is_ascii() || !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            })
        };
        at += if let Some(word) = ID_WORDS.iter().find(whole) {
            seen.id = true;
            word.len()
        } else if let Some(word) = FILLERS.iter().find(whole) {
            word.len()
        } else {
            match c {
                ':' | '：' | '=' | '→' | '>' => seen.colon = true,
                '@' | '＠' => seen.at = true,
                '(' | ')' | '[' | ']' | '"' | '\'' | '“' | '‘' | '/' | ',' => {}
                _ if is_space(c) || is_hyphen(c) => {}
                _ => break,
            }
            c.len_utf8()
        };
    }
    at
}

/// A name of letters, digits, dots, hyphens and underscores with a letter in it.
fn name_at(text: &str) -> Option<&str> {
    let length =
        text.bytes().take(MOST + 1).take_while(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte)).count();
    let name = text[..length].trim_end_matches(['.', '-']);
    let next = text[name.len()..].chars().next();
    let fits = (LEAST..=MOST).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let letter = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let other = matches!(next, Some('@' | '＠' | '/')) || matches!(name, "http" | "https") || name.starts_with("www.");
    (fits && letter && !other && !is_number(name)).then_some(name)
}

/// A phone number with its label: the number is what is found.
fn is_number(name: &str) -> bool {
    name.bytes().filter(u8::is_ascii_digit).count() >= 9 || name.starts_with("tel")
}

/// The syllables that digits are spelled with.
pub(super) const SYLLABLES: [char; 10] = ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'];

pub(super) fn spelled_digit(c: char) -> Option<u8> {
    match c {
        '공' | '영' | '빵' => Some(0),
        '륙' => Some(6),
        _ => SYLLABLES.iter().position(|&syllable| syllable == c).map(|digit| digit as u8),
    }
}

/// 공일공 일이삼사 오육칠팔: eight spelled digits behind the prefix at `word`.
pub(super) fn spelled_phone(place: &Place<'_>, word: std::ops::Range<usize>) -> Option<Candidate> {
    let mut digits = 0;
    let mut first = 0;
    let mut end = word.end;
    let mut between = 0;
    for (at, c) in place.text[word.end..].char_indices() {
        if let Some(digit) = spelled_digit(c) {
            if digits == 0 {
                first = digit;
            }
            digits += 1;
            between = 0;
            end = word.end + at + c.len_utf8();
        } else if (is_space(c) || is_hyphen(c) || is_dot(c) || c == '에' || c == '다' || c == '시') && between < 2 {
            between += 1;
        } else {
            break;
        }
        // What follows may be a particle that reads like a digit: 오육칠팔이야.
        if digits == 8 {
            break;
        }
    }
    (digits == 8).then(|| Candidate::new(word.start, end, Kind::MobilePhone, Checked).keeping(3).nobodys_if(first == 0))
}

//! House and lot numbers of Korean addresses. The street, the ward and the town stay: they name thousands of people.

use super::Confidence::{Checked, Likely};
use super::dwelling::end_of_dwelling;
use super::kind::{Kind, begins_with_token};
use super::number::{Gap, Number, is_space};
use super::place::{Neighbour, Place, last_of};
use super::region::{Region, region};
use super::scan::Candidate;

const ADDRESS_LABELS: &[&str] =
    &["주소", "소재", "배송지", "받는 곳", "받으실 곳", "사는 곳", "거주지", "오시는 길", "등록기준지", "본적", "위치"];
/// Words that end like a road.
const NO_ROAD: &[&str] = &[
    "서로",
    "바로",
    "새로",
    "따로",
    "홀로",
    "별로",
    "주로",
    "때로",
    "실로",
    "그대로",
    "절대로",
    "마음대로",
    "제대로",
    "대로",
    "스스로",
    "진로",
    "경로",
    "통로",
    "도로",
    "항로",
    "수로",
    "철로",
    "선로",
    "회로",
    "피로",
    "위로",
    "앞으로",
    "차로",
    "활주로",
    "미로",
    "원로",
    "고로",
    "용로",
    "폐로",
    "손길",
    "발길",
    "눈길",
    "갈길",
    "지름길",
    "오솔길",
    "골목길",
    "산길",
    "물길",
    "살길",
    "퇴근길",
    "출근길",
    "등굣길",
    "나로",
    "너로",
    "가로",
    "세로",
];
/// Last two syllables of words that end like a neighbourhood.
const NO_NEIGHBOURHOOD: &[&str] = &[
    "활동", "운동", "자동", "수동", "행동", "노동", "아동", "이동", "공동", "변동", "작동", "연동", "가동", "출동",
    "감동", "난동", "소동", "진동", "구동", "기동", "유동", "냉동", "부동", "합동", "파동", "선동", "율동", "충동",
    "협동", "시동", "제동", "발동", "반동", "혼동", "능동", "동동", "전동", "가리", "거리", "우리", "머리", "자리",
    "소리", "다리", "정리", "관리", "처리", "수리", "논리", "분리", "권리", "유리", "원리", "무리", "요리", "승리",
    "금리", "심리", "진리", "총리", "대리", "합리", "윤리", "물리", "격리", "심리", "법리", "도리", "조리", "의리",
    "빨리", "멀리", "달리", "널리", "미리",
];
/// Those of them that neighbourhoods are called as well, and so may be behind the name of a town.
const ALSO_NEIGHBOURHOODS: &[&str] = &[
    "수동", "노동", "이동", "공동", "연동", "가동", "진동", "구동", "기동", "부동", "합동", "동동", "가리", "수리",
    "유리", "무리", "요리", "진리", "대리", "물리", "도리", "조리",
];
/// Ends of borrowed words, which no neighbourhood has.
const BORROWED: &[&str] = &[
    "토리",
    "러리",
    "메모리",
    "테고리",
    "브러리",
    "칼로리",
    "트리",
    "배터리",
    "액세서리",
    "악세사리",
    "쿼리",
    "패밀리",
    "주얼리",
    "쥬얼리",
];
/// What may follow a house number without a space between.
const FOLLOWERS: &[&str] = &[
    "번지",
    "에 ",
    "에서",
    "에는",
    "에,",
    "에.",
    "의 ",
    "으로",
    "로 ",
    "은 ",
    "는 ",
    "을 ",
    "를 ",
    "이며",
    "이고",
    "이다",
    "입니다",
    "인데",
    "이에요",
    "예요",
    "이야",
    "와 ",
    "과 ",
    "및",
    "소재",
    "일원",
    "일대",
    "앞",
    "옆",
    "인근",
    "부근",
    "지하",
    "호 ",
    "호에",
    "호,",
    "호)",
];
/// What an address ends with before its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Street {
    Road,
    Lot,
}

/// The house or lot number behind the name of a road or neighbourhood, with all that is more precise.
pub(super) fn house_number(place: &Place<'_>, number: &Number) -> Option<Candidate> {
    let start = number.start();
    let (street, word_start) = street_before(place, start)?;
    let hyphen = number.gaps(number.lengths().len()).first() == Some(&Gap::Hyphen);
    let groups = if hyphen && number.lengths()[1] <= 4 { 2 } else { 1 };
    let mut end = number.end(groups);
    let first = number.digits(1);
    // Stand-ins are beyond the end of any road.
    let stand_in = groups == 1 && first.len() == 5 && first[0] == 9;
    if (first.len() > 4 && !stand_in) || first[0] == 0 {
        return None;
    }
    if groups == 1 && street == Street::Lot {
        end += old_sub_number(&place.text[end..]);
    }
    if !place_fits(place, start, end) || is_year(&place.text[start..]) || (groups == 2 && are_years(number)) {
        return None;
    }
    let lot_word = place.text[end..].starts_with("번지");
    if lot_word {
        end += "번지".len();
    }
    let word = &place.text[word_start..start].trim_end_matches(|c| is_space(c) || c == '산');
    let region = has_region(place, word_start);
    let detail = end_of_dwelling(place.text, end, street == Street::Road);
    let label = || has_label(place, word_start);
    let confidence = match street {
        Street::Lot if !lot_word && is_no_name(word) => return None,
        _ if region => Checked,
        Street::Road
            if names_numbered_road(word)
                || names_floor(&place.text[end..detail])
                || (lot_word && label())
                || label() =>
        {
            Likely
        }
        Street::Lot if is_common_word(word) => return None,
        Street::Lot if lot_word || (groups == 2 && word.chars().count() >= 3) || label() => Likely,
        _ => return None,
    };
    let kind = if street == Street::Road { Kind::RoadAddress } else { Kind::LotAddress };
    Some(Candidate::new(start, detail, kind, confidence).nobodys_if(stand_in))
}

/// Whether what follows a number can be nothing but a part of a building.
fn names_floor(detail: &str) -> bool {
    detail.contains(['층', '동'])
}

/// Length of the second part of a lot number in its old form: 49의 72.
fn old_sub_number(rest: &str) -> usize {
    let Some(second) = rest.strip_prefix("의 ").or_else(|| rest.strip_prefix('의')) else { return 0 };
    let digits = second.bytes().take(5).take_while(u8::is_ascii_digit).count();
    if (1..=4).contains(&digits) { rest.len() - second.len() + digits } else { 0 }
}

/// Whether a number begins a date: 1998. 8.
fn is_year(number: &str) -> bool {
    let year = number.starts_with("19") || number.starts_with("20");
    year && number
        .as_bytes()
        .get(4..6)
        .is_some_and(|behind| behind[0] == b'.' && matches!(behind[1], b' ' | b'0'..=b'9'))
}

/// Whether two groups are the years of a span of time: 1985-2010.
fn are_years(number: &Number) -> bool {
    let is_year = |group| number.lengths()[group] == 4 && (1900..2100).contains(&number.value(group));
    is_year(0) && is_year(1) && number.value(0) < number.value(1)
}

/// Longest name of a road, in characters.
const LONGEST_NAME: usize = 16;

/// The name before a number, if it may be one of a road or a neighbourhood, and where it begins.
fn street_before(place: &Place<'_>, start: usize) -> Option<(Street, usize)> {
    let before = &place.text[place.floor..start];
    let mut name = before.trim_end_matches(is_space);
    if let Some(rest) = name.strip_suffix('산').or_else(|| name.strip_suffix("지하")) {
        if !rest.ends_with(is_space) {
            return None;
        }
        name = rest.trim_end_matches(is_space);
    }
    if before.len() - name.len() > 12 {
        return None;
    }
    let last = name.chars().next_back()?;
    if !matches!(last, '로' | '길' | '동' | '리' | '가') {
        return None;
    }
    let part = |c: &char| matches!(c, '가'..='힣' | '0'..='9' | '·');
    let length = name.chars().rev().take(LONGEST_NAME + 1).take_while(part).map(char::len_utf8).sum::<usize>();
    let word = &name[name.len() - length..];
    let from = place.floor + name.len() - length;
    let street = match last {
        '로' | '길' => is_road(word).then_some(Street::Road),
        '가' => is_section(word).then_some(Street::Lot),
        _ => is_neighbourhood(word).then_some(Street::Lot),
    }?;
    Some((street, from))
}

fn is_road(word: &str) -> bool {
    let stem = &word[..word.len() - '로'.len_utf8()];
    let towards = stem.ends_with(['으', '구', '시', '군', '도']) && !stem.ends_with("포시");
    let fits = (1..LONGEST_NAME).contains(&stem.chars().count());
    fits && !towards && !NO_ROAD.contains(&word) && stem.chars().any(|c| c != '·')
}

/// 을지로3가, 명동2가.
fn is_section(word: &str) -> bool {
    let stem = word.trim_end_matches('가');
    let name = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() < stem.len() && name.ends_with(['로', '동'])
}

fn is_neighbourhood(word: &str) -> bool {
    let count = word.chars().count();
    let stem = &word[..word.len() - '동'.len_utf8()];
    (2..=7).contains(&count) && stem.starts_with(|c: char| ('가'..='힣').contains(&c)) && stem != "제"
}

/// 테헤란로4길, 중앙로23번길: nothing but a road is written so.
fn names_numbered_road(word: &str) -> bool {
    let stem = word.trim_end_matches('길').trim_end_matches('번');
    let name = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() < stem.len() && name.ends_with('로') && word.ends_with('길')
}

/// Whether a word is no neighbourhood even behind the name of a town.
fn is_no_name(word: &str) -> bool {
    (NO_NEIGHBOURHOOD.contains(&word) && !ALSO_NEIGHBOURHOODS.contains(&word))
        || BORROWED.iter().any(|end| word.ends_with(end))
}

fn is_common_word(word: &str) -> bool {
    NO_NEIGHBOURHOOD.iter().any(|common| word.ends_with(common))
}

/// Whether a known town, ward or province stands before a name, or two words in a row that end like one.
fn has_region(place: &Place<'_>, name: usize) -> bool {
    let window = place.before(name, 75);
    let line = window.rsplit('\n').next().unwrap_or(window);
    let mut regions = 0;
    for word in line.split(is_space).rev().filter(|word| !word.is_empty()).take(4) {
        let word = word.trim_start_matches(['(', '[', '"', '“', '‘', ':', '-', '·', '※', '◇']);
        let word = word.rsplit([':', ')', '(', ',', '>', '◇']).next().unwrap_or(word);
        match region(word) {
            Some(Region::Known) => return true,
            Some(Region::Alike) => regions += 1,
            None if names_numbered_road(word) || (regions == 0 && word.ends_with('로') && is_road(word)) => {}
            None => break,
        }
    }
    regions >= 2
}

/// Whether a label for addresses stands before a name, with at most one word between.
fn has_label(place: &Place<'_>, name: usize) -> bool {
    let window = place.before(name, 60);
    last_of(window, ADDRESS_LABELS).is_some_and(|end| window[end..].split_whitespace().count() <= 2)
}

/// Whether what follows a number leaves it a house number: no counter, no share, no score.
fn place_fits(place: &Place<'_>, start: usize, end: usize) -> bool {
    if place.left(start) != Neighbour::Open || place.right(end) != Neighbour::Open {
        return false;
    }
    let rest = &place.text[end..];
    let mut chars = rest.chars();
    match chars.next() {
        Some(':') => !chars.as_str().starts_with(|c: char| c.is_ascii_alphanumeric()),
        Some(',' | '~' | '/' | '∼' | '×') => {
            let behind = chars.as_str();
            // A letter as well as a digit: an e-mail address may stand there, or what stands in for it.
            !behind.starts_with(|c: char| c.is_ascii_alphanumeric()) && !begins_with_token(behind)
        }
        Some('가'..='힣') => FOLLOWERS.iter().any(|follower| rest.starts_with(follower)) || rest == "에",
        Some('㎡' | '㎞' | '°' | '㎝' | '㎜') => false,
        Some(c) if is_space(c) => !has_counter(rest.trim_start_matches(is_space)),
        _ => true,
    }
}

/// Whether a counter stands behind a space: 종로 3 명, 을지로 5 번 출구.
fn has_counter(rest: &str) -> bool {
    const COUNTERS: &[&str] = &["명", "개", "원", "시간", "회", "년", "월", "km", "배", "점", "%"];
    /// Words that other words begin with as well.
    const WHOLE: &[&str] = &["분", "번", "일", "m", "가", "위", "건", "곳", "과", "주", "세트", "편", "권", "차", "강"];
    let ends = |behind: &str| !behind.starts_with(|c: char| c.is_alphanumeric());
    COUNTERS.iter().any(|counter| rest.starts_with(counter))
        || WHOLE.iter().any(|counter| rest.strip_prefix(*counter).is_some_and(ends))
}

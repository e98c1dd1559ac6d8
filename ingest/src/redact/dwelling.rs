//! What is more precise than a house number: buildings, blocks, floors and rooms.

/// Endings of the names of buildings.
const BUILDINGS: &[&str] = &[
    "아파트",
    "빌라",
    "오피스텔",
    "빌딩",
    "타워",
    "타운",
    "맨션",
    "연립",
    "하우스",
    "팰리스",
    "캐슬",
    "자이",
    "파크",
    "센터",
    "플라자",
    "상가",
    "주택",
    "단지",
    "마을",
    "빌",
    "APT",
    "래미안",
    "푸르지오",
    "힐스테이트",
    "아이파크",
    "롯데캐슬",
    "더샵",
];

/// What may follow a floor or room without a space between.
const PARTICLES: &[&str] = &["에", "의", "로", "으로", "은", "는", "이", "입니다", "예요", "이에요"];

/// Longest name of a building, in characters.
const LONGEST_NAME: usize = 16;

/// Parts behind a number that are read at most: a parenthesis with a building, its block, floor and room.
const MOST_PARTS: usize = 4;

/// Where an address ends that goes on behind its number with buildings, blocks, floors and rooms.
pub(super) fn end_of_dwelling(text: &str, from: usize, behind_road: bool) -> usize {
    let mut end = from;
    for _ in 0..MOST_PARTS {
        let rest = &text[end..];
        let at = rest.len() - rest.trim_start_matches([' ', ',']).len();
        let part = &rest[at..];
        if at > 3 || (at == 0 && end == from && !part.starts_with('(')) {
            break;
        }
        let found = unit(part).or_else(|| building_and_unit(part)).or_else(|| parenthesis_and_unit(part));
        let found = found.or_else(|| if behind_road { behind_a_road(part) } else { None });
        let Some(length) = found else { break };
        end += at + length;
    }
    end
}

/// Length of (역삼동, 한빛빌딩) 3층.
fn parenthesis_and_unit(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('(')?;
    let length = inner
        .chars()
        .take(2 * LONGEST_NAME)
        .take_while(|&c| !matches!(c, ')' | '(' | '\n'))
        .map(char::len_utf8)
        .sum::<usize>();
    let rest = inner[length..].strip_prefix(')')?;
    let part = rest.trim_start_matches([' ', ',']);
    (rest.len() - part.len() <= 2).then(|| unit(part)).flatten().map(|unit| text.len() - part.len() + unit)
}

/// What only a full address of a road is followed by: 101-1502, or any building with its floor or room.
fn behind_a_road(text: &str) -> Option<usize> {
    let block = digits(text);
    if let Some(room) = text[block..].strip_prefix('-').filter(|_| (2..=4).contains(&block)) {
        let length = block + 1 + digits(room);
        let open = !text[length..].starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        return (open && (3..=4).contains(&digits(room))).then_some(length);
    }
    let length = name_length(text);
    let rest = text[length..].strip_prefix(' ').filter(|_| length > 0)?;
    let lettered = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).and_then(|rest| rest.strip_prefix('동'));
    let unit = lettered.map(|behind| rest.len() - behind.len()).or_else(|| unit(rest))?;
    let behind = &rest[unit..];
    let ends =
        !behind.starts_with(char::is_alphanumeric) || PARTICLES.iter().any(|particle| behind.starts_with(particle));
    ends.then_some(length + 1 + unit)
}

/// Length of 101동, 지하 2층, 101-1502호, 1502호실.
fn unit(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("지하 ").or_else(|| text.strip_prefix("지하")).unwrap_or(text);
    let rest = rest.strip_prefix(['제', 'B']).unwrap_or(rest);
    let first = digits(rest);
    let mut behind = &rest[first..];
    if let Some(second) = behind.strip_prefix('-') {
        behind = &second[digits(second)..];
    }
    let mark = ["호실", "호", "동", "층"].iter().find(|mark| behind.starts_with(**mark))?;
    (1..=4).contains(&first).then(|| text.len() - behind.len() + mark.len())
}

/// Length of the name of a building with its unit: 한빛아파트 101동.
fn building_and_unit(text: &str) -> Option<usize> {
    let length = name_length(text);
    let name = &text[..length];
    BUILDINGS.iter().any(|ending| name.ends_with(ending)).then_some(())?;
    let rest = &text[length..];
    let space = usize::from(rest.starts_with(' '));
    Some(length + space + unit(&rest[space..])?)
}

/// Bytes of the name that a text begins with.
fn name_length(text: &str) -> usize {
    let part = |c: &char| matches!(c, '가'..='힣' | 'A'..='Z' | 'a'..='z' | '0'..='9');
    text.chars().take(LONGEST_NAME).take_while(part).map(char::len_utf8).sum()
}

/// Digits that a text begins with; five stand for more than any block or room has.
fn digits(text: &str) -> usize {
    text.bytes().take(5).take_while(u8::is_ascii_digit).count()
}

//! Numbers that an office or a bank gives out, with their check digits.

use super::{Dice, Invented, around, four, full_width};
use crate::redact::Kind;

const RESIDENT_AROUND: &[&str] = &[
    "주민등록번호 {}",
    "주민번호: {}",
    "피고인 김갑동({})",
    "위임인 박을수 ({}) 서울 거주",
    "성명 이영희, {}, 무직",
    "{} 홍길순",
    "신청인의 주민등록번호는 {}이다.",
    "본인 확인: {}",
];
const BANK_AROUND: &[(&str, &str)] = &[
    ("계좌번호 ", " 예금주 김하늘"),
    ("국민은행 ", " (홍길동)"),
    ("입금 계좌: 신한 ", ""),
    ("카카오뱅크 ", "으로 보내 줘"),
    ("농협 ", " 이철수"),
    ("회비는 우리은행 ", "으로 입금해 주세요."),
    ("", " 신한은행 김영수"),
    ("후원계좌) 기업은행 ", " 사단법인 들꽃"),
    ("송금은 하나은행 ", " 로 부탁드려요"),
    ("", " (예금주: 최은지)"),
];

pub(super) fn registration(kind: Kind, dice: &mut Dice) -> Invented {
    let (year, month) = (dice.between(40, 99), dice.between(1, 12));
    let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    let young = dice.below(4) == 0;
    let year = if young { dice.between(0, 24) } else { year };
    let century = dice.below(2) + if young { 3 } else { 1 } + if kind == Kind::ForeignerNumber { 4 } else { 0 };
    let birth = format!("{year:02}{month:02}{:02}", dice.between(1, last));
    let mut digits: Vec<u8> = format!("{birth}{century}{}", dice.digits(5)).bytes().map(|byte| byte - b'0').collect();
    let sum: u32 =
        digits.iter().zip([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    // Foreigners' check digits are moved by two; half of the numbers are of the new kind, without any.
    let check = (11 - sum % 11 + if kind == Kind::ForeignerNumber { 2 } else { 0 }) % 10;
    digits.push(if dice.below(2) == 0 { check as u8 } else { dice.below(10) as u8 });
    let digits: String = digits.iter().map(|&digit| char::from(b'0' + digit)).collect();
    let (birth, rest) = digits.split_at(6);
    let frame = dice.of(RESIDENT_AROUND);
    let labelled = frame.contains("번호");
    let datum = match dice.below(6) {
        0 if labelled => digits.clone(),
        1 => format!("{birth} - {rest}"),
        2 if labelled => format!("{birth} {rest}"),
        3 => format!("{birth}{}{rest}", dice.of(&["–", "－", "ㅡ", "‐"])),
        4 => full_width(&format!("{birth}-{rest}")),
        _ => format!("{birth}-{rest}"),
    };
    around(frame, datum)
}

pub(super) fn passport(dice: &mut Dice) -> Invented {
    let letter = dice.of(&["M", "M", "M", "S", "R", "O", "D"]);
    let datum = if dice.below(2) == 0 {
        format!("{letter}{}{}", dice.between(100, 999), dice.digits(5))
    } else {
        let second = char::from(b'A' + dice.below(26) as u8);
        format!("{letter}{}{second}{}", dice.between(100, 999), four(dice.next()))
    };
    around(
        dice.of(&[
            "여권번호 {}",
            "여권번호: {} (대한민국)",
            "Passport No. {}",
            "여권 {} 만료 2031-04-02",
            "분실한 여권은 {}입니다",
            "PASSPORT NO {}",
        ]),
        datum,
    )
}

pub(super) fn licence(dice: &mut Dice) -> Invented {
    let (year, serial, check) = (dice.digits(2), dice.between(100_000, 999_999), dice.digits(2));
    let region = dice.between(11, 28);
    let datum = match dice.below(4) {
        0 => format!("{} {year}-{serial}-{check}", dice.of(&["서울", "경기", "부산", "대구", "전남", "제주"])),
        1 => {
            return around(dice.of(&["운전면허번호 {}", "면허번호: {}"]), format!("{region}{year}{serial}{check}"));
        }
        _ => format!("{region}-{year}-{serial}-{check}"),
    };
    around(
        dice.of(&[
            "운전면허번호 {}",
            "면허번호: {}",
            "면허 {} 1종 보통",
            "운전자 김철호 ({})",
            "자동차운전면허 {} 소지",
        ]),
        datum,
    )
}

pub(super) fn card(dice: &mut Dice) -> Invented {
    let mut digits: Vec<u8> = Vec::new();
    let prefix = dice.of(&["4", "51", "53", "55", "9410", "3569", "6250", "37", "2223"]);
    let length = if prefix == "37" { 15 } else { 16 };
    digits.extend(prefix.bytes().map(|byte| byte - b'0'));
    while digits.len() < length - 1 {
        digits.push(dice.below(10) as u8);
    }
    let doubled: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let digit = u32::from(digit) * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    digits.push(((10 - doubled % 10) % 10) as u8);
    let digits: String = digits.iter().map(|&digit| char::from(b'0' + digit)).collect();
    let cut: &[usize] = if length == 15 { &[0, 4, 10, 15] } else { &[0, 4, 8, 12, 16] };
    let parts: Vec<&str> = cut.windows(2).map(|pair| &digits[pair[0]..pair[1]]).collect();
    let frame = dice.of(&[
        "카드번호 {}",
        "신용카드: {}",
        "체크카드 {} 유효기간 08/29",
        "법인카드 {}로 결제했다",
        "결제 카드 {}",
        "카드 뒷면 말고 앞면 {} 이요",
    ]);
    let datum = match dice.below(4) {
        0 => digits.clone(),
        1 => parts.join(" "),
        2 => parts.join(dice.of(&["–", "－", ".", " - "])),
        _ => parts.join("-"),
    };
    around(if datum.contains('-') && dice.below(3) == 0 { "{}" } else { frame }, datum)
}

pub(super) fn bank(dice: &mut Dice) -> Invented {
    let shapes: &[&[usize]] = &[
        &[6, 2, 6],
        &[3, 3, 6],
        &[4, 3, 6],
        &[3, 6, 5],
        &[3, 4, 4, 2],
        &[4, 2, 7],
        &[4, 4, 4],
        &[3, 6, 2, 3],
        &[4, 4, 4, 1],
        &[3, 2, 6],
    ];
    let shape = dice.of(shapes);
    let parts: Vec<String> = shape
        .iter()
        .enumerate()
        .map(|(place, &length)| {
            if place == 0 { format!("{}{}", dice.between(1, 9), dice.digits(length - 1)) } else { dice.digits(length) }
        })
        .collect();
    let (before, after) = BANK_AROUND[dice.below(BANK_AROUND.len() as u64) as usize];
    let datum = match dice.below(5) {
        0 if !before.is_empty() => parts.concat(),
        1 => parts.join(dice.of(&["–", "－", "‐", "ㅡ"])),
        _ => parts.join("-"),
    };
    Invented { before: before.to_owned(), datum, after: after.to_owned() }
}

pub(super) fn business(dice: &mut Dice) -> Invented {
    let mut digits: Vec<u32> = format!("{}{:02}{}", dice.between(101, 699), dice.between(1, 99), dice.digits(4))
        .bytes()
        .map(|byte| u32::from(byte - b'0'))
        .collect();
    let sum: u32 = digits.iter().zip([1, 3, 7, 1, 3, 7, 1, 3, 5]).map(|(digit, weight)| digit * weight).sum::<u32>()
        + digits[8] * 5 / 10;
    digits.push((10 - sum % 10) % 10);
    let digits: String = digits.iter().map(|digit| digit.to_string()).collect();
    let hyphens = format!("{}-{}-{}", &digits[..3], &digits[3..5], &digits[5..]);
    let (frame, datum) = match dice.below(4) {
        0 => (dice.of(&["사업자등록번호 {}", "사업자번호: {}"]), digits),
        1 => (dice.of(&["상호 들꽃상사 {}", "{}", "(주)한빛 {} 대표 김하늘"]), hyphens),
        _ => (
            dice.of(&[
                "사업자등록번호 {}",
                "사업자번호: {}",
                "사업자 등록번호 : {} 통신판매업 신고 제2019-서울강남-0123호",
            ]),
            hyphens,
        ),
    };
    around(frame, datum)
}

pub(super) fn corporate(dice: &mut Dice) -> Invented {
    let office = dice.of(&["1101", "1301", "1311", "1801", "2001", "1601", "1955"]);
    let kind = dice.of(&["11", "11", "14", "21", "22"]);
    let mut digits: Vec<u32> =
        format!("{office}{kind}{:06}", dice.between(1, 799_999)).bytes().map(|byte| u32::from(byte - b'0')).collect();
    let sum: u32 =
        digits.iter().zip([1, 2].into_iter().cycle()).map(|(digit, weight): (&u32, u32)| digit * weight).sum();
    digits.push((10 - sum % 10) % 10);
    let digits: String = digits.iter().map(|digit| digit.to_string()).collect();
    around(
        dice.of(&["법인등록번호 {}", "법인번호: {}", "주식회사 들꽃 (법인등록번호: {})", "법인등록번호는 {}이다."]),
        format!("{}-{}", &digits[..6], &digits[6..]),
    )
}

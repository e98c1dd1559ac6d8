//! Hard negatives: what looks like personal data and is none.

use super::invented::Dice;

/// One sentence without personal data.
pub(super) fn harmless(dice: &mut Dice) -> String {
    match dice.below(36) {
        0 => isbn(dice),
        1 => format!(
            "대법원 {}. {}. {}. 선고 {}{}{} 판결 참조",
            dice.between(1990, 2024),
            dice.between(1, 12),
            dice.between(1, 28),
            dice.between(90, 2024),
            dice.of(&["다", "도", "누", "가합", "고단", "헌바"]),
            dice.between(10, 299_999)
        ),
        2 => format!("사건번호 {}가단{}", dice.between(2000, 2024), dice.between(1000, 5_999_999)),
        3 => format!(
            "정가 {},{:03},{:03}원에 할인가 {}원",
            dice.between(1, 99),
            dice.below(1000),
            dice.below(1000),
            dice.between(10_000, 99_999_999)
        ),
        4 => format!(
            "{}.{}.{}. {}:{:02}",
            dice.between(1950, 2024),
            dice.between(1, 12),
            dice.between(1, 28),
            dice.between(0, 23),
            dice.below(60)
        ),
        5 => format!(
            "{}-{:02}-{:02} {:02}:{:02}:{:02}",
            dice.between(1950, 2024),
            dice.between(1, 12),
            dice.between(1, 28),
            dice.below(24),
            dice.below(60),
            dice.below(60)
        ),
        6 => format!(
            "부품번호 {}{}-{}-{}",
            dice.of(&["AX", "PN", "M", "KR"]),
            dice.digits(3),
            dice.digits(4),
            dice.digits(4)
        ),
        7 => format!("품번 {}-{}-{}", dice.digits(3), dice.digits(3), dice.digits(4)),
        8 => format!(
            "민법 제{}조 제{}항, 상법 제{}조의{}",
            dice.between(1, 1118),
            dice.between(1, 9),
            dice.between(1, 900),
            dice.between(2, 9)
        ),
        9 => format!("버전 {}.{}.{}.{}", dice.between(1, 20), dice.below(30), dice.below(30), dice.below(30)),
        10 => format!("v{}.{}.{}.{} 업데이트", dice.between(1, 20), dice.below(300), dice.below(300), dice.below(300)),
        11 => format!("일련번호 {}010{}", dice.digits(3), dice.digits(9)),
        12 => format!(
            "주문번호 {}{:02}{:02}{}",
            dice.between(2015, 2024),
            dice.between(1, 12),
            dice.between(1, 28),
            dice.digits(8)
        ),
        13 => format!("최종 점수 {}-{}, 세트 {}:{}", dice.below(30), dice.below(30), dice.below(4), dice.below(4)),
        14 => format!(
            "위도 {}.{}, 경도 {}.{}",
            dice.between(33, 38),
            dice.digits(6),
            dice.between(124, 131),
            dice.digits(6)
        ),
        15 => format!("좌표 37.{}, 127.{}", dice.digits(4), dice.digits(4)),
        16 => format!("임진왜란(1592-1598)과 {}-{}년의 기록", dice.between(1500, 1899), dice.between(1900, 1999)),
        17 => format!("송장번호 {}-{}-{}", dice.digits(4), dice.digits(4), dice.digits(4)),
        18 => format!("바코드 880{}{}", dice.digits(9), dice.below(10)),
        19 => format!("통계표 {} {} {} {}", dice.digits(4), dice.digits(4), dice.digits(4), dice.digits(4)),
        20 => format!("서로 {}명씩 짝지어 앞으로 {}시간", dice.between(2, 9), dice.between(1, 9)),
        21 => format!(
            "봉사활동 {}회, 운동 {}-{}세트, 우리 {}명",
            dice.between(1, 9),
            dice.between(1, 9),
            dice.between(1, 9),
            dice.between(1, 9)
        ),
        22 => format!("대로 {}차로 확장, 국도 {}호선", dice.between(2, 9), dice.between(1, 99)),
        23 => format!("골뱅이무침 {}인분에 {}원", dice.between(1, 9), dice.between(10_000, 39_000)),
        24 => format!("온라인 강의 {}편, 가이드라인 {} 항목", dice.between(1, 99), dice.between(1, 30)),
        25 => format!("https://shop.invalid/item/{}?id={}", dice.digits(11), dice.digits(13)),
        26 => format!("타임스탬프 {}{}", dice.between(15, 17), dice.digits(11)),
        27 => format!(
            "법률 제{}호, 고시 제{}-{}호",
            dice.between(1000, 19_999),
            dice.between(2000, 2024),
            dice.between(1, 300)
        ),
        28 => format!(
            "서울역에서 종로 {}가까지 버스로 {}분, 지하철로 {} 정거장",
            dice.between(1, 6),
            dice.between(10, 40),
            dice.between(2, 9)
        ),
        29 => format!("부동산 소재지의 동별로 {}인 이상의 보증을 받는다", dice.between(2, 9)),
        30 => format!(
            "서울시 메트로 {}호선, 징계사유로 {}, {}호를 든다",
            dice.between(1, 9),
            dice.between(1, 9),
            dice.between(1, 9)
        ),
        31 => format!("수표번호 {}-{}", dice.digits(7), dice.digits(7)),
        32 => format!(
            "카드 {}장과 통장 {}개, 은행 수수료 {}원",
            dice.between(2, 9),
            dice.between(2, 9),
            dice.between(500, 3000)
        ),
        33 => format!("우편번호 {}-{}, 내선 {}번", dice.digits(3), dice.digits(3), dice.digits(4)),
        34 => format!(
            "주민 {}명이 전화 {}통을 걸어 {}일 만에 은행 {}곳을 찾았다",
            dice.digits(4),
            dice.digits(3),
            dice.between(2, 30),
            dice.between(2, 30)
        ),
        _ => format!("@Component 붙은 클래스 {}개, logo@2x.png, std::vector<int> v(10)", dice.between(1, 99)),
    }
}

fn isbn(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("ISBN 978-89-010-{}-{}", dice.digits(4), dice.below(10)),
        1 => format!("ISBN 979-11-{}-{}-{}", dice.digits(4), dice.digits(3), dice.below(10)),
        2 => format!("ISBN 97889{}", dice.digits(8)),
        _ => format!("ISBN 02{}", dice.digits(8)),
    }
}

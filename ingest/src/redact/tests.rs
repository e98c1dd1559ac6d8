use super::*;
use proptest::prelude::*;

mod invented;
mod negatives;
mod promises;
mod real;
mod truth;

fn redactor(policy: Policy) -> Redactor {
    let config = RedactConfig { policy: Policies::all(policy), key: RedactKey::new("열쇠") };
    Redactor::new(&config)
}

fn masked(text: &str) -> String {
    redactor(Policy::Mask).redact(text).text.into_owned()
}

/// Kinds and spans of what is found.
fn found(text: &str) -> Vec<(Kind, &str)> {
    let mut candidates = Vec::new();
    Scanner::new().scan(text, &mut candidates);
    candidates.iter().map(|candidate| (candidate.kind, &text[candidate.start..candidate.end])).collect()
}

#[track_caller]
fn finds(text: &str, kind: Kind, span: &str) {
    assert_eq!(found(text), [(kind, span)], "{text}");
}

#[track_caller]
fn finds_nothing(text: &str) {
    assert_eq!(found(text), [], "{text}");
}

#[test]
fn a_leading_label_does_not_empty_the_document() {
    let text = "전화: 010-2345-6789로 문의 주세요.\n오늘은 날이 맑다.";
    assert_eq!(masked(text), "전화: <전화번호>로 문의 주세요.\n오늘은 날이 맑다.");
    assert_eq!(masked("전화: 오늘은 쉽니다"), "전화: 오늘은 쉽니다");
}

#[test]
fn every_form_of_a_mobile_phone() {
    for form in [
        "010-1234-5678",
        "010.1234.5678",
        "010 1234 5678",
        "01012345678",
        "010·1234·5678",
        "010–1234–5678",
        "010ㅡ1234ㅡ5678",
        "010 - 1234 - 5678",
        "０１０－１２３４－５６７８",
        "010-12345678",
        "0101234-5678",
        "(010) 1234-5678",
        "(010)1234-5678",
        "010)1234-5678",
        "+82 10 1234 5678",
        "+82-10-1234-5678",
        "+82 (0)10-1234-5678",
        "+82(0)10-1234-5678",
        "+82(10)1234-5678",
        "+821012345678",
        "+82 010-1234-5678",
        "0082-10-1234-5678",
        "82-10-1234-5678",
        "011-234-5678",
        "019-2345-6789",
        "공일공 일이삼사 오육칠팔",
        "공일공일이삼사오육칠팔",
    ] {
        finds(&format!("내 번호는 {form} 이야"), Kind::MobilePhone, form);
    }
    finds("HP010-1234-5678", Kind::MobilePhone, "010-1234-5678");
    finds("Tel.010-1234-5678로", Kind::MobilePhone, "010-1234-5678");
}

#[test]
fn other_phones() {
    for form in [
        "02-123-4567",
        "(02) 123-4567",
        "02)123-4567",
        "031-1234-5678",
        "070-7123-4567",
        "02.345.6789",
        "02 345 6789",
        "+82-2-345-6789",
    ] {
        finds(&format!("문의 {form}"), Kind::Landline, form);
    }
    finds("대표전화 0212345678", Kind::Landline, "0212345678");
    finds("0507-1234-5678 안심번호", Kind::VirtualPhone, "0507-1234-5678");
    finds("050-7123-4567", Kind::VirtualPhone, "050-7123-4567");
    finds("고객센터 1588-1234", Kind::ServicePhone, "1588-1234");
    finds("080-123-4567", Kind::ServicePhone, "080-123-4567");
    finds("+1-650-253-0000", Kind::ForeignPhone, "+1-650-253-0000");
    let two = found("02-345-6789/010-2345-6789");
    assert_eq!(two, [(Kind::Landline, "02-345-6789"), (Kind::MobilePhone, "010-2345-6789")]);
}

#[test]
fn digit_runs_inside_other_numbers_are_no_phones() {
    for text in [
        "ISBN 978-89-010-1234-5",
        "ISBN 9788901012345",
        "ISBN 0212345678",
        "2010-1234-5678",
        "2019다12345",
        "2010가합1234567",
        "3010-1234-5678-9",
        "010-1234-56789",
        "주문번호 01012345678",
        "AB010-1234-5678",
        "1.010.1234.5678",
        "1,010,1234,5678",
        "임진왜란 1592-1598",
        "1588-1600년",
        "https://shop.invalid/01012345678",
        "$010-1234-5678",
        "03.14.2019",
        "0.02 123 4567",
    ] {
        finds_nothing(text);
    }
}

#[test]
fn the_check_digit_of_a_resident_number_never_clears() {
    // Ten last digits: one of them is the right one.
    for last in 0..10 {
        let number = format!("850314-123456{last}");
        finds(&format!("김갑동({number})"), Kind::ResidentNumber, &number);
    }
    finds("주민등록번호 8503141234567", Kind::ResidentNumber, "8503141234567");
    finds("주민번호 850314 1234567", Kind::ResidentNumber, "850314 1234567");
    finds("외국인등록번호 850314-5234567", Kind::ForeignerNumber, "850314-5234567");
    finds("1899년생 990101-9234567", Kind::ResidentNumber, "990101-9234567");
    for text in [
        "850230-1234567",
        "851314-1234567",
        "1850314-1234567",
        "850314-12345678",
        "바코드 8801234567893",
        "1612311234567",
    ] {
        finds_nothing(text);
    }
}

#[test]
fn companies_are_told_from_people() {
    finds("법인등록번호 110111-1234567", Kind::CorporateNumber, "110111-1234567");
    finds("사업자등록번호 123-45-67890", Kind::BusinessNumber, "123-45-67890");
    // 111 111 111: 1+3+7+1+3+7+1+3+5 = 31, no tens to carry.
    finds("111-11-11119", Kind::BusinessNumber, "111-11-11119");
    finds_nothing("111-11-11118");
    assert_eq!(RedactConfig::default().policy.of(Kind::BusinessNumber), Policy::Keep);
}

#[test]
fn documents_cards_and_accounts() {
    finds("여권번호 M12345678", Kind::Passport, "M12345678");
    finds("여권 M123A4567", Kind::Passport, "M123A4567");
    finds_nothing("모델명 M12345678");
    finds("11-19-123456-42", Kind::DrivingLicence, "11-19-123456-42");
    finds("면허 서울 19-123456-42", Kind::DrivingLicence, "서울 19-123456-42");
    finds("4111-1111-1111-1111", Kind::Card, "4111-1111-1111-1111");
    finds_nothing("4111-1111-1111-1112");
    finds("카드 3782 822463 10005", Kind::Card, "3782 822463 10005");
    finds("국민은행 123456-01-123456 김하늘", Kind::BankAccount, "123456-01-123456");
    finds("110-123-456789 신한", Kind::BankAccount, "110-123-456789");
    finds("계좌번호 11012345678901", Kind::BankAccount, "11012345678901");
    finds_nothing("품번 110-123-456789");
}

#[test]
fn an_account_may_be_written_with_full_stops() {
    finds("계좌번호는 110-123-456789", Kind::BankAccount, "110-123-456789");
    finds("계좌번호는 110.123.456789", Kind::BankAccount, "110.123.456789");
    finds_nothing("입금일 2024.01.15.10");
}

#[test]
fn addresses_end_at_the_street() {
    assert_eq!(masked("서울특별시 강남구 테헤란로 152에서 만나요"), "서울특별시 강남구 테헤란로 <상세주소>에서 만나요");
    assert_eq!(masked("서울 강남구 역삼동 737-1번지"), "서울 강남구 역삼동 <상세주소>");
    assert_eq!(masked("역삼동 737-1"), "역삼동 <상세주소>");
    assert_eq!(masked("중앙로23번길 15-3, 한빛아파트 101동 1502호"), "중앙로23번길 <상세주소>");
    finds("경기 양평군 서종면 문호리 산 12-3", Kind::LotAddress, "12-3");
    for text in [
        "서로 3명씩",
        "앞으로 10년",
        "봉사활동 3-1",
        "종로 3가",
        "서울에서 대전으로 2시간",
        "강남구로 3번 갔다",
        "우리 3-1로 이겼다",
        "고속도로 12호선",
        "을지로 5번 출구",
        "그대로 3 더하기",
        "판교로 이사 3일 전",
        "슈퍼 마리오 히스토리 1985-2010",
        "한뫼 갤러리 2003-2005 전시",
        "메모리 16-32",
        "카테고리 3-1",
        "하루 칼로리 100-200",
        "제주 활동 2010-2012",
        "대구 승리 2-0 소식",
        "부산시 정리 20 건",
        "서울 이동 30 분.",
        "서울시 관리 3 과",
    ] {
        finds_nothing(text);
    }
}

/// The street and the neighbourhood name thousands; floor and room name a household.
#[test]
fn addresses_go_to_the_last_room() {
    for detail in [
        "152 (역삼동) 3층 301호",
        "152(역삼동, 햇살빌) 301호",
        "45 101-1502",
        "235 에이치스퀘어 N동 7층",
        "235 솔빛관 3층",
        "235, 한빛아파트 101동 1502호",
    ] {
        finds(&format!("서울 강남구 테헤란로 {detail}에 삽니다"), Kind::RoadAddress, detail);
    }
    finds("제주시 연동 312-1", Kind::LotAddress, "312-1");
    finds("서울 서대문구 합동 27-1", Kind::LotAddress, "27-1");
    for (text, number) in [
        ("서울 강남구 테헤란로 152 맛집 3호점", "152"),
        ("서울 강남구 테헤란로 152 02-345-6789", "152"),
        ("서울 강남구 테헤란로 152 (역삼동) 근처", "152"),
    ] {
        assert_eq!(found(text)[0], (Kind::RoadAddress, number), "{text}");
    }
}

#[test]
fn mail_and_messengers() {
    for form in [
        "hong.gd@naver.com",
        "hong 골뱅이 naver.com",
        "hong골뱅이네이버닷컴",
        "hong 골뱅이 네이버",
        "hong [at] naver [dot] com",
        "hong(at)naver.com",
        "hong at naver dot com",
        "hong＠naver.com",
        "hong @ naver.com",
        "hong@네이버",
        "a+b@mail.hanbit.co.kr",
    ] {
        finds(&format!("메일은 {form} 입니다"), Kind::Email, form);
    }
    finds("hong@naver.com으로", Kind::Email, "hong@naver.com");
    for text in [
        "골뱅이 무침",
        "git@github.com:a/b",
        "a@example.com",
        "logo@2x.png",
        "@Component",
        "see line at dot 3",
        "npm i vue@3.2.1",
    ] {
        finds_nothing(text);
    }
    finds("카톡 hong_gd로 연락주세요", Kind::MessengerId, "hong_gd");
    finds("위챗 hong1234 추가", Kind::MessengerId, "hong1234");
    finds("카톡 아이디 hong_gd", Kind::MessengerId, "hong_gd");
    finds("라인ID: hong.gd", Kind::MessengerId, "hong.gd");
    finds("텔레그램 @honggd", Kind::MessengerId, "honggd");
    finds("open.kakao.com/o/sAbC123", Kind::MessengerId, "sAbC123");
    for text in [
        "온라인 ID 발급",
        "카카오톡 PC 버전",
        "카톡 v10.2 배포",
        "텔레그램 web3 모임",
        "라인 up",
        "텔레비전 ID",
        "가이드라인 ID1234",
    ] {
        finds_nothing(text);
    }
}

#[test]
fn public_addresses_of_machines() {
    finds("접속 IP 211.45.12.7", Kind::IpAddress, "211.45.12.7");
    finds("2001:2d8:e0::25", Kind::IpAddress, "2001:2d8:e0::25");
    for text in [
        "192.168.0.1",
        "127.0.0.1",
        "버전 10.0.19041.1",
        "v121.2.3.4",
        "1.2.3.4",
        "12:30:45",
        "std::abc",
        "2001:db8::1",
        "2.16.840.1.113730",
    ] {
        finds_nothing(text);
    }
}

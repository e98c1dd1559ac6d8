//! Invented personal data in the forms that people write them in, with the sentences around them: the truth that recall
//! is measured against. Written from the definitions of the numbers, never from the detectors.

mod registered;

use crate::redact::Kind;
use registered::{bank, business, card, corporate, licence, passport, registration};

/// A small generator of pseudo-random numbers (splitmix64), so that a seed says everything.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    pub(super) fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// That many random digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

const PHONE_AROUND: &[&str] = &[
    "연락처는 {}입니다.",
    "전화: {}",
    "{}로 전화 주세요",
    "궁금한 점은 {} 으로 문의 바랍니다.",
    "☎ {}",
    "김민수 과장 {} / 영업 1팀",
    "TEL. {}",
    "급하시면 ({})로 연락 주시고요",
    "제 번호 {} 저장해 두세요^^",
    "담당자 이서연 {}",
    "문자 주세요 {}\n감사합니다",
    "[{}] 예약 가능",
    "배달은 {}",
];
const PLAIN_AROUND: &[&str] = &["{}", "여기요 {} 맞죠?", "메모: {}", "{}, 박지훈", "어제 말한 게 {} 이거였어."];
const EMAIL_AROUND: &[&str] = &[
    "메일은 {}로 보내 주세요.",
    "이메일: {}",
    "{} 기자",
    "문의 {}",
    "({})",
    "E-mail {} | 홍보팀",
    "자료는 {} 앞으로",
    "{}",
    "<{}>님이 쓴 글",
];
const ADDRESS_AROUND: &[&str] = &[
    "주소: {}",
    "{}에서 만나요.",
    "{} (우)06236",
    "배송지 {}",
    "본사는 {}에 있다.",
    "{}",
    "사무소를 {}로 옮겼다.",
    "{}, 1층 카페",
];

/// A datum in one of its forms, with what stands before and after it.
#[derive(Debug)]
pub(super) struct Invented {
    pub(super) before: String,
    pub(super) datum: String,
    pub(super) after: String,
}

fn around(frame: &str, datum: String) -> Invented {
    let (before, after) = frame.split_once("{}").unwrap();
    Invented { before: before.to_owned(), datum, after: after.to_owned() }
}

/// One invented datum of a kind.
pub(super) fn invent(kind: Kind, dice: &mut Dice) -> Invented {
    match kind {
        Kind::ResidentNumber | Kind::ForeignerNumber => registration(kind, dice),
        Kind::Passport => passport(dice),
        Kind::DrivingLicence => licence(dice),
        Kind::MobilePhone => mobile(dice),
        Kind::Landline => landline(dice),
        Kind::VirtualPhone => {
            let prefix = format!("050{}", dice.between(2, 8));
            let exchange = dice.between(2000, 9999).to_string();
            let line = four(dice.next());
            let datum = joined(dice, &[&prefix, &exchange, &line]);
            around(dice.of(PHONE_AROUND), datum)
        }
        Kind::ServicePhone => {
            let prefix = dice.of(&[
                "1522", "1544", "1566", "1577", "1588", "1599", "1600", "1644", "1661", "1666", "1670", "1688", "1800",
                "1833", "1855", "1877", "1899",
            ]);
            let datum = format!("{prefix}-{}", four(dice.next()));
            around(dice.of(PHONE_AROUND), datum)
        }
        Kind::ForeignPhone => foreign(dice),
        Kind::Email => email(dice),
        Kind::Card => card(dice),
        Kind::BankAccount => bank(dice),
        Kind::RoadAddress => road(dice),
        Kind::LotAddress => lot(dice),
        Kind::IpAddress => ip(dice),
        Kind::MessengerId => messenger(dice),
        Kind::BusinessNumber => business(dice),
        Kind::CorporateNumber => corporate(dice),
    }
}

fn four(random: u64) -> String {
    format!("{:04}", random % 10_000)
}

/// Parts with one of the separators that people put between them.
fn joined(dice: &mut Dice, parts: &[&str]) -> String {
    let separator = dice.of(&["-", "-", "-", "-", " ", ".", " - ", "–", "‐", "—", "·", "－", "ㅡ", "−", "∙"]);
    let text = parts.join(separator);
    if dice.below(12) == 0 { full_width(&text) } else { text }
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { char::from_u32('０' as u32 + c as u32 - '0' as u32).unwrap() } else { c })
        .collect()
}

fn mobile(dice: &mut Dice) -> Invented {
    let exchange = dice.between(2000, 9999).to_string();
    let line = four(dice.next());
    let datum = match dice.below(12) {
        0 => format!("010{exchange}{line}"),
        1 => format!("+82 10 {exchange} {line}"),
        2 => format!("+82-10-{exchange}-{line}"),
        3 => format!("+82 (0)10-{exchange}-{line}"),
        4 => format!("+8210{exchange}{line}"),
        5 => format!("010-{exchange}{line}"),
        6 => format!("010) {exchange}-{line}"),
        7 => format!("{}-{}-{line}", dice.of(&["011", "016", "017", "018", "019"]), dice.between(200, 999)),
        8 => format!("82-10-{exchange}-{line}"),
        _ => joined(dice, &["010", &exchange, &line]),
    };
    let frames = if dice.below(4) == 0 { PLAIN_AROUND } else { PHONE_AROUND };
    around(dice.of(frames), datum)
}

fn landline(dice: &mut Dice) -> Invented {
    let area = dice.of(&[
        "02", "02", "031", "032", "033", "041", "042", "043", "044", "051", "052", "053", "054", "055", "061", "062",
        "063", "064", "070",
    ]);
    let exchange = if dice.below(2) == 0 && area != "070" { dice.between(200, 999) } else { dice.between(2000, 9999) };
    let (exchange, line) = (exchange.to_string(), four(dice.next()));
    let datum = match dice.below(8) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}){exchange}-{line}"),
        2 => format!("({area}){exchange}-{line}"),
        3 => format!("+82-{}-{exchange}-{line}", &area[1..]),
        4 => {
            return around(
                dice.of(&["전화 {}", "TEL {}", "대표번호: {}", "팩스 {}", "문의 {}"]),
                format!("{area}{exchange}{line}"),
            );
        }
        _ => joined(dice, &[area, &exchange, &line]),
    };
    around(dice.of(PHONE_AROUND), datum)
}

fn foreign(dice: &mut Dice) -> Invented {
    let (a, b, c) = (dice.between(201, 989), dice.between(201, 989), four(dice.next()));
    let datum = match dice.below(5) {
        0 => format!("+1-{a}-{b}-{c}"),
        1 => format!("+1 {a} {b} {c}"),
        2 => format!("+81-3-{}-{c}", dice.between(3000, 6999)),
        3 => format!("+44 20 {} {c}", dice.between(7000, 8999)),
        _ => format!("+86 138 {} {c}", four(dice.next())),
    };
    around(dice.of(PHONE_AROUND), datum)
}

fn email(dice: &mut Dice) -> Invented {
    let name = dice.of(&["minsu", "hana.kim", "lee_sy", "park-jh", "sky", "namu", "bluesea", "k.hong", "dalbit"]);
    let name = if dice.below(2) == 0 { format!("{name}{}", dice.between(1, 999)) } else { name.to_owned() };
    let domain = dice.of(&[
        "naver.com",
        "gmail.com",
        "hanmail.net",
        "daum.net",
        "nate.com",
        "korea.kr",
        "snu.ac.kr",
        "mail.hanbit.co.kr",
        "dasom.io",
    ]);
    let provider = dice.of(&["네이버", "지메일", "다음", "한메일", "네이트"]);
    let datum = match dice.below(12) {
        0 => format!("{name} 골뱅이 {domain}"),
        1 => format!("{name} 골뱅이 {provider}"),
        2 => format!("{name}골뱅이{provider}닷컴"),
        3 => format!("{name} [at] {domain}"),
        4 => format!("{name}(at)naver.com"),
        5 => format!("{name} at naver dot com"),
        6 => format!("{name}＠{domain}"),
        7 => format!("{name} @ naver.com"),
        8 => format!("{name}@{provider}"),
        _ => format!("{name}@{domain}"),
    };
    around(dice.of(EMAIL_AROUND), datum)
}

/// The house number is the datum; what stands before it in the address stays.
fn road(dice: &mut Dice) -> Invented {
    let region = dice.of(&[
        "서울특별시 강남구 ",
        "서울 마포구 ",
        "경기도 성남시 분당구 ",
        "부산광역시 해운대구 ",
        "전주시 완산구 ",
        "강원도 강릉시 ",
        "경기 양평군 서종면 ",
        "제주특별자치도 제주시 ",
        "대구 중구 ",
    ]);
    let road = dice.of(&[
        "테헤란로",
        "월드컵북로",
        "판교역로",
        "해운대해변로",
        "중앙로23번길",
        "북한강로",
        "첨단로8길",
        "세종대로",
        "느티나무길",
        "달구벌대로 512길",
    ]);
    let number = dice.between(1, 999);
    let number = if dice.below(3) == 0 { format!("{number}-{}", dice.between(1, 40)) } else { number.to_string() };
    let unit = dice.of(&["", "", "", ", 101동 1502호", " 3층", ", 한빛아파트 203동 704호", " 지하 1층"]);
    let frame = dice.of(ADDRESS_AROUND);
    let frame =
        if unit.is_empty() { frame } else { dice.of(&["주소: {}", "배송지 {}", "{}에서 만나요.", "{}"]) };
    let (before, after) = frame.split_once("{}").unwrap();
    // A floor behind the number belongs to it.
    let (tail, after) = after.strip_prefix(", 1층").map_or(("", after), |rest| (", 1층", rest));
    let space = if dice.below(4) == 0 && !region.contains("서종") { "" } else { " " };
    Invented {
        before: format!("{before}{region}{road}{space}"),
        datum: format!("{number}{unit}{tail}"),
        after: after.to_owned(),
    }
}

fn lot(dice: &mut Dice) -> Invented {
    let place = dice.of(&[
        "서울 강남구 역삼동 ",
        "성남시 분당구 정자동 ",
        "서울특별시 중구 을지로3가 ",
        "경기도 양평군 서종면 문호리 ",
        "부산 사하구 하단동 ",
        "역삼동 ",
        "망원동 ",
        "홍성군 홍북읍 신경리 산 ",
        "대전 유성구 궁동 ",
    ]);
    let hyphen = place.split(' ').count() == 2 || dice.below(2) == 0;
    let number = dice.between(1, 999);
    let number = if hyphen { format!("{number}-{}", dice.between(1, 40)) } else { number.to_string() };
    let unit = dice.of(&["", "", "번지", " 102동 305호"]);
    let (before, after) =
        dice.of(&["주소: {}", "{}에서 만나요.", "토지 소재지는 {}", "{} 토지", "({})", "{}"]).split_once("{}").unwrap();
    Invented { before: format!("{before}{place}"), datum: format!("{number}{unit}"), after: after.to_owned() }
}

fn ip(dice: &mut Dice) -> Invented {
    if dice.below(3) == 0 {
        let group = |dice: &mut Dice| format!("{:x}", dice.between(0x100, 0xffff));
        let groups: Vec<String> = (0..6).map(|_| group(dice)).collect();
        let datum = if dice.below(2) == 0 {
            format!("2001:{:x}:{}", dice.between(0x200, 0xcff), groups.join(":"))
        } else {
            format!("2406:{}::{}", groups[0], groups[1])
        };
        return around(dice.of(&["IPv6 {}", "접속 IP: {}", "{}", "주소 {}에서 접속", "서버({}) 점검"]), datum);
    }
    let first = dice.of(&["211", "121", "58", "175", "1", "112", "203", "8"]);
    let datum = format!("{first}.{}.{}.{}", dice.between(30, 250), dice.between(0, 255), dice.between(1, 254));
    around(
        dice.of(&[
            "접속 IP {}",
            "IP: {}",
            "작성자({}) 2019.03.02",
            "아이피 {} 차단",
            "ping {}",
            "서버 주소는 {}입니다.",
            "IP주소 {}:8080",
        ]),
        datum,
    )
}

fn messenger(dice: &mut Dice) -> Invented {
    let name =
        format!("{}{}", dice.of(&["minsu", "sky_", "namu", "hong.gd", "dalbit", "bluesea"]), dice.between(10, 9999));
    around(
        dice.of(&[
            "카톡 아이디 {}",
            "카톡: {}",
            "카카오톡 ID : {} 로 문의",
            "카톡아이디는 {}입니다",
            "텔레그램 @{}",
            "텔레 @{}",
            "라인 아이디: {}",
            "LINE ID {}",
            "카톡 친추 아이디 {}",
            "KakaoTalk ID: {}",
            "t.me/{}",
            "위챗 아이디 {}",
            "라인ID {}",
        ]),
        name,
    )
}

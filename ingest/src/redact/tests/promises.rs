//! What redaction promises of any text: done twice it does nothing more, Hangul outside a finding stays, offsets are right.

use super::invented::{Dice, invent};
use super::negatives::harmless;
use super::*;

#[test]
fn the_same_datum_has_one_hash_and_one_stand_in() {
    let config = |key: &str| RedactConfig { policy: Policies::all(Policy::Replace), key: RedactKey::new(key) };
    let text = "010-2345-6789 또는 010 2345 6789, +82 10 2345 6789";
    let redacted = Redactor::new(&config("가")).redact(text);
    let [a, b, c] = redacted.findings[..] else { panic!("{redacted:?}") };
    assert!(a.hash == b.hash && b.hash == c.hash);
    let stand_in = &redacted.text[..13];
    assert!(stand_in.starts_with("010-0") && redacted.text.contains(&stand_in.replace('-', " ")), "{redacted:?}");
    let other = Redactor::new(&config("나")).redact(text);
    assert_ne!(other.findings[0].hash, a.hash);
    assert_ne!(other.text, redacted.text);
    assert_eq!(Redactor::new(&config("가")).redact(text), redacted);
}

/// Found by fuzzing: the cut-off head of a name ended the domain of the at sign before it.
#[test]
fn a_long_name_is_taken_whole() {
    let text = format!("hong@example{}.com{}@naver.com", "m".repeat(20), "n".repeat(80));
    assert_eq!(masked(&text), "hong@<이메일>");
}

/// Found by fuzzing: what was left of such a domain went on behind the stand-in.
#[test]
fn a_domain_with_an_empty_label_is_none() {
    finds_nothing("hong@exi..kr.seoul");
    finds("hong@naver.kr..", Kind::Email, "hong@naver.kr");
    let long = format!("hong@{}com", "naver.".repeat(60));
    finds(&long, Kind::Email, &long);
}

/// Found by fuzzing: a number was no address before a digit, and one before the letter that took the digit's place.
#[test]
fn what_stands_in_behind_a_comma_makes_no_address() {
    let mut redactor = redactor(Policy::Replace);
    let once = redactor.redact("서울특별시 강남구 검로 123,81[AT]hanbit.kr").text.into_owned();
    assert_eq!(redactor.redact(&once).findings, [], "{once}");
}

/// Found by fuzzing: what stood in for an address of a machine was read as a foreign phone, by a plus sign and a label.
#[test]
fn an_address_behind_a_plus_sign_is_no_phone() {
    finds("전화번호는 +93.184.216.34", Kind::IpAddress, "93.184.216.34");
    for network in ["192.0.2", "198.51.100", "203.0.113"] {
        for host in 0..=255 {
            finds_nothing(&format!("전화번호는 +{network}.{host}"));
        }
    }
    finds("전화번호는 +33.1.42.68.53.00", Kind::ForeignPhone, "+33.1.42.68.53.00");
}

/// Found by fuzzing: a stand-in of other digits made what followed it a phone or the end of one.
#[test]
fn what_a_stand_in_makes_of_its_neighbours_is_masked() {
    let mut redactor = redactor(Policy::Replace);
    for host in 0..=255 {
        let once = redactor.redact(&format!("P 91P 9M:2;+162.8.0.{host} 200:")).text.into_owned();
        assert_eq!(redactor.redact(&once).findings, [], "{once}");
    }
}

#[test]
fn policies_are_followed() {
    let text = "가게 1588-1234, 사장 010-2345-6789";
    let policy = Policies::default().with(Kind::MobilePhone, Policy::Remove);
    let redacted = Redactor::new(&RedactConfig { policy, key: RedactKey::default() }).redact(text);
    assert_eq!(redacted.text, "가게 1588-1234, 사장 <전화번호>");
    assert_eq!(redacted.remove, Some(Kind::MobilePhone));
    let offsets: Vec<usize> = redacted.findings.iter().map(|finding| finding.offset).collect();
    assert_eq!(offsets, [3, 17]);
    assert!(matches!(redactor(Policy::Keep).redact(text).text, Cow::Borrowed(_)));
}

#[test]
fn settings_are_validated_and_canonical() {
    let parse = |text: &str| serde_json::from_str::<RedactConfig>(text);
    let config = parse(r#"{"policy":{"email":"replace","landline":"mask"},"key":"비밀"}"#).unwrap();
    assert_eq!(serde_json::to_string(&config).unwrap(), r#"{"policy":{"email":"replace"},"key":"비밀"}"#);
    assert_eq!(parse(&serde_json::to_string(&config).unwrap()).unwrap(), config);
    assert!(!format!("{config:?}").contains("비밀"));
    assert_eq!(serde_json::to_string(&RedactConfig::default()).unwrap(), r#"{"policy":{}}"#);
    let error = parse(r#"{"policy":{"email":"replace"}}"#).unwrap_err().to_string();
    assert!(error.contains("needs a `key`"), "{error}");
    assert!(parse(r#"{"policy":{"shoe-size":"mask"}}"#).is_err() && parse(r#"{"polciy":{}}"#).is_err());
}

#[test]
fn long_hostile_text_takes_linear_time() {
    for piece in [
        "0",
        "1-",
        "010-",
        "02)",
        "1.",
        "a@",
        "@",
        "::1",
        "가로 1",
        "카톡 ID ",
        "(",
        "골뱅이",
        "010 1234 5678 ",
        "a.1",
        "<전화번호>1-",
        "영일영",
        " at a dot ",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let begin = std::time::Instant::now();
        let once = masked(&text);
        assert!(begin.elapsed().as_secs() < 5, "{piece}");
        assert!(once.len() <= text.len() * 8);
    }
    for spaced in [format!("010{}1234-5678", " ".repeat(1_000_000)), format!("가로{}1 ", " ".repeat(1000)).repeat(1000)]
    {
        let _ = masked(&spaced);
    }
}

/// Pieces that detectors look at, in any order.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = [
        "010",
        "02",
        "031",
        "0507",
        "1588",
        "1234",
        "5678",
        "123",
        "850314",
        "1234567",
        "4111",
        "1111",
        "12",
        "110",
        "456789",
        "82",
        "+82",
        "+1",
        "11",
        "1",
        "211.45.12.7",
        "2001:2d8::25:1",
        "hong",
        "naver.com",
        "@",
        "＠",
        "골뱅이",
        "네이버",
        "닷컴",
        "[at]",
        " at ",
        " dot ",
        "com",
        "카톡",
        "라인",
        "아이디",
        "ID",
        ":",
        "계좌",
        "은행",
        "신한",
        "카드",
        "주민등록번호",
        "법인",
        "사업자",
        "여권",
        "M",
        "면허",
        "서울",
        "ISBN",
        "전화",
        "서울 강남구 ",
        "테헤란로",
        "역삼동",
        "번지",
        "번길",
        "101동",
        "산 ",
        "-",
        "-",
        "-",
        "–",
        ".",
        "·",
        " ",
        " ",
        "  ",
        "(",
        ")",
        "/",
        ",",
        "\n",
        "<",
        ">",
        "<전화번호>",
        "<계좌번호>",
        "<상세주소>",
        "１２",
        "０１０",
        "공일공",
        "일이삼사",
        "오육칠팔",
        "t.me/",
        "abc_1",
        "에서",
        "가",
        "%",
        "111-11-11119",
    ];
    prop::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

/// Sentences with data in them, glued in ways that the generator of truth does not.
fn dense() -> impl Strategy<Value = String> {
    (any::<u64>(), 1..5usize, proptest::sample::select(vec!["", " ", "\n", "/", ",", "-", ". "])).prop_map(
        |(seed, count, glue)| {
            let mut dice = Dice(seed);
            let one = |dice: &mut Dice| {
                let kind = Kind::ALL[dice.below(18) as usize];
                let planted = invent(kind, dice);
                if dice.below(4) == 0 {
                    harmless(dice)
                } else {
                    format!("{}{}{}", planted.before, planted.datum, planted.after)
                }
            };
            (0..count).map(|_| one(&mut dice)).collect::<Vec<_>>().join(glue)
        },
    )
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => hostile(), 3 => dense(), 1 => any::<String>()]
}

/// What a text says besides its findings.
fn rest(text: &str) -> Vec<String> {
    let mut candidates = Vec::new();
    Scanner::new().scan(text, &mut candidates);
    let mut at = 0;
    let mut pieces = Vec::new();
    for candidate in candidates {
        pieces.push(text[at..candidate.start].to_owned());
        at = candidate.end;
    }
    pieces.push(text[at..].to_owned());
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, ..ProptestConfig::default() })]

    #[test]
    fn masked_text_has_nothing_left_to_find(text in any_text()) {
        let mut redactor = redactor(Policy::Mask);
        let once = redactor.redact(&text).text.into_owned();
        let twice = redactor.redact(&once);
        prop_assert_eq!(&twice.findings, &[], "{:?}", once);
        prop_assert_eq!(twice.text, once.as_str());
    }

    #[test]
    fn stand_ins_are_nobodys(text in any_text()) {
        let mut redactor = redactor(Policy::Replace);
        let once = redactor.redact(&text).text.into_owned();
        let twice = redactor.redact(&once);
        prop_assert_eq!(&twice.findings, &[], "{:?}", once);
    }

    #[test]
    fn only_what_was_found_changes(text in any_text()) {
        let redacted = redactor(Policy::Mask).redact(&text);
        let mut expected = rest(&text).into_iter();
        let mut out = expected.next().unwrap();
        for (finding, piece) in redacted.findings.iter().zip(expected) {
            prop_assert_eq!(finding.offset, out.chars().count());
            out.push_str(finding.kind.token());
            out.push_str(&piece);
        }
        prop_assert_eq!(redacted.text, out);
    }
}

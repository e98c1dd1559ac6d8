//! Labels that lie, pages of two charsets, and text that was decoded wrongly before.

use super::super::{Charset, Repair, decode, repair_mojibake};
use super::codes::{iso_2022_kr, johab};
use super::{TEXT, euc_kr};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, GBK, KOI8_R, SHIFT_JIS, UTF_8, WINDOWS_1251, WINDOWS_1252};

const SHORT: [&str; 6] =
    ["안녕하세요", "배송이 빨라요", "감사합니다!", "오늘 점심은 김밥", "영화가 정말 재미있었다", "다음에 또 올게요 ^^"];

fn wrong_labels() -> Vec<Option<Charset>> {
    let web = [UTF_8, EUC_KR, WINDOWS_1252, SHIFT_JIS, GBK, BIG5, EUC_JP, GB18030, WINDOWS_1251, KOI8_R];
    let web = web.into_iter().map(|encoding| Some(Charset::Web(encoding)));
    web.chain([None, Some(Charset::Johab), Some(Charset::Iso2022Kr)]).collect()
}

#[test]
fn no_label_hides_korean_text() {
    for text in SHORT.into_iter().chain([TEXT]) {
        let forms = [
            ("UTF-8", text.as_bytes().to_vec()),
            ("EUC-KR", euc_kr(text)),
            ("Johab", johab(text)),
            ("ISO-2022-KR", iso_2022_kr(text)),
        ];
        for (charset, bytes) in forms {
            for label in wrong_labels() {
                let decoded = decode(bytes.clone(), label);
                assert_eq!((decoded.text.trim(), decoded.charset), (text, charset), "labelled {label:?}");
            }
        }
    }
}

#[test]
fn other_languages_are_left_to_their_charset() {
    let texts = [
        (SHIFT_JIS, "これは日本語の文章です。昨日は山へ行きました。"),
        (EUC_JP, "これは日本語の文章です。昨日は山へ行きました。"),
        (GBK, "今天天气很好,我们一起去公园散步,看见很多花。"),
        (BIG5, "今天天氣很好,我們一起去公園散步,看見很多花。"),
        (WINDOWS_1251, "Сегодня хорошая погода, и мы пошли гулять в парк."),
        (WINDOWS_1252, "L’été dernier, nous avons déjeuné près de la forêt où il y a des chênes."),
    ];
    for (encoding, text) in texts {
        let bytes = encoding.encode(text).0.into_owned();
        for label in [None, Some(Charset::Web(encoding))] {
            let decoded = decode(bytes.clone(), label);
            assert_eq!((decoded.text.as_str(), decoded.repaired), (text, None), "{} as {label:?}", encoding.name());
        }
    }
}

#[test]
fn a_page_of_two_charsets_is_read_in_both() {
    let (body, notice) = ("<p>오늘의 소식을 전해 드립니다.</p>\n".repeat(8), "<div>회사 소개와 이용 약관</div>\n");
    let expected = format!("{body}{notice}{body}");
    let utf8_include = [euc_kr(&body), notice.as_bytes().to_vec(), euc_kr(&body)].concat();
    let legacy_include = [body.as_bytes().to_vec(), euc_kr(notice), body.clone().into_bytes()].concat();
    for (bytes, charset) in [(utf8_include, "EUC-KR"), (legacy_include, "UTF-8")] {
        for label in [None, Some(Charset::EUC_KR), Some(Charset::UTF_8)] {
            let decoded = decode(bytes.clone(), label);
            assert_eq!(decoded.text, expected);
            assert_eq!((decoded.charset, decoded.replaced), (charset, 0));
            assert_eq!(decoded.repaired, Some(Repair::MixedCharsets));
        }
    }
}

#[test]
fn a_utf8_mark_before_euc_kr_is_not_the_last_word() {
    let decoded = decode([b"\xef\xbb\xbf".to_vec(), euc_kr(TEXT)].concat(), None);
    assert_eq!((decoded.text.as_str(), decoded.charset), (TEXT, "EUC-KR"));
}

fn read_as_windows_1252(bytes: &[u8]) -> String {
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

#[test]
fn text_that_was_read_wrongly_is_read_again() {
    let text = "제목: 봄날의 산책\n\n“꽃이 피었다”고 그가 말했다.\nOK, 참\n";
    let latin1 = |text: &str| text.bytes().map(char::from).collect::<String>();
    let broken = [
        (Repair::Utf8AsLatin1, latin1(text)),
        (Repair::Utf8AsLatin1, read_as_windows_1252(text.as_bytes())),
        (Repair::Utf8AsLatin1Twice, latin1(&latin1(text))),
        (Repair::Utf8AsLatin1Twice, read_as_windows_1252(read_as_windows_1252(text.as_bytes()).as_bytes())),
        (Repair::EucKrAsLatin1, read_as_windows_1252(&euc_kr(text))),
    ];
    for (how, broken) in broken {
        let decoded = decode(broken.into_bytes(), None);
        assert_eq!((decoded.text.as_str(), decoded.repaired), (text, Some(how)));
    }
}

/// UTF-8 read as CP949 mostly loses bytes; what lost none comes back, and the rest is left as it is.
#[test]
fn utf8_read_as_cp949_comes_back_where_no_byte_was_lost() {
    let (mut repaired, mut lost) = (0, 0);
    for (a, b) in ('가'..='힣').step_by(7).zip("이가다는을에의고하지".chars().cycle()) {
        let text = format!("{b}{a}{b}{b}\n");
        let (broken, _, has_loss) = EUC_KR.decode(text.as_bytes());
        match repair_mojibake(&broken) {
            Some((found, how)) => {
                assert_eq!((found, how), (text, Repair::Utf8AsCp949));
                repaired += 1;
            }
            None => lost += usize::from(has_loss),
        }
    }
    assert!(repaired > 0 && lost > 0, "{repaired} repaired, {lost} lost");
}

#[test]
fn clean_text_is_never_repaired() {
    let clean = [
        "café, naïve, Ångström, São Paulo",
        "«Ça va?» ñandú ÄÖÜ äöü ß ½ ¿Qué? ¡Olé!",
        "그는 café에서 naïve한 질문을 했다.",
        "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
        "‘안녕하세요’가 ì•ˆë…•í•˜ì„¸ìš”로 보이면 글자가 깨진 것이다.",
        "第1條(目的) 이 法은 國民의 權利를 保護함을 目的으로 한다.",
        "大韓民國憲法 前文",
        "똠방각하 펲시콜라 뷁 햏",
    ];
    for text in clean {
        assert_eq!(repair_mojibake(text), None, "{text}");
        let decoded = decode(text.as_bytes().to_vec(), None);
        assert_eq!((decoded.text.as_str(), decoded.repaired), (text, None));
    }
}

/// A hostile text of the worst kinds takes time in proportion to its length; a slip to its square would take hours here.
#[test]
fn hostile_bytes_take_linear_time() {
    let worst: [&[u8]; 9] = [
        b"\xff",
        b"\xb0\xff",
        b"\xed\xa0",
        b"\x0e0!\x0f",
        "ê°€\u{80}\n".as_bytes(),
        "留롮씠 ".as_bytes(),
        b"<\xea",
        b"\xa4\xd4",
        b"\x1b$)C\x0e0!",
    ];
    for piece in worst {
        for label in [None, Some(Charset::EUC_KR), Some(Charset::Johab)] {
            let bytes = piece.repeat((2 << 20) / piece.len());
            assert!(!decode(bytes, label).text.is_empty(), "{piece:x?}");
        }
    }
}

use super::*;
use proptest::prelude::*;

fn measure(text: &str) -> Signals {
    Measurer::default().measure(text)
}

#[test]
fn characters_and_eojeol_not_bytes() {
    let m = measure("우리 동네 서점에는\n고양이가 산다 ㅎㅎ.");
    assert_eq!((m.characters, m.eojeol), (22, 6));
    assert_eq!(m.hangul_share, 16.0 / 17.0);
}

#[test]
fn old_hangul_counts_as_hangul() {
    assert_eq!(measure("ᄒᆞᆫ글 ᄀᆞᄅᆞᆷ ㅋㅋ").hangul_share, 1.0);
    assert_eq!(measure("大韓 korea").hangul_share, 0.0);
    assert_eq!(measure("서울ㆍ부산").jamo_share, 0.0);
}

#[test]
fn replacement_characters_are_weighed_against_all() {
    assert_eq!(measure("꽃\u{fffd}이\n\u{fffd}핀").replaced_share, 2.0 / 6.0);
    assert_eq!(measure("").replaced_share, 0.0);
}

#[test]
fn repeated_lines_are_weighed_by_length() {
    let m = measure("다섯글자다\n한줄\n\n  다섯글자다 \n다섯글자다");
    assert_eq!(m.repeated_line_share, 10.0 / 17.0);
    assert_eq!(m.repeated_line_count_share, 2.0 / 4.0);
    assert_eq!(measure("한 줄뿐인 글").repeated_line_share, 0.0);
}

#[test]
fn sentences_with_and_without_marks() {
    let m = measure("오늘은 비가 왔다. 우산이 없었다고? 그래서 뛰었어요\n제목\n2.5 배 늘었음\n\"정말이야!\"");
    assert_eq!(m.sentences, 5);
    assert_eq!(m.sentence_ending_share, 3.0 / 4.0);
    assert_eq!(m.line_punctuation_share, 0.0);
}

#[test]
fn function_words_tell_prose_from_keywords() {
    let prose = measure(
        "할머니께서 시장에서 사 오신 배추로 김치를 담그셨는데 올해는 고춧가루가 비싸서 조금만 넣으셨다고 한다.",
    );
    let keywords = measure("원피스 여름 할인 특가 쇼핑몰 추천 신상 니트 가디건 세트 무료 배송 이벤트 쿠폰 적립금");
    assert!(prose.function_word_share > 0.6 && prose.function_word_kinds > 6, "{prose:?}");
    assert!(keywords.function_word_share < 0.1, "{keywords:?}");
}

#[test]
fn links_and_marks() {
    let m =
        measure("문의는 help@example.com 또는 https://example.com/faq (www.example.com) 참고... #봄 #꽃 ^^ ㅋㅋㅋ…");
    assert_eq!((m.urls, m.emails), (2, 1));
    assert_eq!(m.ellipsis_ratio, 2.0 / 10.0);
    assert_eq!(m.hash_ratio, 2.0 / 10.0);
    assert!(m.emoticon_share > 0.0);
}

#[test]
fn other_languages_score_low() {
    let score = |text| measure(text).korean_score;
    assert!(score("서울에서 부산까지 KTX로 세 시간이 걸린다.") > 0.9);
    assert!(score("昨日は友達と映画を見ました。とても面白かったです。") < 0.1);
    assert!(score("今天天气很好，我们去公园散步吧。") < 0.1);
    assert!(score("annyeonghaseyo, oneul nalssiga jochiyo") < 0.1);
    assert!(score("大韓民國은 民主共和國이다.") < 0.9);
    assert!(score("대한민국(大韓民國)은 민주공화국(民主共和國)이다.") > 0.9);
}

#[test]
fn laughter_and_keyboard_mashing_have_little_in_them() {
    let laughter = measure("ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ");
    assert_eq!((laughter.jamo_share, laughter.character_entropy), (1.0, 0.0));
    assert!(laughter.run_share > 0.9);
    assert_eq!(measure("ㅁㄴㅇㄹ ㅁㄴㅇㄹ").jamo_share, 1.0);
}

#[test]
fn menus_are_told_from_articles_of_one_line() {
    let menu = measure("로그인 회원가입 장바구니 고객센터 공지사항 사이트맵 즐겨찾기");
    assert!(menu.boilerplate_ratio > 1.0);
    let article = measure(
        "표준 이용 계약은 저작권자와 이용자가 서로의 권리를 확인하려고 맺는 문서이다. 저작권자가 정한 조건에 따라 이용자는 글을 옮겨 \
         실을 수 있고, 조건이 바뀌면 저작권자는 이를 미리 알려야 한다. 다툼이 생기면 먼저 조정을 거치도록 되어 있다.",
    );
    assert!(article.boilerplate_ratio <= 1.0, "{}", article.boilerplate_ratio);
}

#[test]
fn translated_wording_scores() {
    let translated = "당신은 이 옵션을 사용하여 당신의 파일을 저장할 수 있습니다. 그것은 서버에 의해 수행됩니다.";
    let written =
        "파일은 저장 버튼을 눌러 보관하세요. 저장이 끝나면 화면 아래에 알림이 뜹니다. 그러면 창을 닫아도 괜찮습니다.";
    assert!(measure(translated).translation_score > 0.9);
    assert!(measure(written).translation_score < 0.2);
}

#[test]
fn morphemes_only_when_asked() {
    let text = "도서관에서 책을 빌렸다. 책을 다 읽었다.";
    assert_eq!(measure(text).morphemes, None);
    let m = Measurer::with_morphemes().measure(text);
    assert!(m.morphemes.is_some_and(|morphemes| morphemes > 9.0), "{m:?}");
    assert_eq!(m.stop_words, Some(3.0));
    assert_eq!(Signals { morphemes: None, ..measure(text) }, measure(text));
}

#[test]
fn time_stays_linear_in_hostile_text() {
    let hostile = [
        "가".repeat(1 << 20),
        "가 ".repeat(1 << 19),
        "\n".repeat(1 << 20),
        "가\n\n".repeat(1 << 18),
        "\u{3000}ㅋ".repeat(1 << 18),
        "...#@:".repeat(1 << 17),
        "가 나 ".repeat(1 << 17),
        (0..1u32 << 17).map(|i| format!("{i} ")).collect(),
        (0..1u32 << 16).map(|i| format!("{}\n", i % 5000)).collect(),
    ];
    let mut measurer = Measurer::with_morphemes();
    let started = std::time::Instant::now();
    for text in &hostile {
        measurer.measure(text);
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

fn bounded(m: &Signals) -> bool {
    Signal::ALL.iter().all(|signal| {
        let value = signal.get(m).unwrap_or(0.0);
        value.is_finite() && value >= 0.0 && (!signal.as_str().ends_with("_share") || value <= 1.0)
    })
}

proptest! {
    #[test]
    fn one_pass_agrees_with_many(text in "[가-힣a-z \\n\u{3000}ㅋ漢あ0-9.]{0,80}") {
        let m = measure(&text);
        prop_assert_eq!(m.characters as usize, text.chars().count());
        prop_assert_eq!(m.eojeol as usize, text.split_whitespace().count());
        let visible = text.chars().filter(|c| !c.is_whitespace()).count();
        let hangul = text.chars().filter(|&c| is_hangul(c)).count();
        prop_assert_eq!(m.hangul_share, share(hangul as u32, visible as u32));
        prop_assert_eq!(m.space_share, share((text.chars().count() - visible) as u32, m.characters));
    }

    #[test]
    fn entropy_is_that_of_the_characters(text in "[가나다a-c漢ㅋ.]{1,9}( [가나다a-c漢ㅋ.]{1,9}){0,9}", again in 1..4usize) {
        let text = vec![text; again].join("\n");
        let visible: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut counts = std::collections::BTreeMap::new();
        visible.iter().for_each(|c| *counts.entry(c).or_insert(0.0) += 1.0 / visible.len() as f64);
        let entropy: f64 = counts.values().map(|p: &f64| -p * p.log2()).sum();
        let mut measurer = Measurer::default();
        for _ in 0..2 {
            prop_assert!((f64::from(measurer.measure(&text).character_entropy) - entropy).abs() < 1e-5);
        }
    }

    #[test]
    fn shares_are_shares(text in "\\PC{0,200}|[가나다 \\n.…#@:ㅋ^]{0,300}|(그는 책을 읽었다\\.[ \n]){0,20}") {
        prop_assert!(bounded(&Measurer::with_morphemes().measure(&text)));
    }

    #[test]
    fn memory_of_earlier_texts_changes_nothing(texts in prop::collection::vec("[가나다라 \\n.]{0,200}", 0..6)) {
        let mut measurer = Measurer::with_morphemes();
        for text in &texts {
            prop_assert_eq!(measurer.measure(text), Measurer::with_morphemes().measure(text));
        }
    }
}

use super::class::{Class, classify, fold};
use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn counts(text: &str) -> Vec<(&'static str, u32)> {
    let changes = Normalizer::default().normalize(text).changes;
    changes.iter().map(|(change, count)| (change.as_str(), count)).collect()
}

#[test]
fn decomposed_hangul_is_composed() {
    let decomposed: String = "한글은 소리글자다".nfd().collect();
    assert_eq!(normalize(&decomposed), "한글은 소리글자다");
    // A syllable and a final consonant that follows it.
    assert_eq!(normalize("가\u{11a8}"), "각");
    // Conjoining jamo that a zero-width space keeps apart.
    assert_eq!(normalize("\u{1112}\u{200b}\u{1161}\u{11ab}"), "한");
    let page = format!("첫 줄은 그대로\n{decomposed}\n끝 줄도 그대로");
    assert_eq!(normalize(&page), "첫 줄은 그대로\n한글은 소리글자다\n끝 줄도 그대로");
    assert_eq!(counts(&page), [("composed", 12)]);
}

#[test]
fn old_hangul_hanja_and_compatibility_jamo_stay() {
    for text in ["나랏\u{302e}말\u{302f}ᄊᆞ미", "ᄒᆞᆫ글", "大韓民國", "ㅋㅋㅋ ㅠㅠ", "ﾊﾝｸﾞﾙ", "①②③ ㈜말모이", "그래요ᆢ"]
    {
        assert_eq!(normalize(text), text);
    }
}

#[test]
fn second_codes_of_hanja_are_unified_and_counted() {
    assert_eq!(normalize("\u{f90a}額 \u{f98e}度"), "金額 年度");
    assert_eq!(counts("\u{f90a}額 \u{f98e}度"), [("compatibility-hanja", 2)]);
}

#[test]
fn widths_are_folded_when_wanted() {
    assert_eq!(normalize("ＫＢＳ　９시 뉴스！"), "KBS 9시 뉴스!");
    assert_eq!(normalize("ﾾﾡￂ ￦１，０００"), "ㅎㄱㅏ ₩1,000");
    let unfolded = Normalizer::new(&NormalizeConfig { fold_width: false, ..NormalizeConfig::default() });
    assert_eq!(unfolded.normalize("ＫＢＳ ﾾ&#65313;").text, "ＫＢＳ ﾾＡ");
    // Between them are codes without a character.
    assert_eq!(counts("\u{ffbf}\u{ffc8}\u{ffd1}"), []);
    // Half-width letters are those of the compatibility block, in its order.
    let letters: String = ('\u{ffa1}'..='\u{ffdc}').map(fold).filter(|c| ('ㄱ'..='ㅣ').contains(c)).collect();
    assert_eq!(letters, ('ㄱ'..='ㅣ').collect::<String>());
}

#[test]
fn clean_text_is_not_copied() {
    for text in [
        "",
        "가",
        "첫째 줄\n\n\n둘째 줄\n\t들여 쓴 줄",
        "어제 “그 집” 국밥을 먹었다… 좋았다!",
        "Café ᄒᆞᆫ글 ㅋㅋㅋ 사과 & 배; ↔",
    ] {
        assert!(matches!(normalize(text), Cow::Borrowed(_)), "{text:?}");
    }
    for text in ["👨\u{200d}👩\u{200d}👧", "❤\u{fe0f} 1\u{fe0f}\u{20e3}", "می\u{200c}خواهم", "क्\u{200d}ष"]
    {
        assert_eq!(normalize(text), text);
    }
}

#[test]
fn spaces_lines_and_invisible_characters() {
    let cases = [
        ("\u{feff}처음", "처음"),
        ("한\u{a0}칸\u{3000}두 칸\u{3164}세 칸", "한 칸 두 칸 세 칸"),
        ("한 줄  \r\n두 줄\r세 줄\u{2028}네 줄", "한 줄\n두 줄\n세 줄\n네 줄"),
        ("\n\n 위\n \n\t\n\n\n\n아래 \n\n", "위\n\n\n아래"),
        ("소프트\u{ad}하이픈과 제어\u{7}문자", "소프트하이픈과 제어문자"),
        ("가\u{200d}나 👨\u{200d}👩", "가나 👨\u{200d}👩"),
        ("  \u{200b} 들여 쓴 첫 줄", "들여 쓴 첫 줄"),
        ("葛\u{e0100}飾 가\u{fe0f}", "葛飾 가"),
        ("오른쪽\u{200f}\u{202e} 꼬리표\u{e0041}\u{e007f} 그림\u{fffc}", "오른쪽 꼬리표 그림"),
        ("👨\u{200d}\u{fe0f}가", "👨\u{fe0f}가"),
        ("ڀ\u{200d}\u{7}", "ڀ\u{200d}"),
        ("  ", ""),
    ];
    for (before, after) in cases {
        assert_eq!(normalize(before), after, "{before:?}");
    }
    let text = "\u{feff}가\u{200b}나\u{a0}다\u{202e} \r\n\n\n\n\n라";
    let expected =
        [("zero-width", 2), ("direction", 1), ("space", 1), ("line-end", 1), ("outer-space", 1), ("blank-line", 2)];
    assert_eq!(counts(text), expected);
}

#[test]
fn private_characters_leave_a_mark_only_inside_korean_words() {
    assert_eq!(normalize("홈 \u{f015} \u{e000}메뉴 \u{f0a7} 공지"), "홈  메뉴  공지");
    assert_eq!(normalize("나랏말\u{ebd4}미 \u{ebd4}\u{e3bf}"), "나랏말\u{fffd}미 \u{fffd}\u{fffd}");
    assert_eq!(counts("나랏말\u{ebd4}미 \u{f0000}"), [("private-use", 2), ("outer-space", 1)]);
}

#[test]
fn a_table_turns_private_codes_into_old_hangul() {
    let lines = "# from a word processor\nU+EBD4 => U+110A U+119E # ᄊᆞ\n\nE3BF=>0x1112 119E 11AB\n";
    let table = OldHangulTable::read(lines.as_bytes(), "pua.txt").unwrap();
    let normalizer = Normalizer::default().with_old_hangul(table);
    assert_eq!(normalizer.normalize("나랏말\u{ebd4}미").text, "나랏말ᄊᆞ미");
    assert_eq!(normalizer.normalize("\u{e3bf}글 \u{ebd4}\u{11ab}").text, "ᄒᆞᆫ글 ᄊᆞᆫ");
    for line in ["U+EBD4", "U+EBD4 =>", "U+AC00 => U+110A", "U+EBD4 => U+0041", "U+EBD4 => U+D800", "x => y"] {
        let error = OldHangulTable::read(format!("\n{line}").as_bytes(), "pua.txt").unwrap_err();
        assert!(error.to_string().starts_with("`pua.txt`, line 2: expected a private-use code"), "{error}");
    }
}

#[test]
fn runs_are_shortened_and_no_syllable_with_them() {
    let cases = [
        ("감사합니다ㅋㅋㅋㅋ", "감사합니다ㅋㅋㅋ"),
        ("ㅋㅋㅋㅋㅋㅋㅋㅎㅎㅎㅎㅎ 그랬구나ㅠㅠㅠㅠㅠㅠ", "ㅋㅋㅋㅎㅎㅎ 그랬구나ㅠㅠㅠ"),
        ("진짜요????!!!!!!", "진짜요???!!!"),
        ("음………… 글쎄~~~~~~~ㆍㆍㆍㆍㆍ", "음……… 글쎄~~~ㆍㆍㆍ"),
        ("제목\n----------\n내용", "제목\n---\n내용"),
        (
            "하하하하하하 ㅋㅎㅋㅎㅋㅎ 0000000 ####### ○○○○○ ****",
            "하하하하하하 ㅋㅎㅋㅎㅋㅎ 0000000 ####### ○○○○○ ****",
        ),
        ("```\n+-----+\n```\n+-----+", "```\n+-----+\n```\n+---+"),
        ("ㅋ ㅋ ㅋ ㅋ ㅋ", "ㅋ ㅋ ㅋ ㅋ ㅋ"),
        ("ﾻﾻﾻﾻﾻ", "ㅋㅋㅋ"),
    ];
    for (before, after) in cases {
        assert_eq!(normalize(before), after, "{before:?}");
    }
    assert_eq!(counts("좋아요ㅋㅋㅋㅋㅋㅋ!!!!! 또 봐요ㅎㅎㅎㅎ"), [("letter-run", 2), ("mark-run", 1)]);
    let (two, none) = (Normalizer::new(&runs(2, 1)), Normalizer::new(&runs(0, 0)));
    assert_eq!(two.normalize("감사합니다ㅋㅋㅋㅋ!!!!").text, "감사합니다ㅋㅋ!");
    assert_eq!(none.normalize("감사합니다ㅋㅋㅋㅋ!!!!").text, "감사합니다ㅋㅋㅋㅋ!!!!");
}

fn runs(max_letter_run: u8, max_mark_run: u8) -> NormalizeConfig {
    NormalizeConfig { max_letter_run, max_mark_run, ..NormalizeConfig::default() }
}

#[test]
fn leftover_references_are_decoded() {
    let cases = [
        ("어서 오세요.&nbsp;반갑습니다&hellip;", "어서 오세요. 반갑습니다…"),
        ("&#44032;&#45208;&#xB2E4;", "가나다"),
        ("철수 &amp; 영희 &lt;공연 안내&gt;", "철수 & 영희 <공연 안내>"),
        ("두 번 &amp;lt;공지&amp;gt;&amp;nbsp;세 번 &amp;amp;amp;lt;", "두 번 <공지> 세 번 <"),
        ("여섯 시&#150;일곱 시 &#146;", "여섯 시–일곱 시 ’"),
        ("&#4370;&#4449;&#4523;글", "한글"),
        ("가&shy;나 &am&shy;p;", "가나 &"),
        ("＆ｎｂｓｐ；끝", "끝"),
        // Not references, or nothing that is known.
        (
            "R&D; A&B;C &unknown; &; &#; &#xFFFFFFF; &#55296; &#96;",
            "R&D; A&B;C &unknown; &; &#; &#xFFFFFFF; &#55296; &#96;",
        ),
    ];
    for (before, after) in cases {
        assert_eq!(normalize(before), after, "{before:?}");
    }
    assert_eq!(counts("가&nbsp;나&amp;nbsp;다"), [("entity", 3)]);
    let off = Normalizer::new(&NormalizeConfig { entities: false, ..NormalizeConfig::default() });
    assert_eq!(off.normalize("가&nbsp;나").text, "가&nbsp;나");
}

#[test]
fn references_in_code_stay() {
    for text in [
        "빈칸은 `&nbsp;`로 쓰고 작다는 `a &lt; b`로 쓴다.",
        "```\nif (a &lt; b) &amp;&amp; c\n```",
        "꺾쇠는 \"&lt;\", 그리고 '&amp;'로 쓴다.",
        "<div>안에서는 &lt;p&gt;라고 쓴다</div>",
        "| &#124; | 세로줄 |",
    ] {
        assert_eq!(normalize(text), text);
    }
    assert_eq!(normalize("<b>제목</b>&nbsp;`&nbsp;`\n&#40;끝&#41; &lt;"), "<b>제목</b> `&nbsp;`\n(끝) &lt;");
}

#[test]
fn hostile_text_takes_linear_time() {
    for piece in ["&amp;", "&", "&am", ";", "\u{e0bc}", "ㅋ", "\n \n", "`", "<", "e\u{301}", "👨\u{200d}", "&#38;amp;"]
    {
        let text = piece.repeat(200_000);
        let once = normalize(&text);
        assert_eq!(normalize(&once), once);
    }
}

/// Text from the characters and pieces that the rules speak of, and any other.
fn hostile() -> impl Strategy<Value = String> {
    let special: Vec<String> = " \t\n\r\u{b}\u{85}\u{a0}\u{ad}\u{200b}\u{200c}\u{200d}\u{2028}\u{3000}\u{3164}\u{feff}\u{fe0e}\u{fe0f}\u{20e3}\u{e0100}👨👩❤1#\u{7}ڀ\u{ffd1}&;<>`\"'!-.…ㅋㅎㅠ\u{301}e=/\u{338}\u{37e}\u{1fef}\u{f90a}\u{ebd4}\u{f015}\u{ffbb}＆；｀＜Ａ\u{302e}ᆞ"
        .chars()
        .chain('\u{1100}'..='\u{1112}')
        .chain('\u{1161}'..='\u{1175}')
        .chain('\u{11a8}'..='\u{11c2}')
        .map(String::from)
        .collect();
    let pieces = vec![
        "&amp;",
        "&lt;",
        "&nbsp;",
        "&shy;",
        "&#10;",
        "&#59;",
        "&#96;",
        "&#769;",
        "&#x1FEF;",
        "&#x37E;",
        "&#4449;",
        "&am",
        "p;",
        "amp;",
        "lt;",
        "#38;",
        "```",
        "\n```\n",
        "ㅋㅋㅋㅋ",
        "!!!!!",
        "----",
        "<b",
        "</",
        "&#44032;",
        "&#65286;",
        "&quot;",
        "\"&nbsp;",
        "&zwj;",
    ];
    let piece = prop_oneof![
        5 => proptest::sample::select(special),
        4 => proptest::sample::select(pieces).prop_map(str::to_owned),
        2 => proptest::char::range('가', '힣').prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn configs() -> impl Strategy<Value = NormalizeConfig> {
    (any::<bool>(), any::<bool>(), 0..4u8, 0..4u8, 0..3u8).prop_map(
        |(fold_width, entities, max_letter_run, max_mark_run, max_blank_lines)| NormalizeConfig {
            fold_width,
            entities,
            max_letter_run,
            max_mark_run,
            max_blank_lines,
        },
    )
}

fn syllables(text: &str) -> Vec<char> {
    text.chars().filter(|c| ('가'..='힣').contains(c)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn normalizing_twice_changes_nothing(text in hostile(), config in configs()) {
        let normalizer = Normalizer::new(&config);
        let once = normalizer.normalize(&text);
        let twice = normalizer.normalize(&once.text);
        prop_assert_eq!(&twice.text, &once.text);
        prop_assert!(twice.changes.is_empty(), "{:?}", twice.changes);
        prop_assert_eq!(once.changes.is_empty(), once.text == text);
    }

    #[test]
    fn the_result_is_nfc_without_blank_edges(text in hostile(), config in configs()) {
        let normal = Normalizer::new(&config).normalize(&text).text;
        prop_assert!(unicode_normalization::is_nfc(&normal));
        prop_assert_eq!(normal.trim_matches([' ', '\t', '\n']), &*normal);
        prop_assert!(!normal.contains(" \n") && !normal.contains("\n\n\n\n") && !normal.contains('\r'));
        prop_assert!(normal.len() <= 3 * text.len());
    }

    #[test]
    fn no_syllable_is_lost(text in hostile(), config in configs()) {
        // Without references, which make new ones. Composed first, since a syllable may gain a consonant beside it.
        let config = NormalizeConfig { entities: false, ..config };
        let text: String = text.chars().filter(|&c| classify(c) != Class::PrivateUse).collect();
        let is_gone = |c: char| matches!(classify(c), Class::Drop(_) | Class::Joiner | Class::Selector);
        let before: String = text.chars().filter(|&c| !is_gone(c)).nfc().collect();
        prop_assert_eq!(syllables(&Normalizer::new(&config).normalize(&text).text), syllables(&before));
    }

    #[test]
    fn korean_text_never_grows(text in "[가-힣ㄱ-ㅣ一-龥a-zA-Z0-9 \n.,!?&;~\u{1100}-\u{11ff}\u{a0}]{0,60}") {
        let decomposed: String = text.nfd().collect();
        prop_assert!(normalize(&text).len() <= text.len());
        prop_assert_eq!(normalize(&decomposed), normalize(&text));
    }
}

mod real;

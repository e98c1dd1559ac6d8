use super::*;
use proptest::prelude::*;

fn text(markup: &str) -> String {
    Wikitext::default().text(markup)
}

mod whole_pages {
    use super::*;

    #[test]
    fn a_city() {
        let page = "{{다른 뜻|가람 (동음이의)}}\n{{도시 정보\n| 이름 = 가람시\n| 인구 = {{변화|12,345}}\n|면적=1.2{{km2}}\n}}\n[[파일:Garam.jpg|섬네일|오른쪽|[[가람강]]에서 본 시내]]\n'''가람시'''({{llang|ko|加藍市}}, {{llang|en|Garam City}}, {{음성|garam.ogg}})는 [[대한민국]] [[누리도]]의 [[도시 (행정)|도시]]이다.<ref name=\"통계\">{{웹 인용|url=https://example.kr|제목=통계}}</ref> 면적은 1,234.5&nbsp;km<sup>2</sup>이다.{{출처}}\n\n== 역사 ==\n=== 고대 ===\n{{본문|가람의 역사}}\n[[삼한]] 시대부터 사람이 살았다.<ref name=\"통계\" />\n\n=== 사진 ===\n<gallery>\n파일:a.jpg|봄\n파일:b.jpg|가을\n</gallery>\n\n== 지리 ==\n* [[가람강]]이 흐른다.\n** 길이는 {{단위 변환|42|km}}이다.\n# 첫째\n: 들여 쓴 줄\n----\n== 인구 ==\n{| class=\"wikitable\" style=\"text-align:right\"\n|+ 인구 변화\n! 연도 !! 인구\n|-\n| 2000년 || 10,000\n|-\n| style=\"color:red\" | 2010년 \n| 12,345<ref>추정</ref>\n|}\n\n== 같이 보기 ==\n* [[누리시]]\n\n== 각주 ==\n{{각주}}\n\n== 외부 링크 ==\n* [https://example.kr 공식 누리집]\n\n[[분류:누리도의 도시]]\n[[en:Garam]]\n";
        insta::assert_snapshot!(text(page), @r#"
        가람시(한국어: 加藍市, 영어: Garam City)는 대한민국 누리도의 도시이다. 면적은 1,234.5 km²이다.

        역사

        고대
        삼한 시대부터 사람이 살았다.

        지리
        - 가람강이 흐른다.
        - 길이는 42 km이다.
        - 첫째
        들여 쓴 줄

        인구
        인구 변화
        연도 | 인구
        2000년 | 10,000
        2010년 | 12,345
        "#);
    }

    #[test]
    fn a_mathematician() {
        let page = "__목차숨김__\n'''김셈본'''(金셈本, {{lang|en|Kim Sembon}}, [[1901년]] [[3월 4일]] ~ [[1970년]])은 {{nihongo|수학자|数学者|sūgakusha}}이다. <!-- 초고\n 두 줄 --> {{ruby|算|산}}과 <ruby>數<rp>(</rp><rt>수</rt><rp>)</rp></ruby>를 가르쳤다.\n\n{{인용문|셈은 말이다.\n[[말]]은 셈이 아니다.|김셈본, 《셈과 말》}}\n\n==식==\n넓이는 <math>S = \\frac{1}{2} a\n h</math>이고 <nowiki>'''굵게'''</nowiki>는 그대로 둔다. x&lt;3 &amp;&amp; y&#62;1 &unknown; AT&T\n<syntaxhighlight lang=\"python\">\ndef __init__(self):\n    return [[1, 2]]  # {{아님}}\n</syntaxhighlight>\n다음은 [https://example.kr/a?b=c 논문]과 [https://example.kr]이다. [[wikt:셈|셈]] [[:분류:수학자]] [[#식]] [[]] a[i][j]\n== 각주 및 참고 문헌 ==\n=== 책 ===\n* 책 하나\n== 평가 ==\n후대의 평가.\n";
        insta::assert_snapshot!(text(page), @r#"
        김셈본(金셈本, Kim Sembon, 1901년 3월 4일 ~ 1970년)은 수학자(数学者, sūgakusha)이다. 算(산)과 數(수)를 가르쳤다.

        셈은 말이다.
        말은 셈이 아니다.

        식
        넓이는 $S = \frac{1}{2} a h$이고 '''굵게'''는 그대로 둔다. x<3 && y>1 &unknown; AT&T
        def __init__(self):
            return [[1, 2]]  # {{아님}}
        다음은 논문과 이다. 셈 분류:수학자 식 a[i][j]

        평가
        후대의 평가.
        "#);
    }
}

mod brackets {
    use super::*;

    #[test]
    fn templates() {
        let cases = [
            ("가 {{틀|나|{{속|다}}|라}} 마", "가 마"),
            ("{{lang|ko|{{lang|en|[[a|b]]}}}}", "b"),
            ("{{인용문|text=글이다}}", "글이다"),
            ("{{ 인용문 | 1 = 하나 }}", "하나"),
            ("{{틀:LLang|ja|日本}} {{lang-de|Wort}} {{llang|qqq|x}}", "일본어: 日本 독일어: Wort x"),
            ("{{{1|기본}}} 뒤", "뒤"),
            ("{{틀|{{{1}}}}} 뒤", "뒤"),
            ("{{#if:{{{가|}}}|나|다}}라", "라"),
            ("{{틀|[[열린 링크}} 뒤", "뒤"),
            ("가{{!}}나{{=}}다", "가|나=다"),
            ("앞{{lang|ko|\n== 제목 ==\n}} {{x}}뒤", "앞 제목 뒤"),
            ("{{lang|ko|<pre>코드</pre>}} {{x}}뒤", "코드 뒤"),
            ("{ 홑 } 괄호 {x}", "{ 홑 } 괄호 {x}"),
            ("앞 }} 뒤", "앞 뒤"),
        ];
        for (markup, expected) in cases {
            assert_eq!(text(markup), expected, "{markup}");
        }
    }

    #[test]
    fn one_left_open_costs_its_line() {
        assert_eq!(
            text("첫 줄\n{{정보상자\n|이름=값\n|둘=값 둘\n\n본문이다.\n== 절 ==\n글"),
            "첫 줄\n\n본문이다.\n\n절\n글"
        );
        assert_eq!(text("[[열린 링크\n\n다음 문단 [[문서]]"), "열린 링크\n\n다음 문단 문서");
        assert_eq!(text("{|\n| 칸\n== 절 ==\n글"), "칸\n\n절\n글");
        assert_eq!(text("앞 <!-- 끝나지 않은\n\n== 절 =="), "앞");
        assert_eq!(text("앞 <ref>열림 뒤\n다음 <ref>주</ref> 줄"), "앞\n다음 줄");
        assert_eq!(text("<nowiki>'''가'''"), "가");
        assert_eq!(text("[https://a.kr 열린 줄\n다음]"), "열린 줄\n다음]");
    }

    #[test]
    fn links() {
        let cases = [
            ("[[서울]]에서", "서울에서"),
            ("[[서울|수도]]", "수도"),
            ("[[서울|]]", "서울"),
            ("[[서울|'''굵은''' [[속]] 글]]", "굵은 속 글"),
            ("[[File:A.png|thumb|[[가]] {{나}}]]글", "글"),
            ("[[그림 : a.png]][[분류:나무]][[zh-min-nan:Seoul]]글", "글"),
            ("[[:en:Seoul]] [[w:Seoul|말]]", "en:Seoul 말"),
            ("[[[서울]]]", "[서울]"),
            ("[http://a.kr] [//b.kr '''나''' [[다]]] [메모]", "나 다 [메모]"),
            ("빈 ]] 닫기", "빈 ]] 닫기"),
        ];
        for (markup, expected) in cases {
            assert_eq!(text(markup), expected, "{markup}");
        }
    }

    #[test]
    fn brackets_that_lost_their_content() {
        let cases = [
            ("'''가'''({{a}}, {{b}})는", "가는"),
            ("가({{a}}, 1990년 1월 1일 ~ )는", "가(1990년 1월 1일 ~)는"),
            ("가(한자: {{a}}, 영어: {{llang|fr|B}})", "가(영어: 프랑스어: B)"),
            ("가 ({{a}}) 나", "가 나"),
            ("함수 f( )와 g(, )는", "함수 f( )와 g(, )는"),
            ("인구({{a}}; 1,234명)", "인구(1,234명)"),
            ("밖({{a}}(안, {{b}}))", "밖((안))"),
            ("글 {{a}}.", "글."),
        ];
        for (markup, expected) in cases {
            assert_eq!(text(markup), expected, "{markup}");
        }
    }
}

mod lines {
    use super::*;

    #[test]
    fn tables() {
        let table = "{| class=x\n! 이름\n! scope=col | 나이\n|-\n| 가람 || 3\n|-\n|\n|\n{|\n| 속 || 칸\n|}\n|-\n| * 하나\n* 목록\n* 둘\n|}\n뒤";
        assert_eq!(text(table), "이름 | 나이\n가람 | 3\n속 칸\n* 하나 목록 둘\n\n뒤");
        let drop = WikitextConfig { tables: Tables::Drop, ..WikitextConfig::default() };
        assert_eq!(Wikitext::new(drop).text(table), "뒤");
        assert_eq!(text("{{상자|내용=\n{| \n| 칸\n|}\n}}뒤"), "뒤");
        assert_eq!(text("{|\n| [[열린 || 칸\n| 둘\n|}\n뒤"), "열린 || 칸 | 둘\n\n뒤");
    }

    #[test]
    fn sections() {
        assert_eq!(text("== 빈 절 ==\n=== 빈 속 ===\n== 절 ==\n글"), "절\n글");
        assert_eq!(
            text("= 가 =\n글\n== 나 == <!-- 말 -->\n글\n==다 {{x}}==\n글\n== 라\n"),
            "가\n글\n\n나\n글\n\n다\n글\n== 라"
        );
        let keep = WikitextConfig { back_matter: BackMatter::Keep, ..WikitextConfig::default() };
        assert_eq!(Wikitext::new(keep).text("글\n== 같이 보기 ==\n* [[나]]"), "글\n\n같이 보기\n- 나");
        assert_eq!(text("글\n== 같이 보기·외부 링크 ==\n* 가\n=== 더 ===\n* 나\n== 뒤 ==\n말"), "글\n\n뒤\n말");
    }

    #[test]
    fn code_keeps_its_shape() {
        assert_eq!(text("앞\n<pre>\n  {{x}}\n\n    [[y]] &lt;b&gt;\n</pre>\n뒤"), "앞\n  {{x}}\n\n    [[y]] <b>\n뒤");
    }

    #[test]
    fn small_things() {
        let cases = [
            ("10<sup>3</sup> H<sub>2</sub>O 1<sup>주</sup>", "10³ H2O 1주"),
            ("가<br>나<br/>다", "가\n나\n다"),
            ("a <b c <stdio.h> 1 < 2", "a <b c <stdio.h> 1 < 2"),
            ("'''''가''''' ''나'' l'été ''''다''''", "가 나 l'été '다'"),
            ("__NOTOC__ __init__ ____ __파일__", "__init__ ____"),
            ("&#44032;&#xAC01;&middot;&#1;&nbsp;&bogus; &", "가각· &bogus; &"),
            ("<math>x^2\n+1</math> <ce>H2O</ce>", "$x^2 +1$ $H2O$"),
            ("가\r\n나\u{3}\u{2}다", "가\n나다"),
        ];
        for (markup, expected) in cases {
            assert_eq!(text(markup), expected, "{markup}");
        }
    }
}

#[test]
fn redirects() {
    assert_eq!(redirect_target("#넘겨주기 [[가람시]]"), Some("가람시"));
    assert_eq!(redirect_target("\n#redirect: [[가람시#역사|x]] {{넘}}"), Some("가람시#역사"));
    assert_eq!(redirect_target("# 목록 [[가]]"), None);
}

#[test]
fn the_canonical_form_leaves_defaults_out() {
    assert_eq!(serde_json::to_string(&WikitextConfig::default()).unwrap(), "{}");
    let config: WikitextConfig = serde_json::from_str(r#"{"tables": "drop", "back_matter": "keep"}"#).unwrap();
    assert_eq!(serde_json::to_string(&config).unwrap(), r#"{"tables":"drop","back_matter":"keep"}"#);
    assert!(serde_json::from_str::<WikitextConfig>(r#"{"table": "drop"}"#).is_err());
}

mod real;

/// Twice the markup may cost about twice the time, whatever it is made of.
#[test]
fn hostile_markup_is_linear() {
    let pieces = [
        "[[",
        "{{",
        "{{{",
        "{|\n",
        "[[a|",
        "{{lang|ko|",
        "{|\n|",
        "<ref>",
        "<b ",
        "<!-",
        "<math>",
        "&",
        "''",
        "((",
        "({{x}}",
        "[http://a ",
        "\n|-",
        "\n==",
        "= = =\n",
        "{{a}}",
        "|",
        "\n{|\n! a !!",
        "]]",
        "}}",
        "\n*",
        "<nowiki>",
        "__A",
        "<ref>[[",
        "{{[[",
        "{|\n|{{",
        "\n== a ==",
        "== <!-- -->\n",
        "{{lang|ko|[[a|",
        "<gallery><ref>",
        "(, {{x}}",
    ];
    for piece in pieces {
        let time = |bytes: usize| {
            let markup = piece.repeat(bytes / piece.len());
            let best = (0..3).map(|_| {
                let start = std::time::Instant::now();
                std::hint::black_box(text(&markup));
                start.elapsed()
            });
            best.min().unwrap_or_default().as_secs_f64()
        };
        let (small, large) = (time(1 << 16), time(1 << 20));
        assert!(large < 1.0 + small * 64.0, "{piece:?}: {small} s, 16 times as much {large} s");
    }
}

/// Markup made of everything that has a meaning.
fn any_markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{{",
        "}}",
        "{{{",
        "}}}",
        "[[",
        "]]",
        "[https://a.kr ",
        "]",
        "|",
        "||",
        "!!",
        "\n",
        "\n{|",
        "\n|}",
        "\n|-",
        "\n|",
        "\n!",
        "\n* ",
        "\n== ",
        " ==\n",
        "''",
        "'''",
        "<ref>",
        "</ref>",
        "<ref/>",
        "<math>",
        "</math>",
        "<pre>",
        "</pre>",
        "<nowiki>",
        "</nowiki>",
        "<!--",
        "-->",
        "<br>",
        "<sup>2</sup>",
        "&lt;",
        "&#44;",
        "(",
        ")",
        ", ",
        "가람",
        "말 ",
        "a=",
        "lang|ko|",
        "llang|en|",
        "인용문|",
        "파일:a",
        "분류:b",
        "__목차__",
        "\u{2}",
        "\u{3}",
        "\r\n",
        "각주",
        "$",
        "=",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_markup_panics_or_leaves_marks(markup in any_markup()) {
        let mut converter = Wikitext::default();
        let once = converter.text(&markup);
        prop_assert!(!once.bytes().any(marks::is_mark), "{once:?}");
        prop_assert!(!once.contains("\n\n\n"));
        prop_assert_eq!(converter.text(&markup), once, "memory of the page before");
    }

    #[test]
    fn prose_comes_through(prose in "[가-힣a-zA-Z0-9 .,?!%~·“”’()ㄱ-ㅎ]{1,80}") {
        prop_assert_eq!(text(&prose), prose.trim());
    }

    #[test]
    fn any_text_is_safe(markup in any::<String>()) {
        text(&markup);
    }
}

use super::*;
use proptest::prelude::*;

const PAGE: &str = r#"<!doctype html><html lang="ko"><head><title>동네 빵집의 새벽 - 마을신문</title>
<meta property="article:published_time" content="2024-05-02T06:30:00+09:00"><style>p { color: red }</style></head>
<body><nav><ul><li><a href="/">처음으로</a></li><li><a href="/map">찾아오시는 길</a></li></ul></nav>
<div id="content"><h1>동네 빵집의 새벽</h1>
<p>새벽 네 시, 골목 끝 빵집에 불이 켜진다. 주인은 밤새 부푼 반죽을 꺼내 하나하나 무게를 잰다.</p>
<p>“빵은 서두르면 꼭 티가 나요.” 그는 스무 해 동안 같은 말을 해 왔다.<br>단골은 그 말을 외울 정도다.</p>
<dl><dt>여는 시간</dt><dd>아침 여섯 시</dd></dl>
<ul><li>식빵은 <b>다섯 시</b><li>단팥빵은 여섯 시<ul><li>주말에는 쉰다</ul></ul>
<table><tr><td>식빵</td><td>삼천 원</td></tr><tr><td>단팥빵</td><td>천오백 원</td></tr></table>
<p>해가 뜨면 첫 손님이 문을 연다. 막 구운 식빵 냄새가 골목까지 따라 나온다.</p></div>
<footer>마을신문 | 개인정보처리방침 | 무단 전재 금지</footer><script>var a = "<p>광고</p>";</script></body></html>"#;

#[test]
fn the_main_text_stands_in_paragraphs() {
    let Extracted { title, date, language, text, .. } = extract(PAGE).unwrap();
    assert_eq!(title.as_deref(), Some("동네 빵집의 새벽"));
    assert_eq!(date.as_deref(), Some("2024-05-02T06:30:00+09:00"));
    assert_eq!(language.as_deref(), Some("ko"));
    insta::assert_snapshot!(text, @r"
    동네 빵집의 새벽

    새벽 네 시, 골목 끝 빵집에 불이 켜진다. 주인은 밤새 부푼 반죽을 꺼내 하나하나 무게를 잰다.

    “빵은 서두르면 꼭 티가 나요.” 그는 스무 해 동안 같은 말을 해 왔다.
    단골은 그 말을 외울 정도다.

    여는 시간
    아침 여섯 시

    - 식빵은 다섯 시
    - 단팥빵은 여섯 시
    - 주말에는 쉰다

    식빵 | 삼천 원
    단팥빵 | 천오백 원

    해가 뜨면 첫 손님이 문을 연다. 막 구운 식빵 냄새가 골목까지 따라 나온다.
    ");
}

#[test]
fn a_cookie_notice_is_not_the_text() {
    let notice =
        "이 사이트는 더 나은 경험을 드리려고 쿠키를 씁니다. 계속 둘러보시면 쿠키 사용에 동의하는 것으로 봅니다. "
            .repeat(9);
    let page = format!("<body><div class=cookie-banner><p>{notice}</p></div><div><p>옮긴 글입니다.</p></div></body>");
    assert_eq!(extract(&page).unwrap().text, "옮긴 글입니다.");
}

#[test]
fn a_page_that_scripts_reveal_is_read() {
    let page = "<body><div style='display: none'><p>자바스크립트가 켜지면 보이는 글입니다.</p></div></body>";
    assert_eq!(extract(page).unwrap().text, "자바스크립트가 켜지면 보이는 글입니다.");
}

#[test]
fn a_title_loses_the_name_of_its_site() {
    let title = |title: &str| {
        let page =
            format!("<title>{title}</title><h1>마을신문</h1><h1>새벽 빵집</h1><p>{}</p>", "빵이 구워진다. ".repeat(40));
        extract(&page).unwrap().title.unwrap_or_default()
    };
    assert_eq!(title("새벽 빵집 : 마을신문"), "새벽 빵집");
    assert_eq!(title("장날 풍경 - 마을신문"), "장날 풍경 - 마을신문");
    assert_eq!(title("새벽 빵집들"), "새벽 빵집들");
}

#[test]
fn code_keeps_its_lines_and_loses_its_line_numbers() {
    let code = "<table><tr><td class=gutter><pre>1<br>2<br></pre></td><td class=code><pre>let 값 = 1;<br>    let 합 = 2;<br></pre></td></tr></table>";
    let text = extract(&PAGE.replace("<dl>", &format!("{code}<dl>"))).unwrap().text;
    assert!(text.contains("let 값 = 1;\n    let 합 = 2;\n"), "{text}");
    assert!(!text.contains("1\n2"), "{text}");
}

#[test]
fn an_unclosed_head_button_or_formatting_takes_no_text_away() {
    for page in [
        "<head><title>가</title><p>머리말이 닫히지 않은 글입니다.",
        "<body><div><button>누르기</div><p>단추가 닫히지 않은 글입니다.</p>",
        "<b><p>굵은 글씨가</b> 닫히지 않은 글입니다.</p>",
        "<div><svg><p>그림이 닫히지 않은 글입니다.</p></div>",
        "<p>안긴 <p>문단이 닫히지 않은 글입니다.",
        "<a href=x><div>고리가</a> 닫히지 않은 글입니다.</div>",
    ] {
        assert!(extract(page).unwrap().text.ends_with("않은 글입니다."), "{page}: {:?}", extract(page));
    }
}

#[test]
fn what_stands_around_korean_text_is_left_out() {
    for notice in [
        "저작권자 ⓒ 마을신문, 무단 전재 및 재배포 금지",
        "김한별 기자 hanbyeol@example.kr",
        "좋아요 12 댓글 3 공유하기",
        "이전글 봄맞이 대청소",
        "입력 2023.05.04 09:12 수정 2023.05.04 10:00",
        "#봄나들이 #벚꽃",
    ] {
        let page = PAGE.replace("<dl>", &format!("<p>{notice}</p><dl>"));
        assert!(!extract(&page).unwrap().text.contains(notice), "{notice}");
    }
    for sentence in [
        "다음 글에서는 반죽을 다루어 보겠습니다.",
        "그는 기자에게 빵을 건넸다.",
        "무단 복제를 막으려면 어떻게 해야 할까요?",
        "댓글을 보고 찾아왔다는 손님도 있었다.",
    ] {
        let page = PAGE.replace("<dl>", &format!("<p>{sentence}</p><dl>"));
        assert!(extract(&page).unwrap().text.contains(sentence), "{sentence}");
    }
}

#[test]
fn the_date_under_a_korean_heading_is_found() {
    for (line, date) in [
        ("입력 2023.05.04 09:12", "2023.05.04 09:12"),
        ("작성자 별이 | 작성일 : 21-03-07 22:15 | 조회 3", "21-03-07 22:15"),
        ("등록일자 2020년 3월 7일", "2020년 3월 7일"),
    ] {
        let page = format!("<h1>글</h1><p>{line}</p><p>오늘은 종일 비가 내렸다.</p>");
        assert_eq!(extract(&page).unwrap().date.as_deref(), Some(date), "{line}");
    }
    assert_eq!(extract("<p>전화 010-2023-0504로 입력하세요.</p>").unwrap().date, None);
}

#[test]
fn a_page_that_is_hardly_one_gives_what_it_has() {
    assert_eq!(extract("").unwrap().text, "");
    assert_eq!(extract("그냥 글").unwrap().text, "그냥 글");
    assert_eq!(extract("<title>제목</title><p>짧은 글").unwrap().text, "짧은 글");
    assert_eq!(extract("<p>괄호가 <b>안 닫힌 글").unwrap().text, "괄호가 안 닫힌 글");
    assert_eq!(extract("<frameset><frame src=a></frameset>").unwrap().text, "");
}

/// CPU time of this thread, which does not grow when the machine is busy. Zero where the system does not tell.
fn cpu_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

#[test]
fn bombs_take_time_by_their_length() {
    let depth = 100_000;
    let bombs = [
        "<div>".repeat(depth),
        "<b>".repeat(depth),
        "<table>".repeat(depth),
        "<table><tr><td>".repeat(depth),
        "<svg>".repeat(depth),
        (0..depth).map(|n| format!("<font size={n}><p>")).collect(),
        "<b><p>가</b>".repeat(depth),
        format!("{}{}", "<i>".repeat(600), "</b>".repeat(depth)),
        format!("<b>{}{}", "<i>".repeat(500), "</b></u>".repeat(depth)),
        format!("{}{}", "<div>".repeat(511), "<li>가".repeat(depth)),
        format!("<main>가나다 라마바 사아자 차카타.{}</main>", "<p>".repeat(depth)),
        format!("<a{}", " x=1".repeat(depth)),
        format!("<a class='{}'>", "nav-".repeat(depth)),
        format!("<a{}>", " class=nav".repeat(depth)),
        "<!--".repeat(depth),
        "<p>가</p>".repeat(depth),
        "<div>가나다</div>".repeat(depth),
        "<div>가나다 라마바 사아자.</div>".repeat(depth),
        "<table><tr><td>제목<td>가</table>".repeat(depth),
        "<table><tr>".to_owned() + &"<td><div>가</div>".repeat(depth),
        "<h1>가</h1><p>나</p>".repeat(depth),
        "<article><a href=x>가 나 다</a></article>".repeat(depth),
        "<main>가나다라 마바사 아자차.</main>".repeat(depth),
        "<main><p>가나다라 마바사 아자차.</main>".to_owned() + &"<div>".repeat(500) + &"<p>".repeat(depth),
        "<pre>".to_owned() + &"입력 ".repeat(depth),
        "입력".repeat(depth),
        "<h1>가</h1>".repeat(depth),
        "<a href=x>가</a><br>".repeat(depth),
        "<li>".repeat(depth),
        "<td>".repeat(depth),
        "&amp;".repeat(depth),
        "<select><option>".repeat(depth),
        "<script type=application/ld+json>[".repeat(depth),
        format!("<script type=application/ld+json>{}\"headline\"", "[".repeat(depth)),
        format!("<rss>{}", "<item>".repeat(depth)),
        format!("<rss>{}", "<item><title>".repeat(depth)),
        format!("<rss>{}", "<item/>".repeat(depth)),
        format!("<rss>{}", "<![CDATA[".repeat(depth)),
    ];
    for bomb in bombs {
        let before = cpu_seconds();
        let _ = extract(&bomb);
        let seconds = cpu_seconds() - before;
        assert!(seconds < 5.0, "{seconds} s for {}", bomb.chars().take(40).collect::<String>());
    }
    assert_eq!(extract(&"<p>가".repeat(MAX_ELEMENTS)), Err(ExtractError::TooLarge(MAX_ELEMENTS)));
}

/// Each quoted attribute was a call within a call, until the stack was gone.
#[test]
fn a_tag_of_endless_attributes_is_refused() {
    for tag in ["<p", "</p"] {
        for attribute in [" a=\"\"", " a=\"<\"", " a=\"&amp;\"", " a=''", " a=b", " a"] {
            let page = format!("{tag}{}>오늘", attribute.repeat(300_000));
            let small = format!("<p{}>오늘", attribute.repeat(MAX_ATTRIBUTES));
            assert_eq!(extract(&page), Err(ExtractError::Attributes(MAX_ATTRIBUTES)), "{tag}{attribute}");
            assert_eq!(extract(&small).unwrap().text, "오늘", "{attribute}");
        }
    }
    let mut extractor = Extractor::default();
    assert!(extractor.extract(&format!("<p{}>", " a".repeat(MAX_ATTRIBUTES + 1))).is_err());
    assert_eq!(extractor.extract(PAGE), extract(PAGE), "a refusal is forgotten");
}

#[test]
fn text_below_the_greatest_depth_is_text() {
    let page = format!("{}깊은 곳에 있는 글입니다.", "<div>".repeat(3000));
    assert_eq!(extract(&page).unwrap().text, "깊은 곳에 있는 글입니다.");
}

#[test]
fn memory_is_kept_and_nothing_else() {
    let mut extractor = Extractor::default();
    let fresh = extract(PAGE).unwrap();
    extractor.extract("<div><a href=x><pre><svg><head><title>다른 쪽</title><select>").unwrap();
    assert_eq!(extractor.extract(PAGE).unwrap(), fresh);
}

#[test]
fn feeds_give_their_items() {
    let rss = r#"<?xml version="1.0" encoding="utf-8"?>
<!-- 만든이: 우리 -->
<rss version="2.0"><channel><title>산책 일기</title><link>https://example.kr/</link><description>걷는 이야기</description>
<item><title>첫째 날 &amp;amp; 둘째 날</title><description>&lt;p&gt;강가를 걸었다.&lt;/p&gt;&lt;p&gt;바람이 찼다.&lt;/p&gt;</description></item>
<item><title><![CDATA[셋째 날]]></title><description>요약</description>
<content:encoded><![CDATA[<p>산에 올랐다. <b>높았다</b>.</p></item>]]></content:encoded></item>
<item/></channel></rss>"#;
    let Extracted { title, text, .. } = extract(rss).unwrap();
    assert_eq!(title.as_deref(), Some("산책 일기"));
    assert_eq!(text, "첫째 날 & 둘째 날\n\n강가를 걸었다.\n\n바람이 찼다.\n\n셋째 날\n\n산에 올랐다. 높았다.\n\n");

    let atom = "<feed xmlns='a'><title>글</title><entry><title>하나</title><summary>본문 하나</summary></entry></feed>";
    assert_eq!(extract(atom).unwrap().text, "하나\n\n본문 하나\n\n");
    for broken in ["<rss><item><title>끊긴", "<rss><item><title><![CDATA[끊긴", "<rss", "<?xml", "<feed><entry"] {
        let _ = extract(broken);
    }
}

/// Pieces that pages are made of, well or badly.
fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<div class=nav>",
        "<div class='post-content'>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<ul>",
        "<li>",
        "</ul>",
        "<a href=x>",
        "</a>",
        "<b>",
        "</b>",
        "<pre>",
        "</pre>",
        "<br>",
        "<h1>",
        "</h1>",
        "<h3>",
        "<main>",
        "</main>",
        "<article>",
        "<script>",
        "</script>",
        "<svg>",
        "</svg>",
        "<svg/>",
        "<title>",
        "</title>",
        "<button>",
        "<select>",
        "<!-- ",
        " -->",
        "<head>",
        "<body>",
        "&lt;",
        "&#44032;",
        "&#0;",
        "<",
        ">",
        " ",
        "\n",
        "가나다 라마바사를 아자차카.",
        "글입니다. ",
        "ⓒ 무단 전재 금지",
        "입력 2023.05.04",
        "</td>",
        "<footer>",
        "<dl><dt>",
        "<dd>",
        "<blockquote>",
        "<div hidden>",
        "<span class=sr-only>",
        "</span>",
        "<time datetime=2020-01-01>",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_markup_gives_text_of_its_own(page in markup()) {
        let extracted = extract(&page).unwrap();
        prop_assert_eq!(&extract(&page).unwrap(), &extracted);
        let syllables = |text: &str| text.chars().filter(|c| ('가'..='힣').contains(c)).count();
        prop_assert!(syllables(&extracted.text) <= syllables(&page) + page.matches("&#44032;").count());
        prop_assert!(!extracted.text.starts_with('\n') && !extracted.text.ends_with(' '), "{:?}", extracted.text);
    }

    #[test]
    fn any_text_is_taken(page in "\\PC*") {
        extract(&page).unwrap();
        text_of(&page).unwrap();
    }

    #[test]
    fn a_paragraph_alone_is_kept(words in prop::collection::vec("[가-힣]{1,5}", 5..40)) {
        let text = format!("{} 글이다.", words.join(" "));
        prop_assert_eq!(extract(&format!("<body><p>{text}</p></body>")).unwrap().text, text);
    }
}

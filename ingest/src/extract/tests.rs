use super::*;

const PAGE: &str = r#"<!doctype html><html lang="ko"><head><title>동네 빵집의 새벽 - 마을신문</title>
<meta property="article:published_time" content="2024-05-02T06:30:00+09:00"><style>p { color: red }</style></head>
<body><nav><ul><li><a href="/">처음으로</a></li><li><a href="/map">찾아오시는 길</a></li></ul></nav>
<div id="content"><h1>동네 빵집의 새벽</h1>
<p>새벽 네 시, 골목 끝 빵집에 불이 켜진다. 주인은 밤새 부푼 반죽을 꺼내 하나하나 무게를 잰다. 오븐이 달아오르는 동안 밀가루 묻은 손으로 라디오를 켠다.</p>
<p>“빵은 서두르면 꼭 티가 나요.” 그는 스무 해 동안 같은 자리에서 같은 말을 해 왔다.<br>단골은 그 말을 외울 정도다. 아이였던 손님이 이제는 아이의 손을 잡고 온다.</p>
<dl><dt>여는 시간</dt><dd>아침 여섯 시</dd></dl>
<table><tr><td>식빵</td><td>삼천 원</td></tr><tr><td>단팥빵</td><td>천오백 원</td></tr></table>
<p>해가 뜨면 첫 손님이 문을 연다. 막 구운 식빵 냄새가 골목까지 따라 나온다. 하루가 그렇게 시작된다.</p></div>
<footer>마을신문 | 개인정보처리방침 | 무단 전재 금지</footer><script>var a = "<p>광고</p>";</script></body></html>"#;

#[test]
fn the_main_text_stands_in_paragraphs() {
    let Extracted { title, date, text } = extract(PAGE).unwrap();
    assert_eq!(title.as_deref(), Some("동네 빵집의 새벽"));
    assert_eq!(date.as_deref(), Some("2024-05-02T06:30:00+09:00"));
    insta::assert_snapshot!(text);
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
fn a_title_loses_the_name_of_its_site() {
    let title = |title: &str| {
        let page =
            format!("<title>{title}</title><h1>마을신문</h1><h1>새벽 빵집</h1><p>{}</p>", "빵이 구워진다. ".repeat(40));
        extract(&page).unwrap().title.unwrap_or_default()
    };
    assert_eq!(title("새벽 빵집 : 마을신문"), "새벽 빵집");
    assert_eq!(title("장날 풍경 - 마을신문"), "장날 풍경 - 마을신문");
}

#[test]
fn code_keeps_its_lines_and_loses_its_line_numbers() {
    let code = "<table><tr><td class=gutter><pre>1<br>2<br></pre></td><td class=code><pre>let 값 = 1;<br>    let 합 = 2;<br></pre></td></tr></table>";
    let text = extract(&PAGE.replace("<dl>", &format!("{code}<dl>"))).unwrap().text;
    assert!(text.contains("let 값 = 1;\n    let 합 = 2;\n"), "{text}");
    assert!(!text.contains("1\n2"), "{text}");
}

#[test]
fn a_page_that_is_hardly_one_gives_what_it_has() {
    assert_eq!(extract("").unwrap().text, "");
    assert_eq!(extract("그냥 글").unwrap().text, "그냥 글");
    assert_eq!(extract("<title>제목</title><p>짧은 글").unwrap().text, "짧은 글");
    assert_eq!(extract("<p>괄호가 <b>안 닫힌 글").unwrap().text, "괄호가 안 닫힌 글");
    assert_eq!(extract("<frameset><frame src=a></frameset>").unwrap().text, "");
}

#[test]
fn bombs_are_refused_in_time() {
    let depth = 100_000;
    let bombs = [
        "<div>".repeat(depth),
        "<b>".repeat(depth),
        "<table>".repeat(depth),
        "<svg>".repeat(depth),
        (0..depth).map(|n| format!("<font size={n}><p>")).collect(),
        format!("<a{}", " x=1".repeat(depth)),
        "<!--".repeat(depth),
        "<p>가</p>".repeat(depth),
        "<li>".repeat(depth),
        "<td>".repeat(depth),
        "&amp;".repeat(depth),
        "<select><option>".repeat(depth),
    ];
    for bomb in bombs {
        let started = std::time::Instant::now();
        let _ = extract(&bomb);
        let seconds = started.elapsed().as_secs_f32();
        assert!(seconds < 20.0, "{seconds} s for {}", bomb.chars().take(20).collect::<String>());
    }
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

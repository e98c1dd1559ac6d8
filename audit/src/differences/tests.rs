use super::*;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

const PLAIN: Page = Page { colour: false, width: 80 };

fn between(kept: &str, removed: &str) -> Differences {
    Differences::between(kept, removed, &Limits::default())
}

fn shown(kept: &str, removed: &str) -> String {
    between(kept, removed).render(&PLAIN).join("\n")
}

/// An ordinance that nobody has passed, of `articles` articles.
fn ordinance(articles: usize) -> String {
    let articles =
        (1..=articles).map(|n| format!("제{n}조 (시설의 이용) 주민은 제{n}호 시설을 누구나 이용할 수 있다."));
    articles.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn a_revised_law_comes_out_as_a_page() {
    let removed = ordinance(90);
    let kept = removed.replace("주민은 제42호 시설을 누구나", "주민과 방문객은 제42호 시설을 예약한 뒤")
        + "\n\n부칙\n이 조례는 공포한 날부터 시행한다.";
    insta::assert_snapshot!(shown(&kept, &removed), @r"
    99.3% of the eojeol of both are alike, 2 only in the removed document, 10 only
    in the kept one

    … 41 lines alike …
    제42조 (시설의 이용) [-주민은-]{+주민과 방문객은+} 제42호 시설을 [-누구나-]
    {+예약한 뒤+} 이용할 수 있다.
    … 47 lines alike …
    제90조 (시설의 이용) 주민은 제90호 시설을 누구나 이용할 수 있다.
    {+부칙+}
    {+이 조례는 공포한 날부터 시행한다.+}
    ");
}

#[test]
fn spacing_is_told_from_wording() {
    let removed = "이 제도는 누구나 이용할 수 있다고 합니다. 자세한 내용은 안내문을 참고하십시오.";
    let kept = "이 제도는 누구나 이용할수있다고 합니다. 자세한내용은 안내서를 참고하십시오.";
    let differences = between(kept, removed);
    insta::assert_snapshot!(differences.render(&PLAIN).join("\n"), @r"
    89.5% of the eojeol of both are alike, 1 only in the removed document, 1 only in
    the kept one, 3 places spaced otherwise

    이 제도는 누구나 이용할[-␣-]수[-␣-]있다고 합니다. 자세한[-␣-]내용은 [-안내문을-]
    {+안내서를+} 참고하십시오.
    ");
    assert_eq!((differences.counts.respaced_removed, differences.counts.respaced_kept), (5, 2));
}

#[test]
fn line_breaks_are_spacing() {
    insta::assert_snapshot!(shown(
        "봄이 왔다.\n꽃이 피었다. 새가 운다.",
        "봄이 왔다. 꽃이 피었다.\n새가\n운다.",
    ), @r"
    100.0% of the eojeol of both are alike, 3 places spaced otherwise

    봄이 왔다.[-␣-]{+⏎+}
    꽃이 피었다.[-⏎-]{+␣+}새가[-⏎-]{+␣+}운다.
    ");
}

#[test]
fn a_long_line_is_elided_inside() {
    let words: Vec<String> = (0..200).map(|n| format!("낱말{n}을")).collect();
    let removed = words.join(" ");
    let kept = removed.replace("낱말100을", "새말을").replace("낱말150을 ", "");
    insta::assert_snapshot!(shown(&kept, &removed), @r"
    99.2% of the eojeol of both are alike, 2 only in the removed document, 1 only in
    the kept one

    … 88 eojeol alike … 낱말88을 낱말89을 낱말90을 낱말91을 낱말92을 낱말93을
    낱말94을 낱말95을 낱말96을 낱말97을 낱말98을 낱말99을 [-낱말100을-]{+새말을+}
    낱말101을 낱말102을 낱말103을 낱말104을 낱말105을 낱말106을 낱말107을 낱말108을
    낱말109을 낱말110을 낱말111을 낱말112을 … 25 eojeol alike … 낱말138을 낱말139을
    낱말140을 낱말141을 낱말142을 낱말143을 낱말144을 낱말145을 낱말146을 낱말147을
    낱말148을 낱말149을 [-낱말150을-] 낱말151을 낱말152을 낱말153을 낱말154을
    낱말155을 낱말156을 낱말157을 낱말158을 낱말159을 낱말160을 낱말161을 낱말162을
    … 37 eojeol alike …
    ");
}

#[test]
fn lines_that_replace_lines_stand_below_them() {
    insta::assert_snapshot!(shown(
        "공지\n도서관은 오전 아홉 시에 문을 엽니다.\n열람실은 이층에 있습니다.\n문의는 안내대로",
        "공지\n주차장 공사로 차를 세울 수 없습니다.\n대중교통을 이용해 주십시오.\n문의는 안내대로",
    ), @r"
    25.0% of the eojeol of both are alike, 9 only in the removed document, 9 only in
    the kept one

    공지
    [-주차장 공사로 차를 세울 수 없습니다.-]
    [-대중교통을 이용해 주십시오.-]
    {+도서관은 오전 아홉 시에 문을 엽니다.+}
    {+열람실은 이층에 있습니다.+}
    문의는 안내대로
    ");
}

#[test]
fn colour_and_no_hazard() {
    let differences = between("안녕\u{1b}[2J 여러분", "안녕\u{1b}[2J 친구들");
    let lines = differences.render(&Page { colour: true, width: 80 });
    insta::assert_snapshot!(lines.join("\n").replace('\u{1b}', "␛"), @r"
    50.0% of the eojeol of both are alike, 1 only in the removed document, 1 only in
    the kept one

    ␛[2m안녕�[2J␛[0m ␛[31m친구들␛[0m␛[32m여러분␛[0m
    ");
}

#[test]
fn narrow_pages_wrap_by_cells() {
    let removed = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허 짧은 말";
    let kept = "가나다라마바사아자차카타파하고노도로모보소오조초코토포호 짧은 말";
    let lines = between(kept, removed).render(&Page { colour: false, width: 24 });
    insta::assert_snapshot!(lines.join("\n"), @r"
    66.7% of the eojeol of
    both are alike, 1 only
    in the removed document,
    1 only in the kept one

    [-가나다라마바사아자차-]
    [-카타파하거너더러머버-]
    [-서어저처커터퍼허-]
    {+가나다라마바사아자차+}
    {+카타파하고노도로모보+}
    {+소오조초코토포호+}
    짧은 말
    ");
}

#[test]
fn equal_and_empty_texts() {
    assert_eq!(between("", "").counts.share_alike(), 1.0);
    assert_eq!(between("", "").hunks, []);
    let same = ordinance(3);
    let differences = between(&same, &same.replace('\n', "\r\n"));
    assert_eq!(differences.counts.share_alike(), 1.0);
    insta::assert_snapshot!(differences.render(&PLAIN).join("\n"), @r"
    100.0% of the eojeol of both are alike

    … 3 lines alike …
    ");
    insta::assert_snapshot!(shown("", "혼자 남은 글"), @r"
    0.0% of the eojeol of both are alike, 3 only in the removed document

    [-혼자 남은 글-]
    ");
}

#[test]
fn a_text_in_other_lines_is_followed_word_by_word() {
    let removed = ordinance(400);
    let words: Vec<&str> = removed.split_whitespace().collect();
    let kept = words.chunks(7).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
    let counts = between(&kept, &removed).counts;
    assert_eq!((counts.removed, counts.kept, counts.alike), (0, 0, words.len() as u64));
}

#[test]
fn too_many_changes_are_counted() {
    let removed: String = (0..100).map(|n| format!("문서 {n}의 줄입니다\n")).collect();
    let kept: String = (0..100).map(|n| format!("문서 {n}의 행입니다\n")).collect();
    let differences = Differences::between(&kept, &removed, &Limits { changes: 4, ..Limits::default() });
    assert_eq!(differences.more, 96);
    assert_eq!(differences.counts, Counts { alike: 200, removed: 100, kept: 100, ..Counts::default() });
    insta::assert_snapshot!(differences.render(&PLAIN).join("\n"), @r"
    66.7% of the eojeol of both are alike, 100 only in the removed document, 100
    only in the kept one

    문서 0의 [-줄입니다-]{+행입니다+}
    문서 1의 [-줄입니다-]{+행입니다+}
    문서 2의 [-줄입니다-]{+행입니다+}
    문서 3의 [-줄입니다-]{+행입니다+}
    문서 4의
    and 96 more changes
    ");
}

/// Texts with lines, spacing and words in common.
fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec!["할", "수", "있다", "할수", "수있다", "법은", "a", "긴말"]);
    let gap = prop::sample::select(vec![" ", " ", "\n", "", "\u{3000}"]);
    prop::collection::vec((word, gap), 0..40).prop_map(|all| all.into_iter().flat_map(|(w, g)| [w, g]).collect())
}

/// The characters of one side of an alignment from which nothing was left out.
fn side(differences: &Differences, wanted: Side) -> String {
    let of_side = differences.hunks.iter().filter_map(|hunk| match hunk {
        Hunk::Text { side, text, .. } if *side == Side::Both || *side == wanted => Some(text.as_str()),
        _ => None,
    });
    of_side.flat_map(|text| text.split_whitespace()).collect()
}

proptest! {
    #[test]
    fn both_texts_can_be_read_off(kept in text(), removed in text()) {
        let all = Limits { context: 1000, stretch: 1000, changes: 1000 };
        let differences = Differences::between(&kept, &removed, &all);
        // A run of equal texts is left out whatever the context.
        if differences.hunks.iter().all(|hunk| !matches!(hunk, Hunk::Elided { .. })) {
            prop_assert_eq!(side(&differences, Side::Kept), kept.split_whitespace().collect::<String>());
            prop_assert_eq!(side(&differences, Side::Removed), removed.split_whitespace().collect::<String>());
        }
        let counts = differences.counts;
        prop_assert_eq!(counts.alike + counts.respaced_kept + counts.kept, kept.split_whitespace().count() as u64);
        prop_assert_eq!(counts.alike + counts.respaced_removed + counts.removed, removed.split_whitespace().count() as u64);
    }

    #[test]
    fn texts_that_differ_in_spacing_alone_have_no_other_difference(text in text(), other in prop::collection::vec(any::<bool>(), 200)) {
        let mut spaced = String::new();
        for (c, space) in text.split_whitespace().flat_map(str::chars).zip(other) {
            spaced.push(c);
            if space {
                spaced.push(' ');
            }
        }
        let counts = between(&text.replace('\n', " "), &spaced).counts;
        prop_assert_eq!((counts.removed, counts.kept), (0, 0));
    }

    #[test]
    fn no_line_is_too_wide_and_none_is_left_open(kept in text(), removed in any::<String>(), width in 20usize..60) {
        for line in between(&kept, &removed).render(&Page { colour: false, width }) {
            prop_assert!(line.width() <= width, "{} cells: {line}", line.width());
            prop_assert!(!line.chars().any(char::is_control));
        }
        for line in between(&kept, &removed).render(&Page { colour: true, width }) {
            prop_assert!(!line.contains('\u{1b}') || line.ends_with("\u{1b}[0m"), "{line:?}");
        }
    }
}

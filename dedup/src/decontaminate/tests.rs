mod real;

use super::*;
use proptest::prelude::*;

const QUIZ: &str = "훈민정음은 1443년에 세종이 창제하여 1446년에 반포한 우리 글자이다.\n반포된 해는 언제인가?";

fn index(set: EvalSet, items: &[&str]) -> Index {
    let mut benchmarks = Benchmarks::default();
    let set = benchmarks.add_set(set).unwrap();
    for (at, item) in items.iter().enumerate() {
        benchmarks.add(set, &format!("q{at}"), [*item]).unwrap();
    }
    benchmarks.index()
}

fn to_cut() -> EvalSet {
    EvalSet { action: Action::Cut, ..EvalSet::named("퀴즈") }
}

fn scan(index: &Index, text: &str) -> Vec<Finding> {
    index.scan(text, &mut ScanBuffers::default()).to_vec()
}

fn decide(index: &Index, text: &str) -> Verdict {
    index.verdict(text, &scan(index, text), &mut ScanBuffers::default())
}

#[test]
fn a_leaked_passage_is_found_under_other_spacing_and_cut_by_eojeol() {
    let index = index(to_cut(), &[QUIZ]);
    let text =
        "어제 읽은 글.\n\n「훈민정음」은 １４４３년에 세종이 창제하여, 1446년에 반포한 우리글자이다!\n\n다음 글.";
    let findings = scan(&index, text);
    assert_eq!(findings.len(), 1);
    assert_eq!(&text[findings[0].range.clone()], text.split("\n\n").nth(1).unwrap());
    assert_eq!(findings[0].overlap, 1.0, "the question is too short to be searched");
    assert_eq!(decide(&index, text), Verdict::Cut("어제 읽은 글.\n\n다음 글.".into()));
}

#[test]
fn a_quotation_of_a_small_part_is_no_item() {
    let choices = "법관은 헌법과 법률에 의하여 그 양심에 따라 독립하여 심판한다고 정한 조문의 뜻을 고르시오.\n\
        첫째 보기는 재판의 독립이 지휘와 감독을 받지 않는 것을 뜻한다고 설명하고 있다.\n\
        둘째 보기는 양심이란 한 사람의 세계관이 아니라 직업의 윤리라고 풀이하고 있다.\n\
        셋째 보기는 법률에 위헌의 의심이 들면 심판을 제청하라는 뜻이라고 적고 있다.";
    let index = index(to_cut(), &[choices]);
    let quotation = "법관은 헌법과 법률에 의하여 그 양심에 따라 독립하여 심판한다고 정한 조문";
    assert_eq!(decide(&index, quotation), Verdict::Clean);
    assert_eq!(scan(&index, choices).len(), 1);
    let lines: Vec<&str> = choices.lines().collect();
    let far = "사이에 놓인 전혀 다른 이야기가 이어진다. ".repeat(20);
    assert_eq!(decide(&index, &lines.join(&far)), Verdict::Clean, "only together are they the question");
}

#[test]
fn short_texts_are_found_whole_or_named_as_not_searched() {
    let index = index(
        to_cut(),
        &["가게 앞에 고양이가 앉아 있었다고 한다", "네, 맞아요.", "ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ"],
    );
    assert_eq!(scan(&index, "그날 가게앞에 고양이가 앉아있었다고 한다.").len(), 1);
    assert_eq!(scan(&index, "그날 가게앞에 고양이가 앉아있었다고 했다."), []);
    assert_eq!(scan(&index, &"ㅋ".repeat(500)), []);
    let unsearched: Vec<_> = index.unsearched(SetId(0)).collect();
    assert_eq!(unsearched, [(ItemId(1), Unsearched::TooShort), (ItemId(2), Unsearched::Indistinct)]);
}

#[test]
fn an_item_that_begins_in_the_last_ones_end_is_found() {
    let index = index(to_cut(), &["달아 높이 돋아 온 산을 두루 비추는 달아"]);
    let text = "달아 높이 돋아 온 산을 두루 비추는 달아 높이 돋아 온 산을 두루 비추는 달아";
    assert_eq!(scan(&index, text)[0].range, 0..text.len());
}

#[test]
fn fields_that_are_all_short_are_searched_as_one() {
    let index = index(to_cut(), &["차가 멈췄다.\n기름이 없었다.\n손님이 내렸다."]);
    assert_eq!(scan(&index, "3\t차가 멈췄다.\t기름이 없었다.\t손님이 내렸다.\t0").len(), 1);
    assert_eq!(scan(&index, "차가 멈췄다. 기름이 다 떨어졌다. 손님이 내렸다."), []);
}

#[test]
fn a_line_that_all_items_share_is_the_prompt() {
    let prompt = "다음 글을 잘 읽고 물음에 알맞은 답을 하나만 고르시오.";
    let items: Vec<String> = (0..100).map(|at| format!("{prompt}\n문제 {at}")).collect();
    let index = index(to_cut(), &items.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(scan(&index, prompt), []);
    assert_eq!(index.unsearched(SetId(0)).count(), 100);
}

#[test]
fn the_strictest_action_counts() {
    let mut benchmarks = Benchmarks::default();
    for (action, text) in [(Action::Mark, "마당에 감나무가 서 있고 그 옆에 우물이 있다"), (Action::Remove, QUIZ)]
    {
        let set = benchmarks.add_set(EvalSet { action, ..EvalSet::named("퀴즈") }).unwrap();
        benchmarks.add(set, "0", [text]).unwrap();
    }
    let index = benchmarks.index();
    let marked = "마당에 감나무가 서 있고 그 옆에 우물이 있다. 물이 맑다.";
    assert_eq!(decide(&index, marked), Verdict::Marked);
    assert_eq!(decide(&index, &format!("{marked}\n{QUIZ}")), Verdict::Removed);
}

#[test]
fn what_closes_up_behind_a_cut_is_cut_too() {
    let index = index(to_cut(), &[QUIZ]);
    let line = QUIZ.lines().next().unwrap();
    let (head, tail) = line.split_at(line.find("1446").unwrap());
    // The inner line and the spans left and right of it: a second item forms where the first one was.
    let nested = format!("앞. {head}{line} {tail} 뒤.");
    assert_eq!(decide(&index, &nested), Verdict::Cut("앞. 뒤.".into()));
    assert_eq!(decide(&index, QUIZ.lines().next().unwrap()), Verdict::Removed, "nothing is left");
}

#[test]
fn what_was_found_adds_up_however_it_was_parted() {
    let mut benchmarks = Benchmarks::default();
    let quiz = benchmarks.add_set(to_cut()).unwrap();
    let chat = benchmarks.add_set(EvalSet::named("대화")).unwrap();
    benchmarks.add(quiz, "글자-1", [QUIZ]);
    benchmarks.add(quiz, "글자-2", ["그렇다."]);
    benchmarks.add(chat, "주문-1", ["따뜻한 보리차 두 잔과 약과 세 개를 창가 자리로 가져다주세요."]);
    let index = benchmarks.index();
    let mut buffers = ScanBuffers::default();
    let part = |documents: &[String], buffers: &mut ScanBuffers| {
        let mut part = Contamination::default();
        for text in documents {
            let findings = index.scan(text, buffers).to_vec();
            part.record(&findings, &index.verdict(text, &findings, buffers));
        }
        part
    };
    let order = "따뜻한 보리차 두잔과 약과 세개를 창가 자리로 가져다 주세요";
    let documents = [format!("읽은 글: {QUIZ}"), format!("{QUIZ}\n{order}"), "맑음".to_owned()];
    let mut merged = part(&documents[1..], &mut buffers);
    merged.merge(&part(&documents[..1], &mut buffers));
    assert_eq!(merged, part(&documents, &mut buffers));
    insta::assert_snapshot!(serde_json::to_string_pretty(&merged.details(&index)).unwrap(), @r#"
    [
      {
        "name": "퀴즈",
        "items": 2,
        "too_short": 1,
        "indistinct": 0,
        "found": 1,
        "marked": 0,
        "cut": 1,
        "removed": 1
      },
      {
        "name": "대화",
        "items": 1,
        "too_short": 0,
        "indistinct": 0,
        "found": 1,
        "marked": 0,
        "cut": 0,
        "removed": 1
      }
    ]
    "#);
}

/// Text with other spacing, punctuation, width and case.
fn varied(text: &str, noise: &[usize]) -> String {
    let between = ["", "", " ", "\n", ", ", "…", "\u{3000}", "**", "\u{200b}", "」 "];
    let mut varied = String::new();
    for (character, &noise) in text.chars().zip(noise.iter().cycle()) {
        let wide = char::from_u32(character as u32 + 0xfee0).filter(|_| character.is_ascii_alphanumeric());
        match noise % 3 {
            0 => varied.push(wide.unwrap_or(character)),
            1 => varied.extend(character.to_uppercase()),
            _ => varied.push(character),
        }
        varied.push_str(between[noise % between.len()]);
    }
    varied
}

/// Documents made of stretches of an item, whole or torn, and of other text.
fn stretches(item: &str, cuts: &[(usize, usize, String)]) -> String {
    let characters: Vec<char> = item.chars().collect();
    let stretch = |&(from, length, ref other): &(usize, usize, String)| {
        let from = from % characters.len();
        let to = (from + length).min(characters.len());
        characters[from..to].iter().collect::<String>() + other
    };
    cuts.iter().map(stretch).collect()
}

/// Length of the longest stretch in common, the slow way.
fn longest_in_common(text: &str, item: &str) -> usize {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    significant::fold(text, &mut a);
    significant::fold(item, &mut b);
    let mut ending = vec![0; b.len() + 1];
    let mut longest = 0;
    for x in &a {
        for at in (0..b.len()).rev() {
            ending[at + 1] = if *x == b[at] { ending[at] + 1 } else { 0 };
            longest = longest.max(ending[at + 1]);
        }
    }
    longest
}

fn noise() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..30usize, 1..40)
}

proptest! {
    #[test]
    fn a_planted_item_is_found_however_it_is_written(
        item in "[가-힣a-z0-9]{16,120}", before in "[ㄱ-ㅎ가-힣 ]{0,60}", after in "[ㄱ-ㅎ가-힣 .]{0,60}", noise in noise(),
    ) {
        let index = index(to_cut(), &[&item]);
        let planted = varied(&item, &noise);
        let text = format!("{before} {planted} {after}");
        let findings = scan(&index, &text);
        prop_assert_eq!(findings.len(), 1);
        prop_assert_eq!(findings[0].overlap, 1.0);
        let mut found = Vec::new();
        significant::fold(&text[findings[0].range.clone()], &mut found);
        let mut folded = Vec::new();
        significant::fold(&item, &mut folded);
        prop_assert!(found.windows(folded.len()).any(|window| window == folded));
        prop_assert_eq!(scan(&index, &planted).len(), 1);
    }

    /// Exact both ways: no finding without a long enough run, and none missed where such a run covers the bound.
    #[test]
    fn a_finding_is_a_run_in_common(
        item in "[가-하]{16,100}",
        cuts in prop::collection::vec((0usize..100, 0usize..60, "[가-하 ]{0,20}"), 0..8),
    ) {
        let index = index(to_cut(), &[&item]);
        let text = stretches(&item, &cuts);
        let length = item.chars().count();
        let (least, longest) = (length.min(32), longest_in_common(&text, &item));
        let findings = scan(&index, &text);
        if longest < least {
            prop_assert_eq!(&findings, &[]);
        } else if longest * 100 >= length * 40 {
            prop_assert!(!findings.is_empty());
            prop_assert!(findings.iter().any(|finding| finding.overlap * length as f32 >= longest as f32 - 0.5));
        }
    }

    #[test]
    fn nothing_is_found_in_what_was_cut(
        items in prop::collection::vec("[가나다라 ]{20,80}", 1..4),
        cuts in prop::collection::vec((0usize..100, 0usize..100, "[가-힣 \n]{0,30}"), 0..8),
    ) {
        let of_items: Vec<&str> = items.iter().map(String::as_str).collect();
        let index = index(to_cut(), &of_items);
        let text: String = items.iter().map(|item| stretches(item, &cuts)).collect();
        match decide(&index, &text) {
            Verdict::Cut(left) => {
                prop_assert!(left.len() < text.len());
                prop_assert_eq!(scan(&index, &left), []);
            }
            Verdict::Clean => prop_assert_eq!(scan(&index, &text), []),
            Verdict::Removed => {}
            Verdict::Marked => prop_assert!(false),
        }
    }

    #[test]
    fn any_text_can_be_scanned(item in "(\\PC|[\n ﷺ㈜Åİ\u{1100}-\u{11ff}]){0,80}", before in "\\PC{0,30}", after in "(?s).{0,30}") {
        let index = index(EvalSet { min_overlap: 1.try_into().unwrap(), ..to_cut() }, &[&item, &after]);
        let text = format!("{before}{item}{after}{item}");
        for finding in scan(&index, &text) {
            prop_assert!(text.get(finding.range).is_some());
        }
        decide(&index, &text);
    }

    #[test]
    fn buffers_forget(first in "[가나다라 ]{0,80}", second in "[가나다라 ]{0,80}") {
        let index = index(to_cut(), &["가나다라가가나나다다라라가다나라가나라다다가"]);
        let mut reused = ScanBuffers::default();
        index.scan(&format!("{first}가나다라가가나나다다라라가다나라가나라다다가"), &mut reused);
        prop_assert_eq!(index.scan(&second, &mut reused).to_vec(), scan(&index, &second));
    }
}

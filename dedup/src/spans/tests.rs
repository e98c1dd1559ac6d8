use super::*;
use proptest::prelude::*;
use unicode_normalization::is_nfc;

/// Cuts what stands between ⟦ and ⟧.
fn without(marked: &str) -> String {
    let (mut text, mut ranges, mut start) = (String::new(), Vec::new(), 0);
    for character in marked.chars() {
        match character {
            '⟦' => start = text.len(),
            '⟧' => ranges.push(start..text.len()),
            _ => text.push(character),
        }
    }
    let mut left = "이전 글".to_owned();
    cut(&text, &Spans::new(&text, ranges).unwrap(), &mut left);
    left
}

#[test]
fn a_line_leaves_with_its_line_end() {
    assert_eq!(without("첫째 줄\n⟦목록으로 돌아가기⟧\n둘째 줄"), "첫째 줄\n둘째 줄");
    assert_eq!(without("첫째 줄\n⟦목록으로 돌아가기\n⟧둘째 줄"), "첫째 줄\n둘째 줄");
    assert_eq!(without("첫째 줄⟦\n목록으로 돌아가기⟧\n둘째 줄"), "첫째 줄\n둘째 줄");
    assert_eq!(without("첫째 줄⟦\n목록으로 돌아가기\n⟧둘째 줄"), "첫째 줄\n둘째 줄");
    assert_eq!(without("첫째 줄\n⟦목록으로⟧\n⟦돌아가기⟧\n둘째 줄"), "첫째 줄\n둘째 줄");
}

#[test]
fn one_blank_line_stays_where_one_was() {
    assert_eq!(without("첫 문단\n\n⟦광고⟧\n\n둘째 문단"), "첫 문단\n\n둘째 문단");
    assert_eq!(without("첫 문단\n\n⟦광고⟧\n둘째 문단"), "첫 문단\n\n둘째 문단");
    assert_eq!(without("첫 문단\n⟦꼬리말⟧\n\n⟦머리말⟧\n둘째 문단"), "첫 문단\n\n둘째 문단");
    assert_eq!(without("첫 문단은 ⟦여기까지다.\n\n다음 문단은⟧ 여기서"), "첫 문단은\n\n여기서");
    assert_eq!(without("떨어진\n\n\n문단\n⟦광고⟧\n끝"), "떨어진\n\n\n문단\n끝", "only joints are tidied");
}

#[test]
fn nothing_blank_stays_at_the_ends() {
    assert_eq!(without("⟦머리말⟧\n\n본문"), "본문");
    assert_eq!(without("본문\n\n⟦꼬리말⟧"), "본문");
    assert_eq!(without("본문 \n⟦꼬리말⟧\n"), "본문");
    assert_eq!(without("⟦머리말⟧\n  ⟦꼬리말⟧"), "");
    assert_eq!(without("⟦모두⟧"), "");
}

#[test]
fn words_within_a_line_stay_apart() {
    assert_eq!(without("이 기사는 ⟦(서울=가나통신)⟧ 어제 나왔다"), "이 기사는 어제 나왔다");
    assert_eq!(without("앞말⟦이 길게 이어지다가⟧뒷말"), "앞말 뒷말");
    assert_eq!(without("앞말⟦ 군더더기⟧ 뒷말"), "앞말 뒷말");
    assert_eq!(without("그는 말했다⟦(웃음)⟧."), "그는 말했다.");
    assert_eq!(without("“⟦아, ⟧그렇군요”"), "“그렇군요”");
}

#[test]
fn indentation_is_kept() {
    assert_eq!(without("목록\n⟦광고⟧\n    들여쓴 코드"), "목록\n    들여쓴 코드");
    assert_eq!(without("목록\n    ⟦광고⟧ 들여쓴 코드"), "목록\n    들여쓴 코드");
    assert_eq!(without("목록\n⟦광고⟧ 본문"), "목록\n본문");
    assert_eq!(without("⟦머리말⟧\n  들여쓴 첫 줄"), "  들여쓴 첫 줄");
}

#[test]
fn marks_find_nothing_to_compose_with() {
    assert_eq!(without("a=⟦b⟧\u{338}"), "a= \u{338}");
    assert_eq!(without("가⟦나⟧\u{11a8}"), "가 \u{11a8}");
}

#[test]
fn ranges_merge_and_are_counted_in_characters() {
    let text = "가나다라마바사";
    let spans = Spans::new(text, vec![12..15, 0..3, 3..6, 5 + 4..9, 0..6]).unwrap();
    assert_eq!(spans.ranges(), [0..6, 12..15]);
    assert_eq!(spans.characters(text), 3);
}

#[test]
#[allow(clippy::reversed_empty_ranges)]
fn ranges_outside_the_text_are_refused() {
    let refused = |range| Spans::new("가나", vec![range]).unwrap_err().to_string();
    insta::assert_snapshot!(refused(0..4), @"span 0..4 ends inside a character");
    insta::assert_snapshot!(refused(3..9), @"span 3..9 reaches beyond a text of 6 bytes");
    insta::assert_snapshot!(refused(3..0), @"span 3..0 ends before it starts");
}

fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "가", "힣", "a", "=", ".", " ", "  ", "\n", "\n\n", "\t", "\u{301}", "\u{338}", "\u{11a8}", "ᄀ", "각", "「",
        "😀",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

fn marked() -> impl Strategy<Value = (String, Spans)> {
    (text(), prop::collection::vec((any::<prop::sample::Index>(), 0usize..6), 0..6)).prop_map(|(text, cuts)| {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let range = |(start, length): (prop::sample::Index, usize)| {
            let start = start.index(ends.len());
            ends[start]..ends[(start + length).min(ends.len() - 1)]
        };
        let spans = Spans::new(&text, cuts.into_iter().map(range).collect()).unwrap();
        (text, spans)
    })
}

/// Characters that are not cut and not blank, with their place in the text.
fn kept<'a>(text: &'a str, spans: &'a Spans) -> impl Iterator<Item = (usize, char)> + 'a {
    text.char_indices().filter(|(at, c)| !c.is_whitespace() && !spans.ranges().iter().any(|range| range.contains(at)))
}

fn left((text, spans): &(String, Spans)) -> String {
    let mut left = String::new();
    cut(text, spans, &mut left);
    left
}

fn has_trailing_blanks(text: &str) -> bool {
    text.split('\n').any(|line| line.trim_end() != line)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn spans_are_sorted_and_apart((_, spans) in marked()) {
        prop_assert!(spans.ranges().iter().all(|range| range.start < range.end));
        prop_assert!(spans.ranges().windows(2).all(|pair| pair[0].end < pair[1].start));
    }

    #[test]
    fn nothing_to_cut_changes_nothing(text in text()) {
        prop_assert_eq!(left(&(text.clone(), Spans::default())), text);
    }

    #[test]
    fn only_whitespace_is_lost_or_added((text, spans) in marked()) {
        let left = left(&(text.clone(), spans.clone()));
        let expected: String = kept(&text, &spans).map(|(_, c)| c).collect();
        prop_assert_eq!(left.chars().filter(|c| !c.is_whitespace()).collect::<String>(), expected);
        prop_assert!(left.len() <= text.len());
    }

    #[test]
    fn no_untidy_whitespace_is_made(case in marked()) {
        let (text, left) = (&case.0, left(&case));
        prop_assert!(has_trailing_blanks(text) || !has_trailing_blanks(&left), "{:?}", left);
        prop_assert!(text.contains("\n\n\n") || !left.contains("\n\n\n"), "{:?}", left);
    }

    /// Two characters that touch in the result touched in the text, or one of them is punctuation.
    #[test]
    fn no_words_are_glued((text, spans) in marked()) {
        let left = left(&(text.clone(), spans.clone()));
        let places: Vec<(usize, char)> = kept(&text, &spans).collect();
        let blanks = left.chars().scan(0, |count, c| { *count += usize::from(!c.is_whitespace()); Some((*count, c)) });
        let apart: std::collections::HashSet<usize> = blanks.filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).collect();
        for (at, pair) in places.windows(2).enumerate() {
            let touched = pair[0].0 + pair[0].1.len_utf8() == pair[1].0;
            let punctuated = is_punctuation(pair[0].1) || is_punctuation(pair[1].1);
            prop_assert!(apart.contains(&(at + 1)) != touched || punctuated && !touched, "{:?} of {:?}", left, text);
        }
    }

    #[test]
    fn composed_text_stays_composed(case in marked()) {
        prop_assert!(!is_nfc(&case.0) || is_nfc(&left(&case)), "{:?}", left(&case));
    }
}

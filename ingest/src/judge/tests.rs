use super::*;
use crate::measure::Measurer;
use proptest::prelude::*;

fn signals(characters: u32, hangul_share: f32, repeated_line_share: f32) -> Signals {
    let text =
        "동네 도서관에서는 토요일마다 아이들에게 동화책을 읽어 준다. 지난주에는 호랑이가 나오는 옛이야기를 들었다.";
    Signals { characters, hangul_share, repeated_line_share, ..Measurer::default().measure(text) }
}

fn verdict(characters: u32, hangul_share: f32, repeated_line_share: f32) -> Verdict {
    judge(&signals(characters, hangul_share, repeated_line_share), &Rules::default())
}

#[test]
fn bounds_themselves_are_allowed() {
    let rules = Rules::default();
    let bound = |rule| rules.bound(rule).unwrap();
    let (least, most) = (bound(Rule::MinCharacters) as u32, bound(Rule::MaxCharacters) as u32);
    let (hangul, repeated) = (bound(Rule::MinHangulShare) as f32, bound(Rule::MaxRepeatedLineShare) as f32);
    for (characters, hangul, repeated) in [(least, hangul, repeated), (most, 1.0, 0.0)] {
        assert_eq!(verdict(characters, hangul, repeated), Verdict::default());
    }
}

#[test]
fn the_first_broken_rule_is_named_with_its_numbers() {
    let verdicts = [(0, 0.0, 0.0), (12, 0.0, 0.0), (9_000_000, 0.9, 0.9), (300, 0.031, 0.9), (300, 0.9, 0.75)];
    let words: Vec<_> = verdicts
        .into_iter()
        .map(|(characters, hangul, repeated)| verdict(characters, hangul, repeated).first.unwrap())
        .map(|broken| format!("{}: {broken}", broken.reason()))
        .collect();
    insta::assert_snapshot!(words.join("\n"), @r"
    empty: no text is left
    too-short: 12 characters, at least 50 wanted
    too-long: 9000000 characters, at most 2000000 allowed
    low-hangul: 3.1 % Hangul, at least 15.0 % wanted
    repeated-lines: 75.0 % on repeated lines, at most 40.0 % allowed
    ");
}

#[test]
fn replacements_are_judged_before_the_hangul_that_they_displace() {
    let most = Rules::default().bound(Rule::MaxReplacedShare).unwrap() as f32;
    let replaced = |replaced_share| Signals { replaced_share, ..signals(300, 0.9, 0.0) };
    assert!(judge(&replaced(most), &Rules::default()).is_kept());
    let verdict = judge(&Signals { hangul_share: 0.0, ..replaced(0.25) }, &Rules::default());
    assert_eq!(verdict.reason(), Some(Reason::Undecodable));
    assert_eq!(verdict.first.unwrap().to_string(), "25.0 % replacement characters, at most 10.0 % allowed");
}

#[test]
fn all_broken_rules_are_told() {
    let broken: Vec<_> = verdict(12, 0.031, 0.9).all.iter().map(Rule::key).collect();
    assert_eq!(broken, ["min_characters", "min_hangul_share", "max_repeated_line_share"]);
}

#[test]
fn what_was_not_measured_breaks_no_rule() {
    let rules = PartialRules::default().with(Rule::MinQuality, 0.9).unwrap();
    let rules = Rules::default().overridden(&rules).unwrap();
    let fine = signals(300, 0.9, 0.0);
    assert!(judge(&fine, &rules).is_kept());
    let verdict = judge(&Signals { quality: Some(0.1), ..fine }, &rules);
    assert_eq!(verdict.first.unwrap().to_string(), "10.0 % good by the quality model, at least 90.0 % wanted");
}

proptest! {
    #[test]
    fn the_first_is_the_first_of_all(characters in 0..200u32, hangul in 0f32..1.0, repeated in 0f32..1.0) {
        let verdict = verdict(characters, hangul, repeated);
        prop_assert_eq!(verdict.is_kept(), verdict.all.is_empty());
        prop_assert_eq!(verdict.first.map(|broken| broken.rule), verdict.all.iter().next());
    }
}

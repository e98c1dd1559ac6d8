//! Precision and recall by kind on invented data among hard negatives.

use super::invented::{Dice, invent};
use super::negatives::harmless;
use super::*;
use std::fmt::Write;

const SENTENCES: &[&str] = &[
    "오늘은 바람이 많이 불었다.",
    "골목 끝에 작은 빵집이 생겼어요.",
    "회의는 다음 주로 미뤄졌습니다.",
    "고양이가 창가에서 잔다.",
    "영화는 생각보다 길었다 ㅋㅋ",
];
/// Data of each kind, and as many harmless sentences.
const EACH: usize = 2000;
const SEED: u64 = 77_777;

#[derive(Default, Clone, Copy)]
struct Score {
    planted: usize,
    right: usize,
    wrong: usize,
}

#[test]
fn precision_and_recall_by_kind() {
    let mut dice = Dice(SEED);
    let mut scanner = Scanner::new();
    let mut scores = [Score::default(); Kind::ALL.len()];
    let mut missed = String::new();
    for kind in (0..EACH).flat_map(|_| Kind::ALL) {
        let planted = invent(kind, &mut dice);
        let head = format!("{}\n{}\n{}", dice.of(SENTENCES), harmless(&mut dice), planted.before);
        let text = format!("{head}{}{}\n{}", planted.datum, planted.after, dice.of(SENTENCES));
        let truth = head.len()..head.len() + planted.datum.len();
        let mut candidates = Vec::new();
        scanner.scan(&text, &mut candidates);
        let score = &mut scores[kind.index()];
        score.planted += 1;
        let is_right = |c: &&Candidate| {
            c.kind == kind
                && c.start + 1 >= truth.start
                && c.start <= truth.start
                && (truth.end..=truth.end + 1).contains(&c.end)
        };
        let right = candidates.iter().filter(is_right).count();
        score.right += right;
        if right == 0 {
            writeln!(missed, "missed {kind}: {text:?} {candidates:?}").unwrap();
        }
        for wrong in candidates.iter().filter(|candidate| !is_right(candidate)) {
            scores[wrong.kind.index()].wrong += 1;
            writeln!(missed, "wrong {}: {:?} in {text:?}", wrong.kind, &text[wrong.start..wrong.end]).unwrap();
        }
    }
    let mut table = String::new();
    for kind in Kind::ALL {
        let Score { planted, right, wrong } = scores[kind.index()];
        let (precision, recall) = (right as f64 / (right + wrong) as f64, right as f64 / planted as f64);
        writeln!(table, "{:18} {precision:.4} {recall:.4}", kind.as_str()).unwrap();
        assert!(precision >= 0.99 && recall >= 0.99, "{kind}: precision {precision}, recall {recall}\n{missed}");
    }
    insta::assert_snapshot!(table, @r"
    resident-number    1.0000 1.0000
    foreigner-number   1.0000 1.0000
    passport           1.0000 1.0000
    driving-licence    1.0000 1.0000
    mobile-phone       1.0000 1.0000
    landline           1.0000 1.0000
    virtual-phone      1.0000 1.0000
    service-phone      1.0000 0.9980
    foreign-phone      1.0000 1.0000
    email              1.0000 1.0000
    card               1.0000 1.0000
    bank-account       1.0000 1.0000
    road-address       1.0000 1.0000
    lot-address        1.0000 1.0000
    ip-address         1.0000 1.0000
    messenger-id       1.0000 1.0000
    business-number    1.0000 1.0000
    corporate-number   1.0000 1.0000
    ");
}

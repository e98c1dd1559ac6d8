use super::*;
use crate::models::sample::Random;

const SUBJECTS: [&str; 8] =
    ["마을 사람들은", "학생들은", "연구진은", "할머니는", "도서관에서는", "우리는", "배를 탄 어부는", "정원사는"];
const PLACES: [&str; 6] = ["강가에서", "산기슭에서", "시장 어귀에서", "작은 방에서", "부두에서", "온실에서"];
const DEEDS: [&str; 6] = [
    "오래된 기록을 읽었다.",
    "씨앗을 골라 심었다.",
    "하루를 마무리했다.",
    "비가 그치기를 기다렸다.",
    "이야기를 나누었다.",
    "그물을 손질했다.",
];
const LURES: [&str; 6] = ["최저가", "무료 배송", "클릭만 하면", "대박 할인", "지금 바로 상담", "이벤트 당첨"];

fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[(random.next() % from.len() as u64) as usize]
}

fn good(random: &mut Random) -> String {
    (0..3)
        .map(|_| [pick(random, &SUBJECTS), pick(random, &PLACES), pick(random, &DEEDS)].join(" "))
        .collect::<Vec<_>>()
        .join(" ")
}

fn bad(random: &mut Random) -> String {
    (0..8)
        .map(|_| if random.next().is_multiple_of(4) { pick(random, &PLACES) } else { pick(random, &LURES) })
        .collect::<Vec<_>>()
        .join(" ")
}

fn collections() -> (Vec<String>, Vec<String>) {
    let mut random = Random(11);
    ((0..300).map(|_| good(&mut random)).collect(), (0..200).map(|_| bad(&mut random)).collect())
}

fn small() -> QualitySettings {
    QualitySettings { buckets: 1 << 12, least_count: 3, ..QualitySettings::default() }
}

fn bytes(quality: &Quality) -> Vec<u8> {
    let mut bytes = Vec::new();
    quality.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn it_learns_what_tells_them_apart() {
    let (good, bad) = collections();
    let (quality, report) = learn_quality(&good, &bad, &small()).unwrap();
    assert!(report.area_under_curve > 0.99 && report.accuracy > 0.95, "{report}");
    assert_eq!(report.held_out.iter().sum::<usize>(), 49, "{report}");
    let mut scratch = Scratch::default();
    assert!(quality.score("학생들은 온실에서 씨앗을 골라 심었다.", &mut scratch).unwrap() > 0.8);
    assert!(quality.score("지금 바로 상담 클릭만 하면 이벤트 당첨", &mut scratch).unwrap() < 0.2);
}

#[test]
fn the_file_depends_on_nothing_but_texts_and_settings() {
    let (good, bad) = collections();
    let first = bytes(&learn_quality(&good, &bad, &small()).unwrap().0);
    let (mut other_good, mut other_bad) = (good.clone(), bad.clone());
    Random(5).shuffle(&mut other_good);
    other_bad.reverse();
    other_bad.extend_from_within(..20);
    assert!(first == bytes(&learn_quality(&other_good, &other_bad, &small()).unwrap().0));
    let seeded = QualitySettings { seed: 1, ..small() };
    assert!(first != bytes(&learn_quality(&good, &bad, &seeded).unwrap().0));
}

#[test]
fn a_written_model_scores_as_before() {
    let (good, bad) = collections();
    let quality = learn_quality(&good, &bad, &small()).unwrap().0;
    let again = Quality::read(&bytes(&quality)[..], "q.bin").unwrap();
    let (mut one, mut other) = (Scratch::default(), Scratch::default());
    for text in good.iter().chain(&bad).take(50) {
        assert_eq!(quality.score(text, &mut one), again.score(text, &mut other));
    }
    assert_eq!(quality.score("   ", &mut one), None);
}

#[test]
fn documents_in_both_collections_teach_nothing() {
    let (mut good, bad) = collections();
    good.extend_from_slice(&bad[..7]);
    let (_, report) = learn_quality(&good, &bad, &small()).unwrap();
    assert_eq!(report.in_both, bad[..7].iter().collect::<std::collections::HashSet<_>>().len());
}

#[test]
fn too_little_text_and_wild_settings_are_errors() {
    let (good, bad) = collections();
    let say =
        |good: &[String], settings: &QualitySettings| learn_quality(good, &bad, settings).unwrap_err().to_string();
    assert_eq!(say(&vec![good[0].clone(); 50], &small()), "only 1 usable good documents, expected at least 20");
    assert_eq!(say(&good, &QualitySettings { buckets: 0, ..small() }), "buckets must be 1 to 268435456");
    assert!(say(&good, &QualitySettings { learning_rate: f32::NAN, ..small() }).starts_with("learning_rate"));
    assert!(Quality::read(&include_bytes!("../../../tests/reference/fasttext_plain.bin")[..], "m").is_ok());
}

#[test]
fn area_under_curve_counts_pairs() {
    assert_eq!(area_under_curve(&[0.9, 0.8], &[0.1, 0.2, 0.3]), 1.0);
    assert_eq!(area_under_curve(&[0.1], &[0.5]), 0.0);
    assert_eq!(area_under_curve(&[0.5, 0.7], &[0.5, 0.6]), 0.625);
    assert_eq!(area_under_curve(&[], &[0.5]), 0.5);
}

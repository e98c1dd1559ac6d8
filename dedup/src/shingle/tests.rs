use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

fn unit(table: &str) -> ShingleUnit {
    #[derive(Deserialize)]
    struct Recipe {
        shingles: ShingleUnit,
    }
    toml::from_str::<Recipe>(&format!("shingles = {table}")).unwrap().shingles
}

fn shingles(unit: ShingleUnit, text: &str) -> Vec<u32> {
    let mut eojeol = Eojeol::default();
    eojeol.cut(text);
    Shingles::new(unit, 1).of(&eojeol).to_vec()
}

#[test]
fn a_short_text_is_one_shingle() {
    let five = unit("{ eojeol = 5 }");
    assert_eq!(shingles(five, "짧은 글").len(), 1);
    assert_eq!(shingles(five, "").len(), 1);
    assert_ne!(shingles(five, "짧은 글"), shingles(five, "글 짧은"));
    assert_eq!(shingles(five, "하나 둘 셋 넷 다섯").len(), 1);
    assert_eq!(shingles(five, "하나 둘 셋 넷 다섯 여섯").len(), 2);
    assert_eq!(shingles(unit("{ letters = 3 }"), "?!").len(), 1);
    assert_eq!(shingles(unit("{ characters = 3 }"), "가 나 다라").len(), 2);
}

#[test]
fn another_seed_gives_other_hashes() {
    let mut eojeol = Eojeol::default();
    eojeol.cut("하나 둘 셋");
    let two = unit("{ eojeol = 2 }");
    assert_ne!(Shingles::new(two, 1).of(&eojeol), Shingles::new(two, 2).of(&eojeol));
}

#[test]
fn characters_do_not_see_spacing_and_letters_no_punctuation() {
    let (eojeol, characters, letters) = (unit("{ eojeol = 2 }"), unit("{ characters = 4 }"), unit("{ letters = 4 }"));
    let (spaced, joined) = ("그렇게 할 수 있다.", "그렇게 할수있다.");
    assert_ne!(shingles(eojeol, spaced), shingles(eojeol, joined));
    assert_eq!(shingles(characters, spaced), shingles(characters, joined));
    let (plain, quoted) = ("ABC 방송이 말했다", "「ａｂｃ 방송」이, 말했다.");
    assert_ne!(shingles(characters, plain), shingles(characters, quoted));
    assert_eq!(shingles(letters, plain), shingles(letters, quoted));
}

#[test]
fn an_unknown_unit_is_pointed_at() {
    let error = toml::from_str::<HashMap<String, ShingleUnit>>("shingles = { words = 5 }").unwrap_err();
    insta::assert_snapshot!(error, @r"
    TOML parse error at line 1, column 14
      |
    1 | shingles = { words = 5 }
      |              ^^^^^
    unknown variant `words`, expected one of `eojeol`, `characters`, `letters`
    ");
    let error = toml::from_str::<HashMap<String, ShingleUnit>>("shingles = { letters = 0 }").unwrap_err();
    insta::assert_snapshot!(error, @r"
    TOML parse error at line 1, column 12
      |
    1 | shingles = { letters = 0 }
      |            ^^^^^^^^^^^^^^^
    expected a whole number from 1 to 64, found 0
    ");
}

/// Hashes are stored: another build or machine must give the same.
#[test]
fn hashes_are_stable() {
    let text = "말을 모아 사전을 엮는다, 오래도록이어질사전을.";
    insta::assert_snapshot!(format!("{:?}", shingles(unit("{ eojeol = 3 }"), text)), @"[2311805213, 2324977639, 3277454916]");
    insta::assert_snapshot!(format!("{:?}", &shingles(unit("{ letters = 12 }"), text)[..3]), @"[3822830837, 4063328020, 1264785724]");
}

/// The rolling hash sees exactly the windows: equal where the tokens are equal, different where they differ.
fn check_windows<T: Eq + std::hash::Hash + std::fmt::Debug>(hashes: &[u32], tokens: &[T], size: usize) {
    let windows: Vec<&[T]> = if tokens.len() < size { vec![tokens] } else { tokens.windows(size).collect() };
    assert_eq!(hashes.len(), windows.len());
    let (mut of_window, mut of_hash) = (HashMap::new(), HashMap::new());
    for (&hash, window) in hashes.iter().zip(windows) {
        assert_eq!(*of_window.entry(window).or_insert(hash), hash);
        assert_eq!(*of_hash.entry(hash).or_insert(window), window);
    }
}

proptest! {
    #[test]
    fn hashes_are_equal_where_windows_are(size in 1usize..7, text in "[가나]{1,2}( [가나]{1,2}){0,40}") {
        let eojeol: Vec<&str> = text.split(' ').collect();
        check_windows(&shingles(unit(&format!("{{ eojeol = {size} }}")), &text), &eojeol, size);
        let characters: Vec<char> = text.chars().filter(|&c| c != ' ').collect();
        check_windows(&shingles(unit(&format!("{{ characters = {size} }}")), &text), &characters, size);
    }
}

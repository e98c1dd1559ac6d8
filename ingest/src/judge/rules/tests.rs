use super::*;
use proptest::prelude::*;

fn read(json: &str) -> Result<PartialRules, String> {
    serde_json::from_str(json).map_err(|e| e.to_string())
}

#[test]
fn the_canonical_form_reads_back() {
    let rules = read(r#"{"min_hangul_share": 0.5, "min_characters": 7, "max_run_share": false}"#).unwrap();
    let canonical = serde_json::to_string(&rules).unwrap();
    insta::assert_snapshot!(canonical, @r#"{"min_characters":7,"min_hangul_share":0.5,"max_run_share":false}"#);
    assert_eq!(read(&canonical), Ok(rules));
    assert_eq!(serde_json::to_string(&PartialRules::default()).unwrap(), "{}");
}

#[test]
fn recipes_are_read_as_toml_too() {
    let rules: PartialRules =
        toml::from_str("min_characters = 5\nmax_repeated_line_share = false\nmin_quality = 1").unwrap();
    let rules = Rules::default().overridden(&rules).unwrap();
    assert_eq!(rules.bound(Rule::MinCharacters), Some(5.0));
    assert_eq!(rules.bound(Rule::MaxRepeatedLineShare), None);
    assert_eq!(rules.bound(Rule::MinQuality), Some(1.0));
}

#[test]
fn wrong_values_are_told_in_words() {
    let wrong = [
        r#"{"min_hangul_share": 25.0}"#,
        r#"{"min_character": 9}"#,
        r#"{"max_repeated_lines": 0.1}"#,
        r#"{"min_characters": 9.5}"#,
        r#"{"min_characters": -1}"#,
        r#"{"max_hash_ratio": -0.5}"#,
        r#"{"max_run_share": true}"#,
        r#"{"max_run_share": "little"}"#,
        r#"{"max_run_share": 0.1, "max_run_share": 0.2}"#,
    ];
    let messages: Vec<_> = wrong.iter().map(|json| read(json).unwrap_err()).collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    min_hangul_share: 25 is not a share between 0 and 1 at line 1 column 25
    no rule is called `min_character`; did you mean `min_characters`? at line 1 column 16
    no rule is called `max_repeated_lines`; did you mean `max_repeated_line_share`? at line 1 column 21
    min_characters: 9.5 is not a whole number from 0 to 4294967295 at line 1 column 22
    min_characters: -1 is not a whole number from 0 to 4294967295 at line 1 column 21
    max_hash_ratio: -0.5 is not a number from 0 up at line 1 column 23
    max_run_share wants a bound, or false to switch the rule off at line 1 column 22
    invalid type: string "little", expected a bound, or false to switch the rule off at line 1 column 26
    duplicate field `max_run_share` at line 1 column 38
    "#);
}

#[test]
fn bounds_that_nothing_keeps_are_refused() {
    let over = PartialRules::default().with(Rule::MaxCharacters, 1.0).unwrap();
    let error = Rules::default().overridden(&over).unwrap_err();
    insta::assert_snapshot!(error, @"min_characters (50) is above max_characters (1), so that every document would be removed");
}

#[test]
fn a_source_overrides_only_what_it_names() {
    let over = PartialRules::default().with(Rule::MinCharacters, 5.0).unwrap().without(Rule::MaxRunShare);
    let rules = Rules::default().overridden(&over).unwrap();
    for &rule in Rule::ALL {
        let expected = match rule {
            Rule::MinCharacters => Some(5.0),
            Rule::MaxRunShare => None,
            _ => Rules::default().bound(rule),
        };
        assert_eq!(rules.bound(rule), expected, "{}", rule.key());
    }
}

proptest! {
    #[test]
    fn any_table_is_read_or_refused(key in "[a-z_0-9가-힣]{0,80}", bound in any::<f64>()) {
        let _ = read(&serde_json::json!({ key: bound }).to_string());
    }
}

//! Rules: what a document must be to stay.

use crate::config::Rules;
use crate::measure::Measures;
use malmoi_schemas::Reason;

/// The first rule that a document breaks, in the order in which [`Rules`] lists them, and the numbers in words.
pub fn judge(measures: &Measures, rules: &Rules) -> Option<(Reason, String)> {
    let m = measures;
    if m.characters == 0 {
        return Some((Reason::Empty, "no text is left".to_owned()));
    }
    if m.characters < rules.min_characters {
        return Some((
            Reason::TooShort,
            format!("{} characters, at least {} wanted", m.characters, rules.min_characters),
        ));
    }
    if m.characters > rules.max_characters {
        return Some((
            Reason::TooLong,
            format!("{} characters, at most {} allowed", m.characters, rules.max_characters),
        ));
    }
    if m.replaced_share > rules.max_replaced_share.get() {
        let (found, allowed) = (percent(m.replaced_share), percent(rules.max_replaced_share.get()));
        return Some((Reason::Undecodable, format!("{found} replacement characters, at most {allowed} allowed")));
    }
    if m.hangul_share < rules.min_hangul_share.get() {
        let (found, wanted) = (percent(m.hangul_share), percent(rules.min_hangul_share.get()));
        return Some((Reason::LowHangul, format!("{found} Hangul, at least {wanted} wanted")));
    }
    if m.repeated_line_share > rules.max_repeated_line_share.get() {
        let (found, allowed) = (percent(m.repeated_line_share), percent(rules.max_repeated_line_share.get()));
        return Some((Reason::RepeatedLines, format!("{found} on repeated lines, at most {allowed} allowed")));
    }
    None
}

fn percent(share: f32) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(characters: u32, hangul_share: f32, repeated_line_share: f32) -> Option<(Reason, String)> {
        judge(&measures(characters, hangul_share, repeated_line_share), &Rules::default())
    }

    fn measures(characters: u32, hangul_share: f32, repeated_line_share: f32) -> Measures {
        Measures { characters, eojeol: characters / 3, replaced_share: 0.0, hangul_share, repeated_line_share }
    }

    #[test]
    fn replacements_are_judged_before_the_hangul_that_they_displace() {
        let rules = Rules::default();
        let most = Measures { replaced_share: rules.max_replaced_share.get(), ..measures(300, 0.9, 0.0) };
        assert_eq!(judge(&most, &rules), None);
        let (reason, detail) = judge(&Measures { replaced_share: 0.25, ..measures(300, 0.0, 0.9) }, &rules).unwrap();
        assert_eq!(reason, Reason::Undecodable);
        assert_eq!(detail, "25.0 % replacement characters, at most 10.0 % allowed");
    }

    #[test]
    fn bounds_themselves_are_allowed() {
        let rules = Rules::default();
        let on_the_line = [
            (rules.min_characters, rules.min_hangul_share.get(), rules.max_repeated_line_share.get()),
            (rules.max_characters, 1.0, 0.0),
        ];
        for (characters, hangul, repeated) in on_the_line {
            assert_eq!(verdict(characters, hangul, repeated), None);
        }
    }

    #[test]
    fn the_first_broken_rule_is_named_with_its_numbers() {
        let verdicts = [(0, 0.0, 0.0), (12, 0.0, 0.0), (9_000_000, 0.9, 0.9), (300, 0.031, 0.9), (300, 0.9, 0.75)];
        let words: Vec<_> = verdicts
            .into_iter()
            .map(|(characters, hangul, repeated)| verdict(characters, hangul, repeated).unwrap())
            .map(|(reason, detail)| format!("{reason}: {detail}"))
            .collect();
        insta::assert_snapshot!(words.join("\n"), @r"
        empty: no text is left
        too-short: 12 characters, at least 50 wanted
        too-long: 9000000 characters, at most 2000000 allowed
        low-hangul: 3.1 % Hangul, at least 15.0 % wanted
        repeated-lines: 75.0 % on repeated lines, at most 40.0 % allowed
        ");
    }
}

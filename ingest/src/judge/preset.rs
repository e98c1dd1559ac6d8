//! Presets: rules with bounds that belong together. Where each bound comes from is told in `docs/ingest/presets.md`.

use super::Rule;
use serde::{Deserialize, Serialize};

/// A named set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Korean web pages and documents: our own.
    #[default]
    KoreanWeb,
    /// Reviews, comments, chat and other short text of services: our own.
    KoreanService,
    /// FineWeb-2's filters for Korean, on morphemes (Penedo et al. 2025).
    #[serde(rename = "fineweb2-ko")]
    Fineweb2Ko,
    /// Gopher's filters for English as they were published (Rae et al. 2021), on eojeol.
    Gopher,
    /// The bounds of EleutherAI's dps for Korean.
    Dps,
}

impl Preset {
    /// Every preset.
    pub const ALL: &'static [Self] = &[Self::KoreanWeb, Self::KoreanService, Self::Fineweb2Ko, Self::Gopher, Self::Dps];

    /// Its name in a recipe.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KoreanWeb => "korean-web",
            Self::KoreanService => "korean-service",
            Self::Fineweb2Ko => "fineweb2-ko",
            Self::Gopher => "gopher",
            Self::Dps => "dps",
        }
    }

    /// Its rules.
    pub fn bounds(self) -> &'static [(Rule, f64)] {
        match self {
            Self::KoreanWeb => KOREAN_WEB,
            Self::KoreanService => KOREAN_SERVICE,
            Self::Fineweb2Ko => FINEWEB2_KO,
            Self::Gopher => GOPHER,
            Self::Dps => DPS,
        }
    }
}

const KOREAN_WEB: &[(Rule, f64)] = &[
    (Rule::MinCharacters, 50.0),
    (Rule::MaxCharacters, 2_000_000.0),
    (Rule::MaxReplacedShare, 0.1),
    (Rule::MinHangulShare, 0.15),
    (Rule::MaxRepeatedLineShare, 0.4),
    (Rule::MaxRepeatedParagraphShare, 0.4),
    (Rule::MaxRepeated5GramShare, 0.45),
    (Rule::MaxRepeated10GramShare, 0.4),
    (Rule::MaxRunShare, 0.3),
    (Rule::MinCharacterEntropy, 3.5),
    (Rule::MaxJamoShare, 0.2),
    (Rule::MaxSymbolShare, 0.45),
    (Rule::MaxDigitShare, 0.5),
    (Rule::MaxLinkShare, 0.5),
    (Rule::MaxBoilerplateRatio, 1.0),
    (Rule::MaxEllipsisLineShare, 0.5),
    (Rule::MaxMeanEojeolLength, 30.0),
    (Rule::MinFunctionWordKinds, 2.0),
    (Rule::MinFunctionWordShare, 0.05),
];

const KOREAN_SERVICE: &[(Rule, f64)] = &[
    (Rule::MinCharacters, 4.0),
    (Rule::MaxCharacters, 100_000.0),
    (Rule::MaxReplacedShare, 0.1),
    (Rule::MinHangulShare, 0.3),
    (Rule::MaxRepeatedLineShare, 0.5),
    (Rule::MaxRunShare, 0.6),
    (Rule::MinCharacterEntropy, 1.5),
    (Rule::MaxJamoShare, 0.6),
    (Rule::MaxDigitShare, 0.5),
    (Rule::MaxLinkShare, 0.5),
    (Rule::MaxMeanEojeolLength, 200.0),
];

const FINEWEB2_KO: &[(Rule, f64)] = &[
    (Rule::MaxRepeatedLineCountShare, 0.374),
    (Rule::MaxMorphemeTop2GramShare, 0.282),
    (Rule::MaxMorphemeTop3GramShare, 0.228),
    (Rule::MaxMorphemeTop4GramShare, 0.185),
    (Rule::MaxMorphemeRepeated5GramShare, 0.201),
    (Rule::MaxMorphemeRepeated6GramShare, 0.184),
    (Rule::MaxMorphemeRepeated7GramShare, 0.168),
    (Rule::MaxMorphemeRepeated8GramShare, 0.154),
    (Rule::MaxMorphemeRepeated9GramShare, 0.14),
    (Rule::MaxMorphemeRepeated10GramShare, 0.127),
    (Rule::MinLinePunctuationShare, 0.062),
    (Rule::MaxRepeatedLineShare, 0.1),
    (Rule::MaxNewlinesPerMorpheme, 0.196),
    (Rule::MinMorphemes, 50.0),
    (Rule::MaxMorphemes, 100_000.0),
    (Rule::MinMeanMorphemeLength, 1.0),
    (Rule::MaxMeanMorphemeLength, 6.0),
    (Rule::MaxHashesPerMorpheme, 0.1),
    (Rule::MaxEllipsesPerMorpheme, 0.1),
    (Rule::MaxBulletLineShare, 0.9),
    (Rule::MaxEllipsisLineShare, 0.3),
    (Rule::MinAlphabeticMorphemeShare, 0.791),
    (Rule::MinStopWords, 2.0),
];

const GOPHER: &[(Rule, f64)] = &[
    (Rule::MinEojeol, 50.0),
    (Rule::MaxEojeol, 100_000.0),
    (Rule::MinMeanEojeolLength, 3.0),
    (Rule::MaxMeanEojeolLength, 10.0),
    (Rule::MaxHashRatio, 0.1),
    (Rule::MaxEllipsisRatio, 0.1),
    (Rule::MaxBulletLineShare, 0.9),
    (Rule::MaxEllipsisLineShare, 0.3),
    (Rule::MinAlphabeticEojeolShare, 0.8),
    (Rule::MinFunctionWordKinds, 2.0),
    (Rule::MaxRepeatedLineCountShare, 0.3),
    (Rule::MaxRepeatedLineShare, 0.2),
    (Rule::MaxRepeatedParagraphCountShare, 0.3),
    (Rule::MaxRepeatedParagraphShare, 0.2),
    (Rule::MaxTop2GramShare, 0.2),
    (Rule::MaxTop3GramShare, 0.18),
    (Rule::MaxTop4GramShare, 0.16),
    (Rule::MaxRepeated5GramShare, 0.15),
    (Rule::MaxRepeated6GramShare, 0.14),
    (Rule::MaxRepeated7GramShare, 0.13),
    (Rule::MaxRepeated8GramShare, 0.12),
    (Rule::MaxRepeated9GramShare, 0.11),
    (Rule::MaxRepeated10GramShare, 0.1),
];

const DPS: &[(Rule, f64)] = &[
    (Rule::MinCharacters, 50.0),
    (Rule::MaxCharacters, 100_000.0),
    (Rule::MinHangulShare, 0.25),
    (Rule::MinMeanEojeolLength, 3.0),
    (Rule::MaxMeanEojeolLength, 10.0),
    (Rule::MaxHashRatio, 0.1),
    (Rule::MaxEllipsisRatio, 0.1),
    (Rule::MaxBulletLineShare, 0.9),
    (Rule::MaxEllipsisLineShare, 0.3),
];

#[cfg(test)]
mod tests {
    use super::super::{PartialRules, Rules};
    use super::*;

    #[test]
    fn every_preset_can_be_kept_and_is_called_what_it_says() {
        for &preset in Preset::ALL {
            assert!(Rules::of(preset).overridden(&PartialRules::default()).is_ok());
            assert_eq!(serde_json::to_value(preset).unwrap(), preset.as_str());
            let mut rules: Vec<_> = preset.bounds().iter().map(|(rule, _)| rule).collect();
            rules.sort_unstable();
            rules.dedup();
            assert_eq!(rules.len(), preset.bounds().len(), "a rule is set twice");
            for &(rule, bound) in preset.bounds() {
                assert!(PartialRules::default().with(rule, bound).is_ok(), "{}", rule.key());
            }
        }
    }

    #[test]
    fn short_opinions_stay_in_service_text() {
        let mut measurer = crate::measure::Measurer::default();
        let mut removed =
            |text: &str| super::super::judge(&measurer.measure(text), &Rules::of(Preset::KoreanService)).first;
        for text in [
            "재밌었음",
            "10점 만점에 10점",
            "띄어쓰기없이썼지만처음부터끝까지지루할틈이없었고배우들연기도음악도정말좋아서두번이나봤는데또보고싶은영화이고부모님께도\
             꼭보여드리고싶네요",
            "자막이 어색하면 제가 새로 만든 것을 받아 보세요 극장에서 본 것과 똑같습니다 http://blog.invalid/jamak",
        ] {
            assert_eq!(removed(text), None, "{text}");
        }
        for text in ["최고최고최고최고최고", "좋아요1010101001", "놀러 오세요 http://blog.invalid/s2powers1"]
        {
            assert!(removed(text).is_some(), "{text}");
        }
    }

    #[test]
    fn only_fineweb2_asks_for_morphemes() {
        let asking: Vec<_> = Preset::ALL.iter().filter(|&&preset| Rules::of(preset).needs_morphemes()).collect();
        assert_eq!(asking, [&Preset::Fineweb2Ko]);
    }
}

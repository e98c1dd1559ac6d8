//! The rules: each a name, a signal, the side on which it bounds it, and the reason it gives.

use crate::measure::Signal;
use malmoi_schemas::Reason;

/// What kind of number a bound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A whole number.
    Count,
    /// A part of a whole, 0 to 1.
    Share,
    /// Any number from 0 up.
    Number,
}

/// The side on which a rule bounds its signal. The bound itself is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The signal is at least the bound.
    AtLeast,
    /// The signal is at most the bound.
    AtMost,
}

macro_rules! rules {
    ($($key:ident = $name:ident: $unit:ident $side:ident $signal:ident => $reason:ident, $noun:literal;)+) => {
        /// One rule, by the key under which a recipe sets it; what it bounds is told by its [`Signal`]'s documentation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = concat!("`", stringify!($key), "`: ", $noun)] $name,)+
        }

        impl Rule {
            /// Every rule, in the order in which they are judged.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The key in a recipe.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => stringify!($key),)+ }
            }

            /// What kind of number its bound is.
            pub fn unit(self) -> Unit {
                match self { $(Self::$name => Unit::$unit,)+ }
            }

            /// The side that is bounded.
            pub fn side(self) -> Side {
                match self { $(Self::$name => Side::$side,)+ }
            }

            /// The signal that is bounded.
            pub fn signal(self) -> Signal {
                match self { $(Self::$name => Signal::$signal,)+ }
            }

            /// Why a document that breaks the rule is removed.
            pub fn reason(self) -> Reason {
                match self { $(Self::$name => Reason::$reason,)+ }
            }

            /// What the number counts, in words that follow it.
            pub fn noun(self) -> &'static str {
                match self { $(Self::$name => $noun,)+ }
            }
        }
    };
}

rules! {
    min_characters = MinCharacters: Count AtLeast Characters => TooShort, "characters";
    max_characters = MaxCharacters: Count AtMost Characters => TooLong, "characters";
    min_eojeol = MinEojeol: Count AtLeast Eojeol => TooShort, "eojeol";
    max_eojeol = MaxEojeol: Count AtMost Eojeol => TooLong, "eojeol";
    max_replaced_share = MaxReplacedShare: Share AtMost ReplacedShare => Undecodable, "replacement characters";
    min_hangul_share = MinHangulShare: Share AtLeast HangulShare => LowHangul, "Hangul";
    min_korean_score = MinKoreanScore: Share AtLeast KoreanScore => OtherLanguage, "Korean by its letters";
    min_language_model_score = MinLanguageModelScore: Share AtLeast LanguageModelScore => OtherLanguage,
        "Korean by the language model";
    max_repeated_line_share = MaxRepeatedLineShare: Share AtMost RepeatedLineShare => RepeatedLines, "on repeated lines";
    max_repeated_line_count_share = MaxRepeatedLineCountShare: Share AtMost RepeatedLineCountShare => RepeatedLines,
        "of lines repeated";
    max_repeated_paragraph_share = MaxRepeatedParagraphShare: Share AtMost RepeatedParagraphShare => RepeatedParagraphs,
        "in repeated paragraphs";
    max_repeated_paragraph_count_share = MaxRepeatedParagraphCountShare:
        Share AtMost RepeatedParagraphCountShare => RepeatedParagraphs, "of paragraphs repeated";
    max_top_2_gram_share = MaxTop2GramShare: Share AtMost Top2GramShare => TopNgram, "in the top run of 2 eojeol";
    max_top_3_gram_share = MaxTop3GramShare: Share AtMost Top3GramShare => TopNgram, "in the top run of 3 eojeol";
    max_top_4_gram_share = MaxTop4GramShare: Share AtMost Top4GramShare => TopNgram, "in the top run of 4 eojeol";
    max_repeated_5_gram_share = MaxRepeated5GramShare: Share AtMost Repeated5GramShare => RepeatedNgrams,
        "in repeated runs of 5 eojeol";
    max_repeated_6_gram_share = MaxRepeated6GramShare: Share AtMost Repeated6GramShare => RepeatedNgrams,
        "in repeated runs of 6 eojeol";
    max_repeated_7_gram_share = MaxRepeated7GramShare: Share AtMost Repeated7GramShare => RepeatedNgrams,
        "in repeated runs of 7 eojeol";
    max_repeated_8_gram_share = MaxRepeated8GramShare: Share AtMost Repeated8GramShare => RepeatedNgrams,
        "in repeated runs of 8 eojeol";
    max_repeated_9_gram_share = MaxRepeated9GramShare: Share AtMost Repeated9GramShare => RepeatedNgrams,
        "in repeated runs of 9 eojeol";
    max_repeated_10_gram_share = MaxRepeated10GramShare: Share AtMost Repeated10GramShare => RepeatedNgrams,
        "in repeated runs of 10 eojeol";
    max_morpheme_top_2_gram_share = MaxMorphemeTop2GramShare: Share AtMost MorphemeTop2GramShare => TopNgram,
        "in the top run of 2 morphemes";
    max_morpheme_top_3_gram_share = MaxMorphemeTop3GramShare: Share AtMost MorphemeTop3GramShare => TopNgram,
        "in the top run of 3 morphemes";
    max_morpheme_top_4_gram_share = MaxMorphemeTop4GramShare: Share AtMost MorphemeTop4GramShare => TopNgram,
        "in the top run of 4 morphemes";
    max_morpheme_repeated_5_gram_share = MaxMorphemeRepeated5GramShare:
        Share AtMost MorphemeRepeated5GramShare => RepeatedNgrams, "in repeated runs of 5 morphemes";
    max_morpheme_repeated_6_gram_share = MaxMorphemeRepeated6GramShare:
        Share AtMost MorphemeRepeated6GramShare => RepeatedNgrams, "in repeated runs of 6 morphemes";
    max_morpheme_repeated_7_gram_share = MaxMorphemeRepeated7GramShare:
        Share AtMost MorphemeRepeated7GramShare => RepeatedNgrams, "in repeated runs of 7 morphemes";
    max_morpheme_repeated_8_gram_share = MaxMorphemeRepeated8GramShare:
        Share AtMost MorphemeRepeated8GramShare => RepeatedNgrams, "in repeated runs of 8 morphemes";
    max_morpheme_repeated_9_gram_share = MaxMorphemeRepeated9GramShare:
        Share AtMost MorphemeRepeated9GramShare => RepeatedNgrams, "in repeated runs of 9 morphemes";
    max_morpheme_repeated_10_gram_share = MaxMorphemeRepeated10GramShare:
        Share AtMost MorphemeRepeated10GramShare => RepeatedNgrams, "in repeated runs of 10 morphemes";
    max_run_share = MaxRunShare: Share AtMost RunShare => Monotonous, "repeating the character before";
    min_character_entropy = MinCharacterEntropy: Number AtLeast CharacterEntropy => Monotonous, "bits a character";
    min_unique_eojeol_share = MinUniqueEojeolShare: Share AtLeast UniqueEojeolShare => Monotonous, "of eojeol different";
    max_jamo_share = MaxJamoShare: Share AtMost JamoShare => Jamo, "single jamo";
    max_emoticon_share = MaxEmoticonShare: Share AtMost EmoticonShare => Jamo, "emoticons";
    max_symbol_share = MaxSymbolShare: Share AtMost SymbolShare => Symbols, "symbols";
    max_punctuation_share = MaxPunctuationShare: Share AtMost PunctuationShare => Symbols, "punctuation";
    max_digit_share = MaxDigitShare: Share AtMost DigitShare => Symbols, "digits";
    max_hash_ratio = MaxHashRatio: Number AtMost HashRatio => Symbols, "hash signs an eojeol";
    max_ellipsis_ratio = MaxEllipsisRatio: Number AtMost EllipsisRatio => Symbols, "ellipses an eojeol";
    max_hashes_per_morpheme = MaxHashesPerMorpheme: Number AtMost HashesPerMorpheme => Symbols, "hash signs a morpheme";
    max_ellipses_per_morpheme = MaxEllipsesPerMorpheme: Number AtMost EllipsesPerMorpheme => Symbols,
        "ellipses a morpheme";
    max_link_share = MaxLinkShare: Share AtMost LinkShare => Links, "in links";
    max_boilerplate_ratio = MaxBoilerplateRatio: Number AtMost BoilerplateRatio => Boilerplate,
        "boilerplate phrases a line";
    max_code_share = MaxCodeShare: Share AtMost CodeShare => Code, "on lines of code";
    max_translation_score = MaxTranslationScore: Share AtMost TranslationScore => Translated, "translated wording";
    min_line_punctuation_share = MinLinePunctuationShare: Share AtLeast LinePunctuationShare => Unpunctuated,
        "of lines ending in a full stop, question or exclamation mark";
    min_sentence_ending_share = MinSentenceEndingShare: Share AtLeast SentenceEndingShare => Unpunctuated,
        "of lines ending as sentences do";
    max_short_line_share = MaxShortLineShare: Share AtMost ShortLineShare => ListLike, "of lines short";
    max_newline_ratio = MaxNewlineRatio: Number AtMost NewlineRatio => ListLike, "line ends an eojeol";
    max_newlines_per_morpheme = MaxNewlinesPerMorpheme: Number AtMost NewlinesPerMorpheme => ListLike,
        "line ends a morpheme";
    max_bullet_line_share = MaxBulletLineShare: Share AtMost BulletLineShare => ListLike, "of lines with bullets";
    max_ellipsis_line_share = MaxEllipsisLineShare: Share AtMost EllipsisLineShare => CutOff,
        "of lines ending in an ellipsis";
    min_morphemes = MinMorphemes: Count AtLeast Morphemes => TooShort, "morphemes";
    max_morphemes = MaxMorphemes: Count AtMost Morphemes => TooLong, "morphemes";
    min_mean_eojeol_length = MinMeanEojeolLength: Number AtLeast MeanEojeolLength => WordLength, "characters an eojeol";
    max_mean_eojeol_length = MaxMeanEojeolLength: Number AtMost MeanEojeolLength => WordLength, "characters an eojeol";
    min_mean_morpheme_length = MinMeanMorphemeLength: Number AtLeast MeanMorphemeLength => WordLength,
        "characters a morpheme";
    max_mean_morpheme_length = MaxMeanMorphemeLength: Number AtMost MeanMorphemeLength => WordLength,
        "characters a morpheme";
    min_alphabetic_eojeol_share = MinAlphabeticEojeolShare: Share AtLeast AlphabeticEojeolShare => NonWords,
        "of eojeol with a letter";
    min_alphabetic_morpheme_share = MinAlphabeticMorphemeShare: Share AtLeast AlphabeticMorphemeShare => NonWords,
        "of morphemes with a letter";
    min_function_word_kinds = MinFunctionWordKinds: Count AtLeast FunctionWordKinds => FewFunctionWords,
        "different josa and eomi";
    min_function_word_share = MinFunctionWordShare: Share AtLeast FunctionWordShare => FewFunctionWords,
        "of eojeol with a josa or eomi";
    min_stop_words = MinStopWords: Count AtLeast StopWords => FewFunctionWords, "different stop words";
    min_quality = MinQuality: Share AtLeast Quality => LowQuality, "good by the quality model";
    max_perplexity = MaxPerplexity: Number AtMost Perplexity => HighPerplexity, "perplexity";
    max_bad_word_score = MaxBadWordScore: Number AtMost BadWordScore => BadWords, "bad words an eojeol";
}

impl Rule {
    /// The rule that a recipe's key names.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.key() == key)
    }

    /// Whether a signal of this value keeps the rule at this bound. The bound is taken at the precision of the signal, so
    /// that a share that equals it does not fall to rounding.
    pub fn keeps(self, found: f64, bound: f64) -> bool {
        let bound = if self.unit() == Unit::Count { bound } else { f64::from(bound as f32) };
        match self.side() {
            Side::AtLeast => found >= bound,
            Side::AtMost => found <= bound,
        }
    }
}

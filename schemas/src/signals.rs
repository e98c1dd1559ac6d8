//! The numbers stored with every document: their names, units and kinds.

/// What values a signal takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalKind {
    /// A whole number.
    Count,
    /// A share, ratio, length or score.
    Number,
    /// A number that is there only when what it needs (a model, a list, a rule that asks for it) was given.
    Optional,
}

trait Value: Copy {
    const KIND: SignalKind;

    fn number(self) -> Option<f64>;
}

impl Value for u32 {
    const KIND: SignalKind = SignalKind::Count;

    fn number(self) -> Option<f64> {
        Some(f64::from(self))
    }
}

impl Value for f32 {
    const KIND: SignalKind = SignalKind::Number;

    fn number(self) -> Option<f64> {
        Some(f64::from(self))
    }
}

impl Value for Option<f32> {
    const KIND: SignalKind = SignalKind::Optional;

    fn number(self) -> Option<f64> {
        self.map(f64::from)
    }
}

macro_rules! signals {
    ($($(#[doc = $doc:literal])+ $field:ident: $value:ty = $name:ident,)+) => {
        /// What is measured of every document, kept or removed, so that a bound can be questioned later without a new
        /// run. A share is a part of a whole, 0 to 1, and 0 where the whole is empty.
        #[derive(Debug, Clone, Copy, Default, PartialEq)]
        pub struct Signals {
            $($(#[doc = $doc])+ pub $field: $value,)+
        }

        /// The name of one of the [`Signals`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Signal {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Signal {
            /// Every signal, in the order in which they are stored.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name of the signal's column.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($field),)+ }
            }

            /// What values the signal takes.
            pub fn kind(self) -> SignalKind {
                match self { $(Self::$name => <$value as Value>::KIND,)+ }
            }

            /// The signal's value, if it was measured.
            pub fn get(self, signals: &Signals) -> Option<f64> {
                match self { $(Self::$name => signals.$field.number(),)+ }
            }
        }
    };
}

signals! {
    /// Characters (Unicode scalar values), spaces and line ends among them.
    characters: u32 = Characters,
    /// Eojeol: runs of characters between spaces.
    eojeol: u32 = Eojeol,
    /// Lines that are not blank.
    lines: u32 = Lines,
    /// Paragraphs: runs of lines between blank lines.
    paragraphs: u32 = Paragraphs,
    /// Sentences: eojeol that end in a full stop, a question or an exclamation mark, and lines that end in a Korean sentence
    /// ending without one.
    sentences: u32 = Sentences,
    /// Characters of the longest eojeol.
    longest_eojeol: u32 = LongestEojeol,
    /// Characters per eojeol.
    mean_eojeol_length: f32 = MeanEojeolLength,
    /// Replacement characters (U+FFFD) over all characters.
    replaced_share: f32 = ReplacedShare,
    /// Spaces and line ends over all characters.
    space_share: f32 = SpaceShare,
    /// Hangul (syllables and jamo, old ones too) over all characters that are not spaces.
    hangul_share: f32 = HangulShare,
    /// Single jamo (ㅋㅋ, ㅠㅠ, ㅇㅇ) over all characters that are not spaces. Conjoining jamo of old Hangul do not count.
    jamo_share: f32 = JamoShare,
    /// Hanja over all characters that are not spaces.
    hanja_share: f32 = HanjaShare,
    /// Hiragana and katakana over all characters that are not spaces.
    kana_share: f32 = KanaShare,
    /// Latin letters over all characters that are not spaces.
    latin_share: f32 = LatinShare,
    /// Digits over all characters that are not spaces.
    digit_share: f32 = DigitShare,
    /// Punctuation of prose (full stops, commas, quotation marks, brackets) over all characters that are not spaces.
    punctuation_share: f32 = PunctuationShare,
    /// Everything that is no letter, digit or punctuation of prose over all characters that are not spaces.
    symbol_share: f32 = SymbolShare,
    /// Characters in URLs and e-mail addresses over all characters that are not spaces.
    link_share: f32 = LinkShare,
    /// URLs.
    urls: u32 = Urls,
    /// E-mail addresses.
    emails: u32 = Emails,
    /// Emoji, jamo laughter and tears, and ^^ over all characters that are not spaces.
    emoticon_share: f32 = EmoticonShare,
    /// Characters that repeat the one before them over all characters that are not spaces.
    run_share: f32 = RunShare,
    /// Entropy of single characters in bits, spaces left out: 0 for one character over and over, about 8 for long prose.
    character_entropy: f32 = CharacterEntropy,
    /// How Korean the letters are, 0 to 1: Hangul against kana, Hanja, Latin and other letters, each weighed by what it says.
    korean_score: f32 = KoreanScore,
    /// Different josa and eomi that eojeol end in.
    function_word_kinds: u32 = FunctionWordKinds,
    /// Eojeol that end in a josa or eomi over all eojeol.
    function_word_share: f32 = FunctionWordShare,
    /// Eojeol with a letter over all eojeol.
    alphabetic_eojeol_share: f32 = AlphabeticEojeolShare,
    /// Different eojeol over all eojeol.
    unique_eojeol_share: f32 = UniqueEojeolShare,
    /// Characters on lines that occurred before over characters on all lines. Spaces at the ends of a line and blank lines
    /// do not count.
    repeated_line_share: f32 = RepeatedLineShare,
    /// Lines that occurred before over all lines, blank ones left out.
    repeated_line_count_share: f32 = RepeatedLineCountShare,
    /// Characters in paragraphs that occurred before over characters in all paragraphs.
    repeated_paragraph_share: f32 = RepeatedParagraphShare,
    /// Paragraphs that occurred before over all paragraphs.
    repeated_paragraph_count_share: f32 = RepeatedParagraphCountShare,
    /// Characters in the most frequent run of 2 eojeol over all characters (Rae et al. 2021, table A1, on eojeol).
    top_2_gram_share: f32 = Top2GramShare,
    /// The same of 3 eojeol.
    top_3_gram_share: f32 = Top3GramShare,
    /// The same of 4 eojeol.
    top_4_gram_share: f32 = Top4GramShare,
    /// Characters in runs of 5 eojeol that occurred before over all characters, none counted twice.
    repeated_5_gram_share: f32 = Repeated5GramShare,
    /// The same of 6 eojeol.
    repeated_6_gram_share: f32 = Repeated6GramShare,
    /// The same of 7 eojeol.
    repeated_7_gram_share: f32 = Repeated7GramShare,
    /// The same of 8 eojeol.
    repeated_8_gram_share: f32 = Repeated8GramShare,
    /// The same of 9 eojeol.
    repeated_9_gram_share: f32 = Repeated9GramShare,
    /// The same of 10 eojeol.
    repeated_10_gram_share: f32 = Repeated10GramShare,
    /// Lines that end in a full stop, a question or an exclamation mark over all lines, blank ones left out.
    line_punctuation_share: f32 = LinePunctuationShare,
    /// Lines that end in a Korean sentence ending (다, 요, 까, 죠, 음, …), with or without a mark, over all lines.
    sentence_ending_share: f32 = SentenceEndingShare,
    /// Lines of at most 30 characters over all lines, blank ones left out.
    short_line_share: f32 = ShortLineShare,
    /// Line ends per eojeol.
    newline_ratio: f32 = NewlineRatio,
    /// Lines that begin with a bullet or a hyphen over all lines.
    bullet_line_share: f32 = BulletLineShare,
    /// Lines that end in an ellipsis over all lines.
    ellipsis_line_share: f32 = EllipsisLineShare,
    /// Ellipses per eojeol.
    ellipsis_ratio: f32 = EllipsisRatio,
    /// Hash signs (#) per eojeol.
    hash_ratio: f32 = HashRatio,
    /// Characters on lines that look like program code over all characters that are not spaces.
    code_share: f32 = CodeShare,
    /// Phrases of page furniture and notices (무단 전재, 로그인, 댓글, …) per line.
    boilerplate_ratio: f32 = BoilerplateRatio,
    /// Wording that machine translation into Korean leaves behind (당신의, 그것은, 에 의해, …), 0 to 1: a heuristic.
    translation_score: f32 = TranslationScore,
    /// Morphemes by a light split of eojeol; measured only when a rule asks for morphemes, as all that follow.
    morphemes: Option<f32> = Morphemes,
    /// Characters per morpheme, marks left out.
    mean_morpheme_length: Option<f32> = MeanMorphemeLength,
    /// Morphemes with a letter over all morphemes.
    alphabetic_morpheme_share: Option<f32> = AlphabeticMorphemeShare,
    /// Different function words among the morphemes, of the list that FineWeb-2 uses for Korean.
    stop_words: Option<f32> = StopWords,
    /// Line ends per morpheme.
    newlines_per_morpheme: Option<f32> = NewlinesPerMorpheme,
    /// Hash signs (#) per morpheme.
    hashes_per_morpheme: Option<f32> = HashesPerMorpheme,
    /// Ellipses per morpheme.
    ellipses_per_morpheme: Option<f32> = EllipsesPerMorpheme,
    /// Characters in the most frequent run of 2 morphemes over all characters.
    morpheme_top_2_gram_share: Option<f32> = MorphemeTop2GramShare,
    /// The same of 3 morphemes.
    morpheme_top_3_gram_share: Option<f32> = MorphemeTop3GramShare,
    /// The same of 4 morphemes.
    morpheme_top_4_gram_share: Option<f32> = MorphemeTop4GramShare,
    /// Characters in runs of 5 morphemes that occurred before over all characters, none counted twice.
    morpheme_repeated_5_gram_share: Option<f32> = MorphemeRepeated5GramShare,
    /// The same of 6 morphemes.
    morpheme_repeated_6_gram_share: Option<f32> = MorphemeRepeated6GramShare,
    /// The same of 7 morphemes.
    morpheme_repeated_7_gram_share: Option<f32> = MorphemeRepeated7GramShare,
    /// The same of 8 morphemes.
    morpheme_repeated_8_gram_share: Option<f32> = MorphemeRepeated8GramShare,
    /// The same of 9 morphemes.
    morpheme_repeated_9_gram_share: Option<f32> = MorphemeRepeated9GramShare,
    /// The same of 10 morphemes.
    morpheme_repeated_10_gram_share: Option<f32> = MorphemeRepeated10GramShare,
    /// How Korean the text is by a language model, 0 to 1.
    language_model_score: Option<f32> = LanguageModelScore,
    /// How good the text is by a quality model, 0 to 1.
    quality: Option<f32> = Quality,
    /// Perplexity of the text by an n-gram language model.
    perplexity: Option<f32> = Perplexity,
    /// Weighed bad words per eojeol.
    bad_word_score: Option<f32> = BadWordScore,
}

impl Signal {
    /// Whether the signal is measured on morphemes, which is done only for rules that ask for it.
    pub fn needs_morphemes(self) -> bool {
        (Self::Morphemes..=Self::MorphemeRepeated10GramShare).contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_values_are_found_by_name() {
        let mut names: Vec<_> = Signal::ALL.iter().map(|signal| signal.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Signal::ALL.len());
        let signals = Signals { eojeol: 12, hangul_share: 0.5, quality: Some(0.25), ..Signals::default() };
        assert_eq!(Signal::Eojeol.get(&signals), Some(12.0));
        assert_eq!(Signal::HangulShare.get(&signals), Some(0.5));
        assert_eq!(Signal::Quality.get(&signals), Some(0.25));
        assert_eq!(Signal::Perplexity.get(&signals), None);
        assert_eq!(Signal::Perplexity.kind(), SignalKind::Optional);
    }

    #[test]
    fn morphemes_are_asked_for_by_their_own_signals_alone() {
        let asking: Vec<_> = Signal::ALL.iter().filter(|signal| signal.needs_morphemes()).collect();
        assert_eq!(asking.len(), 16);
        assert!(!Signal::LanguageModelScore.needs_morphemes() && !Signal::TranslationScore.needs_morphemes());
    }
}

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What became of a record in a stage. There is no fourth way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The document goes on to the next stage.
    Kept,
    /// The document was read and understood, and a rule took it out.
    Removed(Reason),
    /// The record could not be read.
    Errored(Reason),
}

impl Outcome {
    /// The word in the ledger's `outcome` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Removed(_) => "removed",
            Self::Errored(_) => "errored",
        }
    }

    /// The reason, unless kept.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Kept => None,
            Self::Removed(reason) | Self::Errored(reason) => Some(reason),
        }
    }
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal,)+) => {
        /// Why a record was not kept. The words are part of the format: they may be added to, never changed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $name,)+
        }

        impl Reason {
            /// Every reason, in the order of the pipeline.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the ledger's `reason` column and in manifests.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

reasons! {
    /// A line that is not a JSON object.
    BadJson = "bad-json",
    /// A record without the text field that the recipe names.
    MissingField = "missing-field",
    /// An archive record whose header or framing cannot be understood.
    BadRecord = "bad-record",
    /// A record that the file ends in the middle of.
    TruncatedRecord = "truncated-record",
    /// A record longer than the recipe's limit.
    RecordTooLong = "record-too-long",
    /// The rest of a file, unreadable: a broken compressed stream or a failing disk.
    UnreadableFile = "unreadable-file",
    /// A page whose markup cannot be taken apart within bounds.
    UnreadableMarkup = "unreadable-markup",
    /// An archive record that holds no document: a request, crawl metadata.
    NotADocument = "not-a-document",
    /// A response that is neither HTML nor plain text.
    NotText = "not-text",
    /// A response whose HTTP status is not a success.
    HttpStatus = "http-status",
    /// A response whose body is compressed in a way that is not read.
    UnsupportedCoding = "unsupported-coding",
    /// No text was left after extraction and normalisation.
    Empty = "empty",
    /// Fewer characters than the recipe wants.
    TooShort = "too-short",
    /// More characters than the recipe allows.
    TooLong = "too-long",
    /// Too many replacement characters: bytes in no charset, or in one that was mistaken for another.
    Undecodable = "undecodable",
    /// Too few Hangul characters.
    LowHangul = "low-hangul",
    /// Too much text on repeated lines.
    RepeatedLines = "repeated-lines",
    /// Too little Korean by its letters or by a language model.
    OtherLanguage = "other-language",
    /// Too much text in repeated paragraphs.
    RepeatedParagraphs = "repeated-paragraphs",
    /// Too much text in one run of words.
    TopNgram = "top-ngram",
    /// Too much text in repeated runs of words.
    RepeatedNgrams = "repeated-ngrams",
    /// Too little variety of characters or words.
    Monotonous = "monotonous",
    /// Too many single jamo or emoticons.
    Jamo = "jamo",
    /// Too many symbols, digits or marks.
    Symbols = "symbols",
    /// Too much text in links.
    Links = "links",
    /// Too many phrases of page furniture.
    Boilerplate = "boilerplate",
    /// Too much program code.
    Code = "code",
    /// Wording of machine translation.
    Translated = "translated",
    /// Too few lines that end as sentences do.
    Unpunctuated = "unpunctuated",
    /// Too many lines that are short, or items of a list.
    ListLike = "list-like",
    /// Too many lines that are cut off with an ellipsis.
    CutOff = "cut-off",
    /// Words too short or too long on average.
    WordLength = "word-length",
    /// Too many words without a letter.
    NonWords = "non-words",
    /// Too few josa, eomi or other function words.
    FewFunctionWords = "few-function-words",
    /// Too low a score by a quality model.
    LowQuality = "low-quality",
    /// Too surprising to a language model.
    HighPerplexity = "high-perplexity",
    /// Too many bad words.
    BadWords = "bad-words",
    /// Personal data of a kind that the recipe does not let pass.
    PersonalData = "personal-data",
    /// An address on a block list.
    BlockedAddress = "blocked-address",
    /// The same normalised text as the survivor.
    ExactDuplicate = "exact-duplicate",
    /// Nearly the same shingles as the survivor.
    NearDuplicate = "near-duplicate",
    /// The same page as the survivor, by its address.
    SameAddress = "same-address",
    /// Near in meaning to the survivor, by embeddings.
    SemanticDuplicate = "semantic-duplicate",
    /// An item of an evaluation set stands in it.
    Contaminated = "contaminated",
    /// Too little was left when repeated lines or spans were cut.
    LeftTooShort = "left-too-short",
}

/// A word that names no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a reason known to this build of malmoi")]
pub struct UnknownReason(String);

impl FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|r| r.as_str() == word).ok_or_else(|| UnknownReason(word.to_owned()))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many records were read and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Records read.
    pub read: u64,
    /// Documents kept.
    pub kept: u64,
    /// Documents removed, by reason.
    pub removed: BTreeMap<Reason, u64>,
    /// Records that could not be read, by cause.
    pub errored: BTreeMap<Reason, u64>,
}

impl Counts {
    /// Counts one record as read, and as what became of it.
    pub fn add(&mut self, outcome: Outcome) {
        self.read += 1;
        self.settle(outcome, 1);
    }

    /// Counts `rows` outcomes without counting them as read: how a checker rebuilds the right-hand side.
    pub fn settle(&mut self, outcome: Outcome, rows: u64) {
        match outcome {
            Outcome::Kept => self.kept += rows,
            Outcome::Removed(reason) => *self.removed.entry(reason).or_default() += rows,
            Outcome::Errored(reason) => *self.errored.entry(reason).or_default() += rows,
        }
    }

    /// Adds another count to this one.
    pub fn merge(&mut self, other: &Self) {
        self.read += other.read;
        self.kept += other.kept;
        for (mine, theirs) in [(&mut self.removed, &other.removed), (&mut self.errored, &other.errored)] {
            for (&reason, &n) in theirs {
                *mine.entry(reason).or_default() += n;
            }
        }
    }

    /// Documents removed, for whatever reason.
    pub fn removed_total(&self) -> u64 {
        self.removed.values().sum()
    }

    /// Records that could not be read, for whatever cause.
    pub fn errored_total(&self) -> u64 {
        self.errored.values().sum()
    }

    /// The law of conservation: kept + removed + errored = read.
    pub fn is_balanced(&self) -> bool {
        self.kept + self.removed_total() + self.errored_total() == self.read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome() -> impl Strategy<Value = Outcome> {
        (0..3u8, 0..Reason::ALL.len()).prop_map(|(kind, reason)| match kind {
            0 => Outcome::Kept,
            1 => Outcome::Removed(Reason::ALL[reason]),
            _ => Outcome::Errored(Reason::ALL[reason]),
        })
    }

    #[test]
    fn every_word_reads_back() {
        for &reason in Reason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }

    proptest! {
        #[test]
        fn counting_and_merging_conserve(left in prop::collection::vec(outcome(), 0..50), right in prop::collection::vec(outcome(), 0..50)) {
            let count = |outcomes: &[Outcome]| outcomes.iter().fold(Counts::default(), |mut c, &o| { c.add(o); c });
            let mut merged = count(&left);
            merged.merge(&count(&right));
            prop_assert!(merged.is_balanced());
            prop_assert_eq!(merged, count(&[left, right].concat()));
        }
    }
}

use serde::Serialize;
use std::fmt;

/// What normalising did to a document, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Decomposed Hangul and letters put together (NFC): characters that went into others, at least one a line.
    Composed,
    /// Compatibility Hanja (U+F900 to U+FAFF, the second codes of KS X 1001) unified with the character they stand for.
    CompatibilityHanja,
    /// Half-width Hangul and full-width Latin given their usual width.
    WidthFolded,
    /// Old Hangul in Hanyang's private codes, turned into jamo by a table.
    OldHangul,
    /// Private-use characters removed, or replaced by U+FFFD inside a word.
    PrivateUse,
    /// Control characters, noncharacters, interlinear marks and object placeholders removed.
    Control,
    /// Zero-width characters, joiners outside their scripts and soft hyphens removed.
    ZeroWidth,
    /// Marks of writing direction removed.
    Direction,
    /// Variation selectors removed.
    VariationSelector,
    /// Tag characters removed.
    Tag,
    /// Other space characters turned into plain ones.
    Space,
    /// Character references (`&nbsp;`) decoded.
    Entity,
    /// Runs of one consonant or vowel letter (ㅋㅋㅋㅋㅋ) shortened.
    LetterRun,
    /// Runs of one punctuation mark (!!!!!) shortened.
    MarkRun,
    /// Line ends of other systems turned into `\n`.
    LineEnd,
    /// Lines with spaces at their end, and the indentation of the first line.
    OuterSpace,
    /// Blank lines removed.
    BlankLine,
}

impl Change {
    /// Every kind, in the order in which counts are stored.
    pub const ALL: [Change; 17] = [
        Change::Composed,
        Change::CompatibilityHanja,
        Change::WidthFolded,
        Change::OldHangul,
        Change::PrivateUse,
        Change::Control,
        Change::ZeroWidth,
        Change::Direction,
        Change::VariationSelector,
        Change::Tag,
        Change::Space,
        Change::Entity,
        Change::LetterRun,
        Change::MarkRun,
        Change::LineEnd,
        Change::OuterSpace,
        Change::BlankLine,
    ];

    /// The name in reports and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Composed => "composed",
            Change::CompatibilityHanja => "compatibility-hanja",
            Change::WidthFolded => "width-folded",
            Change::OldHangul => "old-hangul",
            Change::PrivateUse => "private-use",
            Change::Control => "control",
            Change::ZeroWidth => "zero-width",
            Change::Direction => "direction",
            Change::VariationSelector => "variation-selector",
            Change::Tag => "tag",
            Change::Space => "space",
            Change::Entity => "entity",
            Change::LetterRun => "letter-run",
            Change::MarkRun => "mark-run",
            Change::LineEnd => "line-end",
            Change::OuterSpace => "outer-space",
            Change::BlankLine => "blank-line",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// How often each [`Change`] was made in one document. Counts stop at `u32::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes([u32; Change::ALL.len()]);

impl Changes {
    /// How often a change was made.
    pub fn get(&self, change: Change) -> u32 {
        self.0[change as usize]
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&count| count == 0)
    }

    /// The changes that were made, with their counts, in the order of [`Change::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Change, u32)> + '_ {
        Change::ALL.into_iter().map(|change| (change, self.get(change))).filter(|&(_, count)| count > 0)
    }

    pub(super) fn add(&mut self, change: Change, count: usize) {
        let slot = &mut self.0[change as usize];
        *slot = slot.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }
}

//! Text in one form: NFC, usual widths, plain spaces, plain line ends, nothing invisible, no endless ㅋㅋㅋㅋㅋ.

mod changes;
mod characters;
mod class;
mod compose;
mod entities;
mod layout;
mod old_hangul;
mod survey;

pub use changes::{Change, Changes};
pub use old_hangul::{OldHangulTable, OldHangulTableError};

use characters::Characters;
use compose::compose;
use layout::Layout;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use survey::survey;

/// The `[ingest.normalize]` table of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NormalizeConfig {
    /// Whether half-width Hangul (ﾡ) and full-width Latin letters, digits and punctuation (Ａ１！) get their usual width.
    pub fold_width: bool,
    /// Whether leftover character references (`&nbsp;`, `&#44032;`) are decoded outside code.
    pub entities: bool,
    /// Longest run of one consonant or vowel letter (ㅋㅋㅋ); longer ones are shortened to it. 0 leaves them.
    pub max_letter_run: u8,
    /// Longest run of one punctuation mark (!!!); longer ones are shortened to it. 0 leaves them.
    pub max_mark_run: u8,
    /// Most blank lines in a row.
    pub max_blank_lines: u8,
}

impl Default for NormalizeConfig {
    /// Runs of three keep what a reader hears in ㅋ, ㅋㅋ and ㅋㅋㅋ, a full ellipsis and a Markdown rule.
    fn default() -> Self {
        Self { fold_width: true, entities: true, max_letter_run: 3, max_mark_run: 3, max_blank_lines: 2 }
    }
}

/// A text in its normal form, and what that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalized<'a> {
    /// The text: the one given, when nothing had to change.
    pub text: Cow<'a, str>,
    /// How often each kind of change was made.
    pub changes: Changes,
}

/// Brings texts into the form that every later stage counts on:
///
/// - NFC (Unicode Standard Annex 15): conjoining jamo are composed into syllables as far as there are syllables; old
///   Hangul, unified Hanja and compatibility jamo stay. Never NFKC, which would turn `ㅋㅋ` into something else;
/// - lines end in `\n`, without blanks before it; few blank lines in a row, none at either end of the text;
/// - every space character is a plain space (tabs stay), the invisible Hangul fillers U+3164 and U+FFA0 too;
/// - no control, zero-width, direction, tag and private-use characters. Joiners stay in emoji and where spelling needs them;
/// - widths, leftover references and runs as [`NormalizeConfig`] says.
///
/// Idempotent. No Hangul syllable is lost or changed. The result has at most three times the bytes of the text, and not
/// more bytes where the text is Korean (an [`OldHangulTable`] apart).
#[derive(Debug, Clone, Default)]
pub struct Normalizer {
    config: NormalizeConfig,
    old_hangul: Option<OldHangulTable>,
}

impl Normalizer {
    /// A normaliser with these settings.
    pub fn new(config: &NormalizeConfig) -> Self {
        Self { config: config.clone(), old_hangul: None }
    }

    /// Turns old Hangul in Hanyang's private-use codes into jamo with the help of a table.
    pub fn with_old_hangul(self, table: OldHangulTable) -> Self {
        Self { old_hangul: Some(table), ..self }
    }

    /// The normal form of a text.
    pub fn normalize<'a>(&self, text: &'a str) -> Normalized<'a> {
        let layout = Layout::new(&self.config);
        let survey = survey(text, self.config.fold_width, &layout);
        let mut changes = Changes::default();
        let mut normal = Cow::Borrowed(text);
        if let Some(from) = survey.characters {
            let characters = Characters { fold_width: self.config.fold_width, old_hangul: self.old_hangul.as_ref() };
            normal = Cow::Owned(characters.settle(text, from, &mut changes));
        }
        let untold = survey.characters.is_some();
        if untold || survey.compose {
            replace(&mut normal, compose, &mut changes);
        }
        if self.config.entities && (untold || survey.entities) {
            let decoded = |text: &str, changes: &mut Changes| entities::decode(text, self.config.fold_width, changes);
            if replace(&mut normal, decoded, &mut changes) {
                replace(&mut normal, compose, &mut changes);
            }
        }
        if survey.layout || matches!(normal, Cow::Owned(_)) {
            replace(&mut normal, |text, changes| layout.tidy(text, changes), &mut changes);
        }
        Normalized { text: normal, changes }
    }
}

/// Puts a changed text in the place of one; says whether it was changed.
fn replace(
    text: &mut Cow<'_, str>,
    change: impl FnOnce(&str, &mut Changes) -> Option<String>,
    changes: &mut Changes,
) -> bool {
    let changed = change(text, changes);
    let is_changed = changed.is_some();
    if let Some(changed) = changed {
        *text = Cow::Owned(changed);
    }
    is_changed
}

/// The normal form of a text under the default settings: see [`Normalizer`].
pub fn normalize(text: &str) -> Cow<'_, str> {
    Normalizer::default().normalize(text).text
}

#[cfg(test)]
mod tests;

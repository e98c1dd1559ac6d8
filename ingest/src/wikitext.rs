//! MediaWiki markup to plain text.
//!
//! ```text
//! markup ──► Scanner ──────────────► lines with marks ──► finish ──► text
//!            (one pass, a stack of    (heading, list,      (sections cut, empty
//!             open brackets)           dropped, verbatim)   brackets cleaned)
//! ```
//!
//! Templates are not expanded, since a page does not carry them: those whose text stands in their arguments give it (see
//! `templates`), the others are dropped. Both passes are linear in the length of the markup, and nesting costs a bounded
//! stack: brackets that are opened deeper than the bound are passed over.

mod finish;
mod frames;
mod line;
mod marks;
mod parentheses;
mod scan;
mod table;
mod tag;
mod templates;

use finish::Finisher;
use frames::Frames;
use scan::Scanner;
use serde::{Deserialize, Serialize};

/// What becomes of the parts of a page that are not running text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WikitextConfig {
    /// Tables.
    #[serde(skip_serializing_if = "Tables::is_default")]
    pub tables: Tables,
    /// Formulas.
    #[serde(skip_serializing_if = "Formulas::is_default")]
    pub formulas: Formulas,
    /// Sections of notes, references and links.
    #[serde(skip_serializing_if = "BackMatter::is_default")]
    pub back_matter: BackMatter,
}

/// What becomes of tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tables {
    /// One line for each row, ` | ` between its cells.
    #[default]
    Rows,
    /// Tables are left out.
    Drop,
}

/// What becomes of formulas in `<math>`, `<chem>` and `<ce>`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Formulas {
    /// The TeX between two `$`.
    #[default]
    Tex,
    /// Formulas are left out.
    Drop,
}

/// What becomes of sections such as 각주, 같이 보기, 참고 문헌 and 외부 링크.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackMatter {
    /// The section goes, with the sections below it.
    #[default]
    Cut,
    /// The section stays as any other.
    Keep,
}

impl Tables {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Formulas {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl BackMatter {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Turns pages into text, reusing its memory between them.
#[derive(Debug, Default)]
pub struct Wikitext {
    config: WikitextConfig,
    marked: String,
    frames: Frames,
    finisher: Finisher,
}

impl Wikitext {
    /// A converter with the given rules.
    pub fn new(config: WikitextConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// The text of a page. Headings, list items and table rows are lines; there is at most one blank line in a row.
    ///
    /// A page of nothing but templates and files has an empty text. A redirect is not told apart: see
    /// [`redirect_target`].
    pub fn text(&mut self, markup: &str) -> String {
        self.marked.clear();
        self.marked.reserve(markup.len());
        self.frames.clear();
        Scanner::new(markup, self.config, &mut self.frames, &mut self.marked).run();
        self.finisher.finish(&self.marked, self.config.back_matter)
    }
}

/// The page that a redirect leads to, if the markup is one: `#REDIRECT [[…]]`, in Korean `#넘겨주기 [[…]]`.
pub fn redirect_target(markup: &str) -> Option<&str> {
    let command = markup.trim_start().strip_prefix('#')?;
    let begins = |word: &str| command.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    let rest = if begins("redirect") { &command["redirect".len()..] } else { command.strip_prefix("넘겨주기")? };
    let rest = rest.trim_start();
    let link = rest.strip_prefix(':').unwrap_or(rest).trim_start().strip_prefix("[[")?;
    let target = &link[..link.find("]]")?];
    let target = target.split('|').next().unwrap_or(target).trim();
    (!target.is_empty() && !target.contains('\n')).then_some(target)
}

#[cfg(test)]
mod tests;

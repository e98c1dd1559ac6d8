//! The stack of open brackets.

use super::table::Grid;

/// Brackets that are open at once. MediaWiki itself stops expanding templates at 40 levels; closing a bracket may move
/// the text inside it, so the bound also keeps hostile nesting linear.
const MAX_DEPTH: usize = 64;

/// Tables inside tables. Each level moves the text of its cells once more.
const MAX_TABLES: usize = 4;

/// What is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `{{`
    Template,
    /// `{{{`
    Parameter,
    /// `[[`
    Link,
    /// `[http://…`
    External,
    /// `{|`
    Table(Grid),
}

/// One open bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) bracket: Bracket,
    /// Length of the output when it was opened.
    pub(super) start: usize,
    /// Length of [`Frames::pipes`] when it was opened.
    pub(super) pipes: usize,
}

/// Open brackets, innermost last, and the places of the `|` inside them.
#[derive(Debug, Default)]
pub(super) struct Frames {
    stack: Vec<Frame>,
    /// Places in the output of each `|` that separates parts of an open template or link.
    pub(super) pipes: Vec<usize>,
    templates: usize,
    tables: usize,
    /// Brackets opened beyond the bound, whose closing ones must not close others.
    pub(super) passed_templates: usize,
    pub(super) passed_links: usize,
    pub(super) passed_tables: usize,
}

impl Frames {
    pub(super) fn clear(&mut self) {
        self.stack.clear();
        self.pipes.clear();
        (self.templates, self.tables) = (0, 0);
        (self.passed_templates, self.passed_links, self.passed_tables) = (0, 0, 0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }

    pub(super) fn top(&self) -> Option<Bracket> {
        self.stack.last().map(|frame| frame.bracket)
    }

    /// The innermost bracket, if it is a table.
    pub(super) fn grid(&mut self) -> Option<&mut Grid> {
        match self.stack.last_mut() {
            Some(Frame { bracket: Bracket::Table(grid), .. }) => Some(grid),
            _ => None,
        }
    }

    /// Whether a template or parameter is open.
    pub(super) fn in_template(&self) -> bool {
        self.templates > 0
    }

    /// Whether a table is open.
    pub(super) fn in_table(&self) -> bool {
        self.tables > 0
    }

    /// Whether the innermost bracket that is no link is a table.
    pub(super) fn table_below_links(&self) -> bool {
        let other = self.stack.iter().rev().find(|f| !matches!(f.bracket, Bracket::Link | Bracket::External));
        matches!(other, Some(Frame { bracket: Bracket::Table(_), .. }))
    }

    /// Opens a bracket, or says that it is too deep.
    pub(super) fn push(&mut self, bracket: Bracket, start: usize) -> bool {
        let table = matches!(bracket, Bracket::Table(_));
        if self.stack.len() == MAX_DEPTH || table && self.tables == MAX_TABLES {
            return false;
        }
        self.count(bracket, 1);
        self.stack.push(Frame { bracket, start, pipes: self.pipes.len() });
        true
    }

    /// Closes the innermost bracket. Its pipes are left for the caller, who must [`Frames::forget_pipes`].
    pub(super) fn pop(&mut self) -> Option<Frame> {
        let frame = self.stack.pop()?;
        self.count(frame.bracket, -1);
        Some(frame)
    }

    pub(super) fn forget_pipes(&mut self, frame: &Frame) {
        self.pipes.truncate(frame.pipes);
    }

    fn count(&mut self, bracket: Bracket, by: isize) {
        let counter = match bracket {
            Bracket::Template | Bracket::Parameter => &mut self.templates,
            Bracket::Table(_) => &mut self.tables,
            Bracket::Link | Bracket::External => return,
        };
        *counter = counter.saturating_add_signed(by);
    }
}

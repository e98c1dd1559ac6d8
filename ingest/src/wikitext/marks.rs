//! Marks that the scanner leaves for the line pass: control characters, which XML 1.0 forbids and the scanner drops from
//! its input, so that no page can hold them.

/// At the start of a line: a heading. A digit with its level follows.
pub(super) const HEADING: char = '\u{1}';

/// A bracket or a table row that is not closed, or stands outside everything: the rest of its line is no text.
pub(super) const BROKEN: char = '\u{2}';

/// Something was dropped here.
pub(super) const DROPPED: char = '\u{3}';

/// At the start of a line: source code, which is kept as it stands.
pub(super) const VERBATIM: char = '\u{4}';

/// At the start of a line: a list item.
pub(super) const ITEM: char = '\u{5}';

/// At the start of a line: a row of a table. Between two cells, too.
pub(super) const CELL: char = '\u{6}';

/// Whether a byte is one of the marks.
pub(super) fn is_mark(byte: u8) -> bool {
    (1..=6).contains(&byte)
}

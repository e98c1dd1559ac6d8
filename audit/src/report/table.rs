use std::fmt;
use unicode_width::UnicodeWidthStr;

/// Cells before the first column.
const INDENT: usize = 2;

/// Cells between columns.
const GAP: usize = 2;

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table of text, aligned by the width that a terminal shows: Hangul and Hanja take two cells.
pub(crate) struct Table {
    align: Vec<Align>,
    /// `None` is an empty line.
    rows: Vec<Option<Vec<String>>>,
}

impl Table {
    /// A table with a row of column names.
    pub(crate) fn new(columns: &[(&str, Align)]) -> Self {
        let header = columns.iter().map(|&(name, _)| name.to_owned()).collect();
        Self { align: columns.iter().map(|&(_, align)| align).collect(), rows: vec![Some(header)] }
    }

    /// A table without column names.
    pub(crate) fn bare(align: &[Align]) -> Self {
        Self { align: align.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; cells that are left out are empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(Some(cells.into_iter().map(Into::into).collect()));
    }

    /// Adds an empty line.
    pub(crate) fn gap(&mut self) {
        self.rows.push(None);
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.align.len()];
        for row in self.rows.iter().flatten() {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for row in &self.rows {
            let mut line = String::new();
            for ((cell, &width), align) in row.iter().flatten().zip(&widths).zip(&self.align) {
                let padding = " ".repeat(width - cell.width());
                line.push_str(&" ".repeat(if line.is_empty() { INDENT } else { GAP }));
                match align {
                    Align::Left => line.extend([cell.as_str(), &padding]),
                    Align::Right => line.extend([&padding, cell.as_str()]),
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hangul_and_hanja_take_two_cells() {
        let mut table = Table::new(&[("source", Align::Left), ("documents", Align::Right)]);
        table.row(["뉴스", "1,234"]);
        table.row(["古書 모음", "7"]);
        table.gap();
        table.row(["blog", "56"]);
        insta::assert_snapshot!(table, @r"
        source     documents
        뉴스           1,234
        古書 모음          7

        blog              56
        ");
    }

    proptest! {
        #[test]
        fn right_edges_are_even(cells in prop::collection::vec("[가-힣a-z一-龥]{0,9}", 1..9)) {
            let mut table = Table::bare(&[Align::Left, Align::Right]);
            cells.iter().for_each(|cell| table.row([cell.as_str(), "1"]));
            let text = table.to_string();
            let widths: Vec<usize> = text.lines().map(UnicodeWidthStr::width).collect();
            prop_assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{text}");
        }
    }
}

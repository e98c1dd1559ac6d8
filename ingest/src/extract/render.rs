//! From chosen blocks to plain text.

use super::notice::{is_notice, is_notice_heading, is_rights};
use super::page::{Block, NONE, Page};
use super::tag::Tag;

/// Most blocks in one cell of a table that is read row by row.
const MOST_BLOCKS_IN_CELL: u32 = 2;

/// What stands between two blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Space,
    Cell,
    Line,
    Paragraph,
}

impl Gap {
    fn text(self) -> &'static str {
        match self {
            Self::Space => " ",
            Self::Cell => " | ",
            Self::Line => "\n",
            Self::Paragraph => "\n\n",
        }
    }
}

/// Writes blocks; keeps its memory between pages.
#[derive(Debug, Default)]
pub(super) struct Renderer {
    /// By element: whether it is a table whose rows are lines.
    is_data: Vec<bool>,
}

impl Renderer {
    /// The text of the blocks that are kept, in order.
    pub(super) fn render(&mut self, page: &Page, text: &str, kept: &[bool]) -> String {
        self.find_data_tables(page);
        let mut out = String::with_capacity(
            page.blocks
                .iter()
                .zip(kept)
                .filter(|(_, kept)| **kept)
                .map(|(block, _)| (block.end - block.start) as usize + 3)
                .sum(),
        );
        let mut last: Option<&Block> = None;
        for (place, block) in page.blocks.iter().enumerate().filter(|&(place, _)| kept.get(place) == Some(&true)) {
            let Some(content) = text.get(block.start as usize..block.end as usize) else { continue };
            let length = out.len();
            if let Some(last) = last {
                out.push_str(self.gap(page, last, block).text());
            }
            let start = out.len();
            self.write(page, block, place, content, &mut out);
            if out.len() == start {
                out.truncate(length);
            } else {
                last = Some(block);
            }
        }
        out
    }

    fn write(&self, page: &Page, block: &Block, place: usize, content: &str, out: &mut String) {
        let node = page.node(block.node);
        if self.is_in_data_table(page, block) {
            return push_on_one_line(content, out);
        }
        if is_first_of_item(page, block, place) {
            out.push_str("- ");
        }
        let start = out.len();
        if is_preformatted(page, block) {
            out.push_str(content.trim_start_matches(['\n', '\r']));
        } else if matches!(node.tag, Tag::Heading(_)) {
            let heading = content.trim_end_matches(['#', '¶', ' ']);
            if !is_notice_heading(heading) {
                push_on_one_line(heading, out);
            }
        } else {
            push_lines(content, block.linked * 2 > block.characters, out);
        }
        if out.len() == start && out.ends_with("- ") {
            out.truncate(start - 2);
        }
    }

    fn gap(&self, page: &Page, last: &Block, block: &Block) -> Gap {
        let (before, after) = (page.node(last.node), page.node(block.node));
        if self.is_in_data_table(page, block) && self.is_in_data_table(page, last) && before.table == after.table {
            return match () {
                () if before.cell == after.cell => Gap::Space,
                () if page.node(before.cell).parent == page.node(after.cell).parent => Gap::Cell,
                () => Gap::Line,
            };
        }
        if before.item != NONE && after.item != NONE {
            return Gap::Line;
        }
        match (before.tag, after.tag) {
            (Tag::Term | Tag::Description, Tag::Term | Tag::Description) => Gap::Line,
            (Tag::Cell, Tag::Cell) if before.table == after.table => Gap::Line,
            (Tag::Preformatted, Tag::Preformatted) if last.node == block.node => Gap::Line,
            _ => Gap::Paragraph,
        }
    }

    /// A table holds data if it has no table, code or heading inside and its cells are short of blocks; others are there
    /// for the layout of the page.
    fn find_data_tables(&mut self, page: &Page) {
        self.is_data.clear();
        self.is_data.extend(page.nodes.iter().map(|node| node.tag == Tag::Table));
        let mut rows: (u32, bool) = (NONE, false);
        let mut has_columns =
            vec![false; if page.nodes.iter().any(|node| node.tag == Tag::Table) { page.nodes.len() } else { 0 }];
        for node in &page.nodes {
            let table = if node.tag == Tag::Table { page.node(node.parent).table } else { node.table };
            if table == NONE {
                continue;
            }
            let blocks = node.end_block.saturating_sub(node.first_block);
            let is_layout = matches!(node.tag, Tag::Table | Tag::Preformatted | Tag::Heading(_))
                || node.tag == Tag::Cell && blocks > MOST_BLOCKS_IN_CELL;
            if is_layout {
                self.is_data[table as usize] = false;
            }
            if node.tag == Tag::Cell {
                if rows == (node.parent, true) {
                    has_columns[table as usize] = true;
                }
                rows = (node.parent, true);
            }
        }
        for (is_data, has_columns) in self.is_data.iter_mut().zip(has_columns) {
            *is_data &= has_columns;
        }
    }

    fn is_in_data_table(&self, page: &Page, block: &Block) -> bool {
        let node = page.node(block.node);
        node.table != NONE && node.cell != NONE && self.is_data[node.table as usize]
    }
}

fn is_first_of_item(page: &Page, block: &Block, place: usize) -> bool {
    let item = page.node(block.node).item;
    item != NONE && page.node(item).first_block as usize == place
}

fn is_preformatted(page: &Page, block: &Block) -> bool {
    let node = page.node(block.node);
    node.tag == Tag::Preformatted || node.parent != NONE && page.node(node.parent).tag == Tag::Preformatted
}

fn push_on_one_line(content: &str, out: &mut String) {
    for (index, line) in content.split('\n').map(trimmed).filter(|line| !line.is_empty()).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(line);
    }
}

/// Lines that are no notices; an empty line stays one empty line.
fn push_lines(content: &str, is_linked: bool, out: &mut String) {
    let start = out.len();
    let (mut was_empty, mut after_rights) = (false, false);
    for line in content.split('\n').map(trimmed) {
        if line.is_empty() {
            was_empty = true;
            continue;
        }
        if is_notice(line, is_linked) {
            // An address or the name of the studio follows the copyright.
            after_rights |= is_rights(line);
            continue;
        }
        if after_rights && line.chars().nth(80).is_none() {
            continue;
        }
        if out.len() > start {
            out.push_str(if was_empty { "\n\n" } else { "\n" });
        }
        out.push_str(line);
        was_empty = false;
    }
}

/// A line without spaces and zero-width characters around it.
fn trimmed(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'))
}

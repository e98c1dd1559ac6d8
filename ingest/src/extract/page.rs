//! A page as the extractor sees it: its blocks of text in order, and the tree of elements that hold them.
//!
//! Both are flat. The elements stand in the order of their start tags, so what an element holds follows it, and every
//! walk is a loop; inline elements leave no trace but the characters they mark as link.

use super::hint::Hints;
use super::metadata::Metadata;
use super::tag::Tag;

/// No element.
pub(super) const NONE: u32 = u32::MAX;

/// A block-level element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) tag: Tag,
    pub(super) hints: Hints,
    pub(super) parent: u32,
    /// The innermost list item, table cell and table that it stands in or is.
    pub(super) item: u32,
    pub(super) cell: u32,
    pub(super) table: u32,
    /// Its blocks are those from here to `end_block`.
    pub(super) first_block: u32,
    pub(super) end_block: u32,
    /// Whether it stands in an `article`, a `main` or an element with a name for such.
    pub(super) in_main: bool,
    /// Whether it stands in an element whose name says that it is the body of an article.
    pub(super) in_body: bool,
    /// Whether it stands in the head of a page or an article.
    pub(super) in_head: bool,
}

/// A run of text without a block boundary inside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Bytes in [`Page::text`].
    pub(super) start: u32,
    pub(super) end: u32,
    /// The element around it.
    pub(super) node: u32,
    /// Characters that are no spaces, and how many of these are links.
    pub(super) characters: u32,
    pub(super) linked: u32,
    /// Links that begin in it.
    pub(super) links: u32,
}

/// A page taken apart. Kept between pages for its memory.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) nodes: Vec<Node>,
    pub(super) blocks: Vec<Block>,
    /// The text of all blocks: spaces collapsed, a line end where the page has a `br`; inside `pre` as it is.
    pub(super) text: Vec<u8>,
    pub(super) metadata: Metadata,
}

impl Page {
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.blocks.clear();
        self.text.clear();
        self.metadata.clear();
    }

    pub(super) fn node(&self, place: u32) -> &Node {
        &self.nodes[place as usize]
    }
}

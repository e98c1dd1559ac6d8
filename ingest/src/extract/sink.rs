//! From tokens to a page: which element is open, and to which block text belongs.
//!
//! This is the tree construction of the HTML Standard (13.2.6) as far as text needs it: end tags that authors leave out
//! are implied, end tags that match nothing are passed over, misnested inline elements end where they end. Formatting
//! is not reopened in later blocks, since it changes no text; so the work for each token is bounded by the depth of the
//! page, and the depth by [`MAX_DEPTH`].

use super::attributes::Attributes;
use super::hint::Hints;
use super::page::{Block, NONE, Node, Page};
use super::tag::Tag;
use html5gum::State;

/// Elements inside one another that are told apart. Browsers stop at 512 (WebKit, Blink); text below stays text.
const MAX_DEPTH: usize = 512;

/// An element that is not closed yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) tag: Tag,
    /// A hash of the name, by which its end tag finds it.
    name: u32,
    /// Its place among the nodes, or [`NONE`] for an inline element.
    node: u32,
    muted: bool,
}

/// What a token adds its characters to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Text,
    Title,
    /// A script that holds JSON-LD.
    Data,
}

/// Builds pages from the events of the tokenizer.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) page: Page,
    pub(super) open: Vec<Open>,
    /// Open elements by a part of their name's hash: most end tags without a start are found here.
    counts: Box<[u16; 256]>,
    /// Innermost open node.
    pub(super) node: u32,
    pub(super) links: u32,
    pub(super) muted: u32,
    pub(super) preformatted: u32,
    foreign: u32,
    pub(super) target: Target,
    /// The block that is being filled, and whether a space is due before its next character.
    pub(super) block: Option<Block>,
    pub(super) space: bool,
    /// Whether a link has ended and no text has followed.
    pub(super) after_link: bool,
    pub(super) is_end: bool,
    pub(super) self_closing: bool,
    pub(super) name: Vec<u8>,
    pub(super) last_start: Vec<u8>,
    pub(super) attributes: Attributes,
    nodes_left: usize,
    /// Whether parts that the page hides are read, and whether there were any.
    shows_hidden: bool,
    has_hidden: bool,
}

impl Default for Sink {
    fn default() -> Self {
        Self {
            page: Page::default(),
            open: Vec::new(),
            counts: Box::new([0; 256]),
            node: 0,
            links: 0,
            muted: 0,
            preformatted: 0,
            foreign: 0,
            target: Target::Text,
            block: None,
            space: false,
            after_link: false,
            is_end: false,
            self_closing: false,
            name: Vec::new(),
            last_start: Vec::new(),
            attributes: Attributes::default(),
            nodes_left: 0,
            shows_hidden: false,
            has_hidden: false,
        }
    }
}

impl Sink {
    /// Makes ready for another page, which may have so many block-level elements.
    pub(super) fn reset(&mut self, most_nodes: usize, shows_hidden: bool) {
        (self.shows_hidden, self.has_hidden) = (shows_hidden, false);
        self.page.clear();
        self.open.clear();
        self.counts.fill(0);
        (self.links, self.muted, self.preformatted, self.foreign) = (0, 0, 0, 0);
        (self.target, self.block, self.node) = (Target::Text, None, 0);
        (self.space, self.after_link) = (false, false);
        self.name.clear();
        self.last_start.clear();
        self.attributes.allow();
        self.nodes_left = most_nodes;
        self.page.nodes.push(Node {
            tag: Tag::Html,
            hints: Hints::default(),
            parent: NONE,
            item: NONE,
            cell: NONE,
            table: NONE,
            first_block: 0,
            end_block: 0,
            in_main: false,
            in_body: false,
            in_head: false,
        });
    }

    /// Whether parts of the page were left out because it hides them.
    pub(super) fn has_hidden(&self) -> bool {
        self.has_hidden
    }

    /// Whether the page had more elements than were allowed.
    pub(super) fn is_exhausted(&self) -> bool {
        self.nodes_left == 0
    }

    pub(super) fn start(&mut self) -> Option<State> {
        self.attributes.finish_name();
        let tag = Tag::of(&self.name);
        while !tag.is_metadata() && self.open.last().is_some_and(|open| matches!(open.tag, Tag::Head | Tag::Title)) {
            self.pop();
        }
        match tag {
            Tag::Html => self.page.metadata.set_language(&self.attributes.language),
            Tag::Meta => self.page.metadata.add(&self.attributes.key, &self.attributes.content),
            Tag::Break => self.line_end(),
            Tag::Rule => self.end_block(),
            _ => {}
        }
        if matches!(tag, Tag::Html | Tag::Body | Tag::Meta | Tag::Break | Tag::Rule | Tag::Void) {
            return None;
        }
        self.imply_ends(tag);
        if self.self_closing && (self.foreign > 0 || tag == Tag::Foreign) {
            return None;
        }
        self.push(tag);
        self.raw_state(tag)
    }

    /// Closes what an author may leave open when another element begins.
    fn imply_ends(&mut self, tag: Tag) {
        if self.foreign > 0 && (tag.is_block() || tag == Tag::Link && self.links > 0) {
            self.close_inner(|tag| tag == Tag::Foreign, |_| false);
        }
        match tag {
            Tag::Item => self.close_inner(|tag| tag == Tag::Item, |tag| tag == Tag::List || tag.is_scope()),
            Tag::Term | Tag::Description => self.close_inner(
                |tag| matches!(tag, Tag::Term | Tag::Description),
                |tag| matches!(tag, Tag::DescriptionList | Tag::List) || tag.is_scope(),
            ),
            Tag::Cell => self.close_inner(|tag| tag == Tag::Cell, |tag| matches!(tag, Tag::Row | Tag::Table)),
            Tag::Row => self.close_inner(|tag| tag == Tag::Row, |tag| tag == Tag::Table),
            Tag::RowGroup => self.close_inner(|tag| tag == Tag::RowGroup, |tag| tag == Tag::Table),
            Tag::Link => self.close_inner(|tag| tag == Tag::Link, Tag::is_block),
            Tag::Heading(_) => self.close_inner(|tag| matches!(tag, Tag::Heading(_)), Tag::is_block),
            _ => {}
        }
        if tag.is_block() && !tag.is_table_part() {
            self.close_inner(|tag| tag == Tag::Paragraph, Tag::is_block);
        }
    }

    /// Closes the innermost element that fits, with all inside it, if no boundary stands between.
    fn close_inner(&mut self, fits: impl Fn(Tag) -> bool, is_boundary: impl Fn(Tag) -> bool) {
        for depth in (0..self.open.len()).rev() {
            let tag = self.open[depth].tag;
            if fits(tag) {
                return while self.open.len() > depth {
                    self.pop();
                };
            }
            if is_boundary(tag) {
                return;
            }
        }
    }

    fn push(&mut self, tag: Tag) {
        if self.open.len() >= MAX_DEPTH {
            return;
        }
        let hints = self.attributes.hints(tag.is_block());
        let is_hidden = hints.has(Hints::HIDDEN) && !self.shows_hidden;
        self.has_hidden |= is_hidden;
        let mut muted = matches!(tag, Tag::Foreign | Tag::Mute | Tag::Script | Tag::Title)
            || is_hidden
            || !tag.is_block() && hints.has(Hints::MARK);
        let mut node = NONE;
        if tag.is_block() && self.muted == 0 {
            self.end_block();
            node = self.push_node(tag, hints);
        }
        if tag == Tag::Head {
            muted = true;
        }
        match tag {
            Tag::Link => {
                self.links += u32::from(self.attributes.is_link);
                // Buttons side by side are no word together.
                self.space |= self.after_link;
                if let Some(block) = &mut self.block {
                    block.links += 1;
                }
            }
            Tag::Preformatted => self.preformatted += 1,
            Tag::Foreign => self.foreign += 1,
            Tag::Title if self.foreign == 0 && !self.page.metadata.has_title() => self.target = Target::Title,
            Tag::Script if self.attributes.kind.eq_ignore_ascii_case(b"application/ld+json") => {
                self.target = Target::Data;
                self.page.metadata.begin_data();
            }
            Tag::Time => self.page.metadata.add_time(&self.attributes.date_time),
            _ => {}
        }
        if tag != Tag::Time && !self.attributes.key.is_empty() {
            let Attributes { key, content, date_time, .. } = &self.attributes;
            self.page.metadata.add(key, if content.is_empty() { date_time } else { content });
        }
        self.muted += u32::from(muted);
        let name = hash(&self.name);
        self.counts[(name & 255) as usize] += 1;
        // A link without an address is no link: its end tag must not end another.
        let tag = if tag == Tag::Link && !self.attributes.is_link { Tag::Inline } else { tag };
        self.open.push(Open { tag, name, node, muted });
    }

    fn push_node(&mut self, tag: Tag, hints: Hints) -> u32 {
        if self.nodes_left <= 1 {
            self.nodes_left = 0;
            return NONE;
        }
        self.nodes_left -= 1;
        let place = self.page.nodes.len() as u32;
        let parent = self.node;
        let around = *self.page.node(parent);
        let own = |is: bool, inherited: u32| if is { place } else { inherited };
        let is_head = tag == Tag::Header
            || hints.has(Hints::HEAD) && matches!(tag, Tag::Division | Tag::List | Tag::DescriptionList | Tag::Article);
        let is_main = matches!(tag, Tag::Article | Tag::Main) || hints.has(Hints::BODY.with(Hints::MAIN));
        self.page.nodes.push(Node {
            tag,
            hints,
            parent,
            item: own(tag == Tag::Item, if tag == Tag::Cell { NONE } else { around.item }),
            cell: own(tag == Tag::Cell, if tag == Tag::Table { NONE } else { around.cell }),
            table: own(tag == Tag::Table, around.table),
            first_block: self.page.blocks.len() as u32,
            end_block: u32::MAX,
            in_main: around.in_main || is_main,
            in_body: around.in_body || hints.has(Hints::BODY),
            in_head: (around.in_head || is_head) && !hints.has(Hints::BODY),
        });
        self.node = place;
        place
    }

    pub(super) fn pop(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.ended(open);
    }

    fn ended(&mut self, open: Open) {
        self.counts[(open.name & 255) as usize] -= 1;
        self.muted -= u32::from(open.muted);
        match open.tag {
            Tag::Link => {
                self.links -= 1;
                self.after_link = true;
            }
            Tag::Foreign => self.foreign -= 1,
            Tag::Title | Tag::Script => self.target = Target::Text,
            _ => {}
        }
        if open.node != NONE {
            self.end_block();
            let node = &mut self.page.nodes[open.node as usize];
            node.end_block = self.page.blocks.len() as u32;
            self.node = node.parent;
        }
        if open.tag == Tag::Preformatted {
            self.preformatted -= 1;
        }
    }

    pub(super) fn end(&mut self) {
        let tag = Tag::of(&self.name);
        match tag {
            Tag::Break => return self.line_end(),
            Tag::Paragraph => self.end_block(),
            _ => {}
        }
        let name = hash(&self.name);
        if self.counts[(name & 255) as usize] == 0 {
            return;
        }
        for depth in (0..self.open.len()).rev() {
            let open = self.open[depth];
            if open.name == name && self.open[depth].tag.is_block() == tag.is_block() {
                return self.close_at(depth);
            }
            let reaches = tag == Tag::Table || tag.is_table_part() && open.tag != Tag::Table;
            if open.tag.is_scope() && !reaches {
                return;
            }
        }
    }

    /// A block takes with it what is open inside; an inline element leaves the blocks inside it open.
    fn close_at(&mut self, depth: usize) {
        let is_block = self.open[depth].tag.is_block();
        if !is_block && self.open[depth + 1..].iter().any(|open| open.node != NONE) {
            let open = self.open.remove(depth);
            return self.ended(open);
        }
        while self.open.len() > depth {
            self.pop();
        }
    }

    fn raw_state(&self, tag: Tag) -> Option<State> {
        match tag {
            Tag::Title if self.foreign == 0 => Some(State::RcData),
            Tag::Script => Some(State::ScriptData),
            _ => match self.name.as_slice() {
                b"textarea" => Some(State::RcData),
                b"style" | b"iframe" | b"xmp" | b"noembed" | b"noframes" | b"noscript" if self.foreign == 0 => {
                    Some(State::RawText)
                }
                b"plaintext" => Some(State::PlainText),
                _ => None,
            },
        }
    }
}

/// FNV-1a.
fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811C_9DC5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

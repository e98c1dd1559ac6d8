//! Which element holds the main text, and which of its blocks are text.
//!
//! Every block is weighed: sentences count in full, labels little, links against it. Parts that stand around the text
//! by their names are left out, unless that leaves no text. The root is the element whose blocks weigh most against
//! their links, or the body of the article where the page names one.

use super::hint::Hints;
use super::page::{Block, NONE, Node, Page};
use super::prose::Prose;
use super::tag::Tag;
use std::ops::Range;

/// Weight that is text enough: about two sentences.
pub(super) const ENOUGH: u64 = 60;

/// How much is left out by name, from all to nothing: each is tried when the one before left no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// Everything that stands around text by its name.
    Strict,
    /// Not what holds more than half of the page: its name means something else here.
    Guarded,
    /// Only navigation.
    Lenient,
    Nothing,
}

/// What was found of a block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    good: u32,
    linked: u32,
    pub(super) is_prose: bool,
    /// Whether it has words enough for a headline.
    pub(super) is_headline: bool,
}

/// The memory of a selection, kept between pages.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) weights: Vec<Weight>,
    /// By element: what all its blocks weigh, with and without what is left out.
    whole: Vec<u64>,
    good: Vec<u64>,
    linked: Vec<u64>,
    pub(super) dropped: Vec<bool>,
    /// By block: whether it is main text.
    pub(super) kept: Vec<bool>,
}

impl Selection {
    /// Chooses among the blocks of a page.
    pub(super) fn select(&mut self, page: &Page, text: &str) -> &[bool] {
        self.weigh(page, text);
        let levels = [Strictness::Strict, Strictness::Guarded, Strictness::Lenient, Strictness::Nothing];
        if !levels.into_iter().any(|strictness| {
            self.drop_around(page, strictness);
            self.has_enough(page, strictness)
        }) {
            self.drop_around(page, Strictness::Strict);
        }
        let root = self.root(page);
        self.keep(page, text, root);
        &self.kept
    }

    fn has_enough(&self, page: &Page, strictness: Strictness) -> bool {
        let (total, left) = (self.whole[0], self.good[0]);
        let is_in_main =
            || page.nodes.iter().zip(&self.good).any(|(node, &good)| good > 0 && node.in_main && !node.in_head);
        match strictness {
            Strictness::Strict => left >= ENOUGH || left > 0 && (left * 4 >= total || is_in_main()),
            _ => left >= ENOUGH || left * 2 >= ENOUGH && left * 4 >= total,
        }
    }

    fn weigh(&mut self, page: &Page, text: &str) {
        self.weights.clear();
        self.weights.extend(page.blocks.iter().map(|block| weight(block, page.node(block.node), text)));
        self.whole.clear();
        self.whole.resize(page.nodes.len(), 0);
        for (block, weight) in page.blocks.iter().zip(&self.weights) {
            self.whole[block.node as usize] += u64::from(weight.good);
        }
        add_to_parents(&page.nodes, &mut self.whole);
    }

    fn drop_around(&mut self, page: &Page, strictness: Strictness) {
        let total = self.whole[0];
        self.dropped.clear();
        for (place, node) in page.nodes.iter().enumerate() {
            let inherits = node.parent != NONE && self.dropped[node.parent as usize];
            let is_most = self.whole[place] * 2 > total;
            self.dropped.push(inherits || stands_around(node, strictness, is_most));
        }
        for sums in [&mut self.good, &mut self.linked] {
            sums.clear();
            sums.resize(page.nodes.len(), 0);
        }
        for (block, weight) in page.blocks.iter().zip(&self.weights) {
            let place = block.node as usize;
            if !self.dropped[place] {
                self.good[place] += u64::from(weight.good);
                self.linked[place] += u64::from(weight.linked);
            }
        }
        add_to_parents(&page.nodes, &mut self.good);
        add_to_parents(&page.nodes, &mut self.linked);
    }

    /// The element that holds the main text.
    fn root(&self, page: &Page) -> usize {
        let named = page
            .nodes
            .iter()
            .enumerate()
            .filter(|&(place, node)| node.hints.has(Hints::BODY) && !self.dropped[place])
            .map(|(place, _)| place)
            .max_by_key(|&place| (self.good[place], usize::MAX - place));
        if let Some(place) = named.filter(|&place| self.good[place] * 5 >= self.good[0] * 2 && self.good[place] > 0) {
            return place;
        }
        let (from, until) = self.main_element(page);
        // Links weigh against an element, but never more than half of what it holds.
        let value = |place: usize| self.good[place] * 2 - self.linked[place].min(self.good[place]);
        let mut best = from;
        for place in from + 1..until {
            if !self.dropped[place]
                && self.good[place] > 0
                && value(place) > value(best)
                && can_be_root(&page.nodes[place])
            {
                best = place;
            }
        }
        self.descend(page, best)
    }

    /// The one `main` of a page, if it holds text, and where the elements in it end.
    fn main_element(&self, page: &Page) -> (usize, usize) {
        let mut mains = (0..page.nodes.len())
            .filter(|&place| page.nodes[place].tag == Tag::Main && !self.dropped[place] && self.good[place] > 0);
        let (Some(main), None) = (mains.next(), mains.next()) else { return (0, page.nodes.len()) };
        let end = page.nodes[main].end_block;
        let until = (main + 1..page.nodes.len())
            .find(|&place| page.nodes[place].first_block >= end && !is_within(page, place, main));
        (main, until.unwrap_or(page.nodes.len()))
    }

    /// Goes down while one element holds nearly everything and no sentence stands before it.
    fn descend(&self, page: &Page, from: usize) -> usize {
        let mut root = from;
        for place in from + 1..page.nodes.len() {
            let node = &page.nodes[place];
            if node.parent as usize != root || self.dropped[place] || !can_be_root(node) {
                continue;
            }
            if is_main(&page.nodes[root]) {
                break;
            }
            let holds_most = self.good[place] * 20 >= self.good[root] * 17 && self.good[place] > 0;
            let loses_sentence = |mut before: Range<u32>| {
                before.any(|block| {
                    self.weights[block as usize].is_prose && !self.dropped[page.blocks[block as usize].node as usize]
                })
            };
            if holds_most && !loses_sentence(page.nodes[root].first_block..node.first_block) {
                root = place;
            }
        }
        root
    }
}

fn weight(block: &Block, node: &Node, text: &str) -> Weight {
    let text = text.get(block.start as usize..block.end as usize).unwrap_or_default();
    let free = block.characters.saturating_sub(block.linked);
    if node.tag == Tag::Preformatted {
        return Weight { good: free, linked: 0, is_prose: false, is_headline: false };
    }
    let prose = Prose::of(text);
    let (is_prose, is_headline) = (prose.is_prose(), prose.eojeols >= 3);
    let linked = block.linked;
    if linked * 2 > block.characters {
        let good = if is_prose { free } else { 0 };
        // Some lists make the whole card of an article a link, its summary with it.
        if is_prose && free * 4 <= block.characters && node.in_main && prose.has_long_sentence() {
            return Weight { good: block.characters / 2, linked: 0, is_prose, is_headline };
        }
        let is_prose = is_prose && free * 4 > block.characters;
        return Weight { good, linked, is_prose, is_headline };
    }
    let good = match (is_prose, is_headline) {
        (true, _) => free,
        (false, true) => free / 4,
        (false, false) => free / 10,
    };
    Weight { good, linked, is_prose, is_headline }
}

fn add_to_parents(nodes: &[Node], sums: &mut [u64]) {
    for place in (1..nodes.len()).rev() {
        sums[nodes[place].parent as usize] += sums[place];
    }
}

fn stands_around(node: &Node, strictness: Strictness, is_most: bool) -> bool {
    if strictness == Strictness::Nothing {
        return false;
    }
    let by_name = node.hints.has(Hints::AROUND)
        && !node.hints.has(Hints::ANSWER)
        && !matches!(node.tag, Tag::Article | Tag::Main | Tag::Preformatted);
    match strictness {
        _ if node.tag == Tag::Nav => true,
        Strictness::Strict => by_name || matches!(node.tag, Tag::Footer | Tag::Aside),
        Strictness::Guarded => (by_name || matches!(node.tag, Tag::Footer | Tag::Aside)) && !is_most,
        Strictness::Lenient => node.tag == Tag::Footer && !is_most,
        Strictness::Nothing => false,
    }
}

/// Whether an element stands in another. Elements nest at most 512 deep.
fn is_within(page: &Page, place: usize, other: usize) -> bool {
    let mut at = place as u32;
    while at != NONE && at as usize > other {
        at = page.node(at).parent;
    }
    at as usize == other
}

fn is_main(node: &Node) -> bool {
    matches!(node.tag, Tag::Article | Tag::Main) || node.hints.has(Hints::BODY.with(Hints::MAIN))
}

fn can_be_root(node: &Node) -> bool {
    matches!(
        node.tag,
        Tag::Division
            | Tag::Article
            | Tag::Main
            | Tag::Table
            | Tag::RowGroup
            | Tag::Row
            | Tag::Cell
            | Tag::Body
            | Tag::Aside
    )
}

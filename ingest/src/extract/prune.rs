//! Which blocks of the chosen element are text.

use super::page::{NONE, Page};
use super::select::{ENOUGH, Selection};
use super::tag::Tag;
use std::ops::Range;

/// What heads a row about an article.
const ABOUT: [&str; 16] = [
    "제목",
    "작성자",
    "글쓴이",
    "등록자",
    "게시자",
    "작성일",
    "등록일",
    "게시일",
    "작성일자",
    "등록일자",
    "조회",
    "조회수",
    "첨부",
    "첨부파일",
    "담당부서",
    "담당자",
];

impl Selection {
    /// Keeps the blocks of the root that are text.
    pub(super) fn keep(&mut self, page: &Page, text: &str, root: usize) {
        self.kept.clear();
        self.kept.resize(page.blocks.len(), false);
        let within =
            page.nodes[root].first_block as usize..(page.nodes[root].end_block as usize).min(page.blocks.len());
        for place in within.clone() {
            let block = &page.blocks[place];
            let node = page.node(block.node);
            let is_heading = matches!(node.tag, Tag::Heading(_));
            let is_link = block.linked * 5 > block.characters * 3;
            let weight = &self.weights[place];
            self.kept[place] = !self.dropped[block.node as usize]
                && (!node.in_head || weight.is_prose || is_heading && (node.in_main || !is_link));
        }
        self.drop_rows_about(page, text, within.clone());
        self.drop_link_lists(page, within.clone());
        self.drop_empty_sections(page, within.clone());
        self.drop_labels_over_title(page, within.clone());
        self.keep_title(page, within.start);
        self.keep_headlines(page);
    }

    /// Blocks that are only links: three and more in a row are a menu without a name, and so are fewer that do not
    /// stand between text. In the body of an article they are the author's.
    fn drop_link_lists(&mut self, page: &Page, within: Range<usize>) {
        let has_text = within.clone().any(|place| self.kept[place] && self.weights[place].is_prose);
        let mut run = within.start;
        for place in within.start..=within.end {
            let is_link = place < within.end && self.kept[place] && {
                let block = &page.blocks[place];
                let node = page.node(block.node);
                block.linked * 5 > block.characters * 4
                    && !node.in_body
                    && !matches!(node.tag, Tag::Heading(_) | Tag::Preformatted)
                    && !self.weights[place].is_prose
            };
            if is_link {
                continue;
            }
            let stands_in_text = run > within.start && place < within.end && self.kept[run - 1] && self.kept[place];
            let in_main = run < place && page.node(page.blocks[run].node).in_main;
            if has_text && (place - run >= 3 || run < place && !in_main && !stands_in_text) {
                self.kept[run..place].fill(false);
            }
            run = place + 1;
        }
    }

    /// Labels before the first `h1`: the path to the page, buttons.
    fn drop_labels_over_title(&mut self, page: &Page, within: Range<usize>) {
        let is_title = |place: &usize| page.node(page.blocks[*place].node).tag == Tag::Heading(1);
        let Some(title) = within.clone().find(|place| self.kept[*place] && is_title(place)) else { return };
        let labels = within.start..title;
        if labels.len() <= 20
            && !labels.clone().any(|place| page.node(page.blocks[place].node).tag == Tag::Preformatted)
        {
            for place in labels {
                self.kept[place] &= self.weights[place].is_prose;
            }
        }
    }

    /// The heading over the root.
    fn keep_title(&mut self, page: &Page, start: usize) {
        let has_text = self.kept.iter().any(|&kept| kept);
        for place in (start.saturating_sub(4)..start).rev() {
            let block = &page.blocks[place];
            let node = page.node(block.node);
            if matches!(node.tag, Tag::Heading(1 | 2)) && !self.dropped[block.node as usize] {
                let is_link = block.linked * 2 > block.characters;
                self.kept[place] = has_text && (node.in_main || !is_link && !node.in_head);
                return;
            }
        }
    }

    /// A page without a sentence is a list: what it has of headlines in its main part, or all of a very short page.
    fn keep_headlines(&mut self, page: &Page) {
        let mut characters = 0;
        for (block, weight) in page
            .blocks
            .iter()
            .zip(&self.weights)
            .enumerate()
            .filter(|&(place, _)| self.kept[place])
            .map(|(_, both)| both)
        {
            if weight.is_prose || page.node(block.node).tag == Tag::Preformatted {
                return;
            }
            characters += block.characters;
        }
        if u64::from(characters) >= ENOUGH {
            return;
        }
        let is_headline = |place: usize| {
            let node = page.blocks[place].node;
            !self.dropped[node as usize] && self.weights[place].is_headline && page.node(node).in_main
        };
        let headlines: Vec<usize> = (0..page.blocks.len()).filter(|&place| is_headline(place)).collect();
        if !headlines.is_empty() {
            self.kept.fill(false);
        } else if characters == 0 && page.blocks.len() <= 3 {
            self.kept.fill(true);
        }
        for place in headlines {
            self.kept[place] = true;
        }
    }

    /// Rows of a table that tell about an article on a board: its author, its date, its files.
    fn drop_rows_about(&mut self, page: &Page, text: &str, within: Range<usize>) {
        let mut about = NONE;
        for place in within {
            let block = &page.blocks[place];
            let node = page.node(block.node);
            if node.cell == NONE {
                continue;
            }
            let row = page.node(node.cell).parent;
            let is_label = block.characters <= 8
                && text
                    .get(block.start as usize..block.end as usize)
                    .is_some_and(|label| ABOUT.contains(&label.trim_end_matches([' ', ':'])));
            if is_label {
                about = row;
            }
            if row == about && !self.weights[place].is_prose {
                self.kept[place] = false;
            }
        }
    }

    /// Headings whose section was left out.
    fn drop_empty_sections(&mut self, page: &Page, within: Range<usize>) {
        let mut next_level = 0;
        let mut lost = true;
        for place in within.rev() {
            if !self.kept[place] {
                lost = true;
                continue;
            }
            let Tag::Heading(level) = page.node(page.blocks[place].node).tag else {
                (next_level, lost) = (7, false);
                continue;
            };
            if lost && next_level <= level {
                self.kept[place] = false;
            } else {
                (next_level, lost) = (level, false);
            }
        }
    }
}

//! How text fills the blocks of a page: spaces collapsed, lines where the page has a `br`, code as it is.

use super::page::Block;
use super::sink::{Sink, Target};
use super::tag::Tag;

/// Bytes of scripts with data that are kept.
const LONGEST_DATA: usize = 1 << 20;

impl Sink {
    pub(super) fn line_end(&mut self) {
        if self.muted > 0 {
            return;
        }
        if let Some(block) = &self.block {
            let start = block.start as usize;
            if self.preformatted == 0 {
                while self.page.text.len() > start && self.page.text.last() == Some(&b' ') {
                    self.page.text.pop();
                }
            }
            self.page.text.push(b'\n');
            self.space = false;
        }
    }

    pub(super) fn add_text(&mut self, text: &[u8]) {
        match self.target {
            Target::Title => return self.page.metadata.add_title(text),
            Target::Data => return self.page.metadata.add_data(text, LONGEST_DATA),
            Target::Text => {}
        }
        if self.muted > 0 {
            // Text behind a head that was never closed.
            let in_head = self.open.last().is_some_and(|open| open.tag == Tag::Head);
            if !in_head || text.iter().all(u8::is_ascii_whitespace) {
                return;
            }
            self.pop();
        }
        if self.block.is_none() {
            if text.iter().all(u8::is_ascii_whitespace) {
                return;
            }
            let start = self.page.text.len() as u32;
            self.block = Some(Block {
                start,
                end: start,
                node: self.node,
                characters: 0,
                linked: 0,
                links: u32::from(self.links > 0),
            });
            self.space = false;
        }
        self.after_link = false;
        let characters = if self.preformatted > 0 { self.add_as_it_is(text) } else { self.add_collapsed(text) };
        if let Some(block) = &mut self.block {
            block.characters += characters;
            // An address that stands for itself is text.
            let is_linked = self.links > 0 && !text.starts_with(b"http");
            block.linked += if is_linked { characters } else { 0 };
        }
    }

    fn add_as_it_is(&mut self, text: &[u8]) -> u32 {
        self.page.text.extend_from_slice(text);
        characters(text)
    }

    fn add_collapsed(&mut self, text: &[u8]) -> u32 {
        let mut count = 0;
        let mut rest = text;
        while !rest.is_empty() {
            let spaces = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
            self.space |= spaces > 0;
            rest = &rest[spaces..];
            let length = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
            if length == 0 {
                break;
            }
            if self.space && self.page.text.last().is_some_and(|&last| last != b'\n') {
                self.page.text.push(b' ');
            }
            self.space = false;
            self.page.text.extend_from_slice(&rest[..length]);
            count += characters(&rest[..length]);
            rest = &rest[length..];
        }
        count
    }

    pub(super) fn end_block(&mut self) {
        let Some(mut block) = self.block.take() else { return };
        let text = &mut self.page.text;
        while text.len() > block.start as usize && text.last().is_some_and(u8::is_ascii_whitespace) {
            text.pop();
        }
        self.space = false;
        block.end = text.len() as u32;
        if block.characters > 0 {
            text.push(b'\n');
            self.page.blocks.push(block);
        }
    }
}

/// Characters that are no spaces: bytes that begin one.
fn characters(text: &[u8]) -> u32 {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80 && !byte.is_ascii_whitespace()).count() as u32
}

//! The main text of a page: what its author wrote, in reading order, without menus, footers and scripts.

mod attributes;
mod events;
mod feed;
mod fill;
mod hint;
mod input;
mod metadata;
mod notice;
mod page;
mod prose;
mod prune;
mod render;
mod select;
mod sink;
mod tag;

use events::Lent;
use html5gum::Tokenizer;
use input::Input;
use page::Page;
use render::Renderer;
use select::Selection;
use sink::Sink;
use std::cell::RefCell;
use tag::Tag;

/// What a page is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extracted {
    /// The title, as the page's metadata, `<title>` or first heading gives it.
    pub title: Option<String>,
    /// When it was published, as the page writes it.
    pub date: Option<String>,
    /// The name of the site, where the page gives one.
    pub site: Option<String>,
    /// The language that the page says it is in (BCP 47).
    pub language: Option<String>,
    /// Paragraphs with an empty line between, items of lists ("- ") and rows of tables (cells with " | " between) line
    /// by line, code as it is.
    pub text: String,
}

/// A page whose markup was not taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// Markup that would take too much memory.
    #[error("the markup makes more than {0} elements")]
    TooLarge(usize),
    /// A tag that the tokenizer has not stack enough for.
    #[error("a tag has more than {0} attributes")]
    Attributes(usize),
    /// A page whose places do not fit the tree.
    #[error("the page is longer than {0} bytes")]
    TooLong(usize),
}

/// Block-level elements that a page may have.
const MAX_ELEMENTS: usize = 1_000_000;

/// Attributes that a tag may have. Pages have dozens; each costs the tokenizer some hundred bytes of stack.
const MAX_ATTRIBUTES: usize = 4096;

/// Bytes that a page may have.
const MAX_BYTES: usize = 1 << 30;

/// Bytes of text that the shell of an application may show.
const SHELL_BYTES: usize = 600;

/// Takes pages apart, and keeps its memory between them.
#[derive(Debug, Default)]
pub struct Extractor {
    sink: Sink,
    selection: Selection,
    renderer: Renderer,
}

impl Extractor {
    /// Extracts title, date and main text of an HTML page or an RSS or Atom feed.
    pub fn extract(&mut self, page: &str) -> Result<Extracted, ExtractError> {
        if let Some(feed) = feed::Feed::parse(page) {
            return feed.into_text(|html| Ok(self.text_of(html)?.text));
        }
        let extracted = self.extract_html(page, false)?;
        // A page that scripts reveal.
        if extracted.text.is_empty() && self.sink.has_hidden() {
            return self.extract_html(page, true);
        }
        Ok(extracted)
    }

    /// All the text of a piece of HTML, for pieces that have no menus around them.
    pub fn text_of(&mut self, html: &str) -> Result<Extracted, ExtractError> {
        if !html.contains(['<', '&']) {
            return Ok(Extracted { text: html.to_owned(), ..Extracted::default() });
        }
        self.parse(html, false)?;
        let text = String::from_utf8_lossy(&self.sink.page.text);
        let kept = vec![true; self.sink.page.blocks.len()];
        let text = self.renderer.render(&self.sink.page, &text, &kept);
        Ok(Extracted { text, ..Extracted::default() })
    }

    fn parse(&mut self, html: &str, shows_hidden: bool) -> Result<(), ExtractError> {
        if html.len() > MAX_BYTES {
            return Err(ExtractError::TooLong(MAX_BYTES));
        }
        self.sink.reset(MAX_ELEMENTS, shows_hidden);
        let input = Input::new(html, self.sink.attributes.too_many());
        let Ok(()) = Tokenizer::new_with_emitter(input, Lent(&mut self.sink)).finish();
        if self.sink.attributes.are_too_many() {
            return Err(ExtractError::Attributes(MAX_ATTRIBUTES));
        }
        if self.sink.is_exhausted() { Err(ExtractError::TooLarge(MAX_ELEMENTS)) } else { Ok(()) }
    }

    fn extract_html(&mut self, html: &str, shows_hidden: bool) -> Result<Extracted, ExtractError> {
        self.parse(html, shows_hidden)?;
        let page = &self.sink.page;
        let text = String::from_utf8_lossy(&page.text);
        let kept = self.selection.select(page, &text);
        let main = self.renderer.render(page, &text, kept);
        let described = page.metadata.described();
        let title = page.metadata.title().or(described.headline);
        let mut extracted = Extracted {
            title: title.map(|title| own_title(page, &text, title)).or_else(|| first_heading(page, &text)),
            date: page
                .metadata
                .published()
                .or(described.published)
                .or_else(|| date_of_lines(page, &text))
                .or_else(|| page.metadata.time()),
            site: page.metadata.site(),
            language: page.metadata.language(),
            text: main,
        };
        drop(text);
        // The shell of an application, filled by scripts from data that are there.
        if let Some(body) = described.body.filter(|body| is_shell(&extracted.text, body)) {
            extracted.text = self.text_of(&body)?.text;
        }
        Ok(extracted)
    }
}

/// Whether so little text beside the body that the page's data give shows that scripts fill the page.
fn is_shell(text: &str, body: &str) -> bool {
    text.len() < SHELL_BYTES && body.len() > text.len() * 2
}

thread_local! {
    static EXTRACTOR: RefCell<Extractor> = RefCell::default();
}

/// Extracts with the thread's own [`Extractor`].
pub fn extract(page: &str) -> Result<Extracted, ExtractError> {
    EXTRACTOR.with_borrow_mut(|extractor| extractor.extract(page))
}

/// All the text of a piece of HTML, with the thread's own [`Extractor`].
pub fn text_of(html: &str) -> Result<Extracted, ExtractError> {
    EXTRACTOR.with_borrow_mut(|extractor| extractor.text_of(html))
}

fn headings<'a>(page: &'a Page, text: &'a str) -> impl Iterator<Item = &'a str> {
    page.blocks
        .iter()
        .filter(|block| matches!(page.node(block.node).tag, Tag::Heading(1..=3)))
        .filter_map(|block| text.get(block.start as usize..block.end as usize))
}

/// The title without the site's name behind it: the shortest heading that it begins with, up to a separator, or any
/// other line of the page of several words.
fn own_title(page: &Page, text: &str, title: String) -> String {
    let begins_title = |line: &&str| {
        title.strip_prefix(line).is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.is_empty() || rest.starts_with(|first: char| !first.is_alphanumeric() && first != '(')
        })
    };
    let heading = headings(page, text)
        .take(20)
        .map(|heading| heading.trim_end_matches(['#', '¶', ' ']))
        .filter(|heading| heading.chars().nth(1).is_some())
        .filter(begins_title)
        .min_by_key(|heading| heading.len());
    let line = || {
        let lines = page.blocks.iter().take(200).filter_map(|block| text.get(block.start as usize..block.end as usize));
        lines.filter(|line| line.len() < title.len() && line.split(' ').nth(2).is_some()).find(begins_title)
    };
    heading.or_else(line).map(str::to_owned).unwrap_or(title)
}

fn first_heading(page: &Page, text: &str) -> Option<String> {
    headings(page, text).next().map(str::to_owned)
}

/// The date in a line such as "입력 2023.05.04 09:12", if the page has one.
fn date_of_lines(page: &Page, text: &str) -> Option<String> {
    let mut is_labelled = false;
    for block in page.blocks.iter().filter(|block| block.characters < 200) {
        let Some(block) = text.get(block.start as usize..block.end as usize) else { continue };
        let date = if is_labelled { metadata::starting_date(block) } else { None };
        if let Some(date) = date.or_else(|| block.split('\n').find_map(metadata::date_in_line)) {
            return Some(date.to_owned());
        }
        is_labelled = metadata::is_date_label(block);
    }
    None
}

#[cfg(test)]
mod tests;

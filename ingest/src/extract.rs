//! The main text of a page: paragraphs in reading order, without menus, footers and scripts.

mod feed;
mod markup;

use dom_smoothie::{Config, Readability, TextMode};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a page is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extracted {
    /// The title, as the page's metadata, `<title>` or first heading gives it.
    pub title: Option<String>,
    /// When it was published, as the page writes it.
    pub date: Option<String>,
    /// Paragraphs, separated by line ends.
    pub text: String,
}

/// A page whose markup was not taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// Elements inside one another without end.
    #[error("elements are nested more than {0} deep")]
    TooDeep(usize),
    /// Markup that would take too much memory.
    #[error("the markup makes more than {0} elements")]
    TooLarge(usize),
    /// A tag that would take too much time.
    #[error("a tag has more than {0} attributes")]
    TooManyAttributes(usize),
    /// A defect of the extractor, caught so that one page does not end the run.
    #[error("the extractor failed on this markup")]
    Failed,
}

/// Fewest characters of a first, strict extraction that are taken without trying more lenient ones. The crate's default
/// of 500 is for English; Korean says the same in half as many.
const ENOUGH_CHARACTERS: usize = 250;

/// Extracts title, date and main text of an HTML page or an RSS or Atom feed.
///
/// The main text is found by the Readability algorithm (Mozilla's, as implemented by `dom_smoothie`). A page in which it
/// finds nothing gives the text of its body; what is only menu is left to the rules that judge text.
pub fn extract(page: &str) -> Result<Extracted, ExtractError> {
    if let Some(feed) = feed::Feed::parse(page) {
        return feed.into_text(|html| Ok(text_of(html)?.text));
    }
    guarded(page, main_text)
}

/// All the text of a piece of HTML, for pieces that have no menus around them.
pub fn text_of(html: &str) -> Result<Extracted, ExtractError> {
    if !html.contains(['<', '&']) {
        return Ok(Extracted { text: html.to_owned(), ..Extracted::default() });
    }
    guarded(html, |html| {
        let page = readability(html)?;
        Ok(Extracted { text: body_text(&page, NEVER_TEXT), ..Extracted::default() })
    })
}

fn guarded(
    page: &str,
    extract: impl FnOnce(&str) -> Result<Extracted, ExtractError>,
) -> Result<Extracted, ExtractError> {
    markup::check(page)?;
    catch_unwind(AssertUnwindSafe(|| extract(page))).unwrap_or(Err(ExtractError::Failed))
}

/// Elements without text for a reader.
const NEVER_TEXT: &str = "script, style, noscript, template, iframe, object, svg, select, textarea, button";
/// The same, and what stands around the main text.
const AROUND_TEXT: &str =
    "script, style, noscript, template, iframe, object, svg, select, textarea, button, nav, footer, aside, form";
/// Blocks that the text serialiser of `dom_query` does not know: without a line end their text would run together.
const MORE_BLOCKS: &str = "figure, header, footer, main, nav, aside, address, details, fieldset, form, center";
/// The same for blocks that end a line but no paragraph.
const MORE_LINES: &str = "dt, dd, figcaption, summary, caption, option";
/// Line numbers beside code, as the highlighters of static site generators write them.
const LINE_NUMBERS: &str = "td.gutter, .rouge-gutter, .linenos, .linenodiv, .lineno, .hljs-ln-numbers";

/// Notices that on a short page are longer than its text, and would be taken for it.
const COOKIE_NOTICES: &str = "div[class*=cookie], div[id*=cookie], section[class*=cookie], aside[class*=cookie]";

fn readability(html: &str) -> Result<Readability, ExtractError> {
    let config = Config {
        char_threshold: ENOUGH_CHARACTERS,
        max_elements_to_parse: markup::MAX_ELEMENTS,
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let page = Readability::new(html, None, Some(config)).map_err(|_| ExtractError::Failed)?;
    page.doc.select(LINE_NUMBERS).remove();
    page.doc.select(COOKIE_NOTICES).remove();
    // The serialiser takes the text of `pre` as it is, and would join the lines that `br` parts.
    page.doc.select("pre br").replace_with_html("\n");
    Ok(page)
}

fn main_text(page: &str) -> Result<Extracted, ExtractError> {
    let mut reader = readability(page)?;
    let headings: Vec<String> =
        reader.doc.select("h1").iter().map(|heading| heading.text().trim().to_owned()).collect();
    let Ok(article) = reader.parse() else {
        // The failed attempt took the tree apart, so the page is parsed again.
        let whole = readability(page)?;
        let title = whole.get_article_title().to_string();
        return Ok(Extracted { title: some_text(title), date: None, text: body_text(&whole, AROUND_TEXT) });
    };
    let content = reader.doc.select("#readability-page-1");
    content.select(NEVER_TEXT).remove();
    content.select(MORE_BLOCKS).rename("div");
    content.select(MORE_LINES).rename("li");
    let text = reader.doc.select_single("#readability-page-1").formatted_text().trim_end().to_owned();
    Ok(Extracted {
        title: some_text(article.title).map(|title| own_title(title, &headings)),
        date: article.published_time.and_then(some_text),
        text,
    })
}

fn body_text(page: &Readability, without: &str) -> String {
    page.doc.select(without).remove();
    page.doc.select(MORE_BLOCKS).rename("div");
    page.doc.select(MORE_LINES).rename("li");
    page.doc.select("body").formatted_text().trim_end().to_owned()
}

/// The title without the site's name behind it: the first heading that it begins with.
fn own_title(title: String, headings: &[String]) -> String {
    headings.iter().find(|heading| !heading.is_empty() && title.starts_with(heading.as_str())).cloned().unwrap_or(title)
}

fn some_text(text: String) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() { None } else { Some(trimmed.to_owned()) }
}

#[cfg(test)]
mod tests;

//! RSS 2.0, RSS 1.0 (RDF) and Atom: items with titles and escaped HTML.
//!
//! Feeds on the Korean web are often not well-formed, so this looks for elements instead of parsing XML.

use super::{ExtractError, Extracted};
use std::borrow::Cow;

/// A feed: its own title and its items.
pub(super) struct Feed<'a> {
    title: Option<Cow<'a, str>>,
    items: Vec<Item<'a>>,
}

struct Item<'a> {
    title: Option<Cow<'a, str>>,
    /// HTML.
    body: Option<Cow<'a, str>>,
}

impl<'a> Feed<'a> {
    /// Reads a page that is a feed; any other gives `None`.
    pub(super) fn parse(page: &'a str) -> Option<Self> {
        let mut start = page.trim_start();
        // Processing instructions and comments may stand before the root element.
        while let Some(rest) = start.strip_prefix("<?").or_else(|| start.strip_prefix("<!")) {
            let comment = rest.starts_with("--");
            let end = rest.find(if comment { "-->" } else { ">" })?;
            start = rest[end + if comment { 3 } else { 1 }..].trim_start();
        }
        let item = match start {
            _ if begins_element(start, "rss") || begins_element(start, "rdf:RDF") => "item",
            _ if begins_element(start, "feed") => "entry",
            _ => return None,
        };
        let mut items = Vec::new();
        let mut rest = start;
        let mut before = None;
        while let Some((at, inner, after)) = element(rest, item) {
            before.get_or_insert(&rest[..at]);
            items.push(Item {
                title: content(inner, "title"),
                body: ["content:encoded", "content", "description", "summary"]
                    .iter()
                    .find_map(|name| content(inner, name)),
            });
            rest = after;
        }
        Some(Self { title: content(before.unwrap_or(start), "title"), items })
    }

    /// The text of all items in order, each under its title. `html_text` turns HTML into text.
    pub(super) fn into_text(
        self,
        mut html_text: impl FnMut(&str) -> Result<String, ExtractError>,
    ) -> Result<Extracted, ExtractError> {
        let mut text = String::new();
        for part in self.items.into_iter().flat_map(|item| [item.title, item.body]).flatten() {
            let part = html_text(&part)?;
            if !part.trim().is_empty() {
                text.push_str(part.trim());
                text.push_str("\n\n");
            }
        }
        let title = self
            .title
            .map(|title| html_text(&title))
            .transpose()?
            .map(|title| title.trim().to_owned())
            .filter(|title| !title.is_empty());
        Ok(Extracted { title, text, ..Extracted::default() })
    }
}

fn begins_element(text: &str, name: &str) -> bool {
    text.strip_prefix('<')
        .and_then(|text| text.strip_prefix(name))
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')))
}

/// The first element of a name: where it begins, its content, and what follows it.
fn element<'a>(text: &'a str, name: &str) -> Option<(usize, &'a str, &'a str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find('<')?;
        if text[at..].starts_with("<![CDATA[") {
            from = at + text[at..].find("]]>")?;
            continue;
        }
        if !begins_element(&text[at..], name) {
            from = at + 1;
            continue;
        }
        let open = at + text[at..].find('>')? + 1;
        if text[..open].ends_with("/>") {
            return Some((at, "", &text[open..]));
        }
        let end = closing(&text[open..], name).map(|(start, end)| (open + start, open + end));
        let (start, end) = end.unwrap_or((text.len(), text.len()));
        return Some((at, &text[open..start], &text[end..]));
    }
}

/// Where the end tag of a name begins and ends. End tags inside CDATA are text.
fn closing(text: &str, name: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find('<')?;
        let rest = &text[at..];
        if rest.starts_with("<![CDATA[") {
            from = at + rest.find("]]>")?;
        } else if rest
            .strip_prefix("</")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|r| r.trim_start().starts_with('>'))
        {
            return Some((at, at + rest.find('>')? + 1));
        } else {
            from = at + 1;
        }
    }
}

/// The content of the first element of a name with one layer of escaping taken off: HTML, or plain text.
fn content<'a>(text: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, inner, _) = element(text, name)?;
    let inner = inner.trim();
    let unwrapped = match inner.strip_prefix("<![CDATA[") {
        Some(data) => Cow::Borrowed(data.split("]]>").next().unwrap_or(data)),
        None => unescape(inner),
    };
    (!unwrapped.trim().is_empty()).then_some(unwrapped)
}

/// The five entities of XML. `&amp;` is last, so that what it uncovers stays escaped for the HTML parser.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    Cow::Owned(text.replace("&amp;", "&"))
}

//! What `<siteinfo>` says of the wiki: the addresses of its pages and the names of its namespaces.

use super::page::{plain, unescape};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Longest title that an address is made for, in bytes: MediaWiki allows 255.
const MAX_TITLE: usize = 1024;

/// A wiki.
#[derive(Debug, Default)]
pub(super) struct Site {
    /// What the addresses of pages begin with.
    prefix: Option<String>,
    /// Numbers and names of the namespaces.
    namespaces: Vec<(i64, String)>,
}

impl Site {
    /// Reads the inside of `<siteinfo>`. What it does not say, or says wrongly, is not known.
    pub(super) fn read(xml: &str) -> Self {
        let mut site = Self::default();
        let mut reader = Reader::from_str(xml);
        loop {
            let start = match reader.read_event() {
                Ok(Event::Start(start)) => start,
                Ok(Event::Eof) | Err(_) => return site,
                Ok(_) => continue,
            };
            let name = start.name();
            match name.as_ref() {
                b"base" => site.prefix = reader.read_text(name).ok().and_then(|base| prefix(&plain(&base))),
                b"namespace" => {
                    let key = start.try_get_attribute("key").ok().flatten();
                    let key = key.and_then(|key| std::str::from_utf8(&key.value).ok()?.parse().ok());
                    let name = reader.read_text(name).map(|name| plain(&name).into_owned());
                    if let (Some(key), Ok(name)) = (key, name) {
                        site.namespaces.push((key, name));
                    }
                }
                _ => {}
            }
        }
    }

    /// The namespace that a title begins with, for dumps whose pages do not tell it.
    pub(super) fn namespace_of(&self, title: &str) -> i64 {
        let Some((prefix, _)) = title.split_once(':') else { return 0 };
        self.namespaces.iter().find(|(_, name)| !name.is_empty() && name == prefix).map_or(0, |(key, _)| *key)
    }

    /// The name of a namespace, empty if it has none.
    pub(super) fn namespace_name(&self, key: i64) -> &str {
        self.namespaces.iter().find(|(known, _)| *known == key).map_or("", |(_, name)| name)
    }

    /// The address of a page, escaped as MediaWiki does it.
    pub(super) fn url(&self, title: &str) -> Option<String> {
        let prefix = self.prefix.as_ref().filter(|_| title.len() <= MAX_TITLE)?;
        let mut url = prefix.clone();
        for byte in title.bytes() {
            match byte {
                b' ' => url.push('_'),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(char::from(byte)),
                b'-' | b'_' | b'.' | b'~' | b'!' | b'*' | b'(' | b')' | b',' | b'/' | b':' | b';' | b'@' | b'$' => {
                    url.push(char::from(byte));
                }
                _ => url.extend(['%', hexadecimal(byte >> 4), hexadecimal(byte & 15)]),
            }
        }
        Some(url)
    }
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

/// The part before the page's title in the address of the main page.
fn prefix(base: &str) -> Option<String> {
    let base = unescape(base.trim());
    let end = base.find("title=").map(|at| at + "title=".len()).or_else(|| base.rfind('/').map(|at| at + 1))?;
    base.contains("://").then(|| base[..end].to_owned())
}

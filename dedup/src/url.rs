//! Addresses of pages: one form for every way of writing the same one.

mod forms;
mod host;
mod path;
mod percent;
mod query;
mod site;
mod tracking;

use host::{Host, Scheme};
use query::Query;
use std::fmt;
use xxhash_rust::xxh3::xxh3_128;

/// Longest address that is looked at, in bytes, as it is written and as it is sent. Servers and browsers take little more;
/// what is longer is data.
const MAX_BYTES: usize = 8 << 10;

/// Brings addresses of pages to one form (RFC 3986, section 6), so that two addresses of the same page are equal.
///
/// Where it cannot be told whether two addresses name the same page, they stay different: a page that is read twice is
/// still found by its text, a page that is taken for another one is lost.
///
/// - The scheme, user, default port, trailing dot, `www.` and mobile labels (`m.`; `mobile.`, `touch.` and `amp.` in front
///   of a path) go; the host is lower case and punycode (UTS 46).
/// - Percent-encoding is written one way. Escaped bytes stay bytes: a Korean name in UTF-8 and in EUC-KR are two addresses.
/// - Dot segments, session ids in the path, slashes at its end and doubled ones at its start go.
/// - What the query says about the visitor (campaigns, clicks, sessions) goes; the other parameters are ordered by name,
///   those of one name as they were. `a` is `a=`, but not absent.
/// - The fragment goes unless it can name a page: `#!…`, or a slash in it (routes, and `#` left unescaped in a path).
/// - Known doubles become one: posts of Naver blogs, Naver and Daum news, mobile pages of Tistory.
///
/// Time and memory follow the address's length, which is bounded. The buffers are reused from address to address.
#[derive(Debug, Default)]
pub struct UrlCanonicalizer {
    host: Host,
    path: String,
    query: Query,
    fragment: String,
    canonical: String,
}

/// The canonical form of an address: a network-path reference (`//host/path?query`, RFC 3986, section 4.2), which is its
/// own canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalUrl<'a>(&'a str);

impl UrlCanonicalizer {
    /// The canonical form of an address that begins with `http://`, `https://` or `//`.
    ///
    /// `None` for anything else, for more than 8 KiB, and for hosts that mean another machine on every network: names
    /// without a dot, names under `local` and the like, and private numbers.
    pub fn canonical(&mut self, url: &str) -> Option<CanonicalUrl<'_>> {
        if url.len() > MAX_BYTES {
            return None;
        }
        let (scheme, rest) = Scheme::split(url.trim_matches(|c| c <= ' '))?;
        let (authority, rest) = cut(rest, &['/', '\\', '?', '#']);
        let (rest, fragment) = cut(rest, &['#']);
        let (path, query) = cut(rest, &['?']);
        if !self.host.read(authority, scheme) {
            return None;
        }
        self.host.fold(false);
        self.path.clear();
        path::push(path, forms::mobile_segment(self.host.name()), &mut self.path);
        forms::settle_path(&mut self.path);
        self.host.fold(!self.path.is_empty());
        self.query.read(query.strip_prefix('?').unwrap_or_default(), self.host.name());
        self.read_fragment(fragment.strip_prefix('#').unwrap_or_default());
        self.write();
        (self.canonical.len() <= MAX_BYTES).then_some(CanonicalUrl(&self.canonical))
    }

    /// Keeps a fragment that can name a page. Directives to the browser (`:~:text=`) never do.
    fn read_fragment(&mut self, fragment: &str) {
        self.fragment.clear();
        percent::push(fragment, false, &mut self.fragment);
        if let Some(directive) = self.fragment.find(":~:") {
            self.fragment.truncate(directive);
        }
        let names_page = self.fragment.starts_with('!') || self.fragment.contains('/');
        if !names_page || self.fragment.bytes().all(|b| matches!(b, b'!' | b'/')) {
            self.fragment.clear();
        }
    }

    fn write(&mut self) {
        let Self { host, path, query, fragment, canonical } = self;
        canonical.clear();
        canonical.push_str("//");
        if let Some([site, first, second]) = forms::page(host, path, query) {
            for part in [site, "/", first, "/", second] {
                canonical.push_str(part);
            }
            return;
        }
        host.write(canonical);
        canonical.push_str(path);
        query.write(canonical);
        if !fragment.is_empty() {
            canonical.push('#');
            canonical.push_str(fragment);
        }
    }
}

impl<'a> CanonicalUrl<'a> {
    /// The canonical form.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The hash by which two addresses name the same page: 128-bit XXH3 of the canonical form.
    pub fn hash(self) -> u128 {
        xxh3_128(self.0.as_bytes())
    }

    /// What the page's furniture belongs to, and by which lines are counted per site: the host with its port, and where
    /// one host carries the sites of many people under a path each, the person too.
    ///
    /// `blog.naver.com/ID`, `cafe.naver.com/NAME`, `cafe.daum.net/NAME`, `brunch.co.kr/@name`; `name.tistory.com` is a
    /// host already. Pages of such a host that belong to no one (`blog.naver.com/PostList.naver`) are the host's.
    pub fn site(self) -> &'a str {
        site::site(self.0.strip_prefix("//").unwrap_or(self.0))
    }
}

impl fmt::Display for CanonicalUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Cuts before the first of `borders`.
fn cut<'a>(text: &'a str, borders: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(borders).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests;

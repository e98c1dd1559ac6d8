//! Hosts: one spelling, and one of the names under which a site is served.

use super::percent;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest host name (RFC 1035, as text).
const MAX_HOST: usize = 253;

/// Longest host before it is turned into ASCII, in bytes: a name's characters take up to four each.
const MAX_UNREAD: usize = 4 * MAX_HOST;

/// Names that mean another machine on every network (RFC 6762, RFC 6761, RFC 8375, ICANN's decision of 2024).
const LOCAL: &[&str] = &["home.arpa", "internal", "local", "localdomain", "localhost"];

/// Second-level domains of countries under which names are registered; from the Public Suffix List, the Korean ones all.
#[rustfmt::skip]
const SECOND_LEVEL: &[&str] = &[
    "ac", "ai", "busan", "chungbuk", "chungnam", "co", "com", "daegu", "daejeon", "edu", "es", "gangwon", "go", "gob", "gov",
    "gwangju", "gyeongbuk", "gyeonggi", "gyeongnam", "hs", "incheon", "info", "io", "it", "jeju", "jeonbuk", "jeonnam", "kg",
    "ltd", "me", "mil", "ms", "ne", "net", "nom", "or", "org", "pe", "plc", "re", "sc", "seoul", "ulsan",
];

/// Domains whose subdomains belong to different people, so that `m.` may be a person: from the private part of the Public
/// Suffix List, and Korean hosts of blogs and shops.
#[rustfmt::skip]
const SHARED: &[&str] = &[
    "appspot.com", "blog.me", "blogspot.com", "cafe24.com", "creatorlink.net", "egloos.com", "firebaseapp.com", "github.io",
    "gitlab.io", "herokuapp.com", "imweb.me", "modoo.at", "netlify.app", "notion.site", "onrender.com", "oopy.io", "pages.dev",
    "substack.com", "tistory.com", "tumblr.com", "vercel.app", "web.app", "weebly.com", "wixsite.com", "wordpress.com",
    "workers.dev",
];

/// Domains whose mobile label stands after the language: ko.m.wikipedia.org.
#[rustfmt::skip]
const WIKIMEDIA: &[&str] = &[
    "wikibooks.org", "wikimedia.org", "wikinews.org", "wikipedia.org", "wikiquote.org", "wikisource.org", "wikiversity.org",
    "wikivoyage.org", "wiktionary.org",
];

/// How the page is fetched, as far as it settles the port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
    Unknown,
}

impl Scheme {
    /// The scheme and what follows the slashes. A backslash is a slash to every browser.
    pub(super) fn split(url: &str) -> Option<(Self, &str)> {
        let named = |name: &str| url.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).map(str::len);
        let (scheme, at) = match (named("https:"), named("http:")) {
            (Some(at), _) => (Self::Https, at),
            (_, Some(at)) => (Self::Http, at),
            _ => (Self::Unknown, 0),
        };
        let rest = url[at..].strip_prefix(['/', '\\'])?.strip_prefix(['/', '\\'])?;
        Some((scheme, rest))
    }

    fn port(self) -> Option<u16> {
        match self {
            Self::Http => Some(80),
            Self::Https => Some(443),
            Self::Unknown => None,
        }
    }
}

/// A host in lower case and ASCII, and its port unless it is the scheme's own.
#[derive(Debug, Default)]
pub(super) struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the port is the scheme's own.
    pub(super) fn has_own_port(&self) -> bool {
        self.port.is_some()
    }

    pub(super) fn write(&self, into: &mut String) {
        into.push_str(&self.name);
        if let Some(port) = self.port {
            into.push(':');
            into.push_str(&port.to_string());
        }
    }

    /// Takes the host and the port of an authority, or says that they name nothing.
    pub(super) fn read(&mut self, authority: &str, scheme: Scheme) -> bool {
        let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
        let border = server.rfind([':', ']']).filter(|&at| server[at..].starts_with(':')).unwrap_or(server.len());
        let (name, port) = server.split_at(border);
        let Some(port) = port_number(port) else { return false };
        self.port = port.filter(|&port| scheme.port() != Some(port));
        self.name.clear();
        let numbered = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        match numbered {
            Some(number) => self.read_ipv6(number),
            None => self.read_name(name).is_some(),
        }
    }

    fn read_ipv6(&mut self, number: &str) -> bool {
        let Ok(number) = number.parse::<Ipv6Addr>() else { return false };
        let local = number.is_loopback() || number.is_unspecified();
        if local || number.is_unique_local() || number.is_unicast_link_local() {
            return false;
        }
        self.name = format!("[{number}]");
        true
    }

    fn read_name(&mut self, name: &str) -> Option<()> {
        if name.len() > MAX_UNREAD {
            return None;
        }
        if name.contains('%') {
            self.name = unescaped(name)?;
        } else {
            self.name.push_str(name);
        }
        self.name.make_ascii_lowercase();
        // The tables of UTS 46 cost a microsecond; plain names, nearly all, do without.
        if !self.name.is_ascii() || self.name.contains("xn--") {
            self.name = idna::domain_to_ascii(&self.name).ok()?;
        }
        if self.name.ends_with('.') {
            self.name.pop();
        }
        names_a_server(&self.name).then_some(())
    }

    /// Drops the labels that tell only how the same site is shown. `names_page` says that a path follows: the front pages
    /// of `mobile.` and the like are more often other pages than other views of one.
    pub(super) fn fold(&mut self, names_page: bool) {
        let mut rest = self.name.as_str();
        while let Some((label, site)) = rest.split_once('.') {
            let shown = match label {
                "www" => is_registrable(site),
                "m" => is_registrable(site) && !SHARED.contains(&site),
                "mobile" | "touch" | "amp" => names_page && is_registrable(site) && !SHARED.contains(&site),
                _ => false,
            };
            if !shown {
                break;
            }
            rest = site;
        }
        self.name.drain(..self.name.len() - rest.len());
        if let Some((language, project)) = self.name.split_once(".m.")
            && WIKIMEDIA.contains(&project)
        {
            let language = language.len();
            self.name.drain(language..language + 2);
        }
    }
}

/// `Some(None)` without a port, `None` for what is no port.
fn port_number(port: &str) -> Option<Option<u16>> {
    match port.strip_prefix(':').unwrap_or_default() {
        "" => Some(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok().map(Some),
        _ => None,
    }
}

fn unescaped(name: &str) -> Option<String> {
    let mut bytes = name.bytes().enumerate();
    let mut plain = Vec::with_capacity(name.len());
    while let Some((at, byte)) = bytes.next() {
        if byte == b'%' {
            plain.push(percent::escaped(&name.as_bytes()[at + 1..])?);
            bytes.nth(1);
        } else {
            plain.push(byte);
        }
    }
    String::from_utf8(plain).ok()
}

fn names_a_server(name: &str) -> bool {
    let valid = |&b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if name.len() > MAX_HOST || !name.as_bytes().iter().all(valid) || name.split('.').any(str::is_empty) {
        return false;
    }
    let Some((_, top)) = name.rsplit_once('.') else { return false };
    if top.bytes().all(|b| b.is_ascii_digit()) {
        return name.parse().is_ok_and(|number: Ipv4Addr| {
            !number.is_private() && !number.is_loopback() && !number.is_link_local() && !number.is_unspecified()
        });
    }
    !LOCAL.iter().any(|local| lies_in(name, local))
}

/// Whether a host is a domain or lies in it.
pub(super) fn lies_in(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether someone can own a name, as far as that is seen without the whole Public Suffix List: two labels, of which the
/// first is no category of a country's domain.
fn is_registrable(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((own, top)) => own.contains('.') || top.len() > 2 || !SECOND_LEVEL.contains(&own),
        None => false,
    }
}

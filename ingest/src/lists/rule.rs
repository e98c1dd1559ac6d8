use super::address::{Host, domain_key, path_key, split};
use std::net::IpAddr;

/// How the lines of a list are written, as its first rule tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// One host or address a line, or a hosts file. Anything else is an error.
    Plain,
    /// Adblock's: what is not about whole sites is counted and passed over.
    Adblock,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A domain with all that lies in it.
    Domain(u64),
    /// The pages of a site below a path.
    Path(u64),
    /// A name that says nothing about a site, such as `localhost`.
    Local,
    /// About elements of pages, not about sites.
    Cosmetic,
    /// Patterns, options and expressions that have no meaning for whole documents.
    Unsupported,
}

/// The syntax of a list whose first line that is not blank and no `#` comment is this.
pub(super) fn syntax_of(line: &str) -> Syntax {
    let adblock = line.starts_with(['!', '[', '|']) || line.starts_with("@@") || is_cosmetic(line);
    if adblock { Syntax::Adblock } else { Syntax::Plain }
}

/// Calls `each` with the rules of a line of hosts or addresses; false if it is none.
pub(super) fn plain(line: &str, mut each: impl FnMut(Rule)) -> bool {
    let line = line.split_once(" #").or_else(|| line.split_once("\t#")).map_or(line, |(rule, _)| rule).trim();
    let mut words = line.split_whitespace();
    let Some(first) = words.next() else { return false };
    let mut names = words.peekable();
    if names.peek().is_none() {
        return site(first).map(&mut each).is_some();
    }
    // `fe80::1%lo0` names the interface, too.
    let numeric = first.split('%').next().is_some_and(|number| number.parse::<IpAddr>().is_ok());
    numeric && names.all(|name| hosts_name(name).map(&mut each).is_some())
}

fn hosts_name(name: &str) -> Option<Rule> {
    let (host, path) = split(name)?;
    let local = !host.is_dotted() || name.parse::<IpAddr>().is_ok() || name == "localhost.localdomain";
    path.is_empty().then(|| if local { Rule::Local } else { Rule::Domain(domain_key(host.as_bytes())) })
}

/// A host or an address, `.example` and `*.example` included. A single label must be written with the dot, so that a
/// broken line does not block all of `kr`.
fn site(text: &str) -> Option<Rule> {
    let domain = text.strip_prefix("*.").or_else(|| text.strip_prefix('.'));
    let (host, path) = split(domain.unwrap_or(text))?;
    (domain.is_some() || host.is_dotted()).then(|| of_site(&host, path))
}

fn of_site(host: &Host, path: &str) -> Rule {
    match path.trim_end_matches('/') {
        "" => Rule::Domain(domain_key(host.as_bytes())),
        path => Rule::Path(path_key(host.site_key(), path)),
    }
}

fn is_cosmetic(line: &str) -> bool {
    ["##", "#@#", "#?#", "#$#", "#%#", "$$"].iter().any(|mark| line.contains(mark))
}

/// A line of an adblock list, and whether it is an exception (`@@`).
pub(super) fn adblock(line: &str) -> (Rule, bool) {
    if is_cosmetic(line) {
        return (Rule::Cosmetic, false);
    }
    let (rule, exception) = line.strip_prefix("@@").map_or((line, false), |rule| (rule, true));
    let found = match rule.strip_prefix("||") {
        Some(rule) => anchored(rule),
        // Lists of plain domains under an adblock header are common.
        None if !exception => site(rule).filter(|rule| matches!(rule, Rule::Domain(_))),
        None => None,
    };
    (found.unwrap_or(Rule::Unsupported), exception)
}

/// What stands behind `||`, when it is a whole site or a path of it, without options that narrow it to parts of pages.
fn anchored(rule: &str) -> Option<Rule> {
    let (pattern, options) = rule.split_once('$').unwrap_or((rule, ""));
    let whole = |option: &str| matches!(option, "" | "all" | "document" | "doc" | "important" | "popup");
    if !options.split(',').all(whole) || pattern.contains(['*', '|']) {
        return None;
    }
    let address = pattern.strip_suffix('^').unwrap_or(pattern);
    let (host, path) = split(address)?;
    // Without `^` or a path, `||example` means every host that begins so.
    let bounded = pattern.ends_with(['^', '/']);
    (bounded && host.is_dotted() && !path.contains('^')).then(|| of_site(&host, path))
}

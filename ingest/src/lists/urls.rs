use super::address::{path_key, path_prefixes, split};
use super::lines::{ListError, for_each_line};
use super::rule::{Rule, Syntax, adblock, plain, syntax_of};
use std::io::Read;

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Its addresses are blocked.
    Block,
    /// Its addresses are let through, whatever other lists say.
    Allow,
}

/// What the lines of a list were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListSummary {
    /// Name of the list.
    pub name: String,
    /// Rules in use, repeated ones counted once.
    pub rules: usize,
    /// Of these, exceptions (`@@` in an adblock list).
    pub exceptions: usize,
    /// Names such as `localhost`.
    pub local: usize,
    /// Adblock rules about elements of pages.
    pub cosmetic: usize,
    /// Adblock rules that have no meaning for whole documents: patterns, options, expressions.
    pub unsupported: usize,
}

/// Which rule an address falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListVerdict<'a> {
    /// Whether it is blocked or let through.
    pub kind: ListKind,
    /// Name of the list.
    pub list: &'a str,
    /// Number of the rule's line, from 1.
    pub line: u32,
}

/// Block and allow lists of hosts, domains and addresses: see [`UrlLists::add`] for what is read.
///
/// A rule is kept as the 64-bit hash of its domain or path and its line number: 12 bytes. Looking up an address needs no
/// memory (names outside ASCII apart) and a binary search for each label of the host in each list.
#[derive(Debug, Clone, Default)]
pub struct UrlLists {
    lists: Vec<List>,
    summaries: Vec<ListSummary>,
}

#[derive(Debug, Clone)]
struct List {
    name: String,
    kind: ListKind,
    rules: Rules,
    exceptions: Rules,
}

impl UrlLists {
    /// Reads lists in the order of their importance: their kind, the name that errors and verdicts use, and the bytes.
    pub fn read<R: Read>(lists: impl IntoIterator<Item = (ListKind, String, R)>) -> Result<Self, ListError> {
        let mut read = Self::default();
        for (kind, name, input) in lists {
            read.add(kind, &name, input)?;
        }
        Ok(read)
    }

    /// Reads one more list, plain or gzip'd. Its first rule tells what it is:
    /// - hosts, domains or addresses, one a line, `#` comments; a hosts file (`0.0.0.0 host`);
    /// - adblock rules that name whole sites: `||example.kr^`, `||example.kr/path/`, `@@||example.kr^`, `!` comments.
    ///
    /// # Errors
    /// When it cannot be read, and when a line of the first form holds something else.
    pub fn add(&mut self, kind: ListKind, name: &str, input: impl Read) -> Result<(), ListError> {
        let mut summary = ListSummary { name: name.to_owned(), ..ListSummary::default() };
        let (mut rules, mut exceptions) = (Rules::default(), Rules::default());
        let mut syntax = None;
        for_each_line(name, input, |number, line| {
            if line.is_empty() || (line.starts_with('#') && !line.starts_with("##")) {
                return Ok(());
            }
            let mut settle = |rule, exception: bool| match rule {
                Rule::Domain(key) | Rule::Path(key) => {
                    let into = if exception { &mut exceptions } else { &mut rules };
                    into.push(key, number, matches!(rule, Rule::Path(_)));
                }
                Rule::Local => summary.local += 1,
                Rule::Cosmetic => summary.cosmetic += 1,
                Rule::Unsupported => summary.unsupported += 1,
            };
            match *syntax.get_or_insert_with(|| syntax_of(line)) {
                Syntax::Plain if plain(line, |rule| settle(rule, false)) => Ok(()),
                Syntax::Plain => {
                    Err(ListError::line(name, number, "a host, an address or a line of a hosts file", line))
                }
                Syntax::Adblock => {
                    if !line.starts_with(['!', '[']) {
                        let (rule, exception) = adblock(line);
                        settle(rule, exception);
                    }
                    Ok(())
                }
            }
        })?;
        rules.finish();
        exceptions.finish();
        (summary.rules, summary.exceptions) = (rules.len() + exceptions.len(), exceptions.len());
        self.summaries.push(summary);
        self.lists.push(List { name: name.to_owned(), kind, rules, exceptions });
        Ok(())
    }

    /// What was read, list by list.
    pub fn summaries(&self) -> &[ListSummary] {
        &self.summaries
    }

    /// The rule that an address falls under. Allow lists and exceptions go before block lists, then lists in the order
    /// in which they were read; within a list, the narrower domain goes before the wider.
    pub fn verdict(&self, url: &str) -> Option<ListVerdict<'_>> {
        let (host, path) = split(url)?;
        let keys = Keys {
            domains: || host.domains(),
            paths: || path_prefixes(path).map(|path| path_key(host.site_key(), path)),
        };
        let verdict = |list, kind, line| ListVerdict { kind, list, line };
        let allowed = self.lists.iter().find_map(|list| {
            let rules = if list.kind == ListKind::Allow { &list.rules } else { &list.exceptions };
            rules.find(&keys).map(|line| verdict(list.name.as_str(), ListKind::Allow, line))
        });
        allowed.or_else(|| {
            let mut block = self.lists.iter().filter(|list| list.kind == ListKind::Block);
            block.find_map(|list| list.rules.find(&keys).map(|line| verdict(list.name.as_str(), ListKind::Block, line)))
        })
    }
}

/// What an address can be found under, made anew for each list instead of being stored.
struct Keys<D, P> {
    domains: D,
    paths: P,
}

/// Keys in order, and beside each the line of its first rule.
#[derive(Debug, Clone, Default)]
struct Rules {
    unsorted: Vec<(u64, u32)>,
    keys: Vec<u64>,
    lines: Vec<u32>,
    has_paths: bool,
}

impl Rules {
    fn push(&mut self, key: u64, line: u32, is_path: bool) {
        self.unsorted.push((key, line));
        self.has_paths |= is_path;
    }

    fn finish(&mut self) {
        let mut rules = std::mem::take(&mut self.unsorted);
        rules.sort_unstable();
        rules.dedup_by_key(|&mut (key, _)| key);
        self.keys = rules.iter().map(|&(key, _)| key).collect();
        self.lines = rules.iter().map(|&(_, line)| line).collect();
    }

    fn len(&self) -> usize {
        self.keys.len()
    }

    fn find<D, P, I, J>(&self, keys: &Keys<D, P>) -> Option<u32>
    where
        D: Fn() -> I,
        P: Fn() -> J,
        I: Iterator<Item = u64>,
        J: Iterator<Item = u64>,
    {
        if self.keys.is_empty() {
            return None;
        }
        let line = |key| self.keys.binary_search(&key).ok().map(|at| self.lines[at]);
        let in_paths = || if self.has_paths { (keys.paths)().find_map(line) } else { None };
        (keys.domains)().find_map(line).or_else(in_paths)
    }
}

#[cfg(test)]
mod tests;

use super::config::Action;
use super::index::{Index, ScanBuffers};
use super::judge::Finding;
use crate::spans::{self, Spans};
use std::ops::Range;

/// Times that a text is cut: what closes up behind a cut may form an item anew.
const PASSES: usize = 4;

/// What becomes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// No item stands in it.
    Clean,
    /// It stays as it is, with its items named.
    Marked,
    /// It stays with this text, in which no item of a set to cut stands any more.
    Cut(String),
    /// It goes.
    Removed,
}

impl Index {
    /// What becomes of a text in which `findings` were found.
    ///
    /// The strictest action of the sets found counts. A text of which cutting leaves nothing, or that forms items anew
    /// however often it is cut, goes.
    pub fn verdict(&self, text: &str, findings: &[Finding], buffers: &mut ScanBuffers) -> Verdict {
        match findings.iter().map(|finding| self.action(finding)).max() {
            None => Verdict::Clean,
            Some(Action::Mark) => Verdict::Marked,
            Some(Action::Cut) => self.cut(text, findings, buffers).map_or(Verdict::Removed, Verdict::Cut),
            Some(Action::Remove) => Verdict::Removed,
        }
    }

    fn action(&self, finding: &Finding) -> Action {
        self.sets[usize::from(finding.set.0)].action
    }

    fn cut(&self, text: &str, findings: &[Finding], buffers: &mut ScanBuffers) -> Option<String> {
        let mut text = without(text, self.to_cut(findings));
        for _ in 0..PASSES {
            let ranges: Vec<_> = self.to_cut(self.scan(&text, buffers)).collect();
            if ranges.is_empty() {
                return text.contains(char::is_alphanumeric).then_some(text);
            }
            text = without(&text, ranges.into_iter());
        }
        None
    }

    fn to_cut<'a>(&'a self, findings: &'a [Finding]) -> impl Iterator<Item = Range<usize>> + 'a {
        findings.iter().filter(|finding| self.action(finding) != Action::Mark).map(|finding| finding.range.clone())
    }
}

fn without(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> String {
    let mut left = String::with_capacity(text.len());
    spans::cut(text, &Spans::merging(ranges.collect()), &mut left);
    left
}

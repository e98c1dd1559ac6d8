use super::config::Action;
use super::index::{Index, ScanBuffers};
use super::judge::Finding;
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

/// A text without some of its ranges, which are sorted by their start and may overlap.
fn without(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> String {
    let mut left = String::with_capacity(text.len());
    let mut cut_to = 0;
    for range in ranges {
        if cut_to == 0 {
            left.push_str(&text[..range.start]);
        } else if range.start > cut_to {
            join(&mut left, &text[cut_to..range.start]);
        }
        cut_to = range.end.max(cut_to);
    }
    join(&mut left, &text[cut_to..]);
    left
}

/// Appends a part with the whitespace of one side of the cut: the one with more line breaks, so that paragraphs stay apart.
fn join(left: &mut String, right: &str) {
    if left.is_empty() {
        left.push_str(right.trim_start());
        return;
    }
    let (ended, begun) = (left.trim_end().len(), right.trim_start());
    let (before, after) = (&left[ended..], &right[..right.len() - begun.len()]);
    let breaks = |space: &str| space.matches('\n').count();
    let space = if breaks(after) > breaks(before) { after } else { before };
    let space = if space.is_empty() { " ".to_owned() } else { space.to_owned() };
    left.truncate(ended);
    left.push_str(&space);
    left.push_str(begun);
}

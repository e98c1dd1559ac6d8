use super::class::{Class, classify, fold, is_emoji, is_hangul, is_joined_script, takes_emoji_selector};
use super::old_hangul::{OldHangulTable, is_hanyang};
use super::survey::skip_plain;
use super::{Change, Changes};

/// Decides about characters one by one: widths, invisible and private ones, spaces and line ends.
pub(super) struct Characters<'a> {
    pub(super) fold_width: bool,
    pub(super) old_hangul: Option<&'a OldHangulTable>,
}

impl Characters<'_> {
    /// The text with every character settled but not composed; `from` is how far it is known to be plain.
    pub(super) fn settle(&self, text: &str, from: usize, changes: &mut Changes) -> String {
        let mut out = String::with_capacity(text.len());
        // Start of a run of kept characters that was not copied yet.
        let (mut run, mut at) = (0, from);
        loop {
            at = skip_plain(text.as_bytes(), at);
            let Some(c) = text[at..].chars().next() else { break };
            let end = at + c.len_utf8();
            let class = classify(c);
            if matches!(class, Class::Keep | Class::Compose) || (class == Class::Wide && !self.fold_width) {
                at = end;
                continue;
            }
            out.push_str(&text[run..at]);
            let next = text[end..].chars().next();
            self.decide(c, class, next, &mut out, changes);
            (run, at) = (end, end);
        }
        out.push_str(&text[run..]);
        out
    }

    fn decide(&self, c: char, class: Class, next: Option<char>, out: &mut String, changes: &mut Changes) {
        let before = out.chars().next_back();
        let change = match class {
            Class::Wide => {
                out.push(fold(c));
                Change::WidthFolded
            }
            Class::Space => {
                out.push(' ');
                Change::Space
            }
            Class::LineEnd => {
                out.push('\n');
                Change::LineEnd
            }
            Class::CarriageReturn => {
                if next != Some('\n') {
                    out.push('\n');
                }
                Change::LineEnd
            }
            Class::Joiner if joins(c, before, next) => return out.push(c),
            Class::Joiner => Change::ZeroWidth,
            Class::Selector if selects(c, before, next) => return out.push(c),
            Class::Selector => Change::VariationSelector,
            Class::PrivateUse => self.private_use(c, before, next, out),
            Class::Drop(change) => change,
            Class::Keep | Class::Compose => return out.push(c),
        };
        changes.add(change, 1);
    }

    /// Old Hangul where a table knows it; U+FFFD where a private character is part of a Korean word, since without it
    /// the word would read as another; nothing otherwise, as icons and bullets of web fonts are.
    fn private_use(&self, c: char, before: Option<char>, next: Option<char>, out: &mut String) -> Change {
        if let Some(jamo) = self.old_hangul.and_then(|table| table.get(c)) {
            out.push_str(jamo);
            return Change::OldHangul;
        }
        let follows = before.is_some_and(|before| is_hangul(before) || before == char::REPLACEMENT_CHARACTER);
        if is_hanyang(c) && (follows || next.is_some_and(|next| is_hangul(next) || is_hanyang(next))) {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        Change::PrivateUse
    }
}

fn joins(c: char, before: Option<char>, next: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let emoji = c == '\u{200d}' && (is_emoji(before) || before == '\u{fe0f}') && next.is_some_and(is_emoji);
    emoji || is_joined_script(before)
}

fn selects(c: char, before: Option<char>, next: Option<char>) -> bool {
    let Some(before) = before.filter(|_| c == '\u{fe0f}') else { return false };
    // The second case is a keycap: 1️⃣.
    takes_emoji_selector(before) || (matches!(before, '0'..='9' | '#' | '*') && next == Some('\u{20e3}'))
}

use super::survey::{BLOCK, skip_blocks};
use super::{Change, Changes, NormalizeConfig};

/// Punctuation of which long runs are shortened. Not here: `#`, `*`, digits, brackets and the circles and stars that
/// rulings write instead of names, since their number means something.
pub(super) const ASCII_MARKS: &[u8] = b"!?.~-=_;^";

fn is_mark(c: char) -> bool {
    matches!(c, '·' | '‐'..='―' | '․' | '‥' | '…' | '─' | '━' | '═' | '。' | '〜' | '・' | 'ㆍ' | '！' | '？' | '～')
}

/// What a run consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RunKind {
    Letter,
    Mark,
}

/// Decides about runs, line ends and blank lines.
pub(super) struct Layout {
    max_letters: usize,
    max_marks: usize,
    max_blank_lines: usize,
}

impl Layout {
    pub(super) fn new(config: &NormalizeConfig) -> Self {
        let limit = |max: u8| if max == 0 { usize::MAX } else { usize::from(max) };
        Self {
            max_letters: limit(config.max_letter_run),
            max_marks: limit(config.max_mark_run),
            max_blank_lines: usize::from(config.max_blank_lines),
        }
    }

    fn max_of(&self, kind: RunKind) -> usize {
        match kind {
            RunKind::Letter => self.max_letters,
            RunKind::Mark => self.max_marks,
        }
    }

    /// Whether the bytes begin with a character of `width` bytes more often than its kind allows.
    #[inline]
    pub(super) fn begins_long_run(&self, kind: RunKind, bytes: &[u8], width: usize) -> bool {
        // Most characters have another one next to them.
        bytes.len() >= 2 * width
            && bytes[..width] == bytes[width..2 * width]
            && run_length(bytes, width, self.max_of(kind).saturating_add(1)) > self.max_of(kind)
    }

    #[inline]
    pub(super) fn begins_long_mark_run(&self, c: char, bytes: &[u8]) -> bool {
        let width = c.len_utf8();
        bytes.len() >= 2 * width
            && bytes[..width] == bytes[width..2 * width]
            && is_mark(c)
            && self.begins_long_run(RunKind::Mark, bytes, width)
    }

    /// Whether a line end has blanks before it, or begins more blank lines than are allowed.
    #[inline]
    pub(super) fn is_untidy_line_end(&self, bytes: &[u8], at: usize) -> bool {
        let rest = &bytes[at..];
        (at > 0 && matches!(bytes[at - 1], b' ' | b'\t'))
            || (rest.get(1) == Some(&b'\n') && run_length(rest, 1, self.max_blank_lines + 2) > self.max_blank_lines + 1)
    }

    /// Shortens runs, takes blanks from line ends and the edges of the text, and drops blank lines over the limit. Runs
    /// in fenced code stay. `None` when nothing changes.
    pub(super) fn tidy(&self, text: &str, changes: &mut Changes) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let (mut blank_lines, mut fenced) = (0, false);
        for full in text.split('\n') {
            let mut line = full.trim_end_matches([' ', '\t']);
            changes.add(Change::OuterSpace, usize::from(line.len() < full.len()));
            if line.is_empty() {
                blank_lines += 1;
                continue;
            }
            if out.is_empty() {
                let indented = line.len();
                line = line.trim_start_matches([' ', '\t']);
                changes.add(Change::OuterSpace, usize::from(line.len() < indented));
                changes.add(Change::BlankLine, blank_lines);
            } else {
                changes.add(Change::BlankLine, blank_lines.saturating_sub(self.max_blank_lines));
                out.extend(std::iter::repeat_n('\n', 1 + blank_lines.min(self.max_blank_lines)));
            }
            blank_lines = 0;
            let fence = is_fence(line);
            if fenced || fence {
                out.push_str(line);
            } else {
                self.shorten(line, &mut out, changes);
            }
            fenced ^= fence;
        }
        // The line end that closes the text is no blank line.
        changes.add(Change::OuterSpace, usize::from(blank_lines > 0));
        changes.add(Change::BlankLine, blank_lines.saturating_sub(1));
        (out != text).then_some(out)
    }

    fn shorten(&self, line: &str, out: &mut String, changes: &mut Changes) {
        let bytes = line.as_bytes();
        let (mut run, mut at, mut block_end) = (0, 0, 0);
        loop {
            if at >= block_end {
                at = skip_blocks(bytes, at, has_no_run);
                block_end = at + BLOCK;
            }
            let Some(&b) = bytes.get(at) else { break };
            let width = width(b);
            let repeated = bytes.get(at + width) == Some(&b) && bytes.len() >= at + 2 * width;
            let Some(kind) = (if repeated { kind_at(line, at) } else { None }) else {
                at += width;
                continue;
            };
            let length = run_length(&bytes[at..], width, usize::MAX);
            let max = self.max_of(kind);
            if length > max {
                out.push_str(&line[run..at + max * width]);
                run = at + length * width;
                changes.add(if kind == RunKind::Letter { Change::LetterRun } else { Change::MarkRun }, 1);
            }
            at += length * width;
        }
        out.push_str(&line[run..]);
    }
}

/// Whether no byte of a block begins a run that may be shortened: an ASCII mark twice, or another mark or letter. Without
/// branches, so that it becomes vector code.
#[inline]
fn has_no_run(block: &[u8], nexts: &[u8]) -> bool {
    let mut odd = false;
    for (&b, &next) in block.iter().zip(nexts) {
        odd |= ((b == next) & (b < 0x80) & (b != b' ')) | (b == 0xc2) | (b == 0xe2) | (b == 0xe3) | (b == 0xef);
    }
    !odd
}

/// Whether a line opens or closes fenced code, as in Markdown.
pub(super) fn is_fence(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).starts_with("```")
}

/// How many times the first `width` bytes are there, at most `most` (and one more).
#[inline]
fn run_length(bytes: &[u8], width: usize, most: usize) -> usize {
    let (first, rest) = bytes.split_at(width);
    1 + rest.chunks_exact(width).take(most).take_while(|&next| next == first).count()
}

fn kind_at(line: &str, at: usize) -> Option<RunKind> {
    let c = line[at..].chars().next()?;
    match c {
        'ㄱ'..='ㅣ' => Some(RunKind::Letter),
        _ if c.is_ascii() && ASCII_MARKS.contains(&(c as u8)) => Some(RunKind::Mark),
        _ if is_mark(c) => Some(RunKind::Mark),
        _ => None,
    }
}

/// Bytes of the character that begins with this one.
#[inline]
fn width(first: u8) -> usize {
    match first {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs shortened character by character.
    fn by_the_book(layout: &Layout, line: &str) -> (String, u32) {
        let characters: Vec<char> = line.chars().collect();
        let (mut out, mut shortened) = (String::new(), 0);
        for run in characters.chunk_by(|a, b| a == b) {
            let most = kind_at(&run[0].to_string(), 0).map_or(usize::MAX, |kind| layout.max_of(kind));
            out.extend(&run[..run.len().min(most)]);
            shortened += u32::from(run.len() > most);
        }
        (out, shortened)
    }

    proptest! {
        #[test]
        fn runs_are_found_wherever_they_stand(
            pieces in prop::collection::vec(("[가-힣a-z ]{0,40}", "[!·…─ㅋㆍ。！가a😀#]", 1..6usize), 0..6),
            most in 0..4u8,
        ) {
            let line: String = pieces.iter().map(|(plain, mark, times)| format!("{plain}{}", mark.repeat(*times))).collect();
            let layout = Layout::new(&NormalizeConfig { max_letter_run: most, max_mark_run: most, ..NormalizeConfig::default() });
            let (mut out, mut changes) = (String::new(), Changes::default());
            layout.shorten(&line, &mut out, &mut changes);
            let (expected, shortened) = by_the_book(&layout, &line);
            prop_assert_eq!(out, expected);
            prop_assert_eq!(changes.iter().map(|(_, count)| count).sum::<u32>(), shortened);
        }
    }
}

use std::ops::Range;

/// Parts of one text: byte ranges in order that neither overlap nor touch, with ends between characters.
///
/// They belong to the text that they were made for. With another one [`Spans::characters`] and [`cut`] answer for other
/// parts, or panic where its characters lie elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans {
    ranges: Vec<Range<usize>>,
}

/// A range that is no part of its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// The end lies before the start.
    #[error("span {start}..{end} ends before it starts")]
    Reversed {
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
    },
    /// The end lies behind the text.
    #[error("span {start}..{end} reaches beyond a text of {length} bytes")]
    Beyond {
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
        /// Bytes of the text.
        length: usize,
    },
    /// An end lies between the bytes of a character.
    #[error("span {start}..{end} ends inside a character")]
    InsideCharacter {
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
    },
}

impl Spans {
    /// Parts of `text`. Ranges may come in any order; those that overlap or touch become one, and empty ones are dropped.
    ///
    /// # Errors
    ///
    /// [`SpanError`] if a range is no part of the text. Nothing is rounded: who finds repeated bytes must decide which
    /// characters that makes.
    pub fn new(text: &str, ranges: Vec<Range<usize>>) -> Result<Self, SpanError> {
        for &Range { start, end } in &ranges {
            if end < start {
                return Err(SpanError::Reversed { start, end });
            } else if end > text.len() {
                return Err(SpanError::Beyond { start, end, length: text.len() });
            } else if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
                return Err(SpanError::InsideCharacter { start, end });
            }
        }
        Ok(Self::merging(ranges))
    }

    /// [`Spans::new`] for ranges that were cut from the text itself.
    pub(crate) fn merging(mut ranges: Vec<Range<usize>>) -> Self {
        ranges.retain(|range| !range.is_empty());
        ranges.sort_unstable_by_key(|range| range.start);
        ranges.dedup_by(|next, range| {
            let touches = next.start <= range.end;
            if touches {
                range.end = range.end.max(next.end);
            }
            touches
        });
        Self { ranges }
    }

    /// The ranges in order.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Characters of `text` that are covered.
    pub fn characters(&self, text: &str) -> usize {
        self.ranges.iter().map(|range| text[range.clone()].chars().count()).sum()
    }
}

/// Replaces what `into` holds by `text` without `spans`.
///
/// What is left stays as it was, but for the whitespace where a cut was made. There, what stood between the two sides
/// decides: a blank line anywhere between them leaves one blank line, a line end leaves a line end, and within a line one
/// space stands for those of both sides. A space is added where two words would become one. The right side keeps its
/// indentation. A text that is cut at its end has no whitespace there.
///
/// Never longer than `text`, and NFC if `text` is: no two characters meet that could compose.
pub fn cut(text: &str, spans: &Spans, into: &mut String) {
    into.clear();
    let mut from = 0;
    for joint in joints(text, spans) {
        into.push_str(&text[from..joint.start]);
        from = text.len() - text[joint.cut.end..].trim_start().len();
        joint.close(text, from, into);
    }
    into.push_str(&text[from..]);
}

/// Where two pieces of a text meet once what lay between them is cut.
#[derive(Debug)]
struct Joint {
    /// End of the piece on the left, without the whitespace that follows it.
    start: usize,
    /// What is cut, and the whitespace between one cut and the next.
    cut: Range<usize>,
}

/// The joints of a text. Cuts with nothing but whitespace between them make one.
///
/// Looks for whitespace between neighbouring cuts only: each byte is looked at once, however many cuts there are.
fn joints(text: &str, spans: &Spans) -> Vec<Joint> {
    let mut joints = Vec::<Joint>::with_capacity(spans.ranges.len());
    for span in &spans.ranges {
        let from = joints.last().map_or(0, |joint| joint.cut.end);
        let start = from + text[from..span.start].trim_end().len();
        match joints.last_mut() {
            Some(joint) if start == from => joint.cut.end = span.end,
            _ => joints.push(Joint { start, cut: span.clone() }),
        }
    }
    joints
}

impl Joint {
    /// Writes what is to stand between the pieces. The right one begins at `end`.
    fn close(&self, text: &str, end: usize, into: &mut String) {
        if end == text.len() {
            return;
        }
        let (left, right) = (&text[self.start..self.cut.start], &text[self.cut.end..end]);
        let strongest = Break::strongest(&text[self.start..end]);
        if self.start == 0 || strongest > Break::Word {
            into.push_str(if self.start == 0 { "" } else { strongest.as_str() });
            into.push_str(self.indentation(text, end));
        } else if left.is_empty() && right.is_empty() {
            let touching = may_touch(into.chars().next_back(), text[end..].chars().next());
            into.push_str(if touching { "" } else { " " });
        } else if left.is_empty() || right.is_empty() {
            into.extend([left, right]);
        } else {
            into.push(' ');
        }
    }

    /// The blanks before the right piece if it begins a line, otherwise those before a cut that does.
    fn indentation<'a>(&self, text: &'a str, end: usize) -> &'a str {
        let (left, right) = (&text[self.start..self.cut.start], &text[self.cut.end..end]);
        let gap = &text[self.start..end];
        let whitespace = &gap[gap.trim_end().len()..];
        match (whitespace.rfind('\n'), left.rfind('\n')) {
            (Some(_), _) => right.rfind('\n').map_or(right, |at| &right[at + 1..]),
            (None, Some(at)) => &left[at + 1..],
            (None, None) if self.start == 0 => left,
            (None, None) => "",
        }
    }
}

/// What parts two pieces of a text, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    Word,
    Line,
    Paragraph,
}

impl Break {
    fn strongest(gap: &str) -> Self {
        let Some((_, after)) = gap.split_once('\n') else { return Self::Word };
        let mut lines = after.split('\n');
        // The last one goes on in the piece on the right.
        lines.next_back();
        if lines.any(|line| line.trim_start().is_empty()) { Self::Paragraph } else { Self::Line }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Word => " ",
            Self::Line => "\n",
            Self::Paragraph => "\n\n",
        }
    }
}

/// Whether two characters that a cut brings together stay two words, and two characters: one of them is punctuation, and
/// the right one is not a mark that would compose with it (`=` and U+0338 make `≠`).
fn may_touch(left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return true };
    is_punctuation(right) || is_punctuation(left) && right.is_alphanumeric()
}

/// ASCII punctuation, dashes and quotation marks, 、。「」 and their like.
fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation() || matches!(character, '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{3020}' | '·')
}

#[cfg(test)]
mod tests;

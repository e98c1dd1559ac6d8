use super::class::{Class, classify, fold};
use super::layout::is_fence;
use super::{Change, Changes};
use memchr::{memchr, memchr_iter};
use unicode_normalization::UnicodeNormalization;

/// Most bytes of a character reference, `&` and `;` included.
pub(super) const MAX_LENGTH: usize = 11;

/// References by name that are left over in Korean text, and what they stand for.
const NAMED: [(&str, char); 72] = [
    ("amp", '&'),
    ("apos", '\''),
    ("asymp", '≈'),
    ("bull", '•'),
    ("cent", '¢'),
    ("copy", '©'),
    ("darr", '↓'),
    ("deg", '°'),
    ("divide", '÷'),
    ("eacute", 'é'),
    ("emsp", '\u{2003}'),
    ("ensp", '\u{2002}'),
    ("equiv", '≡'),
    ("euro", '€'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("ge", '≥'),
    ("gt", '>'),
    ("harr", '↔'),
    ("hearts", '♥'),
    ("hellip", '…'),
    ("infin", '∞'),
    ("laquo", '«'),
    ("larr", '←'),
    ("ldquo", '“'),
    ("le", '≤'),
    ("lrm", '\u{200e}'),
    ("lsaquo", '‹'),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("mdash", '—'),
    ("micro", 'µ'),
    ("middot", '·'),
    ("minus", '−'),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("ne", '≠'),
    ("para", '¶'),
    ("permil", '‰'),
    ("plusmn", '±'),
    ("pound", '£'),
    ("prime", '′'),
    ("Prime", '″'),
    ("quot", '"'),
    ("radic", '√'),
    ("raquo", '»'),
    ("rarr", '→'),
    ("rArr", '⇒'),
    ("rdquo", '”'),
    ("reg", '®'),
    ("rlm", '\u{200f}'),
    ("rsaquo", '›'),
    ("rsquo", '’'),
    ("sect", '§'),
    ("shy", '\u{ad}'),
    ("sim", '∼'),
    ("spades", '♠'),
    ("sum", '∑'),
    ("sup1", '¹'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("szlig", 'ß'),
    ("thinsp", '\u{2009}'),
    ("tilde", '˜'),
    ("times", '×'),
    ("trade", '™'),
    ("uarr", '↑'),
    ("uml", '¨'),
    ("yen", '¥'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

/// What numbers 128 to 159 mean in HTML: Windows-1252 (HTML Standard, "numeric character reference end state").
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Decodes the character references that an earlier program left over, however many times the text was escaped.
///
/// - None is decoded in code: between backticks, in a fenced block, or when the reference stands alone between quotes.
/// - Those of `& < > " '` are left when the text has a raw tag such as `<div`: then it is about markup, or was escaped
///   the right number of times.
///
/// `None` when nothing is decoded. The text has settled characters; the result may have to be composed.
pub(super) fn decode(text: &str, fold_width: bool, changes: &mut Changes) -> Option<String> {
    let first = memchr(b'&', text.as_bytes())?;
    let mut decoder = Decoder {
        out: String::with_capacity(text.len()),
        state: Code::default(),
        fold_width,
        markup: has_tag(text),
        decoded: 0,
    };
    let mut at = 0;
    for end in memchr_iter(b';', &text.as_bytes()[first..]).map(|end| first + end + 1) {
        decoder.out.push_str(&text[at..end]);
        decoder.reduce(&text[end..]);
        at = end;
    }
    decoder.out.push_str(&text[at..]);
    changes.add(Change::Entity, decoder.decoded);
    (decoder.decoded > 0).then_some(decoder.out)
}

/// Writes text and puts the character in the place of every reference that is complete. Since it looks at what it has
/// written, a reference that decoding makes (`&amp;nbsp;`) is decoded as well, and normalising twice changes nothing.
struct Decoder {
    out: String,
    state: Code,
    fold_width: bool,
    markup: bool,
    decoded: usize,
}

/// What becomes of a reference.
enum Decoded {
    Character(char),
    Nothing,
}

impl Decoder {
    /// Called when `;` was written.
    fn reduce(&mut self, rest: &str) {
        while self.out.ends_with(';') {
            let Some(start) = reference_start(&self.out) else { return };
            let Some(decoded) = self.decode(&self.out[start + 1..self.out.len() - 1]) else { return };
            self.state.advance(&self.out, start);
            if self.state.is_code() || is_quoted(&self.out[..start], rest) {
                return;
            }
            self.out.truncate(start);
            self.decoded += 1;
            match decoded {
                Decoded::Character(c) => self.out.push(c),
                Decoded::Nothing => return,
            }
        }
    }

    fn decode(&self, name: &str) -> Option<Decoded> {
        let c = match name.strip_prefix('#') {
            Some(number) => numbered(number)?,
            None => NAMED.iter().find(|&&(known, _)| known == name)?.1,
        };
        let decoded = match classify(c) {
            Class::Keep => c,
            Class::Compose => alone(c)?,
            Class::Wide if self.fold_width => fold(c),
            Class::Wide => c,
            Class::Space => ' ',
            Class::LineEnd | Class::CarriageReturn => '\n',
            Class::Joiner | Class::Selector | Class::Drop(Change::ZeroWidth | Change::Direction) => {
                return Some(Decoded::Nothing);
            }
            Class::PrivateUse | Class::Drop(_) => return None,
        };
        // A backtick would begin code, a bar another cell of a table: those are written so on purpose.
        let kept = matches!(decoded, '`' | '|') || (self.markup && matches!(decoded, '&' | '<' | '>' | '"' | '\''));
        (!kept).then_some(Decoded::Character(decoded))
    }
}

/// The composed form of a character that stands alone, when that is one character.
fn alone(c: char) -> Option<char> {
    let mut composed = std::iter::once(c).nfc();
    let first = composed.next();
    first.filter(|_| composed.next().is_none())
}

/// Where the reference begins that the text ends with.
fn reference_start(out: &str) -> Option<usize> {
    let body = out.as_bytes().strip_suffix(b";")?;
    let tail = &body[body.len().saturating_sub(MAX_LENGTH - 1)..];
    let name = tail.iter().rev().take_while(|&&b| b.is_ascii_alphanumeric() || b == b'#').count();
    let start = body.len().checked_sub(name + 1)?;
    (name >= 2 && body[start] == b'&').then_some(start)
}

fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    let code = code.ok()?;
    match code.checked_sub(128).and_then(|index| WINDOWS_1252.get(index as usize)) {
        Some(&c) => Some(c),
        None => char::from_u32(code),
    }
}

fn is_quoted(before: &str, after: &str) -> bool {
    let quote = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」');
    before.ends_with(quote) && after.starts_with(quote)
}

/// Whether a text holds a tag: then it was not escaped once too often as a whole.
fn has_tag(text: &str) -> bool {
    memchr_iter(b'<', text.as_bytes()).any(|at| {
        let next = text[at + 1..].chars().next();
        // Letters with accents, since an accent may come to stand on a letter later.
        next.is_some_and(|c| matches!(c, 'a'..='z' | 'A'..='Z' | '/' | '!' | 'À'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'))
    })
}

/// Whether what is written so far leads into code.
#[derive(Default)]
struct Code {
    /// How far `out` was looked at, and where the line begins there.
    seen: usize,
    line: usize,
    fenced: bool,
    backticks: usize,
}

impl Code {
    fn advance(&mut self, out: &str, to: usize) {
        while self.seen < to {
            match out.as_bytes()[self.seen] {
                b'\n' => {
                    self.fenced ^= is_fence(&out[self.line..self.seen]);
                    (self.line, self.backticks) = (self.seen + 1, 0);
                }
                b'`' => self.backticks += 1,
                _ => {}
            }
            self.seen += 1;
        }
    }

    fn is_code(&self) -> bool {
        self.fenced || self.backticks % 2 == 1
    }
}

use super::class::{Class, classify};
use super::survey::skip_plain;
use super::{Change, Changes};
use memchr::{memchr, memrchr};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Canonical composition (NFC, Unicode Standard Annex 15), line by line: nothing composes with a line end. Only lines
/// with a character that NFC can concern are looked at. `None` when
/// the text is composed already.
pub(super) fn compose(text: &str, changes: &mut Changes) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(concerned) = next_concerned(text, at) {
        let start = memrchr(b'\n', &bytes[at..concerned]).map_or(at, |end| at + end + 1);
        let end = memchr(b'\n', &bytes[concerned..]).map_or(bytes.len(), |end| concerned + end);
        let line = &text[start..end];
        if is_nfc_quick(line.chars()) != IsNormalized::Yes {
            let composed: String = line.nfc().collect();
            if composed != line {
                count(line, &composed, changes);
                out.push_str(&text[copied..start]);
                out.push_str(&composed);
                copied = end;
            }
        }
        at = end;
    }
    if out.is_empty() {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

fn next_concerned(text: &str, mut at: usize) -> Option<usize> {
    loop {
        at = skip_plain(text.as_bytes(), at);
        let c = text[at..].chars().next()?;
        if classify(c) == Class::Compose {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

fn count(line: &str, composed: &str, changes: &mut Changes) {
    let hanja = |text: &str| text.chars().filter(|c| matches!(c, '\u{f900}'..='\u{faff}')).count();
    let unified = hanja(line).saturating_sub(hanja(composed));
    changes.add(Change::CompatibilityHanja, unified);
    let joined = line.chars().count().saturating_sub(composed.chars().count());
    changes.add(Change::Composed, if unified == 0 { joined.max(1) } else { joined });
}

//! A quick look at markup before it becomes a tree.
//!
//! An HTML parser must take any bytes, and some make trees far larger than themselves: unclosed formatting elements are
//! opened again in every paragraph that follows, and each opening tag walks the elements that are still open. A page of
//! one megabyte can so ask for gigabytes or minutes.

use super::ExtractError;

/// Elements inside one another that a page may have. Browsers stop at 512 (WebKit, Blink).
pub(super) const MAX_DEPTH: usize = 512;

/// Elements that a page may have. A tree takes about 300 bytes for each, and the extractor keeps up to three trees.
pub(super) const MAX_ELEMENTS: usize = 300_000;

/// Formatting elements, which the parser opens again after a block closed over them (HTML Standard, 13.2.4.3).
const FORMATTING: [&[u8]; 13] =
    [b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"s", b"small", b"strike", b"strong", b"tt", b"u"];

/// Elements without content, and those whose end tag is usually left out: neither nests.
const NOT_NESTING: [&[u8]; 33] = [
    b"area",
    b"base",
    b"br",
    b"col",
    b"embed",
    b"hr",
    b"img",
    b"input",
    b"link",
    b"meta",
    b"param",
    b"source",
    b"track",
    b"wbr",
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"option",
    b"optgroup",
    b"tr",
    b"td",
    b"th",
    b"thead",
    b"tbody",
    b"tfoot",
    b"colgroup",
    b"html",
    b"head",
    b"body",
    b"rt",
    b"rp",
    b"image",
];

/// Elements whose content is not markup.
const RAW: [&[u8]; 8] = [b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"];

/// Estimates depth and size of the tree that a page makes, and refuses what is out of bounds.
pub(super) fn check(page: &str) -> Result<(), ExtractError> {
    let bytes = page.as_bytes();
    let mut open: Vec<&[u8]> = Vec::new();
    let mut formatting = 0usize;
    let mut elements = 0usize;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        at += found + 1;
        let rest = &bytes[at..];
        if rest.starts_with(b"!--") {
            at += memchr::memmem::find(rest, b"-->").unwrap_or(rest.len());
            continue;
        }
        let closing = rest.first() == Some(&b'/');
        let name = tag_name(&rest[usize::from(closing)..]);
        if name.is_empty() || NOT_NESTING.iter().any(|other| name.eq_ignore_ascii_case(other)) {
            elements += if name.is_empty() || closing { 0 } else { 1 + formatting };
        } else if closing {
            // Closing an element closes what is open inside it. How far up to look is bounded by MAX_DEPTH.
            if let Some(depth) = open.iter().rposition(|other| name.eq_ignore_ascii_case(other)) {
                open.truncate(depth);
                formatting = open.iter().filter(|name| is_formatting(name)).count();
            }
        } else {
            elements += 1 + formatting;
            open.push(name);
            formatting += usize::from(is_formatting(name));
            if RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
                open.pop();
                at += end_of_raw(rest, name);
            }
        }
        if open.len() > MAX_DEPTH {
            return Err(ExtractError::TooDeep(MAX_DEPTH));
        }
        if elements > MAX_ELEMENTS {
            return Err(ExtractError::TooLarge(MAX_ELEMENTS));
        }
    }
    Ok(())
}

fn is_formatting(name: &[u8]) -> bool {
    FORMATTING.iter().any(|other| name.eq_ignore_ascii_case(other))
}

fn tag_name(bytes: &[u8]) -> &[u8] {
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) {
        return &[];
    }
    let end = bytes.iter().take(64).position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
    &bytes[..end.unwrap_or(bytes.len().min(64))]
}

/// Bytes up to the end tag of an element whose content is not markup.
fn end_of_raw(rest: &[u8], name: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&rest[at..], b"</") {
        at += found;
        let tag = &rest[at + 2..];
        if tag.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name)) {
            return at;
        }
        at += 2;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_markup_passes() {
        let rows = "<tr><td>값<td>단위<p>문단<li>항목<br>".repeat(10_000);
        assert_eq!(check(&format!("<!doctype html><html><body><table>{rows}</table>")), Ok(()));
        assert_eq!(check("1 < 2, <b>굵게</b>, </div></p> <"), Ok(()));
        let script = format!("<script>{}</script>", "if (a<b) {}".repeat(100_000));
        assert_eq!(check(&script), Ok(()));
        let unclosed = "<div><span>하나</div>".repeat(10_000);
        assert_eq!(check(&unclosed), Ok(()));
    }

    #[test]
    fn bombs_do_not() {
        assert_eq!(check(&"<div>".repeat(100_000)), Err(ExtractError::TooDeep(MAX_DEPTH)));
        let fonts: String = (0..300).map(|n| format!("<font size={n}>")).collect();
        assert_eq!(check(&(fonts + &"<p>".repeat(100_000))), Err(ExtractError::TooLarge(MAX_ELEMENTS)));
        assert_eq!(check(&"<br>".repeat(1_000_000)), Err(ExtractError::TooLarge(MAX_ELEMENTS)));
    }
}

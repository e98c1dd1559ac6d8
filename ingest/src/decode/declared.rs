use super::Charset;

/// Bytes of a page that are searched for a declaration. The HTML Standard asks for 1024 and lets a parser look further;
/// Korean portals of the 2000s put a screenful of scripts first.
const PRESCAN: usize = 4096;

/// The charset that an XML declaration or a `<meta>` element at the beginning of a page names.
pub fn declared_in_markup(page: &[u8]) -> Option<Charset> {
    let head = &page[..page.len().min(PRESCAN)];
    let xml = head.trim_ascii_start();
    if xml.starts_with(b"<?xml") {
        let end = memchr::memmem::find(xml, b"?>").unwrap_or(xml.len());
        if let Some(charset) = value_after(&xml[..end], b"encoding").and_then(Charset::for_label) {
            return Some(charset);
        }
    }
    let mut rest = head;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        if rest.starts_with(b"!--") {
            let end = memchr::memmem::find(rest, b"-->")?;
            rest = &rest[end..];
        } else if rest.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"meta")) {
            let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
            // UTF-16 in a declaration that was readable as ASCII is a mistake (HTML Standard, 13.2.3.2).
            let declared = value_after(&rest[..end], b"charset").and_then(Charset::for_label);
            if let Some(charset) = declared.filter(|charset| charset.is_ascii_compatible()) {
                return Some(charset);
            }
        }
    }
    None
}

/// The value in `name = "value"`, with or without quotes.
fn value_after<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let at = text.windows(name.len()).position(|window| window.eq_ignore_ascii_case(name))?;
    let value = text[at + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b';' | b'/' | b'?'));
    std::str::from_utf8(&value[..end.unwrap_or(value.len())]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::SHIFT_JIS;

    #[test]
    fn declarations_are_found_where_they_stand() {
        let found = [
            (r#"<meta charset=euc-kr>"#, Some(Charset::EUC_KR)),
            (r#"<META HTTP-EQUIV="content-type" CONTENT="text/html; charset=ks_c_5601-1987">"#, Some(Charset::EUC_KR)),
            (r#"<?xml version='1.0' encoding='shift_jis'?><rss>"#, Some(Charset::Web(SHIFT_JIS))),
            (r#"<!-- <meta charset=shift_jis> --><meta charset = 'utf-8' />"#, Some(Charset::UTF_8)),
            (r#"<meta charset="utf-16"><meta charset="euc-kr">"#, Some(Charset::EUC_KR)),
            (r#"<meta charset="johab">"#, Some(Charset::Johab)),
            (r#"<p>charset=euc-kr</p>"#, None),
            (r#"<meta charset"#, None),
        ];
        for (page, charset) in found {
            assert_eq!(declared_in_markup(page.as_bytes()), charset, "{page}");
        }
    }
}

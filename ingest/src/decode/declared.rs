use encoding_rs::{EUC_KR, Encoding, REPLACEMENT, X_USER_DEFINED};

/// Bytes of a page that are searched for a declaration. The HTML Standard asks for 1024 and lets a parser look further;
/// Korean portals of the 2000s put a screenful of scripts first.
const PRESCAN: usize = 4096;

/// The encoding that a label means, by the Encoding Standard and by the names that Korean software adds to it.
///
/// Labels whose standard decoder throws the whole text away (`iso-2022-kr`, `hz-gb-2312`) mean nothing here.
pub fn encoding_for_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | ';'));
    let korean = ["cp949", "ms949", "uhc", "x-uhc", "x-windows-949", "euckr", "euc_kr", "ksc5601-1987", "ks_c_5601"];
    if korean.iter().any(|name| label.eq_ignore_ascii_case(name)) {
        return Some(EUC_KR);
    }
    Encoding::for_label(label.as_bytes()).filter(|&encoding| encoding != REPLACEMENT && encoding != X_USER_DEFINED)
}

/// The charset that an XML declaration or a `<meta>` element at the beginning of a page names.
pub fn declared_in_markup(page: &[u8]) -> Option<&'static Encoding> {
    let head = &page[..page.len().min(PRESCAN)];
    let xml = head.trim_ascii_start();
    if xml.starts_with(b"<?xml") {
        let end = memchr::memmem::find(xml, b"?>").unwrap_or(xml.len());
        if let Some(encoding) = value_after(&xml[..end], b"encoding").and_then(encoding_for_label) {
            return Some(encoding);
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
            let declared = value_after(&rest[..end], b"charset").and_then(encoding_for_label);
            if let Some(encoding) = declared.filter(|encoding| encoding.is_ascii_compatible()) {
                return Some(encoding);
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
    use encoding_rs::{SHIFT_JIS, UTF_8};

    #[test]
    fn korean_names_are_known() {
        for label in ["euc-kr", "KS_C_5601-1987", "cp949", "MS949", "uhc", "windows-949", " \"EUC-KR\""] {
            assert_eq!(encoding_for_label(label), Some(EUC_KR), "{label}");
        }
        assert_eq!(encoding_for_label("utf8"), Some(UTF_8));
        assert_eq!(encoding_for_label("iso-2022-kr"), None);
        assert_eq!(encoding_for_label("없는 이름"), None);
    }

    #[test]
    fn declarations_are_found_where_they_stand() {
        let found = [
            (r#"<meta charset=euc-kr>"#, Some(EUC_KR)),
            (r#"<META HTTP-EQUIV="content-type" CONTENT="text/html; charset=ks_c_5601-1987">"#, Some(EUC_KR)),
            (r#"<?xml version='1.0' encoding='shift_jis'?><rss>"#, Some(SHIFT_JIS)),
            (r#"<!-- <meta charset=shift_jis> --><meta charset = 'utf-8' />"#, Some(UTF_8)),
            (r#"<meta charset="utf-16"><meta charset="euc-kr">"#, Some(EUC_KR)),
            (r#"<p>charset=euc-kr</p>"#, None),
            (r#"<meta charset"#, None),
        ];
        for (page, encoding) in found {
            assert_eq!(declared_in_markup(page.as_bytes()), encoding, "{page}");
        }
    }
}

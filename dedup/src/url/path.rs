//! Paths.

use super::percent;

/// Appends the canonical form of a path: empty, or segments with a slash before each. `mobile` is a first segment that
/// tells only how the page is shown.
pub(super) fn push(path: &str, mobile: Option<&str>, into: &mut String) {
    let root = into.len();
    for segment in path.split(['/', '\\']).skip(1) {
        let start = into.len();
        into.push('/');
        push_segment(segment, into);
        let segment = &into[start + 1..];
        let at_root = start == root;
        if segment == "." || is_cookieless_session(segment) {
            into.truncate(start);
        } else if segment == ".." {
            into.truncate(start);
            // Each byte that is searched here is dropped: the whole stays linear.
            let parent = into[root..].rfind('/').map_or(root, |at| root + at);
            into.truncate(parent);
        } else if at_root && (segment.is_empty() || Some(segment) == mobile) {
            // Doubled slashes at the root come from joining `host/` and `/path`. Further on an empty segment can be an empty
            // parameter (`/list//3`) or part of an address (`/web/http://…`), and stays.
            into.truncate(start);
        }
    }
    into.truncate(root + into[root..].trim_end_matches('/').len());
}

/// Appends a segment without the session ids in its parameters (`;jsessionid=…`, Jakarta Servlet 7.1.3).
fn push_segment(segment: &str, into: &mut String) {
    for (number, parameter) in segment.split(';').enumerate() {
        let start = into.len();
        if number > 0 {
            into.push(';');
        }
        percent::push(parameter, false, into);
        let name = into[start..].split('=').next().unwrap_or_default();
        if [";jsessionid", ";phpsessid"].iter().any(|session| name.eq_ignore_ascii_case(session)) {
            into.truncate(start);
        }
    }
}

/// `(S(lit3py55t21z5v55vlm25s55))`: an ASP.NET session kept in the path instead of a cookie.
fn is_cookieless_session(segment: &str) -> bool {
    let id = segment.strip_prefix("(S(").and_then(|rest| rest.strip_suffix("))"));
    id.is_some_and(|id| id.len() == 24 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(path: &str) -> String {
        let mut into = String::new();
        push(path, None, &mut into);
        into
    }

    #[test]
    fn segments_are_resolved() {
        for (path, expected) in [
            ("", ""),
            ("/", ""),
            ("//a", "/a"),
            ("/a/./b/../c/", "/a/c"),
            ("/a/%2e%2E/b", "/b"),
            ("/../../a", "/a"),
            ("/a/..//b", "/b"),
            ("/a//b", "/a//b"),
            ("/a//", "/a"),
            ("\\a\\b", "/a/b"),
            ("/view.do;jsessionid=1F0C.node1", "/view.do"),
            ("/view.do;JSESSIONID=1;v=2/x", "/view.do;v=2/x"),
            ("/view.do;%6asessionid=1", "/view.do"),
            ("/.;jsessionid=1/a", "/a"),
            ("/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "/a.aspx"),
            ("/(S(short))/a.aspx", "/(S(short))/a.aspx"),
        ] {
            assert_eq!(canonical(path), expected, "{path}");
        }
    }
}

//! The site that a page belongs to.

/// Hosts under which each first segment is a site of its own, and what such a segment begins with. Segments with a dot
/// (`PostList.naver`) are pages of the host.
const SHARED: &[(&str, &str)] = &[
    ("blog.daum.net", ""),
    ("blog.naver.com", ""),
    ("brunch.co.kr", "@"),
    ("cafe.daum.net", ""),
    ("cafe.naver.com", ""),
    ("medium.com", "@"),
    ("velog.io", "@"),
];

/// First segments of [`SHARED`] hosts that are no one's: Naver's and Daum's addresses that name a café by its number.
const NOBODYS: &[&str] = &["_c21_", "ca-fe", "f-e"];

/// The site of a canonical address without its `//`: a beginning of it.
pub(super) fn site(address: &str) -> &str {
    let end_of = |from: usize| address[from..].find(['/', '?', '#']).map_or(address.len(), |at| from + at);
    let host = end_of(0);
    let Some(&(_, mark)) = SHARED.iter().find(|(shared, _)| *shared == &address[..host]) else {
        return &address[..host];
    };
    if !address[host..].starts_with('/') {
        return &address[..host];
    }
    let end = end_of(host + 1);
    let segment = &address[host + 1..end];
    let owned = !segment.is_empty() && !segment.contains('.') && !NOBODYS.contains(&segment);
    if owned && segment.starts_with(mark) { &address[..end] } else { &address[..host] }
}

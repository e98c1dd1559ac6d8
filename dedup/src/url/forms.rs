//! Pages that big Korean sites serve under several addresses.

use super::host::{Host, lies_in};
use super::query::Query;

/// The first path segment that asks for the mobile view of every page of a blog.
pub(super) fn mobile_segment(host: &str) -> Option<&'static str> {
    (lies_in(host, "tistory.com") && host != "tistory.com").then_some("m")
}

/// Ends of paths that ask for the AMP view. `/amp` after anything but an article's number can be a page about amplifiers.
pub(super) fn settle_path(path: &mut String) {
    // The publishing system of most Korean newspapers on the web.
    if path.ends_with("/articleViewAmp.html") {
        path.truncate(path.len() - "Amp.html".len());
        path.push_str(".html");
    } else if let Some(article) = path.strip_suffix("/amp") {
        let number = article.rsplit('/').next().unwrap_or_default();
        if number.len() >= 5 && is_number(number) {
            path.truncate(path.len() - "/amp".len());
        }
    }
}

/// What names an article or a post by itself: host, and two segments of the path; the rest of the address then says only
/// how it is shown.
pub(super) fn page<'a>(host: &'a Host, path: &'a str, query: &'a Query) -> Option<[&'a str; 3]> {
    if host.has_own_port() {
        return None;
    }
    match host.name() {
        "blog.naver.com" => naver_post(path, query),
        "news.naver.com"
        | "n.news.naver.com"
        | "sports.news.naver.com"
        | "sports.naver.com"
        | "entertain.naver.com" => naver_article(path, query),
        "v.media.daum.net" => daum_article(path),
        name if lies_in(name, "v.daum.net") => daum_article(path),
        _ => None,
    }
}

/// A post of a Naver blog: `/ID/NO`, `/PostView.naver?blogId=ID&logNo=NO` (before 2021 `.nhn`), `/ID?Redirect=Log&logNo=NO`.
fn naver_post<'a>(path: &'a str, query: &'a Query) -> Option<[&'a str; 3]> {
    let (blog, post) = match path.get(1..)? {
        "PostView.naver" | "PostView.nhn" => (query.get("blogId")?, query.get("logNo")?),
        path => match path.split_once('/') {
            Some(blog_and_post) => blog_and_post,
            None => (path, query.get("Redirect").and_then(|_| query.get("logNo"))?),
        },
    };
    let named = !blog.is_empty() && blog.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    (named && is_number(post)).then_some(["blog.naver.com", blog, post])
}

/// An article at Naver, known by the numbers of its paper and of itself wherever it is shown:
/// `/article/OID/AID`, `/mnews/article/OID/AID`, `/main/read.naver?oid=OID&aid=AID`.
fn naver_article<'a>(path: &'a str, query: &'a Query) -> Option<[&'a str; 3]> {
    let mut segments = path.rsplit('/');
    let (paper, article) = match segments.next()? {
        "read.naver" | "read.nhn" | "read" => (query.get("oid")?, query.get("aid")?),
        article => {
            let paper = segments.next()?;
            (segments.next()? == "article").then_some((paper, article))?
        }
    };
    let known = paper.len() == 3 && article.len() == 10 && is_number(paper) && is_number(article);
    known.then_some(["n.news.naver.com/article", paper, article])
}

/// An article at Daum: `/v/NUMBER` on `v.daum.net` and on the hosts of its sections.
fn daum_article(path: &str) -> Option<[&str; 3]> {
    let article = path.strip_prefix("/v/")?;
    (article.len() >= 14 && is_number(article)).then_some(["v.daum.net", "v", article])
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

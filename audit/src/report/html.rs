//! Statistics as one self-contained page: no script, nothing fetched, light and dark, fit for print.

mod chart;
mod clusters;
mod markup;
mod overview;
mod sources;

use crate::Statistics;
use markup::{escape, section};

/// The page's look; inlined, so that the page is one file.
const STYLE: &str = include_str!("html/style.css");

/// A page about a run's corpus. `run` is what the page calls the run. Text from the corpus is escaped.
///
/// The same statistics give the same bytes: the page holds no time and no host.
pub fn html(statistics: &Statistics, run: &str) -> String {
    let run = escape(run);
    let mut body = overview::totals(statistics);
    body += &section("From read to trained", &overview::funnel(&statistics.funnel()));
    body += &section("Documents by source", &sources::documents(statistics));
    body += &section("Text by source", &sources::text(statistics));
    if let Some(lengths) = &statistics.lengths {
        body += &section("Length of documents", &overview::lengths(lengths));
    }
    body += &sources::duplicates(statistics).map(|table| section("Duplicates", &table)).unwrap_or_default();
    if !statistics.clusters.is_empty() {
        body += &section("Largest clusters of duplicates", &clusters::list(&statistics.clusters));
    }
    if let Some(trained) = statistics.trained() {
        body += &section("Training", &overview::training(trained));
    }
    body += &section("Provenance", &overview::provenance(statistics));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Corpus audit: {run}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<p class=\"kind\">Corpus audit</p>\n<h1>{run}</h1>\n</header>\n{body}</main>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_run_is_a_whole_page() {
        let statistics = Statistics { stages: Vec::new(), outdated: Vec::new(), lengths: None, clusters: Vec::new() };
        let page = html(&statistics, "<b>말모이</b> & \"run\"");
        assert!(page.contains("<h1>&lt;b&gt;말모이&lt;/b&gt; &amp; &quot;run&quot;</h1>"));
        assert!(!page.contains("<b>") && page.ends_with("</html>\n"));
    }
}

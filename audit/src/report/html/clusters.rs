use super::markup::escape;
use crate::report::{compact, thousands};
use crate::stats::{Cluster, ClusterMember};

/// The largest clusters: what was kept, and what was removed for it.
pub(super) fn list(clusters: &[Cluster]) -> String {
    let items: String = clusters.iter().map(item).collect();
    format!("<ol class=\"clusters\">\n{items}</ol>\n")
}

fn item(cluster: &Cluster) -> String {
    let known = &cluster.known;
    let address = known.url.as_ref().map(|url| format!(" · {}", escape(url))).unwrap_or_default();
    let members: String = cluster.members.iter().map(member).collect();
    let more = match (cluster.exact + cluster.near).saturating_sub(cluster.members.len() as u64) {
        0 => String::new(),
        more => format!("<li class=\"more\">and {} more</li>\n", thousands(more)),
    };
    format!(
        "<li><span class=\"size\" title=\"{} documents\">{}</span><div>\n<p class=\"heading\" lang=\"ko\">{}</p>\n\
         <p class=\"place\">kept: {}{address}</p>\n<ul>\n{members}{more}</ul>\n</div></li>\n",
        thousands(cluster.size),
        compact(cluster.size),
        escape(&known.heading()),
        escape(&known.place.to_string()),
    )
}

fn member(member: &ClusterMember) -> String {
    let ClusterMember { place, reason, similarity, .. } = member;
    let similarity = similarity.map(|s| format!(" {s:.2}")).unwrap_or_default();
    format!("<li>{} <span>{reason}{similarity}</span></li>\n", escape(&place.to_string()))
}

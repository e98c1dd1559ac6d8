//! Parameters that say something about the visitor and nothing about the page.

use super::host::lies_in;
use When::{Always, Amp, PhpSession, Referred, Token};

/// With which value a parameter says nothing about the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// A site that shares or searches: `ref=facebook`, but not `ref=main`.
    Referred,
    /// Letters and digits that no one typed, but not `sessionid=12`, which may be a session of a conference.
    Token,
    /// The 32 hexadecimal digits of phpBB and PHP. On Korean sites `sid` is as often a section or a story.
    PhpSession,
    /// A word that asks for the AMP view.
    Amp,
}

/// A name in lower case, and the domains on which it says nothing; none named are all.
struct Parameter(&'static str, When, &'static [&'static str]);

const ALIBABA: &[&str] = &["1688.com", "alibaba.com", "alibabacloud.com", "aliexpress.com", "taobao.com", "tmall.com"];
const YOUTUBE: &[&str] = &["youtu.be", "youtube.com"];

/// Every name that begins so: Urchin and Google Analytics, HubSpot, Matomo, cookieless ASP.
const PREFIXES: &[&str] = &["aspsessionid", "hsa_", "matomo_", "mtm_", "piwik_", "utm_"];

/// Sources: the click identifiers that ClearURLs, Firefox (query stripping) and Brave remove; Naver's help on automatic
/// tracking parameters (`n_…`, `NaPm`) and on channels of Smart Store (`nt_…`); Daum's search advertising (`DM…`).
/// Ordered by name.
#[rustfmt::skip]
const PARAMETERS: &[Parameter] = &[
    Parameter("__hsfp", Always, &[]), Parameter("__hssc", Always, &[]), Parameter("__hstc", Always, &[]),
    Parameter("__s", Always, &[]), Parameter("_branch_match_id", Always, &[]), Parameter("_ga", Always, &[]),
    Parameter("_gl", Always, &[]), Parameter("_hsenc", Always, &[]), Parameter("_hsmi", Always, &[]),
    Parameter("_openstat", Always, &[]), Parameter("ab_channel", Always, YOUTUBE),
    Parameter("action_object_map", Always, &[]), Parameter("amp", Amp, &[]), Parameter("category", Always, &["tistory.com"]),
    Parameter("dclid", Always, &[]), Parameter("dmcol", Always, &[]), Parameter("dmkw", Always, &[]),
    Parameter("dmskw", Always, &[]), Parameter("epik", Always, &[]), Parameter("fb_action_ids", Always, &[]),
    Parameter("fb_action_types", Always, &[]), Parameter("fb_ref", Always, &[]), Parameter("fb_source", Always, &[]),
    Parameter("fbclid", Always, &[]), Parameter("feature", Always, YOUTUBE), Parameter("gad_source", Always, &[]),
    Parameter("gbraid", Always, &[]), Parameter("gclid", Always, &[]), Parameter("gclsrc", Always, &[]),
    Parameter("igsh", Always, &[]), Parameter("igshid", Always, &[]), Parameter("jsessionid", Always, &[]),
    Parameter("li_fat_id", Always, &[]), Parameter("mc_cid", Always, &[]), Parameter("mc_eid", Always, &[]),
    Parameter("mkt_tok", Always, &[]), Parameter("msclkid", Always, &[]), Parameter("n_ad", Always, &[]),
    Parameter("n_ad_group", Always, &[]), Parameter("n_ad_group_type", Always, &[]),
    Parameter("n_campaign_type", Always, &[]), Parameter("n_contract", Always, &[]), Parameter("n_keyword", Always, &[]),
    Parameter("n_keyword_id", Always, &[]), Parameter("n_mall_id", Always, &[]), Parameter("n_mall_pid", Always, &[]),
    Parameter("n_match", Always, &[]), Parameter("n_media", Always, &[]), Parameter("n_network", Always, &[]),
    Parameter("n_query", Always, &[]), Parameter("n_rank", Always, &[]), Parameter("napm", Always, &[]),
    Parameter("nt_detail", Always, &[]), Parameter("nt_keyword", Always, &[]), Parameter("nt_medium", Always, &[]),
    Parameter("nt_source", Always, &[]), Parameter("oly_anon_id", Always, &[]), Parameter("oly_enc_id", Always, &[]),
    Parameter("outputtype", Amp, &[]), Parameter("phpsessid", Always, &[]), Parameter("pk_campaign", Always, &[]),
    Parameter("pk_kwd", Always, &[]), Parameter("pp", Always, YOUTUBE), Parameter("rdt_cid", Always, &[]),
    Parameter("ref", Referred, &[]), Parameter("referer", Referred, &[]), Parameter("referrer", Referred, &[]),
    Parameter("sccid", Always, &[]), Parameter("scm", Always, ALIBABA), Parameter("sessid", Token, &[]),
    Parameter("session_id", Token, &[]), Parameter("sessionid", Token, &[]), Parameter("si", Always, YOUTUBE),
    Parameter("sid", PhpSession, &[]), Parameter("spm", Always, ALIBABA), Parameter("srsltid", Always, &[]),
    Parameter("ttclid", Always, &[]), Parameter("twclid", Always, &[]), Parameter("vero_id", Always, &[]),
    Parameter("wbraid", Always, &[]), Parameter("wickedid", Always, &[]), Parameter("x_trkm", Always, &["daum.net"]),
    Parameter("yclid", Always, &[]), Parameter("ysclid", Always, &[]),
];

/// Values of `ref` and its like that name where the visitor came from.
#[rustfmt::skip]
const REFERRERS: &[&str] = &[
    "band", "daum", "facebook", "fb", "google", "instagram", "kakao", "kakaostory", "kakaotalk", "linkedin", "naver", "rss",
    "telegram", "twitter", "youtube",
];

/// Longest name in [`PARAMETERS`] and in [`PREFIXES`], in bytes.
const MAX_NAME: usize = 17;

/// Whether a parameter in normal form can be left out of the address of a page on `host`.
pub(super) fn is_tracking(name: &str, value: &str, host: &str) -> bool {
    let mut lower = [0; MAX_NAME];
    let length = name.len().min(MAX_NAME);
    lower[..length].copy_from_slice(&name.as_bytes()[..length]);
    lower.make_ascii_lowercase();
    let lower = &lower[..length];
    if PREFIXES.iter().any(|prefix| lower.starts_with(prefix.as_bytes())) {
        return true;
    }
    if name.len() > MAX_NAME {
        return false;
    }
    let found = PARAMETERS.binary_search_by(|Parameter(known, ..)| known.as_bytes().cmp(lower));
    found.is_ok_and(|at| {
        let Parameter(_, when, domains) = PARAMETERS[at];
        when.holds(value) && (domains.is_empty() || domains.iter().any(|domain| lies_in(host, domain)))
    })
}

impl When {
    fn holds(self, value: &str) -> bool {
        let is_one_of = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
        match self {
            Always => true,
            Referred => is_one_of(REFERRERS) || is_address(value),
            Token => {
                let digits = value.bytes().filter(u8::is_ascii_digit).count();
                value.len() >= 16
                    && digits >= 2
                    && digits < value.len()
                    && value.bytes().all(|b| b.is_ascii_alphanumeric())
            }
            PhpSession => value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit()),
            Amp => is_one_of(&["", "1", "amp", "true"]),
        }
    }
}

fn is_address(value: &str) -> bool {
    ["http://", "https://", "http:%2F%2F", "https:%2F%2F"].iter().any(|start| value.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(PARAMETERS.is_sorted_by(|a, b| a.0 < b.0));
        let names = PARAMETERS.iter().map(|p| p.0).chain(PREFIXES.iter().copied());
        assert_eq!(names.map(str::len).max(), Some(MAX_NAME));
        assert!(PARAMETERS.iter().all(|p| p.0 == p.0.to_ascii_lowercase()));
    }

    #[test]
    fn only_what_says_nothing_about_the_page_goes() {
        for (name, value) in [
            ("utm_source", "x"),
            ("UTM_Campaign_with_a_long_name", ""),
            ("NaPm", "ct%3D1"),
            ("n_query", "%EB%A7%90"),
            ("ASPSESSIONIDQABCRDTS", "X"),
            ("ref", "Facebook"),
            ("referrer", "https://example.kr/a"),
            ("referer", "http:%2F%2Fexample.kr"),
            ("sid", "0123456789abcdef0123456789abcdef"),
            ("sessionid", "a1b2c3d4e5f6a7b8"),
            ("amp", ""),
        ] {
            assert!(is_tracking(name, value, "example.kr"), "{name}");
        }
        for (name, value) in [
            ("ref", "main"),
            ("sid", "102"),
            ("sid", "5f3e2a1b4c5d6e7f8a9b0c1d"),
            ("sessionId", "12"),
            ("amp", "3"),
            ("category", "7"),
            ("spm", "1"),
            ("n", ""),
            ("utm", ""),
            ("no", "1"),
            ("a_parameter_with_a_long_name", "1"),
        ] {
            assert!(!is_tracking(name, value, "example.kr"), "{name}={value}");
        }
        assert!(is_tracking("category", "7", "malmoi.tistory.com"));
        assert!(!is_tracking("category", "7", "nottistory.com"));
    }
}

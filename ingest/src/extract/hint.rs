//! What the names of classes and ids say about an element.
//!
//! Authors name the parts of their pages for style sheets, and so for us: `gnb`, `sidebar`, `cmt_list`,
//! `tt_article_useless_p_margin`. A name is looked up as a whole without its hyphens, and then word by word.

use std::sync::LazyLock;

/// What is known about an element from its names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hints(u8);

impl Hints {
    /// Certainly not text for a reader: line numbers beside code, cookie notices, hidden parts.
    pub(super) const HIDDEN: Self = Self(1);
    /// Stands around the main text: menus, comments, share buttons, related articles.
    pub(super) const AROUND: Self = Self(2);
    /// Head of a page or of an article: headings and sentences are text, dates and buttons are not.
    pub(super) const HEAD: Self = Self(4);
    /// The body of an article, by a name that means nothing else.
    pub(super) const BODY: Self = Self(8);
    /// A name that a main text often has.
    pub(super) const MAIN: Self = Self(16);
    /// An answer on a page of questions: main text though it stands among comments.
    pub(super) const ANSWER: Self = Self(32);
    /// The mark behind a heading that links to it, and what only screen readers say.
    pub(super) const MARK: Self = Self(64);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Reads the value of a `class`, `id`, `role` or `itemprop` attribute.
    pub(super) fn of(names: &[u8]) -> Self {
        let mut hints = Self::default();
        for name in names.split(u8::is_ascii_whitespace).filter(|name| name.len() > 1 && name.len() <= 64) {
            hints = hints.with(lookup(&NAMES, squashed(name)).unwrap_or_else(|| of_words(name)));
        }
        // "related-article", "post-comments", "main-menu": what stands around wins.
        if hints.has(Self::AROUND) && !hints.has(Self::BODY) {
            hints = hints.without(Self::MAIN);
        }
        hints
    }
}

/// A lower-case name without hyphens and underscores: its first 16 bytes as a number.
fn squashed(name: &[u8]) -> u128 {
    name.iter()
        .filter(|byte| !matches!(byte, b'-' | b'_'))
        .take(16)
        .fold(0, |key, byte| key << 8 | u128::from(byte.to_ascii_lowercase()))
}

fn of_words(name: &[u8]) -> Hints {
    let mut hints = Hints::default();
    let mut start = 0;
    let mut before = 0;
    for at in 1..=name.len() {
        let ends = name.get(at).is_none_or(|&byte| {
            !byte.is_ascii_alphabetic() || byte.is_ascii_uppercase() && name[at - 1].is_ascii_lowercase()
        });
        if !ends {
            continue;
        }
        let word = &name[start..at];
        let word = if word[0].is_ascii_alphabetic() { word } else { &word[1..] };
        start = at;
        if word.is_empty() {
            continue;
        }
        let key = squashed(word);
        // "has-sidebar", "no-comments": not the thing itself.
        if !DENIALS.contains(&before) {
            hints = hints.with(lookup(&WORDS, key).unwrap_or_default());
        }
        before = key;
    }
    hints
}

fn lookup(table: &[(u128, Hints)], key: u128) -> Option<Hints> {
    table.binary_search_by_key(&key, |&(key, _)| key).ok().map(|place| table[place].1)
}

fn table(lists: &[(Hints, &str)]) -> Vec<(u128, Hints)> {
    let mut table: Vec<(u128, Hints)> = lists
        .iter()
        .flat_map(|&(hints, names)| names.split_ascii_whitespace().map(move |name| (squashed(name.as_bytes()), hints)))
        .collect();
    table.sort_unstable_by_key(|&(key, _)| key);
    table.dedup_by_key(|&mut (key, _)| key);
    table
}

static DENIALS: LazyLock<Vec<u128>> = LazyLock::new(|| {
    ["has", "with", "without", "no", "not", "hide", "is"].map(|word| squashed(word.as_bytes())).into()
});

/// Whole names, without hyphens and underscores.
static NAMES: LazyLock<Vec<(u128, Hints)>> = LazyLock::new(|| {
    table(&[
        (
            Hints::BODY,
            "articlebody articlecontent articlecontents articletext articletxt articleviewcontentdiv articeBody \
             newsbody newscontent newstext newsctarticle newsview dicarea postcontent postcontents postbody postarticle \
             entrycontent entrybody storybody storycontent blogpost ttarticleuselesspmargin contentsstyle \
             semaincontainer postviewarea seviewer viewcontent viewcontents viewcont viewcon viewtext viewtxt boardview \
             boardviewcontent boardcontent boardcontents bbscontent bbsview bbsviewcontent bdview dbdata xecontent \
             rdbody readbody bovcon bovatc markdownbody markdownsection mwparseroutput mwcontenttext documentcontent \
             noticeview noticecontent noticecontents wikicontent wikibody viewarticle cafecontent contentview",
        ),
        (
            Hints::HIDDEN,
            "gutter linenos linenodiv lineno linenumber rougegutter hljslnnumbers cookienotice cookiebanner \
             cookieconsent gdprnotice blind",
        ),
        (Hints::HEAD, "hd"),
        (Hints::MARK, "headerlink headinganchor anchorlink hashlink sronly visuallyhidden screenreadertext skiplink"),
        (
            Hints::AROUND,
            "tableofcontents backtotop prevnext jprelatedposts pagenavi pagination readmore relatedtopics relatedposts \
             relatedarticles relatedbody anothercategory containerpostbtn bovc bovnb bovsns bovshare bovlink bovact \
             quickmenu snsarea snswrap btnarea btnwrap buttonarea taglist tagcloud tagtrail hashtags rankingnews \
             navheader navfooter subscribebox articlefooter postfooter postactions postnav postnavigation \
             entryfooter replyarea searchbox authorbox mwnavigation mwpanel editsection mweditsection catlinks printfooter \
             outdated outdatedbrowser browserupgrade browsehappy attach attached attachment attachments \
             attachfile filelist viewfile addfile fileattach navbox vectormenu sitesub jumptonav disqusthread skipnav skipnavi searchresults hasresults noresults \
             tag tags posttags posttag articletags articletag entrytags tagarea tagwrap tagbox posttaglist \
             articletaglist keywords keywordarea",
        ),
    ])
});

/// Words that names are made of.
static WORDS: LazyLock<Vec<(u128, Hints)>> = LazyLock::new(|| {
    table(&[
        (Hints::HIDDEN, "cookie cookies gdpr"),
        (
            Hints::AROUND,
            "nav navi navbar navigation menu menus submenu gnb lnb snb fnb tnb sidebar sidemenu footer foot ft \
             breadcrumb breadcrumbs crumb comment comments cmt reply replies disqus guestbook respond relate related \
             recommend recommended recommendation suggestion suggested share sharing sns social popular ranking rank \
             banner bnr ad ads adv advert advertisement advertise adsense sponsor sponsored consent popup modal lightbox \
             login signin signup search pager paging paginate pagination paginator pagenation prev next \
             hashtag toc copyright copyrights newsletter subscribe subscription sitemap skip quick \
             familysite floating toast toolbar sidenav dropdown langs languages tnav latest debug \
             promotion coupon cart wish donate complementary contentinfo bookmark trackback",
        ),
        (Hints::HEAD, "header head masthead meta byline writer author profile reporter journalist logo util btn"),
        (Hints::BODY, "articlebody"),
        (Hints::MAIN, "main article content contents post entry story prose document"),
        (Hints::ANSWER, "answer answers"),
    ])
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_authors_write_them() {
        for (names, hints) in [
            ("tt_article_useless_p_margin contents_style", Hints::BODY),
            ("articleBody", Hints::BODY),
            ("main-menu", Hints::AROUND),
            ("relatedArticles", Hints::AROUND),
            ("post-comments", Hints::AROUND),
            ("layout has-sidebar", Hints::default()),
            ("td gutter", Hints::HIDDEN),
            ("ad", Hints::AROUND),
            ("shadow download", Hints::default()),
            ("", Hints::default()),
            ("--", Hints::default()),
            ("페이지", Hints::default()),
        ] {
            assert_eq!(Hints::of(names.as_bytes()), hints, "{names}");
        }
    }
}

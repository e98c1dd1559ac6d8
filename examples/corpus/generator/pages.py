"""The invented sites whose pages the corpus holds: markup as newsrooms and blogs write it, long lines and all."""

import html
import json
from dataclasses import dataclass

from .draw import Draw
from .written import lines, rows

HEADLINES = lines("headlines.txt")
COMMENTS = rows("comments.txt")
SECTIONS = ["정치", "경제", "사회", "문화", "과학", "스포츠", "지역", "날씨", "오피니언"]


@dataclass(frozen=True)
class Site:
    """A site: where it is, how its pages are built and in which charset they are sent."""

    folder: str
    host: str
    build: object
    charset: str
    # What the page says about its charset, if anything.
    meta: str = ""

    @property
    def whatwg_charset(self):
        """The name that decoders for the web give the charset: they mean CP949 by EUC-KR."""
        return {"utf-8": "UTF-8", "cp949": "EUC-KR"}[self.charset]

    def url(self, article):
        return f"https://{self.host}/{article.slug}"

    def page(self, article):
        """The bytes of the article's page."""
        return encoded(self.build(self, article), self.charset)

    def file(self, article):
        return f"{self.folder}/{article.slug}.html"


def encoded(text, charset):
    """The text in a charset; what it lacks becomes a character reference, as content systems do."""
    return text.encode(charset, "xmlcharrefreplace")


def esc(text):
    return html.escape(text, quote=False)


def mail(article, site):
    # Romanising the name would be guessing; newsrooms give numbered addresses as well.
    number = sum(map(ord, article.author)) % 90 + 10
    return f"desk{number}@{site.host.removeprefix('www.')}"


def headlines(article, count, tag="li"):
    chosen = Draw(f"headlines/{article.slug}").some(HEADLINES, count)
    items = "\n".join(f'<{tag}><a href="/news/{HEADLINES.index(line) + 1000}">{esc(line)}</a></{tag}>' for line in chosen)
    return items


def comments(article, count):
    return Draw(f"comments/{article.slug}").some(COMMENTS, count)


def hangyeol(site, article):
    """A newspaper of today: semantic elements, structured data, a side bar."""
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": f"{article.date}T09:00:00+09:00",
        "author": {"@type": "Person", "name": article.author},
    }
    menu = "".join(f'<li><a href="/section/{at}">{name}</a></li>' for at, name in enumerate(SECTIONS))
    body = "\n".join(f"<p>{esc(paragraph)}</p>" for paragraph in article.paragraphs)
    return f"""<!DOCTYPE html>
<html lang="ko">
<head>
{site.meta}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{esc(article.title)} - 한결신문</title>
<link rel="canonical" href="{site.url(article)}">
<meta property="og:site_name" content="한결신문">
<script type="application/ld+json">{json.dumps(about, ensure_ascii=False)}</script>
<style>body{{font-family:sans-serif}} .aside{{float:right}}</style>
</head>
<body>
<header class="site-header">
<a class="skip" href="#content">본문 바로가기</a>
<p class="logo"><a href="/">한결신문</a></p>
<nav class="gnb"><button type="button">전체메뉴 열기</button><ul>{menu}</ul></nav>
<div class="login"><a href="/login">로그인</a> <a href="/join">회원가입</a> <a href="/pdf">지면보기</a></div>
</header>
<main id="content">
<article class="article-view">
<h1 class="headline">{esc(article.title)}</h1>
<div class="byline"><span>{esc(article.author)} 기자</span> <time datetime="{article.date}">입력 {article.date} 09:00</time></div>
<div class="share-buttons"><button>카카오톡 공유</button><button>페이스북 공유</button><button>글자 크게</button><button>인쇄하기</button></div>
<div class="article-body">
{body}
</div>
<p class="reporter-mail">{esc(article.author)} 기자 {mail(article, site)}</p>
</article>
<section class="related"><h2>관련 기사</h2><ul>
{headlines(article, 4)}
</ul></section>
<section class="comments" id="comments"><h2>댓글 0</h2><p>첫 댓글을 남겨 보세요.</p></section>
</main>
<aside class="aside sidebar"><h2>많이 본 기사</h2><ol>
{headlines(article, 5)}
</ol><div class="ad-banner">광고 문의 02-000-0000</div></aside>
<footer class="site-footer">
<p>한결신문 | 등록번호 가00000 | 발행인 김보기 | 편집인 이보기 | 청소년보호책임자 박보기</p>
<p>주소 해온시 나루로 0번길 | 대표전화 02-000-0000 | 제보 help@hangyeol.example</p>
<p>ⓒ 한결신문. 무단 전재 및 재배포 금지</p>
</footer>
</body>
</html>
"""


def namdo(site, article):
    """A regional paper whose content system dates from 2003: tables, upper case, line breaks for paragraphs."""
    menu = " | ".join(f'<A HREF="/list.php?sec={at}">{name}</A>' for at, name in enumerate(SECTIONS[:6]))
    body = "<BR><BR>\n".join(esc(paragraph) for paragraph in article.paragraphs)
    rows = headlines(article, 5, "TD").replace("<TD>", "<TR><TD>·").replace("</TD>", "</TD></TR>")
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML>
<HEAD>
{site.meta}
<TITLE>남도해온일보 :: {esc(article.title)}</TITLE>
<SCRIPT LANGUAGE="JavaScript">
<!--
function goPrint() {{ window.open('/print.php?id={article.slug}', '인쇄', 'width=600'); }}
//-->
</SCRIPT>
</HEAD>
<BODY BGCOLOR="#FFFFFF" LEFTMARGIN="0">
<TABLE WIDTH="900" CELLPADDING="0" CELLSPACING="0" BORDER="0">
<TR><TD><A HREF="/"><IMG SRC="/img/logo.gif" ALT="남도해온일보"></A></TD><TD ALIGN="right"><A HREF="/rss">RSS</A> <A HREF="/sitemap">사이트맵</A></TD></TR>
<TR><TD COLSPAN="2" CLASS="menu">{menu}</TD></TR>
</TABLE>
<TABLE WIDTH="900" CELLPADDING="0" CELLSPACING="0" BORDER="0">
<TR VALIGN="top">
<TD WIDTH="620">
<TABLE WIDTH="100%"><TR><TD CLASS="title"><FONT SIZE="5"><B>{esc(article.title)}</B></FONT></TD></TR>
<TR><TD CLASS="info" ALIGN="right">{article.date.year}년 {article.date.month:02}월 {article.date.day:02}일 (조회 : {sum(map(ord, article.slug)) % 900 + 40})</TD></TR></TABLE>
<TABLE WIDTH="100%"><TR><TD ID="articleBody" CLASS="view_r">
{body}
</TD></TR></TABLE>
<TABLE WIDTH="100%"><TR><TD ALIGN="right"><A HREF="javascript:goPrint()">[프린트]</A> <A HREF="mailto:{mail(article, site)}">[기자에게 메일]</A> <A HREF="#top">[위로]</A></TD></TR></TABLE>
</TD>
<TD WIDTH="280" CLASS="right_menu">
<TABLE WIDTH="100%" CLASS="best"><TR><TD><B>가장 많이 읽은 기사</B></TD></TR>
{rows}
</TABLE>
</TD></TR></TABLE>
<TABLE WIDTH="900" CLASS="copyright"><TR><TD ALIGN="center"><FONT SIZE="2">Copyright ⓒ 남도해온일보. All rights reserved. 무단전재 및 재배포를 금합니다.</FONT></TD></TR></TABLE>
</BODY>
</HTML>
"""


def saetbyeol(site, article):
    """An online-only outlet: a heap of div elements, share buttons above and below, an advertisement in the middle."""
    middle = max(1, len(article.paragraphs) // 2)
    parts = [f'<p class="txt">{esc(paragraph)}</p>' for paragraph in article.paragraphs]
    parts.insert(middle, '<div class="ad_inline" aria-hidden="true"><ins class="adslot"></ins></div>')
    body = "\n".join(parts)
    said = "\n".join(
        f'<li class="cmt"><strong>{esc(who)}</strong><span>{esc(what)}</span><button>공감 {at}</button></li>'
        for at, (who, what) in enumerate(comments(article, 3))
    )
    buttons = {"kt": "카톡", "fb": "페북", "url": "URL복사"}
    share = "".join(f'<a class="sns_{name}" href="#share">{label}</a>' for name, label in buttons.items())
    return f"""<!doctype html>
<html lang="ko"><head>
{site.meta}
<title>{esc(article.title)} | 샛별뉴스</title>
<meta name="description" content="{html.escape(article.paragraphs[0][:80])}">
<script>window.dataLayer = window.dataLayer || []; dataLayer.push({{"section": "{article.section}"}});</script>
</head><body class="view_page">
<div id="wrap">
<div id="header"><div class="inner"><a href="/">샛별뉴스</a><div class="search_box"><input type="text" placeholder="검색어를 입력하세요"><button>검색</button></div></div>
<div class="menu_wrap"><a href="/all">전체기사</a><a href="/local">지역</a><a href="/economy">경제</a><a href="/culture">문화</a><a href="/report">제보하기</a></div></div>
<div id="container">
<div class="breadcrumb">홈 &gt; {esc(article.section)} &gt; 기사</div>
<div class="view_head"><h2 class="view_tit">{esc(article.title)}</h2>
<div class="meta_info">{esc(article.author)} 기자 &nbsp;|&nbsp; 승인 {article.date:%Y.%m.%d} 10:30</div>
<div class="sns_share">{share}</div></div>
<div class="view_con" id="view_content">
{body}
</div>
<div class="sns_share bottom">{share}<a href="#scrap">스크랩</a></div>
<div class="relation_box"><strong>이 기사와 함께 보면 좋은 기사</strong><ul>
{headlines(article, 3)}
</ul></div>
<div class="comment_wrap" id="comment"><h3>댓글 3</h3><ul>
{said}
</ul><textarea placeholder="댓글을 입력하세요. 비방과 욕설은 삭제될 수 있습니다."></textarea></div>
</div>
<div id="side" class="sidebar"><h3>실시간 인기</h3><ul>
{headlines(article, 6)}
</ul></div>
<div id="footer"><ul><li>회사소개</li><li>이용약관</li><li>개인정보처리방침</li></ul><p>Copyright © 샛별뉴스. 무단 전재, 재배포, AI 학습 이용 금지.</p></div>
</div></body></html>
"""


def dalbit(site, article):
    """A hosted blog with a skin: categories at the side, neighbours, a comment box."""
    body = "\n".join(f'<p data-ke-size="size16">{esc(paragraph)}</p>' for paragraph in article.paragraphs)
    said = "\n".join(
        f'<li class="rp_general"><div class="nickname">{esc(who)}</div><p class="desc">{esc(what)}</p><a href="#reply">답글</a></li>'
        for who, what in comments(article, 2)
    )
    return f"""<!DOCTYPE html>
<html lang="ko">
<head>
{site.meta}
<title>{esc(article.title)} :: {esc(article.author)}의 달빛마루</title>
<link rel="alternate" type="application/rss+xml" href="/rss">
</head>
<body id="tt-body-page">
<div id="dkWrap">
<header id="header"><h1><a href="/">{esc(article.author)}의 달빛마루</a></h1><nav class="blog-menu"><ul><li><a href="/">홈</a></li><li><a href="/tag">태그</a></li><li><a href="/guestbook">방명록</a></li></ul></nav></header>
<div id="main"><div class="area_view">
<div class="entry-title"><h2>{esc(article.title)}</h2><span class="category">{esc(article.section)}</span> <span class="date">{article.date:%Y. %m. %d.} 21:40</span></div>
<div class="entry-content"><div class="contents_style">
{body}
</div></div>
<div class="postbtn"><button>공감 {sum(map(ord, article.slug)) % 40}</button><button>공유하기</button><button>구독하기</button></div>
<div class="another_category"><h4>'{esc(article.section)}' 카테고리의 다른 글</h4><table><tr><th><a href="/11">지난번에 실패한 이야기</a></th></tr><tr><th><a href="/12">다음에 해 볼 것 목록</a></th></tr></table></div>
<div class="tags"><a href="/tag/1">#일상</a> <a href="/tag/2">#{esc(article.section)}</a> <a href="/tag/3">#기록</a></div>
<div class="comments"><ol class="list_reply">
{said}
</ol><form><input name="name" placeholder="이름"><input type="password" placeholder="비밀번호"><textarea></textarea><button>댓글 달기</button></form></div>
</div></div>
<aside id="sidebar"><div class="module_plugin"><h3>최근 댓글</h3><ul><li>잘 보고 갑니다.</li><li>맞구독 부탁드려요~</li></ul></div><div class="counter">오늘 12 어제 31 전체 20,418</div></aside>
<footer id="footer"><p>달빛마루 | 이 블로그의 글은 퍼 가실 때 출처를 밝혀 주세요.</p></footer>
</div>
</body>
</html>
"""


def geulmaru(site, article):
    """A home page that its owner wrote by hand, long ago, and never said in which charset."""
    body = "\n".join(f"<p>{esc(paragraph)}" for paragraph in article.paragraphs)
    return f"""<html>
<head>
<title>글마루 - {esc(article.title)}</title>
{site.meta}
</head>
<body background="paper.gif">
<center><font size=2><a href=index.html>처음으로</a> - <a href=list.html>글 목록</a> - <a href=board.cgi>방명록</a></font></center>
<hr>
<h3>{esc(article.title)}</h3>
<div>
{body}
</div>
<hr>
<center><font size=2>{article.date.year}년 {article.date.month}월 {article.date.day}일에 {esc(article.author)} 씀. 인터넷 익스플로러 1024x768에 맞추었습니다.</font></center>
</body>
</html>
"""


def naru(site, article):
    """A portal's blog: every line in spans of its editor."""
    body = "\n".join(
        '<div class="se-component se-text"><div class="se-section"><p class="se-text-paragraph">'
        f'<span style="font-size:16px" class="se-fs">{esc(paragraph)}</span></p></div></div>'
        for paragraph in article.paragraphs
    )
    said = "\n".join(f'<div class="u_cbox_comment"><em>{esc(who)}</em> <span>{esc(what)}</span></div>' for who, what in comments(article, 2))
    return f"""<!DOCTYPE html><html lang="ko"><head>{site.meta}<title>{esc(article.title)} : 나루 블로그</title></head>
<body>
<div id="blog-gnb"><a href="/home">나루홈</a><a href="/friends">이웃새글</a><a href="/mine">내 블로그</a></div>
<div id="post-area">
<div class="se-viewer">
<div class="se-title"><h3 class="se-title-text">{esc(article.title)}</h3><span class="nick">{esc(article.author)}</span><span class="se_publishDate">{article.date:%Y. %m. %d.} 23:11</span><a href="#copy">URL 복사</a> <a href="#add">이웃추가</a></div>
<div class="se-main-container">
{body}
</div></div>
<div class="post_footer_contents"><a href="#like">공감</a><a href="#cmt">댓글 쓰기</a><a href="#report">신고하기</a></div>
<div class="u_cbox">
{said}
</div>
</div>
<div id="footer-area">나루 블로그 고객센터 | 글에 대한 책임은 쓴 사람에게 있습니다.</div>
</body></html>
"""


UTF8_META = '<meta charset="utf-8">'
EUC_KR_META = '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=euc-kr">'

HANGYEOL = Site("hangyeol", "www.hangyeol.example", hangyeol, "utf-8", UTF8_META)
NAMDO = Site("namdo", "www.namdo-haeon.example", namdo, "cp949", EUC_KR_META)
SAETBYEOL = Site("saetbyeol", "news.saetbyeol.example", saetbyeol, "utf-8", UTF8_META)
DALBIT = Site("dalbit", "dalbit.example", dalbit, "utf-8", UTF8_META)
GEULMARU = Site("geulmaru", "home.geulmaru.example", geulmaru, "cp949")
NARU = Site("naru", "blog.naru.example", naru, "utf-8", UTF8_META)

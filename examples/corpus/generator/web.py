"""The pages: two folders of HTML files and two web archives."""

import unicodedata
from dataclasses import replace

from .draw import gather
from .packing import WarcFile, chunked, gzip_member, tiny_png
from .pages import DALBIT, EUC_KR_META, GEULMARU, HANGYEOL, NAMDO, NARU, SAETBYEOL, UTF8_META, encoded
from .written import Article, articles, lines

NEWS = [HANGYEOL, NAMDO, SAETBYEOL]
BLOGS = [DALBIT, GEULMARU, NARU]

# What stands around the text of a page and is no part of it. Only what an extractor can tell for certain: other sites'
# bylines and buttons stand among the paragraphs.
AROUND = {
    "hangyeol": ["무단 전재 및 재배포 금지", "많이 본 기사", "전체메뉴 열기", "본문 바로가기", "로그인", "카카오톡 공유"],
    "namdo": ["무단전재 및 재배포", "가장 많이 읽은 기사", "사이트맵"],
    "saetbyeol": ["AI 학습 이용 금지", "실시간 인기", "댓글을 입력하세요", "함께 보면 좋은 기사", "개인정보처리방침"],
    "dalbit": ["맞구독", "방명록", "출처를 밝혀", "댓글 달기", "카테고리의 다른 글"],
    "geulmaru": ["방명록", "익스플로러"],
    "naru": ["고객센터", "신고하기"],
}

OLD_HANGUL = ["나랏말ᄊᆞ미 듕귁에 달아 문ᄍᆞᆼ와로 서르 ᄉᆞᄆᆞᆺ디 아니ᄒᆞᆯᄊᆡ", "'말'과 'ᄆᆞᆯ'을 구별해"]

HARBOUR_EDITS = [("12일 밝혔다", "13일 밝혔다"), ("286억 원", "312억 원"), ("스물세 차례", "스물네 차례")]
UNIVERSITY_EDITS = [("4.2배", "4.5배"), ("3일 밝혔다", "4일 밝혔다"), ("우나래", "우다래")]


class Pages:
    """Puts pages into the corpus and remembers where each article went."""

    def __init__(self, corpus):
        self.corpus = corpus

    def put(self, source, site, article, page=None):
        """Writes an article's page, or `page` in its place. Returns the place."""
        file = site.file(article)
        self.corpus.file(f"{source}/{file}", site.page(article) if page is None else page)
        return self.corpus.record(source, file, 0, article.text)

    def expect_main_text(self, place, site, article):
        """Says that the page's text comes out whole and without what stands around it."""
        contains = [article.paragraphs[0], article.paragraphs[1], article.paragraphs[-1]]
        measures = {"charset": site.whatwg_charset, "replaced": 0}
        self.corpus.kept(f"main-text-of-{site.folder}", place, contains, AROUND[site.folder], **measures)

    def bare(self, source, file, page):
        """Writes a page that is no article."""
        self.corpus.file(f"{source}/{file}", page)
        return self.corpus.record(source, file, 0)


def small_page(lang, title, body):
    """A page with nothing around its text."""
    head = f"<head>{UTF8_META}<title>{title}</title></head>"
    return f'<!DOCTYPE html>\n<html lang="{lang}">{head}\n<body>\n{body}\n</body></html>\n'.encode()


def roundup(slug, title, author, leads, day):
    return Article(slug, "종합", title, author, leads, day)


def local_briefs():
    """Pages of five short items each; no two share more than one."""
    items = lines("briefs.txt")
    for number, group in enumerate(gather("briefs", len(items), 5, 24)):
        date = f"{9 + number // 12}월 {1 + number * 7 % 28}일"
        title = f"[단신] {date} 우리 고장 소식"
        yield Article(f"brief-{number + 1:02}", "단신", title, "편집부", [items[at] for at in group], number * 4)


def add_news(corpus):
    pages = Pages(corpus)
    written = articles("news-1.txt", "news-2.txt", "news-3.txt")
    for number, article in enumerate(written):
        place = pages.put("news", NEWS[number % 3], article)
        if 3 <= number < 6:
            pages.expect_main_text(place, NEWS[number % 3], article)
    for number, group in enumerate(gather("digest", len(written), 5, 18)):
        leads = [written[at].paragraphs[0] for at in group]
        title = f"[한눈에] 이번 주에 많이 읽은 기사 {number + 1}"
        pages.put("news", NEWS[number % 3], roundup(f"digest-{number + 1:02}", title, "편집부", leads, number * 7))
    for number, article in enumerate(list(local_briefs())[:16]):
        pages.put("news", NEWS[(number + 1) % 3], article)
    add_broken_news(corpus, pages)
    add_news_duplicates(corpus, pages, {article.slug: article for article in written})
    add_rejected_news(corpus, pages)


def add_broken_news(corpus, pages):
    """Pages that careless readers lose: bad bytes and wrong labels."""
    planted = {article.slug: article for article in articles("planted.txt")}

    article = planted["bad-byte-harvest"]
    good = "하루에 사람 여덟 명의".encode()
    page = HANGYEOL.page(article)
    assert page.count(good) == 1
    # The middle byte of 람 is gone: what is left of it is one malformed sequence.
    bad = good.replace("람".encode(), "람".encode()[:1])
    place = pages.put("news", HANGYEOL, article, page.replace(good, bad))
    contains = ["하루에 사\ufffd 여덟 명의 몫을", "팔이 닿는 데까지 남김없이 따 버린다."]
    corpus.kept("bad-byte-in-utf-8", place, contains, charset="UTF-8", replaced=1)

    article = planted["bad-byte-clock"]
    good = "톱니 하나가 깨진".encode("cp949")
    page = NAMDO.page(article)
    assert page.count(good) == 1
    # 0xFF begins no character of CP949.
    place = pages.put("news", NAMDO, article, page.replace(good, good.replace(b" ", b" \xff", 1)))
    contains = ["톱니 \ufffd하나가 깨진 것을 찾았다", "다음에 고칠 사람이 헤매지 않도록."]
    corpus.kept("bad-byte-in-cp949", place, contains, charset="EUC-KR", replaced=1)

    article = planted["wrong-label-soup"]
    page = encoded(HANGYEOL.build(HANGYEOL, article), "cp949")
    place = pages.put("news", HANGYEOL, article, page)
    contains = ["딸 셋이 모두 시집갔다고 했다", "마지막 국밥을 한 그릇 말아 주었다"]
    corpus.kept("cp949-labelled-utf-8", place, contains, ["\ufffd"], charset="EUC-KR", replaced=0)

    article = planted["wrong-label-kite"]
    page = SAETBYEOL.page(article)
    assert UTF8_META.encode() in page
    page = page.replace(UTF8_META.encode(), b'<meta charset="euc-kr">')
    place = pages.put("news", SAETBYEOL, article, page)
    contains = ["하늘이 틀린 글씨를 지웠다고", "‘바람 고맙다’라는 다섯 글자를"]
    corpus.kept("utf-8-labelled-euc-kr", place, contains, ["\ufffd"], charset="UTF-8", replaced=0)


def add_news_duplicates(corpus, pages, written):
    press = {article.slug: article for article in articles("press.txt")}

    # The same page under the address of its print view.
    original = written["library-van"]
    copy = replace(original, slug="library-van-print")
    site = NEWS[list(written).index("library-van") % 3]
    page = site.page(original)
    first = ("news", site.file(original), 0)
    corpus.cluster("same-page-twice", [first, pages.put("news", site, copy, page)], ["exact-duplicate"])

    # A press release that three papers print, one of them with an afterthought, which makes it the longest.
    harbour = press["press-harbor"]
    members = [
        pages.put("news", NAMDO, harbour),
        pages.put("news", NAMDO, harbour.edited("harbor-market", HARBOUR_EDITS, "불 꺼진 어시장에 다시 불… 해온시 312억 투입")),
    ]
    afterthought = harbour.paragraphs[-1]
    longer = f"{afterthought} 설명회 자료는 시청 1층 민원실에서도 받을 수 있다."
    changes = [("십여 년 동안 비어", "10여 년 동안 비어"), (afterthought, longer)]
    longest = pages.put("news", NAMDO, harbour.edited("harbor-kitchen", changes, "해온시 ‘바다살림마당’ 청사진 나왔다"))
    corpus.cluster("edited-press-release", [*members, longest], ["near-duplicate"], longest)

    # Its duplicates in other sources are planted there.
    pages.put("news", HANGYEOL, press["press-university"])


def add_rejected_news(corpus, pages):
    foreign = {article.slug: article for article in articles("foreign.txt")}
    english = foreign["english-page"]
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in english.paragraphs)
    page = small_page("en", english.title, f"<article><h1>{english.title}</h1>\n{body}\n</article>")
    corpus.removed("english-page", pages.bare("news", "hangyeol/en/english-page.html", page), "low-hangul")

    page = small_page("ko", "포토뉴스", "<div><p>사진을 준비하고 있습니다.</p></div>")
    corpus.removed("page-without-text-yet", pages.bare("news", "saetbyeol/photo-0912.html", page), "too-short")

    page = small_page("ko", "이동", '<script>location.href = "/new";</script>')
    corpus.removed("page-of-script-only", pages.bare("news", "saetbyeol/moved.html", page), "empty")


def add_blog(corpus):
    pages = Pages(corpus)
    written = articles("blog-1.txt", "blog-2.txt", "blog-3.txt")
    for number, article in enumerate(written):
        # The one with 똠, which EUC-KR lacks and CP949 has, goes to a site in CP949.
        site = GEULMARU if article.slug == "tomyum-home" else BLOGS[number % 3]
        place = pages.put("blog", site, article)
        if 3 <= number < 6:
            pages.expect_main_text(place, site, article)
        if article.slug == "tomyum-home":
            corpus.kept("cp949-without-label", place, ["똠얌꿍"], ["\ufffd"], charset="EUC-KR", replaced=0)
        if article.slug == "git-undo":
            corpus.kept("korean-with-commands", place, ["git reset --soft HEAD~1", "깃은 생각보다 많은 것을"])
    for number, group in enumerate(gather("posts", len(written), 4, 13)):
        title = f"지난 글 모아 보기 {number + 1}"
        leads = [f"{written[at].paragraphs[0]} (‘{written[at].title}’에서)" for at in group]
        pages.put("blog", BLOGS[number % 3], roundup(f"posts-{number + 1:02}", title, "이웃들", leads, number * 9))
    add_planted_blog(corpus, pages)


def add_planted_blog(corpus, pages):
    planted = {article.slug: article for article in articles("planted.txt")}
    press = {article.slug: article for article in articles("press.txt")}

    article = replace(planted["nfd-diary"], author="한글사랑")
    page = unicodedata.normalize("NFD", NARU.build(NARU, article)).encode()
    place = pages.put("blog", NARU, article, page)
    contains = ["글자는 모여 있을 때만 글자라고 나는 배웠다.", "바으 머고 자자."]
    corpus.kept("decomposed-hangul", place, contains, ["\u1100", "\u1161", "\u11ab"])

    article = replace(planted["hanja-note"], author="옛글읽기")
    place = pages.put("blog", GEULMARU, article)
    contains = ["永世不忘", "乙丑年 大水", "天時不如地利", "①을축년 ②병자년"]
    corpus.kept("hanja", place, contains, charset="EUC-KR", replaced=0)

    article = replace(planted["jamo-lesson"], author="글자놀이")
    place = pages.put("blog", DALBIT, article)
    contains = ["ㄱ에 ㅏ를 붙이면", "ㅋㅋㅋ은 왜", "ㅠㅠ가 왜", "㉠과 ㉡을", "ㅎ으로"]
    corpus.kept("compatibility-jamo", place, contains, ["\u1100", "\u1161"])

    # Its near-duplicate is among the essays.
    pages.put("blog", DALBIT, replace(press["press-company"], author="보도자료 모음"))

    foreign = {article.slug: article for article in articles("foreign.txt")}
    japanese = foreign["japanese-page"]
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in japanese.paragraphs)
    page = small_page("ja", japanese.title, f'<div class="entry">\n{body}\n</div>')
    corpus.removed("japanese-page", pages.bare("blog", "naru/ja/japanese-page.html", page), "low-hangul")

    call = "안전한 놀이터 가입하면 첫 충전 30% 보너스 지급, 추천인 코드 없음, 먹튀 걱정 없는 검증 업체 바로가기"
    body = "\n".join(f"<p>{call}</p>" for _ in range(30))
    page = small_page("ko", "먹튀 검증", f'<div id="content">\n{body}\n</div>')
    corpus.removed("gambling-page", pages.bare("blog", "naru/spam/gambling.html", page), "repeated-lines")

    links = "\n".join(f'<li><a href="http://link{at}.invalid/">최저가 대출 상담 바로가기</a></li>' for at in range(60))
    page = small_page("ko", "추천 사이트 모음", f"<ul>\n{links}\n</ul>")
    place = pages.bare("blog", "dalbit/spam/link-farm.html", page)
    # An extractor may as well find that a page of links has no text.
    corpus.removed("link-farm-page", place, "repeated-lines", "too-short", "empty")


def add_archive(corpus):
    archive = WarcFile("crawl-1.warc.gz")
    other = WarcFile("crawl-2.warc.gz")

    def put(file, ordinal, text=None):
        return corpus.record("archive", file.name, ordinal, text)

    def not_a_document(case, file, ordinal):
        corpus.removed(case, put(file, ordinal), "not-a-document")

    not_a_document("archive-info", archive, archive.info())
    for number, article in enumerate(articles("web.txt")):
        site = [HANGYEOL, SAETBYEOL, DALBIT, NARU][number % 4]
        url = f"https://www.haeon.example/guide/{article.slug}"
        not_a_document("archive-request", archive, archive.request(url))
        place = put(archive, archive.response(url, site.page(article), "text/html; charset=utf-8"), article.text)
        if article.slug == "hangul-vowels":
            corpus.kept("old-hangul", place, OLD_HANGUL)
    add_rejected_responses(corpus, archive, put)
    add_archive_duplicates(corpus, archive, put)

    article = list(local_briefs())[16]
    body = DALBIT.page(article)
    ordinal = archive.response("https://dalbit.example/cut", body, "text/html; charset=utf-8", cut=len(body) // 2)
    corpus.errored("archive-record-cut-short", put(archive, ordinal), "truncated-record")
    corpus.file(f"archive/{archive.name}", archive.bytes())

    not_a_document("archive-info", other, other.info())
    for number, article in enumerate(list(local_briefs())[17:]):
        add_encoded_page(corpus, other, put, number, article)
    ordinal = other.response("https://dalbit.example/broken", body, "text/html; charset=utf-8", cut_stream=True)
    corpus.errored("archive-stream-broken-off", put(other, ordinal), "unreadable-file")
    corpus.file(f"archive/{other.name}", other.bytes())


def add_encoded_page(corpus, archive, put, number, article):
    """A page in each of the ways in which a server may send it."""
    url = f"https://www.dalbit-gun.example/notice/{article.slug}"
    unlabelled = replace(NAMDO, meta="")
    page = [SAETBYEOL, unlabelled, NARU, HANGYEOL][number % 4].page(article)
    case, ordinal = None, None
    if number == 1:
        case, ordinal = "charset-in-http-header-only", archive.response(url, page, "text/html; charset=EUC-KR")
    elif number == 2:
        body = gzip_member(page)
        case, ordinal = "gzip-content-encoding", archive.response(url, body, headers=["Content-Encoding: gzip"])
    elif number == 3:
        case, ordinal = "chunked-transfer", archive.response(url, chunked(page), headers=["Transfer-Encoding: chunked"])
    elif number == 4:
        body = article.text.encode("cp949")
        case, ordinal = "plain-text-response", archive.response(url, body, "text/plain; charset=ks_c_5601-1987")
    else:
        ordinal = archive.response(url, page, "text/html")
    place = put(archive, ordinal, article.text)
    if case:
        corpus.kept(case, place, [article.paragraphs[0], article.paragraphs[-1]], ["\ufffd"], replaced=0)


def add_rejected_responses(corpus, archive, put):
    sorry = "주소가 바뀌었거나 지워진 글입니다. 처음 화면에서 다시 찾아보시기 바랍니다. 불편을 드려 죄송합니다."
    page = small_page("ko", "찾을 수 없는 페이지", f"<h1>찾을 수 없는 페이지</h1><p>{sorry}</p>")
    ordinal = archive.response("https://www.haeon.example/gone", page, "text/html; charset=utf-8", "404 Not Found")
    corpus.removed("archive-not-found", put(archive, ordinal), "http-status")
    headers = ["Location: https://www.haeon.example/"]
    ordinal = archive.response("http://haeon.example/", b"", "text/html", "301 Moved Permanently", headers)
    corpus.removed("archive-redirect", put(archive, ordinal), "http-status")
    ordinal = archive.response("https://www.haeon.example/logo.png", tiny_png(), "image/png")
    corpus.removed("archive-image", put(archive, ordinal), "not-text")


def add_archive_duplicates(corpus, archive, put):
    # A page of the first source, crawled from its own site in another charset.
    article = next(article for article in articles("news-1.txt") if article.slug == "old-market-roof")
    page = replace(HANGYEOL, charset="cp949", meta=EUC_KR_META).page(article)
    ordinal = archive.response(HANGYEOL.url(article), page, "text/html")
    news = ("news", HANGYEOL.file(article), 0)
    members = [news, put(archive, ordinal, article.text)]
    corpus.cluster("same-page-in-another-charset", members, ["exact-duplicate"], news)

    article = next(article for article in articles("press.txt") if article.slug == "press-university")
    copy = article.edited("press-university", UNIVERSITY_EDITS)
    ordinal = archive.response("https://www.haeon-univ.example/press/318", HANGYEOL.page(copy), "text/html")
    news = ("news", HANGYEOL.file(article), 0)
    members = [news, put(archive, ordinal, copy.text)]
    corpus.cluster("edited-press-release-in-archive", members, ["near-duplicate"], news)

"""Plain text files: essays, and diaries made of short entries."""

import unicodedata

from .draw import gather
from .written import articles, lines

LEAFLET_EDITS = [
    ("제9회", "아홉 번째"),
    ("1억 3천만 원이며", "1억 3천5백만 원이며"),
    ("별을 보는 시간이", "하늘의 별을 보는 시간이"),
]
PRINTER_EDITS = [("89만 원이며", "79만 원이며"), ("올해 3천 대를", "올해 5천 대를")]


def add_essays(corpus):
    written = articles("essays.txt")
    for article in written:
        put(corpus, article)
    entries = lines("diary.txt")
    for number, group in enumerate(gather("diary", len(entries), 5, 18)):
        text = "\n\n".join(f"{1 + at}일째\n{entries[which]}" for at, which in enumerate(group))
        corpus.file(f"essays/diary-{number + 1:02}.txt", f"{text}\n".encode())
        corpus.record("essays", f"diary-{number + 1:02}.txt", 0, text)
    add_planted(corpus, {article.slug: article for article in written})


def as_written(article):
    return f"{article.title}\n\n" + "\n\n".join(article.paragraphs) + "\n"


def put(corpus, article, data=None, name=None):
    file = f"{name or article.slug}.txt"
    corpus.file(f"essays/{file}", as_written(article).encode() if data is None else data)
    return corpus.record("essays", file, 0, as_written(article))


def add_planted(corpus, written):
    planted = {article.slug: article for article in articles("planted.txt")}
    press = {article.slug: article for article in articles("press.txt")}

    bom = planted["bom-essay"]
    place = put(corpus, bom, b"\xef\xbb\xbf" + as_written(bom).encode())
    corpus.kept("byte-order-mark", place, ["파일의 첫머리"], ["\ufeff"], charset="UTF-8", replaced=0)

    letter = planted["cp949-letter"]
    place = put(corpus, letter, as_written(letter).encode("cp949"))
    corpus.kept("text-file-in-cp949", place, ["군대 간 동생에게", "봄에 보자."], ["\ufffd"], charset="EUC-KR", replaced=0)

    # As an editor of another system saves it: other line ends, spaces at line ends, doubled spaces and empty lines.
    umbrella = written["umbrella"]
    text = as_written(umbrella).replace(". ", ".  ").replace("\n\n", " \n\n\n").replace("\n", "\r\n")
    members = [("essays", "umbrella.txt", 0), put(corpus, umbrella, text.encode(), "umbrella-windows")]
    corpus.cluster("only-white-space-differs", members, ["exact-duplicate"])

    room = written["waiting-room"]
    text = unicodedata.normalize("NFD", as_written(room))
    members = [("essays", "waiting-room.txt", 0), put(corpus, room, text.encode(), "waiting-room-mac")]
    corpus.cluster("only-composition-differs", members, ["exact-duplicate"])

    festival = press["press-festival"]
    first = put(corpus, festival)
    longer = festival.edited("festival-leaflet", LEAFLET_EDITS)
    second = put(corpus, longer)
    assert len(as_written(longer)) > len(as_written(festival))
    corpus.cluster("edited-leaflet", [first, second], ["near-duplicate"], second)

    company = press["press-company"]
    copy = put(corpus, company.edited("printer-news", PRINTER_EDITS))
    blog = ("blog", "dalbit/press-company.html", 0)
    corpus.cluster("press-release-on-a-blog", [blog, copy], ["near-duplicate"], blog)

    corpus.removed("note-to-self", corpus.record("essays", "note.txt", 0), "too-short")
    corpus.file("essays/note.txt", "제목만 정해 둠: 겨울 강\n".encode())
    hosts = "\n".join(f"http://mirror{at}.invalid/files/{at:04x}/index.html  받기" for at in range(40))
    corpus.removed("list-of-links", corpus.record("essays", "links.txt", 0), "low-hangul")
    corpus.file("essays/links.txt", f"{hosts}\n".encode())
    chant = "부자 되는 비밀을 알고 싶으면 이 글을 열 곳에 옮겨 적으십시오"
    corpus.removed("chain-letter", corpus.record("essays", "chain-letter.txt", 0), "repeated-lines")
    corpus.file("essays/chain-letter.txt", "".join(f"{chant}\n" for _ in range(20)).encode())

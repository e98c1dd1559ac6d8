"""What users of services wrote, as JSON lines: reviews, questions and answers, chat."""

import json

from .draw import Draw, gather
from .packing import gzip_member, zstd_frame
from .written import articles, dialogues, pools, rows

NAMES = ["민지", "서준", "하은", "도현", "지우", "예린", "태오", "수아", "건우", "나윤", "한별", "이안", "다솜", "기정", "은채", "보람"]

# Above the limit that the quickstart recipe sets, which is 256 KiB.
LONG_LINE = 300 << 10


class Lines:
    """A file of JSON lines while it is written."""

    def __init__(self, corpus, source, file):
        self.corpus, self.source, self.file = corpus, source, file
        self.lines = []

    def put(self, record, text=None):
        """Adds a record; `text` is what it says, if it can be kept."""
        return self.raw(json.dumps(record, ensure_ascii=False), text)

    def raw(self, line, text=None):
        self.lines.append(line)
        return self.corpus.record(self.source, self.file, len(self.lines) - 1, text)

    def blank(self):
        """An empty line: no record, but the ordinals count it."""
        self.lines.append("")

    def bytes(self):
        return "".join(f"{line}\n" for line in self.lines).encode()


class Reviews(Lines):
    """Reviews of an invented shop."""

    def review(self, kind, stars, text):
        at = len(self.lines)
        record = {
            "review_id": 52_000 + at,
            "category": kind,
            "stars": stars,
            "date": f"2024-{1 + at % 12:02}-{1 + at * 5 % 28:02}",
            "url": f"https://shop.example/reviews/{52_000 + at}",
            "text": text,
        }
        return self.put(record, text)


def add_reviews(corpus):
    reviews = Reviews(corpus, "reviews", "reviews.jsonl")
    found = [(kind, int(stars), text) for kind, stars, text in rows("reviews.txt")]
    joints = ["\n", " ", " "]
    for kind, sentences in pools("review-parts.txt").items():
        draw = Draw(f"stars/{kind}")
        for number, group in enumerate(gather(f"reviews/{kind}", len(sentences), 3, 15)):
            text = joints[number % 3].join(sentences[at] for at in group)
            found.append((kind, 3 + draw.below(3), text))
    for number, (kind, stars, text) in enumerate(Draw("reviews").some(found, len(found))):
        if number == 60:
            reviews.blank()
        reviews.review(kind, stars, text)
    add_planted_reviews(corpus, reviews)
    corpus.file("service/reviews.jsonl", reviews.bytes())


def add_planted_reviews(corpus, reviews):
    planted = {article.slug: article for article in articles("planted.txt")}

    def plain(slug, stars=5):
        return reviews.review(planted[slug].section, stars, planted[slug].text)

    corpus.kept("laughter-after-a-syllable", plain("thanks-review"), ["감사합니다ㅋㅋㅋ ", "없어졌네요ㅠㅠㅠ"])
    text = planted["phone-first"].text
    corpus.kept("phone-label-first", plain("phone-first"), [text])

    praise = "배송도 빠르고 포장도 꼼꼼해서 선물용으로 또 주문할 생각입니다. 번창하세요!"
    members = [reviews.review(kind, 5, praise) for kind in ("생활", "식품", "전자", "옷", "책")]
    corpus.cluster("pasted-praise", members, ["exact-duplicate"])

    plain("refund-copy", 4)

    long = planted["long-review"]
    first = reviews.review("생활", 4, long.text)
    edited = long.edited("long-review-again", [("여섯 달 동안 하루도", "일곱 달 동안 하루도"), ("4만 2천 원이라", "4만 5천 원이라")])
    again = reviews.review("생활", 4, edited.text)
    corpus.cluster("review-posted-again", [first, again], ["near-duplicate"])

    call = "☎ 최저가 명품 시계 당일 발송 카톡 문의 sale000 지금 바로 상담하세요"
    corpus.removed("repeated-advertisement", reviews.review("생활", 5, "\n".join([call] * 12)), "repeated-lines")
    links = "\n".join(f"https://cheap{at}.invalid/watch?ref={at * 7919} 클릭" for at in range(15))
    corpus.removed("review-of-links", reviews.review("전자", 5, links), "low-hangul")
    english = next(article for article in articles("foreign.txt") if article.slug == "english-review")
    corpus.removed("english-review", reviews.review("전자", 5, english.text), "low-hangul")
    corpus.removed("one-word-review", reviews.review("옷", 5, "굿굿"), "too-short")
    corpus.removed("review-of-spaces", reviews.review("옷", 3, "  \n \u3000 "), "empty")

    corpus.errored("line-cut-short", reviews.raw('{"review_id": 52998, "text": "바지 길이가 생각보다 짧아서 반품하려'), "bad-json")
    corpus.errored("line-that-is-no-object", reviews.raw('["바지 길이가 생각보다 짧아서 반품하려고 합니다."]'), "bad-json")
    corpus.errored("line-without-text", reviews.put({"review_id": 52999, "stars": 1, "date": "2024-11-02"}), "missing-field")


class Questions(Lines):
    """Questions and answers of an invented community."""

    def question(self, title, question, answer):
        at = len(self.lines)
        body = f"{question}\n\n{answer}" if answer else question
        meta = {"asked": f"2024-{1 + at % 12:02}-{1 + at * 3 % 28:02}", "link": f"https://ask.example/q/{7_000 + at}"}
        return self.put({"id": 7_000 + at, "title": title, "body": body, "accepted": bool(answer), "meta": meta}, body)


def add_questions(corpus):
    questions = Questions(corpus, "questions", "questions.jsonl.gz")
    planted = {article.slug: article for article in articles("planted.txt")}
    for title, question, answer in rows("questions.txt"):
        questions.question(title, question, answer)

    # Numbers that nobody can have, such as 010-0000-1234, are left alone; a resident number is masked whoever has it.
    for slug, contains, lacks in (
        ("pii-lost", ["홍길동, <주민등록번호>)", "010-0000-1234", "gildong.hong@example.com"], ["850229"]),
        ("pii-club", ["000-0000-000000", "010.0000.5678", "+82 10-0000-9012", "sanak@example.org"], []),
        ("pii-hospital", ["번호는 <주민등록번호>로", "010 0000 3456", "02-000-0000", "0000-0000-0000-0000"], ["900101"]),
        ("pii-not", ["979-11-0000-010-4", "2019다000123", "1,588쪽"], []),
    ):
        place = questions.question(planted[slug].title, planted[slug].text, "")
        case = "no-personal-data" if slug == "pii-not" else f"personal-data-{slug.removeprefix('pii-')}"
        corpus.kept(case, place, contains, lacks)

    review = planted["refund-copy"]
    copy = questions.question("이런 환불도 있네요", review.text, "")
    original = next(place for place, text in corpus.texts.items() if text == review.text and place[0] == "reviews")
    corpus.cluster("review-as-question", [original, copy], ["exact-duplicate"], original)

    long = "같은 문장을 끝없이 붙여 넣은 글입니다. "
    long = long * (LONG_LINE // len(long.encode()) + 1)
    line = json.dumps({"id": 7998, "title": "테스트", "body": long}, ensure_ascii=False)
    corpus.errored("over-long-line", questions.raw(line), "record-too-long")
    corpus.errored("question-without-body", questions.put({"id": 7999, "title": "제목만 있습니다"}), "missing-field")
    corpus.file("service/questions.jsonl.gz", gzip_member(questions.bytes()))


def add_chat(corpus):
    talks = dialogues("chat.txt")
    files = [Lines(corpus, "chat", "chat-2023.jsonl.zst"), Lines(corpus, "chat", "chat.jsonl")]
    for number, group in enumerate(gather("chat", len(talks), 3, 60)):
        file = files[number >= 20]
        draw = Draw(f"chat/{number}")
        said = []
        for at in group:
            one, other = draw.some(NAMES, 2)
            said += [f"{one if who == 'ㄱ' else other}: {words}" for who, words in talks[at]]
        record = {"room": f"r{number:03}", "date": f"{2023 + (number >= 20)}-{1 + number % 12:02}-11", "text": "\n".join(said)}
        file.put(record, record["text"])
    add_planted_chat(corpus, files[1])
    corpus.file("service/chat-2023.jsonl.zst", zstd_frame(files[0].bytes()))
    corpus.file("service/chat.jsonl", files[1].bytes())


def add_planted_chat(corpus, chat):
    call = "관리자: 입장하신 분은 공지를 읽고 닉네임을 바꿔 주세요"
    place = chat.put({"room": "r900", "text": "\n".join([call] * 9 + ["민지: 네"])})
    corpus.removed("repeated-notice", place, "repeated-lines")
    corpus.removed("one-syllable-chat", chat.put({"room": "r901", "text": "ㅇㅇ"}), "too-short")
    corpus.errored("chat-line-of-junk", chat.raw("--- 2024-11-02 기록 시작 ---"), "bad-json")
    corpus.errored("chat-without-text", chat.put({"room": "r902", "photo": "p0001.jpg"}), "missing-field")

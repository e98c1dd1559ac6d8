"""Reads the hand-written texts beside the generator."""

import datetime
from dataclasses import dataclass, field, replace
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "written"
FIRST_DAY = datetime.date(2024, 9, 2)


@dataclass(frozen=True)
class Article:
    """A text of several paragraphs."""

    slug: str
    section: str
    title: str
    author: str
    paragraphs: list = field(hash=False)
    day: int = 0

    @property
    def text(self):
        return "\n".join(self.paragraphs)

    @property
    def date(self):
        return FIRST_DAY + datetime.timedelta(days=self.day)

    def edited(self, slug, changes, title=None):
        """A copy under another name in which each (old, new) of `changes` is carried out exactly once."""
        text = "\n".join(self.paragraphs)
        for old, new in changes:
            if text.count(old) != 1:
                raise ValueError(f"{self.slug}: {old!r} occurs {text.count(old)} times, not once")
            text = text.replace(old, new)
        return replace(self, slug=slug, title=title or self.title, paragraphs=text.split("\n"))


def articles(*names):
    """The articles of some files, in their order."""
    found = []
    for name in names:
        for block in (FOLDER / name).read_text("utf-8").split("=== ")[1:]:
            head, body = block.split("\n", 1)
            slug, section, title, author = (part.strip() for part in head.split("|"))
            paragraphs = [" ".join(paragraph.split("\n")) for paragraph in body.strip().split("\n\n")]
            found.append(Article(slug, section, title, author, paragraphs, len(found) * 3))
    return found


def lines(name):
    """The lines of a file that are neither empty nor a remark."""
    return [line for line in (FOLDER / name).read_text("utf-8").split("\n") if line and not line.startswith("#")]


def rows(name):
    """Lines with fields between bars."""
    return [[part.strip() for part in line.split(" | ")] for line in lines(name)]


def dialogues(name):
    """Short dialogues: lists of (speaker, words)."""
    body = "\n".join(line for line in (FOLDER / name).read_text("utf-8").split("\n") if not line.startswith("#"))
    return [[line.split(": ", 1) for line in block.split("\n")] for block in body.strip().split("\n\n")]


def pools(name):
    """Sentences under [headings]."""
    found = {}
    for line in lines(name):
        if line.startswith("["):
            found[line.strip("[]")] = []
        else:
            found[list(found)[-1]].append(line)
    return found

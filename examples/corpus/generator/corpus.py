"""The corpus while it is made: its files, what every document says, and what must become of it."""

import json
import unicodedata

SHINGLE = 5

# In the order of the recipe, which decides who survives among duplicates.
SOURCES = ["news", "blog", "archive", "reviews", "questions", "chat", "essays"]

# Two texts that are no planted duplicates have at most this similarity. Far below the threshold of deduplication, since
# its estimate scatters.
UNLIKE = 0.4

# Planted near-duplicates have at least this similarity.
ALIKE = 0.85


def shingles(text):
    eojeol = unicodedata.normalize("NFC", text).split()
    return {tuple(eojeol[at : at + SHINGLE]) for at in range(max(1, len(eojeol) - SHINGLE + 1))}


def jaccard(one, two):
    return len(one & two) / len(one | two)


class Corpus:
    """Files by path, documents by place, and the truth about the planted ones."""

    def __init__(self):
        self.files = {}
        self.texts = {}
        self.records = {source: 0 for source in SOURCES}
        self.cases = []
        self.clusters = []

    def file(self, path, data):
        if path in self.files:
            raise ValueError(f"{path} is made twice")
        self.files[path] = data

    def record(self, source, file, ordinal, text=None):
        """Counts a record. `text` is what it says, for those that could be kept. Returns its place."""
        self.records[source] += 1
        place = (source, file, ordinal)
        if text is not None:
            self.texts[place] = text
        return place

    def removed(self, case, place, *reasons):
        self.settled(case, place, "removed", reasons)

    def errored(self, case, place, *reasons):
        self.settled(case, place, "errored", reasons)

    def settled(self, case, place, outcome, reasons):
        self.texts.pop(place, None)
        self.cases.append({"case": case, **spelled(place), "stage": "ingest", "outcome": outcome, "reasons": list(reasons)})

    def kept(self, case, place, contains=(), lacks=(), **measures):
        """Says that the document goes all the way. `measures` are columns with the value that they must have."""
        found = {"case": case, **spelled(place), "stage": "dedup", "outcome": "kept"}
        if measures:
            found["measures"] = measures
        if contains:
            found["contains"] = list(contains)
        if lacks:
            found["lacks"] = list(lacks)
        self.cases.append(found)

    def cluster(self, case, members, reasons, survivor=None):
        """Says that of these documents one is kept: `survivor`, or any one where the document ids decide."""
        found = {"case": case, "reasons": list(reasons), "members": [spelled(place) for place in members]}
        if survivor:
            found["survivor"] = spelled(survivor)
        self.clusters.append(found)

    def check(self):
        """Compares every document with every other one, so that only planted ones are alike."""
        together = {}
        for number, cluster in enumerate(self.clusters):
            for member in cluster["members"]:
                together[tuple(member.values())] = number
        places = list(self.texts)
        sets = [shingles(self.texts[place]) for place in places]
        faults = []
        worst = 0.0
        for at, one in enumerate(places):
            for other_at in range(at):
                other = places[other_at]
                planted = one in together and together.get(one) == together.get(other)
                likeness = jaccard(sets[at], sets[other_at])
                if planted and likeness < ALIKE:
                    faults.append(f"{likeness:.3f} {one} {other}: planted as duplicates, but too unlike")
                if not planted:
                    worst = max(worst, likeness)
                    if likeness > UNLIKE:
                        faults.append(f"{likeness:.3f} {one} {other}: alike, but not planted")
        if faults:
            raise ValueError("\n".join(faults))
        return worst

    def truth(self):
        found = {
            "sources": [{"name": source, "records": self.records[source]} for source in SOURCES],
            "unlisted": "kept",
            "cases": self.cases,
            "clusters": self.clusters,
        }
        return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def spelled(place):
    return dict(zip(("source", "file", "record"), place))

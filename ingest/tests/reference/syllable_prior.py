"""Derives the bands of ingest/src/decode/syllables.rs: how common each Hangul syllable is in Korean text.

    python syllable_prior.py ../shared/data/text > ingest/src/decode/syllables.rs

The corpora count alike, whatever their size, so that no kind of text rules the others; a document counts up to 20,000
characters. A band is log2(share * 8836), rounded: the bits by which a syllable speaks for Korean text, against any of
the 94 x 94 codes of a double-byte charset being as likely. Needs the package `zstandard`.
"""

import collections
import io
import json
import math
import pathlib
import sys

import zstandard

CORPORA = [
    "court_precedents",
    "statutes_current",
    "kowiki",
    "naver_movie_reviews",
    "news_comments",
    "novels_wikisource",
    "parallel_news_ko",
    "dialog_and_short",
]
LOWEST = -5


def shares(path):
    counts = collections.Counter()
    with open(path, "rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8"):
            counts.update(json.loads(line)["text"][:20000])
    hangul = {c: n for c, n in counts.items() if "가" <= c <= "힣"}
    total = sum(hangul.values())
    return {c: n / total for c, n in hangul.items()}


def main():
    folder = pathlib.Path(sys.argv[1])
    mean = collections.Counter()
    for corpus in CORPORA:
        for syllable, share in shares(folder / f"{corpus}.jsonl.zst").items():
            mean[syllable] += share / len(CORPORA)
    bands = collections.defaultdict(list)
    for syllable, share in mean.items():
        band = round(math.log2(share * 8836))
        if band >= LOWEST and len(syllable.encode("cp949")) == 2 and min(syllable.encode("cp949")) >= 0xA1:
            bands[band].append(syllable)
    print("//! Written by `tests/reference/syllable_prior.py`; the numbers are explained there.\n")
    print("/// Syllables of KS X 1001 by the bits with which each speaks for Korean text.")
    print(f"pub(super) const BANDS: [(i8, &str); {len(bands)}] = [")
    for band in sorted(bands, reverse=True):
        syllables = "".join(sorted(bands[band]))
        if len(syllables) <= 50:
            print(f'    ({band}, "{syllables}"),')
            continue
        print(f'    (\n        {band},\n        "\\')
        for at in range(0, len(syllables), 50):
            print("         " + syllables[at : at + 50] + "\\")
        print('         ",\n    ),')
    print("];")


main()

#!/usr/bin/env python3
"""Makes the example corpus from the hand-written texts beside this file.

    python3 examples/corpus/generate.py            writes the corpus and truth.json
    python3 examples/corpus/generate.py --check    says whether what is there is what would be written
    python3 examples/corpus/generate.py --numbers  prints how many records and planted cases there are

Python 3.11 or newer, standard library only. The same files come out every time.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True

from generator.corpus import SOURCES, Corpus  # noqa: E402
from generator.essays import add_essays  # noqa: E402
from generator.packing import unpack_members  # noqa: E402
from generator.service import add_chat, add_questions, add_reviews  # noqa: E402
from generator.web import add_archive, add_blog, add_news  # noqa: E402

HERE = Path(__file__).resolve().parent
MADE = ["news", "blog", "archive", "service", "essays"]


def made():
    """The whole corpus. Sources in the order of the recipe, since later ones plant duplicates of earlier ones."""
    corpus = Corpus()
    for add in (add_news, add_blog, add_archive, add_reviews, add_questions, add_chat, add_essays):
        add(corpus)
    corpus.likeness = corpus.check()
    corpus.file("truth.json", corpus.truth())
    return corpus


def present():
    """What is there now: the paths of generated files."""
    files = (path for folder in MADE for path in (HERE / folder).rglob("*") if path.is_file())
    return {path.relative_to(HERE).as_posix() for path in files} | {"truth.json"}


def is_same(path, data):
    there = (HERE / path).read_bytes()
    # Another version of zlib may compress otherwise; what matters is what is inside.
    return there == data or (path.endswith(".gz") and unpack_members(there) == unpack_members(data))


def check(corpus):
    """Prints every file that differs; returns the exit status."""
    faults = [f"{path}: is there, but is not made by the generator" for path in sorted(present() - corpus.files.keys())]
    for path, data in sorted(corpus.files.items()):
        if not (HERE / path).is_file():
            faults.append(f"{path}: is missing")
        elif not is_same(path, data):
            faults.append(f"{path}: differs from what the generator makes")
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print("run `python3 examples/corpus/generate.py` and look at the difference", file=sys.stderr)
    return 1 if faults else 0


def write(corpus):
    for path in present() - corpus.files.keys():
        (HERE / path).unlink(missing_ok=True)
    for path, data in corpus.files.items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_bytes(data)


def print_numbers(corpus):
    size = sum(map(len, corpus.files.values()))
    print(f"{len(corpus.files)} files, {size:,} bytes")
    print(f"greatest likeness of two documents that are no duplicates: {corpus.likeness:.2f}")
    for source in SOURCES:
        ends = Counter(case["outcome"] for case in corpus.cases if case["source"] == source)
        gone = ends["removed"] + ends["errored"]
        print(f"{source:10} {corpus.records[source]:4} records, {gone:3} do not leave ingest ({ends['errored']} errored)")
    told = (f"{case['outcome']:8} {' or '.join(case.get('reasons', []))} {case['case']}" for case in corpus.cases)
    for line, count in Counter(told).items():
        print(f"{count:4} {line}")
    for cluster in corpus.clusters:
        print(f"{len(cluster['members']):4} {' or '.join(cluster['reasons'])} {cluster['case']}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--check", action="store_true", help="compare with the files that are there, write nothing")
    arguments.add_argument("--numbers", action="store_true", help="print how many records and cases there are, write nothing")
    chosen = arguments.parse_args()
    corpus = made()
    if chosen.numbers:
        print_numbers(corpus)
    elif chosen.check:
        return check(corpus)
    else:
        write(corpus)
    return 0


if __name__ == "__main__":
    sys.exit(main())

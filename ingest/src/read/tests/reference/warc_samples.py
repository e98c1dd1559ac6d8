"""Counts the records of web archives with two other readers, warcio and FastWARC.

    python warc_samples.py FOLDER > warc_samples.tsv

One line per file: its name, then for each reader its records by type and, after `!`, what stopped it.
Made with warcio 1.8.1 and FastWARC 2.0.1; neither goes on after damage, so their counts end there.
"""

import sys
from collections import Counter
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator


def with_warcio(path):
    with open(path, "rb") as file:
        for record in ArchiveIterator(file):
            record.raw_stream.read()
            yield record.rec_type


def with_fastwarc(path):
    with open(path, "rb") as file:
        for record in FastIterator(file, record_types=WarcRecordType.any_type, parse_http=False):
            record.reader.read()
            yield str(record.record_type)


def count(reader, path):
    types, stopped = Counter(), ""
    try:
        for kind in reader(path):
            types[kind] += 1
    except Exception as error:  # whatever stops the other reader is the finding
        stopped = " !" + type(error).__name__
    return " ".join(f"{kind}={n}" for kind, n in sorted(types.items())) + stopped


if __name__ == "__main__":
    print("file\twarcio\tfastwarc")
    for path in sorted(Path(sys.argv[1]).iterdir()):
        print(path.name, count(with_warcio, path), count(with_fastwarc, path), sep="\t")

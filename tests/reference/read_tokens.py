"""Encodes every document of a run with Hugging Face tokenizers and compares the ids with the token shards.

    pip install pyarrow tokenizers
    python tests/reference/read_tokens.py RUN
"""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
from tokenizers import Tokenizer


def published(run, stage):
    """The folder of a stage's current version and its manifest."""
    version = json.loads((run / stage / "current.json").read_text())["version"]
    folder = run / stage / version
    return folder, json.loads((folder / "manifest.json").read_text())


def rows(run, stage, sets, columns):
    """The rows of some sets of files of a stage."""
    folder, manifest = published(run, stage)
    for entry in manifest["files"]:
        if entry["set"] in sets:
            yield from pq.read_table(folder / entry["path"], columns=columns).to_pylist()


def main():
    run = Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(published(run, "tokenize")[0] / "vocabulary" / "tokenizer.json"))
    # A document that speaks of <|endoftext|> is text like any other.
    tokenizer.encode_special_tokens = True
    shards = {row["id"]: row["tokens"] for row in rows(run, "tokenize", {"tokens", "held-out"}, ["id", "tokens"])}
    texts = {row["id"]: row["text"] for row in rows(run, "dedup", {"documents"}, ["id", "text"])}
    differing = [key.hex() for key in texts if tokenizer.encode(texts[key]).ids != shards.get(key)]
    print(f"{len(texts)} documents encoded, {len(shards)} in the shards, {len(differing)} differ")
    sys.exit(bool(differing) or len(texts) != len(shards))


main()

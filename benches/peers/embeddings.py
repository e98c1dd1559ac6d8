"""Embeddings of real text to measure `[dedup.semantic]` on, and all pairs of them to hold a run to.

usage: embeddings.py make DATA WORK [DOCUMENTS]
       embeddings.py check WORK RUN [PAIRS]
needs: numpy, pyarrow, zstandard

make   takes so many documents (6000) of each of five texts below DATA, embeds them by latent semantic analysis (hashed
       character 2- and 3-grams, tf-idf, 256 dimensions: no model to download), and writes WORK/embedded.parquet and
       WORK/recipe.toml, which runs with `malmoi dedup` after `malmoi ingest`
check  compares every pair by brute force and prints how many of those that reach the cosine the run has joined, clusters of
       both, and some of the pairs (20) to be read
"""

import io
import json
import os
import random
import sys
import time
import tomllib
import zlib

import numpy
import pyarrow
import pyarrow.parquet
import zstandard

TEXTS = ["kowiki", "court_precedents", "naver_movie_reviews", "news_comments", "msdocs_sql_2020"]
FEATURES, DIMENSIONS, CHARACTERS = 1 << 14, 256, 1000
RECIPE = """[run]
folder = "run"
seed = 1

[ingest.rules]
min_characters = 1

[[source]]
name = "embedded"
paths = "embedded.parquet"
format = "parquet"
fields.embedding = "embedding"

[dedup]
exact = false
near = false

[dedup.semantic]
cosine = 0.95
"""


def documents(data, count):
    for name in TEXTS:
        with open(f"{data}/{name}.jsonl.zst", "rb") as file:
            lines = zstandard.ZstdDecompressor().stream_reader(file)
            taken = 0
            for line in io.TextIOWrapper(lines, encoding="utf-8"):
                text = json.loads(line)["text"]
                if len(text) >= 20:
                    yield f"{name}-{taken}", text
                    taken += 1
                    if taken == count:
                        break


def frequencies(texts):
    counts = numpy.zeros((len(texts), FEATURES), dtype=numpy.float32)
    for row, text in enumerate(texts):
        text = " ".join(text[:CHARACTERS].split())
        grams = [text[at : at + size] for size in (2, 3) for at in range(len(text) - size + 1)]
        hashes = [zlib.crc32(gram.encode()) % FEATURES for gram in grams]
        numpy.add.at(counts[row], hashes, 1)
    present = (counts > 0).sum(axis=0)
    counts = numpy.log1p(counts, out=counts)
    counts *= numpy.log((1 + len(texts)) / (1 + present)).astype(numpy.float32)
    counts /= numpy.maximum(numpy.linalg.norm(counts, axis=1, keepdims=True), 1e-9)
    return counts


def embed(counts):
    """Randomised singular value decomposition (Halko, Martinsson and Tropp, 2011)."""
    draw = numpy.random.default_rng(1).standard_normal((FEATURES, DIMENSIONS + 16), dtype=numpy.float32)
    basis = numpy.linalg.qr(counts @ draw)[0]
    for _ in range(2):
        basis = numpy.linalg.qr(counts @ (counts.T @ basis))[0]
    left, values, _ = numpy.linalg.svd(basis.T @ counts, full_matrices=False)
    return ((basis @ left)[:, :DIMENSIONS] * values[:DIMENSIONS]).astype(numpy.float32)


def make(data, work, count):
    os.makedirs(work, exist_ok=True)
    names, texts = zip(*documents(data, count))
    vectors = embed(frequencies(texts))
    lists = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors.reshape(-1)), DIMENSIONS)
    table = pyarrow.table({"id": names, "text": texts, "embedding": lists})
    pyarrow.parquet.write_table(table, f"{work}/embedded.parquet", compression="zstd")
    with open(f"{work}/recipe.toml", "w") as file:
        file.write(RECIPE)
    print(f"{len(texts)} documents")


def published(run, stage, kind):
    with open(f"{run}/{stage}/current.json") as file:
        version = json.load(file)["version"]
    with open(f"{run}/{stage}/{version}/manifest.json") as file:
        manifest = json.load(file)
    paths = [f"{run}/{stage}/{version}/{entry['path']}" for entry in manifest["files"] if entry["set"] == kind]
    return manifest, pyarrow.concat_tables(pyarrow.parquet.read_table(path) for path in paths)


def root(parents, node):
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


def check(work, run, shown):
    with open(f"{work}/recipe.toml", "rb") as file:
        wanted = tomllib.load(file)["dedup"]["semantic"]["cosine"]
    _, table = published(run, "ingest", "documents")
    manifest, ledger = published(run, "dedup", "ledger")
    place = {identity: at for at, identity in enumerate(table["id"].to_pylist())}
    vectors = numpy.array(table["embedding"].to_pylist(), dtype=numpy.float64)
    lengths = numpy.linalg.norm(vectors, axis=1)
    vectors = (vectors / numpy.maximum(lengths, 1e-30)[:, None]).astype(numpy.float32)
    survivor = list(range(len(place)))
    lowest = 1.0
    for identity, other, detail in zip(*(ledger[name].to_pylist() for name in ("id", "survivor", "detail"))):
        if other is not None:
            survivor[place[identity]] = place[other]
            if detail.startswith("cosine"):
                lowest = min(lowest, float(vectors[place[identity]] @ vectors[place[other]]))
    started = time.time()
    parents = list(range(len(place)))
    pairs, joined, near_edge, joined_at_edge = 0, 0, 0, 0
    samples, random_state = [], random.Random(1)
    for start in range(0, len(vectors), 1024):
        cosines = vectors[start : start + 1024] @ vectors.T
        for left, right in zip(*numpy.nonzero(cosines >= wanted)):
            left, right, cosine = int(left) + start, int(right), float(cosines[left, right])
            if right <= left:
                continue
            together = survivor[left] == survivor[right]
            pairs, joined = pairs + 1, joined + together
            if cosine < wanted + 0.01:
                near_edge, joined_at_edge = near_edge + 1, joined_at_edge + together
            parents[root(parents, left)] = root(parents, right)
            samples.append((left, right, cosine))
    brute = time.time() - started
    removed = sum(at != other for at, other in enumerate(survivor))
    expected = len(parents) - len({root(parents, node) for node in range(len(parents))})
    print(f"{len(place)} documents; brute force {brute:.1f} s")
    print(f"{pairs} pairs reach {wanted}; {joined} are joined ({joined / max(pairs, 1):.4%})")
    print(f"{near_edge} of them below {wanted + 0.01:.2f}; {joined_at_edge} are joined ({joined_at_edge / max(near_edge, 1):.4%})")
    print(f"removed {removed}, by brute force {expected}; least cosine with a survivor that was compared {lowest:.4f}")
    print(json.dumps(manifest["details"]["semantic"]))
    texts = table["text"].to_pylist()
    for left, right, cosine in random_state.sample(samples, min(shown, len(samples))):
        print(f"\n{cosine:.3f}  {texts[left][:150]!r}\n       {texts[right][:150]!r}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", data, work, *rest]:
            make(data, work, int(rest[0]) if rest else 6000)
        case ["check", work, run, *rest]:
            check(work, run, int(rest[0]) if rest else 20)
        case _:
            sys.exit(__doc__)

"""MinHash deduplication of datatrove in its four steps, on the documents of a malmoi run, one process.

usage: datatrove_minhash.py RUN WORK kiwi|whitespace|eojeol
needs: datatrove[processing,io] (0.10), kiwipiepy below 0.22, spacy, pyarrow

kiwi        words of datatrove's Korean tokenizer, its own clean-up of text
whitespace  words of datatrove's fallback tokenizer, its own clean-up of text
eojeol      what malmoi takes for shingles: the text as it is, cut at white space

Prints the bytes of text and the CPU seconds of the four steps, in which `kiwi` loads its model (some two seconds). `eojeol` also compares clusters with those of the run's
last dedup and prints what differs, with the true similarity.
"""

import glob
import importlib.metadata  # datatrove asks for it by `importlib` alone
import itertools
import json
import os
import shutil
import sys
from collections import defaultdict

import pyarrow.parquet as parquet
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WhitespaceTokenizer

SHINGLE, BANDS, ROWS = 5, 14, 8
KOREAN = "kor_Hang"


class Eojeol(WhitespaceTokenizer):
    """Cuts at white space and nowhere else."""

    def word_tokenize(self, text):
        return text.split()


AS_IT_IS = TextNormConfig(
    lowercase=False,
    norm_whitespace=False,
    remove_punctuation=False,
    norm_unicode_diacritics=False,
    norm_numbers=False,
)


def published(run, stage, name):
    """The files of a set that a stage published."""
    with open(f"{run}/{stage}/current.json") as file:
        version = json.load(file)["version"]
    with open(f"{run}/{stage}/{version}/manifest.json") as file:
        manifest = json.load(file)
    return [f"{run}/{stage}/{version}/{entry['path']}" for entry in manifest["files"] if entry["set"] == name]


def documents(run):
    for path in published(run, "ingest", "documents"):
        table = parquet.read_table(path, columns=["id", "text"])
        for id, text in zip(table["id"].to_pylist(), table["text"].to_pylist()):
            yield id.hex(), text


def cpu_seconds():
    return sum(os.times()[:4])


def deduplicate(work, words):
    tokenizer = {"kiwi": KOREAN, "whitespace": WhitespaceTokenizer(), "eojeol": Eojeol()}[words]
    norm = AS_IT_IS if words == "eojeol" else TextNormConfig()
    config = MinhashConfig(
        n_grams=SHINGLE,
        num_buckets=BANDS,
        hashes_per_bucket=ROWS,
        hash_config=HashConfig(precision=64),
        norm_config=norm,
    )
    reader = lambda: JsonlReader(f"{work}/in", glob_pattern="*.jsonl")
    removed = JsonlWriter(f"{work}/removed", compression=None)
    pipelines = [
        ([reader(), MinhashDedupSignature(f"{work}/signatures", config=config, language=tokenizer)], 1),
        ([MinhashDedupBuckets(f"{work}/signatures", f"{work}/pairs", config=config)], BANDS),
        ([MinhashDedupCluster(f"{work}/pairs", f"{work}/clusters", config=config, save_cluster_id=True)], 1),
        (
            [
                reader(),
                MinhashDedupFilter(f"{work}/clusters", exclusion_writer=removed, load_cluster_ids=True),
                JsonlWriter(f"{work}/kept", compression=None),
            ],
            1,
        ),
    ]
    for number, (pipeline, tasks) in enumerate(pipelines):
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=f"{work}/logs/{number}").run()


def their_clusters(work):
    clusters = defaultdict(set)
    for path in glob.glob(f"{work}/kept/*") + glob.glob(f"{work}/removed/*"):
        with open(path) as lines:
            for line in lines:
                document = json.loads(line)
                cluster = document.get("metadata", {}).get("minhash_cluster_id")
                if cluster is not None and cluster != -1:
                    clusters[cluster].add(document["id"])
    return [members for members in clusters.values() if len(members) > 1]


def our_clusters(run):
    clusters = defaultdict(set)
    for path in published(run, "dedup", "ledger"):
        table = parquet.read_table(path, columns=["id", "survivor"])
        for id, survivor in zip(table["id"].to_pylist(), table["survivor"].to_pylist()):
            if survivor is not None:
                clusters[survivor.hex()].update([id.hex(), survivor.hex()])
    return list(clusters.values())


def shingles(text):
    words = text.split()
    return {tuple(words[at : at + SHINGLE]) for at in range(max(len(words) - SHINGLE + 1, 1))}


def jaccard(a, b):
    a, b = shingles(a), shingles(b)
    return len(a & b) / len(a | b)


def compare(run, work):
    """Prints how many clusters are the same, and of each that is not, what joins or parts it."""
    ours, theirs = our_clusters(run), their_clusters(work)
    same = {frozenset(cluster) for cluster in ours} & {frozenset(cluster) for cluster in theirs}
    texts = dict(documents(run))
    short = lambda id: len(texts[id].split()) < SHINGLE
    print(f"clusters: ours {len(ours)}, theirs {len(theirs)}, the same {len(same)}", file=sys.stderr)
    of_theirs = {id: number for number, cluster in enumerate(theirs) for id in cluster}
    of_ours = {id: number for number, cluster in enumerate(ours) for id in cluster}
    for name, clusters, other in [("ours", ours, of_theirs), ("theirs", theirs, of_ours)]:
        bins = defaultdict(int)
        for cluster in clusters:
            for a, b in itertools.islice(itertools.combinations(sorted(cluster), 2), 200):
                if other.get(a, a) == other.get(b, b):
                    continue
                if short(a) or short(b):
                    bins["shorter than a shingle"] += 1
                    continue
                similarity = jaccard(texts[a], texts[b])
                chance = 1 - (1 - similarity**ROWS) ** BANDS
                bins[f"similarity {int(similarity * 10) / 10:.1f}, found by chance {chance:.1f}"] += 1
        for bin in sorted(bins):
            print(f"  pairs that only {name} joined: {bins[bin]:6} {bin}", file=sys.stderr)


def main(run, work, words):
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(f"{work}/in")
    size = 0
    with open(f"{work}/in/00000.jsonl", "w", encoding="utf-8") as out:
        for id, text in documents(run):
            size += len(text.encode())
            out.write(json.dumps({"id": id, "text": text}, ensure_ascii=False) + "\n")
    started = cpu_seconds()
    deduplicate(work, words)
    took = cpu_seconds() - started
    if words == "eojeol":
        compare(run, work)
    print(size, took)


main(*sys.argv[1:])

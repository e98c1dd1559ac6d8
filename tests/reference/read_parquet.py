"""Opens every Parquet file of a run folder with pyarrow and checks it against the manifests.

    pip install pyarrow
    python tests/reference/read_parquet.py RUN

For each file that a stage's current manifest names: the size in bytes, the rows, that every column of every row decodes,
and for token shards the documents and tokens of every row group and that every id is in the vocabulary. Prints one line per set
of files and ends with status 1 if anything differs.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

STAGES = ["ingest", "dedup", "tokenize", "train"]
TOKEN_SETS = {"tokens", "held-out"}


def check_row_groups(parquet, entry, vocabulary):
    """The differences between a token shard and its row-group index."""
    index = entry.get("row_groups", [])
    if parquet.num_row_groups != len(index):
        yield f"{parquet.num_row_groups} row groups, the manifest lists {len(index)}"
        return
    for number, expected in enumerate(index):
        lists = parquet.read_row_group(number, columns=["tokens"])["tokens"]
        ids = lists.combine_chunks().flatten() if lists.num_chunks else []
        found = {"documents": len(lists), "tokens": len(ids)}
        if found != expected:
            yield f"row group {number} holds {found}, the manifest says {expected}"
        if len(ids) and pc.max(ids).as_py() >= vocabulary:
            yield f"row group {number} holds an id outside the vocabulary of {vocabulary}"


def check_file(path, entry, details):
    """The differences between a file and its manifest entry."""
    if path.stat().st_size != entry["bytes"]:
        yield f"{path.stat().st_size} bytes, the manifest says {entry['bytes']}"
    parquet = pq.ParquetFile(path)
    format_id = (parquet.schema_arrow.metadata or {}).get(b"malmoi.format")
    if format_id is None:
        yield "no malmoi.format in the schema's metadata"
    rows = sum(batch.num_rows for batch in parquet.iter_batches(batch_size=1024))
    if rows != entry["rows"]:
        yield f"{rows} rows, the manifest says {entry['rows']}"
    if entry["set"] in TOKEN_SETS:
        yield from check_row_groups(parquet, entry, details["vocabulary"])


def check_stage(run, stage):
    """Checks one stage and returns how many differences were found."""
    current = run / stage / "current.json"
    if not current.exists():
        return 0
    folder = run / stage / json.loads(current.read_text())["version"]
    manifest = json.loads((folder / "manifest.json").read_text())
    sums, problems = defaultdict(lambda: [0, 0, 0]), 0
    for entry in manifest["files"]:
        if not entry["path"].endswith(".parquet"):
            continue
        for problem in check_file(folder / entry["path"], entry, manifest["details"]):
            print(f"{folder / entry['path']}: {problem}", file=sys.stderr)
            problems += 1
        for place, more in enumerate([1, entry["rows"], entry["bytes"]]):
            sums[entry["set"]][place] += more
    for name, (files, rows, size) in sums.items():
        print(f"{stage:9} {name:10} {files:6} files {rows:10} rows {size / 1e6:10.2f} MB")
    return problems


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    run = Path(sys.argv[1])
    if not any((run / stage / "current.json").exists() for stage in STAGES):
        sys.exit(f"{run} is no run folder: none of {', '.join(STAGES)} is published in it")
    if sum(check_stage(run, stage) for stage in STAGES):
        sys.exit(1)


main()

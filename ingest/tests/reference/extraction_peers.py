"""What Python's trafilatura makes of the labelled pages.

    MALMOI_EXPORT=/tmp/pages.jsonl cargo test -p malmoi-ingest --test extraction the_main
    python extraction_peers.py /tmp/pages.jsonl /tmp/default.jsonl
    python extraction_peers.py /tmp/pages.jsonl /tmp/recall.jsonl favor_recall
    MALMOI_PEER=/tmp/default.jsonl cargo test -p malmoi-ingest --test extraction the_main -- --nocapture

With `--time FILE...` it reads the pages and prints the seconds of CPU time that extraction took.
Needs trafilatura 2.3.1 and lxml_html_clean.
"""

import json
import sys
import time

import trafilatura


def extract(html, options):
    try:
        return trafilatura.extract(html, **options) or ""
    except Exception:  # a page that the peer cannot read is an empty one
        return ""


def main():
    if sys.argv[1] == "--time":
        pages = [json.loads(line)["html"] for line in open(sys.argv[2], encoding="utf-8")]
        start = time.process_time()
        for page in pages:
            extract(page, {})
        print(time.process_time() - start)
        return
    options = {name: True for name in sys.argv[3:]}
    with open(sys.argv[1], encoding="utf-8") as pages, open(sys.argv[2], "w", encoding="utf-8") as out:
        for line in pages:
            page = json.loads(line)
            text = extract(page["html"], options)
            out.write(json.dumps({"name": page["name"], "text": text}, ensure_ascii=False) + "\n")


main()

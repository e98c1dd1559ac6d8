"""The Korean filter stack of FineWeb-2 in datatrove, timed on the texts of a JSON lines file: prints bytes and CPU seconds.

usage: datatrove_filters.py TEXTS.jsonl
needs: datatrove[processing,io] (0.10) and kiwipiepy below 0.22

Thresholds are those of FineWeb-2's configuration for kor_Hang. Language identification, which FineWeb-2 runs before, is
left out, in favour of the peer.
"""

import json
import sys
import time

from datatrove.data import Document
from datatrove.pipeline.filters import FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter

LANGUAGE = "kor_Hang"
STOP_WORDS = "의 다 이 는 에 을 한 년 하 은 를 했 고 에서 가 있 으로 인 월 로 되".split()

filters = [
    GopherRepetitionFilter(
        language=LANGUAGE,
        dup_para_frac=0,
        dup_line_char_frac=0,
        dup_para_char_frac=0,
        dup_line_frac=0.374,
        top_n_grams=((2, 0.282), (3, 0.228), (4, 0.185)),
        dup_n_grams=((5, 0.201), (6, 0.184), (7, 0.168), (8, 0.154), (9, 0.14), (10, 0.127)),
    ),
    FineWebQualityFilter(
        language=LANGUAGE, short_line_thr=999, char_duplicates_ratio=0.1, line_punct_thr=0.062, new_line_ratio=0.196
    ),
    GopherQualityFilter(
        language=LANGUAGE,
        min_avg_word_length=1,
        max_avg_word_length=6,
        stop_words=STOP_WORDS,
        max_non_alpha_words_ratio=0.791,
        min_stop_words=2,
    ),
]

with open(sys.argv[1], encoding="utf-8") as lines:
    documents = [Document(text=json.loads(line)["text"], id=str(number)) for number, line in enumerate(lines)]

# The morpheme analyser loads its model at first use, which is no part of the work.
for keep in filters:
    keep.filter(Document(text="모형을 미리 읽어 둔다.", id="warm-up"))

started = time.process_time()
for document in documents:
    for keep in filters:
        result = keep.filter(document)
        if not (result[0] if isinstance(result, tuple) else result):
            break
print(sum(len(document.text.encode()) for document in documents), time.process_time() - started)

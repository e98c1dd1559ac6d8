"""Encodes sentences.txt with Hugging Face tokenizers and prints ids.json: one list of ids per line.

The stored ids.json was printed by `pip install tokenizers==0.23.3 && python encode.py > ids.json`.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer

here = Path(__file__).parent
tokenizer = Tokenizer.from_file(str(here / "tokenizer.json"))
tokenizer.encode_special_tokens = True  # a document cannot end itself
rows = []
for line in (here / "sentences.txt").read_text(encoding="utf-8").split("\n")[:-1]:
    ids = tokenizer.encode(line, add_special_tokens=False).ids
    assert tokenizer.decode(ids, skip_special_tokens=False) == line, line
    rows.append(json.dumps(ids))
print("[\n" + ",\n".join(rows) + "\n]")

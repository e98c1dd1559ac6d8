"""Writes fasttext_predictions.json and the small fasttext_*.bin and .ftz models beside it: what fastText itself predicts.

    pip install fasttext-wheel 'numpy<2'
    python fasttext_predictions.py ../../../../shared/data/models/lid.176.ftz

The texts are invented. The models are trained on invented lines with one thread and a seed.
"""
import json
import os
import sys
import tempfile

import fasttext

TEXTS = [
    "오늘 아침에는 안개가 짙어서 다리 건너편이 보이지 않았다.",
    "안녕하세요",
    "ㅋㅋㅋㅋㅋㅋㅋ",
    "ㅁㄴㅇㄹ ㅂㅈㄷㄱ",
    "할머니께서 손수 담그신 된장으로 찌개를 끓였더니\n온 집안에 구수한 냄새가 퍼졌다.\n\n다들 밥을 두 그릇씩 먹었다.",
    "이번 주말에 team meeting 있으니까 calendar 확인하고 RSVP 부탁드려요 please",
    "let mut 합계 = 0; for i in 0..10 { 합계 += i; }",
    "國漢文混用體로 적힌 오래된 편지를 讀解하는 일은 쉽지 않다.",
    "나랏말ᄊᆞ미 듕귁에 달아 문ᄍᆞᆼ와로 서르 ᄉᆞᄆᆞᆺ디 아니ᄒᆞᆯᄊᆡ",
    "The harbour was quiet before sunrise and the gulls had not yet come.",
    "今日は朝から雨が降っていて、駅まで走りました。",
    "我们昨天在湖边散步，看到很多野鸭。",
    "Где находится ближайшая станция метро?",
    "Der Bäcker öffnet erst um sieben Uhr, also warten wir.",
    "El perro durmió toda la tarde debajo de la mesa.",
    "هذا الكتاب قديم جدا",
    "วันนี้อากาศดีมาก",
    "Trời hôm nay đẹp quá, mình đi dạo nhé.",
    "12345 67890",
    "!!! ??? ...",
    "",
    "   \t ",
    "\n\n",
    "a",
    "가",
    "😀😀😀",
    "__label__ko 표시가 섞인 글",
    "줄 끝 표시 </s> 뒤의 글은 English words only",
    "널문자\u0000가 든 글",
    "전각　공백과 no\u00a0break 공백",
    "깨진\ufffd글\ufffd자",
    "http://example.com/index.html?q=검색어&page=2",
    "가나다라마바사아자차카타파하" * 200,
    "word " * 500 + "끝에만 한국어",
]

LINES = [
    ("good", "마을 도서관은 토요일에도 문을 열어 아이들이 책을 읽으러 온다"),
    ("good", "강을 따라 걷다 보면 오래된 물레방아가 나오고 그 옆에 쉼터가 있다"),
    ("good", "이 글은 지난해 봄에 심은 나무들이 어떻게 자랐는지 적은 기록이다"),
    ("good", "시험이 끝난 뒤에 학생들은 운동장에서 공을 찼다"),
    ("bad", "최저가 특가 지금 바로 클릭 무료 배송 이벤트"),
    ("bad", "대박 할인 클릭 클릭 무료 상담 전화 주세요"),
    ("bad", "ㅋㅋㅋㅋ 헐 대박 ㅋㅋㅋ"),
    ("other", "the quick brown fox jumps over the lazy dog again and again"),
]


def train(folder, **settings):
    path = os.path.join(folder, "lines.txt")
    with open(path, "w") as lines:
        for _ in range(5):
            for label, line in LINES:
                lines.write(f"__label__{label} {line}\n")
    return fasttext.train_supervised(path, epoch=20, lr=0.5, thread=1, seed=7, verbose=0, **settings)


def answers(model):
    found = []
    for text in TEXTS:
        labels, probabilities = model.predict(text.replace("\n", " "), k=len(model.labels))
        found.append([[label.removeprefix("__label__"), float(p)] for label, p in zip(labels, probabilities)][:5])
    return found


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    # fastText's Python package wants NumPy 1 for `predict`.
    expected = {"lid.176.ftz": answers(fasttext.load_model(sys.argv[1]))}
    with tempfile.TemporaryDirectory() as folder:
        shape = dict(dim=5, bucket=300, minn=1, maxn=3, wordNgrams=3)
        for loss in ["softmax", "ova", "hs", "ns"]:
            model = train(folder, loss=loss, **shape)
            model.save_model(os.path.join(here, f"fasttext_{loss}.bin"))
            expected[f"fasttext_{loss}.bin"] = answers(model)
        plain = train(folder, loss="softmax", dim=3)
        plain.save_model(os.path.join(here, "fasttext_plain.bin"))
        expected["fasttext_plain.bin"] = answers(plain)
        for name, settings in {"whole": dict(qnorm=False), "cut": dict(qnorm=True, cutoff=280)}.items():
            model = train(folder, loss="softmax", **shape)
            model.quantize(input=os.path.join(folder, "lines.txt"), dsub=2, **settings)
            model.save_model(os.path.join(here, f"fasttext_{name}.ftz"))
            expected[f"fasttext_{name}.ftz"] = answers(model)
    with open(os.path.join(here, "fasttext_predictions.json"), "w") as out:
        json.dump({"texts": TEXTS, "expected": expected}, out, ensure_ascii=False, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()

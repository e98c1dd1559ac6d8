"""Writes charsets.txt: digests of what Python's codecs make of every two-byte code of the Korean charsets.

    python charsets.py > charsets.txt

One line for each charset and lead byte: FNV-1a (64 bits) over the code points, four little-endian bytes each, that the
256 trail bytes give in order; FF FF FF FF where the codec knows no such character. ISO-2022-KR is read between
`ESC $ ) C SO` and `SI`.
"""


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def character(codec, lead, trail):
    pair = bytes([lead, trail])
    if codec == "iso2022_kr":
        pair = b"\x1b$)C\x0e" + pair + b"\x0f"
    try:
        text = pair.decode(codec)
    except UnicodeDecodeError:
        return b"\xff\xff\xff\xff"
    return ord(text).to_bytes(4, "little") if len(text) == 1 else b"\xff\xff\xff\xff"


for codec, leads in [("cp949", range(0x81, 0xFF)), ("johab", range(0x81, 0xFF)), ("iso2022_kr", range(0x21, 0x7F))]:
    for lead in leads:
        digest = fnv1a(b"".join(character(codec, lead, trail) for trail in range(256)))
        print(f"{codec} {lead:02x} {digest:016x}")

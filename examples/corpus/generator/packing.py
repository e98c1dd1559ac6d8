"""Compressed files and web archives, written byte for byte the same every time."""

import struct
import zlib


def gzip_member(data):
    """One gzip member without a name and a time (RFC 1952)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return gzip_frame(packer.compress(data) + packer.flush(), data)


def gzip_member_stored(data):
    """One gzip member in stored blocks: its length does not depend on the version of zlib."""
    body = b""
    for start in range(0, len(data), 0xFFFF):
        part = data[start : start + 0xFFFF]
        last = start + 0xFFFF >= len(data)
        body += struct.pack("<BHH", last, len(part), len(part) ^ 0xFFFF) + part
    return gzip_frame(body, data)


def gzip_frame(deflated, data):
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + deflated + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def zstd_frame(data):
    """One Zstandard frame of raw blocks (RFC 8878): what can be written without a compressor."""
    frame = struct.pack("<IBI", 0xFD2FB528, 0b1010_0000, len(data))
    for start in range(0, len(data), 1 << 16):
        part = data[start : start + (1 << 16)]
        last = start + (1 << 16) >= len(data)
        frame += struct.pack("<I", len(part) << 3 | last)[:3] + part
    return frame


def unpack_members(data):
    """What the whole gzip members of `data` hold, and the bytes behind the last of them."""
    members = []
    while data:
        unpacker = zlib.decompressobj(31)
        try:
            member = unpacker.decompress(data)
        except zlib.error:
            break
        if not unpacker.eof:
            break
        members.append(member)
        data = unpacker.unused_data
    return members, data


class WarcFile:
    """A web archive (ISO 28500) with each record in a gzip member of its own."""

    def __init__(self, name):
        self.name = name
        self.members = []

    def add(self, kind, block, url=None, content_type=None, cut=0, cut_stream=False):
        """Adds a record; returns its ordinal.

        With `cut`, that many bytes are missing at the end of the block, as when a crawler stops in the middle of a
        record. With `cut_stream`, the compressed stream itself breaks off.
        """
        ordinal = len(self.members)
        head = [
            "WARC/1.0",
            f"WARC-Type: {kind}",
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{zlib.crc32(self.name.encode()):08x}{ordinal:04x}>",
            f"WARC-Date: 2024-11-{1 + ordinal // 24:02}T{ordinal % 24:02}:00:00Z",
            *([f"WARC-Target-URI: {url}"] if url else []),
            *([f"Content-Type: {content_type}"] if content_type else []),
            f"Content-Length: {len(block)}",
        ]
        record = "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
        if cut:
            record = record[: -4 - cut]
        member = gzip_member_stored(record) if cut_stream else gzip_member(record)
        self.members.append(member[: len(member) * 2 // 3] if cut_stream else member)
        return ordinal

    def info(self):
        lines = ["software: malmoi example corpus", "format: WARC File Format 1.0", "description: 지어낸 수집 기록"]
        return self.add("warcinfo", "".join(f"{line}\r\n" for line in lines).encode(), content_type="application/warc-fields")

    def request(self, url):
        host, path = url.split("://", 1)[1].split("/", 1)
        block = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: malmoi-example/0\r\nAccept: text/html\r\n\r\n"
        return self.add("request", block.encode(), url, "application/http; msgtype=request")

    def response(self, url, body, content_type="text/html", status="200 OK", headers=(), **cut):
        head = [f"HTTP/1.1 {status}", "Server: nginx", f"Content-Type: {content_type}", *headers]
        if not any(header.startswith("Transfer-Encoding") for header in headers):
            head.append(f"Content-Length: {len(body)}")
        block = "\r\n".join(head).encode() + b"\r\n\r\n" + body
        return self.add("response", block, url, "application/http; msgtype=response", **cut)

    def bytes(self):
        return b"".join(self.members)


def chunked(body, size=1000):
    """The body in the chunked transfer coding (RFC 9112, 7.1)."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def tiny_png():
    """A grey picture of 8 by 8 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    # Stored deflate blocks in a zlib frame, for the same reason as above.
    rows = b"".join(b"\0" + b"\x80" * 8 for _ in range(8))
    packed = b"\x78\x01" + struct.pack("<BHH", 1, len(rows), len(rows) ^ 0xFFFF) + rows + struct.pack(">I", zlib.adler32(rows))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")

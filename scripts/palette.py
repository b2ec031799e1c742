"""Makes a screenshot small: a PNG of true colour becomes one of 128 colours. Knows PNG and nothing else."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

COLOURS = 128


def shrink(png: bytes) -> bytes:
    """The same picture with few colours; the others become the nearest of these."""
    width, height, pixels = _read(png)
    counted = Counter(pixels)
    palette = _palette(counted)
    index = {colour: _nearest(colour, palette) for colour in counted}
    rows = (bytes(index[p] for p in pixels[y * width : (y + 1) * width]) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _palette(counted: Counter[bytes]) -> list[bytes]:
    """The most common colours, the more different ones first, so that a small dot keeps its own."""
    found: list[bytes] = []
    for apart in (900, 200, 0):
        for colour, _ in counted.most_common():
            if len(found) < COLOURS and all(_distance(colour, other) > apart for other in found):
                found.append(colour)
    return found


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    return min(range(len(palette)), key=lambda n: _distance(colour, palette[n]))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _read(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the pixels as three bytes each; 8 bits a channel, not interlaced, as Chromium writes."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    if depth != 8 or kind not in (2, 6):
        raise ValueError("not a PNG of true colour")
    size = 3 if kind == 2 else 4
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, stride = zlib.decompress(data), width * size + 1
    above = bytes(width * size)
    pixels: list[bytes] = []
    for y in range(height):
        above = _unfilter(raw[y * stride], bytearray(raw[y * stride + 1 : (y + 1) * stride]), above, size)
        pixels += [above[x : x + 3] for x in range(0, len(above), size)]
    return width, height, pixels


def _unfilter(kind: int, line: bytearray, above: bytes, size: int) -> bytes:
    for x in range(len(line)):
        left = line[x - size] if x >= size else 0
        corner = above[x - size] if x >= size else 0
        line[x] = (line[x] + (0, left, above[x], (left + above[x]) // 2, _paeth(left, above[x], corner))[kind]) & 255
    return bytes(line)


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))

"""Files packed with bzip2, xz or Zstandard, read piece by piece in bounded memory; one that is cut off says so at its end.

Knows packers' first bytes; must not know what is inside.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Final, Protocol

import zstandard

#: What the packers raise when their data are damaged.
DAMAGE: Final = (zlib.error, lzma.LZMAError, zstandard.ZstdError)

#: Bytes that are unpacked at once: a file made to harm gives thousands for each.
_STEP: Final = 1024
_MEMORY: Final = 256 << 20  # bytes that a packer may ask for


class _Packer(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


_PACKERS: Final[dict[bytes, Callable[[], _Packer]]] = {
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zX": lambda: lzma.LZMADecompressor(memlimit=_MEMORY),
    b"\x28\xb5\x2f\xfd": lambda: zstandard.ZstdDecompressor(max_window_size=_MEMORY).decompressobj(),
}


def packer_of(magic: bytes) -> Callable[[], _Packer] | None:
    """What unpacks a file that begins with these four bytes; None for one that is not packed so."""
    return next((packer for head, packer in _PACKERS.items() if magic.startswith(head)), None)


class Unpacked(io.RawIOBase):
    """The content of a packed file. Reading raises EOFError where it is cut off, and one of DAMAGE where it is damaged."""

    def __init__(self, raw: IO[bytes], packer: Callable[[], _Packer]) -> None:
        self._raw = raw
        self._new = packer
        self._packer = packer()
        self._ready = b""
        self._packed = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready and self._more():
            pass
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _more(self) -> bool:
        """Unpacks one step further; False at the end."""
        packed = self._packed or self._raw.read(_STEP)
        self._packed = b""
        if self._packer.eof and packed.strip(b"\0"):  # several, one behind the other
            self._packer = self._new()
        elif self._packer.eof and packed:  # a tape's padding
            return True
        if not packed:
            if not self._packer.eof:
                raise EOFError("it ends in the middle")
            return False
        self._ready = self._packer.decompress(packed)
        self._packed = self._packer.unused_data if self._packer.eof else b""
        return True

"""Documents in UTF-8, whatever encoding they declare, and whatever they are in.

Knows encodings and their usual mistakes; must not know what the documents say.
"""

from __future__ import annotations

import codecs
import re
from functools import partial
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_UNMARKED: Final = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_SPACE: Final = b" \t\r\n"
_DECLARED: Final = re.compile(rb"<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']\s*([\w.:-]{1,40})\s*[\"']", re.ASCII)
#: What declares one of these is often in its superset, as browsers read it. Other codecs of Python's are no text encodings,
#: and some of them are slow.
_READ_AS: Final = {
    "us-ascii": "cp1252", "ascii": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252",
    "windows-1252": "cp1252", "cp1252": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "shift-jis": "cp932",
    "x-sjis": "cp932", "windows-31j": "cp932", "euc-jp": "euc_jp", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "macintosh": "mac_roman", "koi8-r": "koi8_r", "koi8-u": "koi8_u",
}  # fmt: skip
_FAMILY: Final = re.compile(r"iso-?8859-(?:[2-8]|1[03-6])|(?:windows-|cp)(?:125[0-8]|874|866)")
#: Two or more bytes that are one character in UTF-8 and hardly ever text in another encoding.
_MULTIBYTE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HALF: Final = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


def as_utf8(body: bytes) -> bytes:
    """The document in UTF-8, from its first sign on; the same bytes where it says that it is, or says nothing.

    A mark at its beginning is believed before the declaration, and bytes that make sense as UTF-8 before both.
    """
    body = body.lstrip(_SPACE)
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _undeclared(_converted(body.removeprefix(mark), name).lstrip(_SPACE))
    for beginning, name in _UNMARKED:
        if body.startswith(beginning):
            return _undeclared(_converted(body, name))
    found = _DECLARED.match(body)
    name = found.group(1).decode().lower() if found else "utf-8"
    if name in ("utf-8", "utf8") or b"\x1b" in body:  # ISO 2022 is left to the parser
        return body
    codec = _READ_AS.get(name) or (name.replace("windows-", "cp") if _FAMILY.fullmatch(name) else None)
    if body.isascii() or codec is None or _is_utf8(body):
        return _undeclared(body)
    return _undeclared(_converted(body, codec))


def decoded(body: bytes) -> str:
    """Bytes that should be UTF-8 as text. What is not is read as Windows does; halves of surrogate pairs stay as they are.

    A character of which the end is missing is left out, where there are others of its kind; else its bytes are no UTF-8.
    """
    return body.decode("utf-8", _CUT if _MULTIBYTE.search(body) else _OTHERS)


def _converted(body: bytes, codec: str) -> bytes:
    return body if codec == "utf-8" else body.decode(codec, _OTHERS).encode("utf-8", "surrogatepass")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _undeclared(body: bytes) -> bytes:
    """Without the encoding that the document declares: it is in UTF-8 by now."""
    found = _DECLARED.match(body)
    return b"<?xml version='1.0'?>" + body[body.index(b"?>") + 2 :] if found and b"?>" in body[:1_000] else body


def _wrong(error: UnicodeError, *, may_be_cut: bool) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    half = _HALF.match(error.object, error.start)
    if half is not None and error.encoding == "utf-8":
        return half.group().decode("utf-8", "surrogatepass"), half.end()
    wrong = error.object[error.start : error.end]
    return ("" if may_be_cut and len(wrong) > 1 else wrong.decode("cp1252", "ignore")), error.end


_OTHERS: Final = "paperboy-windows"
_CUT: Final = "paperboy-windows-or-cut"
codecs.register_error(_OTHERS, partial(_wrong, may_be_cut=False))
codecs.register_error(_CUT, partial(_wrong, may_be_cut=True))

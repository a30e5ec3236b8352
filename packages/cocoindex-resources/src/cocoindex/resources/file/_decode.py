"""Bytes to text, in the encoding that the byte order mark names.

Resources layer.
"""

from __future__ import annotations

import codecs

# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes, encoding: str | None, errors: str) -> str:
    """Decode with `encoding`, or, where it is None, as the mark says, which is left out; UTF-8 without a mark."""
    if encoding is not None:
        return content.decode(encoding, errors)
    for mark, named in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(named, errors)
    return content.decode("utf-8", errors)

"""Decodes bytes to text, by the byte order mark.

Resources layer.
"""

from __future__ import annotations

import codecs

# UTF-32 before UTF-16, because its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes, encoding: str | None, errors: str) -> str:
    """Decode `content`; if `encoding` is None, by its byte order mark, which is removed, or as UTF-8 without a mark."""
    if encoding is not None:
        return content.decode(encoding, errors)
    for mark, named in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(named, errors)
    return content.decode("utf-8", errors)

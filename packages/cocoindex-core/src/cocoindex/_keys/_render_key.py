"""The text form of a key, as the command line prints and accepts it: `"name"`, `1`, `@symbol`, `["a",1]`.

Layer `_keys`; `_parse_path` reads it back.
"""

from __future__ import annotations

import re
import uuid
from typing import Final

from ._stable_key import StableKey
from ._symbol import Symbol

_ESCAPED: Final = r"""[^ -~]|["'\\]"""
_SHORT: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "'": r"\'", "\\": r"\\"}
# Python refuses to print longer ones in decimal when its limit is at the lowest.
_MAX_DECIMAL_BITS: Final = 1024
# A symbol without quotes, part by part: the first may be anything, the others are nothing
# that a key could be.
_FIRST: Final = r"[^/,\]]*"
_FURTHER: Final = r"""(?![0-9a-fA-F]{8}-|(?:null|true|false)(?:[/,\]]|\Z)|b")[A-Za-z_][^/,\]\["]*"""
PLAIN_SYMBOL: Final = rf"{_FIRST}(?:/{_FURTHER})*"


def render_key(key: StableKey) -> str:
    """Return the text form of a key; different keys have different text forms."""
    if isinstance(key, str):
        return _quoted(key, r"\u{{{:x}}}")
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    if isinstance(key, int):
        return str(key) if key.bit_length() <= _MAX_DECIMAL_BITS else hex(key)
    if isinstance(key, bytes):
        return "b" + _quoted(key.decode("latin-1"), r"\x{:02x}")
    if isinstance(key, uuid.UUID):
        return str(key)
    if isinstance(key, Symbol):
        return "@" + (key.name if _is_plain(key.name) else _quoted(key.name, r"\u{{{:x}}}"))
    return "[" + ",".join(map(render_key, key)) + "]"


def _is_plain(name: str) -> bool:
    return name.isprintable() and not name.startswith('"') and re.fullmatch(PLAIN_SYMBOL, name) is not None


def _quoted(text: str, numeric: str) -> str:
    def escape(match: re.Match[str]) -> str:
        character = match[0]
        return _SHORT.get(character) or numeric.format(ord(character))

    return f'"{re.sub(_ESCAPED, escape, text)}"'

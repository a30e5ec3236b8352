"""Detects the front matter of a text: YAML, TOML or JSON between two lines of marks at its beginning. Ops layer."""

from __future__ import annotations

import re

_OPENS = re.compile(rb"(?:\xef\xbb\xbf)?(---|\+\+\+)(?:[ \t]*(json|toml|ya?ml))?[ \t]*\r?\n")
_CLOSES = {
    b"---": re.compile(rb"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\r?\Z)", re.MULTILINE),
    b"+++": re.compile(rb"^\+\+\+[ \t]*(?:\r?\n|\r?\Z)", re.MULTILINE),
}
# A text may also begin with a thematic break: front matter has a key or a table in its first line without a comment.
_COMMENTS = rb"(?:[ \t]*(?:#[^\n]*|\r)?\n)*"
_DATA = {
    b"---": re.compile(_COMMENTS + rb"(?:[^\s#:|>`-][^\n]*?:\s|\{)|(?:---|\.\.\.)\s"),
    b"+++": re.compile(_COMMENTS + rb"(?:[\w\"'.-]+[ \t\w\"'.-]*=|\[)|\+\+\+\s"),
}
_BOM = b"\xef\xbb\xbf"


def front_matter_end(data: bytes) -> int:
    """Return where the text begins after its front matter or byte order mark; 0 if it has neither."""
    begins = len(_BOM) if data.startswith(_BOM) else 0
    opening = _OPENS.match(data)
    if opening is None:
        return begins
    closing = _CLOSES[opening[1]].search(data, opening.end())
    is_data = opening[2] is not None or _DATA[opening[1]].match(data, opening.end()) is not None
    return closing.end() if closing and is_data else begins

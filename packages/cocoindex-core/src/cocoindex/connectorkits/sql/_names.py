"""Names of tables, columns and what hangs on them, as users give them and as statements take them.

Layer: connectorkits.
"""

from __future__ import annotations

from cocoindex._shown import shown

from ...errors import CocoIndexError

__all__ = ["HALF_PAIR", "check_name", "has_half_pair", "quoted"]

HALF_PAIR = "has half of a surrogate pair, which is no character"
"""What `has_half_pair` finds, in messages."""


def has_half_pair(text: str) -> bool:
    """Whether the text cannot be encoded, which no database takes."""
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def check_name(what: str, name: object, error: type[CocoIndexError]) -> None:
    """Raise `error` where `name` cannot be that of a `what`, such as "table": it is not a str, empty, or holds NUL."""
    if not isinstance(name, str) or not name or "\0" in name:
        raise error(f"the name of a {what} is a str that is not empty and has no NUL, not {shown(name)}")
    if has_half_pair(name):
        raise error(f"the name of a {what} {HALF_PAIR}: {shown(name)}")


def quoted(name: str) -> str:
    """`name` as an identifier in a statement, whatever it consists of."""
    return '"' + name.replace('"', '""') + '"'

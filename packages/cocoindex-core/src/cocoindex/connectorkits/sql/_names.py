"""Checks and quotes the names of tables, columns, indexes and the like.

Layer: connectorkits.
"""

from __future__ import annotations

from cocoindex._shown import shown

from ...errors import CocoIndexError

__all__ = ["HALF_PAIR", "check_name", "has_half_pair", "quoted"]

HALF_PAIR = "contains half of a surrogate pair, which is not a character"
"""The problem that `has_half_pair` finds, for messages."""


def has_half_pair(text: str) -> bool:
    """Whether the text contains a lone surrogate, which cannot be encoded; no database accepts it."""
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def check_name(what: str, name: object, error: type[CocoIndexError]) -> None:
    """Raise `error` if `name` cannot name a `what`, such as "table".

    A valid name is a non-empty str without NUL and without lone surrogates.
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise error(f"the name of a {what} is a str that is not empty and has no NUL, not {shown(name)}")
    if has_half_pair(name):
        raise error(f"the name of a {what} {HALF_PAIR}: {shown(name)}")


def quoted(name: str) -> str:
    """Quote any `name` as an SQL identifier, with double quotes."""
    return '"' + name.replace('"', '""') + '"'
